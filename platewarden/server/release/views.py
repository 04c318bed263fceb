"""Requests of other agencies: taken in, found again, decided; what one asks for is shown when asked, under a line in the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.forms import DecideForm, FindForm, ReceiveForm
from platewarden.server.release.models import ReleaseRequest, RequestState
from platewarden.server.release.on_file import access_to_papers, find, overdue, papers
from platewarden.server.release.papers import referral_pdf
from platewarden.server.release.receive import receive
from platewarden.server.release.review import NO_REQUEST, decide
from platewarden.server.release.rules import may_approve, may_decide
from platewarden.server.retention.models import Hold

ON_A_PAGE = 100


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_http_methods(["GET", "POST"])
def on_file(request: HttpRequest) -> HttpResponse:
    """Everything on file, newest first; found by words that never stand in the address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found = find()
    if form.is_valid():
        given = form.cleaned_data
        found = find(given["words"], since=given["since"], until=given["until"])
    on = today(now())
    context = {
        "form": form,
        "rows": [{"asked": each, "late": each.is_late(on)} for each in found[:ON_A_PAGE]],
        "in_all": found.count(),
        "waiting": find().filter(state=RequestState.WAITING).count(),
        "overdue": overdue().count(),
        "refusal": may_do(_member(request), Act.RELEASE_RECEIVE, now()),
    }
    return render(request, "release/on_file.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if refusal := may_do(_member(request), Act.RELEASE_RECEIVE, now()):
        raise Refused(refusal)
    form = ReceiveForm(request.POST or None, request.FILES or None, holds=Hold.objects.standing().order_by("-pk"))
    if request.method == "POST" and form.is_valid():
        try:
            made = receive(request, form.new())
        except Refused as error:
            form.add_error(None, error.message)
        else:
            referred = made.state == RequestState.REFERRED
            messages.success(
                request,
                f"{made} is referred to Records, and closed here. Print its letter."
                if referred
                else f"{made} is on file and waits for review.",
            )
            return redirect("release:asked", made.pk)
    context = {"form": form, "response_days": department().release_response_days}
    return render(request, "release/new.html", context, status=422 if form.errors else 200)


@require_GET
def asked(request: HttpRequest, request_id: int) -> HttpResponse:
    return _page(request, _asked(request_id))


@require_POST
@needs_purpose
def show(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """The same page with what is asked for."""
    found = _asked(request_id)
    access = access_to_papers(request, found)
    return _page(request, found, shown=papers(access))


@require_POST
@needs_purpose
def letter(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """The letter as it came, to be kept outside the browser's own pages."""
    found = _asked(request_id)
    access = access_to_papers(request, found)
    response = HttpResponse(papers(access).letter, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-letter.pdf"'
    return response


@require_POST
def decided(request: HttpRequest, request_id: int) -> HttpResponse:
    found, form = _asked(request_id), DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    given = form.cleaned_data
    only = given["only"] if given["decision"] == "narrow" else ""
    made = decide(request, found.pk, approves=given["decision"] != "deny", because=given["because"], only=only)
    messages.success(request, f"{made} is {'approved' if made.state == RequestState.APPROVED else 'denied'}.")
    return redirect("release:asked", made.pk)


@require_GET
def referral(request: HttpRequest, request_id: int) -> HttpResponse:
    """The letter that says that it was referred."""
    if refusal := may_do(_member(request), Act.RELEASE_RECEIVE, now()):
        raise Refused(refusal)
    found = _asked(request_id)
    if found.state != RequestState.REFERRED:
        raise Unknown(f"{found} was not referred, so there is no letter of referral.")
    made = referral_pdf(facts_of(found))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-referral.pdf"'
    return response


def facts_of(found: ReleaseRequest) -> dict[str, Any]:
    """What the letter of referral says."""
    here = department()
    return {
        "department": here.name,
        "number": found.number,
        "agency": found.agency,
        "requester": found.requester,
        "received": f"{timezone.localtime(found.received_at, here.time_zone):%m/%d/%Y}",
        "sent": f"{today(now()):%m/%d/%Y}",
        "clause": here.number_of(Clause.REFERRED_TO_RECORDS),
        "records_policy": here.records_policy,
        "received_by": found.received_by,
        "hold": found.hold.number if found.hold else None,
    }


def _asked(request_id: int) -> ReleaseRequest:
    found = ReleaseRequest.objects.select_related("hold").filter(pk=request_id).first()
    if found is None:
        raise Unknown(NO_REQUEST)
    return found


def _page(request: HttpRequest, found: ReleaseRequest, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    context: dict[str, Any] = {
        "asked": found,
        "late": found.is_late(today(at)),
        "same_agency": list(find().filter(agency__iexact=found.agency).exclude(pk=found.pk)[:20]),
        "decide_refusal": may_decide(found, member, at),
        "approve_refusal": may_approve(found),
        "look_refusal": may_do(member, Act.RELEASE_LOOK, at),
        "letter_refusal": may_do(member, Act.RELEASE_RECEIVE, at),
        "form": DecideForm(),
        "shown": None,
    }
    wrong = any(each.errors for each in more.values() if isinstance(each, forms.Form))
    return render(request, "release/asked.html", context | more, status=422 if wrong else 200)
