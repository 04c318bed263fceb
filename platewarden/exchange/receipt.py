"""Down: "kept". Only this lets the car forget, and only where number *and* digest are those of what it holds.

A receipt says for each message what became of it. `expired` and `clock` free the car too: the office has the read on its
list, so that one bad clock can't jam a spool. Reads, journal pages, tombstones and what members did in the car are numbered apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["Outcome", "Receipt", "ReceiptItem", "Stream"]

_AT_MOST: Final = 10_000


class Outcome(StrEnum):
    """What became of a message at the office."""

    KEPT = "kept"
    ALREADY_KEPT = "already_kept"
    EXPIRED = "expired"
    CLOCK = "clock"


class Stream(StrEnum):
    """Which numbers are meant: each unit counts its reads, journal pages, tombstones and what members did in it apart."""

    READ = "read"
    JOURNAL = "journal"
    TOMBSTONE = "tombstone"
    FIELD = "field"


@dataclass(frozen=True)
class ReceiptItem:
    """One message the office has taken in: its stream and number, the SHA-256 of its signed bytes, the outcome."""

    stream: str
    sequence: int
    digest: bytes
    outcome: Outcome

    def __post_init__(self) -> None:
        must(self.stream in set(Stream), "A receipt names a stream that there is not. Send it so.")
        must(1 <= self.sequence <= 2**53, "A receipt names a number that is not 1 or more. Send it so.")
        must(len(self.digest) == 32, "The digest in a receipt has 32 bytes. Send it so.")


@dataclass(frozen=True)
class Receipt(Message):
    """What the office has taken in from one unit."""

    kind: ClassVar[Kind] = Kind.RECEIPT

    unit_key_id: bytes
    items: tuple[ReceiptItem, ...]
    received_at: datetime

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(len(self.items) <= _AT_MOST, f"A receipt has at most {_AT_MOST} items. Send several.")
        from_microseconds(microseconds(self.received_at))

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "items": [
                    {"stream": str(each.stream), "sequence": each.sequence, "digest": each.digest, "outcome": each.outcome.value}
                    for each in self.items
                ],
                "received_at": microseconds(self.received_at),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Receipt:
        fields = Fields.of(body, cls.kind)
        receipt = cls(
            unit_key_id=fields.octets("unit_key_id"),
            items=tuple(map(_item, fields.each("items", at_most=_AT_MOST))),
            received_at=fields.moment("received_at"),
        )
        fields.done()
        return receipt


def _item(fields: Fields) -> ReceiptItem:
    item = ReceiptItem(
        stream=fields.text("stream"),
        sequence=fields.integer("sequence"),
        digest=fields.octets("digest"),
        outcome=fields.word("outcome", Outcome),
    )
    fields.done()
    return item
