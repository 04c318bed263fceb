"""Days of the past for tests: reads, pictures and hits as the cars' door kept them then."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from platewarden.exchange.read_report import Place, ReadReport
from platewarden.server.alerts.hits import raise_alerts
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.database.testing import Database
from platewarden.server.equipment.testing import Car
from platewarden.server.ledger.chain import Sealer
from platewarden.server.reads.images import keep_picture
from platewarden.server.reads.intake import keep
from platewarden.server.retention.models import Certificate
from platewarden.server.retention.purge import run

PARENTS = ("reads", "plate_seen", "hit", "alert_note", "ledger_content", "access_terms", "hotlist_entry")


@dataclass(frozen=True)
class Kept:
    """A read of the past and the alerts it raised."""

    report: ReadReport
    alerts: tuple[Alert, ...]

    @property
    def read_id(self) -> uuid.UUID:
        return self.report.read_id


def day_ago(days: int) -> date:
    """So many days before today, as the store counts them (UTC)."""
    return now().date() - timedelta(days=days)


def open_past(database: Database, *days: int, parents: tuple[str, ...] = PARENTS) -> None:
    """Makes the days that the office would have opened then."""
    with database.connect("owner") as owner:
        for ago in days:
            owner.execute("select plates.make_span(%s, %s)", [day_ago(ago), list(parents)])


def keep_past(car: Car, text: str, ago: int, *, at: time = time(12), place: Place | None = None, **fields: Any) -> Kept:
    """A read of a past day with its two pictures, and its hits. The default login must be the cars' door's."""
    report = car.report(text, at=datetime.combine(day_ago(ago), at, UTC), place=place, **fields)
    pointers = [
        keep_picture(
            each.content, view=each.view, read_id=report.read_id, unit_id=car.unit.id, captured_at=report.captured_at
        ).as_row()
        for each in report.pictures
    ]
    with transaction.atomic():
        assert keep(report, car.unit, report.read_id.bytes * 2, pointers)
        return Kept(report, tuple(raise_alerts(report, car.unit)))


def purge_now(office: Any, *, asked_by: str = "a test") -> Certificate:
    """A whole purge, as the worker's login; its certificate."""
    with office.as_role("purge"):
        list(run(Sealer(), asked_by=asked_by))
        return Certificate.objects.order_by("-pk")[0]


__all__ = ["PARENTS", "Kept", "day_ago", "keep_past", "open_past", "purge_now"]
