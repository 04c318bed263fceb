"""Up: what a member typed into the car about a plate: a query of the local hot list, or a BOLO by voice of dispatch.

It holds the plate, which the journal never does; so it is sealed to the office before it touches the disk, and the journal
names it by its id. An entry by voice is in force in this one unit for this one shift, and approved by nobody.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from platewarden.exchange.hotlist_edition import Category
from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText, must_be_state

__all__ = ["FieldAct", "FieldEntry"]


class FieldAct(StrEnum):
    """What was done with the plate that was typed."""

    QUERY = "query"
    VOICE = "voice"


@dataclass(frozen=True)
class FieldEntry(Message):
    """One plate, or part of one, that a member typed in the car; for what purpose, and for a BOLO its reason."""

    kind: ClassVar[Kind] = Kind.FIELD_ENTRY

    unit_key_id: bytes
    sequence: int
    entry_id: uuid.UUID
    act: FieldAct
    text: str
    state: str | None
    category: Category | None
    reason: str
    found: int
    purpose: str
    reference: str
    shift_id: uuid.UUID
    member: str
    at: datetime

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= 2**53, "The number of a field entry is not 1 or more. Send it as it was signed.")
        _must_be_plate(self.text)
        must_be_state(self.state)
        from_microseconds(microseconds(self.at))
        must(0 <= self.found <= 2**31, "The count of a query is not 0 or more. Send it as it was signed.")
        for text in (self.purpose, self.member):
            must(
                0 < len(text) <= 60 and text.isprintable(),
                "The purpose and the member of a field entry have 1 to 60 printable characters. Send them so.",
            )
        must(
            len(self.reference) <= 60 and (not self.reference or self.reference.isprintable()),
            "The number of a purpose has at most 60 printable characters. Send it so.",
        )
        must(
            len(self.reason) <= 500 and (self.act is FieldAct.QUERY or len(self.reason.strip()) >= 3),
            "A BOLO by voice says what dispatch gave as the reason, in 3 to 500 characters. Enter it.",
        )
        must((self.category is not None) is (self.act is FieldAct.VOICE), "A BOLO by voice has a category, a query has none.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "entry_id": self.entry_id.bytes,
                "act": self.act.value,
                "text": self.text,
                "state": self.state,
                "category": self.category and self.category.value,
                "reason": self.reason,
                "found": self.found,
                "purpose": self.purpose,
                "reference": self.reference,
                "shift_id": self.shift_id.bytes,
                "member": self.member,
                "at": microseconds(self.at),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> FieldEntry:
        fields = Fields.of(body, cls.kind)
        entry = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            entry_id=fields.uuid("entry_id"),
            act=fields.word("act", FieldAct),
            text=fields.text("text"),
            state=fields.optional("state", fields.text),
            category=fields.optional("category", lambda name: fields.word(name, Category)),
            reason=fields.text("reason"),
            found=fields.integer("found"),
            purpose=fields.text("purpose"),
            reference=fields.text("reference"),
            shift_id=fields.uuid("shift_id"),
            member=fields.text("member"),
            at=fields.moment("at"),
        )
        fields.done()
        return entry


def _must_be_plate(text: str) -> None:
    if "?" in text or "*" in text:
        PartialPlate(text)
    else:
        PlateText(text)
