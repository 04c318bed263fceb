"""Members, their duties, and until when each is trained."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.server.clock import now
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.training import WARN_DAYS, today


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    at = now()
    day = today(at)
    rows = [
        {
            "member": member,
            "duties": ", ".join(sorted(Duty(duty).label for duty in member.duties_on(at))),
            "trained_until": until,
            "is_lapsed": until is None or until < day,
            "ends_soon": until is not None and day <= until <= day + timedelta(days=WARN_DAYS),
        }
        for member in Member.objects.order_by("number")
        for until in (member.trained_until(),)
    ]
    return render(request, "people/members.html", {"rows": rows, "now": at})
