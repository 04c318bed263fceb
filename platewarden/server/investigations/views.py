"""Incidents: the list, one of them, what was read around it as map, timeline and table, the cars that were asked to drive it and where
they did, and wide searches that wait for a colleague.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.exchange.hotlist_edition import Category
from platewarden.policy.refusal import Malformed, Refused, Stale, Unavailable, Unknown
from platewarden.server.access.desk import Access
from platewarden.server.access.purpose import stated_purpose
from platewarden.server.access.session import not_input
from platewarden.server.access.views import needs_purpose
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.investigations import canvass, task
from platewarden.server.investigations import coverage as coverage_of
from platewarden.server.investigations import incident as incident_acts
from platewarden.server.investigations.forms import (
    AroundForm,
    CloseForm,
    CosignForm,
    DecisionForm,
    IncidentForm,
    TaskForm,
    WatchForm,
    WithdrawForm,
)
from platewarden.server.investigations.models import Cosign, Incident, TaskState, Watch
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.reads import export as exports
from platewarden.server.reads.forms import SearchForm
from platewarden.server.reads.views import form_asked, looked, taken

ON_A_PAGE = 50
NO_ROADS: dict[str, Any] = {"type": "FeatureCollection", "features": []}


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """Those that stand, newest first; with `closed` also the others."""
    try:
        before = int(request.GET.get("before", "0"))
    except ValueError:
        before = 0
    with_closed = "closed" in request.GET
    found = Incident.objects.all() if with_closed else Incident.objects.standing()
    found = found.prefetch_related(Prefetch("watches", Watch.objects.select_related("bolo"))).order_by("-pk")
    shown = list((found.filter(pk__lt=before) if before else found)[: ON_A_PAGE + 1])
    at, hours = now(), department().investigations["partial_hours"]
    context = {
        "rows": [{"incident": each, "partial_late": each.partial_is_late(at, hours)} for each in shown[:ON_A_PAGE]],
        "more": shown[ON_A_PAGE - 1].pk if len(shown) > ON_A_PAGE else None,
        "with_closed": with_closed,
        "refusal": may_do(_member(request), Act.INVESTIGATIONS_OPEN, at),
        "cosigns_waiting": canvass.waiting_for(_member(request)).count(),
    }
    return render(request, "investigations/incidents.html", context)


@require_http_methods(["GET", "POST"])
def incident_new(request: HttpRequest) -> HttpResponse:
    member = _member(request)
    if refusal := may_do(member, Act.INVESTIGATIONS_OPEN, now()):
        raise Refused(refusal)
    stated = stated_purpose(request)
    form = IncidentForm(request.POST or None, initial={"number": stated.reference if stated else ""})
    if request.method == "POST" and form.is_valid():
        try:
            opened = incident_acts.open_incident(form.incident(), by=member)
        except Stale as error:
            form.add_error("number", error.message)
        else:
            messages.success(request, f"Incident {opened} is open.")
            return redirect("investigations:incident", opened.pk)
    return render(request, "investigations/incident_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    return _page(request, incident_acts.find(incident_id))


def _page(request: HttpRequest, found: Incident, **more: Any) -> HttpResponse:
    member, at = _member(request), now()
    context: dict[str, Any] = {
        "incident": found,
        "partial_late": found.partial_is_late(at, department().investigations["partial_hours"]),
        "watches": list(found.watches.select_related("bolo").order_by("pk")),
        "cosigns": list(found.cosigns.filter(asked_by_number=member.number).order_by("-pk")[:10]),
        "around_form": _around_form(found),
        "watch_form": WatchForm(auto_id="watch_%s"),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        "close_form": CloseForm(auto_id="close_%s"),
        "task_form": _task_form(found, initial={"until": at + timedelta(hours=1)}),
        "task_refusal": task.may_ask(found, member),
        "coverage_refusal": may_do(member, Act.INVESTIGATIONS_COVERAGE, at),
        **_cars(found, member),
        "watch_refusal": may_do(member, Act.INVESTIGATIONS_WATCH, at),
        "decision_refusal": may_do(member, Act.INVESTIGATIONS_DECIDE, at),
        "count_refusal": may_do(member, Act.INVESTIGATIONS_COUNT, at),
        "close_refusal": incident_acts.may_close(found, member),
        "map": _map([canvass.Scene.of(found)], []),
        "now": at,
    }
    wrong = any(each.errors for each in more.values() if hasattr(each, "errors"))
    return render(request, "investigations/incident.html", context | more, status=422 if wrong else 200)


def _task_form(found: Incident, data: Any = None, **more: Any) -> TaskForm:
    near = [] if found.closed_at else task.cars_near(found)
    return TaskForm(data, near=near, auto_id="task_%s", **more)


def _cars(found: Incident, member: Member) -> dict[str, Any]:
    """The cars that were asked, as the incident's page and its renewed part show them."""
    at = now()
    tasks = list(found.tasks.select_related("unit").order_by("-pk"))
    return {
        "asked": [{"task": each, "is_over": each.is_over(at)} for each in tasks],
        "is_driven": any(each.state == TaskState.ACCEPTED and not each.is_over(at) for each in tasks),
        "is_asked": any(each.withdrawn_at is None and each.state != TaskState.DONE and not each.is_over(at) for each in tasks),
        "withdraw_refusal": may_do(member, Act.INVESTIGATIONS_TASK_WITHDRAWN, at),
    }


def _around_form(found: Incident, data: Any = None) -> AroundForm:
    near = Incident.objects.standing().exclude(pk=found.pk).order_by("-pk")[:30]
    return AroundForm(data, incident=found, near=list(near), auto_id="around_%s")


@dataclass(frozen=True)
class Row:
    """A vehicle as the page shows it: its place in the list and why it stands there."""

    place: int
    vehicle: canvass.Vehicle
    reasons: tuple[str, ...]


@require_POST
@needs_purpose
def around(request: HttpRequest, incident_id: int) -> HttpResponseBase:
    """Counts what a search would show, and shows it when that was asked for: each a look of its own."""
    found = incident_acts.find(incident_id)
    form = _around_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, around_form=form)
    try:
        search = form.search()
        if request.POST.get("act") == "show":
            access = canvass.access_to_vehicles(request, search)
            return _vehicles_page(access, request, found, form, search)
        counted = canvass.count(request, search)
    except Malformed as error:
        form.add_error(None, error.message)
        return _page(request, found, around_form=form)
    context = {
        "incident": found,
        "form": form,
        "search": search,
        "counted": counted,
        "limit": canvass.VEHICLES,
        "cosign_above": department().investigations["cosign_above_vehicles"],
        "cosign_form": CosignForm(
            initial={"count_id": counted.access.access_id, "vehicles": counted.vehicles}, auto_id="cosign_%s"
        ),
        "map": _map(search.scenes, []),
    }
    return render(request, "investigations/counted.html", context)


def _vehicles_page(access: Access, request: HttpRequest, found: Incident, form: AroundForm, search: canvass.Search) -> HttpResponse:
    rows = _rows(access, search)
    context = {
        "incident": found,
        "form": form,
        "search": search,
        "access": access,
        "export_refusal": may_do(_member(request), Act.READS_EXPORT, now()),
        "rows": rows,
        "limit": canvass.VEHICLES,
        "units": dict(Unit.objects.values_list("id", "name")),
        "map": _map(search.scenes, rows),
        "timeline": _timeline(search, rows),
    }
    return render(request, "investigations/around.html", context)


def _rows(access: Access, search: canvass.Search) -> list[Row]:
    vehicles = canvass.vehicles_around(access)
    return [Row(place, each, why) for place, (each, why) in enumerate(canvass.in_order(search, vehicles), 1)]


@require_POST
@needs_purpose
def export(request: HttpRequest, incident_id: int) -> HttpResponseBase:
    """The same search once more, a look of its own with the same co-sign, taken along as a file."""
    found, kind = incident_acts.find(incident_id), form_asked(request)
    form = _around_form(found, request.POST)
    if not form.is_valid():
        raise Malformed("This search cannot be read. Count and show it again, then take it along.")
    search = form.search()
    access = canvass.access_to_vehicles(request, search)
    return taken(exports.export(access, _sheet(found, search, _rows(access, search)), kind))


def _sheet(found: Incident, search: canvass.Search, rows: list[Row]) -> exports.Sheet:
    zone, units = department().time_zone, dict(Unit.objects.values_list("id", "name"))

    def when(at: datetime) -> str:
        return f"{at.astimezone(zone):%m/%d/%Y %H:%M:%S %Z}"

    scenes = "; ".join(
        f"{each.radius_m if each.corners is None else 'a drawn area'}{' m' if each.corners is None else ''} around {each.lat:.5f}, "
        f"{each.lon:.5f} from {when(each.since)} to {when(each.until)}"
        for each in search.scenes
    )
    part = f" {search.partial}{', also with one character wrong' if search.is_loose else ''}." if search.partial else ""
    read = [
        {
            "place": row.place,
            "plate": row.vehicle.plate,
            "state": each.state or "",
            "as_read": each.as_read or row.vehicle.plate,
            "listed": "yes" if row.vehicle.is_listed else "no",
            "scene": each.scene,
            "captured_at": each.captured_at.isoformat(),
            "local_time": when(each.captured_at),
            "metres": round(each.metres),
            "unit": units.get(each.unit_id, "a unit no longer listed"),
            "camera": each.camera,
            "crossing": each.crossing or "",
            "lat": each.lat,
            "lon": each.lon,
            "confidence": round(each.confidence, 3),
            "read": str(each.read_id),
            "why": " ".join(row.reasons),
        }
        for row in rows
        for each in row.vehicle.sightings
    ]
    return exports.Sheet(
        title=f"Vehicles around incident {found.number}",
        asked=f"{found.get_kind_display()}, {found.address}. {scenes}.{part}",
        columns=tuple(read[0]) if read else ("place", "plate", "read"),
        rows=read,
        heads={"#": 0.3, "Plate": 1.1, "State": 0.6, "Nearest read": 1.7, "Place": 1.4, "Reads": 0.5, "Why it stands here": 4},
        table=[
            (
                str(row.place),
                row.vehicle.plate + (" (listed)" if row.vehicle.is_listed else ""),
                row.vehicle.state or "",
                when(row.vehicle.nearest.captured_at),
                row.vehicle.nearest.crossing or "",
                str(row.vehicle.reads),
                " ".join(row.reasons),
            )
            for row in rows
        ],
    )


def _map(scenes: Any, rows: list[Row]) -> dict[str, Any]:
    """What the map's script draws: scenes, and sightings by the number of their row. No plate is in it."""
    return {
        "scenes": [{"lat": each.lat, "lon": each.lon, "radius_m": each.radius_m, "corners": each.corners} for each in scenes],
        "sightings": [
            {"row": row.place, "lat": each.lat, "lon": each.lon, "at": each.captured_at.isoformat(), "travel_deg": each.travel_deg}
            for row in rows[:100]
            for each in row.vehicle.sightings
        ],
    }


def _timeline(search: canvass.Search, rows: list[Row]) -> dict[str, Any]:
    """The first scene's time from left to right, a tick for every sighting in it."""
    since, until = search.scenes[0].since, search.scenes[0].until

    def x(at: datetime) -> float:
        return round(1000 * ((at - since) / (until - since)), 1)

    ticks = [
        {"x": x(each.captured_at), "row": row.place, "at": each.captured_at}
        for row in rows[:100]
        for each in row.vehicle.sightings
        if each.scene == 1
    ]
    return {"since": since, "until": until, "ticks": ticks}


@require_POST
def ask_cosign(request: HttpRequest, incident_id: int) -> HttpResponse:
    found, form = incident_acts.find(incident_id), CosignForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in a few words why so many vehicles have to be seen.")
    given = form.cleaned_data
    canvass.ask_cosign(request, given["count_id"], given["vehicles"], given["because"])
    messages.success(request, "A colleague was asked. Once it is signed, search again with the same terms.")
    return redirect("investigations:incident", found.pk)


@require_POST
def watch(request: HttpRequest, incident_id: int) -> HttpResponse:
    found, form = incident_acts.find(incident_id), WatchForm(request.POST, auto_id="watch_%s")
    if not form.is_valid():
        return _page(request, found, watch_form=form)
    given = form.cleaned_data
    once, sent = str(given["once"] or ""), request.session.get("watches_begun", [])
    if once in sent:
        messages.info(request, "This watch stands already.")
        return redirect("investigations:incident", incident_id)
    try:
        incident_acts.watch(
            request,
            incident_id,
            given["plate"],
            state=given["state"] or None,
            category=Category(given["category"]),
            reason=given["reason"],
        )
    except Malformed as error:
        form.add_error("reason", error.message)
        return _page(request, found, watch_form=form)
    if once:
        request.session["watches_begun"] = [*sent[-19:], once]
    messages.success(request, "It waits for a second member, as any BOLO.")
    try:
        return _kept_already(request, found, given["plate"])
    except (Refused, Unavailable) as error:
        messages.warning(request, f"What is kept already was not looked through. {error.message}")
        return redirect("investigations:incident", incident_id)


def _kept_already(request: HttpRequest, found: Incident, plate: str) -> HttpResponse:
    """A watch is run at once over all reads that are kept: a look of its own, under the purpose that stands."""
    form = SearchForm({"plate": plate, "span": "all"})
    assert form.is_valid()  # the watch's own form read the same plate by the same rules
    context = looked(request, form) | {"incident": found, "form": form}
    context["export_refusal"] = may_do(_member(request), Act.READS_EXPORT, now())
    return render(request, "investigations/watched.html", context)


@require_POST
def decide(request: HttpRequest, incident_id: int) -> HttpResponse:
    found, form = incident_acts.find(incident_id), DecisionForm(request.POST, auto_id="decision_%s")
    if not form.is_valid():
        return _page(request, found, decision_form=form)
    try:
        ordered = form.cleaned_data["ordered"] == "yes"
        incident_acts.decide(incident_id, by=_member(request), ordered=ordered, because=form.cleaned_data["because"])
    except Malformed as error:
        form.add_error("because", error.message)
        return _page(request, found, decision_form=form)
    messages.success(request, "The decision is written down.")
    return redirect("investigations:incident", incident_id)


@require_POST
def close(request: HttpRequest, incident_id: int) -> HttpResponse:
    found, form = incident_acts.find(incident_id), CloseForm(request.POST, auto_id="close_%s")
    if not form.is_valid():
        return _page(request, found, close_form=form)
    try:
        incident_acts.close(incident_id, by=_member(request), because=form.cleaned_data["because"])
    except Malformed as error:
        form.add_error("because", error.message)
        return _page(request, found, close_form=form)
    messages.success(request, "The incident is closed, and its watches have ended.")
    return redirect("investigations:incidents")


@require_GET
@not_input
def cars(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The cars that were asked, for a page that renews them by itself."""
    found = incident_acts.find(incident_id)
    return render(request, "investigations/cars.html", {"incident": found, "now": now(), **_cars(found, _member(request))})


@require_POST
def ask_cars(request: HttpRequest, incident_id: int) -> HttpResponse:
    found = incident_acts.find(incident_id)
    if refusal := task.may_ask(found, _member(request)):
        raise Refused(refusal)
    form = _task_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, task_form=form)
    given = form.cleaned_data
    try:
        made = task.ask(found.pk, given["units"], until=given["until"], instruction=given["instruction"], by=_member(request))
    except (Malformed, Stale) as error:
        form.add_error(None, error.message)
        return _page(request, found, task_form=form)
    names = ", ".join(each.unit.name for each in made)
    messages.success(request, f"Asked: {names}. It shows on the car’s screen as soon as the car is in touch.")
    return redirect("investigations:incident", incident_id)


@require_POST
def withdraw_car(request: HttpRequest, incident_id: int, task_id: int) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Malformed("Say in a few words why it is withdrawn.")
    if not incident_acts.find(incident_id).tasks.filter(pk=task_id).exists():
        raise Unknown("There is no such task. Look at the incident again.")
    withdrawn = task.withdraw(task_id, by=_member(request), because=form.cleaned_data["because"])
    messages.success(request, f"{withdrawn.unit.name} is not asked any more, as soon as it hears.")
    return redirect("investigations:incident", incident_id)


@require_POST
@needs_purpose
def coverage(request: HttpRequest, incident_id: int) -> HttpResponseBase:
    """Where the cars drove, over the roads of the area: a look."""
    found = incident_acts.find(incident_id)
    access = coverage_of.access_to_tracks(request, found)
    return render(request, "investigations/coverage.html", _covered(access, found))


@require_POST
@needs_purpose
@not_input
def coverage_again(request: HttpRequest, incident_id: int) -> HttpResponseBase:
    """The part that changes, for a page that renews it by itself: a look of its own each time."""
    found = incident_acts.find(incident_id)
    access = coverage_of.access_to_tracks(request, found)
    return render(request, "investigations/covered.html", _covered(access, found))


def _covered(access: Access, found: Incident) -> dict[str, Any]:
    tracks, scene, at = coverage_of.tracks(access), canvass.Scene.of(found), now()
    covered = coverage_of.cover(scene, tracks, coverage_of.roads_of_department())
    by_task = {each.task_id: each for each in tracks}
    tasks = list(found.tasks.select_related("unit").order_by("pk"))
    runs = [[[spot.lon, spot.lat] for spot in run] for track in tracks for run in track.runs()]
    return {
        "incident": found,
        "access": access,
        "coverage": covered,
        "rows": [{"task": each, "track": by_task.get(each.pk), "is_over": each.is_over(at)} for each in tasks],
        "is_driven": any(each.state == TaskState.ACCEPTED and not each.is_over(at) for each in tasks),
        "within_m": coverage_of.WITHIN_M,
        "now": at,
        "map": _map([scene], []) | {"driven": covered.driven, "open": covered.open, "tracks": runs},
    }


@require_GET
def cosigns(request: HttpRequest) -> HttpResponse:
    return _cosigns_page(request)


def _cosigns_page(request: HttpRequest, **more: Any) -> HttpResponse:
    member = _member(request)
    context = {
        "rows": canvass.waiting_for(member)[:100],
        "refusal": may_do(member, Act.INVESTIGATIONS_COSIGN, now()),
        "decided": Cosign.objects.exclude(decided_at=None).select_related("incident").order_by("-pk")[:20],
    }
    return render(request, "investigations/cosigns.html", context | more)


@require_POST
@needs_purpose
def cosign_asked(request: HttpRequest, cosign_id: int) -> HttpResponseBase:
    """The same page with what one search asks for: a look."""
    found = _cosign(cosign_id)
    access = canvass.access_to_asked(request, found)
    return _cosigns_page(request, asked=canvass.what_is_asked(access), asked_of=found)


@require_POST
def cosign_sign(request: HttpRequest, cosign_id: int) -> HttpResponse:
    canvass.sign(request, _cosign(cosign_id), signs=True)
    messages.success(request, "Co-signed. Your colleague may search now.")
    return redirect("investigations:cosigns")


@require_POST
def cosign_refuse(request: HttpRequest, cosign_id: int) -> HttpResponse:
    canvass.sign(request, _cosign(cosign_id), signs=False)
    messages.success(request, "Refused. Nothing will be shown of it.")
    return redirect("investigations:cosigns")


def _cosign(cosign_id: int) -> Cosign:
    found = Cosign.objects.select_related("incident").filter(pk=cosign_id).first()
    if found is None:
        raise Unknown("There is no such search to co-sign. Look at the list again.")
    return found


@require_GET
def roads(_request: HttpRequest) -> HttpResponseBase:
    """The department's roads, `roads.geojson` of the data folder; nothing where there is none, and the map shows a plain grid."""
    path = settings.CONFIG.data / "roads.geojson"
    if not path.is_file():
        return JsonResponse(NO_ROADS)
    return FileResponse(path.open("rb"), content_type="application/geo+json")
