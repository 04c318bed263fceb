"""The one translator for people: a refusal becomes a page with the clause's number, its sentence, and what to do next.

A refusal is recorded in the ledger, without the page's content. Where the ledger cannot be written, the answer is still no.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from platewarden.policy.refusal import PlatewardenError, Refused, Tampered, Unavailable, Unknown
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member

log = logging.getLogger("platewarden.web")
DATABASE_AWAY = "The database does not answer right now. Nothing was changed. Try again in a moment."


class Translator:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ObjectDoesNotExist | Http404):
            error = Unknown()
        if isinstance(error, OperationalError | InterfaceError):
            error = Unavailable(DATABASE_AWAY)
        if isinstance(error, Refused):
            return refused(request, error)
        if not isinstance(error, PlatewardenError):
            return None
        if isinstance(error, Tampered):
            log.error("tampered: %s", error.message)
        return answered(request, error.status, error.message)


def answered(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """A page that is not what was asked for. Without the database even the shell cannot be drawn: a bare page then."""
    try:
        return render(request, "web/failed.html", {"status": status, "message": message}, status=status)
    except (OperationalError, InterfaceError, Unavailable):
        return HttpResponse(render_to_string("web/away.html", {"message": message}), status=503)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """The refusal page: clause, number, sentence."""
    member = request.user
    by = Signer(member.number, member.name) if isinstance(member, Member) else Signer(None, "nobody signed in")
    where = request.resolver_match.view_name if request.resolver_match else ""
    recorded = True
    try:
        record(Act.ACCESS_REFUSED, by=by, about={"clause": error.clause.value, "where": where}, content={"because": error.message})
    except DatabaseError:
        log.exception("a refusal could not be recorded")
        recorded = False
    return render(request, "web/refused.html", {"refusal": error.refusal, "recorded": recorded, **_way_back(request)}, status=403)


def _way_back(request: HttpRequest) -> dict[str, str]:
    """From a refused act on an alert, back to its card."""
    alert_id = request.resolver_match.kwargs.get("alert_id") if request.resolver_match else None
    if alert_id is None or request.method != "POST":
        return {}
    return {"next_url": reverse("alerts:card", args=[alert_id]), "next_words": f"Back to alert {alert_id}"}


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that did not come from one of our pages, or from a session that ended meanwhile."""
    return render(
        request,
        "web/failed.html",
        {"status": 400, "message": "This form is no longer valid: go back, load the page again and send it once more."},
        status=403,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return answered(request, 404, Unknown().message)


def failed(request: HttpRequest) -> HttpResponse:
    """What nobody translated. A database that is away is met here when even the shell needed it."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("web/away.html", {"message": DATABASE_AWAY}), status=503)
    return answered(request, 500, "Something went wrong on the server. It was noted. Go back and try again.")
