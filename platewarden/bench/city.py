"""A made-up city with known answers: streets, cameras, cars that live there, and what the cameras read of them.

Same seed, same city, same reads. Two thirds of the trips are of people on their way to work and back, at their own hours; the rest are
of cars anywhere, a tenth of them seen once. Fixed cameras stand at crossings; patrol cars stand at another crossing each quarter of an
hour. A few reads are misread, by a table of this city's own: `plate/likelihood.py` and the ranking never see it.

Known gap: a car drives along one street and then along another, at one speed; a camera sees every car that passes it.
"""

from __future__ import annotations

import csv
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platewarden.policy.refusal import Malformed

__all__ = ["Car", "City", "CityRead", "Trip", "metres_between", "write"]

MIDDLE: Final = (42.1817, -87.8003)
BLOCK_M: Final = 350.0
ACROSS: Final = 16
"""Streets in each direction."""
CAMERAS: Final = 44
PATROLS: Final = 6
SPEED_M_S: Final = (8.0, 15.0)
METRES_A_DEGREE: Final = 111_195.0
MISREAD: Final = 0.03
LOST: Final = 0.004
MISTAKEN: Final = {
    "0": "OD8Q", "O": "0DQ", "D": "0O", "1": "I7T", "I": "1T", "2": "Z7", "Z": "27", "5": "S6", "S": "58", "8": "B36", "B": "83R",
    "6": "G85", "G": "6C", "M": "NW", "N": "MH", "H": "MN", "V": "Y", "Y": "V", "U": "V0", "C": "G0", "7": "1T", "3": "8", "4": "A",
}  # fmt: skip
LAYOUTS: Final = (("IL", "AA#####", 42), ("IL", "AAA####", 20), ("WI", "AAA####", 14), ("IN", "###AAA", 10), ("MI", "AAA####", 8), ("CA", "#AAA###", 6))  # fmt: skip
COLOURS: Final = (("white", 25), ("black", 22), ("grey", 18), ("silver", 12), ("blue", 10), ("red", 8), ("brown", 3), ("green", 2))
KINDS: Final = (("car", 55), ("suv", 30), ("truck", 10), ("van", 5))
NAMES: Final = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Laurel", "Maple", "Oak", "Pine", "Rowan", "Willow")  # fmt: skip

Crossing = tuple[int, int]
"""East and north, counted in streets."""


@dataclass(frozen=True, slots=True)
class Car:
    """One vehicle as it is. `home` and `work` are None for those only passing through."""

    plate: str
    state: str
    colour: str
    kind: str
    home: Crossing | None = None
    work: Crossing | None = None
    leaves_at_h: float = 8.0


@dataclass(frozen=True, slots=True)
class Trip:
    """A car, when it starts, its speed, and the crossings it passes."""

    car: Car
    starts_at: datetime
    metres_a_second: float
    crossings: tuple[Crossing, ...]

    def passes_at(self, place: int) -> datetime:
        """When it passes the crossing of that number."""
        return self.starts_at + timedelta(seconds=place * BLOCK_M / self.metres_a_second)


@dataclass(frozen=True, slots=True)
class CityRead:
    """What a camera read, and which car it truly was."""

    at: datetime
    camera: str
    lat: float
    lon: float
    plate: str
    state: str | None
    confidence: float
    car: Car


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """As the crow flies, well enough for a city."""
    north = (b[0] - a[0]) * METRES_A_DEGREE
    east = (b[1] - a[1]) * METRES_A_DEGREE * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)


@dataclass
class City:
    """`cars` live here; `day` lets them drive."""

    seed: int = 427
    cars: int = 4000
    first_day: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    residents: list[Car] = field(init=False)
    cameras: dict[Crossing, str] = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - a made-up city
        crossings = [(east, north) for east in range(ACROSS) for north in range(ACROSS)]
        self.cameras = {place: f"pole {n:02d}" for n, place in enumerate(sorted(chance.sample(crossings, CAMERAS)), 1)}
        self.residents = [self._car(chance, *chance.sample(crossings, 2)) for _ in range(self.cars)]

    def place(self, crossing: Crossing) -> tuple[float, float]:
        """Latitude and longitude of a crossing."""
        north, east = ((each - (ACROSS - 1) / 2) * BLOCK_M for each in (crossing[1], crossing[0]))
        lat = MIDDLE[0] + north / METRES_A_DEGREE
        return round(lat, 6), round(MIDDLE[1] + east / METRES_A_DEGREE / math.cos(math.radians(MIDDLE[0])), 6)

    def day(self, number: int, reads: int) -> tuple[list[Trip], list[CityRead]]:
        """The trips of a day and its reads in the order of time: exactly so many reads."""
        chance = random.Random(self.seed * 100_003 + number)  # noqa: S311
        begins = self.first_day + timedelta(days=number)
        patrols = [
            {(chance.randrange(ACROSS), chance.randrange(ACROSS)): f"car {10 + n} front" for n in range(PATROLS)} for _ in range(96)
        ]
        trips: list[Trip] = []
        found: list[CityRead] = []
        while len(found) < reads:
            trip = self._trip(chance, begins)
            seen = list(self._seen(chance, trip, patrols, begins))
            trips.append(trip)
            found.extend(seen)
        found = sorted(found[:reads], key=lambda each: (each.at, each.plate))
        return trips, found

    def roads(self) -> dict[str, Any]:
        """The streets as GeoJSON."""
        lines = [
            (f"{name} Street", [self.place((n, 0)), self.place((n, ACROSS - 1))])
            for n, name in zip(range(ACROSS), NAMES, strict=True)
        ]
        lines += [(f"{_ordinal(n + 1)} Avenue", [self.place((0, n)), self.place((ACROSS - 1, n))]) for n in range(ACROSS)]
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": name},
                    "geometry": {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in ends]},
                }
                for name, ends in lines
            ],
        }

    def _car(self, chance: random.Random, home: Crossing | None = None, work: Crossing | None = None) -> Car:
        state, layout, _ = chance.choices(LAYOUTS, [weight for *_, weight in LAYOUTS])[0]
        plate = "".join(chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") if each == "A" else chance.choice("0123456789") for each in layout)
        colour, kind = (chance.choices(*zip(*table, strict=True))[0] for table in (COLOURS, KINDS))
        return Car(plate, state, colour, kind, home, work, chance.gauss(8, 1.2))

    def _trip(self, chance: random.Random, begins: datetime) -> Trip:
        drawn = chance.random()
        car = self._car(chance) if drawn > 0.9 else chance.choice(self.residents)
        if drawn < 0.67 and car.home and car.work:
            there = chance.random() < 0.5
            hours = (car.leaves_at_h if there else car.leaves_at_h + 9) + chance.gauss(0, 0.2)
            start, end = (car.home, car.work) if there else (car.work, car.home)
        else:
            hours = min(max(chance.gauss(14, 4.5), 0.0), 23.0)
            start, end = ((chance.randrange(ACROSS), chance.randrange(ACROSS)) for _ in range(2))
        hours = min(max(hours, 0.0), 23.5)
        return Trip(
            car, begins + timedelta(hours=hours), chance.uniform(*SPEED_M_S), _way(start, end, first_east=chance.random() < 0.5)
        )

    def _seen(self, chance: random.Random, trip: Trip, patrols: list[dict[Crossing, str]], begins: datetime) -> Iterator[CityRead]:
        for n, crossing in enumerate(trip.crossings):
            at = trip.passes_at(n)
            quarter = min(int((at - begins).total_seconds() // 900), 95)
            camera = self.cameras.get(crossing) or patrols[quarter].get(crossing)
            if camera:
                lat, lon = self.place(crossing)
                plate = _misread(chance, trip.car.plate)
                state = trip.car.state if chance.random() < 0.75 else None
                sure = chance.betavariate(12, 1) if plate == trip.car.plate else chance.betavariate(4, 2)
                yield CityRead(at, camera, lat, lon, plate, state, round(sure, 3), trip.car)


def write(folder: Path, *, reads: int, days: int, seed: int) -> dict[str, int]:
    """`reads.csv` with the true plate of each read, `vehicles.csv`, `roads.geojson`, `cameras.geojson`. Refused: a folder in use."""
    if not 1 <= days <= 3660 or not days <= reads <= 100_000_000:
        raise Malformed("A city has 1 to 3660 days, and at least one read a day and at most 100,000,000 in all.")
    if folder.exists() and any(folder.iterdir()):
        raise Malformed(f"There is something in {folder} already. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    city = City(seed=seed, cars=max(50, reads // days // 4))
    (folder / "roads.geojson").write_text(json.dumps(city.roads()))
    (folder / "cameras.geojson").write_text(json.dumps(_points(city)))
    with (folder / "vehicles.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("plate", "state", "colour", "kind"))
        rows.writerows((car.plate, car.state, car.colour, car.kind) for car in city.residents)
    misread = 0
    with (folder / "reads.part").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("captured_at", "camera", "lat", "lon", "plate", "state", "confidence", "true_plate"))
        for number in range(days):
            _, found = city.day(number, reads * (number + 1) // days - reads * number // days)
            misread += sum(each.plate != each.car.plate for each in found)
            rows.writerows(
                (
                    each.at.isoformat(),
                    each.camera,
                    each.lat,
                    each.lon,
                    each.plate,
                    each.state or "",
                    each.confidence,
                    each.car.plate,
                )
                for each in found
            )
    (folder / "reads.part").rename(folder / "reads.csv")  # the whole, or nothing of that name
    return {"reads": reads, "days": days, "cars": len(city.residents), "misread": misread}


def _points(city: City) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"camera": name},
                "geometry": {"type": "Point", "coordinates": list(reversed(city.place(crossing)))},
            }
            for crossing, name in city.cameras.items()
        ],
    }


def _way(start: Crossing, end: Crossing, *, first_east: bool) -> tuple[Crossing, ...]:
    (east, north), (to_east, to_north) = start, end
    along = [(each, north if first_east else to_north) for each in _between(east, to_east)]
    up = [(to_east if first_east else east, each) for each in _between(north, to_north)]
    return tuple(dict.fromkeys((*along, *up) if first_east else (*up, *along)))


def _between(a: int, b: int) -> range:
    return range(a, b + 1) if a <= b else range(a, b - 1, -1)


def _misread(chance: random.Random, plate: str) -> str:
    drawn = chance.random()
    if drawn < MISREAD:
        at = chance.choice([n for n, each in enumerate(plate) if each in MISTAKEN] or [0])
        return plate[:at] + chance.choice(MISTAKEN.get(plate[at], plate[at])) + plate[at + 1 :]
    if drawn < MISREAD + LOST:
        at = chance.randrange(len(plate))
        return plate[:at] + plate[at + 1 :]
    return plate


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
