"""An incident: what happened, where, when, with what is not known about it; its watches; and its end.

A major one asks for a decision on a canvass, by name and with the reason. A watch is a BOLO that dies with the incident.

Refused: a number that is no case number, deciding twice, closing somebody else's without the duty of a manager.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import enter, withdraw
from platewarden.server.hotlists.entry import NewEntry, plate_or_pattern
from platewarden.server.hotlists.models import BoloState
from platewarden.server.investigations import task
from platewarden.server.investigations.models import MAJOR, Incident, Kind, Watch
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import MANAGERS, may_do

LARGEST_RADIUS_M = 20_000
LONGEST = timedelta(days=31)
NO_INCIDENT = "There is no such incident. Look at the list again."


@dataclass(frozen=True)
class NewIncident:
    """What a member enters. `corners` are [[lon, lat], ...] of a drawn area, or None for the circle."""

    number: str
    kind: Kind
    address: str
    lat: float
    lon: float
    radius_m: int
    since: datetime
    until: datetime
    vehicle: str
    is_major: bool
    has_partial: bool
    corners: list[list[float]] | None = None


def must_be_sound(new: NewIncident) -> Refusal | None:
    """Refuses a number that is not a case's, and a time or area out of reason."""
    if not any(each.number == "case" and each.may_carry(new.number) is None for each in department().purposes.values()):
        return Refusal(Clause.LEGITIMATE_PURPOSE, f"“{new.number[:40]}” is no case number of this department. Correct it.")
    if not timedelta(0) < new.until - new.since <= LONGEST:
        return Refusal(Clause.PARTIAL_PLATES, "It happened within a time: its end lies after its beginning, at most 31 days.")
    if new.since > now():
        return Refusal(Clause.PARTIAL_PLATES, "An incident lies in the past. Correct the date or the time.")
    if new.corners is not None and (because := wrong_area(new.corners)):
        return Refusal(Clause.PARTIAL_PLATES, because)
    return None


def wrong_area(corners: list[list[float]]) -> str | None:
    """What is wrong with a drawn area: too few corners, off the globe, or sides that cross."""
    if not 3 <= len(corners) <= 100:
        return "An area has 3 to 100 corners. Draw it again."
    if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for lon, lat in corners):
        return "A corner of the area lies off the globe. Draw it again; an area across the date line is drawn as two."
    if max(lon for lon, _ in corners) - min(lon for lon, _ in corners) > 5:
        return "The area is wider than five degrees. Draw a smaller one; an area across the date line is drawn as two."
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for i, one in enumerate(sides):
        for j in range(i + 2, len(sides)):
            if (i, j) != (0, len(sides) - 1) and _cross(*one, *sides[j]):
                return "Two sides of the area cross. Draw it again, going once around."
    return None


def _cross(a: list[float], b: list[float], c: list[float], d: list[float]) -> bool:
    def turn(p: list[float], q: list[float], r: list[float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def open_incident(new: NewIncident, *, by: Member) -> Incident:
    """Opens an incident. Recorded as `investigations.open`; its place and words in the erasable content."""
    if refusal := may_do(by, Act.INVESTIGATIONS_OPEN, now()) or must_be_sound(new):
        raise Refused(refusal)
    at = now()
    try:
        with transaction.atomic():
            opened = Incident.objects.create(
                number=new.number,
                kind=new.kind,
                address=new.address,
                lat=new.lat,
                lon=new.lon,
                radius_m=new.radius_m,
                corners=new.corners,
                since=new.since,
                until=new.until,
                vehicle=new.vehicle,
                is_major=new.is_major or new.kind in MAJOR,
                partial_at=at if new.has_partial else None,
                opened_at=at,
                opened_by=str(by),
                opened_by_number=by.number,
            )
            record(
                Act.INVESTIGATIONS_OPEN,
                by=Signer(by.number, by.name),
                about={"incident": opened.pk, "major": opened.is_major, "partial": new.has_partial},
                content={"number": new.number, "kind": new.kind.value, "address": new.address},
            )
    except IntegrityError as error:
        if "number" not in str(error.__cause__):
            raise
        raise Stale(f"An incident {new.number} is open or was closed already. Look at the list.") from error
    return opened


def find(incident_id: int) -> Incident:
    found = Incident.objects.filter(pk=incident_id).first()
    if found is None:
        raise Unknown(NO_INCIDENT)
    return found


def decide(incident_id: int, *, by: Member, ordered: bool, because: str) -> Incident:
    """Says whether a major incident is canvassed, on whose word or why not. Once."""
    if refusal := may_do(by, Act.INVESTIGATIONS_DECIDE, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words who ordered the canvass, or why there is none.")
    with transaction.atomic():
        changed = (
            Incident.objects.standing()
            .filter(pk=incident_id, is_major=True, canvass_ordered=None)
            .update(
                canvass_ordered=ordered, canvass_because=because.strip()[:200], canvass_decided_at=now(), canvass_decided_by=str(by)
            )
        )
        if not changed:
            raise Stale("This was decided already, or the incident is closed or not a major one. Look at it again.")
        record(Act.INVESTIGATIONS_DECIDE, by=Signer(by.number, by.name), about={"incident": incident_id, "ordered": ordered})
    return find(incident_id)


def watch(request: HttpRequest, incident_id: int, pattern: str, *, state: str | None, category: Category, reason: str) -> Watch:
    """Looks for a partial plate until the incident is closed. A second member approves it as any BOLO."""
    by = request.user
    assert isinstance(by, Member)
    if refusal := may_do(by, Act.INVESTIGATIONS_WATCH, now()):
        raise Refused(refusal)
    text, is_pattern = plate_or_pattern(pattern)
    at = now()
    with transaction.atomic():
        incident = Incident.objects.select_for_update().filter(pk=incident_id).first()
        if incident is None:
            raise Unknown(NO_INCIDENT)
        if incident.closed_at:
            raise Stale("This incident is closed, and so is what was looked for. Open a new one.")
        entered = enter(
            request,
            NewEntry(
                entry_id=uuid.uuid4(),
                text=text,
                is_pattern=is_pattern,
                state=state,
                category=category,
                approach=Approach.STOP,
                caution=False,
                urgent=incident.is_major,
                reason=reason,
                reference=incident.number,
                author=by.number,
                expires_at=at + timedelta(days=department().bolo_longest_days) - timedelta(minutes=1),
            ),
        )
        made = Watch.objects.create(incident=incident, bolo=entered.bolo, began_at=at)
        record(
            Act.INVESTIGATIONS_WATCH,
            by=Signer(by.number, by.name),
            about={"incident": incident.pk, "watch": made.pk, "entry": entered.bolo.entry_id},
        )
    return made


def may_close(incident: Incident, member: Member) -> Refusal | None:
    """Refuses whoever neither opened it nor manages."""
    if refusal := may_do(member, Act.INVESTIGATIONS_CLOSE, now()):
        return refusal
    if incident.opened_by_number != member.number and not member.duties_on(now()) & {duty.value for duty in MANAGERS}:
        return Refusal(Clause.ASSIGNED_MEMBERS, "Who opened an incident closes it, or a supervisor or designee. Ask one of them.")
    return None


def close(incident_id: int, *, by: Member, because: str) -> Incident:
    """Closes an incident; every watch of it ends at once, and no car is asked to drive it any more."""
    incident = find(incident_id)
    if refusal := may_close(incident, by):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words how it ended, such as “vehicle found, driver charged”.")
    with transaction.atomic():
        list(Incident.objects.select_for_update().filter(pk=incident_id))  # no watch begins while it ends
        changed = (
            Incident.objects.standing()
            .filter(pk=incident_id)
            .update(closed_at=now(), closed_by=str(by), closed_because=because.strip()[:200])
        )
        if not changed:
            raise Stale("This incident was closed meanwhile. Look at it again.")
        ended = 0
        for each in Watch.objects.filter(incident_id=incident_id).select_related("bolo"):
            if each.bolo.state in (BoloState.WAITING, BoloState.APPROVED):
                withdraw(each.bolo_id, by=by, because=f"incident {incident.number} was closed", with_its_incident=True)
                ended += 1
        for asked in incident.tasks.standing(now()):
            task.withdraw(asked.pk, by=by, because="the incident was closed", with_its_incident=True)
        record(Act.INVESTIGATIONS_CLOSE, by=Signer(by.number, by.name), about={"incident": incident_id, "watches_ended": ended})
    return find(incident_id)
