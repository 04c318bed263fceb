"""Kills the purge again and again, and the database under it, and counts what was lost, left over or counted wrongly.

    python -m platewarden.bench.purge_kills --times 300 [--json]

Before each kill another past day is kept, with pictures and with holds on some of its reads; then `platewarden retention purge` runs
and is killed with signal 9 at a random moment; every third time PostgreSQL's main process is killed as well, and its supervisor
brings it up again. At the end one purge runs undisturbed. Then: every held read is there, with both pictures; nothing else is; nothing is due; no
key or picture of a past day lies on the disk; and the certificates' sums are the numbers of reads and pictures that were kept.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg

from platewarden.bench import end_in_order
from platewarden.bench.past import Past, office_with_a_past
from platewarden.bench.told import told

__all__ = ["Ended", "kill_purges"]

A_DAY, HELD, WITH_PICTURES = 30, 2, 10


@dataclass
class Ended:
    """What came of it. Everything from `held_lost` on is to be 0."""

    kills: int
    database_kills: int
    cut_purges: int
    """How many of the kills left a purge under way."""
    reads: int
    certificates: int = 0
    seconds: float = 0.0
    held_lost: int = 0
    held_pictures_lost: int = 0
    left_over: int = 0
    due: int = 0
    files_left: int = 0
    miscounted: int = 0

    @property
    def is_whole(self) -> bool:
        wrong = (self.held_lost, self.held_pictures_lost, self.left_over, self.due, self.files_left, self.miscounted)
        return self.kills > 0 and not any(wrong)


def kill_purges(times: int) -> Ended:
    """Runs it all in an office of its own."""
    began, chance = time.monotonic(), random.Random()  # noqa: S311 - when to kill
    with office_with_a_past() as past:
        held: list[str] = []
        kept = cut = database_kills = 0
        for n in range(times):
            plates = [past.plate() for _ in range(A_DAY)]
            past.open_day(31 + n)
            past.keep(31 + n, plates[:WITH_PICTURES], pictures=True)
            past.keep(31 + n, plates[WITH_PICTURES:], pictures=False)
            for plate in plates[:HELD]:
                past.hold(plate)
            held += plates[:HELD]
            kept += A_DAY
            kills_database = n % 3 == 2
            database_kills += kills_database
            _kill(past, chance.uniform(0, 0.3), with_database=kills_database)
            cut += _is_under_way(past)
        past.purge()
        ended = Ended(kills=times, database_kills=database_kills, cut_purges=cut, reads=kept)
        _count(past, held, ended)
    ended.seconds = round(time.monotonic() - began, 1)
    return ended


def _kill(past: Past, after_s: float, *, with_database: bool) -> None:
    """Starts a purge, waits until it has begun or ended, then so long, and kills it."""
    before = _purges(past)
    purging = subprocess.Popen(
        past.command("retention", "purge"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    until = time.monotonic() + 60
    while purging.poll() is None and _purges(past) == before and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(after_s)
    if with_database and (postmaster := past.server.postmaster_id()):
        os.kill(postmaster, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(purging.pid, signal.SIGKILL)
    purging.wait()
    while not _answers(past):
        time.sleep(0.05)
    from django.db import connections  # noqa: PLC0415

    connections.close_all()


def _answers(past: Past) -> bool:
    try:
        with past.connect() as owner:
            return owner.execute("select true").fetchone() is not None
    except psycopg.OperationalError:
        return False


def _purges(past: Past) -> tuple[int, int]:
    """How many have begun, and how many days have ended."""
    with past.connect() as owner:
        row = owner.execute(
            "select (select count(*) from office.retention_purge), (select count(*) from office.retention_chunk)"
        ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _is_under_way(past: Past) -> bool:
    with past.connect() as owner:
        row = owner.execute("select count(*) from office.retention_purge where ended_at is null").fetchone()
    return bool(row and row[0])


def _count(past: Past, held: list[str], ended: Ended) -> None:
    from platewarden.server.reads.images import find_picture  # noqa: PLC0415
    from platewarden.server.retention.certificate import said_in  # noqa: PLC0415
    from platewarden.server.retention.models import Certificate  # noqa: PLC0415

    with past.connect() as owner:
        spared = owner.execute("select plate, read_id, pictures from plates.reads_held").fetchall()
        (left,) = owner.execute("select count(*) from plates.reads").fetchone() or (0,)
        (due,) = owner.execute("select count(*) from plates.days_due()").fetchone() or (0,)
    pictures = [find_picture(pointer, read_id) for _, read_id, pointers in spared for pointer in pointers]
    said = [each for made in Certificate.objects.all() for each in said_in(made.note)["ended"]]
    totals = {kind: [sum(each[what] for each in said if each["kind"] == kind) for what in ("purged", "spared")] for kind in KINDS}
    right = {"reads": [ended.reads - len(held), len(held)]} | {
        kind: [ended.kills * (WITH_PICTURES - HELD), ended.kills * HELD] for kind in ("pictures", "overview_pictures")
    }
    own = (path for folder in ("keys", "pictures") for path in (past.config.data / folder).rglob("*"))
    ended.certificates = Certificate.objects.count()
    ended.held_lost = len(set(held) - {plate for plate, _, _ in spared})
    ended.held_pictures_lost = 2 * len(held) - sum(isinstance(each, bytes) for each in pictures)
    ended.left_over = left + len({plate for plate, _, _ in spared} - set(held))
    ended.due = due
    ended.files_left = sum(path.is_file() and "held" not in path.parts for path in own)
    ended.miscounted = sum(totals[kind] != right[kind] for kind in KINDS)


KINDS = ("reads", "pictures", "overview_pictures")


def main(given: list[str] | None = None) -> int:
    """Prints the count; 1 if anything held is gone, anything overdue is there, or a certificate is wrong."""
    parser = argparse.ArgumentParser(prog="python -m platewarden.bench.purge_kills", description="Kill the purge, and count.")
    parser.add_argument("--times", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    ended = kill_purges(asked.times)
    print(told("purge_kills", ended, as_json=asked.json))  # noqa: T201
    return 0 if ended.is_whole else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
