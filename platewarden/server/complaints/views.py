"""Complaints: the list, taking one in, one complaint with what it belongs to, its words when asked, the decision, the answer on paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.access.views import needs_purpose
from platewarden.server.alerts.rules import sees_silent
from platewarden.server.clock import now
from platewarden.server.complaints.decide import decide
from platewarden.server.complaints.forms import DecideForm, LinkForm, ReceiveForm
from platewarden.server.complaints.link import link
from platewarden.server.complaints.models import Complaint, ComplaintOutcome
from platewarden.server.complaints.on_file import NO_COMPLAINT, Paper, access_to_paper, complaints, paper
from platewarden.server.complaints.papers import answer_pdf
from platewarden.server.complaints.receive import receive
from platewarden.server.complaints.rules import may_decide, may_link, may_look_into
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.retention.models import Hold

ON_A_PAGE = 100


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


def _holds_and_sight(request: HttpRequest) -> dict[str, Any]:
    return {
        "holds": Hold.objects.standing().order_by("-pk"),
        "sees_silent": sees_silent(_member(request).duties_on(now())),
    }


@require_GET
def complaints_on_file(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was decided; names of who complained are on no list."""
    member, at = _member(request), now()
    if refusal := may_do(member, Act.COMPLAINTS_LOOK, at):
        raise Refused(refusal)
    shown = [each for each in complaints()[:ON_A_PAGE] if member.number not in each.members]
    waiting = Complaint.objects.waiting()
    context = {
        "rows": [{"complaint": each, "late": each.is_late(today(at))} for each in shown],
        "waiting": waiting.count(),
        "overdue": waiting.filter(due_on__lt=today(at)).count(),
        "refusal": may_do(member, Act.COMPLAINTS_RECEIVE, at),
    }
    return render(request, "complaints/on_file.html", context)


@require_http_methods(["GET", "POST"])
@needs_purpose
def new(request: HttpRequest) -> HttpResponse:
    if refusal := may_do(_member(request), Act.COMPLAINTS_RECEIVE, now()):
        raise Refused(refusal)
    form = ReceiveForm(request.POST or None, request.FILES or None, **_holds_and_sight(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = receive(request, form.new())
        except (Refused, Stale, Malformed) as error:
            form.add_error(None, error.message)
        else:
            held = f", and {made.hold} spares what it is about" if made.hold else ""
            messages.success(request, f"{made} is on file{held}.")
            return redirect("complaints:complaint", made.pk)
    context = {"form": form, "answer_days": department().complaint_answer_days}
    return render(request, "complaints/new.html", context, status=422 if form.errors else 200)


@require_GET
def complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    return _page(request, _complaint(request, complaint_id))


@require_POST
@needs_purpose
def show(request: HttpRequest, complaint_id: int) -> HttpResponseBase:
    """The same page with what it says."""
    found, shown = _shown(request, complaint_id)
    return _page(request, found, shown=shown)


@require_POST
@needs_purpose
def letter(request: HttpRequest, complaint_id: int) -> HttpResponseBase:
    """The letter as it came."""
    found, shown = _shown(request, complaint_id)
    if shown.letter is None:
        raise Unknown(f"{found} came without a letter.")
    response = HttpResponse(shown.letter, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-letter.pdf"'
    return response


@require_POST
def link_found(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """What was found out belongs to it."""
    found = _complaint(request, complaint_id)
    form = LinkForm(request.POST, **_holds_and_sight(request))
    if not form.is_valid():
        return _page(request, found, link_form=form)
    try:
        link(request, found, form.links())
    except Malformed as error:
        form.add_error(None, error.message)
        return _page(request, found, link_form=form)
    messages.success(request, f"It belongs to {found} now.")
    return redirect("complaints:complaint", found.pk)


@require_POST
def decided(request: HttpRequest, complaint_id: int) -> HttpResponse:
    found, form = _complaint(request, complaint_id), DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, decide_form=form)
    given = form.cleaned_data
    decide(request, found, ComplaintOutcome(given["outcome"]), because=given["because"], answer=given["answer"])
    messages.success(request, f"{found} is decided. Print the answer, and send it.")
    return redirect("complaints:complaint", found.pk)


@require_POST
@needs_purpose
def answer(request: HttpRequest, complaint_id: int) -> HttpResponseBase:
    """The answer on paper."""
    found, shown = _shown(request, complaint_id)
    if found.decided_at is None:
        raise Unknown(f"{found} is not decided yet, so there is no answer.")
    response = HttpResponse(answer_pdf(facts_of(found, shown)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-answer.pdf"'
    return response


def facts_of(found: Complaint, said: Paper) -> dict[str, Any]:
    """What the answer says."""
    here = department()
    assert found.decided_at is not None
    return {
        "department": here.name,
        "number": found.number,
        "came": f"{found.came_on:%m/%d/%Y}",
        "sent": f"{today(now()):%m/%d/%Y}",
        "about": found.get_about_display().lower(),
        "outcome": found.get_outcome_display(),
        "complainant": said.complainant,
        "contact": said.contact,
        "answer": said.answer,
        "decided_by": found.decided_by,
        "decided": f"{timezone.localtime(found.decided_at, here.time_zone):%m/%d/%Y}",
    }


def _complaint(request: HttpRequest, complaint_id: int) -> Complaint:
    found = complaints().filter(pk=complaint_id).first()
    if found is None:
        raise Unknown(NO_COMPLAINT)
    if refusal := may_look_into(found, _member(request), now()):
        raise Refused(refusal)
    return found


def _shown(request: HttpRequest, complaint_id: int) -> tuple[Complaint, Paper]:
    found = _complaint(request, complaint_id)
    access = access_to_paper(request, found)
    return found, paper(access)


def _page(request: HttpRequest, found: Complaint, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    context: dict[str, Any] = {
        "complaint": found,
        "late": found.is_late(today(at)),
        "members": list(Member.objects.filter(number__in=found.members).order_by("number")),
        "sees_alert": found.alert is not None and (not found.alert.silent or sees_silent(member.duties_on(at))),
        "link_refusal": may_link(found, member, at),
        "decide_refusal": may_decide(found, member, at),
        "link_form": LinkForm(**_holds_and_sight(request)),
        "decide_form": DecideForm(),
        "shown": None,
    }
    wrong = any(each.errors for each in more.values() if isinstance(each, forms.Form))
    return render(request, "complaints/complaint.html", context | more, status=422 if wrong else 200)
