"""A unit's journal, written into the office's ledger: by name, with the time the unit gave it."""

from __future__ import annotations

from platewarden.exchange.journal_page import JournalPage
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member

ACTS = {
    "shift.sign_on": Act.UNIT_SIGN_ON,
    "shift.sign_off": Act.UNIT_SIGN_OFF,
    "shift.refused": Act.UNIT_REFUSED,
    "alert.shown": Act.UNIT_ALERT_SHOWN,
    "alert.acknowledged": Act.UNIT_ALERT_ACKNOWLEDGED,
}


def write_page(page: JournalPage, unit: Unit) -> None:
    """Each line of the page becomes a ledger line, in the caller's transaction."""
    names = dict(Member.objects.values_list("number", "name"))
    for number, line in enumerate(page.lines):
        record(
            ACTS[line.act],
            by=Signer(line.member or None, names.get(line.member or "", "not on the roster")),
            purpose=line.purpose or "",
            about={
                "unit": unit.id,
                "page": page.sequence,
                "line": number + 1,
                "at": line.at.isoformat(),
                "about": line.about,
            },
            content={"reference": line.reference} if line.reference else None,
        )
