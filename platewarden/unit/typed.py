"""A plate that a member types in the car: a query of the local hot list, or a BOLO by voice of dispatch.

Order of steps, for both: the journal's line, by name and purpose and without the plate; then the plate itself, sealed to the
office; then the answer is shown, or the entry is in force. Silent entries can't be found by asking here.

An entry by voice is in force in this unit for this shift, marked as approved by nobody; it never asks for a stop.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from platewarden.exchange.field_entry import FieldAct, FieldEntry
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry
from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Answer, SeenPlate
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText, parse_state
from platewarden.policy.refusal import Malformed
from platewarden.unit.alarm import VoicedEntry
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.outcome import STREAM
from platewarden.unit.shift import Shift
from platewarden.unit.spool import Draft, Spool

__all__ = ["Typed"]


@dataclass(frozen=True)
class Typed:
    """Where what is typed goes."""

    hotlist: Hotlist
    journal: Journal
    spool: Spool
    key: SigningKey
    new_id: Callable[[], uuid.UUID]

    def ask(self, text: str, state: str, *, by: Shift, at: datetime) -> Sequence[tuple[EditionEntry, Answer]]:
        """The entries of the local list that a whole plate answers, but for silent ones. Journaled before it is answered."""
        plate, issued = PlateText.parse(text).text, parse_state(state)
        seen = SeenPlate(text=plate, state=issued, state_confidence=1.0 if issued else None, confidence=1.0)
        found = [each for each in self.hotlist.hits(seen, at=at) if each[0].approach is not Approach.SILENT]
        asked = self.new_id()
        self.journal.write("query.made", at=at, member=by.member, about=asked, purpose=by.purpose, reference=by.reference or None)
        self._keep(FieldAct.QUERY, asked, plate, issued, found=len(found), by=by, at=at)
        return found

    def voice(self, text: str, state: str, category: str, reason: str, *, by: Shift, at: datetime) -> VoicedEntry:
        """A BOLO as dispatch gave it over the air, whole or partial plate, in force from now on, until the shift ends."""
        plate, issued = _plate_or_part(text), parse_state(state)
        listed = next((each for each in Category if each.value == category), None)
        if listed is None or len(reason.strip()) < 3:
            raise Malformed("Choose why the vehicle is looked for, and enter the reason that dispatch gave.")
        entry = VoicedEntry(
            entry_id=self.new_id(),
            text=plate,
            is_pattern="?" in plate or "*" in plate,
            state=issued,
            category=listed,
            approach=Approach.NOTIFY,
            caution=False,
            urgent=True,
            expires_at=by.until,
            reason=reason.strip(),
        )
        self.journal.write(
            "voice.entered", at=at, member=by.member, about=entry.entry_id, purpose=by.purpose, reference=by.reference or None
        )
        self._keep(FieldAct.VOICE, entry.entry_id, plate, issued, category=listed, reason=entry.reason, by=by, at=at)
        self.hotlist.hear(entry)
        return entry

    def _keep(
        self,
        act: FieldAct,
        entry_id: uuid.UUID,
        text: str,
        state: str | None,
        *,
        by: Shift,
        at: datetime,
        category: Category | None = None,
        reason: str = "",
        found: int = 0,
    ) -> None:
        def entry(sequence: int) -> bytes:
            return FieldEntry(
                unit_key_id=self.key.key_id,
                sequence=sequence,
                entry_id=entry_id,
                act=act,
                text=text,
                state=state,
                category=category,
                reason=reason,
                found=found,
                purpose=by.purpose,
                reference=by.reference,
                shift_id=by.shift_id,
                member=by.member,
                at=at,
            ).signed(self.key)

        self.spool.keep([Draft(STREAM, entry, urgency=1, has_limit=False)], at=at)


def _plate_or_part(text: str) -> str:
    return PartialPlate.parse(text).pattern if "?" in text or "*" in text else PlateText.parse(text).text
