"""Contact: up, a unit says what it holds; down, the office says what it should hold, and what time it is there.

A contact is newer than every earlier one of its unit, so that a recorded one is worth nothing; the orders repeat its nonce, so
that recorded orders are worth nothing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["Contact", "Orders"]


@dataclass(frozen=True)
class Contact(Message):
    """What a unit holds: the editions in force there, messages waiting for a receipt, and the number of its last read."""

    kind: ClassVar[Kind] = Kind.CONTACT

    unit_key_id: bytes
    at: datetime
    nonce: bytes
    hotlist_edition: int
    roster_edition: int
    spooled: int
    last_sequence: int

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        from_microseconds(microseconds(self.at))
        _must_be_nonce(self.nonce)
        _must_count(self.hotlist_edition, self.roster_edition, self.spooled, self.last_sequence)

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "at": microseconds(self.at),
                "nonce": self.nonce,
                "hotlist_edition": self.hotlist_edition,
                "roster_edition": self.roster_edition,
                "spooled": self.spooled,
                "last_sequence": self.last_sequence,
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Contact:
        fields = Fields.of(body, cls.kind)
        contact = cls(
            unit_key_id=fields.octets("unit_key_id"),
            at=fields.moment("at"),
            nonce=fields.octets("nonce"),
            hotlist_edition=fields.integer("hotlist_edition"),
            roster_edition=fields.integer("roster_edition"),
            spooled=fields.integer("spooled"),
            last_sequence=fields.integer("last_sequence"),
        )
        fields.done()
        return contact


@dataclass(frozen=True)
class Orders(Message):
    """What the unit should hold, in answer to the contact whose nonce it repeats; `office_at` is the office's clock."""

    kind: ClassVar[Kind] = Kind.ORDERS

    at: datetime
    nonce: bytes
    hotlist_edition: int
    roster_edition: int
    office_at: datetime

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.at))
        from_microseconds(microseconds(self.office_at))
        _must_be_nonce(self.nonce)
        _must_count(self.hotlist_edition, self.roster_edition)

    def to_body(self) -> bytes:
        return encode_body(
            {
                "at": microseconds(self.at),
                "nonce": self.nonce,
                "hotlist_edition": self.hotlist_edition,
                "roster_edition": self.roster_edition,
                "office_at": microseconds(self.office_at),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Orders:
        fields = Fields.of(body, cls.kind)
        orders = cls(
            at=fields.moment("at"),
            nonce=fields.octets("nonce"),
            hotlist_edition=fields.integer("hotlist_edition"),
            roster_edition=fields.integer("roster_edition"),
            office_at=fields.moment("office_at"),
        )
        fields.done()
        return orders


def _must_be_nonce(nonce: bytes) -> None:
    must(16 <= len(nonce) <= 64, "The nonce of a contact has 16 to 64 bytes. Send a fresh one.")


def _must_count(*numbers: int) -> None:
    must(all(0 <= each <= 2**53 for each in numbers), "A count or edition number is not 0 or more. Send it as it was signed.")
