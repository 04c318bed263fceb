"""A unit's journal, written into the office's ledger: by name, with the time the unit gave it.

A leaf is for ever, so it takes from a unit only what the office knows itself: a member's number, a purpose of the
department's list. Whatever else a unit says in those fields is kept in the content, which can be erased.
"""

from __future__ import annotations

from typing import Any

from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.server.equipment.models import Unit
from platewarden.server.equipment.signed_on import note
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member

ACTS = {
    "shift.sign_on": Act.UNIT_SIGN_ON,
    "shift.sign_off": Act.UNIT_SIGN_OFF,
    "shift.refused": Act.UNIT_REFUSED,
    "alert.shown": Act.UNIT_ALERT_SHOWN,
    "alert.acknowledged": Act.UNIT_ALERT_ACKNOWLEDGED,
    "alert.opened": Act.UNIT_ALERT_OPENED,
    "alert.copied": Act.UNIT_ALERT_COPIED,
    "picture.opened": Act.UNIT_PICTURE_OPENED,
    "history.opened": Act.UNIT_HISTORY_OPENED,
    "query.made": Act.UNIT_QUERY_MADE,
    "voice.entered": Act.UNIT_VOICE_ENTERED,
    "shift.joined": Act.UNIT_JOINED,
    "shift.join_refused": Act.UNIT_JOIN_REFUSED,
    "shift.left": Act.UNIT_LEFT,
    "shift.ended": Act.UNIT_ENDED,
    "screen.touched": Act.UNIT_TOUCHED,
    "screen.locked": Act.UNIT_LOCKED,
    "screen.unlocked": Act.UNIT_UNLOCKED,
    "screen.unlock_refused": Act.UNIT_UNLOCK_REFUSED,
    "deployment.begun": Act.UNIT_DEPLOYED,
    "deployment.refused": Act.UNIT_DEPLOYMENT_REFUSED,
    "laptop.paired": Act.UNIT_LAPTOP_PAIRED,
    "laptop.pair_refused": Act.UNIT_LAPTOP_PAIR_REFUSED,
    "laptop.unpaired": Act.UNIT_LAPTOP_UNPAIRED,
    "laptop.refused": Act.UNIT_LAPTOP_REFUSED,
}


def write_page(page: JournalPage, unit: Unit) -> None:
    """Each line of the page becomes a ledger line, in the caller's transaction."""
    names, purposes = dict(Member.objects.values_list("number", "name")), department().purposes
    for number, line in enumerate(page.lines):
        if line.member in names and line.about is not None:
            note(line.act, unit, line.about, line.member, line.at)
        record(
            ACTS[line.act],
            by=Signer(line.member if line.member in names else None, names.get(line.member or "", "not on the roster")),
            purpose=line.purpose if line.purpose in purposes else "",
            about={
                "unit": unit.id,
                "page": page.sequence,
                "line": number + 1,
                "at": line.at.isoformat(),
                "about": line.about,
            },
            content=_as_said(line, is_known=line.member in names, is_listed=line.purpose in purposes),
        )


def _as_said(line: JournalLine, *, is_known: bool, is_listed: bool) -> dict[str, Any]:
    """What stands in no leaf: the number of the shift or case, and what nobody here knows."""
    said = {
        "member": None if is_known else line.member,
        "purpose": None if is_listed else line.purpose,
        "reference": line.reference,
    }
    return {name: words for name, words in said.items() if words}
