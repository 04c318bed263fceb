"""What "no record, no look" costs: a look through its door beside the same question asked by the owner, in the same run.

    platewarden bench gate --reads 5000000

The owner's question is the door's own statement, without its gate and without its count of what was shown, in a function of the owner's:
made here from the source of the door, so that both always ask the same. Whole plates over everything that is kept, and partial plates with three
characters known. Both ways take turns, plate by plate, after one that warms; both must show the same rows. The record has its own line: opened and
committed before the look, it waits for the disk, and so does the count of what was shown, when the look commits; a commit that waits for
the disk and does nothing else stands beside them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import sql

from platewarden.bench import end_in_order, timed_ms
from platewarden.bench.large import LargeOffice, large_office
from platewarden.bench.told import told
from platewarden.plate.pattern import parse_pattern

__all__ = ["Figures", "measure"]

MOST_TIMES_EXACT, MOST_TIMES_PATTERN = 1.25, 1.5
DOORS: Final = {"exact": ("reads_by_plate", "reads.search"), "pattern": ("plates_by_pattern", "reads.pattern")}
AGAINST: Final = {
    "exact_ms": ("the owner's own question", "exact_by_owner_ms", "exact_times"),
    "pattern_ms": ("the owner's own question", "pattern_by_owner_ms", "pattern_times"),
    "record_ms": ("a commit that waits for the disk", "commit_ms", ""),
}


@dataclass
class Figures:
    """Medians. `_times`: the median of what each look took beside the owner's question for the same plate."""

    reads: int
    looks: int
    exact_ms: float
    exact_by_owner_ms: float
    exact_times: float
    pattern_ms: float
    pattern_by_owner_ms: float
    pattern_times: float
    record_ms: float
    """Opened and on disk, before the look."""
    shown_ms: float
    """What was shown, on disk, after the look."""
    commit_ms: float

    @property
    def is_good(self) -> bool:
        return self.exact_times <= MOST_TIMES_EXACT and self.pattern_times <= MOST_TIMES_PATTERN


@dataclass
class Looks:
    """Milliseconds of each look, each owner's question, each record and each commit of what was shown."""

    by_door: list[float]
    by_owner: list[float]
    records: list[float]
    shown: list[float]


def measure(reads: int, days: int, looks: int) -> Figures:
    """Fills an office and looks, both ways."""
    chance = random.Random(7)  # noqa: S311 - which plates are asked for
    with large_office(reads, days) as office, office.connect() as owner, office.connect("app") as app:
        for door, _ in DOORS.values():
            make_owners_own(owner, door)
        asked = chance.sample(office.plates, min(len(office.plates), looks))
        exact = _took(office, owner, app, "exact", [_exact(office, plate) for plate in asked])
        pattern = _took(office, owner, app, "pattern", [_pattern(office, plate, chance) for plate in asked])
        commits = [timed_ms(lambda: owner.execute("select pg_logical_emit_message(true, 'bench', 'x')"))[0] for _ in range(looks)]
    return Figures(
        reads=reads,
        looks=len(asked),
        **_figures("exact", exact),
        **_figures("pattern", pattern),
        record_ms=_median([*exact.records, *pattern.records]),
        shown_ms=_median([*exact.shown, *pattern.shown]),
        commit_ms=_median(commits),
    )


def make_owners_own(owner: psycopg.Connection[Any], door: str) -> None:
    """A function `bench.DOOR(terms)` of what the door does, but for its gate and its count."""
    row = owner.execute(
        """select p.prosrc, pg_get_function_result(p.oid), p.proconfig from pg_proc p
           where p.pronamespace = 'plates'::regnamespace and p.proname = %s""",
        [door],
    ).fetchone()
    assert row is not None
    source, result, settings = row
    gate, count = (
        f"terms jsonb := office.pass_gate(the_access, '{dict(DOORS.values())[door]}');",
        "perform office.note_shown(the_access, shown);",
    )
    assert source.count(gate) == 1 and source.count(count) == 1, f"the door {door} is not made as it was: its gate or its count"  # noqa: PT018
    owner.execute("create schema if not exists bench")
    owner.execute(
        sql.SQL("create function {} (terms jsonb) returns {} language plpgsql volatile {} as {}").format(
            sql.Identifier("bench", door),
            sql.SQL(result),
            sql.SQL(" ").join(sql.SQL(f"set {name} = {value}") for name, value in (each.split("=", 1) for each in settings)),
            sql.Literal(source.replace(gate, "").replace(count, "")),
        )
    )


def _exact(office: LargeOffice, plate: str) -> str:
    until = office.days[-1] + timedelta(days=1)
    return json.dumps({"plate": plate, "from": f"{office.days[0]}T00:00Z", "to": f"{until}T00:00Z", "limit": 200})


def _pattern(office: LargeOffice, plate: str, chance: random.Random) -> str:
    at = chance.randrange(len(plate) - 2)
    known = plate[at : at + 3]
    written = parse_pattern(chance.choice((f"{plate[:3]}*", f"*{plate[-3:]}", f"*{known}*")))
    searches = [{"grams": each.grams, "likes": each.likes, "one_of": each.one_of} for each in written.searches()]
    return json.dumps({"searches": searches, "from": str(office.days[0]), "to": str(office.days[-1]), "limit": 200})


def _took(office: LargeOffice, owner: psycopg.Connection[Any], app: psycopg.Connection[Any], kind: str, asked: list[str]) -> Looks:
    door, act = DOORS[kind]
    by_owner = sql.SQL("select * from {}(%s::jsonb)").format(sql.Identifier("bench", door))
    by_door = sql.SQL("select * from {}(%s)").format(sql.Identifier("plates", door))
    looks = Looks([], [], [], [])
    for number, terms in enumerate((asked[0], *asked)):
        record_ms, access = timed_ms(partial(office.open_access, app, act, terms))
        app.execute("begin")
        ways = {"owner": (owner, by_owner, terms), "door": (app, by_door, access)}
        took = {way: _rows(*ways[way]) for way in sorted(ways, reverse=number % 2 == 0)}  # each is the first every other time
        shown_ms, _ = timed_ms(lambda: app.execute("commit"))
        (door_ms, of_door), (owner_ms, of_owner) = took["door"], took["owner"]
        assert of_owner == of_door, f"the owner's question shows {len(of_owner)} rows and the door {len(of_door)}"
        if number:  # the first warms
            looks.records.append(record_ms)
            looks.by_owner.append(owner_ms)
            looks.by_door.append(door_ms)
            looks.shown.append(shown_ms)
    return looks


def _rows(login: psycopg.Connection[Any], question: sql.Composed, given: Any) -> tuple[float, list[Any]]:
    return timed_ms(lambda: login.execute(question, [given]).fetchall())


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)


def _figures(kind: str, looks: Looks) -> dict[str, float]:
    times = [door / owner for door, owner in zip(looks.by_door, looks.by_owner, strict=True)]
    return {f"{kind}_ms": _median(looks.by_door), f"{kind}_by_owner_ms": _median(looks.by_owner), f"{kind}_times": _median(times)}


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when a look costs more than it may."""
    parser = argparse.ArgumentParser(
        prog="platewarden bench gate", description="Looks through their doors beside the owner's own questions."
    )
    parser.add_argument(
        "--reads", type=int, default=200_000, help="reads that are kept (default 200,000; the mark is for 5,000,000)"
    )
    parser.add_argument("--days", type=int, default=90, help="days they are spread over (default 90)")
    parser.add_argument("--looks", type=int, default=200, help="looks of each kind (default 200)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    figures = measure(asked.reads, asked.days, asked.looks)
    print(told("gate", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
