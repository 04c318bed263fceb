"""Cars asked to drive the area of an incident: the task goes down signed, the crew's answer and the car's track come up.

A task belongs to one unit and ends at a stated time, when it is withdrawn, or with its incident. All that stand for a unit are one
sheet with a number that rises with every change; the same number has always the same bytes. What comes up of a track is kept only
between the asking and that end, in a table that nobody but one door reads, and ends with the reads of its day.

Refused: a closed incident, a major one before its canvass was ordered, a unit asked twice, an end that is past or more than a day away.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from platewarden.exchange import task_sheet
from platewarden.exchange.task_answer import Said, TaskAnswer
from platewarden.exchange.track_page import TrackPage
from platewarden.ground import apart_m
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.models import Deployment, SignedOn, Unit, UnitState
from platewarden.server.investigations.models import CanvassTask, Incident, Kind, TaskState
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
PLACE_COUNTS = timedelta(hours=1)
"""A car's last place says nothing about where it is after this."""
PLACE_KEPT = timedelta(hours=12)
LONGEST_SHIFT = timedelta(hours=24)
UNITS_AT_MOST = 20
STATE_OF = {Said.ACCEPTED: TaskState.ACCEPTED, Said.CANNOT: TaskState.CANNOT, Said.DONE: TaskState.DONE}
ORDER_FIRST = Refusal(
    Clause.CANVASS,
    "No canvass of this incident was ordered. Write down who orders it; then cars can be asked.",
)


@dataclass(frozen=True)
class Near:
    """A car that can be asked: how far it was from the incident, when, and whether somebody is signed on to it."""

    unit: Unit
    metres: float | None
    is_crewed: bool


def cars_near(incident: Incident) -> list[Near]:
    """The department's cars, the nearest by their last known place first; those whose place is not known after them. No fixed posts."""
    at = now()
    posts = Deployment.objects.filter(withdrawn_at=None).values("unit_id")
    crewed = set(SignedOn.objects.filter(until_at=None, since_at__gt=at - LONGEST_SHIFT).values_list("unit_id", flat=True))
    cars = Unit.objects.filter(state=UnitState.ENROLLED).exclude(pk__in=posts)
    found = [Near(unit, _metres(incident, unit, at), unit.pk in crewed) for unit in cars]
    return sorted(found, key=lambda each: (each.metres is None, each.metres or 0.0, each.unit.name))


def _metres(incident: Incident, unit: Unit, at: datetime) -> float | None:
    if unit.lat is None or unit.lon is None or unit.place_at is None or at - unit.place_at > PLACE_COUNTS:
        return None
    return apart_m(incident.lat, incident.lon, unit.lat, unit.lon)


def may_ask(incident: Incident, member: Member) -> Refusal | None:
    """Refuses whoever is no investigator, a closed incident, and one whose canvass was not ordered."""
    if refusal := may_do(member, Act.INVESTIGATIONS_TASK, now()):
        return refusal
    if incident.closed_at:
        return Refusal(Clause.CANVASS, "This incident is closed, and so is its canvass. Open a new one.")
    if incident.canvass_ordered is False or (incident.is_major and incident.canvass_ordered is None):
        return ORDER_FIRST
    return None


def ask(incident_id: int, units: Sequence[UUID], *, until: datetime, instruction: str, by: Member) -> list[CanvassTask]:
    """Asks units to drive the area until then. All or none; each is recorded."""
    if not 1 <= len(set(units)) <= UNITS_AT_MOST:
        raise Malformed(f"Choose one to {UNITS_AT_MOST} cars.")
    at = now()
    if not SHORTEST <= until - at <= LONGEST:
        raise Malformed("A canvass ends in five minutes at the earliest, and within a day. Correct its end.")
    words = " ".join(instruction.split())[:200]
    with transaction.atomic():
        incident = Incident.objects.select_for_update().filter(pk=incident_id).first()  # it is not closed meanwhile
        if incident is None:
            raise Unknown("There is no such incident. Look at the list again.")
        if refusal := may_ask(incident, by):
            raise Refused(refusal)
        # in one order, so that two members who ask the same cars wait for one another and not each for the other
        chosen = list(Unit.objects.select_for_update().filter(pk__in=set(units), state=UnitState.ENROLLED).order_by("pk"))
        if len(chosen) != len(set(units)):
            raise Unknown("One of these cars is not enrolled any more. Look at the list again.")
        made = []
        for unit in chosen:
            if incident.tasks.standing(at).filter(unit=unit).exclude(state=TaskState.CANNOT).exists():
                raise Stale(f"{unit.name} is asked already. Withdraw that first, or leave it out.")
            task = CanvassTask.objects.create(
                incident=incident,
                unit=unit,
                sheet=sheet_number(unit) + 1,
                instruction=words,
                asked_at=at,
                asked_by=str(by),
                until=until,
            )
            record(
                Act.INVESTIGATIONS_TASK,
                by=Signer(by.number, by.name),
                about={"incident": incident.pk, "task": task.pk, "unit": unit.id, "until": until.isoformat()},
                content={"number": incident.number, "instruction": words},
            )
            made.append(task)
    return made


def withdraw(task_id: int, *, by: Member, because: str, with_its_incident: bool = False) -> CanvassTask:
    """The car is asked no more; its screen says so once it has heard. What it drove until then stays."""
    if not with_its_incident and (refusal := may_do(by, Act.INVESTIGATIONS_TASK_WITHDRAWN, now())):
        raise Refused(refusal)
    if len(because.strip()) < 3:
        raise Malformed("Say in a few words why it is withdrawn.")
    at = now()
    with transaction.atomic():
        task = CanvassTask.objects.select_related("unit").filter(pk=task_id).first()
        if task is None:
            raise Unknown("There is no such task. Look at the incident again.")
        Unit.objects.select_for_update().get(pk=task.unit_id)
        changed = CanvassTask.objects.standing(at).filter(pk=task_id)
        is_changed = changed.update(
            state=TaskState.WITHDRAWN,
            withdrawn_at=at,
            withdrawn_by=str(by),
            withdrawn_because=because.strip()[:200],
            withdrawn_sheet=sheet_number(task.unit) + 1,
        )
        if not is_changed:
            raise Stale("This was done, over or withdrawn already. Look at the incident again.")
        record(
            Act.INVESTIGATIONS_TASK_WITHDRAWN,
            by=Signer(by.number, by.name),
            about={"incident": task.incident_id, "task": task_id, "unit": task.unit_id},
            content={"because": because.strip()[:200]},
        )
    task.refresh_from_db()
    return task


# ------------------------------------------------------------------------------------------------ at the door for cars


def sheet_number(unit: Unit) -> int:
    """The number of the unit's sheet now; 0 when it was never asked."""
    found = CanvassTask.objects.filter(unit=unit).aggregate(asked=Max("sheet"), withdrawn=Max("withdrawn_sheet"))
    return max(found["asked"] or 0, found["withdrawn"] or 0)


def sheet_of(unit: Unit) -> task_sheet.TaskSheet | None:
    """What stands for the unit since its last change. Made of the rows alone: the same number has always the same bytes."""
    number = sheet_number(unit)
    if not number:
        return None
    every = CanvassTask.objects.filter(unit=unit)
    changed_at = every.aggregate(last=Max(Greatest("asked_at", "withdrawn_at")))["last"]
    rows = every.filter(withdrawn_at=None, until__gt=changed_at).order_by("pk").values_list(
        *("pk", "instruction", "asked_by", "asked_at", "until"),
        *("incident__number", "incident__kind", "incident__address", "incident__lat", "incident__lon"),
        *("incident__radius_m", "incident__corners"),
    )  # fmt: skip
    tasks = tuple(
        task_sheet.CanvassTask(
            number=pk,
            incident=incident,
            what=Kind(kind).label,
            place=address,
            lat=float(lat),
            lon=float(lon),
            radius_m=radius_m,
            corners=tuple((float(east), float(north)) for east, north in corners or ()),
            instruction=instruction,
            asked_by=asked_by,
            asked_at=asked_at,
            until=until,
        )
        for pk, instruction, asked_by, asked_at, until, incident, kind, address, lat, lon, radius_m, corners in rows
    )
    return task_sheet.TaskSheet(bytes(unit.key_id), number, changed_at, tasks[-task_sheet.TASKS_AT_MOST :])


def take_answer(said: TaskAnswer, unit: Unit) -> None:
    """What a crew says, in the caller's transaction: recorded always; it counts while the task is the unit's and not withdrawn."""
    name = Member.objects.filter(number=said.member).values_list("name", flat=True).first()
    counts = (
        CanvassTask.objects.filter(pk=said.task, unit=unit, withdrawn_at=None)
        .exclude(answered_at__gt=said.at)
        .update(
            state=STATE_OF[said.said],
            answered_at=said.at,
            answered_by=f"{said.member} {name}" if name else "not on the roster",
            answered_because=said.because,
        )
    )
    record(
        Act.INVESTIGATIONS_TASK_ANSWERED,
        by=Signer(said.member if name else None, name or "not on the roster"),
        about={
            "unit": unit.id,
            "task": said.task,
            "number": said.sequence,
            "at": said.at.isoformat(),
            "said": said.said.value,
            "counts": bool(counts),
        },
        content={"because": said.because, "member": "" if name else said.member},
    )


def keep_track(page: TrackPage, unit: Unit) -> bool:
    """What of a page lies within its task, in the caller's transaction; False when nothing does, or its day is over."""
    spots = [[each.at.isoformat(), each.lat, each.lon, each.accuracy_m] for each in page.spots]
    with connection.cursor() as cursor:
        cursor.execute("select plates.keep_track(%s, %s, %s::jsonb)", [page.task, unit.id, json.dumps(spots)])
        return bool(cursor.fetchone()[0])


def end_tracks() -> int:
    """The worker's: ends the days of tracks that are due; how many."""
    with connection.cursor() as cursor:
        cursor.execute("select plates.end_tracks()")
        return int(cursor.fetchone()[0])


def forget_places() -> int:
    """The worker's: the last place of a car that has not been heard since. How many were forgotten."""
    old = Unit.objects.filter(place_at__lt=now() - PLACE_KEPT)
    return old.update(lat=None, lon=None, place_at=None)
