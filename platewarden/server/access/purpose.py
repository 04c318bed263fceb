"""A purpose from the department's closed list, stated before any plate data, with the number that it asks for.

Routine patrol asks for a shift and lasts as long as one; everything else lasts minutes. Free text is never a purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member


@dataclass(frozen=True)
class StatedPurpose:
    """A purpose in this session, until when."""

    name: str
    label: str
    reference: str
    until: datetime


def state_purpose(request: HttpRequest, *, name: str, reference: str) -> StatedPurpose:
    """States a purpose for this session. Refuses one that is not listed, or a number not written as it should be."""
    rules = department()
    purpose = rules.purposes.get(name)
    if purpose is None:
        raise Refused(
            Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "This is not one of the department's purposes. Choose one of the list.")
        )
    reference = reference.strip().upper()
    if refusal := purpose.may_carry(reference):
        raise Refused(refusal)
    length = timedelta(hours=rules.shift_hours) if purpose.number == "shift" else timedelta(minutes=rules.access_minutes)
    stated = StatedPurpose(name, purpose.label, reference, now() + length)
    member = request.user
    assert isinstance(member, Member)
    record(
        Act.ACCESS_PURPOSE,
        by=Signer(member.number, member.name),
        purpose=name,
        content={"reference": reference, "until": stated.until},
    )
    request.session["purpose"] = [name, purpose.label, reference, stated.until.timestamp()]
    return stated


def stated_purpose(request: HttpRequest) -> StatedPurpose | None:
    """The purpose stated in this session, while it lasts."""
    held = request.session.get("purpose")
    if not held:
        return None
    stated = StatedPurpose(held[0], held[1], held[2], datetime.fromtimestamp(held[3], UTC))
    return stated if stated.until > now() else None
