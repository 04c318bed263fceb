"""What a member does about an alert in the car: verification in three taps, then a disposition. Offline, and signed upward.

The rule is the office's own (`policy.verification`), with the same sentences. Order of steps: ask the rule, keep the signed
message in the spool (durable), then change the card. The office learns of it by the next transfer, and merges it with what a
console did meanwhile. What is done is said of every sighting of the card; a verification is said of those that came after it too,
together with the disposition that rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from platewarden.exchange.alert_outcome import AlertOutcome, Disposed, Returned, Sighting
from platewarden.exchange.seal import SigningKey
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale
from platewarden.policy.verification import ENFORCEMENT, Answered, EyeSaw, Ground, Outcome, Verified, must_be_verified
from platewarden.unit.board import Board, Card
from platewarden.unit.shift import Shift
from platewarden.unit.spool import Draft, Spool

__all__ = ["STREAM", "Outcomes", "may_dispose"]

STREAM: Final = "field"
SOURCES: Final = {"radio": "Dispatch by radio", "terminal": "Mobile terminal"}


def may_dispose(card: Card, outcome: Outcome, ground: str, because: str) -> Refusal | None:
    """The office's rule, asked of this card. The verification that counts is the last one made here."""
    seen = [each.seen for each in card.returned]
    return must_be_verified(
        outcome, ground, because, counts=seen[-1] if seen else None, verifications=seen, is_possible=card.is_possible
    )


@dataclass(frozen=True)
class Outcomes:
    """Where what was done goes: the board of this shift, and the spool."""

    board: Board
    spool: Spool
    key: SigningKey

    def compare(self, number: int, *, characters: EyeSaw | None = None, state: EyeSaw | None = None) -> Card:
        """First and second tap: what the member's eyes say. Kept on the card until the return completes it."""
        card = self._open(number)
        self.board.put(replace(card, characters=characters or card.characters, state=state or card.state))
        return self.board.card(number)

    def verify(self, number: int, *, answer: Answered, source: str, words: str, by: Shift, at: datetime) -> Card:
        """Third tap: what the official database says. A return that confirms carries where it came from, and its words."""
        card = self._open(number)
        if card.characters is None or card.state is None:
            raise Malformed("Compare the characters and the state first: two taps.")
        if answer is Answered.CONFIRMS and (source not in SOURCES or len(words.strip()) < 3):
            raise Malformed("Enter what came back, as dispatch read it out or the terminal shows it, and say from which.")
        seen = Verified(card.characters, card.state, EyeSaw.CANNOT_TELL, answer)
        returned = Returned(seen, SOURCES.get(source, ""), words.strip(), at)
        self.spool.keep([self._draft(card, card.sightings, by, at, returned=returned)], at=at)
        self.board.put(replace(card, returned=(*card.returned, returned), verified=frozenset(card.sightings)))
        return self.board.card(number)

    def again(self, number: int) -> Card:
        """Start the three taps anew; what was sent stays sent."""
        self.board.put(replace(self._open(number), characters=None, state=None))
        return self.board.card(number)

    def dispose(self, number: int, *, outcome: Outcome, ground: str, because: str, by: Shift, at: datetime) -> Card:
        """What came of it, once. Refused on the alert alone, as at the office."""
        card = self._open(number)
        if refusal := may_dispose(card, outcome, ground, because):
            raise Refused(refusal)
        rests_on = Ground(ground) if outcome in ENFORCEMENT else None
        disposed = Disposed(outcome, rests_on, because.strip())
        drafts = [self._draft(card, card.sightings, by, at, disposed=disposed)]
        later = tuple(each for each in card.sightings if each not in card.verified)
        if card.returned and later:
            drafts.insert(0, self._draft(card, later, by, at, returned=card.returned[-1]))
        self.spool.keep(drafts, at=at)
        self.board.put(replace(card, disposed=disposed, by=by.name))
        return self.board.card(number)

    def _open(self, number: int) -> Card:
        card = self.board.card(number)
        if not card.is_open:
            raise Stale("This alert was closed meanwhile. Look at it again.")
        return card

    def _draft(
        self,
        card: Card,
        sightings: tuple[Sighting, ...],
        by: Shift,
        at: datetime,
        *,
        returned: Returned | None = None,
        disposed: Disposed | None = None,
    ) -> Draft:
        def outcome(sequence: int) -> bytes:
            return AlertOutcome(
                unit_key_id=self.key.key_id,
                sequence=sequence,
                sightings=sightings,
                entry_id=card.alert.entry.entry_id,
                shift_id=by.shift_id,
                member=by.member,
                at=at,
                returned=returned,
                disposed=disposed,
            ).signed(self.key)

        return Draft(STREAM, outcome, urgency=1, has_limit=False)
