"""Home: what is red, what is late and what waits for this member, and the pages of their duties. Counts only; no plate stands here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.people.policy_text import due_on, to_acknowledge
from platewarden.server.people.training import days_left, today
from platewarden.server.web.day import lines_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    member, at = request.user, now()
    assert isinstance(member, Member)
    context = {
        "training_until": member.trained_until(),
        "training_days": days_left(member, at),
        **_policy(member),
        "lines": lines_of(member, member.duties_on(at), at),
    }
    return render(request, "web/home.html", context)


def _policy(member: Member) -> dict[str, Any]:
    """The written policy: what this member is to acknowledge."""
    at = now()
    owed = to_acknowledge(member, at)
    return {
        "policy_owed": owed,
        "policy_due_on": due_on(owed, member) if owed else None,
        "policy_late": owed is not None and due_on(owed, member) < today(at),
    }
