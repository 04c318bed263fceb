"""Which entries does a new read answer? Proposed by the list, decided by the one matcher, written once each, told at once.

Runs in the transaction that keeps the read: a read is never kept without its hits, nor a hit without its alert. Ids of
alerts commit in order (a lock held only by reads that hit), so a console that asks "what came after n?" misses none.
The office looks for itself and also takes in what the unit found with the edition it held.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from platewarden.exchange.read_report import ReadReport
from platewarden.plate.match import Answer, Candidate, LookedFor, SeenPlate, answers
from platewarden.server.alerts.from_car import merge_waiting
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit
from platewarden.server.hotlists.lookup import proposals

CHANNEL = "alerts"
CHANGED = "changed"


@dataclass(frozen=True)
class Found:
    """An entry that the read answers, and how."""

    entry_id: uuid.UUID
    loaded_at: datetime
    answer: Answer
    by_unit: bool


def raise_alerts(report: ReadReport, unit: Unit) -> list[Alert]:
    """Writes hits and alerts for a read that was just kept, in the caller's transaction, and notifies on commit."""
    found = _find(report)
    if not found:
        return []
    in_order()
    raised = []
    for each in found:
        hit_id = uuid.uuid5(report.read_id, str(each.entry_id))
        facts = _write_hit(hit_id, report, each)
        if facts is None:
            continue
        alert = Alert.objects.create(
            hit_id=hit_id,
            read_id=report.read_id,
            captured_at=report.captured_at,
            unit=unit,
            raised_at=now(),
            tier=each.answer.tier.value,
            urgent=facts[0],
            silent=facts[1],
            source_id=facts[2],
        )
        raised.append(alert)
        merge_waiting(alert)
        tell(str(alert.pk))
    return raised


def in_order() -> None:
    """From here to the end of the caller's transaction, nobody else's alert gets a number."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(4270007)")


def tell(what: str) -> None:
    """Tells every console on commit: the number of a new alert, or `CHANGED`."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, what])


def _find(report: ReadReport) -> list[Found]:
    seen = SeenPlate(
        text=report.text,
        state=report.state,
        state_confidence=report.state_confidence,
        confidence=report.confidence,
        candidates=tuple(Candidate(text=each.text, confidence=each.confidence) for each in report.candidates),
    )
    carried = {hit.entry_id for hit in report.hits}
    found = [
        Found(proposal.entry_id, proposal.loaded_at, answer, proposal.entry_id in carried)
        for proposal in proposals([report.text, *(each.text for each in report.candidates)])
        if (answer := answers(seen, proposal.looked_for))
    ]
    missing = carried - {each.entry_id for each in found}
    return found + [
        Found(entry_id, loaded_at, answer, by_unit=True)
        for entry_id, loaded_at, looked_for in _entries(missing)
        if (answer := answers(seen, looked_for))
    ]


def _entries(ids: set[uuid.UUID]) -> list[tuple[uuid.UUID, datetime, LookedFor]]:
    """Entries that a unit's edition still held though they are no longer in force here: the alert was shown in the car."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select entry_id, loaded_at, text, is_pattern, state from plates.entries_by_id(%s)", [list(ids)])
        return [(row[0], row[1], LookedFor(text=row[2], is_pattern=row[3], state=row[4])) for row in cursor]


def _write_hit(hit_id: uuid.UUID, report: ReadReport, found: Found) -> tuple[bool, bool, int | None] | None:
    """Urgent, silent and the source of the entry, or None when the hit was there already."""
    answer = found.answer
    with connection.cursor() as cursor:
        cursor.execute(
            "select is_urgent, is_silent, of_source from plates.write_hit(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
            [
                hit_id,
                report.read_id,
                report.captured_at,
                report.text,
                "unit" if found.by_unit else "office",
                answer.tier.value,
                [doubt.value for doubt in answer.doubts],
                json.dumps([[each.position, each.a, each.b] for each in answer.confusions]),
                found.entry_id,
                found.loaded_at,
            ],
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None
