"""Thirty-five days on the road and no network: what is past the retention is gone with tombstones, and nothing younger is.

    python -m platewarden.bench.month --days 35 --a-day 1000 [--json]

The car's own spool, clock and expiry keep so many simulated days of reads (`bench.car`), and look each midnight at what is past. Then the
real office (door and database) takes what is left, and its gap report says where every number is. What must be gone and what must
be there is reckoned apart, from the calendar. Baseline of the nightly end: the same files removed one by one, without keys.

Known gap: the days are simulated; the machine's counter goes with them.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from platewarden.bench import end_in_order
from platewarden.bench.car import draft_of, parts
from platewarden.bench.road import an_office, stored_of
from platewarden.bench.told import told
from platewarden.unit.expiry import retention_days
from platewarden.unit.transfer import Transfer

__all__ = ["Month", "month"]

DAY: Final = timedelta(days=1)
AGAINST = {"end_ms_a_read": ("the files removed one by one", "unlink_ms_a_read", "times_unlink")}


@dataclass
class Month:
    """What came of the days. `gone_too_early`, `kept_too_long`, `unnamed`, `missing` and `keys_too_many` are to be 0."""

    days: int
    retention_days: int
    reads: int
    ended: int
    """Destroyed in the car for their age."""
    gone_too_early: int
    kept_too_long: int
    tombstones: int
    unnamed: int
    """Destroyed, and no tombstone at the office names them."""
    stored: int
    missing: int
    """Left in the car, and not at the office afterwards."""
    keys_too_many: int
    """Keys of days that are over and delivered."""
    spool_mb: float
    keep_ms_a_read: float
    longest_night_s: float
    end_ms_a_read: float
    unlink_ms_a_read: float
    times_unlink: float
    transfer_s: float

    @property
    def is_whole(self) -> bool:
        faults = (self.gone_too_early, self.kept_too_long, self.unnamed, self.missing, self.keys_too_many)
        return self.ended > 0 and not any(faults)


class Moment:
    """The simulated time: the unit's clock, and the machine's counter beside it."""

    def __init__(self, at: datetime) -> None:
        self.at, self._began = at, at

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return 1000.0 + (self.at - self._began).total_seconds()


def month(days: int, *, a_day: int) -> Month:
    """So many days offline at so many reads a day, then the transfer; everything counted."""
    chance = random.Random(427)  # noqa: S311 - plates for a bench, not keys
    today = datetime.now(UTC)
    moment = Moment(today - days * DAY)
    made_on: dict[int, date] = {}
    with an_office() as (server, config, _door, unit), parts(unit, clock=moment, seconds=moment.seconds) as car:
        car.trusted.hear_office(moment.at)
        began, night_s, ended = time.monotonic(), 0.0, 0
        longest_s = spool_mb = 0.0
        for number in range(1, days * a_day + 1):
            moment.at += DAY / a_day
            before = made_on.get(number - 1, moment.at.date())
            if before != moment.at.date():
                took_s, count = _night(car, moment.at)
                night_s, longest_s, ended = night_s + took_s, max(longest_s, took_s), ended + count
            made_on[number] = moment.at.date()
            car.spool.keep([draft_of(car.enrolment.key, moment.at, chance)], at=moment.at)
        kept_s = time.monotonic() - began - night_s
        spool_mb = car.spool.counts().bytes / 1e6
        took_s, count = _night(car, moment.at)
        night_s, longest_s, ended = night_s + took_s, max(longest_s, took_s), ended + count

        left = {int(str(row[0])) for row in car.spool.rows("select sequence from message where stream = 'read'")}
        first_kept = moment.at.date() - retention_days(car.spool) * DAY
        past = {number for number, day in made_on.items() if day < first_kept}
        began = time.monotonic()
        while car.spool.counts().unsent:
            car.round()
        transfer_s = time.monotonic() - began
        car.expiry.end_what_is_past(moment.at)
        keys = {path.stem for path in (car.spool.folder / "keys").iterdir()}
        with psycopg.connect(server.connection_info("owner", config.database.dbname).conninfo) as conn:
            stones = conn.execute("select ranges from office.equipment_tombstone").fetchall()
        numbers, stored = stored_of(server, config)
        named = {each for (ranges,) in stones for first, last in ranges for each in range(first, last + 1)}
    unlink_ms = _unlinked(max(1, ended))
    end_ms = 1000 * night_s / max(1, ended)
    return Month(
        days=days,
        retention_days=(moment.at.date() - first_kept).days,
        reads=len(made_on),
        ended=ended,
        gone_too_early=len(set(made_on) - past - left),
        kept_too_long=len(past & left),
        tombstones=len(stones),
        unnamed=len(past - named) + len(named - past),
        stored=len(stored),
        missing=len(left - numbers),
        keys_too_many=len(keys - {moment.at.date().isoformat()}),
        spool_mb=round(spool_mb, 1),
        keep_ms_a_read=round(1000 * kept_s / len(made_on), 2),
        longest_night_s=round(longest_s, 3),
        end_ms_a_read=round(end_ms, 3),
        unlink_ms_a_read=round(unlink_ms, 3),
        times_unlink=round(end_ms / unlink_ms, 2),
        transfer_s=round(transfer_s, 1),
    )


def _night(car: Transfer, at: datetime) -> tuple[float, int]:
    """What is past ends; how long it took, and how many reads ended."""
    began = time.monotonic()
    count = car.expiry.end_what_is_past(at)
    return time.monotonic() - began, count


def _unlinked(count: int) -> float:
    """The baseline: milliseconds a file, for so many files of a read's size that are only removed."""
    with tempfile.TemporaryDirectory(prefix="pw-unlink-", dir="/tmp") as folder:
        files = [Path(folder) / str(number) for number in range(min(count, 5000))]
        for each in files:
            each.write_bytes(bytes(700))
        began = time.monotonic()
        for each in files:
            each.unlink()
        return 1000 * (time.monotonic() - began) / len(files)


def main(given: list[str] | None = None) -> int:
    """Prints what was counted; 1 if anything went too early, stayed too long, or is named nowhere."""
    parser = argparse.ArgumentParser(prog="python -m platewarden.bench.month", description="A month and more without a network.")
    parser.add_argument("--days", type=int, default=35, help="how many simulated days (default 35)")
    parser.add_argument("--a-day", type=int, default=1000, help="reads a day (default 1000)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    found = month(asked.days, a_day=asked.a_day)
    print(told("month", found, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
