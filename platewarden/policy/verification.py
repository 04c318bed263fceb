"""Verify before enforcement: the closed lists of what can be seen, answered and done, and the one rule over them.

The same in the car and at the office, as there is one matcher: a disposition that the office would refuse is refused in the
car, with the same sentence, and with no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal

__all__ = ["ENFORCEMENT", "Answered", "Came", "EyeSaw", "Ground", "Listed", "Outcome", "Verified", "must_be_verified"]


class Listed(StrEnum):
    """A word of a closed list: its value travels, its `.label` is read by people."""

    label: str

    def __new__(cls, word: str, label: str = "") -> Self:
        listed = str.__new__(cls, word)
        listed._value_ = word
        listed.label = label
        return listed

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Each word with its label, in the order of the list."""
        return [(each.value, each.label) for each in cls]


class EyeSaw(Listed):
    """What the member's own eyes say of one of the three: characters, state, vehicle."""

    SAME = "same", "Same"
    DIFFERENT = "different", "Different"
    CANNOT_TELL = "cannot tell", "Can't tell"


class Answered(Listed):
    """What the official database answered."""

    CONFIRMS = "confirms", "Confirms plate, state and an active entry"
    NOT_ACTIVE = "not active", "Entry not active, or recovered"
    DIFFERENT_VEHICLE = "different vehicle", "Registered to a different vehicle"
    NO_RECORD = "no record", "No record"
    NOT_CONFIRMED = "not confirmed", "Not confirmed"
    PENDING = "pending", "No answer yet"


class Came(Listed):
    """What came of asking the state system through its connector. Only `answered` has an answer."""

    ANSWERED = "answered", "Answered"
    TIMED_OUT = "timed out", "Timed out: no answer came in time"
    UNREACHABLE = "unreachable", "The state system could not be reached"
    STRANGER = "stranger", "Another certificate answered: nothing was asked"
    UNREADABLE = "unreadable", "What came back could not be read: it counts as no answer"


class Outcome(Listed):
    """What can come of an alert."""

    STOP = "stop made", "Stop made"
    ARREST = "arrest", "Arrest"
    TOW = "tow", "Vehicle towed"
    CITATION = "citation", "Citation"
    SEARCH = "search", "Vehicle searched"
    MISREAD = "misread", "Misread"
    WRONG_STATE = "wrong state", "Wrong state"
    STALE_ENTRY = "stale entry", "Entry out of date"
    DIFFERENT_VEHICLE = "different vehicle", "Different vehicle"
    NOT_LOCATED = "not located", "Vehicle not located"
    NO_ACTION = "no action", "Seen, no action taken"
    NOTIFIED = "notified", "Entering agency notified"


ENFORCEMENT = frozenset({Outcome.STOP, Outcome.ARREST, Outcome.TOW, Outcome.CITATION, Outcome.SEARCH})


class Ground(Listed):
    """On what an enforcement outcome rests."""

    VERIFIED = "verified", "Verified through the official database"
    IMPRACTICABLE = "impracticable", "Verification was not practicable"
    INDEPENDENT = "independent", "Independent grounds"


@dataclass(frozen=True)
class Verified:
    """What a member compared by eye, and what the official database answered."""

    characters: EyeSaw
    state: EyeSaw
    vehicle: EyeSaw
    answer: Answered

    @property
    def unlocks(self) -> bool:
        """True when eyes and return agree on plate, state and an active entry, and no eye saw another vehicle."""
        return (
            self.answer is Answered.CONFIRMS
            and self.characters is EyeSaw.SAME
            and self.state is EyeSaw.SAME
            and self.vehicle is not EyeSaw.DIFFERENT
        )


def must_be_verified(
    outcome: Outcome,
    ground: str,
    because: str,
    *,
    counts: Verified | None,
    verifications: Sequence[Verified],
    is_possible: bool,
) -> Refusal | None:
    """Refuses an enforcement outcome that rests on the alert alone. `counts` is the verification that counts.

    It needs a return that confirms plate, state and an active entry, or the stated reason why verification was not
    practicable, or independent grounds; both reasons go to the supervisor. A possible hit needs an eye on the state first.
    """
    if outcome in ENFORCEMENT and (refusal := _must_rest_on(outcome, ground, because, counts)):
        return refusal
    if is_possible and all(each.state is EyeSaw.CANNOT_TELL for each in verifications):
        return Refusal(
            Clause.VERIFY_BEFORE_ENFORCEMENT,
            "This is a possible hit only. Look at the picture and say whether the state is the same before you close it.",
        )
    return None


def _must_rest_on(outcome: Outcome, ground: str, because: str, counts: Verified | None) -> Refusal | None:
    if ground == Ground.VERIFIED and counts and counts.unlocks:
        return None
    if ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT):
        if len(because.strip()) >= 10:
            return None
        return Refusal(
            Clause.VERIFY_BEFORE_ENFORCEMENT,
            "Say in a sentence why verification was not practicable, or what the independent grounds were. The supervisor reviews it.",
        )
    return Refusal(
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        f"“{outcome.label}” cannot be recorded on this alert alone. Verify it through the official database first, "
        "or say why that was not practicable, or what the independent grounds were.",
    )
