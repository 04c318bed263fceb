"""Up: who looked at what on the mobile workstation, by name of the act, member, date and time. No plate is in it.

Pages are numbered apart from reads, so that a page that is missing shows at the office as a gap.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["ACTS", "JournalLine", "JournalPage"]

ACTS: Final = frozenset(
    {
        "alert.acknowledged",
        "alert.copied",
        "alert.opened",
        "alert.shown",
        "deployment.begun",
        "deployment.refused",
        "history.opened",
        "laptop.pair_refused",
        "laptop.paired",
        "laptop.refused",
        "laptop.unpaired",
        "picture.opened",
        "query.made",
        "screen.locked",
        "screen.touched",
        "screen.unlock_refused",
        "screen.unlocked",
        "shift.ended",
        "shift.join_refused",
        "shift.joined",
        "shift.left",
        "shift.refused",
        "shift.sign_off",
        "shift.sign_on",
        "voice.entered",
    }
)
"""What a line may tell of. An act the office doesn't know is refused, so the office learns it first."""

_AT_MOST: Final = 10_000


@dataclass(frozen=True)
class JournalLine:
    """One act on the workstation: when, by which member (None: nobody signed on), and the id of what it was about.

    A sign-on carries the purpose that was stated, by its name of the department's list, and its shift or case number.
    """

    at: datetime
    member: str | None
    act: str
    about: uuid.UUID | None
    purpose: str | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.at))
        must(self.act in ACTS, "A journal line tells of an act that is not listed. Bring both sides to the same version.")
        must(
            self.member is None or (0 < len(self.member) <= 60 and self.member.isprintable()),
            "The member of a journal line has 1 to 60 printable characters. Send it so.",
        )
        for stated in (self.purpose, self.reference):
            must(
                stated is None or (0 < len(stated) <= 60 and stated.isprintable()),
                "The purpose of a journal line and its number have 1 to 60 printable characters. Send them so.",
            )
        must(
            self.purpose is not None or self.reference is None,
            "A journal line has a number and no purpose. Send the purpose that the number belongs to.",
        )


@dataclass(frozen=True)
class JournalPage(Message):
    """Some lines of a unit's journal, in order."""

    kind: ClassVar[Kind] = Kind.JOURNAL_PAGE

    unit_key_id: bytes
    sequence: int
    lines: tuple[JournalLine, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= 2**53, "The number of a journal page is not 1 or more. Send it as it was signed.")
        must(1 <= len(self.lines) <= _AT_MOST, f"A journal page has 1 to {_AT_MOST} lines. Send several pages.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "lines": [
                    {
                        "at": microseconds(each.at),
                        "member": each.member,
                        "act": each.act,
                        "about": None if each.about is None else each.about.bytes,
                        "purpose": each.purpose,
                        "reference": each.reference,
                    }
                    for each in self.lines
                ],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> JournalPage:
        fields = Fields.of(body, cls.kind)
        page = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            lines=tuple(map(_line, fields.each("lines", at_most=_AT_MOST))),
        )
        fields.done()
        return page


def _line(fields: Fields) -> JournalLine:
    line = JournalLine(
        at=fields.moment("at"),
        member=fields.optional("member", fields.text),
        act=fields.text("act"),
        about=fields.optional("about", fields.uuid),
        purpose=fields.optional("purpose", fields.text),
        reference=fields.optional("reference", fields.text),
    )
    fields.done()
    return line
