"""Home: what waits for this member today, by duty. Counts and times only; no plate stands here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.server.access.tripwires import shown_to
from platewarden.server.alerts import review
from platewarden.server.alerts.models import Alert, AlertState
from platewarden.server.alerts.rules import sees_silent
from platewarden.server.audits.models import Audit
from platewarden.server.audits.plan import is_behind, next_audit
from platewarden.server.clock import now
from platewarden.server.equipment.models import AskState, EnrolmentAsk, Unit, UnitState
from platewarden.server.evidence.models import Package, PackageState
from platewarden.server.hotlists import bolo
from platewarden.server.hotlists.models import Bolo, BoloState
from platewarden.server.hotlists.publish import newest_edition
from platewarden.server.investigations.canvass import waiting_for
from platewarden.server.investigations.models import Incident
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member, PolicyText
from platewarden.server.people.policy_text import due_on, to_acknowledge, without_acknowledgement
from platewarden.server.people.training import WARN_DAYS, days_left, today
from platewarden.server.retention.clock_watch import must_believe
from platewarden.server.retention.models import ChangeState, Hold, ScheduleChange
from platewarden.server.retention.purge import days_overdue
from platewarden.server.status import SILENT_AFTER


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    member = request.user
    assert isinstance(member, Member)
    context = {
        "training_until": member.trained_until(),
        "training_days": days_left(member, now()),
        **_policy(member),
        **_alerts(member),
        **_lists(),
        **_bolos(member),
        **_units(),
        "members_lapsing": _lapsing(),
        **_retention(),
        **_evidence(),
        **_audits(),
        **_incidents(member),
        "looks_to_judge": len(shown_to(member)),
        "reviews_waiting": review.in_all(),
    }
    return render(request, "web/home.html", context)


def _policy(member: Member) -> dict[str, Any]:
    """The written policy: what this member is to acknowledge, and how many members still are."""
    at = now()
    owed, standing = to_acknowledge(member, at), PolicyText.objects.in_force(today(at))
    return {
        "policy_owed": owed,
        "policy_due_on": due_on(owed, member) if owed else None,
        "policy_late": owed is not None and due_on(owed, member) < today(at),
        "policy_waiting": len(without_acknowledgement(standing)) if standing else 0,
    }


def _alerts(member: Member) -> dict[str, Any]:
    alerts = Alert.objects.open()
    if not sees_silent(member.duties_on(now())):
        alerts = alerts.filter(silent=False)
    fresh = alerts.filter(state=AlertState.RAISED).order_by("raised_at")
    oldest = fresh.first()
    return {"alerts_open": alerts.count(), "alerts_new": fresh.count(), "oldest_new_at": oldest.raised_at if oldest else None}


def _lists() -> dict[str, Any]:
    edition = newest_edition()
    stale = timedelta(hours=department().stale_after_hours)
    return {
        "edition": edition.number if edition else None,
        "edition_made_at": edition.made_at if edition else None,
        "edition_stale": edition is not None and now() - edition.made_at > stale,
    }


def _bolos(member: Member) -> dict[str, int]:
    """Counted only for who is shown all of them: a number tells of a silent one too."""
    if not bolo.sees_silent(member.duties_on(now())):
        return {}
    return {
        "bolos_waiting": Bolo.objects.filter(state=BoloState.WAITING).count(),
        "bolos_in_force": Bolo.objects.filter(state=BoloState.APPROVED, expires_at__gt=now()).count(),
    }


def _units() -> dict[str, Any]:
    enrolled = Unit.objects.filter(state=UnitState.ENROLLED)
    return {
        "units_waiting": EnrolmentAsk.objects.filter(state=AskState.WAITING).count(),
        "units_enrolled": enrolled.count(),
        "units_silent": enrolled.filter(last_contact_at__lt=now() - SILENT_AFTER).count(),
    }


def _retention() -> dict[str, Any]:
    return {
        "days_overdue": len(days_overdue()),
        "holds_unbooked": sum(hold.is_unbooked(today(now())) for hold in Hold.objects.standing()),
        "clock_waits": must_believe() is not None,
        "schedule_waits": ScheduleChange.objects.filter(state=ChangeState.WAITING).exists(),
    }


def _incidents(member: Member) -> dict[str, Any]:
    at, hours = now(), department().investigations["partial_hours"]
    standing = list(Incident.objects.standing().prefetch_related("watches"))
    return {
        "incidents_open": len(standing),
        "incidents_waiting": sum(each.waits_for_decision or each.partial_is_late(at, hours) for each in standing),
        "cosigns_to_sign": len(waiting_for(member)),
    }


def _evidence() -> dict[str, Any]:
    return {
        "packages_waiting": Package.objects.filter(state=PackageState.WRITTEN).count(),
        "packages_booked": Package.objects.filter(state=PackageState.BOOKED).count(),
    }


def _audits() -> dict[str, Any]:
    at, coming = now(), next_audit()
    return {
        "audits_open": Audit.objects.open().count(),
        "audits_late": is_behind(at),
        "audit_due_at": coming.due_at if coming else None,
    }


def _lapsing() -> int:
    left = [days_left(member, now()) for member in Member.objects.filter(is_active=True)]
    return sum(1 for days in left if days is None or days <= WARN_DAYS)
