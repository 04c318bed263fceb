"""An office of the size of a city: its own server with pages and worker, a member signed in, and millions of reads of the past.

Reads are written by the owner, in the order of time, a day at a time: twelve plates' worth of reads for each plate, of six layouts, most
trips by few cars; forty cameras in a town of six kilometres. The car's signed words are left out: a scan is faster without them.
The days' dictionaries are made as the intake makes them, and then gathered as the worker does it.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from platewarden.bench.crash import free_port, tell
from platewarden.demo import cast
from platewarden.demo.visitor import Visitor
from platewarden.plate.grams import tokens
from platewarden.plate.likeness import fold
from platewarden.policy.department import load_department
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up
from platewarden.server.serve import serving

__all__ = ["CAMERAS", "MIDDLE", "LargeOffice", "large_office"]

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
LAYOUTS: Final = ("AA#####", "AA#####", "AAA####", "###AAA", "#AAA###", "AAA###", "A######")
READS_A_PLATE: Final = 12
MIDDLE: Final = (42.1817, -87.8003)
CAMERAS: Final = 40
REFERENCE: Final = "26-004117"
QUICK: Final = {"fsync": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
"""While it is filled; it is measured as it runs in an office."""
READS: Final = """
insert into {child} (plate, captured_at, read_id, unit_id, camera, state, confidence, characters, candidates, engine, hotlist_edition,
    pictures, began_at, ended_at, lat, lon, crossing)
select s.plate, r.t, gen_random_uuid(), '00000000-0000-0000-0000-00000000000c', 'pole ' || r.camera, 'IL', 0.95,
    '{{0.95,0.95,0.95,0.95,0.95,0.95,0.95}}', '[]', 'none', 41, '[]', r.t, r.t,
    %(lat)s + (r.camera %% 8 - 3.5) * 0.0072, %(lon)s + (r.camera / 8 - 2) * 0.0097, 'Central Ave'
from (select %(day)s::date::timestamp at time zone 'UTC' + n * interval '1 day' / %(many)s as t,
          (random() * %(cameras)s)::int as camera, (random() ^ 2.5 * %(plates)s)::int as id
      from generate_series(0, %(many)s - 1) n) r
join plates.stage_plate s on s.id = r.id order by r.t
"""
SEEN: Final = """
insert into {child} (day, plate, fold, grams) select %(day)s::date, s.plate, s.fold, s.grams from plates.stage_plate s
where s.plate in (select r.plate from {reads} r) order by s.plate
"""


@dataclass
class LargeOffice:
    """The office, its days and the plates that were seen in them; the investigator is signed in and has stated a purpose."""

    config: ServerConfig
    server: EmbeddedServer
    member: Visitor
    days: list[date]
    plates: list[str]
    gather_s: float

    def connect(self, role: str = "owner") -> psycopg.Connection[Any]:
        login = self.server.connection_info(role, self.config.database.dbname)
        return psycopg.connect(login.conninfo, autocommit=True)

    def open_access(self, app: psycopg.Connection[Any], act: str, terms: str) -> Any:
        """An access record of the investigator, committed: its id."""
        row = app.execute(
            "select access_id from office.open_access(%s, %s, 'criminal-investigation', %s, %s::jsonb)",
            [bytes.fromhex(self.member.http.cookies["person"]), act, REFERENCE, terms],
        ).fetchone()
        assert row is not None
        return row[0]


@contextlib.contextmanager
def large_office(reads: int, days: int) -> Iterator[LargeOffice]:
    """So many reads over so many days, up to yesterday; today has its share too. Gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="pw-large-", dir="/tmp"))  # a socket needs a short path
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, settings=QUICK, say=lambda _: None)
        with server.running():
            web = free_port()
            facts = {"web_port": web, "intake_port": free_port(), "public_origin": f"http://localhost:{web}"}
            config = set_up(data, facts=facts, server=server, say=tell)
            player = _cast(config)[cast.INVESTIGATOR]
            office = LargeOffice(config, server, Visitor(config.public_origin, player), [], [], 0.0)
            with office.connect() as owner:
                _fill(office, owner, reads, days)
        office.server = EmbeddedServer(data, say=lambda _: None)
        with office.server.running():
            office.gather_s = _gathered(office)  # before the worker does it
            with serving(config), office.member as member:
                member.sign_in()
                member.state_purpose("criminal-investigation", REFERENCE)
                yield office
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _cast(config: ServerConfig) -> dict[str, cast.Player]:
    """The department keeps reads for as long as the bench looks back, and lets a wide search pass: its size is what is measured."""
    os.environ.update(
        PLATEWARDEN_DATA=str(config.data), PLATEWARDEN_PROCESS="owner", DJANGO_SETTINGS_MODULE="platewarden.server.settings"
    )
    import django  # noqa: PLC0415 - only now is it known on which data folder

    django.setup()
    from django.db import connections  # noqa: PLC0415

    text = load_department().text
    for wish, figure in (("reads", 120), ("alerts", 120), ("cosign_above_vehicles", 100_000)):
        text = re.sub(rf"(?m)^{wish} = \d+$", f"{wish} = {figure}", text)
    players = {each.number: each for each in cast.make_cast(text)}
    connections.close_all()
    return players


def _fill(office: LargeOffice, owner: psycopg.Connection[Any], reads: int, days: int) -> None:
    chance = random.Random(427)  # noqa: S311 - plates, not keys
    office.plates = _plates(chance, max(1000, reads // READS_A_PLATE))
    owner.execute("set jit = off")
    owner.execute("select setseed(0.427)")  # the same office each time
    owner.execute("set maintenance_work_mem = '256MB'")
    owner.execute("create unlogged table plates.stage_plate (id int primary key, plate text, fold text, grams int[])")
    with owner.cursor().copy("copy plates.stage_plate from stdin") as copy:
        for n, text in enumerate(office.plates):
            copy.write(f"{n}\t{text}\t{fold(text)}\t{{{','.join(map(str, tokens(text)))}}}\n")
    owner.execute("analyze plates.stage_plate")
    today = datetime.now(UTC).date()
    office.days = [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    for n, day in enumerate(office.days):
        _fill_day(owner, day, reads // days, len(office.plates))
        if n % 10 == 0:
            tell(f"{day}: {(n + 1) * (reads // days)} reads")
    owner.execute("drop table plates.stage_plate")
    seen = {row[0] for row in owner.execute(sql.SQL("select distinct plate from plates.{}").format(sql.Identifier("plate_seen")))}
    office.plates = [each for each in office.plates if each in seen]
    for parent in ("reads", "plate_seen"):
        owner.execute(sql.SQL("vacuum (analyze) plates.{}").format(sql.Identifier(parent)))


def _gathered(office: LargeOffice) -> float:
    """Seconds that the worker needs to gather what is over."""
    began = time.perf_counter()
    with office.connect("purge") as worker, office.connect() as owner:
        worker.execute("select plates.begin_gathering()")
        worker.execute("select plates.gather()")
        took = time.perf_counter() - began
        owner.execute("vacuum plates.gathered")
    return took


def _plates(chance: random.Random, many: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < many:
        layout = chance.choice(LAYOUTS)
        found["".join(chance.choice(LETTERS) if each == "A" else chance.choice("0123456789") for each in layout)] = None
    return list(found)


def _fill_day(owner: psycopg.Connection[Any], day: date, reads: int, plates: int) -> None:
    """Each day's tables are written first and get their indexes when they take their place."""
    ends = day + timedelta(days=1)
    with owner.transaction():
        for parent, filling in (("reads", READS), ("plate_seen", SEEN)):
            child = f"{parent}_{day:%Y%m%d}"
            names = {"parent": sql.Identifier("plates", parent), "child": sql.Identifier("plates", child)}
            owner.execute(sql.SQL("drop table if exists {child}").format(**names))
            owner.execute(sql.SQL("create table {child} (like {parent} including defaults including constraints)").format(**names))
            owner.execute("select plates.keep_no_samples(%s)", [child])
            owner.execute(
                sql.SQL(filling).format(**names, reads=sql.Identifier("plates", f"reads_{day:%Y%m%d}")),
                {"day": day, "many": reads, "plates": plates - 1, "cameras": CAMERAS - 1, "lat": MIDDLE[0], "lon": MIDDLE[1]},
            )
            between = (f"{day} 00:00+00", f"{ends} 00:00+00") if parent == "reads" else (str(day), str(ends))
            owner.execute(
                sql.SQL("alter table {parent} attach partition {child} for values from ({a}) to ({b})").format(
                    **names, a=sql.Literal(between[0]), b=sql.Literal(between[1])
                )
            )
