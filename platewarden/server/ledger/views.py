"""What was recorded about me: every member may see their own lines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from platewarden.server.ledger.read import lines_of

PAGE = 50


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    raw = request.GET.get("before", "")
    before = int(raw) if raw.isdecimal() and len(raw) < 19 else None
    lines = lines_of(request.user.get_username(), before=before, at_most=PAGE + 1)
    older = lines[PAGE - 1].leaf if len(lines) > PAGE else None
    return render(request, "ledger/mine.html", {"lines": lines[:PAGE], "older": older, "is_first": before is None})
