"""Incidents and reads near them, for tests."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from platewarden.exchange.read_report import Place
from platewarden.exchange.receipt import Receipt
from platewarden.exchange.seal import seal_to
from platewarden.exchange.task_answer import Said, TaskAnswer
from platewarden.exchange.track_page import Spot, TrackPage
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.equipment.testing import Car
from platewarden.server.investigations.incident import NewIncident, open_incident
from platewarden.server.investigations.models import CanvassTask, Incident, Kind
from platewarden.server.investigations.task import ask
from platewarden.server.people.testing import OPERATOR

CENTRAL = (42.1817, -87.8003)


def spot(north_m: float = 0.0, east_m: float = 0.0) -> Place:
    """A place so many metres from Central Ave."""
    return Place(CENTRAL[0] + north_m / 111_195, CENTRAL[1] + east_m / 82_400, 4.0, 90.0, 0.5, "Central Ave & Second St")


def new_incident(number: str = "26-004117", *, at: datetime | None = None, **fields: Any) -> NewIncident:
    """A hit and run on Central Ave, within ten minutes an hour ago."""
    middle = at or now() - timedelta(hours=1)
    facts: dict[str, Any] = {
        "number": number,
        "kind": Kind.HIT_AND_RUN,
        "address": "Central Ave & Second St",
        "lat": CENTRAL[0],
        "lon": CENTRAL[1],
        "radius_m": 500,
        "since": middle - timedelta(minutes=5),
        "until": middle + timedelta(minutes=5),
        "vehicle": "red pickup, right headlight broken",
        "is_major": False,
        "has_partial": False,
    }
    return NewIncident(**{**facts, **fields})


def opened(office: Any, number: str = "26-004117", *, by: str = OPERATOR, **fields: Any) -> Incident:
    """An open incident of a member."""
    return open_incident(new_incident(number, **fields), by=office.member(by))


def asked(
    office: Any, incident: Incident, *cars: Car, by: str = OPERATOR, minutes: int = 60, instruction: str = ""
) -> list[CanvassTask]:
    """Cars asked to drive the area of an incident."""
    until = now() + timedelta(minutes=minutes)
    return ask(incident.pk, [car.unit.pk for car in cars], until=until, instruction=instruction, by=office.member(by))


def said(office: Any, car: Car, message: TaskAnswer | TrackPage) -> Any:
    """What the door answers to what a car says, sealed and signed."""
    return office.post_to_door("field", seal_to(office_sealing_key().public_bytes, message.signed(car.key)))


def answered(office: Any, car: Car, task: CanvassTask, what: Said, because: str = "", *, at: datetime | None = None) -> Receipt:
    """A crew's answer, through the door."""
    answer = TaskAnswer(car.key.key_id, next(car.numbers), task.pk, what, because, uuid.UUID(int=7), OPERATOR, at or now())
    receipt: Receipt = office.opened(said(office, car, answer))
    return receipt


def drove(
    office: Any, car: Car, task: CanvassTask, *points: tuple[float, float], at: datetime | None = None, every_s: float = 2.0
) -> Receipt:
    """A page of a track, through the door: points are metres north and east of Central Ave, the last of them now."""
    last = at or now()
    spots = tuple(
        Spot(last - timedelta(seconds=every_s * (len(points) - each)), spot(*point).lat, spot(*point).lon, 4.0)
        for each, point in enumerate(points, 1)
    )
    receipt: Receipt = office.opened(said(office, car, TrackPage(car.key.key_id, next(car.numbers), task.pk, spots)))
    return receipt


__all__ = ["CENTRAL", "answered", "asked", "drove", "new_incident", "opened", "said", "spot"]
