"""What was done about an alert in a car comes in, and is merged with what a console did meanwhile. Nothing is overwritten.

* Verification: both are kept. The earliest answer by trusted time counts between car and office (`rules.counting`); where they
  disagree on whether enforcement may follow, the car's is marked for review.
* Disposition: the first to arrive stands. The same again agrees; another one conflicts, is kept beside it, and is marked for
  review. The rule is asked again here, of the car's disposition too: one that it refuses is kept as refused, for review, for a
  stop that was made cannot be unmade by not writing it down.
* An outcome whose alert is not here (yet) waits, and is merged in the transaction that raises the alert.

Runs with the login of the door, which can write and not look. Duty and training were asked at sign-on, of the signed roster.
Trusted time is the unit's, less the drift that its last contact showed, and never later than now.
Known gap: the typed words of an outcome that came before its alert are in the ledger's content only, not among its notes.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from platewarden.exchange.alert_outcome import AlertOutcome, Disposed, Returned
from platewarden.policy.verification import Answered
from platewarden.server.alerts.models import (
    Alert,
    AlertState,
    CarOutcome,
    CarOutcomeState,
    Disposition,
    Ground,
    Outcome,
    Return,
    Verification,
)
from platewarden.server.alerts.rules import counting, must_be_verified
from platewarden.server.alerts.verify import write_note
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member

NEAR = timedelta(minutes=2)
"""A sighting's first frame raised the alarm, its best one became the read: they are at most this far apart."""
IN_REVIEW = frozenset({CarOutcomeState.REFUSED, CarOutcomeState.CONFLICTING})


def take(outcome: AlertOutcome, unit: Unit) -> CarOutcome:
    """Keeps what was done, in the caller's transaction, and merges it when its alert is here. Recorded, whatever came of it."""
    name = Member.objects.filter(number=outcome.member).values_list("name", flat=True).first()
    kept = CarOutcome(
        unit=unit,
        sequence=outcome.sequence,
        entry_id=outcome.entry_id,
        captured_at=outcome.captured_at,
        member_number=outcome.member if name else "",
        by=f"{outcome.member} {name}" if name else "a member not on the roster",
        said_at=outcome.at,
        at=_trusted(outcome.at, unit),
        received_at=now(),
    )
    if outcome.returned is not None:
        seen = outcome.returned.seen
        kept.characters, kept.eye_state, kept.vehicle = seen.characters.value, seen.state.value, seen.vehicle.value
        kept.answer, kept.returned_at = seen.answer.value, _trusted(outcome.returned.returned_at, unit)
    if outcome.disposed is not None:
        kept.outcome = outcome.disposed.outcome.value
        kept.ground = outcome.disposed.ground.value if outcome.disposed.ground else ""
        kept.has_reason = len(outcome.disposed.because.strip()) >= 10
    alert = _alert_of(kept)
    if alert is not None:
        _merge(kept, alert)
    kept.save()
    words = _words(outcome.returned, outcome.disposed)
    if alert is not None:
        write_note(alert, by=kept.by, kind="verification" if outcome.returned else "disposition", body=words)
    _record(kept, words, outcome.member)
    return kept


def merge_waiting(alert: Alert) -> None:
    """What was done in the car before its alert was here, oldest first; in the transaction that raises the alert."""
    waiting = CarOutcome.objects.filter(unit=alert.unit, state=CarOutcomeState.WAITING, captured_at__range=_near(alert.captured_at))
    for kept in waiting.order_by("sequence"):
        if _is_of(alert, kept):
            _merge(kept, alert)
            kept.save(update_fields=["alert", "state", "because", "for_review"])
            _record(kept, "", kept.member_number)


def _merge(kept: CarOutcome, alert: Alert) -> None:
    kept.alert = alert
    if kept.answer:
        _merge_verification(kept, alert)
    else:
        _merge_disposition(kept, alert)
    kept.for_review = kept.state in IN_REVIEW


def _merge_verification(kept: CarOutcome, alert: Alert) -> None:
    before = counting(list(alert.verifications.order_by("at")))
    made = Verification.objects.create(
        alert=alert,
        at=kept.at,
        by=kept.by,
        unit=kept.unit,
        characters=kept.characters,
        state=kept.eye_state,
        vehicle=kept.vehicle,
        source="in the car",
        reference="",
        answer=kept.answer,
        returned_at=kept.returned_at or kept.at,
    )
    if alert.state not in (AlertState.VERIFIED, AlertState.DISPOSED) and kept.answer != Return.PENDING:
        alert.state = AlertState.VERIFIED
        alert.save(update_fields=["state"])
    from_elsewhere = before is not None and before.unit_id != made.unit_id and Answered.PENDING not in (before.answer, made.answer)
    disagree = from_elsewhere and before is not None and before.unlocks != made.unlocks
    kept.state = CarOutcomeState.CONFLICTING if disagree else CarOutcomeState.TAKEN


def _merge_disposition(kept: CarOutcome, alert: Alert) -> None:
    standing = Disposition.objects.filter(alert=alert).first()
    if standing is not None:
        same = (standing.outcome, standing.ground) == (kept.outcome, kept.ground)
        kept.state = CarOutcomeState.AGREEING if same else CarOutcomeState.CONFLICTING
        return
    reason = "given in the car, in its note" if kept.has_reason else ""
    if refusal := must_be_verified(alert, Outcome(kept.outcome), kept.ground, reason):
        kept.state, kept.because = CarOutcomeState.REFUSED, refusal.because
        return
    Disposition.objects.create(
        alert=alert,
        at=kept.at,
        by=kept.by,
        unit=kept.unit,
        outcome=kept.outcome,
        ground=kept.ground,
        for_review=kept.ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT),
    )
    alert.state = AlertState.DISPOSED
    alert.save(update_fields=["state"])
    kept.state = CarOutcomeState.TAKEN


def _alert_of(kept: CarOutcome) -> Alert | None:
    """The alert of this unit, entry and moment, locked; the nearest, should there be several."""
    near = Alert.objects.select_for_update().filter(unit=kept.unit, captured_at__range=_near(kept.captured_at))
    found = [alert for alert in near.order_by("pk") if _is_of(alert, kept)]
    return min(found, key=lambda alert: abs(alert.captured_at - kept.captured_at), default=None)


def _is_of(alert: Alert, kept: CarOutcome) -> bool:
    return alert.hit_id == uuid.uuid5(alert.read_id, str(kept.entry_id))


def _near(at: datetime) -> tuple[datetime, datetime]:
    return at - NEAR, at + NEAR


def _trusted(at: datetime, unit: Unit) -> datetime:
    return min(now(), at - timedelta(seconds=unit.drift_s or 0.0))


def _words(returned: Returned | None, disposed: Disposed | None) -> str:
    if returned is not None:
        return f"{returned.source}: {returned.words}" if returned.words else ""
    return disposed.because if disposed is not None else ""


def _record(kept: CarOutcome, words: str, member: str) -> None:
    act = Act.ALERTS_CAR_VERIFY if kept.answer else Act.ALERTS_CAR_DISPOSE
    name = kept.by.partition(" ")[2] if kept.member_number else "not on the roster"
    record(
        act,
        by=Signer(kept.member_number or None, name),
        about={
            "unit": kept.unit_id,
            "number": kept.sequence,
            "alert": kept.alert_id,
            "at": kept.said_at.isoformat(),
            "answer": kept.answer,
            "outcome": kept.outcome,
            "ground": kept.ground,
            "merged": CarOutcomeState(kept.state).value,
        },
        content={"words": words, "member": "" if kept.member_number else member},
    )
