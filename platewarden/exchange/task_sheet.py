"""Down: the canvass tasks of one unit, whole and numbered: which areas it is asked to drive, until when, for which incident.

A task that was withdrawn is not on the next sheet. A sheet names its unit: another unit's is not believed. No plate stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["CanvassTask", "TaskSheet"]

TASKS_AT_MOST: Final = 50
CORNERS_AT_MOST: Final = 100


@dataclass(frozen=True, kw_only=True)
class CanvassTask:
    """One area to drive, and what for."""

    number: int
    """The office's number of it."""

    incident: str
    """The case number."""

    what: str
    """What happened, in the office's words."""

    place: str
    """Where, as people say it."""

    lat: float
    lon: float
    radius_m: int
    corners: tuple[tuple[float, float], ...]
    """(lon, lat) of a drawn area, which then counts; none where the circle does."""

    instruction: str
    """What the investigator asks for, in a sentence; may be empty."""

    asked_by: str
    asked_at: datetime
    until: datetime
    """No track is made after this."""

    def __post_init__(self) -> None:
        must(1 <= self.number <= 2**53, "The number of a canvass task is not 1 or more. Send it as it was signed.")
        for text, least, most in (
            *((self.incident, 1, 60), (self.what, 1, 60), (self.place, 1, 200)),
            *((self.instruction, 0, 200), (self.asked_by, 1, 200)),
        ):
            must(
                least <= len(text) <= most and (not text or text.isprintable()),
                "A text in a canvass task is empty, too long, or not printable. Make it anew.",
            )
        must(1 <= self.radius_m <= 100_000, "The radius of a canvass task is not 1 to 100,000 metres. Make it anew.")
        must(not self.corners or 3 <= len(self.corners) <= CORNERS_AT_MOST, "An area has 3 to 100 corners. Draw it again.")
        must(
            all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ((self.lon, self.lat), *self.corners)),
            "The area of a canvass task is not on this earth. Make it anew.",
        )
        from_microseconds(microseconds(self.asked_at))
        from_microseconds(microseconds(self.until))
        must(self.asked_at < self.until, "A canvass task ends before it was asked. Make it anew.")

    def to_map(self) -> dict[str, object]:
        return {
            "number": self.number,
            "incident": self.incident,
            "what": self.what,
            "place": self.place,
            "lat": self.lat,
            "lon": self.lon,
            "radius_m": self.radius_m,
            "corners": [{"lon": lon, "lat": lat} for lon, lat in self.corners],
            "instruction": self.instruction,
            "asked_by": self.asked_by,
            "asked_at": microseconds(self.asked_at),
            "until": microseconds(self.until),
        }

    @classmethod
    def taken(cls, fields: Fields) -> CanvassTask:
        """The task of a map of fields, each used once."""
        task = cls(
            number=fields.integer("number"),
            incident=fields.text("incident"),
            what=fields.text("what"),
            place=fields.text("place"),
            lat=fields.number("lat"),
            lon=fields.number("lon"),
            radius_m=fields.integer("radius_m"),
            corners=tuple(map(_corner, fields.each("corners", at_most=CORNERS_AT_MOST))),
            instruction=fields.text("instruction"),
            asked_by=fields.text("asked_by"),
            asked_at=fields.moment("asked_at"),
            until=fields.moment("until"),
        )
        fields.done()
        return task


@dataclass(frozen=True)
class TaskSheet(Message):
    """Every task that stands for one unit. Whatever is not on it is not asked."""

    kind: ClassVar[Kind] = Kind.TASK_SHEET

    unit_key_id: bytes
    number: int
    made_at: datetime
    tasks: tuple[CanvassTask, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.number <= 2**53, "The number of a task sheet is not 1 or more. Send it as it was signed.")
        from_microseconds(microseconds(self.made_at))
        must(len(self.tasks) <= TASKS_AT_MOST, f"A task sheet has at most {TASKS_AT_MOST} tasks. Withdraw some.")
        must(len({each.number for each in self.tasks}) == len(self.tasks), "A task sheet has a task twice. Make it anew.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "number": self.number,
                "made_at": microseconds(self.made_at),
                "tasks": [each.to_map() for each in self.tasks],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> TaskSheet:
        fields = Fields.of(body, cls.kind)
        sheet = cls(
            unit_key_id=fields.octets("unit_key_id"),
            number=fields.integer("number"),
            made_at=fields.moment("made_at"),
            tasks=tuple(map(CanvassTask.taken, fields.each("tasks", at_most=TASKS_AT_MOST))),
        )
        fields.done()
        return sheet


def _corner(fields: Fields) -> tuple[float, float]:
    found = fields.number("lon"), fields.number("lat")
    fields.done()
    return found
