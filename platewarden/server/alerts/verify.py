"""Verification: what the member's eyes say of characters, state and vehicle, then the official database's return, with time
and reference. Any number of them; the last one counts. Recorded as `alerts.verify`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.policy.verification import Answered, EyeSaw
from platewarden.server.alerts.models import CLOSED, Alert, AlertState, StateAsk, Verification
from platewarden.server.alerts.rules import due_at, may_act_on, may_use
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


@dataclass(frozen=True)
class Checked:
    """What was seen and what came back. `returned_at` is when the official database answered; typed, or of the state system's return `ask`."""

    characters: EyeSaw
    state: EyeSaw
    vehicle: EyeSaw
    source: str
    reference: str
    answer: Answered
    returned_at: datetime
    note: str = ""
    ask: StateAsk | None = None

    @classmethod
    def by_return(cls, ask: StateAsk, *, characters: EyeSaw, state: EyeSaw, vehicle: EyeSaw, note: str = "") -> Checked:
        """With what the state system answered, word for word. Malformed where it answered nothing."""
        found = ask.answer
        if found is None or not found.answer or found.returned_at is None:
            raise Malformed(
                "The state system gave no answer to that question. Ask again, or type the return that came another way."
            )
        return cls(
            characters=characters,
            state=state,
            vehicle=vehicle,
            source=ask.source.name,
            reference=found.reference,
            answer=Answered(found.answer),
            returned_at=found.returned_at,
            note=note,
            ask=ask,
        )


def verify(alert_id: int, checked: Checked, *, by: Member) -> Verification:
    """Records a verification. Refuses without duty or training, on a closed alert, and a return from the future."""
    if refusal := may_do(by, Act.ALERTS_VERIFY, now()):
        raise Refused(refusal)
    if checked.returned_at > now() + timedelta(minutes=2):
        raise Malformed("The return's time lies in the future. Correct it.")
    if not checked.source.strip() or not checked.reference.strip():
        raise Malformed("Name the official database and the reference of its return.")
    with transaction.atomic():
        alert = locked(alert_id)
        if refusal := may_act_on(alert, by, now()):
            raise Refused(refusal)
        if alert.state in CLOSED:
            raise Stale("This alert was closed meanwhile. Look at it again.")
        # The unit's clock may be ahead of the office's: the earlier of the two moments counts.
        if checked.returned_at < min(alert.captured_at, alert.raised_at) - timedelta(minutes=2):
            raise Malformed("The return is older than the read it should verify. Ask the official database again.")
        if checked.ask is not None and checked.ask.alert_id != alert.pk:
            raise Malformed("That return is another alert's. Ask the state system about this one.")
        if checked.ask is not None and (refusal := may_use(checked.ask.source, by, now())):
            raise Refused(refusal)
        verification = Verification.objects.create(
            alert=alert,
            at=now(),
            by=str(by),
            characters=checked.characters,
            state=checked.state,
            vehicle=checked.vehicle,
            source=checked.source.strip(),
            reference=checked.reference.strip(),
            answer=checked.answer,
            returned_at=checked.returned_at,
            ask=checked.ask,
        )
        if alert.state != AlertState.VERIFIED and checked.answer != Answered.PENDING:
            alert.state = AlertState.VERIFIED
            alert.save(update_fields=["state"])
        write_note(alert, by=by, kind="verification", body=checked.note)
        record(
            Act.ALERTS_VERIFY,
            by=Signer(by.number, by.name),
            about={"alert": alert.pk, "answer": checked.answer, "late": verification.at > due_at(alert, department())},
            content={"source": checked.source, "reference": checked.reference, "note": checked.note},
        )
    return verification


def acknowledge(alert_id: int, *, by: Member) -> Alert:
    """Says that somebody has seen it. A second time changes nothing. Recorded as `alerts.acknowledge`."""
    if refusal := may_do(by, Act.ALERTS_ACKNOWLEDGE, now()):
        raise Refused(refusal)
    with transaction.atomic():
        alert = locked(alert_id)
        if alert.state == AlertState.RAISED:
            alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.ACKNOWLEDGED, now(), str(by)
            alert.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
            record(Act.ALERTS_ACKNOWLEDGE, by=Signer(by.number, by.name), about={"alert": alert.pk})
    return alert


def locked(alert_id: int) -> Alert:
    """The alert's row, locked for the caller's transaction."""
    alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise Unknown("There is no such alert. Look at the console again.")
    return alert


def write_note(alert: Alert, *, by: Member | str, kind: str, body: str) -> None:
    """Words about an alert go where its plate is, and are forgotten with it."""
    if not body.strip():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select plates.write_alert_note(%s, %s, %s, %s, %s, %s)",
            [uuid.uuid4(), alert.captured_at, alert.hit_id, str(by), kind, body.strip()[:2000]],
        )
