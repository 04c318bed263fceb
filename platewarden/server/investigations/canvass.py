"""What was read around one or several incidents: counted first, then shown, ranked; a wide search only with a colleague's co-sign.

A search is a set of scenes (place, area, time), with part of a plate where a witness has one. The same terms are counted, co-signed and
shown; the database compares them, so that what a colleague signed is what is shown.

Refused: more than ten scenes, a time to come, more vehicles than the policy allows without a co-sign.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest

from platewarden.plate.pattern import Pattern, likes, loosely
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.investigations import rank
from platewarden.server.investigations.models import Cosign, CosignState, Incident
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

SCENES, VEHICLES = 10, 500
WAITS_FOR_COSIGN = "PW002"  # what the database says of a wide search without one
COSIGN_FIRST = Refusal(
    Clause.LEGITIMATE_PURPOSE, "This would show many vehicles, so a colleague co-signs it first. Ask for it below its count."
)
NOT_YOURS = Refusal(
    Clause.LEGITIMATE_PURPOSE, "Nobody co-signs their own search. A supervisor, designee or another investigator does."
)


@dataclass(frozen=True)
class Scene:
    """A place with its area, and a time with what is not known about it."""

    lat: float
    lon: float
    radius_m: int
    corners: list[list[float]] | None
    since: datetime
    until: datetime

    @classmethod
    def of(
        cls, incident: Incident, *, radius_m: int | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> Scene:
        """Where and when an incident was; the area and time may be taken wider or narrower for a search."""
        return cls(
            incident.lat,
            incident.lon,
            radius_m or incident.radius_m,
            incident.corners if radius_m is None else None,
            since or incident.since,
            until or incident.until,
        )

    def terms(self) -> dict[str, Any]:
        return {
            "lat": self.lat,
            "lon": self.lon,
            "radius_m": self.radius_m,
            "corners": self.corners,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
        }


@dataclass(frozen=True)
class Search:
    """What is asked around an incident: its scenes, and what a witness knows of the plate; loose: one character of it may be wrong."""

    incident_id: int
    scenes: tuple[Scene, ...]
    partial: Pattern | None
    state: str | None
    is_loose: bool = False

    def terms(self) -> dict[str, Any]:
        """As the database gets and keeps them. The same search has the same terms."""
        if not 1 <= len(self.scenes) <= SCENES:
            raise Malformed(f"A search has one to {SCENES} scenes. Take some away.")
        if any(scene.since > now() for scene in self.scenes):
            raise Malformed("Nothing was read in a time to come. Correct the date or the time.")
        terms: dict[str, Any] = {"incident": self.incident_id, "scenes": [each.terms() for each in self.scenes], "limit": VEHICLES}
        if self.partial:
            terms |= {"pattern": str(self.partial), "like": list((loosely if self.is_loose else likes)(self.partial))}
        return terms | ({"state": self.state} if self.state else {})


@dataclass(frozen=True)
class Counted:
    """What a search would show, before it shows anything."""

    access: Access
    vehicles: int
    reads: int
    listed: int
    placeless: int

    @property
    def needs_cosign(self) -> bool:
        return self.vehicles > department().investigations["cosign_above_vehicles"]


@dataclass(frozen=True)
class Sighting:
    """One read near a scene."""

    read_id: uuid.UUID
    captured_at: datetime
    scene: int
    metres: float
    lat: float
    lon: float
    crossing: str | None
    unit_id: uuid.UUID
    camera: str
    state: str | None
    confidence: float
    travel_deg: float | None
    as_read: str | None = None
    """What the camera read, where a member corrected it."""


@dataclass(frozen=True)
class Vehicle:
    """A plate that was read near the scenes, with its reads nearest to them in order of time."""

    plate: str
    reads: int
    scenes: tuple[int, ...]
    is_listed: bool
    sightings: tuple[Sighting, ...]

    @property
    def as_read(self) -> tuple[str, ...]:
        """What cameras read where a member corrected it to this plate, each once."""
        return tuple(sorted({each.as_read for each in self.sightings if each.as_read}))

    @property
    def nearest(self) -> Sighting:
        return min(self.sightings, key=lambda each: each.metres)

    @property
    def state(self) -> str | None:
        """The issuing state that most of its reads say; None when none was read."""
        read = [each.state for each in self.sightings if each.state]
        return max(sorted(set(read)), key=read.count) if read else None


def count(request: HttpRequest, search: Search) -> Counted:
    """How many vehicles and reads a search would show, how many are on a list. Recorded as a look, though it shows no plate."""
    access = open_access(request, Act.INVESTIGATIONS_COUNT, search.terms())
    row = through_door(access, "count_around")[0]
    return Counted(access, row["vehicles"], row["reads"], row["listed"], row["placeless"])


def access_to_vehicles(request: HttpRequest, search: Search) -> Access:
    return open_access(request, Act.INVESTIGATIONS_CANVASS, search.terms())


def vehicles_around(access: Access) -> list[Vehicle]:
    """The vehicles that the access names, those near most scenes first. Refused when it is wide and nobody co-signed it."""
    try:
        rows = through_door(access, "vehicles_around")
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.Error) and error.__cause__.sqlstate == WAITS_FOR_COSIGN:
            raise Refused(COSIGN_FIRST) from error
        raise
    return [
        Vehicle(
            row["plate"],
            row["reads"],
            tuple(row["scenes"]),
            row["is_listed"],
            tuple(
                Sighting(
                    read_id=uuid.UUID(each["read_id"]),
                    captured_at=datetime.fromisoformat(each["captured_at"]),
                    scene=each["scene"],
                    metres=each["metres"],
                    lat=each["lat"],
                    lon=each["lon"],
                    crossing=each["crossing"],
                    unit_id=uuid.UUID(each["unit_id"]),
                    camera=each["camera"],
                    state=each["state"],
                    confidence=each["confidence"],
                    travel_deg=each["travel_deg"],
                    as_read=each["as_read"],
                )
                for each in row["sightings"]
            ),
        )
        for row in rows
    ]


def ask_cosign(request: HttpRequest, count_id: uuid.UUID, vehicles: int, because: str) -> Cosign:
    """Asks a colleague for a wide search that this member counted."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.INVESTIGATIONS_COSIGN_ASK, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why so many vehicles have to be seen.")
    asked = "A co-sign for this search was asked for already."
    made = ask_as_the_person(request, "ask_cosign(%s, %s, %s, %s)", count_id, vehicles, because.strip()[:200], meanwhile=asked)
    return Cosign.objects.get(pk=made)


def cosign_for(count_id: uuid.UUID) -> Cosign | None:
    return Cosign.objects.filter(count_id=count_id).first()


def waiting_for(member: Member) -> QuerySet[Cosign]:
    """Searches that wait for this member's signature, oldest first."""
    if may_do(member, Act.INVESTIGATIONS_COSIGN, now()):
        return Cosign.objects.none()
    waiting = Cosign.objects.filter(state=CosignState.WAITING).exclude(asked_by_number=member.number)
    return waiting.select_related("incident").order_by("pk")


def may_cosign(cosign: Cosign, member: Member) -> Refusal | None:
    """Refuses who asked, and whoever lacks the duty."""
    if refusal := may_do(member, Act.INVESTIGATIONS_COSIGN, now()):
        return refusal
    return NOT_YOURS if cosign.asked_by_number == member.number else None


def access_to_asked(request: HttpRequest, cosign: Cosign) -> Access:
    """A look at what a search asks for; refused as signing it is."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_cosign(cosign, member):
        raise Refused(refusal)
    return open_access(request, Act.INVESTIGATIONS_WEIGH, {"cosign": cosign.pk})


def what_is_asked(access: Access) -> dict[str, Any] | None:
    """Purpose, number and terms of the search; None when they were erased on schedule."""
    rows = through_door(access, "cosign_asked")
    return rows[0] if rows else None


def sign(request: HttpRequest, cosign: Cosign, *, signs: bool) -> None:
    """Co-signs a search, or refuses to. Once."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_cosign(cosign, member):
        raise Refused(refusal)
    ask_as_the_person(request, "cosign(%s, %s, %s)", cosign.pk, signs)


def in_order(search: Search, vehicles: Sequence[Vehicle]) -> list[tuple[Vehicle, tuple[str, ...]]]:
    """The vehicles, likeliest first, each with a sentence for every reason why it stands there. Those near more scenes come first."""
    middles = [scene.since + (scene.until - scene.since) / 2 for scene in search.scenes]
    first = search.scenes[0]
    scene = rank.Scene(at=middles[0], give_or_take=(first.until - first.since) / 2, radius_m=first.radius_m, state=search.state)
    seen = [
        rank.Seen(
            plate=vehicle.plate,
            state=each.state,
            at=each.captured_at - middles[each.scene - 1] + middles[0],  # as far from its own scene's time
            metres=each.metres,
            reading_confidence=each.confidence,
        )
        for vehicle in vehicles
        for each in vehicle.sightings
    ]
    by_plate = {row.plate: (place, row) for place, row in enumerate(rank.ranked(search.partial, scene, seen))}
    last = len(vehicles)
    rows = sorted(vehicles, key=lambda each: (-len(each.scenes), by_plate[each.plate][0] if each.plate in by_plate else last))
    return [(each, _reasons(search, each, by_plate[each.plate][1].reasons if each.plate in by_plate else ())) for each in rows]


def _reasons(search: Search, vehicle: Vehicle, ranked: tuple[str, ...]) -> tuple[str, ...]:
    near = (f"Near {len(vehicle.scenes)} of {len(search.scenes)} scenes.",) if len(search.scenes) > 1 else ()
    return (*near, *ranked, *(("On a list in force.",) if vehicle.is_listed else ()))
