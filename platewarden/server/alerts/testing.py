"""An alert as a test needs it: an entry in force, a read of it through the unit's door."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from platewarden.policy.verification import Answered, EyeSaw
from platewarden.server.alerts.models import Alert, StateAsk, Verification
from platewarden.server.alerts.simulated import Simulated, simulated
from platewarden.server.alerts.verify import Checked, verify
from platewarden.server.clock import now
from platewarden.server.config import StateSystem
from platewarden.server.hotlists.models import Source
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.models import Member

PLATE = "AB12345"
FULL = {"state": "IL", "state_confidence": 0.9}


def alert_of(office: Any, *, plate: str = PLATE, is_full: bool = True, entry: dict[str, Any] | None = None) -> Alert:
    """An alert of a BOLO: full when the state was read, possible when it was not."""
    bolo_in_force(plate, **(entry or {}))
    office.receive(office.car(), plate, **(FULL if is_full else {}))
    return Alert.objects.latest("pk")


def checked(**changes: Any) -> Checked:
    """Everything the same, and a return that confirms."""
    facts: dict[str, Any] = {
        "characters": EyeSaw.SAME,
        "state": EyeSaw.SAME,
        "vehicle": EyeSaw.SAME,
        "source": "LEADS",
        "reference": "77-1204",
        "answer": Answered.CONFIRMS,
        "returned_at": now(),
    }
    return Checked(**{**facts, **changes})


def verified(alert: Alert, *, by: Member, at: datetime | None = None, **changes: Any) -> Verification:
    return verify(alert.pk, checked(**changes, **({"returned_at": at} if at else {})), by=by)


@contextmanager
def connected_to(kind: str, *, is_confidential: bool = False, seconds: int = 1, **how: Any) -> Iterator[Simulated]:
    """A simulated state system that this office asks while this lasts, described as the source LEADS."""
    with simulated(kind=kind, **how) as state:
        Source.objects.get_or_create(
            name="LEADS", defaults={"owner": "State Police", "is_confidential": is_confidential, "created_at": now()}
        )
        before = settings.CONFIG
        settings.CONFIG = replace(before, state_system=StateSystem(url=state.url, source="LEADS", seconds=seconds))
        try:
            yield state
        finally:
            settings.CONFIG = before


def answered(alert: Alert, *, within: float = 6.0) -> StateAsk:
    """The alert's newest question, once it is known what came of it."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        ask = StateAsk.objects.filter(alert=alert).select_related("returned", "source").latest("pk")
        if ask.answer is not None:
            return ask
        time.sleep(0.02)
    raise AssertionError("nothing came of the question")
