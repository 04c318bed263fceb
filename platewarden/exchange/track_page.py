"""Up: where a unit drove while it had a canvass task that its crew accepted. Some minutes a page, nothing before and nothing after.

A track tells where members were. It is made for a task that somebody accepted and for nothing else; the office keeps of it only what
lies between the asking and the end of the task. Pages run in the stream of what members do in the car (“field”), so that a missing
one shows and none is kept twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["SPOTS_AT_MOST", "Spot", "TrackPage", "spot_from", "spot_to_map"]

SPOTS_AT_MOST: Final = 500


@dataclass(frozen=True)
class Spot:
    """Where a unit was at one moment, and how sure of it, in metres."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.at))
        must(-90 <= self.lat <= 90 and -180 <= self.lon <= 180, "The place of a unit is not on this earth. Check the receiver.")
        must(0 <= self.accuracy_m < math.inf, "The accuracy of a place is not below zero. Check the receiver.")


def spot_to_map(spot: Spot) -> dict[str, object]:
    """As it stands in a body."""
    return {"at": microseconds(spot.at), "lat": spot.lat, "lon": spot.lon, "accuracy_m": spot.accuracy_m}


def spot_from(fields: Fields) -> Spot:
    """The spot of a map of fields, each used once."""
    spot = Spot(fields.moment("at"), fields.number("lat"), fields.number("lon"), fields.number("accuracy_m"))
    fields.done()
    return spot


@dataclass(frozen=True)
class TrackPage(Message):
    """A piece of a track: spots of one unit for one task, in the order of time."""

    kind: ClassVar[Kind] = Kind.TRACK_PAGE

    unit_key_id: bytes
    sequence: int
    task: int
    spots: tuple[Spot, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= 2**53, "The number of a track's page is not 1 or more. Send it as it was signed.")
        must(1 <= self.task <= 2**53, "A track names no task. Send it as it was signed.")
        moments = [each.at for each in self.spots]
        must(
            1 <= len(moments) <= SPOTS_AT_MOST and moments == sorted(set(moments)),
            f"A track's page has 1 to {SPOTS_AT_MOST} spots, the oldest first and no moment twice. Send them so.",
        )

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "task": self.task,
                "spots": [spot_to_map(each) for each in self.spots],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> TrackPage:
        fields = Fields.of(body, cls.kind)
        page = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            task=fields.integer("task"),
            spots=tuple(map(spot_from, fields.each("spots", at_most=SPOTS_AT_MOST))),
        )
        fields.done()
        return page
