"""Up: what a member did about an alert in the car: a verification with its return, or a disposition. One act, one message.

The alarm comes before the read has a number, so the read is named by this unit, its camera and the moment it was captured;
with the entry that it answered, that is one hit at the office. Repeated alerts of one plate and entry stand on one card: what is
done on it is said of every sighting of the card, so that none stays open at the office. Numbers run in a stream of their own ("field"), together with
`field_entry`, so that a missing one shows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds
from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome, Verified

__all__ = ["MOST_SIGHTINGS", "AlertOutcome", "Disposed", "Returned", "Sighting"]

_LONGEST: Final = 2000
MOST_SIGHTINGS: Final = 1000


@dataclass(frozen=True)
class Returned:
    """A verification: what was compared by eye, what the official database answered, and its words as typed or radioed."""

    seen: Verified
    source: str
    words: str
    returned_at: datetime

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.returned_at))
        must(len(self.source) <= 40 and _is_line(self.source), "The source of a return has at most 40 printable characters.")
        must(len(self.words) <= _LONGEST, f"The words of a return have at most {_LONGEST} characters. Shorten them.")
        must(
            self.seen.answer is not Answered.CONFIRMS or (self.source.strip() and len(self.words.strip()) >= 3),
            "A return that confirms names its source and says what came back. Enter both.",
        )


@dataclass(frozen=True)
class Disposed:
    """What came of the alert, and for enforcement on what it rests."""

    outcome: Outcome
    ground: Ground | None
    because: str

    def __post_init__(self) -> None:
        must(len(self.because) <= _LONGEST, f"The reason of a disposition has at most {_LONGEST} characters. Shorten it.")


@dataclass(frozen=True)
class Sighting:
    """When, and by which camera, an alert's vehicle was seen."""

    camera: str
    captured_at: datetime

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.captured_at))
        must(
            0 < len(self.camera) <= 60 and _is_line(self.camera),
            "The camera of a sighting has 1 to 60 printable characters. Send it so.",
        )


@dataclass(frozen=True)
class AlertOutcome(Message):
    """One act of one member on the alerts of one plate and entry, with the time that the unit's clock said."""

    kind: ClassVar[Kind] = Kind.ALERT_OUTCOME

    unit_key_id: bytes
    sequence: int
    sightings: tuple[Sighting, ...]
    """Of each alert, the oldest first; no moment twice."""
    entry_id: uuid.UUID
    shift_id: uuid.UUID
    member: str
    at: datetime
    returned: Returned | None
    disposed: Disposed | None

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= 2**53, "The number of an outcome is not 1 or more. Send it as it was signed.")
        from_microseconds(microseconds(self.at))
        must(
            0 < len(self.member) <= 60 and _is_line(self.member),
            "The member of an outcome has 1 to 60 printable characters. Send it so.",
        )
        moments = [each.captured_at for each in self.sightings]
        must(
            1 <= len(moments) <= MOST_SIGHTINGS and moments == sorted(set(moments)),
            f"An outcome names 1 to {MOST_SIGHTINGS} sightings, the oldest first and none twice. Send them so.",
        )
        must(
            (self.returned is None) != (self.disposed is None),
            "An outcome is one verification or one disposition. Send each as its own message.",
        )

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "sightings": [{"camera": each.camera, "captured_at": microseconds(each.captured_at)} for each in self.sightings],
                "entry_id": self.entry_id.bytes,
                "shift_id": self.shift_id.bytes,
                "member": self.member,
                "at": microseconds(self.at),
                "returned": self.returned
                and {
                    "characters": self.returned.seen.characters.value,
                    "state": self.returned.seen.state.value,
                    "vehicle": self.returned.seen.vehicle.value,
                    "answer": self.returned.seen.answer.value,
                    "source": self.returned.source,
                    "words": self.returned.words,
                    "returned_at": microseconds(self.returned.returned_at),
                },
                "disposed": self.disposed
                and {
                    "outcome": self.disposed.outcome.value,
                    "ground": self.disposed.ground and self.disposed.ground.value,
                    "because": self.disposed.because,
                },
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> AlertOutcome:
        fields = Fields.of(body, cls.kind)
        outcome = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            sightings=tuple(map(_sighting, fields.each("sightings", at_most=MOST_SIGHTINGS))),
            entry_id=fields.uuid("entry_id"),
            shift_id=fields.uuid("shift_id"),
            member=fields.text("member"),
            at=fields.moment("at"),
            returned=fields.optional("returned", lambda name: _returned(fields.inner(name))),
            disposed=fields.optional("disposed", lambda name: _disposed(fields.inner(name))),
        )
        fields.done()
        return outcome


def _sighting(fields: Fields) -> Sighting:
    sighting = Sighting(camera=fields.text("camera"), captured_at=fields.moment("captured_at"))
    fields.done()
    return sighting


def _returned(fields: Fields) -> Returned:
    returned = Returned(
        seen=Verified(
            characters=fields.word("characters", EyeSaw),
            state=fields.word("state", EyeSaw),
            vehicle=fields.word("vehicle", EyeSaw),
            answer=fields.word("answer", Answered),
        ),
        source=fields.text("source"),
        words=fields.text("words"),
        returned_at=fields.moment("returned_at"),
    )
    fields.done()
    return returned


def _disposed(fields: Fields) -> Disposed:
    disposed = Disposed(
        outcome=fields.word("outcome", Outcome),
        ground=fields.optional("ground", lambda name: fields.word(name, Ground)),
        because=fields.text("because"),
    )
    fields.done()
    return disposed


def _is_line(text: str) -> bool:
    return not text or text.isprintable()
