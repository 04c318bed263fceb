"""What may come of an alert. The page asks the same question as the act and shows the same sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal
from platewarden.server.alerts.models import ENFORCEMENT, Alert, Ground, Outcome, Seen, Verification
from platewarden.server.people.models import Duty

SEE_SILENT = frozenset({Duty.SUPERVISOR, Duty.DESIGNEE, Duty.INVESTIGATOR})


def sees_silent(duties: frozenset[str]) -> bool:
    """Silent entries (surveillance, interdiction) are not shown to patrol."""
    return bool(duties & {duty.value for duty in SEE_SILENT})


def due_at(alert: Alert, rules: Department) -> datetime:
    """Until when the alert should be verified and closed. Later entries are taken, and marked late."""
    return alert.raised_at + timedelta(minutes=rules.urgent_minutes if alert.urgent else rules.routine_minutes)


def must_be_verified(alert: Alert, outcome: Outcome, ground: str, because: str) -> Refusal | None:
    """Refuses an enforcement outcome that rests on the alert alone.

    It needs a return that confirms plate, state and an active entry, or the stated reason why verification was not
    practicable, or independent grounds; both reasons go to the supervisor. A possible hit needs an eye on the state first.
    """
    verifications = list(alert.verifications.order_by("at"))
    if outcome in ENFORCEMENT and (refusal := _must_rest_on(outcome, ground, because, verifications)):
        return refusal
    if alert.tier == "possible" and not _state_was_seen(verifications):
        return Refusal(
            Clause.VERIFY_BEFORE_ENFORCEMENT,
            "This is a possible hit only. Look at the picture and say whether the state is the same before you close it.",
        )
    return None


def _must_rest_on(outcome: Outcome, ground: str, because: str, verifications: list[Verification]) -> Refusal | None:
    if ground == Ground.VERIFIED and verifications and verifications[-1].unlocks:
        return None
    if ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT):
        if len(because.strip()) >= 10:
            return None
        return Refusal(
            Clause.VERIFY_BEFORE_ENFORCEMENT,
            "Say in a sentence why verification was not practicable, or what the independent grounds were. The supervisor reviews it.",
        )
    return Refusal(
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        f"“{outcome.label}” cannot be recorded on this alert alone. Verify it through the official database first, "
        "or say why that was not practicable, or what the independent grounds were.",
    )


def _state_was_seen(verifications: list[Verification]) -> bool:
    return any(each.state != Seen.CANNOT_TELL for each in verifications)
