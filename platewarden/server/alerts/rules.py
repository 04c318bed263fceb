"""What may come of an alert. The page asks the same question as the act and shows the same sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal
from platewarden.policy.verification import Answered, Outcome
from platewarden.policy.verification import must_be_verified as shared_rule
from platewarden.server.alerts.models import Alert, StateReturn, Verification
from platewarden.server.hotlists.models import Source
from platewarden.server.people.authorize import may_see
from platewarden.server.people.models import Duty, Member

SEE_SILENT = frozenset({Duty.SUPERVISOR, Duty.DESIGNEE, Duty.INVESTIGATOR})


def sees_silent(duties: frozenset[str]) -> bool:
    """Silent entries (surveillance, interdiction) are not shown to patrol."""
    return bool(duties & {duty.value for duty in SEE_SILENT})


def due_at(alert: Alert, rules: Department) -> datetime:
    """Until when the alert should be verified and closed. Later entries are taken, and marked late."""
    return alert.raised_at + timedelta(minutes=rules.urgent_minutes if alert.urgent else rules.routine_minutes)


def may_act_on(alert: Alert, member: Member, at: datetime) -> Refusal | None:
    """Refuses a member who may not see what the alert's confidential source says: what one cannot see, one cannot verify or close."""
    if alert.source is None or not alert.source.is_confidential:
        return None
    return may_see(member, alert.source.name, at)


def may_use(source: Source, member: Member, at: datetime) -> Refusal | None:
    """Refuses a member who is not authorized for the state system when its returns are confidential."""
    if not source.is_confidential or not (refusal := may_see(member, source.name, at)):
        return None
    return Refusal(
        refusal.clause, f"The returns of {source.name} are confidential, and you are not authorized for it. Ask dispatch to verify."
    )


def must_be_looked_into(alert: Alert) -> bool:
    """True when a typed return unlocked what the state system's own last answer did not confirm: the supervisor looks at both."""
    counts = counting(list(alert.verifications.order_by("at")))
    last = StateReturn.objects.filter(ask__alert=alert).exclude(answer__in=("", Answered.PENDING)).order_by("-at").first()
    return bool(last and counts and counts.ask_id is None and last.answer != Answered.CONFIRMS)


def must_be_verified(alert: Alert, outcome: Outcome, ground: str, because: str) -> Refusal | None:
    """Refuses an enforcement outcome that rests on the alert alone.

    It needs a return that confirms plate, state and an active entry, or the stated reason why verification was not
    practicable, or independent grounds; both reasons go to the supervisor. A possible hit needs an eye on the state first.
    """
    made = list(alert.verifications.order_by("at"))
    counts = counting(made)
    return shared_rule(
        outcome,
        ground,
        because,
        counts=counts.as_verified() if counts else None,
        verifications=[each.as_verified() for each in made],
        is_possible=alert.tier == "possible",
    )


def counting(made: Sequence[Verification]) -> Verification | None:
    """The verification that counts: the last one of its place (this car, that car, the office); between places the earliest answer."""
    last = {each.unit_id: each for each in made}.values()
    answered = [each for each in last if each.answer != Answered.PENDING]
    return min(answered, key=lambda each: each.at) if answered else max(last, key=lambda each: each.at, default=None)
