"""Complaints for tests: what somebody says, taken in by a member."""

from __future__ import annotations

from typing import Any

from platewarden.server.clock import now
from platewarden.server.complaints.models import About, Complaint
from platewarden.server.complaints.receive import receive
from platewarden.server.complaints.rules import Links, NewComplaint
from platewarden.server.people.testing import DESIGNEE
from platewarden.server.people.training import today
from platewarden.server.retention.testing import request_of

WORDS = "I was stopped on Lake Street though AB12345 is my own car"


def new_complaint(links: Links | None = None, **changes: Any) -> NewComplaint:
    """A complaint as it is told at the desk."""
    facts: dict[str, Any] = {
        "about": About.WRONG_STOP,
        "came_on": today(now()),
        "complainant": "June Ellery",
        "contact": "12 Elm Place",
        "words": WORDS,
        "letter": None,
        "links": links or Links(),
    }
    return NewComplaint(**(facts | changes))


def complained(office: Any, *, by: str = DESIGNEE, **changes: Any) -> Complaint:
    """A complaint that a member took in."""
    return receive(request_of(office, by), new_complaint(**changes))


__all__ = ["WORDS", "complained", "new_complaint"]
