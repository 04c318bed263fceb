"""What a line of the ledger costs to write and to check, each beside a named baseline of the same run.

    platewarden bench ledger --writers 8 --lines 200000

Appending: eight writers, each line committed and on disk before the next; beside the same writers inserting the same bytes into a plain
table, as durably, in rounds that take turns. Sealing as the worker does it, a thousand lines at a time. Checking by `ledger verify`'s own
function, everything recomputed: hashes, roots, signatures, columns, contents; beside reading the same lines from the database and doing nothing with them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from platewarden.bench import end_in_order, timed_s
from platewarden.bench.crash import free_port, tell
from platewarden.bench.told import told
from platewarden.demo import cast
from platewarden.policy.department import load_department
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up

__all__ = ["Figures", "measure"]

LEAST_SHARE, LEAST_CHECKED_A_SECOND = 0.9, 200_000
ROUNDS: Final = 5
LINE: Final = sql.SQL("""office.ledger_append('alerts.dispose', '1042', 'Rosa Vega', 'routine-patrol',
    '{"alert": 1043, "disposition": "stop_made"}', '{"reference": "2A-1123"}')""")
APPEND: Final = sql.SQL("select {}").format(LINE)
FILL: Final = sql.SQL("select count({}) from generate_series(1, %s)").format(LINE)
PLAIN: Final = sql.SQL("""insert into bench.plain (at, act, member_number, body, leaf_hash, salt, content)
    select at, act, member_number, body, leaf_hash, salt, content from bench.model""")
MODEL: Final = """create table bench.model as select l.at, l.act, l.member_number, l.body, l.leaf_hash, c.salt, c.body as content
    from office.ledger_leaf l join plates.ledger_content c using (leaf_id) order by l.leaf_id desc limit 1"""
READ: Final = "select l.leaf_id, l.body, l.leaf_hash from office.ledger_sealed s join office.ledger_leaf l using (leaf_id) order by s.tree_index"
AGAINST: Final = {
    "appended_a_second": ("a durable insert of the same bytes into a plain table", "inserted_a_second", "append_share"),
    "checked_a_second": ("the same lines read, and nothing done with them", "read_a_second", ""),
}


@dataclass
class Figures:
    """Lines a second; of appending the medians of the rounds."""

    writers: int
    lines: int
    appended_a_second: float
    inserted_a_second: float
    append_share: float
    sealed_a_second: float
    checked_a_second: float
    read_a_second: float

    @property
    def is_good(self) -> bool:
        return self.append_share >= LEAST_SHARE and self.checked_a_second >= LEAST_CHECKED_A_SECOND


def measure(writers: int, lines: int, round_s: float) -> Figures:
    """An office of its own: written to by many, filled, sealed, checked. Gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="pw-lines-", dir="/tmp"))  # a socket needs a short path
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, say=lambda _: None)
        with server.running():
            web = free_port()
            facts = {"web_port": web, "intake_port": free_port(), "public_origin": f"http://localhost:{web}"}
            config = set_up(data, facts=facts, server=server, say=tell)
            _cast(config)
            appended, inserted, shares = _written(server, config, writers, round_s)
            tell(f"{lines} lines are written, sealed and checked")
            sealed_s, checked_s, read_s, leaves = _sealed_and_checked(server, config, lines)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return Figures(
        writers=writers,
        lines=leaves,
        appended_a_second=round(statistics.median(appended)),
        inserted_a_second=round(statistics.median(inserted)),
        append_share=round(statistics.median(shares), 2),
        sealed_a_second=round(leaves / sealed_s),
        checked_a_second=round(leaves / checked_s),
        read_a_second=round(leaves / read_s),
    )


def _cast(config: ServerConfig) -> None:
    """The department comes into being: its policy says for how long a line's contents are kept."""
    os.environ.update(
        PLATEWARDEN_DATA=str(config.data), PLATEWARDEN_PROCESS="owner", DJANGO_SETTINGS_MODULE="platewarden.server.settings"
    )
    import django  # noqa: PLC0415 - only now is it known on which data folder

    django.setup()
    from django.db import connections  # noqa: PLC0415

    cast.make_cast(load_department().text)
    connections.close_all()


def _written(
    server: EmbeddedServer, config: ServerConfig, writers: int, round_s: float
) -> tuple[list[float], list[float], list[float]]:
    """Lines a second of each round: of the ledger, of the plain table, and their share."""
    logins = {role: server.connection_info(role, config.database.dbname).conninfo for role in ("owner", "app")}
    with psycopg.connect(logins["owner"], autocommit=True) as owner, psycopg.connect(logins["app"], autocommit=True) as app:
        app.execute(APPEND)
        owner.execute("create schema bench")
        owner.execute(MODEL)
        owner.execute("create table bench.plain (id bigint generated always as identity primary key, like bench.model)")
        owner.execute(sql.SQL("grant usage on schema bench to {}").format(sql.Identifier(app.info.user)))
        owner.execute(sql.SQL("grant select, insert on all tables in schema bench to {}").format(sql.Identifier(app.info.user)))
    appended, inserted, shares = [], [], []
    for number in range(ROUNDS + 1):
        ours = _a_round(logins["app"], APPEND, writers, round_s)
        plain = _a_round(logins["app"], PLAIN, writers, round_s)
        if number:  # the first warms
            appended.append(ours)
            inserted.append(plain)
            shares.append(ours / plain)
    return appended, inserted, shares


def _a_round(conninfo: str, statement: sql.SQL | sql.Composed, writers: int, round_s: float) -> float:
    """Lines a second of that many writers, each with a connection of its own; they begin when all are there."""
    with contextlib.ExitStack() as connections:
        logins = [connections.enter_context(psycopg.connect(conninfo, autocommit=True)) for _ in range(writers)]
        until = time.perf_counter() + round_s

        def write(login: psycopg.Connection[Any]) -> int:
            done = 0
            while time.perf_counter() < until:
                login.execute(statement)
                done += 1
            return done

        with ThreadPoolExecutor(writers) as pool:
            return sum(pool.map(write, logins)) / round_s


def _sealed_and_checked(server: EmbeddedServer, config: ServerConfig, lines: int) -> tuple[float, float, float, int]:
    """Seconds of sealing, of checking and of reading, and how many lines there were."""
    from django.db import connection  # noqa: PLC0415

    from platewarden.server.ledger.chain import Sealer, check  # noqa: PLC0415

    with psycopg.connect(server.connection_info("owner", config.database.dbname).conninfo, autocommit=True) as owner:
        owner.execute(FILL, [lines])
        owner.execute("vacuum analyze")
    sealer = Sealer()
    sealed_s, _ = timed_s(lambda: _all(sealer.seal))
    checked_s, checked = timed_s(check)
    assert checked.holds, [each.sentence for each in checked.wrong]
    with connection.cursor() as cursor:
        read_s, read = timed_s(lambda: (cursor.execute(READ), cursor.fetchall())[1])
    connection.close()
    assert len(read) == checked.leaves
    return sealed_s, checked_s, read_s, checked.leaves


def _all(seal: Callable[[], int]) -> None:
    while seal():
        pass


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when one of them misses its mark."""
    parser = argparse.ArgumentParser(prog="platewarden bench ledger", description="Lines written, sealed and checked.")
    parser.add_argument("--writers", type=int, default=8, help="who append at the same time (default 8)")
    parser.add_argument("--lines", type=int, default=200_000, help="lines that are sealed and checked (default 200,000)")
    parser.add_argument("--round-s", type=float, default=5.0, help="seconds of a round of appending (default 5)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    figures = measure(asked.writers, asked.lines, asked.round_s)
    print(told("ledger", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
