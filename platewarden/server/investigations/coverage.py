"""Which streets of an area were driven: tracks of cars laid over the department's road file, in figures and street by street.

A road is cut into pieces of at most 25 metres. A piece counts as driven when a track passes within 25 metres of its middle, going the
way of the road to within 45 degrees: crossing a street does not cover it. A track is joined between two spots that are at most 20
seconds apart and each sure to 50 metres; what lies between others is not known, and counts as not driven.

Known gap: of two roads side by side, closer than 25 metres, both count when one was driven.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from platewarden import ground
from platewarden.ground import Xy
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.investigations.canvass import Scene
from platewarden.server.investigations.models import Incident
from platewarden.server.ledger.acts import Act

ROADS: Final = "roads.geojson"
WITHIN_M: Final = 25.0
PIECE_M: Final = 25.0
STEP_M: Final = 10.0
TURNED_DEG: Final = 45.0
JOINED: Final = timedelta(seconds=20)
SURE_M: Final = 50.0
NO_NAME: Final = "Roads without a name"

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """Where a car was at one moment of its task."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float


@dataclass(frozen=True)
class Track:
    """Where one car drove for one task, in the order of time."""

    task_id: int
    unit_id: UUID
    spots: tuple[Spot, ...]

    def runs(self) -> Iterator[list[Spot]]:
        """What of it hangs together: spots that are sure enough, each soon after the one before."""
        run: list[Spot] = []
        for spot in self.spots:
            if spot.accuracy_m > SURE_M or (run and spot.at - run[-1].at > JOINED):
                if run:
                    yield run
                run = []
            if spot.accuracy_m <= SURE_M:
                run.append(spot)
        if run:
            yield run


@dataclass(frozen=True)
class Street:
    """A street of the area: how much of it there is, and how much was driven."""

    name: str
    metres: float
    driven_m: float

    @property
    def open_m(self) -> float:
        return self.metres - self.driven_m


@dataclass(frozen=True)
class Coverage:
    """What was driven of an area and what was not, as lines for the map and by street."""

    driven: list[list[LonLat]]
    open: list[list[LonLat]]
    streets: list[Street]
    """Those with something left first, the most first."""

    @property
    def metres(self) -> float:
        return sum(each.metres for each in self.streets)

    @property
    def driven_m(self) -> float:
        return sum(each.driven_m for each in self.streets)

    @property
    def share(self) -> float | None:
        """In per cent; None where the road file has no road in the area."""
        return 100 * self.driven_m / self.metres if self.metres else None

    @property
    def not_covered(self) -> list[Street]:
        """Streets with something left."""
        return [each for each in self.streets if each.open_m >= 1]


def access_to_tracks(request: HttpRequest, incident: Incident) -> Access:
    """A look at where cars drove for an incident: it tells where members were, and is recorded like a look at reads."""
    return open_access(request, Act.INVESTIGATIONS_COVERAGE, {"incident": incident.pk})


def tracks(access: Access) -> list[Track]:
    """The tracks that the access names, one for each task."""
    spots: dict[tuple[int, UUID], list[Spot]] = defaultdict(list)
    for row in through_door(access, "canvass_tracks"):
        found = (Spot(datetime.fromisoformat(at), lat, lon, accuracy) for at, lat, lon, accuracy in row["spots"])
        spots[row["task_id"], row["unit_id"]].extend(found)
    return [
        Track(task_id, unit_id, tuple(sorted(each, key=lambda spot: spot.at))) for (task_id, unit_id), each in sorted(spots.items())
    ]


def cover(scene: Scene, driven: Sequence[Track], roads: Iterable[tuple[str, list[LonLat]]]) -> Coverage:
    """Lays the tracks over the roads of a scene's area."""
    passed = _passed(scene, driven)
    lines: dict[bool, list[list[LonLat]]] = {True: [], False: []}
    by_name: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for name, road in roads:
        pieces = [(first, last, _is_driven(passed, first, last)) for first, last in _pieces(scene, road)]
        for first, last, is_driven in pieces:
            length = math.dist(first, last)
            by_name[name][0] += length
            by_name[name][1] += length if is_driven else 0.0
        for is_driven, run in groupby(pieces, key=lambda each: each[2]):
            lines[is_driven] += _joined(scene, [(first, last) for first, last, _ in run])
    streets = [Street(name, metres, done) for name, (metres, done) in by_name.items()]
    return Coverage(lines[True], lines[False], sorted(streets, key=lambda each: (-round(each.open_m), each.name)))


def roads_of_department() -> list[tuple[str, list[LonLat]]]:
    """The department's road file; nothing where there is none or it cannot be read, as on the map."""
    path = settings.CONFIG.data / ROADS
    try:
        return _roads(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return []


@lru_cache(maxsize=1)
def _roads(path: Path, _changed: int) -> list[tuple[str, list[LonLat]]]:
    found = []
    features: list[Any] = json.loads(path.read_text("utf-8"))["features"]
    for feature in features:
        shape: dict[str, Any] = feature.get("geometry") or {}
        lines: list[Any] = []
        if shape.get("type") in {"LineString", "MultiLineString"}:
            lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        name = str((feature.get("properties") or {}).get("name") or NO_NAME)[:100]
        found += [(name, [(float(each[0]), float(each[1])) for each in line]) for line in lines]
    return found


def _xy(scene: Scene, lon: float, lat: float) -> Xy:
    """Metres east and north of the scene's place."""
    return ground.xy(scene.lat, scene.lon, lat, lon)


def _lonlat(scene: Scene, at: Xy) -> LonLat:
    lat, lon = ground.lat_lon(scene.lat, scene.lon, at)
    return round(lon, 6), round(lat, 6)


def _pieces(scene: Scene, road: list[LonLat]) -> Iterator[tuple[Xy, Xy]]:
    """The road cut into pieces, those whose middle lies in the area."""
    ring = [_xy(scene, lon, lat) for lon, lat in scene.corners or ()]
    reach = max((math.hypot(x, y) for x, y in ring), default=float(scene.radius_m)) + PIECE_M
    for (ax, ay), (bx, by) in pairwise([_xy(scene, lon, lat) for lon, lat in road]):
        if min(ax, bx) > reach or max(ax, bx) < -reach or min(ay, by) > reach or max(ay, by) < -reach:
            continue
        count = max(1, math.ceil(math.dist((ax, ay), (bx, by)) / PIECE_M))
        for at in range(count):
            first = (ax + (bx - ax) * at / count, ay + (by - ay) * at / count)
            last = (ax + (bx - ax) * (at + 1) / count, ay + (by - ay) * (at + 1) / count)
            if _is_inside(scene, ring, ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)):
                yield first, last


def _is_inside(scene: Scene, ring: list[Xy], at: Xy) -> bool:
    return ground.is_within(ring, at) if ring else math.hypot(*at) <= scene.radius_m


def _passed(scene: Scene, driven: Sequence[Track]) -> dict[tuple[int, int], list[tuple[Xy, float]]]:
    """Where cars passed and which way, every few metres, by cells as wide as a track reaches."""
    cells: dict[tuple[int, int], list[tuple[Xy, float]]] = defaultdict(list)
    for run in (run for track in driven for run in track.runs()):
        for one, other in pairwise(run):
            (ax, ay), (bx, by) = _xy(scene, one.lon, one.lat), _xy(scene, other.lon, other.lat)
            length = math.dist((ax, ay), (bx, by))
            if length < 1:  # it stood: no way to speak of
                continue
            way = math.degrees(math.atan2(bx - ax, by - ay)) % 180
            count = math.ceil(length / STEP_M)
            for at in range(count + 1):
                here = (ax + (bx - ax) * at / count, ay + (by - ay) * at / count)
                cells[_cell(here)].append((here, way))
    return cells


def _is_driven(passed: dict[tuple[int, int], list[tuple[Xy, float]]], first: Xy, last: Xy) -> bool:
    middle = ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
    way = math.degrees(math.atan2(last[0] - first[0], last[1] - first[1])) % 180
    column, row = _cell(middle)
    return any(
        math.dist(here, middle) <= WITHIN_M and min(abs(way - turned), 180 - abs(way - turned)) <= TURNED_DEG
        for x in (column - 1, column, column + 1)
        for y in (row - 1, row, row + 1)
        for here, turned in passed.get((x, y), ())
    )


def _joined(scene: Scene, pieces: list[tuple[Xy, Xy]]) -> list[list[LonLat]]:
    """Pieces that follow one another, as one line each."""
    lines: list[list[LonLat]] = []
    end: Xy | None = None
    for first, last in pieces:
        if end is None or math.dist(end, first) > 0.5:
            lines.append([_lonlat(scene, first)])
        lines[-1].append(_lonlat(scene, last))
        end = last
    return lines


def _cell(at: Xy) -> tuple[int, int]:
    return math.floor(at[0] / WITHIN_M), math.floor(at[1] / WITHIN_M)
