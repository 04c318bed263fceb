"""Up: reads that ended in the car. Which numbers, of which day, how many, when and why; signed, and kept by both sides.

A tombstone is a promise kept in the open: the numbers it names were never delivered, are past the retention, and their
day's key was destroyed. The office's gap report shows them as expired in the car, not as lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from platewarden.exchange.contact import ClockState
from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.receipt import Stream
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["RANGES_AT_MOST", "Tombstone", "Why"]

RANGES_AT_MOST: Final = 5_000
_LAST: Final = 2**53


class Why(StrEnum):
    """Why the reads ended."""

    RETENTION = "retention"


@dataclass(frozen=True)
class Tombstone(Message):
    """The numbers of one stream that ended with one day, and what confirmed the clock that ended them."""

    kind: ClassVar[Kind] = Kind.TOMBSTONE

    unit_key_id: bytes
    sequence: int
    """The tombstone's own number, on a stream of its own."""
    stream: str
    day: date
    """The UTC day on which the last of them was kept."""
    ranges: tuple[tuple[int, int], ...]
    buried_at: datetime
    retention_days: int
    clock: ClockState
    why: Why

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= _LAST, "The number of a tombstone is not 1 or more. Send it as it was signed.")
        must(self.stream == Stream.READ, "A tombstone is of reads and of nothing else. Send it so.")
        must(1 <= len(self.ranges) <= RANGES_AT_MOST, f"A tombstone has 1 to {RANGES_AT_MOST} ranges. Send several.")
        before = 0
        for first, last in self.ranges:
            must(before < first <= last <= _LAST, "The ranges of a tombstone do not rise, each from 1 or more. Send them so.")
            before = last
        from_microseconds(microseconds(self.buried_at))
        must(1 <= self.retention_days <= 366 * 100, "A tombstone's retention is not a number of days. Send it so.")
        must(
            self.clock in {ClockState.OFFICE, ClockState.SATELLITES},
            "A tombstone was written by a clock that nothing confirmed. Tell the Administrative Supervisor.",
        )
        must(
            (self.buried_at.astimezone(UTC).date() - self.day).days > self.retention_days,
            "A tombstone names reads that were younger than its own retention. Tell the Administrative Supervisor.",
        )

    @property
    def count(self) -> int:
        """How many reads ended."""
        return sum(last - first + 1 for first, last in self.ranges)

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "stream": str(self.stream),
                "day": self.day.isoformat(),
                "ranges": [{"first": first, "last": last} for first, last in self.ranges],
                "buried_at": microseconds(self.buried_at),
                "retention_days": self.retention_days,
                "clock": self.clock.value,
                "why": self.why.value,
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Tombstone:
        fields = Fields.of(body, cls.kind)
        tombstone = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            stream=fields.text("stream"),
            day=fields.day("day"),
            ranges=tuple(map(_range, fields.each("ranges", at_most=RANGES_AT_MOST))),
            buried_at=fields.moment("buried_at"),
            retention_days=fields.integer("retention_days"),
            clock=fields.word("clock", ClockState),
            why=fields.word("why", Why),
        )
        fields.done()
        return tombstone


def _range(fields: Fields) -> tuple[int, int]:
    found = fields.integer("first"), fields.integer("last")
    fields.done()
    return found
