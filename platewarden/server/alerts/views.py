"""The console, one card, and what a member does with an alert."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.correction import WrongEntry
from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.policy.verification import ENFORCEMENT, Answered, Came, Outcome
from platewarden.server.access.purpose import stated_purpose
from platewarden.server.access.session import not_input
from platewarden.server.access.views import needs_purpose
from platewarden.server.alerts import look
from platewarden.server.alerts.ask import ask, came_of, connected, may_ask
from platewarden.server.alerts.correct import correct
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.forms import (
    AskForm,
    CorrectionForm,
    DispositionForm,
    NoNoteForm,
    NoteAcknowledgedForm,
    NoteForm,
    NoteSentForm,
    ReviewForm,
    StopsForm,
    TakeBackForm,
    VerificationForm,
)
from platewarden.server.alerts.models import CLOSED, Alert, CorrectionNote, DispositionReview, FoundReview, NoteState, StateAsk
from platewarden.server.alerts.note import LATE, acknowledged, may_write, not_needed, sent, without_note, write
from platewarden.server.alerts.papers import facts_of_letter, letter_pdf
from platewarden.server.alerts.quality import WRONG, Rate, Row, quality_since
from platewarden.server.alerts.review import (
    corrected,
    may_review,
    may_review_found,
    review,
    review_correction,
    review_stop,
    waiting,
)
from platewarden.server.alerts.rules import may_act_on, may_use
from platewarden.server.alerts.stops import followed_alerts, not_recorded, reconcile, without_alert
from platewarden.server.alerts.verify import acknowledge, verify
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.reads.search import access_to_read, one_read
from platewarden.server.reads.views import moment_of, shown, unit_names

ON_A_PAGE = 50
QUESTIONS_SHOWN = 3
PERIODS = (3, 12, 36)
PLOT_WIDTH, PLOT_HEIGHT, PLOT_LEFT = 960, 170, 56


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
@needs_purpose
def console(request: HttpRequest) -> HttpResponseBase:
    """The live list. The newest alerts are one look; each that comes in is another."""
    alerts = look.visible_alerts(_member(request))
    cards = look.cards(look.access_to_alerts(request, alerts), alerts, with_overview=False) if alerts else []
    last = max((alert.pk for alert in alerts), default=0)  # never a silent one's number
    return render(
        request, "alerts/console.html", {"cards": cards, "last_alert_id": last, "stated": stated_purpose(request), "now": now()}
    )


@not_input
@require_GET
@needs_purpose
def strip(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    """One alert for the live list, fetched when the stream says its number."""
    alert = look.one_alert(alert_id, _member(request))
    card = look.one_card(look.access_to_alerts(request, [alert]), alert, with_overview=False)
    return render(request, "alerts/strip.html", {"card": card, "now": now()})


@require_GET
@needs_purpose
def card(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    return _card_page(request, alert_id)


@require_GET
def review_queue(request: HttpRequest) -> HttpResponse:
    """Enforcement outcomes without a confirming return that nobody reviewed yet."""
    member = _member(request)
    if refusal := may_do(member, Act.ALERTS_REVIEW, now()):
        raise Refused(refusal)
    rows = [
        {"disposition": each, "refusal": may_review(each, member), "form": ReviewForm(auto_id=f"review_{each.pk}_%s")}
        for each in waiting()[:ON_A_PAGE]
    ]
    stops = [
        {
            "stop": each,
            "alert": each.alert,
            "refusal": may_review_found(each.alert, member, is_stop=True),
            "form": ReviewForm(auto_id=f"stop_{each.pk}_%s"),
        }
        for each in not_recorded()[:ON_A_PAGE]
        if each.alert
    ]
    corrections = [
        {
            "alert": each,
            "refusal": may_review_found(each, member, is_stop=False),
            "form": ReviewForm(auto_id=f"correction_{each.pk}_%s"),
        }
        for each in corrected()[:ON_A_PAGE]
    ]
    context = {
        "rows": rows,
        "in_all": waiting().count(),
        "stops": stops,
        "stops_in_all": not_recorded().count(),
        "corrections": corrections,
        "corrections_in_all": corrected().count(),
        "done": DispositionReview.objects.select_related("disposition__alert").order_by("-pk")[:20],
        "found": FoundReview.objects.select_related("stop__match", "alert").order_by("-pk")[:20],
        "now": now(),
    }
    return render(request, "alerts/review.html", context)


@require_POST
def review_one(request: HttpRequest, disposition_id: int) -> HttpResponse:
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say whether it was in order, and in a few words what the review found.")
    given = form.cleaned_data
    review(request, disposition_id, in_order=given["in_order"] == "yes", because=given["because"])
    messages.success(request, "The review stands on the alert and in the ledger.")
    return redirect("alerts:review_queue")


@require_POST
def review_found(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """A stop that was not recorded as one, or a correction that withdrew an urgent alert."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say whether it was in order, and in a few words what the review found.")
    given = form.cleaned_data
    act = review_stop if what == "stop" else review_correction
    act(request, number, in_order=given["in_order"] == "yes", because=given["because"])
    messages.success(request, "The review stands in the ledger.")
    return redirect("alerts:review_queue")


@require_POST
@needs_purpose
def note_write(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    """Writes to the agency that an entry of its list is wrong."""
    member = _member(request)
    alert = look.one_alert(alert_id, member)
    if refusal := may_write(alert, member):
        raise Refused(refusal)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return _card_page(request, alert_id, note=form)
    write(alert_id, wrong=WrongEntry(form.cleaned_data["wrong"]), words=form.cleaned_data["words"], by=member)
    messages.success(request, "The note waits for the supervisor or designee, who sends it.")
    return redirect("alerts:card", alert_id=alert_id)


def _may_send(request: HttpRequest) -> Member:
    member = _member(request)
    if refusal := may_do(member, Act.ALERTS_NOTE_SENT, now()):
        raise Refused(refusal)
    return member


@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """Correction notes to agencies: to be written, to be sent, to be acknowledged. No plate is on this page."""
    _may_send(request)
    every = CorrectionNote.objects.select_related("alert__source").order_by("written_at")
    to_send, to_acknowledge = every.filter(state=NoteState.WRITTEN), every.filter(state=NoteState.SENT)
    context = {
        "unwritten": [{"alert": each, "form": NoNoteForm(auto_id=f"no_{each.pk}_%s")} for each in without_note()[:ON_A_PAGE]],
        "unwritten_in_all": without_note().count(),
        "to_send": [{"note": each, "form": NoteSentForm(auto_id=f"sent_{each.pk}_%s")} for each in to_send[:ON_A_PAGE]],
        "to_acknowledge": [
            {"note": each, "form": NoteAcknowledgedForm(auto_id=f"ack_{each.pk}_%s"), "is_late": each.sent_at < now() - LATE}
            for each in to_acknowledge[:ON_A_PAGE]
            if each.sent_at
        ],
        "done": every.filter(state__in=(NoteState.ACKNOWLEDGED, NoteState.NOT_NEEDED)).order_by("-pk")[:20],
        "now": now(),
    }
    return render(request, "alerts/notes.html", context)


@require_GET
@needs_purpose
def note_letter(request: HttpRequest, note_id: int) -> HttpResponseBase:
    """The letter as a PDF: a look at its alert, for it names the entry."""
    member = _may_send(request)
    note = CorrectionNote.objects.exclude(state=NoteState.NOT_NEEDED).select_related("alert__source").filter(pk=note_id).first()
    if note is None:
        raise Unknown("There is no such note. Look at the notes again.")
    alert = look.one_alert(note.alert_id, member)
    if refusal := may_act_on(alert, member, now()):
        raise Refused(refusal)
    one = look.one_card(look.access_to_alerts(request, [alert]), alert, with_overview=False)
    answer = HttpResponse(letter_pdf(facts_of_letter(note, one)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="correction-note-{note.pk}.pdf"'
    return answer


@require_POST
def note_sent(request: HttpRequest, note_id: int) -> HttpResponse:
    member = _may_send(request)
    form = NoteSentForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in 3 to 60 characters how it was sent, such as: by mail.")
    sent(note_id, way=form.cleaned_data["way"], by=member)
    messages.success(request, "It is sent. It stays here until the agency acknowledges it.")
    return redirect("alerts:notes")


@require_POST
def note_acknowledged(request: HttpRequest, note_id: int) -> HttpResponse:
    member = _may_send(request)
    form = NoteAcknowledgedForm(request.POST)
    if not form.is_valid():
        raise Malformed("Enter the agency's reference, or who acknowledged it.")
    acknowledged(note_id, reference=form.cleaned_data["reference"], by=member)
    messages.success(request, "The agency has it.")
    return redirect("alerts:notes")


@require_POST
def note_not_needed(request: HttpRequest, alert_id: int) -> HttpResponse:
    member = _may_send(request)
    form = NoNoteForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in a few words why the agency needs no note.")
    not_needed(alert_id, because=form.cleaned_data["because"], by=member)
    messages.success(request, "No note is written. The reason is in the ledger.")
    return redirect("alerts:notes")


@require_http_methods(["GET", "POST"])
@needs_purpose
def stops(request: HttpRequest) -> HttpResponseBase:
    """Stops of the dispatch system beside what was recorded here: a file is taken, and what was found is listed. No plate is shown."""
    if refusal := may_do(_member(request), Act.ALERTS_RECONCILE, now()):
        raise Refused(refusal)
    is_sent = request.method == "POST"
    form = StopsForm(request.POST, request.FILES) if is_sent else StopsForm()
    if is_sent and form.is_valid():
        try:
            taken = reconcile(request, form.cleaned_data["file"].read())
        except Malformed as fault:  # the lines stand at the file's field
            form.add_error("file", fault.message)
        else:
            messages.success(
                request, f"{taken.new} stops are new, {taken.known} were here already; {taken.followed} followed an alert."
            )
            return redirect("alerts:stops")
    context = {
        "form": form,
        "followed": followed_alerts()[:ON_A_PAGE],
        "followed_in_all": followed_alerts().count(),
        "waiting": not_recorded().count(),
        "apart": without_alert()[:ON_A_PAGE],
        "apart_in_all": without_alert().count(),
        "enforcement": [each.value for each in ENFORCEMENT],
        "stated": stated_purpose(request),
        "now": now(),
    }
    return render(request, "alerts/stops.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Point:
    """A month in the plot: its share, and the ends of its interval, as places in the picture."""

    name: str
    rate: Rate
    x: float
    y: float
    low: float
    high: float


@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """How often alerts were wrong. For who manages, and who audits. Counts of silent ones are in it, so it is not for patrol."""
    if refusal := may_do(_member(request), Act.ALERTS_QUALITY, now()):
        raise Refused(refusal)
    months = next((each for each in PERIODS if str(each) == request.GET.get("months")), PERIODS[0])
    found = quality_since(now() - timedelta(days=round(months * 30.44)))
    record(Act.ALERTS_QUALITY, by=Signer(_member(request).number, _member(request).name), about={"months": months})
    context = {
        "quality": found,
        "kinds": [each.label for each in WRONG],
        "months": months,
        "periods": PERIODS,
        **quality_plot(found.months),
    }
    return render(request, "alerts/quality.html", context)


def quality_plot(months: list[Row]) -> dict[str, Any]:
    """The months as places in a picture, the axis up to the highest end of an interval."""
    top = max((row.wrong.interval[1] for row in months if row.wrong.interval), default=1.0)
    step = (PLOT_WIDTH - PLOT_LEFT) / max(len(months), 1)

    def height(share: float) -> float:
        return round(PLOT_HEIGHT - share / top * (PLOT_HEIGHT - 12), 1)

    points = [
        Point(row.name, row.wrong, round(PLOT_LEFT + (n + 0.5) * step, 1), height(share), height(ends[0]), height(ends[1]))
        for n, row in enumerate(months)
        if (share := row.wrong.share) is not None and (ends := row.wrong.interval) is not None
    ]
    lines = [
        {"y": height(top * part), "text_y": height(top * part) + 4, "percent": round(100 * top * part)} for part in (0, 0.5, 1)
    ]
    return {"points": points, "lines": lines, "plot": {"width": PLOT_WIDTH, "height": PLOT_HEIGHT}}


@dataclass(frozen=True)
class Asked:
    """A question to the state system, as the card shows it: what came of it is sealed to who may see its source."""

    ask: StateAsk
    came: Came | None
    is_sealed: bool

    @property
    def is_usable(self) -> bool:
        """True when it answered, and this member may verify with it."""
        return self.came is Came.ANSWERED and not self.is_sealed

    @property
    def confirms(self) -> bool:
        answer = self.ask.answer
        return answer is not None and answer.answer == Answered.CONFIRMS


def _asked(alert: Alert, member: Member) -> list[Asked]:
    asks = alert.asks.select_related("source", "returned").order_by("-pk")[:QUESTIONS_SHOWN]
    return [Asked(each, came_of(each), is_sealed=may_use(each.source, member, now()) is not None) for each in asks]


@require_POST
@needs_purpose
def ask_state(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    """Asks the state system, and answers at once: what comes back is on the card when it is there."""
    look.one_alert(alert_id, _member(request))
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return _card_page(request, alert_id, asking=form)
    ask(request, alert_id, form.cleaned_data["state"])
    return redirect(f"{reverse('alerts:card', args=[alert_id])}#asked")


@not_input
@require_GET
@needs_purpose
def asked(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    """What came of an alert's questions so far. No plate, and no words of a return: those are on the card."""
    member = _member(request)
    if refusal := may_do(member, Act.ALERTS_LOOK, now()):
        raise Refused(refusal)
    alert = look.one_alert(alert_id, member)
    if refusal := may_act_on(alert, member, now()):
        raise Refused(refusal)
    return render(
        request, "alerts/asked.html", {"asked": _asked(alert, member), "alert": alert, "is_open": alert.state not in CLOSED}
    )


def _card_page(
    request: HttpRequest,
    alert_id: int,
    *,
    asking: AskForm | None = None,
    verification: VerificationForm | None = None,
    disposition: DispositionForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    alert = look.one_alert(alert_id, _member(request))
    one = look.one_card(look.access_to_alerts(request, [alert]), alert, with_overview=True)
    if one.is_masked:
        return render(request, "alerts/masked.html", {"card": one, "now": now()})
    system, read = connected(), one.shown.read
    context = {
        "card": one,
        "alert": alert,
        "asked": _asked(alert, _member(request)),
        "is_open": alert.state not in CLOSED,
        "state_system": system.source if system else "",
        "ask_form": asking
        or AskForm(initial={"state": read.stands_state or (one.entry.state if one.entry else "")}, auto_id="ask_%s"),
        "ask_refusal": may_ask(alert, _member(request), system) if system else None,
        "verifications": alert.verifications.select_related("unit").order_by("at"),
        "car_outcomes": alert.car_outcomes.filter(for_review=True).select_related("unit").order_by("pk"),
        "disposition": getattr(alert, "disposition", None),
        "verification_form": verification or VerificationForm(),
        "disposition_form": disposition or DispositionForm(),
        "enforcement": [outcome.value for outcome in Outcome if outcome in ENFORCEMENT],
        "verify_refusal": may_do(_member(request), Act.ALERTS_VERIFY, now()),
        "dispose_refusal": may_do(_member(request), Act.ALERTS_DISPOSE, now()),
        "note": getattr(alert, "correction_note", None),
        "note_form": note or NoteForm(auto_id="note_%s"),
        "may_write_note": may_write(alert, _member(request)) is None,
        "now": now(),
    }
    has_errors = any(form.errors for form in (asking, verification, disposition, note) if form is not None)
    return render(request, "alerts/card.html", context, status=422 if has_errors else 200)


@require_POST
@needs_purpose
def acknowledge_alert(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    look.one_alert(alert_id, _member(request))
    acknowledge(alert_id, by=_member(request))
    return redirect("alerts:card", alert_id=alert_id)


@require_POST
@needs_purpose
def verify_alert(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    look.one_alert(alert_id, _member(request))
    form = VerificationForm(request.POST, alert_id=alert_id)
    if not form.is_valid():
        return _card_page(request, alert_id, verification=form)
    verify(alert_id, form.checked(), by=_member(request))
    return redirect("alerts:card", alert_id=alert_id)


@require_POST
@needs_purpose
def dispose_alert(request: HttpRequest, alert_id: int) -> HttpResponseBase:
    look.one_alert(alert_id, _member(request))
    form = DispositionForm(request.POST)
    if not form.is_valid():
        return _card_page(request, alert_id, disposition=form)
    given = form.cleaned_data
    dispose(alert_id, outcome=Outcome(given["outcome"]), ground=given["ground"], because=given["because"], by=_member(request))
    return redirect("alerts:card", alert_id=alert_id)


@require_http_methods(["GET", "POST"])
@needs_purpose
def correct_reading(request: HttpRequest, read_id: uuid.UUID, captured: str) -> HttpResponseBase:
    """What the plate in the picture reads, by a member: the pictures beside the form. Opening it is a look at the read."""
    captured_at = moment_of(captured)
    if refusal := may_do(_member(request), Act.ALERTS_CORRECT, now()):
        raise Refused(refusal)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        correct(request, read_id, captured_at, form.said(), saw=form.cleaned_data["saw"])
        messages.success(request, "The reading is corrected, and was matched again. What the camera read stays beside it.")
        back = form.cleaned_data["back"]
        return redirect("alerts:card", back) if back else redirect("reads:read", read_id, captured)
    access = access_to_read(request, read_id, captured_at)
    one = shown(one_read(access), unit_names(), with_overview=True)
    if request.method == "GET":
        given = {"plate": one.read.stands, "state": one.read.stands_state or "", "saw": len(one.read.corrections)}
        form = CorrectionForm(initial={**given, "back": request.GET.get("alert", "")})
    return render(
        request, "alerts/correct.html", {"access": access, "shown": one, "form": form}, status=422 if form.errors else 200
    )


@require_POST
@needs_purpose
def take_back(request: HttpRequest, read_id: uuid.UUID, captured: str) -> HttpResponseBase:
    """The corrections of a reading are taken back: it stands as the camera read it."""
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        raise Malformed("Look at the read again, and take its correction back from there.")
    correct(request, read_id, moment_of(captured), form.said(), saw=form.cleaned_data["saw"])
    messages.success(request, "The correction is taken back, and the reading was matched again as the camera read it.")
    return redirect("reads:read", read_id, captured)
