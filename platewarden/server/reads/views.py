"""The search page and one read, whole. Pictures come inside the page: what is shown is one look, one ledger line."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.server.access.purpose import stated_purpose
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.reads import export as exports
from platewarden.server.reads import search
from platewarden.server.reads.forms import SearchForm
from platewarden.server.reads.images import NotThere

PART, FOUND = "X-Part", "found"  # asked for with this, and answered with it, so that no page is taken for a part


@dataclass(frozen=True)
class Shown:
    """A read with what a page shows of it: its unit's name and its pictures as data."""

    read: search.PlateRead
    unit: str
    plate_picture: str
    overview_picture: str
    is_tampered: bool = False


def shown(read: search.PlateRead, names: dict[uuid.UUID, str], *, with_overview: bool) -> Shown:
    """A read for a page. A picture that is gone is left out, and one that does not answer to its key is said; the read still shows."""
    plate, overview = read.picture("plate"), read.picture("overview") if with_overview else None
    return Shown(
        read=read,
        unit=names.get(read.unit_id, "a unit no longer listed"),
        plate_picture=_as_data(plate),
        overview_picture=_as_data(overview),
        is_tampered=any(isinstance(each, NotThere) and each.is_tampered for each in (plate, overview)),
    )


def unit_names() -> dict[uuid.UUID, str]:
    return dict(Unit.objects.values_list("id", "name"))


def _as_data(content: bytes | NotThere | None) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}" if isinstance(content, bytes) else ""


def looked(request: HttpRequest, form: SearchForm) -> dict[str, Any]:
    """What a search shows, whoever's page asks: one look."""
    since, until = form.moments()
    wanted = form.cleaned_data["plate"]
    found: dict[str, Any] = {"wanted": str(wanted), "since": since, "until": until, "at_most": search.AT_MOST}
    if isinstance(wanted, PlateText):
        access = search.access_to_plate(request, wanted, since=since, until=until)
        names = unit_names()
        return found | {
            "access": access,
            "results": [shown(each, names, with_overview=False) for each in search.reads_of_plate(access)],
        }
    access = search.access_to_pattern(request, wanted, since=since.date(), until=until.date())
    return found | {"access": access, "plates": search.plates_of_pattern(access)}


@require_POST
@needs_purpose
def export(request: HttpRequest) -> HttpResponseBase:
    """The same search once more, a look of its own, taken along as a file."""
    form, kind = SearchForm(request.POST), form_asked(request)
    if not form.is_valid():
        raise Malformed("This search cannot be read. Search again, then take it along.")
    found = looked(request, form)
    return taken(exports.export(found["access"], _sheet(found), kind))


def form_asked(request: HttpRequest) -> exports.Form:
    """What a result is asked as; refused to whom it is not for, before anything is looked at."""
    assert isinstance(request.user, Member)
    exports.must_be_allowed(request.user)
    try:
        return exports.Form(request.POST.get("form", ""))
    except ValueError as error:
        raise Malformed("Take it along as CSV or as PDF.") from error


def taken(file: exports.Taken) -> HttpResponse:
    """A file for the browser to keep."""
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    return answer


def _sheet(found: dict[str, Any]) -> exports.Sheet:
    zone = department().time_zone
    since, until = (f"{found[name].astimezone(zone):%m/%d/%Y %H:%M %Z}" for name in ("since", "until"))
    asked = f"{found['wanted']}, from {since} to {until}."
    if "plates" in found:
        plates = found["plates"]
        return exports.Sheet(
            title="Plates that answer part of a plate",
            asked=asked,
            columns=("plate", "last_seen_on", "days"),
            rows=[{"plate": each.plate, "last_seen_on": each.last_on.isoformat(), "days": each.days} for each in plates],
            heads={"Plate": 2, "Last seen": 2, "Days": 1},
            table=[(each.plate, f"{each.last_on:%m/%d/%Y}", str(each.days)) for each in plates],
        )
    rows = [
        {
            "plate": each.read.stands,
            "state": each.read.stands_state or "",
            "as_read": each.read.plate,
            "captured_at": each.read.captured_at.isoformat(),
            "local_time": f"{each.read.captured_at.astimezone(zone):%m/%d/%Y %H:%M:%S %Z}",
            "unit": each.unit,
            "camera": each.read.camera,
            "crossing": each.read.crossing or "",
            "lat": each.read.lat,
            "lon": each.read.lon,
            "way": each.read.way,
            "confidence": round(each.read.confidence, 3),
            "read": str(each.read.read_id),
        }
        for each in found["results"]
    ]
    shown_on_paper = ("plate", "state", "as_read", "local_time", "unit", "camera", "crossing")
    return exports.Sheet(
        title="Reads of a plate",
        asked=asked,
        columns=tuple(rows[0]) if rows else ("plate", "local_time", "read"),
        rows=rows,
        heads={"Plate": 1.1, "State": 0.6, "As read": 1.1, "When": 2, "Unit": 1.2, "Camera": 1, "Place": 2},
        table=[[str(row[name]) for name in shown_on_paper] for row in rows],
    )


@require_http_methods(["GET", "POST"])
@needs_purpose
def look_for(request: HttpRequest) -> HttpResponseBase:
    """The search form; posted, so that a plate never stands in an address, a history or a server's line of requests.

    The page's own script asks for what was found only: a look like the other, without the page around it.
    """
    assert isinstance(request.user, Member)
    if request.method == "POST" and (refusal := may_do(request.user, Act.READS_SEARCH, now())):
        raise Refused(refusal)
    form = SearchForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "stated": stated_purpose(request),
        "export_refusal": may_do(request.user, Act.READS_EXPORT, now()),
    }
    if request.method == "POST" and form.is_valid():
        context |= looked(request, form)
        if request.headers.get(PART) == FOUND:
            part = render(request, "reads/found.html", context)
            part[PART] = FOUND
            return part
    return render(request, "reads/search.html", context, status=422 if form.errors else 200)


def moment_of(captured: str) -> datetime:
    """The moment in a read's address; Unknown when it is none."""
    try:
        captured_at = datetime.fromisoformat(captured)
    except ValueError as error:
        raise Unknown from error
    if captured_at.tzinfo is None:
        raise Unknown
    return captured_at


@require_GET
@needs_purpose
def read(request: HttpRequest, read_id: uuid.UUID, captured: str) -> HttpResponse:
    """One read: both pictures, every character with its confidence, where and when."""
    captured_at = moment_of(captured)
    access = search.access_to_read(request, read_id, captured_at)
    one = search.one_read(access)
    ends_on = one.captured_at.date() + timedelta(days=department().retention_days["reads"] + 1)
    context = {
        "access": access,
        "shown": shown(one, unit_names(), with_overview=True),
        "ends_on": ends_on,
        "is_held_only": ends_on <= now().date(),
    }
    return render(request, "reads/read.html", context)
