"""The alarm: tells the operator about a hit, at once, on this machine, with no network.

An alert argues against itself: how it was matched, what makes it doubtful, how old the hot list is. Every one ends with
VERIFY BEFORE ACTING, and one whose entry says “do not stop” begins with that. A silent entry (surveillance,
interdiction) shows nothing here: the hit goes to the office with the read, and the car's screen keeps quiet.

An entry whose source is confidential shows as the plate, the place and “contact dispatch”, unless the roster authorizes everybody
signed on for that very source. What it is listed for, how to act and why are then not told.

What is shown holds a plate. It goes to the terminal of the operator, or as one JSON object a line to the program that
draws the screen; never into a log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO

from platewarden.exchange.hotlist_edition import Approach, EditionEntry
from platewarden.ground import apart_m
from platewarden.plate.match import Answer, Doubt
from platewarden.unit.place import NOWHERE, Where

__all__ = ["HOW_TO_ACT", "VERIFY", "Alarm", "Alert", "VoicedEntry"]

CONTACT_DISPATCH = "CONTACT DISPATCH about this vehicle, now. Its source is confidential, and you are not authorized for it."

MOVED_M = 50.0
"""A unit that moved less, beyond what its places are sure of, still stands where it was."""

VERIFY = "VERIFY BEFORE ACTING: check the official database before any enforcement."

HOW_TO_ACT = {
    Approach.STOP: "The entry asks for a stop, once verified.",
    Approach.DO_NOT_STOP: "DO NOT STOP this vehicle. Tell dispatch.",
    Approach.NOTIFY: "Do not stop on this alone: tell dispatch.",
}
"""Nothing for `silent`: it has no words in the car."""


@dataclass(frozen=True)
class VoicedEntry(EditionEntry):
    """A BOLO by voice of dispatch: in force in this unit for this shift, and approved by nobody."""

    reason: str = ""


@dataclass(frozen=True)
class Alert:
    """A hit as the operator is told of it."""

    entry: EditionEntry
    answer: Answer
    text: str
    state: str | None
    camera: str
    captured_at: datetime
    edition: int
    edition_age: timedelta
    stale: bool
    plate_picture: bytes | None = None
    overview_picture: bytes | None = None
    where: Where = NOWHERE
    """Where the unit was when the vehicle was seen."""

    @property
    def is_shown(self) -> bool:
        return self.entry.approach is not Approach.SILENT

    @property
    def is_pressing(self) -> bool:
        """Urgent or with a caution: its sound is not muted."""
        return self.entry.urgent or self.entry.caution

    def is_open_to(self, authorized: frozenset[str]) -> bool:
        """Whether a member who is authorized for these sources may see more than the vehicle, the place, and that there is something."""
        return self.entry.confidential is None or self.entry.confidential in authorized

    @property
    def at(self) -> str:
        """The place in words: the crossing, else degrees, else why it is not known."""
        place = self.where.place
        if place is None:
            return f"no position: {self.where.because}"
        return place.crossing or f"{place.lat:.4f}, {place.lon:.4f}"

    def sentences(self, authorized: frozenset[str] = frozenset()) -> list[str]:
        """What the operator reads, line by line: first what could go wrong, last what to do before acting."""
        if not self.is_open_to(authorized):
            return [f"HIT {self.text} ({self.state or 'state not read'}), {self.at}.", CONTACT_DISPATCH, VERIFY]
        lines = [HOW_TO_ACT[self.entry.approach]] if self.entry.approach is Approach.DO_NOT_STOP else []
        if self.entry.caution:
            lines.append("CAUTION: may be armed and dangerous.")
        state = self.state or "state not read"
        lines.append(f"{self.answer.tier.value.upper()} HIT {self.text} ({state}): {self.entry.category.value.replace('_', ' ')}.")
        lines.extend(f"Doubt: {each}." for each in self.doubts())
        if self.stale:
            lines.append(f"STALE: hot list {self.edition} is {_age(self.edition_age)} old.")
        if self.entry.approach is not Approach.DO_NOT_STOP:
            lines.append(HOW_TO_ACT[self.entry.approach])
        lines.append(VERIFY)
        return lines

    def doubts(self) -> list[str]:
        """Each doubt in words; confusable characters are named."""
        words = [DOUBTS[doubt] for doubt in self.answer.doubts if doubt in DOUBTS and doubt is not Doubt.CONFUSABLE]
        if isinstance(self.entry, VoicedEntry):
            words.append("entered here by voice of dispatch; nobody at the office has approved it")
        pairs = [f"character {each.position + 1} may be {each.b}, was read as {each.a}" for each in self.answer.confusions]
        return [*words, *pairs]

    def moved_m(self, here: Where) -> int | None:
        """How far this unit has moved since the vehicle was seen, in metres; None when that is not known, or within what places are sure of."""
        then, now = self.where.place, here.place
        if then is None or now is None:
            return None
        far = apart_m(then.lat, then.lon, now.lat, now.lon)
        return round(far) if far > MOVED_M + then.accuracy_m + now.accuracy_m else None

    def as_json(self, authorized: frozenset[str] = frozenset()) -> dict[str, object]:
        if not self.is_open_to(authorized):
            return {
                "alert": str(self.entry.entry_id),
                "text": self.text,
                "state": self.state,
                "at": self.at,
                "camera": self.camera,
                "captured_at": self.captured_at.isoformat(),
                "say": self.sentences(authorized),
            }
        return {
            "alert": str(self.entry.entry_id),
            "tier": self.answer.tier.value,
            "text": self.text,
            "state": self.state,
            "listed": self.entry.text,
            "listed_state": self.entry.state,
            "category": self.entry.category.value,
            "approach": self.entry.approach.value,
            "caution": self.entry.caution,
            "urgent": self.entry.urgent,
            "doubts": [doubt.value for doubt in self.answer.doubts],
            "camera": self.camera,
            "at": self.at,
            "captured_at": self.captured_at.isoformat(),
            "hotlist_edition": self.edition,
            "stale": self.stale,
            "say": self.sentences(authorized),
        }


DOUBTS: dict[Doubt, str] = {
    Doubt.STATE_UNREAD: "the state was not read; read it by eye",
    Doubt.STATE_NOT_LISTED: "the entry names no state",
    Doubt.CANDIDATE: "the camera's first reading was another; this is one of its candidates",
    Doubt.PATTERN: "the entry is a partial plate, which many vehicles answer",
    Doubt.LOW_CONFIDENCE: "the camera was not sure of this reading",
}


class Alarm:
    """Where alerts are shown. With `as_json`, one object a line; otherwise in words, with a bell for the urgent.

    `authorized` says what those signed on may see of confidential sources; `beside` is told of every alert before it stands
    here: the car's own screen.
    """

    def __init__(
        self,
        screen: TextIO,
        *,
        as_json: bool = False,
        authorized: Callable[[], frozenset[str]] = frozenset,
        beside: Callable[[Alert], None] = lambda _: None,
    ) -> None:
        self._screen = screen
        self._as_json = as_json
        self._authorized = authorized
        self._beside = beside

    def show(self, alert: Alert) -> bool:
        """Show it now; False for a silent entry, which is not shown at all."""
        if not alert.is_shown:
            return False
        self._beside(alert)
        authorized = self._authorized()
        if self._as_json:
            print(json.dumps(alert.as_json(authorized)), file=self._screen, flush=True)
        else:
            bell = "\a" if alert.is_pressing else ""
            print(bell + "\n  ".join(alert.sentences(authorized)), file=self._screen, flush=True)
        return True

    def say(self, sentence: str) -> None:
        """Anything else that the operator must know: recording stopped, a bad picture, the office refuses."""
        print(json.dumps({"say": sentence}) if self._as_json else sentence, file=self._screen, flush=True)


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
