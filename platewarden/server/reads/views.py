"""The search page and one read, whole. Pictures come inside the page: what is shown is one look, one ledger line."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Unknown
from platewarden.server.access.purpose import stated_purpose
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.people.editions import department
from platewarden.server.reads import search
from platewarden.server.reads.forms import SearchForm
from platewarden.server.reads.images import NotThere


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


@require_http_methods(["GET", "POST"])
@needs_purpose
def look_for(request: HttpRequest) -> HttpResponseBase:
    """The search form; posted, so that a plate never stands in an address, a history or a server's line of requests."""
    form = SearchForm(request.POST or None)
    context: dict[str, object] = {"form": form, "stated": stated_purpose(request)}
    if request.method == "POST" and form.is_valid():
        since, until = form.moments()
        wanted = form.cleaned_data["plate"]
        context |= {"wanted": str(wanted), "since": since, "until": until, "at_most": search.AT_MOST}
        if isinstance(wanted, PlateText):
            access = search.access_to_plate(request, wanted, since=since, until=until)
            names = unit_names()
            context |= {
                "access": access,
                "results": [shown(each, names, with_overview=False) for each in search.reads_of_plate(access)],
            }
        else:
            access = search.access_to_pattern(request, wanted, since=since.date(), until=until.date())
            context |= {"access": access, "plates": search.plates_of_pattern(access)}
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
