"""A plate that a member typed in a car, written into the office's ledger: who, when, for what; the plate in what can be erased.

Known gap: a BOLO by voice raises no alert at the office. Its hits are in the reads; entering it as a BOLO is a member's act.
"""

from __future__ import annotations

from platewarden.exchange.field_entry import FieldEntry
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member


def write_typed(entry: FieldEntry, unit: Unit) -> None:
    """One line, in the caller's transaction."""
    name = Member.objects.filter(number=entry.member).values_list("name", flat=True).first()
    record(
        Act.UNIT_TYPED,
        by=Signer(entry.member if name else None, name or "not on the roster"),
        purpose=entry.purpose if entry.purpose in department().purposes else "",
        about={
            "unit": unit.id,
            "number": entry.sequence,
            "at": entry.at.isoformat(),
            "what": entry.act.value,
            "about": str(entry.entry_id),
            "found": entry.found,
        },
        content={
            "plate": entry.text,
            "state": entry.state or "",
            "category": entry.category.value if entry.category else "",
            "reason": entry.reason,
            "reference": entry.reference,
            "member": "" if name else entry.member,
        },
    )
