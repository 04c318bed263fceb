"""What was done about an alert in a car comes in, and is merged with what a console did meanwhile. Nothing is overwritten.

* Verification: both are kept. The earliest answer by trusted time counts between car and office (`rules.counting`); where they
  disagree on whether enforcement may follow, the car's is marked for review.
* Disposition: the first to arrive stands. The same again agrees; another one conflicts, is kept beside it, and is marked for
  review. The rule is asked again here, of the car's disposition too: one that it refuses is kept as refused, for review, for a
  stop that was made cannot be unmade by not writing it down.
* An outcome whose alert is not here (yet) waits, and is merged in the transaction that raises the alert.
* Repeated alerts of one plate and entry come in one message: it is kept and merged for each of them.
* Duty and training were asked at sign-on, of the signed roster, and are asked again here, of that day: what a member did whose
  training had lapsed by the office's records is kept as refused, for review, and unlocks and closes nothing.

Runs with the login of the door, which can write and not look.
Trusted time is the unit's, less the drift that its last contact showed, and never later than now.
Known gap: the typed words of an outcome that came before its alert are in the ledger's content only, not among its notes.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from platewarden.exchange.alert_outcome import AlertOutcome, Disposed, Returned
from platewarden.exchange.contact import MOST_WITHDRAWN, Withdrawn
from platewarden.policy.clauses import Clause
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Refusal
from platewarden.policy.verification import Answered, Ground, Outcome
from platewarden.server.alerts.models import CLOSED, Alert, AlertState, CarOutcome, CarOutcomeState, Disposition, Verification
from platewarden.server.alerts.rules import counting, must_be_verified
from platewarden.server.alerts.verify import write_note
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

NOT_ON_THE_ROSTER = Refusal(Clause.ASSIGNED_MEMBERS, "No member of the department has the number that was sent.")
NEAR = timedelta(minutes=2)
"""A sighting's first frame raised the alarm, its best one became the read: they are at most this far apart."""
A_DAY = timedelta(hours=24)  # longer than any shift
IN_REVIEW = frozenset({CarOutcomeState.REFUSED, CarOutcomeState.CONFLICTING})


def withdrawn_of(unit: Unit) -> tuple[Withdrawn, ...]:
    """The unit's alerts of the last day that a correction withdrew, the newest; none that its screen does not show."""
    gone = Alert.objects.filter(unit=unit, state=AlertState.WITHDRAWN, silent=False, captured_at__gt=now() - A_DAY)
    return tuple(
        Withdrawn(each.read_id, each.hit_id, each.captured_at, Misread(each.rematched_because))
        for each in gone.order_by("-captured_at")[:MOST_WITHDRAWN]
    )


def take(outcome: AlertOutcome, unit: Unit) -> list[CarOutcome]:
    """Keeps what was done of each sighting, in the caller's transaction, and merges it where its alert is here. One ledger line for all."""
    member = _member(outcome.member)
    alerts = _alerts_of(outcome, unit)
    words = _words(outcome.returned, outcome.disposed)
    all_kept = []
    for sighting in outcome.sightings:
        kept, alert = _kept(outcome, unit, member, sighting.captured_at), alerts.get(sighting.captured_at)
        if alert is not None:
            _merge(kept, alert, member)
        kept.save()
        if alert is not None:
            write_note(alert, by=kept.by, kind="verification" if outcome.returned else "disposition", body=words)
        all_kept.append(kept)
    _record(all_kept, words, outcome.member)
    return all_kept


def merge_waiting(alert: Alert) -> None:
    """What was done in the car before its alert was here, oldest first; in the transaction that raises the alert.

    Of a message with several sightings near this one, the nearest is this alert's.
    """
    waiting = CarOutcome.objects.filter(unit=alert.unit, state=CarOutcomeState.WAITING, captured_at__range=_near(alert.captured_at))
    nearest: dict[int, CarOutcome] = {}
    for kept in waiting.order_by("sequence", "captured_at"):
        if alert.hit_id == _hit_of(alert, kept.entry_id):
            before = nearest.get(kept.sequence)
            if before is None or _apart(alert, kept.captured_at) < _apart(alert, before.captured_at):
                nearest[kept.sequence] = kept
    for kept in nearest.values():
        _merge(kept, alert, _member(kept.member_number))
        kept.save(update_fields=["alert", "state", "because", "for_review"])
        _record([kept], "", kept.member_number)


def _kept(outcome: AlertOutcome, unit: Unit, member: Member | None, captured_at: datetime) -> CarOutcome:
    kept = CarOutcome(
        unit=unit,
        sequence=outcome.sequence,
        entry_id=outcome.entry_id,
        captured_at=captured_at,
        member_number=member.number if member else "",
        by=str(member) if member else "a member not on the roster",
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
    return kept


def _merge(kept: CarOutcome, alert: Alert, member: Member | None) -> None:
    kept.alert = alert
    act = Act.ALERTS_VERIFY if kept.answer else Act.ALERTS_DISPOSE
    refusal = may_do(member, act, kept.at) if member else NOT_ON_THE_ROSTER
    if refusal:
        kept.state, kept.because = CarOutcomeState.REFUSED, f"By the office's records of that day: {refusal.because}"[:300]
    elif kept.answer:
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
    if alert.state not in (AlertState.VERIFIED, *CLOSED) and kept.answer != Answered.PENDING:
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


def _alerts_of(outcome: AlertOutcome, unit: Unit) -> dict[datetime, Alert]:
    """Of each sighting its alert, locked, where it is here: the nearest pairs first, no alert for two sightings."""
    moments = [each.captured_at for each in outcome.sightings]
    span = (min(moments) - NEAR, max(moments) + NEAR)
    near = Alert.objects.select_for_update().filter(unit=unit, captured_at__range=span).order_by("pk")
    found = [alert for alert in near if alert.hit_id == _hit_of(alert, outcome.entry_id)]
    pairs = sorted(
        ((_apart(alert, at), at, alert.pk, alert) for alert in found for at in moments if _apart(alert, at) <= NEAR),
        key=lambda pair: pair[:3],
    )
    matched: dict[datetime, Alert] = {}
    for _, at, _, alert in pairs:
        if at not in matched and alert not in matched.values():
            matched[at] = alert
    return matched


def _hit_of(alert: Alert, entry_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(alert.read_id, str(entry_id))


def _apart(alert: Alert, at: datetime) -> timedelta:
    return abs(alert.captured_at - at)


def _member(number: str) -> Member | None:
    """What the door for cars may know of a member."""
    return Member.objects.only("id", "number", "name", "is_active").filter(number=number).first() if number else None


def _near(at: datetime) -> tuple[datetime, datetime]:
    return at - NEAR, at + NEAR


def _trusted(at: datetime, unit: Unit) -> datetime:
    return min(now(), at - timedelta(seconds=unit.drift_s or 0.0))


def _words(returned: Returned | None, disposed: Disposed | None) -> str:
    if returned is not None:
        return f"{returned.source}: {returned.words}" if returned.words else ""
    return disposed.because if disposed is not None else ""


def _record(all_kept: list[CarOutcome], words: str, member: str) -> None:
    """One line, which names every alert that it is said of."""
    kept = all_kept[0]
    name = kept.by.partition(" ")[2] if kept.member_number else "not on the roster"
    record(
        Act.ALERTS_CAR_VERIFY if kept.answer else Act.ALERTS_CAR_DISPOSE,
        by=Signer(kept.member_number or None, name),
        about={
            "unit": kept.unit_id,
            "number": kept.sequence,
            "alerts": {str(each.alert_id): CarOutcomeState(each.state).value for each in all_kept if each.alert_id},
            "waiting": sum(each.state == CarOutcomeState.WAITING for each in all_kept),
            "at": kept.said_at.isoformat(),
            "answer": kept.answer,
            "outcome": kept.outcome,
            "ground": kept.ground,
        },
        content={"words": words, "member": "" if kept.member_number else member},
    )
