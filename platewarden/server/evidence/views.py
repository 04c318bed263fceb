"""Packages and what became of them: booking, custody, papers. No plate stands here: the reads themselves are on the medium."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from platewarden.policy.refusal import Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.evidence import book as booking
from platewarden.server.evidence.forms import BookingForm, DestroyForm, ReturnForm, TransferForm
from platewarden.server.evidence.models import Booking, Package, PackageState
from platewarden.server.evidence.papers import custody_pdf, label_pdf
from platewarden.server.evidence.passphrase import show_passphrase
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


@require_GET
def packages(request: HttpRequest) -> HttpResponse:
    """Every package, newest first; and the holds that wait for one."""
    try:
        before = int(request.GET.get("before", "0"))
    except ValueError:
        before = 0
    found = Package.objects.select_related("hold", "booking").order_by("-pk")
    shown = list(found.filter(pk__lt=before)[: ON_A_PAGE + 1] if before else found[: ON_A_PAGE + 1])
    on = today(now())
    waiting = Hold.objects.standing().filter(booked_at=None).order_by("book_by", "pk")
    context = {
        "rows": [{"package": each, "booking": getattr(each, "booking", None)} for each in shown[:ON_A_PAGE]],
        "more": shown[ON_A_PAGE - 1].pk if len(shown) > ON_A_PAGE else None,
        "waiting": [{"hold": each, "unbooked": each.is_unbooked(on)} for each in waiting[:20]],
        "waiting_in_all": waiting.count(),
        "refusal": may_do(_member(request), Act.EVIDENCE_PACKAGE, now()),
        "booking_days": department().booking_days,
    }
    return render(request, "evidence/packages.html", context)


@require_GET
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    return _page(request, _package(package_id))


@require_POST
def book(request: HttpRequest, package_id: int) -> HttpResponse:
    form = BookingForm(request.POST)
    if not form.is_valid():
        return _page(request, _package(package_id), book_form=form)
    try:
        booked = booking.book(request, package_id, form.booking())
    except Stale as error:
        form.add_error(None, error.message)
        return _page(request, _package(package_id), book_form=form)
    ended = " By this department's policy that ends its hold." if booked.ended_hold else ""
    messages.success(request, f"Booked as item {booked.booking.item_number}.{ended}")
    return redirect("evidence:package", package_id)


@require_POST
def hand_on(request: HttpRequest, package_id: int) -> HttpResponse:
    form = TransferForm(request.POST)
    if not form.is_valid():
        return _page(request, _package(package_id), transfer_form=form)
    made = booking.hand_on(package_id, by=_member(request), **form.cleaned_data)
    messages.success(request, f"Written down: it is with {made.to_whom} now.")
    return redirect("evidence:package", package_id)


@require_POST
def hand_back(request: HttpRequest, package_id: int) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, _package(package_id), return_form=form)
    booking.hand_back(package_id, by=_member(request), **form.cleaned_data)
    messages.success(request, "Written down: it has left the department's evidence.")
    return redirect("evidence:package", package_id)


@require_POST
def destroy(request: HttpRequest, package_id: int) -> HttpResponse:
    form = DestroyForm(request.POST)
    if not form.is_valid():
        return _page(request, _package(package_id), destroy_form=form)
    booking.destroy(package_id, by=_member(request), because=form.cleaned_data["because"])
    messages.success(request, "Written down. The key of this package is destroyed: no copy of its file opens any more.")
    return redirect("evidence:package", package_id)


@require_POST
def passphrase(request: HttpRequest, package_id: int) -> HttpResponse:
    """The same page with the passphrase, once; written down."""
    found = _package(package_id)
    return _page(request, found, passphrase=show_passphrase(found, by=_member(request)))


@require_GET
def label(request: HttpRequest, package_id: int) -> HttpResponse:
    return _paper(request, _package(package_id), "label")


@require_GET
def custody(request: HttpRequest, package_id: int) -> HttpResponse:
    return _paper(request, _package(package_id), "custody")


def _package(package_id: int) -> Package:
    found = Package.objects.select_related("hold").filter(pk=package_id).first()
    if found is None:
        raise Unknown(booking.NO_PACKAGE)
    return found


def _page(request: HttpRequest, found: Package, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    booked = _booking(found)
    context: dict[str, Any] = {
        "package": found,
        "hold": found.hold,
        "booking": booked,
        "transfers": list(booked.transfers.order_by("pk")) if booked else [],
        "book_refusal": may_do(member, Act.EVIDENCE_BOOK, at),
        "transfer_refusal": may_do(member, Act.EVIDENCE_TRANSFER, at),
        "return_refusal": may_do(member, Act.EVIDENCE_RETURN, at),
        "destroy_refusal": booking.may_destroy(found, member),
        "passphrase_refusal": may_do(member, Act.EVIDENCE_PASSPHRASE, at),
        "book_form": BookingForm(),
        "transfer_form": TransferForm(initial={"from_whom": _with_whom(booked)}),
        "return_form": ReturnForm(),
        "destroy_form": DestroyForm(),
    }
    wrong = any(each.errors for each in more.values() if isinstance(each, forms.Form))
    return render(request, "evidence/package.html", context | more, status=422 if wrong else 200)


def _booking(found: Package) -> Booking | None:
    return Booking.objects.filter(package=found).first()


def _with_whom(booked: Booking | None) -> str:
    if booked is None:
        return ""
    last = booked.transfers.order_by("-pk").first()
    return last.to_whom if last else booked.place


def _paper(request: HttpRequest, found: Package, which: str) -> HttpResponse:
    if refusal := may_do(_member(request), Act.EVIDENCE_BOOK, now()):
        raise Refused(refusal)
    if _booking(found) is None:
        raise Unknown(f"{found} is not booked yet, so it has no item number to print. Book it first.")
    made = {"label": label_pdf, "custody": custody_pdf}[which](facts_of(found))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-{which}.pdf"'
    return response


def facts_of(found: Package) -> dict[str, Any]:
    """What the papers of a booked package say."""
    booked, hold = found.booking, found.hold
    return {
        "department": department().name,
        "package": found.number,
        "reference": hold.reference,
        "hold": hold.number,
        "reads": found.reads,
        "pictures": found.photos,
        "bytes": f"{found.size_bytes:,}",
        "sha512": found.sha512,
        "made_by": found.made_by,
        "written_at": _said(found.written_at),
        "item": booked.item_number,
        "serial": booked.medium_serial,
        "marking": booked.marking,
        "place": booked.place,
        "booked_by": booked.booked_by,
        "booked_at": _said(booked.booked_at),
        "ended": PackageState(found.state).label if booked.ended_at else None,
        "ended_at": _said(booked.ended_at),
        "ended_by": booked.ended_by,
        "ended_because": booked.ended_because,
        "transfers": [
            {"at": _said(each.at), "from_whom": each.from_whom, "to_whom": each.to_whom, "because": each.because}
            for each in booked.transfers.order_by("pk")
        ],
    }


def _said(at: datetime | None) -> str:
    return f"{timezone.localtime(at, department().time_zone):%m/%d/%Y %H:%M %Z}" if at else ""
