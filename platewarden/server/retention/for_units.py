"""Holds and cars: a hold goes down to a unit as hours and nothing else; what comes of those hours, late, is kept only if a hold names it.

A car cannot open its reads, so a hold cannot name one there. It keeps what it read in the hours of a hold beyond the schedule, and the
office decides here, read by read, by the same rule as at a purge: what a standing hold names lies beside the other held reads from then
on; everything else is not kept, is receipted `expired`, and the car forgets it. Hours are at most 48 to a hold (decision 0011).

Known gap: such a read comes without its pictures, whose keys went with their day; and it raises no alert.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from platewarden.exchange.hold_notice import HoldNotice, Span
from platewarden.exchange.read_report import ReadReport
from platewarden.exchange.receipt import Outcome, Stream
from platewarden.exchange.seal import Opened
from platewarden.server.equipment.models import Unit
from platewarden.server.reads import intake

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def notice_number(unit: Unit) -> int:
    """The number of what is held for the unit now; 0 when nothing ever was."""
    return _notice(unit)[0]


def notice_of(unit: Unit) -> HoldNotice | None:
    """What is held for the unit. Made of the rows alone: the same number has always the same bytes."""
    number, spans = _notice(unit)
    if not number:
        return None
    return HoldNotice(bytes(unit.key_id), number, _EPOCH + timedelta(microseconds=number), spans)


def keep_if_held(report: ReadReport, unit: Unit, opened: Opened) -> bool:
    """Keeps a read whose day has ended when a standing hold names it, once, with its number; False, and nothing written, otherwise."""
    with transaction.atomic():
        is_new = intake.note_received(report.unit_key_id, Stream.READ, report.sequence, opened.digest, Outcome.KEPT)
        row = intake.row_of(report, unit, opened, pictures=[])
        is_kept = is_new and _keep(row | {"candidates": json.loads(row["candidates"]), "pictures": []})
        transaction.set_rollback(not is_kept)
    return is_kept


def _keep(row: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select plates.keep_held(%s::jsonb)", [json.dumps(row, default=_spelled)])
        return bool(cursor.fetchone()[0])


def _spelled(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, uuid.UUID)
    return str(value)


def _notice(unit: Unit) -> tuple[int, tuple[Span, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select number, spans from plates.hold_notice(%s)", [unit.id])
        number, spans = cursor.fetchone()
    rows = json.loads(spans) if isinstance(spans, str) else spans
    return int(number or 0), tuple(Span(*map(datetime.fromisoformat, each)) for each in rows)
