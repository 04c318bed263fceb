"""Up: what the crew of a car says to a canvass task: accepted, cannot (and why), done. One answer, one message.

Numbers run in the stream of what members do in the car (“field”), so that a missing one shows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["LONGEST_REASON", "Said", "TaskAnswer"]

LONGEST_REASON: Final = 200


class Said(StrEnum):
    """What a crew can say to a task."""

    ACCEPTED = "accepted"
    CANNOT = "cannot"
    DONE = "done"


@dataclass(frozen=True)
class TaskAnswer(Message):
    """One answer of one member, with the time that the unit's clock said."""

    kind: ClassVar[Kind] = Kind.TASK_ANSWER

    unit_key_id: bytes
    sequence: int
    task: int
    said: Said
    because: str
    """Why not, of what cannot be done; else empty."""
    shift_id: uuid.UUID
    member: str
    at: datetime

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= 2**53, "The number of an answer is not 1 or more. Send it as it was signed.")
        must(1 <= self.task <= 2**53, "An answer names no task. Send it as it was signed.")
        must(
            0 < len(self.member) <= 60 and self.member.isprintable(),
            "The member of an answer has 1 to 60 printable characters. Send it so.",
        )
        must(
            len(self.because) <= LONGEST_REASON and (not self.because or self.because.isprintable()),
            f"The reason of an answer has at most {LONGEST_REASON} printable characters. Shorten it.",
        )
        must((self.said is Said.CANNOT) == bool(self.because), "Who cannot says why, and nobody else does. Send it so.")
        from_microseconds(microseconds(self.at))

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "task": self.task,
                "said": self.said.value,
                "because": self.because,
                "shift_id": self.shift_id.bytes,
                "member": self.member,
                "at": microseconds(self.at),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> TaskAnswer:
        fields = Fields.of(body, cls.kind)
        answer = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            task=fields.integer("task"),
            said=fields.word("said", Said),
            because=fields.text("because"),
            shift_id=fields.uuid("shift_id"),
            member=fields.text("member"),
            at=fields.moment("at"),
        )
        fields.done()
        return answer
