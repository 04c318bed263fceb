"""Does what a camera saw answer what is looked for? The only matcher, in car and server.

====================================  ==============  ===========================================
text                                  states          answer
====================================  ==============  ===========================================
equal                                 known, equal    FULL
equal                                 one not known   POSSIBLE: STATE_UNREAD and/or STATE_NOT_LISTED
differs by confusable characters      not different   POSSIBLE: CONFUSABLE, and the doubts above
a candidate of the camera is equal    not different   POSSIBLE: CANDIDATE, and the doubts above
answers the entry's pattern           not different   POSSIBLE: PATTERN (and CONFUSABLE, or CANDIDATE)
any                                   both, different None
anything else                         any             None
====================================  ==============  ===========================================

An answer is FULL exactly when it has no doubt; a reading the engine itself was unsure of is a doubt too. A candidate
must be equal (or answer the pattern) as it stands: a confusable candidate is two guesses away from what was seen.
The state counts as read only when the engine was at least as sure of it as not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from platewarden.plate.likeness import Confusion, confusions
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import State

__all__ = ["SURE", "Answer", "Candidate", "Confusion", "Doubt", "LookedFor", "SeenPlate", "Tier", "answers"]

SURE: Final = 0.5
"""Below this confidence a reading is doubted, and a state counts as unread."""


class Tier(StrEnum):
    """How well a read answers an entry. A possible one can't be disposed before a person looked."""

    FULL = "full"
    POSSIBLE = "possible"


class Doubt(StrEnum):
    """Why an answer may be wrong."""

    STATE_UNREAD = "state_unread"
    STATE_NOT_LISTED = "state_not_listed"
    CONFUSABLE = "confusable"
    CANDIDATE = "candidate"
    PATTERN = "pattern"
    LOW_CONFIDENCE = "low_confidence"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another text that the engine held possible, with its confidence."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SeenPlate:
    """What a camera saw, texts in normal form. `state` is None when it was not read."""

    text: str
    state: State | None
    state_confidence: float | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()

    @property
    def read_state(self) -> State | None:
        """The state, if the engine was sure enough of it to count."""
        return None if self.state_confidence is not None and self.state_confidence < SURE else self.state


@dataclass(frozen=True, slots=True)
class LookedFor:
    """The match part of an entry: a text or a pattern in normal form, and its state or None."""

    text: str
    is_pattern: bool
    state: State | None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a read answers an entry; `confusions` name each character as seen (a) and as listed (b)."""

    tier: Tier
    doubts: tuple[Doubt, ...] = ()
    confusions: tuple[Confusion, ...] = field(default=())


def answers(seen: SeenPlate, looked_for: LookedFor) -> Answer | None:
    """The answer of what was seen to what is looked for, or None."""
    state = seen.read_state
    if state is not None and looked_for.state is not None and state != looked_for.state:
        return None
    texts = _by_pattern(seen, _partial(looked_for.text)) if looked_for.is_pattern else _by_text(seen, looked_for.text)
    if texts is None:
        return None
    doubts, confused = texts
    if state is None:
        doubts.append(Doubt.STATE_UNREAD)
    if looked_for.state is None:
        doubts.append(Doubt.STATE_NOT_LISTED)
    if seen.confidence < SURE:
        doubts.append(Doubt.LOW_CONFIDENCE)
    return Answer(Tier.POSSIBLE if doubts else Tier.FULL, tuple(doubts), confused)


@lru_cache(maxsize=8192)
def _partial(pattern: str) -> PartialPlate:
    return PartialPlate(pattern)


_Texts = tuple[list[Doubt], tuple[Confusion, ...]]


def _by_text(seen: SeenPlate, text: str) -> _Texts | None:
    confused = confusions(seen.text, text)
    if confused is not None:
        return [Doubt.CONFUSABLE] if confused else [], confused
    if any(candidate.text == text for candidate in seen.candidates):
        return [Doubt.CANDIDATE], ()
    return None


def _by_pattern(seen: SeenPlate, partial: PartialPlate) -> _Texts | None:
    confused = partial.confusions(seen.text)
    if confused == ():
        return [Doubt.PATTERN], ()
    if any(partial.answers(candidate.text) for candidate in seen.candidates):
        return [Doubt.PATTERN, Doubt.CANDIDATE], ()
    return None if confused is None else ([Doubt.PATTERN, Doubt.CONFUSABLE], confused)
