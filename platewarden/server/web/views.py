"""Home: what waits for this member today, by duty."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.server.clock import now
from platewarden.server.equipment.models import LateReport, Unit, UnitState
from platewarden.server.hotlists.publish import newest_edition
from platewarden.server.people.models import Member
from platewarden.server.people.training import WARN_DAYS, days_left


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    member = request.user
    assert isinstance(member, Member)
    left = days_left(member, now())
    context = {
        "training_days_left": left,
        "training_ends_soon": left is not None and left <= WARN_DAYS,
        "trained_until": member.trained_until(),
        "edition": newest_edition(),
        "units": Unit.objects.filter(state=UnitState.ENROLLED).order_by("name"),
        "late_reports": LateReport.objects.count(),
        "now": now(),
    }
    return render(request, "web/home.html", context)
