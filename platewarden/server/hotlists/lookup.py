"""Proposals for a read: entries in force that share a fold with it, and patterns whose fold it answers. The matcher decides, not this."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from platewarden.plate.likeness import fold
from platewarden.plate.match import LookedFor


@dataclass(frozen=True)
class Proposal:
    """An entry in force that may be what was seen."""

    entry_id: uuid.UUID
    loaded_at: datetime
    looked_for: LookedFor


def proposals(texts: Iterable[str]) -> list[Proposal]:
    """What is looked for that any of these texts could be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select entry_id, loaded_at, text, is_pattern, state from plates.propose(%s)", [[fold(text) for text in texts]]
        )
        return [
            Proposal(entry_id, loaded_at, LookedFor(text=text, is_pattern=is_pattern, state=state))
            for entry_id, loaded_at, text, is_pattern, state in cursor
        ]
