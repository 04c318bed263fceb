"""Retention: what is kept and when it ends, the schedule and its changes, holds, and the certificates of purges. No plate stands here
but in what a hold names, which is a look of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member, PolicyEdition
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.retention import hold as holding
from platewarden.server.retention import schedule
from platewarden.server.retention.certificate import said_in
from platewarden.server.retention.clock_watch import clock_now
from platewarden.server.retention.clock_watch import confirm as confirm_the_clock
from platewarden.server.retention.forms import HoldForm, ReleaseForm, ReviewForm, ScheduleForm, next_review
from platewarden.server.retention.models import Certificate, ChangeState, Hold, Kind, ScheduleChange
from platewarden.server.retention.purge import days_due, days_overdue

ON_A_PAGE = 100
PLOT_WIDTH, PLOT_HEIGHT = 960, 150


@dataclass(frozen=True)
class Bar:
    """A day of reads in the plot: where it stands, how high, and when it ends."""

    day: date
    rows: int
    held: int
    ends_at: datetime
    x: float
    width: float
    height: float
    held_height: float
    soon: bool

    @property
    def y(self) -> float:
        return PLOT_HEIGHT - self.height

    @property
    def held_y(self) -> float:
        return PLOT_HEIGHT - self.held_height


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    member, at = _member(request), now()
    due, overdue = days_due(), days_overdue()
    standing = Hold.objects.standing()
    waiting = ScheduleChange.objects.filter(state=ChangeState.WAITING).first()
    context = {
        "rows": schedule.schedule_now(),
        "bars": _bars(),
        "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT},
        "due": due,
        "overdue": overdue,
        "clock": clock_now(),
        "clock_refusal": may_do(member, Act.RETENTION_CLOCK, at),
        "holds": standing.count(),
        "unbooked": sum(each.is_unbooked(today(at)) for each in standing),
        "for_review": sum(each.is_for_review(today(at)) for each in standing),
        "waiting": waiting,
        "ask_refusal": may_do(member, Act.RETENTION_SCHEDULE, at),
        "history": PolicyEdition.objects.order_by("-number")[:10],
        "certificates": Certificate.objects.select_related("purge").order_by("-pk")[:20],
        "now": at,
    }
    return render(request, "retention/overview.html", context)


def _bars() -> list[Bar]:
    """Reads of each day that is kept, up to today, and how many of them a hold spares. None when nothing is kept."""
    every = schedule.would_end({Kind.READS.value: -2})  # counted as if a day ended before it began: every day there is
    kept = [each for each in every if each.day <= now().date()]
    if not any(each.rows for each in kept):
        return []
    days = department().retention_days[Kind.READS.value]
    most = max((each.rows for each in kept), default=0) or 1
    step = PLOT_WIDTH / max(len(kept), 31)
    return [
        Bar(
            day=each.day,
            rows=each.rows,
            held=each.held,
            ends_at=_ends_at(each.day, days),
            x=round(PLOT_WIDTH - (len(kept) - n) * step, 1),
            width=round(step * 0.78, 1),
            height=round(each.rows / most * (PLOT_HEIGHT - 20), 1),
            held_height=round(each.held / most * (PLOT_HEIGHT - 20), 1),
            soon=_ends_at(each.day, days) < now() + timedelta(days=1),
        )
        for n, each in enumerate(kept)
    ]


def _ends_at(day: date, days: int) -> datetime:
    return datetime.combine(day + timedelta(days=days + 1), datetime.min.time(), UTC) + timedelta(hours=2)


@require_POST
def confirm_clock(request: HttpRequest) -> HttpResponse:
    confirm_the_clock(request)
    messages.success(request, "The date is confirmed in your name. The purge goes on with the next round.")
    return redirect("retention:overview")


@require_http_methods(["GET", "POST"])
def schedule_new(request: HttpRequest) -> HttpResponse:
    if refusal := may_do(_member(request), Act.RETENTION_SCHEDULE, now()):
        raise Refused(refusal)
    form = ScheduleForm(request.POST or None, days=department().retention_days)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            change_id = schedule.ask(request, form.days(), because=given["because"], effective_on=given["effective_on"])
        except Refused as refused:
            form.add_error(None, department().say(refused.refusal))
        except Malformed as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The change waits for a second member. Nothing is purged by it before.")
            return redirect("retention:schedule_change", change_id)
    return render(
        request,
        "retention/schedule_new.html",
        {"form": form, "notice_days": department().notice_days},
        status=422 if form.errors else 200,
    )


@require_GET
def schedule_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """A change with what it would purge, counted now, for whoever signs it."""
    change = ScheduleChange.objects.filter(pk=change_id).first()
    if change is None:
        raise Unknown("There is no such change of the schedule.")
    before = department().retention_days
    ends = schedule.would_end({kind: days for kind, days in change.days.items() if days < before[kind]})
    counted = [
        {
            "label": kind.label,
            "was": before[kind.value],
            "days": change.days[kind.value],
            "days_ended": sum(1 for each in ends if each.kind is kind),
            "rows": sum(each.rows for each in ends if each.kind is kind),
            "held": sum(each.held for each in ends if each.kind is kind),
        }
        for kind in Kind
        if kind.value in change.days
    ]
    context = {
        "change": change,
        "counted": counted,
        "effective_at": schedule.effective_at(change) if change.state == ChangeState.WAITING else change.effective_at,
        "refusal": schedule.may_decide(change, _member(request)),
        "is_waiting": change.state == ChangeState.WAITING,
    }
    return render(request, "retention/schedule_change.html", context)


@require_POST
def schedule_sign(request: HttpRequest, change_id: int) -> HttpResponse:
    number = schedule.decide(request, change_id, sign=True)
    messages.success(request, f"The schedule is signed: edition {number} of the policy. Cars get it with the next roster.")
    return redirect("retention:overview")


@require_POST
def schedule_refuse(request: HttpRequest, change_id: int) -> HttpResponse:
    schedule.decide(request, change_id, sign=False)
    messages.success(request, "The change was refused. The schedule stays as it is.")
    return redirect("retention:overview")


@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    on = today(now())
    with_past = request.GET.get("released") == "1"
    found = (Hold.objects.all() if with_past else Hold.objects.standing()).order_by("-pk")
    try:
        before = int(request.GET.get("before", "0"))
    except ValueError:
        before = 0
    shown = list(found.filter(pk__lt=before)[: ON_A_PAGE + 1] if before else found[: ON_A_PAGE + 1])
    context = {
        "rows": [
            {"hold": each, "unbooked": each.is_unbooked(on), "for_review": each.is_for_review(on)} for each in shown[:ON_A_PAGE]
        ],
        "more": shown[ON_A_PAGE - 1].pk if len(shown) > ON_A_PAGE else None,
        "with_past": with_past,
        "refusal": may_do(_member(request), Act.RETENTION_SCOPE, now()),
        "booking_days": department().booking_days,
    }
    return render(request, "retention/holds.html", context)


@require_http_methods(["GET", "POST"])
@needs_purpose
def hold_new(request: HttpRequest) -> HttpResponseBase:
    if refusal := may_do(_member(request), Act.RETENTION_SCOPE, now()):
        raise Refused(refusal)
    units = [(str(each.pk), each.name) for each in Unit.objects.order_by("name")]
    come_from = {name: request.GET[name] for name in ("read", "captured") if name in request.GET}
    form = HoldForm(request.POST or None, units=units, initial=come_from)
    if request.method == "POST" and form.is_valid():
        try:
            placed = holding.place(request, form.hold())
        except Refused as refused:
            form.add_error(None, department().say(refused.refusal))
        else:
            messages.success(request, f"{placed} is placed: it spares {placed.reads} reads and {placed.alerts} alerts as of now.")
            return redirect("retention:hold", placed.pk)
    context = {"form": form, "booking_days": department().booking_days}
    return render(request, "retention/hold_new.html", context, status=422 if form.errors else 200)


@require_GET
def hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    return _hold_page(request, _hold(hold_id))


@require_GET
@needs_purpose
def hold_names(request: HttpRequest, hold_id: int) -> HttpResponseBase:
    """The same page with what the hold names: plates, so it is a look, recorded."""
    found = _hold(hold_id)
    access = holding.access_to_hold(request, found)
    units = dict(Unit.objects.values_list("id", "name"))
    names = [{**row, "unit": units.get(row["unit_id"], "a unit no longer listed")} for row in holding.what_it_names(access)]
    return _hold_page(request, found, names=names, access=access)


@require_POST
def hold_review(request: HttpRequest, hold_id: int) -> HttpResponse:
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _hold_page(request, _hold(hold_id), review_form=form)
    stands = holding.review(hold_id, by=_member(request), again_on=form.cleaned_data["again_on"])
    messages.success(request, f"{stands} stands. It is looked at again by {stands.review_on:%m/%d/%Y}.")
    return redirect("retention:hold", hold_id)


@require_POST
def hold_release(request: HttpRequest, hold_id: int) -> HttpResponse:
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _hold_page(request, _hold(hold_id), release_form=form)
    released = holding.release(request, hold_id, because=form.cleaned_data["because"])
    messages.success(request, f"{released} is released. What only it spared, and is due, goes with the next purge.")
    return redirect("retention:hold", hold_id)


def _hold(hold_id: int) -> Hold:
    found = Hold.objects.filter(pk=hold_id).first()
    if found is None:
        raise Unknown("There is no such hold. Look at the list again.")
    return found


def _hold_page(request: HttpRequest, found: Hold, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    context: dict[str, Any] = {
        "hold": found,
        "unbooked": found.is_unbooked(today(at)),
        "for_review": found.is_for_review(today(at)),
        "look_refusal": may_do(member, Act.RETENTION_LOOK, at),
        "review_refusal": may_do(member, Act.RETENTION_REVIEW, at),
        "release_refusal": holding.may_release(found, member),
        "review_form": ReviewForm(initial={"again_on": next_review()}),
        "release_form": ReleaseForm(),
    }
    wrong = any(getattr(form, "errors", None) for form in more.values())
    return render(request, "retention/hold.html", context | more, status=422 if wrong else 200)


@require_GET
def certificate(request: HttpRequest, number: int) -> HttpResponse:
    found = _certificate(number)
    said = said_in(found.note)
    labels = {kind.value: kind.label for kind in Kind} | {"released": "What released holds had spared"}
    ended = [{**each, "label": labels[each["kind"]]} for each in said["ended"]]
    return render(request, "retention/certificate.html", {"certificate": found, "said": said, "ended": ended})


@require_GET
def certificate_file(_request: HttpRequest, number: int) -> HttpResponse:
    found = _certificate(number)
    response = HttpResponse(found.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="purge-certificate-{found.pk}.txt"'
    return response


def _certificate(number: int) -> Certificate:
    found = Certificate.objects.select_related("purge").filter(pk=number).first()
    if found is None:
        raise Unknown("There is no such certificate.")
    return found
