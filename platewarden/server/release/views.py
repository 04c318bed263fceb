"""Requests of other agencies: taken in, found again, decided, fulfilled; what one asks for is shown when asked, under a line in the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Stale, Unknown
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.contents import permitted_by
from platewarden.server.release.forms import DecideForm, FindForm, FulfilForm, HandOverForm, NameForm, ReceiveForm
from platewarden.server.release.fulfil import fulfil, newest_grant, newest_package
from platewarden.server.release.grant import name_reads
from platewarden.server.release.hand_over import NO_PACKAGE, hand_over, sealed_bytes
from platewarden.server.release.models import Basis, ReleaseReceipt, ReleaseRequest, RequestState
from platewarden.server.release.on_file import access_to_papers, find, of_agency, overdue, papers, queue
from platewarden.server.release.papers import receipt_pdf, referral_pdf
from platewarden.server.release.receive import receive
from platewarden.server.release.review import NO_REQUEST, decide
from platewarden.server.release.rules import may_approve, may_decide, may_fulfil, may_name
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
        "queue": [{"asked": each, "late": each.is_late(on)} for each in queue()],
        "refusal": may_do(_member(request), Act.RELEASE_RECEIVE, now()),
    }
    return render(request, "release/on_file.html", context)


@require_http_methods(["GET", "POST"])
@needs_purpose
def new(request: HttpRequest) -> HttpResponse:
    if refusal := may_do(_member(request), Act.RELEASE_RECEIVE, now()):
        raise Refused(refusal)
    form = ReceiveForm(request.POST or None, request.FILES or None, holds=Hold.objects.standing().order_by("-pk"))
    if request.method == "POST" and form.is_valid():
        try:
            made = receive(request, form.new())
        except (Refused, Stale) as error:
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
    here = department()
    context = {
        "form": form,
        "response_days": here.release_response_days,
        "permitted": [each.label for each in Basis if each in here.permitted_by_law],
    }
    return render(request, "release/new.html", context, status=422 if form.errors else 200)


@require_GET
def asked(request: HttpRequest, request_id: int) -> HttpResponse:
    return _page(request, _asked(request_id))


@require_GET
def agency(request: HttpRequest, request_id: int) -> HttpResponse:
    """The history of the agency of a request: what it asked, what was decided, what it was handed. Its name stands in no address."""
    found = _asked(request_id)
    if refusal := may_do(_member(request), Act.RELEASE_LOOK, now()):
        raise Refused(refusal)
    rows = list(of_agency(found.agency))
    receipts = [each.receipt for each in rows if hasattr(each, "receipt")]
    on = today(now())
    context = {
        "agency": found,
        "rows": [{"asked": each, "receipt": getattr(each, "receipt", None), "late": each.is_late(on)} for each in rows[:ON_A_PAGE]],
        "in_all": len(rows),
        "counts": [(state.label, sum(each.state == state for each in rows)) for state in RequestState],
        "handed_over": len(receipts),
        "reads": sum(each.package.reads for each in receipts),
        "persons": sorted({each.requester for each in rows}),
    }
    return render(request, "release/agency.html", context)


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
@needs_purpose
def permit(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """The instrument as it came with the letter."""
    found = _asked(request_id)
    access = access_to_papers(request, found)
    content = papers(access).permit
    if content is None:
        raise Unknown(f"No instrument came with {found}.")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-instrument.pdf"'
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


@require_POST
@needs_purpose
def named(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """Which reads the approval covers."""
    found, form = _asked(request_id), NameForm(request.POST)
    if refusal := may_name(found, _member(request), now()):
        raise Refused(refusal)
    if not form.is_valid():
        return _page(request, found, name_form=form)
    try:
        granted = name_reads(request, found.pk, form.cleaned_data["covered"])
    except Refused as error:
        form.add_error(None, error.message)
        return _page(request, found, name_form=form)
    messages.success(request, f"{found} covers {granted.reads} {'read' if granted.reads == 1 else 'reads'}, and no other.")
    return redirect("release:asked", found.pk)


@require_POST
@needs_purpose
def fulfilled(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """The package is made and sealed."""
    found, form = _asked(request_id), FulfilForm(request.POST)
    if refusal := may_fulfil(found, newest_grant(found), _member(request), now()):
        raise Refused(refusal)
    if not form.is_valid():
        return _page(request, found, fulfil_form=form)
    given = form.cleaned_data
    try:
        made = fulfil(request, found.pk, given["recipient"], expires_on=given["expires_on"])
    except Refused as error:
        form.add_error(None, error.message)
        return _page(request, found, fulfil_form=form)
    messages.success(request, f"{made} is sealed to the agency's key. Take the file, hand it over, then write the receipt.")
    return redirect("release:asked", found.pk)


@require_GET
def package(request: HttpRequest, request_id: int) -> HttpResponse:
    """The sealed file, for who hands it over; only the agency opens it."""
    made, content = sealed_bytes(_asked(request_id), by=_member(request))
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{made.number}.zip.age"'
    return response


@require_POST
def handed_over(request: HttpRequest, request_id: int) -> HttpResponse:
    found, form = _asked(request_id), HandOverForm(request.POST)
    made = newest_package(found)
    if made is None:
        raise Unknown(NO_PACKAGE)
    if not form.is_valid():
        return _page(request, found, hand_over_form=form)
    given = form.cleaned_data
    hand_over(request, made.pk, to_whom=given["to_whom"], way=given["way"])
    messages.success(request, f"{made} was handed over. Its receipt is on file.")
    return redirect("release:asked", found.pk)


@require_GET
def receipt(request: HttpRequest, request_id: int) -> HttpResponse:
    """The receipt, to be signed by both."""
    if refusal := may_do(_member(request), Act.RELEASE_HAND_OVER, now()):
        raise Refused(refusal)
    found = _asked(request_id)
    written = _receipt(found)
    if written is None:
        raise Unknown(f"{found} was not handed over, so there is no receipt.")
    response = HttpResponse(receipt_pdf(facts_of_receipt(written)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-receipt.pdf"'
    return response


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


def facts_of_receipt(written: ReleaseReceipt) -> dict[str, Any]:
    """What the receipt says."""
    here, asked, made = department(), written.request, written.package
    return {
        "department": here.name,
        "number": asked.number,
        "agency": asked.agency,
        "purpose": asked.purpose,
        "permitted_by": permitted_by(asked),
        "permit_sha256": asked.permit_sha256,
        "approved_by": asked.decided_by,
        "package": made.number,
        "reads": made.reads,
        "pictures": made.photos,
        "gone": made.gone,
        "bytes": f"{made.size_bytes:,}",
        "sha256": written.sha256,
        "recipient": made.recipient,
        "to_whom": written.to_whom,
        "way": written.way,
        "handed_by": written.handed_by,
        "handed_at": f"{timezone.localtime(written.handed_at, here.time_zone):%m/%d/%Y %H:%M %Z}",
        "clause": here.number_of(Clause.RELEASE_REVIEWED),
    }


def _receipt(found: ReleaseRequest) -> ReleaseReceipt | None:
    return ReleaseReceipt.objects.select_related("request", "package").filter(request=found).first()


def _asked(request_id: int) -> ReleaseRequest:
    found = ReleaseRequest.objects.select_related("hold").filter(pk=request_id).first()
    if found is None:
        raise Unknown(NO_REQUEST)
    return found


def _page(request: HttpRequest, found: ReleaseRequest, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    granted = newest_grant(found)
    context: dict[str, Any] = {
        "asked": found,
        "granted": granted,
        "package": newest_package(found),
        "receipt": _receipt(found),
        "name_refusal": may_name(found, member, at),
        "fulfil_refusal": may_fulfil(found, granted, member, at),
        "name_form": NameForm(),
        "fulfil_form": FulfilForm(),
        "hand_over_form": HandOverForm(),
        "late": found.is_late(today(at)),
        "same_agency": list(of_agency(found.agency).exclude(pk=found.pk)[:8]),
        "decide_refusal": may_decide(found, member, at),
        "approve_refusal": may_approve(found, member, at),
        "look_refusal": may_do(member, Act.RELEASE_LOOK, at),
        "letter_refusal": may_do(member, Act.RELEASE_RECEIVE, at),
        "form": DecideForm(),
        "shown": None,
    }
    wrong = any(each.errors for each in more.values() if isinstance(each, forms.Form))
    return render(request, "release/asked.html", context | more, status=422 if wrong else 200)
