"""Incidents and reads near them, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from platewarden.exchange.read_report import Place
from platewarden.server.clock import now
from platewarden.server.investigations.incident import NewIncident, open_incident
from platewarden.server.investigations.models import Incident, Kind
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


__all__ = ["CENTRAL", "new_incident", "opened", "spot"]
