"""Made-up hit-and-runs: does the ranking put the right vehicle first, beside plain wildcard search of the same reads?

    python -m platewarden.bench.cases --cases 200 --reads 12000 --seed 427 [--json]

A car of a made-up city (`city.py`) drives off from a crossing; a witness (`witness.py`) says what is left of its plate. What cameras
read within three kilometres and forty-five minutes is ranked. The baseline is what a search with wildcards gives: the plates that
answer, the one read nearest to the time first. A case counts only if some camera read the car there and then; a row is right when
one of its reads is truly of the car, misread or not. The ranking knows neither file, and its constants were fixed before the first run.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

from platewarden.bench import end_in_order
from platewarden.bench.city import City, CityRead, metres_between
from platewarden.bench.told import told
from platewarden.bench.witness import Account, account
from platewarden.plate.pattern import Pattern, parse_pattern
from platewarden.server.investigations.rank import Scene, Seen, ranked

__all__ = ["Case", "Figures", "cases", "end_in_order", "main", "measure"]

WITHIN_M = 3000.0
WITHIN = timedelta(minutes=45)
OFF = timedelta(minutes=10)
GOOD_FIRST, GOOD_FIVE = 80.0, 95.0
AGAINST = {
    "first_percent": ("search with wildcards, nearest in time first", "stars_first_percent", ""),
    "first_five_percent": ("search with wildcards, nearest in time first", "stars_first_five_percent", ""),
}


@dataclass(frozen=True)
class Case:
    """What the investigator has, what was read around it, and the car that nobody knows yet."""

    told: Account
    place: tuple[float, float]
    around: tuple[CityRead, ...]
    culprit: str


@dataclass
class Figures:
    """Shares in per cent of the cases."""

    cases: int
    plates_around: int
    witnesses_who_erred: int
    first_percent: float
    first_five_percent: float
    stars_first_percent: float
    stars_first_five_percent: float
    ms_a_case: float

    @property
    def is_good(self) -> bool:
        return self.first_percent >= GOOD_FIRST and self.first_five_percent >= GOOD_FIVE


def cases(count: int, reads: int, seed: int) -> list[Case]:
    """So many cases, ten a day of the city. Same seed, same cases."""
    city, chance = City(seed=seed, cars=max(50, reads // 4)), random.Random(seed + 1)  # noqa: S311 - a made-up city
    found: list[Case] = []
    number = 0
    while len(found) < count:
        trips, seen = city.day(number, reads)
        number += 1
        today = 0
        for trip in chance.sample(trips, len(trips)):
            if today == 10 or len(found) == count:
                break
            crossing = chance.randrange(len(trip.crossings))
            place, at = city.place(trip.crossings[crossing]), trip.passes_at(crossing)
            told = account(chance, trip.car, at)
            around = tuple(
                each
                for each in seen
                if abs(each.at - told.at) <= WITHIN and metres_between(place, (each.lat, each.lon)) <= WITHIN_M
            )
            if any(each.car is trip.car for each in around):
                found.append(Case(told, place, around, trip.car.plate))
                today += 1
    return found


def measure(count: int, reads: int, seed: int) -> Figures:
    """Ranks them all, and searches them all with wildcards."""
    found = cases(count, reads, seed)
    ours = []
    began = time.monotonic()
    for case in found:
        scene = Scene(case.told.at, OFF, state=case.told.state, colour=case.told.colour)
        seen = [
            Seen(each.plate, each.state, each.at, metres_between(case.place, (each.lat, each.lon)), each.confidence)
            for each in case.around
        ]
        ours.append(_rank_of(case, [row.plate for row in ranked(parse_pattern(case.told.pattern), scene, seen)]))
    took = time.monotonic() - began
    theirs = [_rank_of(case, _by_stars(parse_pattern(case.told.pattern), case)) for case in found]
    return Figures(
        cases=len(found),
        plates_around=round(sum(len({each.plate for each in case.around}) for case in found) / len(found)),
        witnesses_who_erred=sum(case.told.erred for case in found),
        first_percent=_share(ours, 1),
        first_five_percent=_share(ours, 5),
        stars_first_percent=_share(theirs, 1),
        stars_first_five_percent=_share(theirs, 5),
        ms_a_case=round(1000 * took / len(found), 1),
    )


def _by_stars(pattern: Pattern, case: Case) -> list[str]:
    nearest = sorted(case.around, key=lambda each: (abs(each.at - case.told.at), each.plate))
    return list(dict.fromkeys(each.plate for each in nearest if pattern.answers(each.plate)))


def _rank_of(case: Case, plates: list[str]) -> int | None:
    right = {each.plate for each in case.around if each.car.plate == case.culprit}
    return next((rank for rank, plate in enumerate(plates, 1) if plate in right), None)


def _share(ranks: list[int | None], at_most: int) -> float:
    return round(100 * sum(rank is not None and rank <= at_most for rank in ranks) / len(ranks), 1)


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 when the ranking misses what it is to reach."""
    parser = argparse.ArgumentParser(prog="platewarden bench cases", description="Made-up hit-and-runs, ranked.")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--reads", type=int, default=12_000, help="reads of one day of the city")
    parser.add_argument("--seed", type=int, default=427)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(given)
    figures = measure(asked.cases, asked.reads, asked.seed)
    print(told("cases", figures, as_json=asked.json, against=AGAINST))  # noqa: T201
    return 0 if figures.is_good else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
