"""The nearest crossing, in words an officer says on the radio: “Main St & 2nd Ave”. From the department's road file.

The file is GeoJSON: a `FeatureCollection` of `LineString` (or `MultiLineString`) features in degrees (lon, lat), each with a
`name` in its properties; or CSV with the columns `name,lat,lon`, one point a line, the points of a street in order and
together. It lies in the unit's data folder (`streets` in unit.toml), and stays there: nobody is asked for a map.

The index is built once: crossings are where two streets of different names come within ten metres of one another at a point
of one of them; they and the streets' points lie in cells of about 200 metres. Asked for a place, the nearest crossing within
150 metres is named; else the nearest street within 60 metres as “near Main St”; else nothing.

A name has at most 60 printable characters: it goes with every read.

Known gap: a crossing at which neither street has a point in the file is not found; road files of departments have them there.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

from platewarden import ground
from platewarden.policy.refusal import Malformed, Unavailable

__all__ = ["Streets"]

CELL_DEG: Final = 0.002
CROSSES_M: Final = 10.0
CROSSING_M: Final = 150.0
STREET_M: Final = 60.0
LONGEST_NAME: Final = 60

Point = tuple[float, float]
Cell = tuple[int, int]


class Streets:
    """The streets of one road file, indexed."""

    def __init__(self, lines: list[tuple[str, list[Point]]]) -> None:
        self._segments: dict[Cell, list[tuple[str, Point, Point]]] = defaultdict(list)
        self._crossings: dict[Cell, list[tuple[str, Point]]] = defaultdict(list)
        for name, points in lines:
            for first, last in pairwise(points):
                for cell in _cells_of(first, last):
                    self._segments[cell].append((name, first, last))
        found: set[str] = set()
        for name, points in lines:
            for point in points:
                for other in {
                    each for each, first, last in self._near(point) if each != name and _far(point, first, last) <= CROSSES_M
                }:
                    words = " & ".join(sorted((name, other)))
                    mark = f"{words} {point[0]:.4f} {point[1]:.4f}"
                    if mark not in found:
                        found.add(mark)
                        self._crossings[_cell(point)].append((words, point))

    @classmethod
    def load(cls, path: Path) -> Streets:
        """The streets of a GeoJSON or CSV file. Malformed, with what is wrong, when it is neither."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(f"The road file “{path.name}” cannot be read ({type(error).__name__}). Copy it anew.") from error
        lines = list(_geojson(text, path.name) if text.lstrip().startswith("{") else _csv(text, path.name))
        for name, _ in lines:
            if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
                raise Malformed(
                    f"The road file “{path.name}” names a street “{name[:20]!a}”. A name has 1 to {LONGEST_NAME} printable characters."
                )
        if not lines:
            raise Malformed(
                f"The road file “{path.name}” holds no street. Give GeoJSON lines with a name, or CSV with name,lat,lon."
            )
        return cls(lines)

    def crossing(self, lat: float, lon: float) -> str | None:
        """The nearest crossing in words, or the street, or None where there is neither."""
        here = (lat, lon)
        crossings = [
            (ground.apart_m(*here, *point), words) for cell in _around(here) for words, point in self._crossings.get(cell, ())
        ]
        if crossings and min(crossings)[0] <= CROSSING_M:
            return min(crossings)[1]
        streets = [(_far(here, first, last), name) for name, first, last in self._near(here)]
        return f"near {min(streets)[1]}" if streets and min(streets)[0] <= STREET_M else None

    def within(self, lat: float, lon: float, radius_m: float) -> list[tuple[Point, Point]]:
        """The pieces of streets in the square around a place, to be drawn; at most 4,000."""
        south, west = ground.lat_lon(lat, lon, (-radius_m, -radius_m))
        north, east = ground.lat_lon(lat, lon, (radius_m, radius_m))
        rows = range(math.floor(south / CELL_DEG), math.floor(north / CELL_DEG) + 1)
        columns = range(math.floor(west / CELL_DEG), math.floor(east / CELL_DEG) + 1)
        cells: Iterable[Cell] = product(rows, columns) if len(rows) * len(columns) < len(self._segments) else self._segments
        found = {
            (first, last)
            for cell in cells
            if cell[0] in rows and cell[1] in columns
            for _, first, last in self._segments.get(cell, ())
        }
        return sorted(found)[:4000]

    def _near(self, point: Point) -> Iterator[tuple[str, Point, Point]]:
        for cell in _around(point):
            yield from self._segments.get(cell, ())


def _geojson(text: str, name: str) -> Iterator[tuple[str, list[Point]]]:
    try:
        features: list[Any] = json.loads(text)["features"]
        for number, feature in enumerate(features, start=1):
            street, shape = (feature.get("properties") or {}).get("name"), feature["geometry"]
            if not street or shape["type"] not in {"LineString", "MultiLineString"}:
                continue
            lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
            for line in lines:
                yield str(street), [_point(each[1], each[0], name, number) for each in line]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise Malformed(f"The road file “{name}” is not GeoJSON with lines. Export it anew, as a FeatureCollection.") from error


def _csv(text: str, name: str) -> Iterator[tuple[str, list[Point]]]:
    rows = csv.DictReader(text.splitlines())
    if rows.fieldnames is None or not {"name", "lat", "lon"} <= set(rows.fieldnames):
        raise Malformed(f"The road file “{name}” does not begin with the columns name,lat,lon. Name them in its first line.")
    street, points = "", list[Point]()
    for number, row in enumerate(rows, start=2):
        if row["name"] != street and points:
            yield street, points
            points = []
        street = row["name"]
        points.append(_point(row["lat"], row["lon"], name, number))
    if points:
        yield street, points


def _point(lat: Any, lon: Any, name: str, number: int) -> Point:
    try:
        found = float(lat), float(lon)
    except (TypeError, ValueError):
        found = math.nan, math.nan
    if not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
        raise Malformed(f"The road file “{name}”, {number}: “{lat}, {lon}” is not a place in degrees. Correct it.")
    return found


def _cell(point: Point) -> Cell:
    return math.floor(point[0] / CELL_DEG), math.floor(point[1] / CELL_DEG)


def _around(point: Point) -> Iterator[Cell]:
    row, column = _cell(point)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            yield row + down, column + right


def _cells_of(first: Point, last: Point) -> set[Cell]:
    steps = 1 + int(max(abs(first[0] - last[0]), abs(first[1] - last[1])) / (CELL_DEG / 2))
    return {
        _cell((first[0] + (last[0] - first[0]) * each / steps, first[1] + (last[1] - first[1]) * each / steps))
        for each in range(steps + 1)
    }


def _far(point: Point, first: Point, last: Point) -> float:
    """How far the point is from the line between two others, in metres."""
    (ax, ay), (bx, by) = ground.xy(*point, *first), ground.xy(*point, *last)
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
    return math.hypot(ax + along * dx, ay + along * dy)
