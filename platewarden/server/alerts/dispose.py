"""Disposition: what came of an alert, from a closed list, once. Enforcement needs more than the alert (rules.py)."""

from __future__ import annotations

from django.db import transaction

from platewarden.policy.refusal import Refused, Stale
from platewarden.policy.verification import ENFORCEMENT, Ground, Outcome
from platewarden.server.alerts.models import CLOSED, AlertState, Disposition
from platewarden.server.alerts.rules import due_at, may_act_on, must_be_looked_into, must_be_verified
from platewarden.server.alerts.verify import locked, write_note
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


def dispose(alert_id: int, *, outcome: Outcome, ground: str, because: str, by: Member) -> Disposition:
    """Records what came of an alert. Refuses enforcement on the alert alone; Stale when it is closed already."""
    if refusal := may_do(by, Act.ALERTS_DISPOSE, now()):
        raise Refused(refusal)
    with transaction.atomic():
        alert = locked(alert_id)
        if refusal := may_act_on(alert, by, now()):
            raise Refused(refusal)
        if alert.state in CLOSED:
            raise Stale("This alert was closed meanwhile. Look at it again.")
        if refusal := must_be_verified(alert, outcome, ground, because):
            raise Refused(refusal)
        ground = ground if outcome in ENFORCEMENT else ""
        disposition = Disposition.objects.create(
            alert=alert,
            at=now(),
            by=str(by),
            outcome=outcome,
            ground=ground,
            for_review=ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT)
            or (ground == Ground.VERIFIED and must_be_looked_into(alert)),
        )
        alert.state = AlertState.DISPOSED
        alert.save(update_fields=["state"])
        write_note(alert, by=by, kind="disposition", body=because)
        record(
            Act.ALERTS_DISPOSE,
            by=Signer(by.number, by.name),
            about={
                "alert": alert.pk,
                "outcome": outcome.value,
                "ground": ground,
                "late": disposition.at > due_at(alert, department()),
            },
            content={"because": because},
        )
    return disposition
