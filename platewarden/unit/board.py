"""The board: this shift's alerts, in memory only, grouped by plate and entry; what was done about each.

A second alert of the same plate and entry raises a count and brings the newest pictures; it opens no second card while the
first is open. What is done on a card is said of all its sightings. The board is emptied at sign-off: what it held is at the
office, or sealed in the spool.

Known gap: of a card that was seen more than a thousand times, the oldest sightings stay open at the office.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from platewarden.exchange.alert_outcome import MOST_SIGHTINGS, Disposed, Returned, Sighting
from platewarden.exchange.contact import Withdrawn
from platewarden.plate.match import Tier
from platewarden.policy.refusal import Unknown
from platewarden.policy.verification import EyeSaw
from platewarden.unit.alarm import Alert

__all__ = ["Board", "Card"]

NEAR: Final = timedelta(minutes=2)
"""A sighting's first frame raised the alarm, its best one became the read: they are at most this far apart."""
WITH_PICTURES: Final = 200
"""Only the newest cards keep their pictures: a shift's memory has an end."""


@dataclass(frozen=True)
class Card:
    """One plate that answers one entry, as often as it was seen; and how far its verification has come."""

    number: int
    alert: Alert
    count: int
    first_at: datetime
    sightings: tuple[Sighting, ...] = ()
    """Of each alert on it, the oldest first."""
    verified: frozenset[Sighting] = frozenset()
    """Those that the last verification was said of."""
    characters: EyeSaw | None = None
    state: EyeSaw | None = None
    returned: tuple[Returned, ...] = ()
    disposed: Disposed | None = None
    by: str = ""
    """Who closed it."""
    withdrawn: str = ""
    """Why nobody acts on it any more: the office corrected its reading."""
    is_aside: bool = False
    """Acknowledged, and put aside until it comes again: for a confidential source, which is dispatch's matter."""

    @property
    def is_open(self) -> bool:
        return self.disposed is None and not self.withdrawn

    @property
    def is_possible(self) -> bool:
        return self.alert.answer.tier is Tier.POSSIBLE

    @property
    def is_compared(self) -> bool:
        """Whether both eyes' questions are answered."""
        return self.characters is not None and self.state is not None


@dataclass
class Board:
    """The cards of a shift. Used by the watch and by the screen at once."""

    _cards: dict[int, Card] = field(default_factory=dict)
    _turn: threading.RLock = field(default_factory=threading.RLock)
    _last: int = 0
    version: int = 0
    """Rises with every change."""
    rung: int = 0
    """Rises with every alert that should sound."""
    rung_pressing: bool = False
    """Whether the last one was urgent or had a caution: its sound is not muted."""

    def take(self, alert: Alert) -> Card:
        """An alert comes: on its open card, or on a new one."""
        with self._turn:
            known = next((each for each in self._cards.values() if each.is_open and _is_same(each.alert, alert)), None)
            if known is None:
                self._last += 1
                card = Card(self._last, alert, 1, alert.captured_at, _with((), alert))
            else:
                seen = _with(known.sightings, alert)
                card = replace(known, alert=alert, count=known.count + 1, sightings=seen, is_aside=False)
            self._cards[card.number] = card
            self._forget_pictures()
            self.version += 1
            self.rung += 1
            self.rung_pressing = alert.is_pressing
            return card

    def put(self, card: Card) -> None:
        """What was done on a card. An alert that came meanwhile stays on it; if it was closed meanwhile, on a new one."""
        with self._turn:
            held = self.card(card.number)
            late = tuple(each for each in held.sightings if each not in card.sightings)
            if card.disposed and late:
                self._last += 1
                self._cards[self._last] = Card(self._last, held.alert, len(late), late[0].captured_at, late)
                self._cards[card.number] = card
                self.version += 1
                return
            self._cards[card.number] = replace(
                card, alert=held.alert, count=held.count, sightings=held.sightings, withdrawn=held.withdrawn
            )
            self.version += 1

    def withdraw(self, gone: Sequence[Withdrawn]) -> list[Card]:
        """What the office says is withdrawn closes, and what it says no more opens again; the cards that this changed.

        The office names reads, a card has sightings: of each read the nearest, within two minutes. A card closes when all of its
        sightings are withdrawn; what somebody closed keeps what came of it.
        """
        changed = []
        with self._turn:
            for card in self._cards.values():
                because = _why_withdrawn(card, gone)
                if card.disposed is None and because != card.withdrawn:
                    self._cards[card.number] = replace(card, withdrawn=because)
                    changed.append(self._cards[card.number])
            self.version += bool(changed)
        return changed

    def card(self, number: int) -> Card:
        """The card of this number; Unknown when there is none."""
        with self._turn:
            if number not in self._cards:
                raise Unknown("There is no such alert on this shift. Look at the list again.")
            return self._cards[number]

    def open(self) -> Sequence[Card]:
        """What is not closed yet: the pressing first, then the newest."""
        with self._turn:
            waiting = [each for each in self._cards.values() if each.is_open and not each.is_aside]
        return sorted(waiting, key=lambda each: (not each.alert.is_pressing, -each.alert.captured_at.timestamp()))

    def all(self) -> Sequence[Card]:
        """Every card of the shift, the newest first."""
        with self._turn:
            return sorted(self._cards.values(), key=lambda each: each.alert.captured_at, reverse=True)

    def empty(self) -> None:
        """At sign-off nothing of the shift stays in memory."""
        with self._turn:
            self._cards.clear()
            self.version += 1

    def _forget_pictures(self) -> None:
        with_pictures = [each for each in self._cards.values() if each.alert.plate_picture or each.alert.overview_picture]
        for card in sorted(with_pictures, key=lambda each: each.alert.captured_at)[:-WITH_PICTURES]:
            bare = replace(card.alert, plate_picture=None, overview_picture=None)
            self._cards[card.number] = replace(card, alert=bare)


def _why_withdrawn(card: Card, gone: Sequence[Withdrawn]) -> str:
    """The sentence, when every sighting of the card is withdrawn; else nothing."""
    found: dict[Sighting, Withdrawn] = {}
    for each in gone:
        if each.hit_id == uuid.uuid5(each.read_id, str(card.alert.entry.entry_id)) and card.sightings:
            nearest = min(card.sightings, key=lambda seen: abs(seen.captured_at - each.captured_at))
            if abs(nearest.captured_at - each.captured_at) <= NEAR:
                found[nearest] = each
    if not found or len(found) < len(card.sightings):
        return ""
    return f"Withdrawn: a member corrected the reading. {list(found.values())[-1].because.label}. Do not act on this alert."


def _with(sightings: tuple[Sighting, ...], alert: Alert) -> tuple[Sighting, ...]:
    """One more, in the order of time; two cameras at the very same moment are one."""
    if any(each.captured_at == alert.captured_at for each in sightings):
        return sightings
    seen = sorted((*sightings, Sighting(alert.camera, alert.captured_at)), key=lambda each: each.captured_at)
    return tuple(seen[-MOST_SIGHTINGS:])


def _is_same(one: Alert, other: Alert) -> bool:
    return one.entry.entry_id == other.entry.entry_id and one.text == other.text
