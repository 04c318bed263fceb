"""Places near one another as metres on a flat ground: good for a few kilometres, as far as a canvass or a patrol reaches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

__all__ = ["METRES_A_DEG", "Xy", "apart_m", "is_within", "lat_lon", "xy"]

METRES_A_DEG: Final = 111_195.0
"""Of latitude, on a ball with the Earth's mean radius of 6,371,009 m."""

Xy: TypeAlias = tuple[float, float]
"""Metres east and north of some place."""


def xy(middle_lat: float, middle_lon: float, lat: float, lon: float) -> Xy:
    """Metres east and north of a middle."""
    return (lon - middle_lon) * METRES_A_DEG * _narrow(middle_lat), (lat - middle_lat) * METRES_A_DEG


def lat_lon(middle_lat: float, middle_lon: float, at: Xy) -> tuple[float, float]:
    """Latitude and longitude of what lies so far east and north of a middle."""
    return middle_lat + at[1] / METRES_A_DEG, middle_lon + at[0] / (METRES_A_DEG * _narrow(middle_lat))


def apart_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres from one place to another."""
    return math.hypot(*xy(lat, lon, other_lat, other_lon))


def is_within(ring: Sequence[Xy], at: Xy) -> bool:
    """Whether a point lies in an area, by the corners of its edge."""
    inside = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > at[1]) != (by > at[1]) and at[0] < (bx - ax) * (at[1] - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _narrow(lat: float) -> float:
    return max(0.01, math.cos(math.radians(lat)))
