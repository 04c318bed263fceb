"""Who is signed on to which unit, as far as their journals have come in; and who is in two of them at once.

Known gap: a car out of reach tells late. A flag says what the journals say now, and is gone once the sign-off has come in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from platewarden.server.clock import now
from platewarden.server.equipment.models import SignedOn, Unit
from platewarden.server.people.editions import department

BEGINS = frozenset({"shift.sign_on", "shift.joined"})
ENDS = frozenset({"shift.sign_off", "shift.left", "shift.ended"})


@dataclass(frozen=True)
class Twice:
    """One member, on shifts of several units that overlap."""

    member_number: str
    units: tuple[str, ...]


def note(act: str, unit: Unit, shift_id: uuid.UUID, member_number: str, at: datetime) -> None:
    """A line of a unit's journal that begins or ends somebody's shift; in the caller's transaction."""
    if act in BEGINS:
        SignedOn.objects.get_or_create(unit=unit, shift_id=shift_id, member_number=member_number, defaults={"since_at": at})
    elif act in ENDS:
        SignedOn.objects.filter(unit=unit, shift_id=shift_id, member_number=member_number, until_at=None).update(until_at=at)


def signed_on_twice() -> list[Twice]:
    """Members whose open shifts, not older than a shift may last, are on more than one unit."""
    since = now() - timedelta(hours=department().shift_hours)
    found: dict[str, set[str]] = {}
    for row in SignedOn.objects.filter(until_at=None, since_at__gte=since).select_related("unit"):
        found.setdefault(row.member_number, set()).add(row.unit.name)
    return [Twice(number, tuple(sorted(units))) for number, units in sorted(found.items()) if len(units) > 1]
