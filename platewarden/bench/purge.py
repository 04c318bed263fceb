"""How fast a day ends, beside DELETE and VACUUM of the same day in the same run; and how long the cars' door waits meanwhile.

    python -m platewarden.bench.purge --reads 240000 --rounds 3 --pictures 4000 [--json]

Each round keeps the same reads on two past days, one in a thousand of them under a hold. One day ends as the purge ends it (held
reads moved, counted, partitions of reads and dictionary dropped, the line in the ledger: one call as the worker's login); on the
other the owner deletes what is not held and vacuums, which is the baseline. WAL is counted from the log's own position, with a
checkpoint before each. A third session keeps a read of today, durably, every few milliseconds: its longest wait while the day
ends stands beside its longest wait in a quiet time as long. Figures are medians of the rounds. The reads of these days have the car's
signed words, and no pictures.

Pictures are timed apart, on two more days with the same pictures of 30 kB each: one day's end as the purge ends it (held pictures
put under keys of their own and read back, the database asked, the day's keys destroyed, the packs unlinked); the other's bytes are
overwritten once and flushed before they are unlinked, which is what forgetting takes where a day has no key of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import psycopg

from platewarden.bench import end_in_order
from platewarden.bench.past import LETTERS, Past, office_with_a_past
from platewarden.bench.told import told
from platewarden.plate.grams import tokens
from platewarden.plate.likeness import fold

__all__ = ["Figures", "measure"]

HELD_ONE_IN = 1000
MOST_STALL_MS = 200
AGAINST = {
    "purge_ms": ("DELETE and VACUUM of the same day", "delete_and_vacuum_ms", "times_faster"),
    "purge_wal_kb": ("DELETE and VACUUM of the same day", "delete_and_vacuum_wal_kb", "times_less_wal"),
    "longest_wait_ms": ("a quiet time as long", "longest_wait_in_quiet_ms", ""),
    "pictures_purge_ms": ("overwriting the same pictures once", "pictures_overwrite_ms", "pictures_times_faster"),
}


@dataclass
class Figures:
    """Medians over the rounds; ratios of medians."""

    reads: int
    held: int
    rounds: int
    purge_ms: float
    delete_and_vacuum_ms: float
    times_faster: float
    purge_wal_kb: float
    delete_and_vacuum_wal_kb: float
    times_less_wal: float
    longest_wait_ms: float
    longest_wait_in_quiet_ms: float
    pictures: int
    pictures_purge_ms: float
    pictures_overwrite_ms: float
    pictures_times_faster: float

    @property
    def is_good(self) -> bool:
        return self.times_faster >= 8 and self.times_less_wal >= 100 and self.longest_wait_ms <= MOST_STALL_MS


def measure(reads: int, rounds: int, pictures: int) -> Figures:
    """Runs the rounds in an office of its own."""
    found: list[dict[str, float]] = []
    with office_with_a_past() as past, past.connect() as owner, past.connect("purge") as worker:
        plates = _stage(past, owner, reads)
        worker.execute("select office.clock_tick('bench', %s)", [time.monotonic()])
        purge_id = _begin(worker)
        for n in range(rounds):
            ours, theirs = 31 + 2 * n, 32 + 2 * n
            for ago in (ours, theirs):
                past.open_day(ago)
                _fill(past, owner, ago)
            if n == 0:
                _hold(owner, plates)
            _end_pictures(past, worker, purge_id, ours)
            owner.execute("select office.let_the_log_go()")
            with _Car(past) as car:
                quiet = car.longest_wait_ms(1.0)
                car.forget()
                took, wrote = _timed(owner, lambda: _end_day(past, worker, purge_id, ours))  # noqa: B023 - called at once
                found.append({"ms": took, "wal": max(wrote - car.wrote(), 1), "wait": car.longest_ms(), "quiet": quiet})
            owner.execute("select office.let_the_log_go()")
            took, wrote = _timed(owner, lambda: _delete(past, owner, theirs))  # noqa: B023
            found[-1] |= {"delete_ms": took, "delete_wal": wrote}
        past.picture_bytes = 30_000
        of_pictures = _pictures(past, worker, purge_id, plates, pictures // 2, ago=32 + 2 * rounds)
    median = {name: statistics.median(each[name] for each in found) for name in found[0]}
    return Figures(
        reads=reads,
        held=len(plates),
        rounds=rounds,
        purge_ms=round(median["ms"], 1),
        delete_and_vacuum_ms=round(median["delete_ms"], 1),
        times_faster=round(median["delete_ms"] / median["ms"], 1),
        purge_wal_kb=round(median["wal"] / 1024, 1),
        delete_and_vacuum_wal_kb=round(median["delete_wal"] / 1024, 1),
        times_less_wal=round(median["delete_wal"] / median["wal"], 1),
        longest_wait_ms=round(max(each["wait"] for each in found), 1),
        longest_wait_in_quiet_ms=round(max(each["quiet"] for each in found), 1),
        pictures=pictures // 2 * 2,
        pictures_purge_ms=round(of_pictures[0], 1),
        pictures_overwrite_ms=round(of_pictures[1], 1),
        pictures_times_faster=round(of_pictures[1] / of_pictures[0], 1),
    )


def _stage(past: Past, owner: psycopg.Connection[Any], reads: int) -> list[str]:
    """The reads of any day, once; gives the plates that are to be held."""
    owner.execute("create unlogged table plates.stage_reads (plate text, second float8, read_id uuid)")
    owner.execute("create unlogged table plates.stage_seen (plate text primary key, fold text, grams int[])")
    chance = random.Random(427)  # noqa: S311 - plates
    texts = ["".join(chance.choices(LETTERS, k=7)) for _ in range(reads)]
    with owner.cursor().copy("copy plates.stage_reads from stdin") as copy:
        for n, text in enumerate(texts):
            copy.write_row((text, n * 86_000 / reads, uuid.UUID(int=chance.getrandbits(128))))
    with owner.cursor().copy("copy plates.stage_seen from stdin") as copy:
        for text in sorted(set(texts)):
            copy.write_row((text, fold(text), list(tokens(text))))
    del past
    return sorted(set(texts[::HELD_ONE_IN]))


def _fill(past: Past, owner: psycopg.Connection[Any], ago: int) -> None:
    day = past.day(ago)
    owner.execute(
        """insert into plates.reads (plate, captured_at, read_id, unit_id, camera, confidence, characters, candidates, engine,
               hotlist_edition, pictures, began_at, ended_at, state, lat, lon, signed)
           select plate, t, gen_random_uuid(), '00000000-0000-0000-0000-00000000000c', 'front', 0.95, '{0.95,0.95,0.95,0.95,0.95,0.95,0.95}',
               '[]', 'none', 41, '[]', t, t, 'IL', 42.18, -87.80, decode(repeat(md5(plate), 22), 'hex')
           from (select plate, %s::date::timestamp at time zone 'UTC' + second * interval '1 s' as t from plates.stage_reads) s""",
        [day],
    )
    owner.execute("insert into plates.plate_seen select %s, plate, fold, grams from plates.stage_seen", [day])
    owner.execute("select office.let_the_log_go()")


def _hold(owner: psycopg.Connection[Any], plates: list[str]) -> None:
    """One hold that names them all, over the whole past: the owner writes it, for a bench asks for no purpose."""
    row = owner.execute(
        """insert into office.retention_hold (ground, authority, reference, scope, since, until, placed_by, placed_by_number, placed_at,
               reads, alerts, review_on, book_by, reviewed_by, released_by, released_because)
           values ('discovery', 'a bench', '26-000001', 'vehicle', now() - interval '900 days', now(), 'bench', '0000', now(),
               0, 0, now()::date + 90, now()::date + 30, '', '', '') returning id"""
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into plates.hold_scope (hold_id, since, until, plate) select %s, now() - interval '900 days', now(), p from unnest(%s::text[]) p",
        [row[0], plates],
    )


def _begin(worker: psycopg.Connection[Any]) -> int:
    row = worker.execute(
        "insert into office.retention_purge (began_at, asked_by, checkpoint_before) values (now(), 'a bench', '') returning id"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _timed(owner: psycopg.Connection[Any], act: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds, and bytes of the write-ahead log."""
    start, began = _log_position(owner), time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000, float(_log_position(owner) - start)


def _end_pictures(past: Past, worker: psycopg.Connection[Any], purge_id: int, ago: int) -> None:
    """The pictures' part of the day, of which there are none: it is asked for before the reads may end."""
    held = [row[0] for row in worker.execute("select read_id from plates.held_of_day(%s)", [past.day(ago)]).fetchall()]
    for kind in ("overview_pictures", "pictures"):
        worker.execute("select plates.end_day(%s, %s, %s, %s, 0, '[]')", [purge_id, kind, past.day(ago), held])


def _end_day(past: Past, worker: psycopg.Connection[Any], purge_id: int, ago: int) -> None:
    """As the purge does it: whoever writes there just now is waited for a moment, and it is asked again."""
    while True:
        try:
            worker.execute("select plates.end_day(%s, 'reads', %s, '{}', 0, '[]')", [purge_id, past.day(ago)])
        except psycopg.errors.LockNotAvailable:
            time.sleep(0.05)
        else:
            return


def _delete(past: Past, owner: psycopg.Connection[Any], ago: int) -> None:
    """The baseline, with nobody else writing."""
    day = past.day(ago)
    owner.execute(
        """delete from plates.reads r where r.captured_at >= %s::date::timestamp at time zone 'UTC'
               and r.captured_at < (%s::date + 1)::timestamp at time zone 'UTC'
               and not exists (select from plates.hold_scope s where s.plate = r.plate)""",
        [day, day],
    )
    owner.execute("delete from plates.plate_seen where day = %s", [day])
    for parent in ("reads", "plate_seen"):
        owner.execute(f"vacuum plates.{parent}_{day:%Y%m%d}".encode())


def _pictures(
    past: Past, worker: psycopg.Connection[Any], purge_id: int, held: list[str], reads: int, *, ago: int
) -> tuple[float, float]:
    """Milliseconds to end the pictures of a day, as the purge does and by overwriting them. One read in a thousand is held."""
    from django.conf import settings  # noqa: PLC0415

    from platewarden.server.reads.forget import forget_pictures, keys_of  # noqa: PLC0415
    from platewarden.server.reads.images import keep_beyond_its_day  # noqa: PLC0415

    plates = [held[n // HELD_ONE_IN % len(held)] if n % HELD_ONE_IN == 0 else past.plate() for n in range(reads)]
    for day in (ago, ago + 1):
        past.open_day(day)
        past.keep(day, plates, pictures=True)
    began = time.perf_counter()
    on = past.day(ago)
    for kind, view in (("overview_pictures", "overview"), ("pictures", "plate")):
        rows = worker.execute("select read_id, pictures from plates.held_of_day(%s)", [on]).fetchall()
        for read_id, pointers in rows:
            assert all(keep_beyond_its_day(each, read_id) for each in pointers if each["view"] == view)
        worker.execute(
            "select plates.end_day(%s, %s, %s, %s, 0, %s::jsonb)",
            [purge_id, kind, on, [row[0] for row in rows], json.dumps(keys_of(on, view))],
        )
        forget_pictures(on, view)
    ours = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    for pack in sorted((settings.CONFIG.data / "pictures" / f"{past.day(ago + 1):%Y-%m-%d}").rglob("*.pack")):
        with pack.open("r+b") as file:
            file.write(bytes(pack.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        pack.unlink()
    return ours, (time.perf_counter() - began) * 1000


def _log_position(owner: psycopg.Connection[Any]) -> int:
    row = owner.execute("select pg_current_wal_insert_lsn() - '0/0'").fetchone()
    assert row is not None
    return int(row[0])


class _Car:
    """A session that keeps a read of today, durably, every few milliseconds, and says how long it waited at most."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._waits: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._drive, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def forget(self) -> None:
        self._waits.clear()

    def longest_ms(self) -> float:
        return max(self._waits, default=0.0) * 1000

    def longest_wait_ms(self, for_s: float) -> float:
        self.forget()
        time.sleep(for_s)
        return self.longest_ms()

    def wrote(self) -> int:
        """About what it wrote into the log since `forget`: a read, its dictionary line and a commit are two to four kilobytes."""
        return len(self._waits) * 2048

    def _drive(self) -> None:
        chance = random.Random(1)  # noqa: S311 - plates
        with self._past.connect("ingest", autocommit=False) as ingest:
            while not self._ended.is_set():
                text, at = "".join(chance.choices(LETTERS, k=7)), datetime.now(UTC)
                began = time.perf_counter()
                ingest.execute(
                    """insert into plates.reads (plate, captured_at, read_id, unit_id, camera, confidence, characters, candidates, engine,
                           hotlist_edition, pictures, began_at, ended_at)
                       values (%s, %s, gen_random_uuid(), '00000000-0000-0000-0000-00000000000c', 'front', 0.9, '{0.9}', '[]', 'none', 41, '[]', %s, %s)
                       on conflict do nothing""",
                    [text, at, at, at],
                )
                ingest.execute(
                    "insert into plates.plate_seen values (%s, %s, %s, %s) on conflict do nothing",
                    [at.date(), text, fold(text), list(tokens(text))],
                )
                ingest.commit()
                self._waits.append(time.perf_counter() - began)
                time.sleep(0.005)


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when one of them misses what the purge is to reach."""
    parser = argparse.ArgumentParser(prog="python -m platewarden.bench.purge", description="End a day, beside DELETE and VACUUM.")
    parser.add_argument("--reads", type=int, default=240_000, help="reads of a day (default 240,000)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are told (default 3)")
    parser.add_argument("--pictures", type=int, default=4_000, help="pictures of a day, timed apart (default 4,000)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    figures = measure(asked.reads, asked.rounds, asked.pictures)
    print(told("purge", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
