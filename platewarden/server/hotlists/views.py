"""Lists and BOLOs."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.refusal import Refused
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import decide, enter, may_decide, sees_silent
from platewarden.server.hotlists.forms import BoloForm, LoadForm
from platewarden.server.hotlists.load import ListRefused, load_list
from platewarden.server.hotlists.models import Bolo, EditionAsk, HotlistEdition, Load, LoadState
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

BOLOS = 100


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    return _lists_page(request, LoadForm())


def _lists_page(request: HttpRequest, form: LoadForm, faults: Any = (), status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "faults": faults,
        "loads": Load.objects.filter(state=LoadState.IN_FORCE).select_related("source").order_by("source__name"),
        "history": Load.objects.select_related("source").order_by("-pk")[:20],
        "editions": HotlistEdition.objects.order_by("-number")[:10],
        "is_due": EditionAsk.objects.filter(edition=None).exists(),
        "refusal": may_do(_member(request), Act.HOTLISTS_LOAD, now()),
        "now": now(),
    }
    return render(request, "hotlists/lists.html", context, status=status)


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
        return _lists_page(request, form, refused.faults, status=422)
    messages.success(
        request, f"{taken.source.name}: {taken.entries} entries are in force. The next edition for the units is being made."
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
    known = Bolo.objects.filter(entry_id__in=list(entries)).order_by("-entered_at")
    rows = [{"bolo": bolo, "entry": entries[bolo.entry_id], "refusal": may_decide(bolo, _member(request))} for bolo in known]
    return render(request, "hotlists/bolos.html", {"rows": rows, "access": access, "now": now()})


@require_http_methods(["GET", "POST"])
def bolo_new(request: HttpRequest) -> HttpResponseBase:
    if refusal := may_do(_member(request), Act.HOTLISTS_BOLO, now()):
        raise Refused(refusal)
    form = BoloForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        enter(form.entry(), by=_member(request))
        messages.success(request, "The BOLO waits for a second member. It is not in force before.")
        return redirect("hotlists:bolos")
    return render(request, "hotlists/bolo_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def bolo_approve(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    decide(Bolo.objects.get(entry_id=entry_id).pk, by=_member(request), approve=True)
    messages.success(request, "The BOLO is in force. Units get it with the next edition.")
    return redirect("hotlists:bolos")


@require_POST
def bolo_refuse(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    decide(Bolo.objects.get(entry_id=entry_id).pk, by=_member(request), approve=False)
    messages.success(request, "The BOLO was refused.")
    return redirect("hotlists:bolos")
