"""Members, their duties, and until when each is trained; and the acts on one of them, each refused here as at the console."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Unknown
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer
from platewarden.server.people import assign as duties
from platewarden.server.people import authorize as sources
from platewarden.server.people import enrol as enrolling
from platewarden.server.people import policy_text as policies
from platewarden.server.people.editions import department
from platewarden.server.people.forms import (
    AuthorizationForm,
    DayForm,
    DutyForm,
    EnrolForm,
    PolicyTextForm,
    TrainingFileForm,
    TrainingForm,
)
from platewarden.server.people.models import Acknowledgement, Duty, Member, PolicyEdition, PolicyText
from platewarden.server.people.rules import MANAGERS, may_do
from platewarden.server.people.training import WARN_DAYS, before_training, enter_completion, today
from platewarden.server.people.training_file import MOST_BYTES, NAMED_AT_MOST, plan_of, take_in

SHOWN = {"here": "Here", "untrained": "Not trained", "soon": "Ends within 30 days", "left": "Left", "all": "All"}
FILE_IS_THEIRS = Refusal(
    Clause.ASSIGNED_MEMBERS, "The department's file is for the supervisor, a designee and the auditor. Ask one of them."
)
TOLD = MANAGERS | {Duty.AUDITOR}  # who has not acknowledged the policy is for them


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


def _may(request: HttpRequest, act: Act) -> Signer:
    """Who signs the act. Refused without the duty."""
    member = _member(request)
    if refusal := may_do(member, act, now()):
        raise Refused(refusal)
    return Signer(member.number, member.name)


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    at, shown = now(), request.GET.get("show", "here")
    shown = shown if shown in SHOWN else "here"
    rows = [_row(member) for member in Member.objects.order_by("number")]
    wanted: dict[str, Callable[[dict[str, Any]], bool]] = {
        "here": lambda row: row["member"].is_active,
        "untrained": lambda row: row["member"].is_active and row["is_lapsed"],
        "soon": lambda row: row["member"].is_active and row["ends_soon"],
        "left": lambda row: not row["member"].is_active,
        "all": lambda _row: True,
    }
    context = {
        "rows": [row for row in rows if wanted[shown](row)],
        "shown": shown,
        "choices": [(name, label, sum(map(wanted[name], rows))) for name, label in SHOWN.items()],
        "enrol_refusal": may_do(_member(request), Act.PEOPLE_ENROL, at),
        "now": at,
    }
    return render(request, "people/members.html", context)


def _row(member: Member) -> dict[str, Any]:
    at = now()
    day, until = today(at), member.trained_until()
    return {
        "member": member,
        "duties": ", ".join(sorted(Duty(duty).label for duty in member.duties_on(at))),
        "trained_until": until,
        "is_lapsed": until is None or until < day,
        "ends_soon": until is not None and day <= until <= day + timedelta(days=WARN_DAYS),
    }


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Takes a member on, with duties or not at all. The password is shown in the answer, once, and kept nowhere."""
    signer = _may(request, Act.PEOPLE_ENROL)
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                new, handed = enrolling.enrol_member(number=given["number"], name=given["name"], by=signer)
                for each in given["duties"]:
                    duties.assign(new, Duty(each), by=signer)
        except Malformed as error:
            form.add_error("number", error.message)
        except Refused as refused:
            form.add_error("duties", department().say(refused.refusal))
        else:
            return render(request, "people/enrolled.html", {"member": new, "password": handed.password, "duties": given["duties"]})
    return render(request, "people/enrol.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def member(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _one(number))


@require_http_methods(["GET", "POST"])
def training_file(request: HttpRequest) -> HttpResponse:
    """What a file of trainings would enter, shown before anything is."""
    signer, form = _may(request, Act.PEOPLE_TRAINING_FILE), TrainingFileForm(request.POST or None, request.FILES or None)
    plan, raw = None, b""
    if request.method == "POST" and form.is_valid():
        try:
            raw = form.cleaned_data["file"].read(MOST_BYTES + 1)
            plan = plan_of(raw, by=signer)
        except Malformed as error:
            form.add_error("file", error.message)
    context = {"form": form, "plan": plan, "carried": base64.b64encode(raw).decode(), "named": NAMED_AT_MOST}
    is_wrong = bool(form.errors or (plan and plan.wrong))
    return render(request, "people/training_file.html", context, status=422 if is_wrong else 200)


@require_POST
def training_file_enter(request: HttpRequest) -> HttpResponse:
    """Enters the file that was shown. It is looked at again: somebody may have been quicker."""
    signer = _may(request, Act.PEOPLE_TRAINING_FILE)
    try:
        done = take_in(base64.b64decode(request.POST.get("carried", "")), by=signer)
    except (Malformed, binascii.Error):
        messages.warning(request, "Nothing was entered: the file is not right any more. Look at it again.")
        return redirect("people:training_file")
    if done.new:
        messages.success(request, f"{len(done.new)} trainings were entered; {done.known} were on file already.")
    else:
        messages.warning(request, "Nothing was entered: every training of the file is on file already.")
    return redirect("people:members")


@before_training
@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """The policy in force on a day: the text that members read, the file that the program decides by; and who has not acknowledged."""
    by, at = _member(request), now()
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today(at)})
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today(at)
    ended = datetime.combine(day + timedelta(days=1), time(), department().time_zone) - timedelta(microseconds=1)
    standing = PolicyText.objects.in_force(today(at))
    is_told = bool(by.duties_on(at) & {duty.value for duty in TOLD})
    waiting = policies.without_acknowledgement(standing) if is_told and standing else []
    mine = dict(Acknowledgement.objects.filter(member=by).values_list("text", "acknowledged_at"))
    context = {
        "form": form,
        "day": day,
        "text": PolicyText.objects.in_force(day),
        "edition": PolicyEdition.objects.in_force(at if day == today(at) else ended),
        "standing": standing,
        "texts": [{"text": each, "acknowledged_at": mine.get(each.number)} for each in PolicyText.objects.order_by("-number")],
        "editions": PolicyEdition.objects.order_by("-number"),
        "is_told": is_told,
        "waiting": [{"member": each, "due_on": policies.due_on(standing, each)} for each in waiting] if standing else [],
        "today": today(at),
        "enter_refusal": may_do(by, Act.PEOPLE_POLICY, at),
    }
    return render(request, "people/policy.html", context, status=422 if form.errors else 200)


@before_training
@require_GET
def policy_text(request: HttpRequest, text: int) -> HttpResponse:
    """One text to read, what it changed, and whether this member has acknowledged it."""
    by, day = _member(request), today(now())
    one = PolicyText.objects.filter(number=text).first()
    if one is None:
        raise Unknown("There is no such text of the policy.")
    before, standing = PolicyText.objects.filter(number=text - 1).first(), PolicyText.objects.in_force(day)
    given = one.acknowledgements.filter(member=by).first()
    context = {
        "text": one,
        "before": before,
        "changed": policies.changed_lines(before.text, one.text) if before else [],
        "acknowledged_at": given.acknowledged_at if given else None,
        "is_over": standing is not None and one.number < standing.number,
        "is_to_come": one.in_force_on > day,
        "due_on": policies.due_on(one, by),
        "is_late": day > policies.due_on(one, by),
    }
    return render(request, "people/policy_text.html", context)


@before_training
@require_POST
def acknowledge(request: HttpRequest, text: int) -> HttpResponse:
    policies.acknowledge(_member(request), text)
    messages.success(request, f"You have acknowledged text {text} of the policy.")
    return redirect("people:policy_text", text)


@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    signer, form = _may(request, Act.PEOPLE_POLICY), PolicyTextForm(request.POST or None, initial={"in_force_on": today(now())})
    if request.method == "POST" and form.is_valid():
        try:
            entered = policies.enter_text(form.cleaned_data["text"], in_force_on=form.cleaned_data["in_force_on"], by=signer)
        except Malformed as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"This is text {entered.number} of the policy. Members are asked to acknowledge it.")
            return redirect("people:policy_text", entered.number)
    return render(request, "people/policy_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def policy_file(request: HttpRequest, edition: int) -> HttpResponse:
    """One edition of the department's file, and what it changed."""
    if not _member(request).duties_on(now()) & {duty.value for duty in TOLD}:
        raise Refused(FILE_IS_THEIRS)
    one = PolicyEdition.objects.filter(number=edition).first()
    if one is None:
        raise Unknown("There is no such edition of the department's file.")
    before = PolicyEdition.objects.filter(number=edition - 1).first()
    context = {
        "edition": one,
        "before": before,
        "changed": policies.changed_lines(before.text, one.text) if before else [],
        "digest": hashlib.sha256(one.text.encode()).hexdigest(),
        "is_to_come": one.in_force_at > now(),
    }
    return render(request, "people/policy_file.html", context)


@require_POST
def give(request: HttpRequest, number: str) -> HttpResponse:
    signer, one, form = _may(request, Act.PEOPLE_ASSIGN), _one(number), DutyForm(request.POST)

    def act() -> str:
        given = duties.assign(one, Duty(form.cleaned_data["duty"]), by=signer)
        return f"{one.name} is {Duty(given.duty).label} from now on. Cars learn of it by the next roster."

    return _done(request, one, form, "duty_form", act)


@require_POST
def relieve(request: HttpRequest, number: str) -> HttpResponse:
    signer, one, form = _may(request, Act.PEOPLE_RELIEVE), _one(number), DutyForm(request.POST)

    def act() -> str:
        duty = Duty(form.cleaned_data["duty"])
        duties.relieve(one, duty, by=signer)
        return f"{one.name} is {duty.label} no more. Cars learn of it by the next roster."

    return _done(request, one, form, "duty_form", act)


@require_POST
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    one, by = _one(number), _member(request)
    duties.hand_over_seat(one, by=by)
    messages.success(request, f"{one.name} is the {Duty.SUPERVISOR.label} from now on. You are not any more.")
    return redirect("people:member", number)


@require_POST
def train(request: HttpRequest, number: str) -> HttpResponse:
    signer, one, form = _may(request, Act.PEOPLE_TRAINING), _one(number), TrainingForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        entered = enter_completion(
            one, course=given["course"], completed_on=given["completed_on"], expires_on=given["expires_on"], by=signer
        )
        return f"{one.name} is trained until {entered.expires_on:%m/%d/%Y}."

    return _done(request, one, form, "training_form", act)


@require_POST
def authorize(request: HttpRequest, number: str) -> HttpResponse:
    signer, one, form = _may(request, Act.PEOPLE_AUTHORIZE), _one(number), AuthorizationForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        granted = sources.authorize(one, given["source"], reason=given["reason"], until_on=given["until_on"], by=signer)
        return f"“{granted.source}” is open to {one.name} until {given['until_on']:%m/%d/%Y}."

    return _done(request, one, form, "authorization_form", act)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    signer, one = _may(request, Act.PEOPLE_WITHDRAW), _one(number)
    source = request.POST.get("source", "")
    if sources.withdraw(one, source, by=signer):
        messages.success(request, f"“{source}” is closed to {one.name}. Cars learn of it by the next roster.")
    else:
        messages.warning(request, "That source was not open to this member.")
    return redirect("people:member", number)


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    signer, one = _may(request, Act.PEOPLE_LEAVE), _one(number)
    enrolling.leave(one, by=signer)
    messages.success(request, f"{one.name} has left: signed out everywhere, without a duty, and off cars at their next contact.")
    return redirect("people:member", number)


def _one(number: str) -> Member:
    found = Member.objects.filter(number=number).first()
    if found is None:
        raise Unknown("There is no member with this number.")
    return found


def _done(request: HttpRequest, one: Member, form: forms.Form, name: str, act: Callable[[], str]) -> HttpResponse:
    """An act through its form: what is wrong stands there, what was done is said on the member's page."""
    if form.is_valid():
        try:
            said = act()
        except Malformed as error:
            form.add_error(None, error.message)
        except Refused as refused:
            form.add_error(None, department().say(refused.refusal))
        else:
            messages.success(request, said)
            return redirect("people:member", one.number)
    return _page(request, one, **{name: form})


def _page(request: HttpRequest, one: Member, **more: Any) -> HttpResponse:
    by, at = _member(request), now()
    held = one.assignments.in_force(at).order_by("since_at")
    context: dict[str, Any] = {
        **_row(one),
        "held": [{"each": each, "label": Duty(each.duty).label} for each in held],
        "earlier": [
            {"each": each, "label": Duty(each.duty).label}
            for each in one.assignments.exclude(until_at=None).order_by("-until_at")[:10]
        ],
        "completions": one.completions.order_by("-expires_on")[:10],
        "authorizations": one.authorizations.in_force(at).order_by("source"),
        "assign_refusal": may_do(by, Act.PEOPLE_ASSIGN, at) or (duties.ONESELF if by.pk == one.pk else None),
        "training_refusal": may_do(by, Act.PEOPLE_TRAINING, at),
        "authorize_refusal": may_do(by, Act.PEOPLE_AUTHORIZE, at) or (sources.ONESELF if by.pk == one.pk else None),
        "leave_refusal": may_do(by, Act.PEOPLE_LEAVE, at),
        "seat_refusal": duties.may_take_seat(one, by),
        "duty_form": DutyForm(),
        "training_form": TrainingForm.fresh(),
        "authorization_form": AuthorizationForm(),
        "is_oneself": by.pk == one.pk,
        "is_supervisor": Duty.SUPERVISOR.value in by.duties_on(at),
    }
    wrong = any(each.errors for each in more.values() if isinstance(each, forms.Form))
    return render(request, "people/member.html", context | more, status=422 if wrong else 200)
