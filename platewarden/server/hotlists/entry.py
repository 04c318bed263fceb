"""An entry as it comes in, from a list's row or a BOLO's form: strict, one clear sentence for each fault."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connections

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.plate.likeness import fold
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import PlateText, parse_state
from platewarden.policy.refusal import Malformed

BATCH = 2000

Say = Callable[[int], object]
"""Told how many lines were read, or entries written, so far."""


def quiet(_count: int) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class NewEntry:
    """What is looked for, why, for whom, until when. `state` None is a stated "unknown"."""

    entry_id: uuid.UUID
    text: str
    is_pattern: bool
    state: str | None
    category: Category
    approach: Approach
    caution: bool
    urgent: bool
    reason: str
    reference: str
    author: str
    expires_at: datetime | None
    vehicle: str = ""
    instructions: str = ""


def plate_or_pattern(raw: str) -> tuple[str, bool]:
    """The normal form, and whether it is a pattern. Malformed otherwise."""
    if set(raw) & set("?*"):
        return PartialPlate.parse(raw).pattern, True
    return PlateText.parse(raw).text, False


@lru_cache(maxsize=512)  # a list says the same few words a million times
def category_of(raw: str) -> Category:
    name = raw.strip().lower().replace(" ", "_").replace("-", "_")
    try:
        return Category(name)
    except ValueError as error:
        raise Malformed(f"This is not a category. It is one of: {', '.join(each.value for each in Category)}.") from error


@lru_cache(maxsize=512)  # a list says the same few words a million times
def approach_of(raw: str) -> Approach:
    name = raw.strip().lower().replace(" ", "_").replace("-", "_") or Approach.STOP.value
    try:
        return Approach(name)
    except ValueError as error:
        raise Malformed(f"This is not a way to act. It is one of: {', '.join(each.value for each in Approach)}.") from error


@lru_cache(maxsize=512)  # a list says the same few words a million times
def state_of(raw: str) -> str | None:
    """A two-letter code, or None for a stated `unknown`; an empty field is refused, for nobody said anything."""
    if not raw.strip():
        raise Malformed("The issuing state is missing. Give it, or write “unknown”.")
    try:
        return parse_state(raw)
    except Malformed as error:  # its sentence repeats what was written, and a shifted column may be a plate
        raise Malformed("The issuing state is not a state's two-letter code. Give one such as IL, or write “unknown”.") from error


def as_row(entry: NewEntry) -> dict[str, Any]:
    """The entry as the database's functions take it."""
    return {
        "entry_id": str(entry.entry_id),
        "text": entry.text,
        "fold": entry.text if entry.is_pattern else fold(entry.text),
        "is_pattern": entry.is_pattern,
        "state": entry.state,
        "category": entry.category.value,
        "approach": entry.approach.value,
        "caution": entry.caution,
        "urgent": entry.urgent,
        "reason": entry.reason,
        "reference": entry.reference,
        "author": entry.author,
        "expires_at": entry.expires_at.isoformat() if entry.expires_at else None,
        "vehicle": entry.vehicle,
        "instructions": entry.instructions,
    }


def add_entries(entries: Sequence[NewEntry], *, load: int, loaded_at: datetime, using: str = "default", say: Say = quiet) -> int:
    """Writes entries into a load that is being filled, in the caller's transaction. The application can add entries and read none."""
    added = 0
    with connections[using].cursor() as cursor:
        for start in range(0, len(entries), BATCH):
            rows = [as_row(entry) for entry in entries[start : start + BATCH]]
            cursor.execute("select plates.add_entries(%s, %s, %s::jsonb)", [load, loaded_at, json.dumps(rows)])
            added += int(cursor.fetchone()[0])
            say(added)
    return added
