"""An alert as a test needs it: an entry in force, a read of it through the unit's door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from platewarden.policy.verification import Answered, EyeSaw
from platewarden.server.alerts.models import Alert, Verification
from platewarden.server.alerts.verify import Checked, verify
from platewarden.server.clock import now
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
