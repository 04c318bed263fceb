"""Down: of which hours a unit keeps its undelivered reads beyond the retention, because a hold may name some of them.

A unit cannot open its reads, so a hold comes to it as hours and nothing else: no plate, no place, no case. What of those hours is held
the office decides, read by read, when they come. Numbered, whole, and for one unit; a hold that was released is not on the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["LONGEST", "SPANS_AT_MOST", "HoldNotice", "Span"]

SPANS_AT_MOST: Final = 500
LONGEST: Final = timedelta(hours=48)


@dataclass(frozen=True)
class Span:
    """Some hours, and until when they are held if nothing newer comes: the day on which the hold is to be looked at again."""

    since: datetime
    until: datetime
    stands_until: datetime

    def __post_init__(self) -> None:
        for each in (self.since, self.until, self.stands_until):
            from_microseconds(microseconds(each))
        must(timedelta(0) < self.until - self.since <= LONGEST, "A unit keeps at most 48 hours for a hold. Make it anew.")


@dataclass(frozen=True)
class HoldNotice(Message):
    """Every span that stands for one unit. What is in none of them ends with its day."""

    kind: ClassVar[Kind] = Kind.HOLD_NOTICE

    unit_key_id: bytes
    number: int
    made_at: datetime
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.number <= 2**53, "The number of a hold notice is not 1 or more. Send it as it was signed.")
        from_microseconds(microseconds(self.made_at))
        must(len(self.spans) <= SPANS_AT_MOST, f"A hold notice has at most {SPANS_AT_MOST} spans. Release some holds.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "number": self.number,
                "made_at": microseconds(self.made_at),
                "spans": [
                    {
                        "since": microseconds(each.since),
                        "until": microseconds(each.until),
                        "stands_until": microseconds(each.stands_until),
                    }
                    for each in self.spans
                ],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> HoldNotice:
        fields = Fields.of(body, cls.kind)
        notice = cls(
            unit_key_id=fields.octets("unit_key_id"),
            number=fields.integer("number"),
            made_at=fields.moment("made_at"),
            spans=tuple(map(_span, fields.each("spans", at_most=SPANS_AT_MOST))),
        )
        fields.done()
        return notice


def _span(fields: Fields) -> Span:
    span = Span(fields.moment("since"), fields.moment("until"), fields.moment("stands_until"))
    fields.done()
    return span
