"""The one translator for people: a refusal becomes a page with the clause's number, its sentence, and what to do next.

A refusal is recorded in the ledger, without the page's content. Where the ledger cannot be written, the answer is still no.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from platewarden.policy.refusal import PlatewardenError, Refused, Tampered, Unavailable, Unknown
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member

log = logging.getLogger("platewarden.web")
PAGES = {400: "web/400.html", 404: "web/404.html", 409: "web/409.html", 500: "web/500.html", 503: "web/503.html"}
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
        page = PAGES.get(error.status, PAGES[500])
        return render(request, page, {"sentence": error.message}, status=error.status)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """The refusal page: clause, number, sentence."""
    member = request.user
    by = Signer(member.number, member.name) if isinstance(member, Member) else Signer(None, "nobody signed in")
    where = request.resolver_match.view_name if request.resolver_match else ""
    try:
        record(Act.ACCESS_REFUSED, by=by, about={"clause": error.clause.value, "where": where}, content={"because": error.message})
    except DatabaseError:
        log.exception("a refusal could not be recorded")
    rules = department()
    context = {
        "refusal": error.refusal,
        "clause": error.clause,
        "number": rules.number_of(error.clause),
        "clause_sentence": error.clause.sentence,
        "sentence": error.message,
    }
    return render(request, "web/403.html", context, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that did not come from one of our pages, or from a session that ended meanwhile."""
    return render(
        request, "web/400.html", {"sentence": "This form is no longer valid: go back, reload the page and send it again."}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "web/404.html", {"sentence": Unknown().message}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "web/500.html", {"sentence": "Something went wrong on the server. It was noted; nothing was changed."}, status=500)


