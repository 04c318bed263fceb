"""What the worker's jobs tell of themselves: that they were done, about every half minute each."""

from __future__ import annotations

import time

from platewarden.server.clock import now
from platewarden.server.proof.models import JobRun

EVERY_S = 20.0
_said: dict[str, float] = {}


def note_done(name: str) -> None:
    """A job was done without a fault. Said to the database at most every twenty seconds."""
    at = time.monotonic()
    if at - _said.get(name, -EVERY_S) < EVERY_S:
        return
    JobRun.objects.update_or_create(name=name, defaults={"done_at": now()})
    _said[name] = at
