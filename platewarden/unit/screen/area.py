"""A canvass area on the car's screen: drawn from the department's road file, north above, and in words where it lies from here.

The drawing is a small SVG made here; nothing is asked for it. Without a road file it shows the area, the way driven and the car.
"""

from __future__ import annotations

import math
from typing import Final

from platewarden import ground
from platewarden.exchange.read_report import Place
from platewarden.exchange.task_sheet import CanvassTask
from platewarden.ground import Xy
from platewarden.unit.screen.markup import Html, tag
from platewarden.unit.streets import Streets

__all__ = ["drawn", "lies"]

POINTS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
ROUND: Final = 0.62
"""Half of what is drawn, in parts of the area's own width."""


def lies(task: CanvassTask, here: Place | None) -> str:
    """Where the area lies from the car, as it is said on the radio."""
    if here is None:
        return "This unit does not know where it is."
    x, y = _xy(task, here.lat, here.lon)
    if _is_inside(task, x, y):
        return "You are in the area."
    middle = _middle(task)
    far = math.hypot(middle[0] - x, middle[1] - y)
    turn = math.degrees(math.atan2(middle[0] - x, middle[1] - y)) % 360
    said = f"{far / 1000:.1f} km" if far >= 950 else f"{round(far, -1):.0f} m"
    return f"{said} to the {POINTS[round(turn / 45) % 8]}, to its middle."


def drawn(task: CanvassTask, here: Place | None, way: list[Place], streets: Streets | None) -> Html:
    """The area with its streets, the way driven for it, and the car; the car at the edge when it is outside."""
    area = _ring(task)
    middle, half = _middle(task), _half(task)
    left, top = middle[0] - half, -middle[1] - half
    lines = []
    if streets is not None:
        lat, lon = _place_of(task, middle)
        pieces = streets.within(lat, lon, half)
        path = " ".join(f"M{_spell(_xy(task, *first))}L{_spell(_xy(task, *last))}" for first, last in pieces)
        lines.append(tag("path", d=path, class_="roads", stroke_width=f"{half / 90:.1f}"))
    lines.insert(0, tag("polygon", points=" ".join(map(_spell, area)), class_="area", stroke_width=f"{half / 60:.1f}"))
    if way:
        driven = " ".join(_spell(_xy(task, each.lat, each.lon)) for each in way)
        lines.append(tag("polyline", points=driven, class_="way", stroke_width=f"{half / 30:.1f}"))
    if here is not None:
        x, y = _xy(task, here.lat, here.lon)
        edge = half * 0.94
        x, y = (max(-edge, min(edge, x - middle[0])) + middle[0], max(-edge, min(edge, y - middle[1])) + middle[1])
        lines.append(
            tag("circle", cx=f"{x:.0f}", cy=f"{-y:.0f}", r=f"{half / 22:.0f}", class_="car", stroke_width=f"{half / 70:.1f}")
        )
    words = f"Map, north above: the area of {task.incident}, the streets, this car and where it has driven."
    return tag(
        "svg", *lines, viewBox=f"{left:.0f} {top:.0f} {2 * half:.0f} {2 * half:.0f}", role="img", aria_label=words, class_="map"
    )


def _xy(task: CanvassTask, lat: float, lon: float) -> Xy:
    """Metres east and north of the task's own place."""
    return ground.xy(task.lat, task.lon, lat, lon)


def _place_of(task: CanvassTask, at: Xy) -> tuple[float, float]:
    return ground.lat_lon(task.lat, task.lon, at)


def _ring(task: CanvassTask) -> list[Xy]:
    if task.corners:
        return [_xy(task, lat, lon) for lon, lat in task.corners]
    turns = [each * math.tau / 48 for each in range(48)]
    return [(task.radius_m * math.sin(turn), task.radius_m * math.cos(turn)) for turn in turns]


def _middle(task: CanvassTask) -> Xy:
    ring = _ring(task)
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _half(task: CanvassTask) -> float:
    ring = _ring(task)
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return max(50.0, ROUND * max(max(xs) - min(xs), max(ys) - min(ys)))


def _is_inside(task: CanvassTask, x: float, y: float) -> bool:
    return ground.is_within(_ring(task), (x, y)) if task.corners else math.hypot(x, y) <= task.radius_m


def _spell(at: Xy) -> str:
    return f"{at[0] + 0.0:.0f},{0.0 - at[1]:.0f}"
