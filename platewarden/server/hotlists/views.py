"""Lists and BOLOs."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.session import not_input
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.hotlists.back import ask_back, decide_back, may_decide_back
from platewarden.server.hotlists.bolo import (
    count_alike,
    decide,
    enter,
    extend,
    may_count_alike,
    may_decide,
    may_withdraw,
    sees_silent,
    withdraw,
)
from platewarden.server.hotlists.forms import (
    BackForm,
    BoloForm,
    ExcludeForm,
    ExtendForm,
    LoadForm,
    SourceForm,
    WithdrawForm,
    end_of,
)
from platewarden.server.hotlists.inbox import make_folder
from platewarden.server.hotlists.load import ListRefused, load_list
from platewarden.server.hotlists.models import (
    BackAsk,
    BackState,
    Bolo,
    EditionAsk,
    Exclusion,
    HotlistEdition,
    Load,
    LoadReport,
    LoadState,
    Source,
    SourceAsk,
    SourceAskState,
    Step,
)
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.hotlists.report import as_csv
from platewarden.server.hotlists.source import (
    NOTHING_SAID,
    ask_to_describe,
    decide_source,
    describe,
    exclude,
    files_of,
    may_decide_source,
    needs_two,
    said_of,
    take_up_again,
)
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

BOLOS = 100
FAULTS_SHOWN = 20


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    return _lists_page(request, LoadForm())


def _lists_page(request: HttpRequest, form: LoadForm, refused: LoadReport | None = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused,
        "faults": refused.fault_lines[:FAULTS_SHOWN] if refused else (),
        "history": Load.objects.select_related("source").order_by("-pk")[:20],
        "editions": HotlistEdition.objects.order_by("-number")[:10],
        "backs": [
            {"ask": ask, "refusal": may_decide_back(ask, _member(request))}
            for ask in BackAsk.objects.filter(state=BackState.WAITING).select_related("load__source")
        ],
        "older": Load.objects.filter(state=LoadState.SUPERSEDED).select_related("source").order_by("-pk")[:5],
        "back_form": BackForm(auto_id="back_%s"),
        "back_refusal": may_do(_member(request), Act.HOTLISTS_BACK, now()),
        "is_due": EditionAsk.objects.filter(edition=None).exists(),
        "refusal": may_do(_member(request), Act.HOTLISTS_LOAD, now()),
        "sources": _sources(now()),
        "source_refusal": may_do(_member(request), Act.HOTLISTS_SOURCE, now()),
        "source_asks": [
            {"ask": ask, "refusal": may_decide_source(ask, _member(request))}
            for ask in SourceAsk.objects.filter(state=SourceAskState.WAITING).order_by("pk")
        ],
        "reports": LoadReport.objects.order_by("-pk")[:10],
        "now": now(),
    }
    return render(request, "hotlists/lists.html", context, status=status)


def _sources(at: datetime) -> list[dict[str, Any]]:
    """Every source with its load in force and whether that is too old."""
    in_force = {load.source_id: load for load in Load.objects.filter(state=LoadState.IN_FORCE).select_related("source")}
    left_out = Exclusion.objects.filter(ended_at=None)
    every = Source.objects.order_by("name").prefetch_related(Prefetch("exclusions", queryset=left_out, to_attr="left_out"))
    return [
        {"source": source, "load": load, "is_stale": load is not None and load.is_stale(at)}
        for source in every
        for load in [in_force.get(source.pk)]
    ]


def _may_describe(request: HttpRequest) -> Member:
    member = _member(request)
    if refusal := may_do(member, Act.HOTLISTS_SOURCE, now()):
        raise Refused(refusal)
    return member


@require_http_methods(["GET", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    """Describes a source before its first list."""
    member = _may_describe(request)
    form = SourceForm(request.POST or None, request.FILES or None, initial={"saw": NOTHING_SAID})
    if request.method == "POST" and form.is_valid() and _said(request, form, form.cleaned_data["name"], member):
        return redirect("hotlists:lists")
    context = {"form": form, "source": None, "needs_two": needs_two()}
    return render(request, "hotlists/source.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """What is said of one source, to be said otherwise; and the files of its extract that are left out."""
    member, one = _may_describe(request), _source(source_id)
    form = SourceForm(request.POST or None, request.FILES or None, source=one, initial=_as_said(one))
    if request.method == "POST" and form.is_valid() and _said(request, form, one.name, member):
        return redirect("hotlists:source", one.pk)
    return _source_page(request, one, form)


def _as_said(one: Source) -> dict[str, Any]:
    is_confidential = ("yes" if one.is_confidential else "no") if one.owner else None
    said = {"owner": one.owner, "age_limit_hours": one.age_limit_hours, "inbox": one.inbox, "saw": said_of(one)}
    return {**said, "confidential": is_confidential}


def _source(source_id: int) -> Source:
    one = Source.objects.filter(pk=source_id).first()
    if one is None:
        raise Unknown("There is no such source. Look at the lists for its name.")
    return one


def _source_page(request: HttpRequest, one: Source, form: SourceForm, exclude_form: ExcludeForm | None = None) -> HttpResponse:
    left_out = list(one.exclusions.filter(ended_at=None).order_by("file"))
    context = {
        "source": one,
        "form": form,
        "exclude_form": exclude_form or ExcludeForm(files=_files_taken(one, left_out), auto_id="exclude_%s"),
        "files": files_of(one),
        "left_out": left_out,
        "earlier": one.exclusions.exclude(ended_at=None).order_by("-ended_at")[:10],
        "asks": SourceAsk.objects.filter(name=one.name, state=SourceAskState.WAITING),
        "needs_two": needs_two(),
    }
    is_wrong = form.errors or (exclude_form is not None and exclude_form.errors)
    return render(request, "hotlists/source.html", context, status=422 if is_wrong else 200)


def _files_taken(one: Source, left_out: list[Exclusion]) -> list[str]:
    return [name for name in files_of(one) if name not in {each.file for each in left_out}]


def _said(request: HttpRequest, form: SourceForm, name: str, member: Member) -> bool:
    """Says it, or asks for it where the policy wants two. What is wrong with it goes into the form."""
    described, saw = form.described(), form.cleaned_data["saw"]
    try:
        if needs_two():
            ask_to_describe(name, described, by=member, saw=saw)
            messages.success(request, "It waits for another manager. Until then nothing is said otherwise.")
        else:
            make_folder(describe(name, described, by=member, saw=saw))
            messages.success(request, "It is described so. The next edition for the units is being made.")
    except Malformed as error:
        form.add_error(None, error.message)
        return False
    return True


@require_POST
def source_sign(request: HttpRequest, ask_id: int) -> HttpResponse:
    ask = decide_source(ask_id, sign=True, by=_member(request))
    make_folder(Source.objects.get(name=ask.name))
    messages.success(request, "It is described so. The next edition for the units is being made.")
    return redirect("hotlists:lists")


@require_POST
def source_refuse(request: HttpRequest, ask_id: int) -> HttpResponse:
    decide_source(ask_id, sign=False, by=_member(request))
    messages.success(request, "It was refused. The source stays as it was.")
    return redirect("hotlists:lists")


@require_POST
def source_exclude(request: HttpRequest, source_id: int) -> HttpResponse:
    """Leaves a file out from the next load on."""
    member, one = _may_describe(request), _source(source_id)
    form = ExcludeForm(request.POST, files=files_of(one), auto_id="exclude_%s")
    if not form.is_valid():
        return _source_page(request, one, SourceForm(source=one, initial=_as_said(one)), form)
    given = form.cleaned_data
    exclude(one.name, given["file"], because=given["because"], by=member)
    messages.success(request, f"{given['file']} is left out from the next load on.")
    return redirect("hotlists:source", one.pk)


@require_POST
def source_take_up(request: HttpRequest, source_id: int) -> HttpResponse:
    """Loads an excluded file again, from the next load on."""
    member, one = _may_describe(request), _source(source_id)
    file = request.POST.get("file", "")
    take_up_again(one.name, file, by=member)
    messages.success(request, f"{file} is loaded again from the next load on.")
    return redirect("hotlists:source", one.pk)


@require_GET
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """The wrong lines of a list, as a CSV to take away. For whoever loads lists."""
    if refusal := may_do(_member(request), Act.HOTLISTS_LOAD, now()):
        raise Refused(refusal)
    made = LoadReport.objects.filter(pk=report_id).first()
    if made is None:
        raise Unknown("There is no such report. Look at the lists again.")
    answer = HttpResponse(as_csv(made), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="list-report-{made.pk}.csv"'
    return answer


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Takes a list in whole, or shows its faults by line; the list in force stays then."""
    member = _member(request)
    if refusal := may_do(member, Act.HOTLISTS_LOAD, now()):
        raise Refused(refusal)
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _lists_page(request, form, status=422)
    try:
        taken = load_list(
            form.cleaned_data["file"].read(), source_name=form.cleaned_data["source"], by=Signer(member.number, member.name)
        )
    except ListRefused as refused:
        # The one place that shows the faults line by line instead of in one sentence.
        form.add_error(None, "Nothing of this file was taken. The lines to correct stand above; choose the file again then.")
        return _lists_page(request, form, refused.report, status=422)
    made = taken.reports.get()
    messages.success(
        request, f"{taken.source.name}: {taken.entries} entries are in force. The next edition for the units is being made."
    )
    if made.malformed or made.later:
        messages.warning(
            request,
            f"Left out: {made.malformed} malformed rows and {made.later} entries that take effect later. The report says the lines.",
        )
    return redirect("hotlists:lists")


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    member = _member(request)
    if refusal := may_do(member, Act.HOTLISTS_PUBLISH, now()):
        raise Refused(refusal)
    ask_for_edition(by=Signer(member.number, member.name))
    messages.success(request, "A new edition is being made. Units fetch it at their next contact.")
    return redirect("hotlists:lists")


@require_GET
@needs_purpose
def bolos(request: HttpRequest) -> HttpResponseBase:
    """BOLOs with their plates: a look, so it needs a purpose and is in the ledger."""
    with_silent = sees_silent(_member(request).duties_on(now()))
    access = open_access(request, Act.HOTLISTS_BOLOS, {"limit": BOLOS, "silent": with_silent})
    entries = {row["entry_id"]: row for row in through_door(access, "bolos")}
    known = Bolo.objects.filter(entry_id__in=list(entries)).prefetch_related("steps").order_by("-entered_at")
    member = _member(request)
    rows = [
        {
            "bolo": bolo,
            "entry": entries[bolo.entry_id],
            "steps": bolo.steps.all(),
            "refusal": may_decide(bolo, member),
            "withdraw_refusal": may_withdraw(bolo, member),
            "extend_form": ExtendForm(auto_id=f"extend_{bolo.pk}_%s"),
            "withdraw_form": WithdrawForm(auto_id=f"withdraw_{bolo.pk}_%s"),
        }
        for bolo in known
    ]
    return render(request, "hotlists/bolos.html", {"rows": rows, "access": access, "now": now()})


@require_http_methods(["GET", "POST"])
def bolo_new(request: HttpRequest) -> HttpResponseBase:
    if refusal := may_do(_member(request), Act.HOTLISTS_BOLO, now()):
        raise Refused(refusal)
    form, counts_alike = BoloForm(request.POST or None), may_count_alike(_member(request)) is None
    if request.method == "POST" and form.is_valid():
        entered = enter(request, form.entry())
        messages.success(request, "The BOLO waits for a second member. It is not in force before.")
        if entered.alike:
            messages.warning(
                request,
                f"Entries in force that look alike: {entered.alike}. Compare 0 with O, 1 with I and 8 with B before it is approved.",
            )
        return redirect("hotlists:bolos")
    return render(
        request, "hotlists/bolo_new.html", {"form": form, "counts_alike": counts_alike}, status=422 if form.errors else 200
    )


@not_input
@require_POST
def bolo_alike(request: HttpRequest) -> JsonResponse:
    """How many entries in force look like what is typed, while it is typed; a part of a plate counts none."""
    if refusal := may_count_alike(_member(request)):
        raise Refused(refusal)
    return JsonResponse({"alike": count_alike(request, PlateText.parse(request.POST.get("plate", "")))})


def _bolo(entry_id: uuid.UUID) -> Bolo:
    bolo = Bolo.objects.filter(entry_id=entry_id).first()
    if bolo is None:
        raise Unknown("There is no such BOLO. Look at the list again.")
    return bolo


@require_POST
def bolo_approve(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    decide(request, _bolo(entry_id).pk, approve=True)
    messages.success(request, "The BOLO is in force. Units get it with the next edition.")
    return redirect("hotlists:bolos")


@require_POST
def bolo_refuse(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    decide(request, _bolo(entry_id).pk, approve=False)
    messages.success(request, "The BOLO was refused.")
    return redirect("hotlists:bolos")


@require_POST
def bolo_extend(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    bolo = _bolo(entry_id)
    if refusal := may_decide(bolo, _member(request)):
        raise Refused(refusal)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        raise Malformed("Choose the day until which the vehicle is looked for.")
    extend(request, bolo.pk, until=end_of(form.cleaned_data["until"]))
    messages.success(request, "The BOLO has a later end. Units get it with the next edition.")
    return redirect("hotlists:bolos")


@require_POST
def bolo_withdraw(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    bolo = _bolo(entry_id)
    if refusal := may_withdraw(bolo, _member(request)):
        raise Refused(refusal)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in a few words why this vehicle is not looked for any more.")
    given = form.cleaned_data
    withdraw(bolo.pk, by=_member(request), because=given["because"], how=Step(given["how"]))
    messages.success(request, "The BOLO has ended. Units drop it at their next contact.")
    return redirect("hotlists:bolos")


@require_POST
def back(request: HttpRequest, load_id: int) -> HttpResponse:
    """Asks for an earlier load to be put back."""
    if refusal := may_do(_member(request), Act.HOTLISTS_BACK, now()):
        raise Refused(refusal)
    form = BackForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in a few words what is wrong with the list in force.")
    ask_back(request, load_id, because=form.cleaned_data["because"])
    messages.success(request, "It waits for the supervisor or designee. The list in force stays until then.")
    return redirect("hotlists:lists")


@require_POST
def back_sign(request: HttpRequest, ask_id: int) -> HttpResponse:
    decide_back(request, ask_id, sign=True)
    messages.success(request, "The earlier load is in force again. The next edition for the units is being made.")
    return redirect("hotlists:lists")


@require_POST
def back_refuse(request: HttpRequest, ask_id: int) -> HttpResponse:
    decide_back(request, ask_id, sign=False)
    messages.success(request, "The list in force stays.")
    return redirect("hotlists:lists")
