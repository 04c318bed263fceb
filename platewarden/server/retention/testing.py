"""Days of the past for tests: reads, pictures and hits as the cars' door kept them then."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from platewarden.exchange.read_report import Place, ReadReport
from platewarden.plate.text import PlateText
from platewarden.policy.correction import Misread
from platewarden.server.alerts.correct import Said, correct
from platewarden.server.alerts.hits import raise_alerts
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.database.testing import Database
from platewarden.server.equipment.testing import Car
from platewarden.server.ledger.chain import Sealer
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads.images import keep_picture
from platewarden.server.reads.intake import keep
from platewarden.server.retention.hold import Named, NewHold
from platewarden.server.retention.hold import place as place_hold
from platewarden.server.retention.hold import release as release_hold
from platewarden.server.retention.models import Certificate, Ground, Hold, Scope
from platewarden.server.retention.purge import run

PARENTS = ("reads", "plate_seen", "correction", "hit", "alert_note", "ledger_content", "access_terms", "hotlist_entry")


@dataclass(frozen=True)
class Kept:
    """A read of the past and the alerts it raised."""

    report: ReadReport
    alerts: tuple[Alert, ...]

    @property
    def read_id(self) -> uuid.UUID:
        return self.report.read_id


def day_ago(days: int) -> date:
    """So many days before today, as the store counts them (UTC); a day is due two hours after it ended, so today begins at two."""
    return (now() - timedelta(hours=2)).date() - timedelta(days=days)


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
        opened = ReadReport.verified(report.signed(car.key), lambda _: car.key.public_bytes)[1]
        assert keep(report, car.unit, opened, pointers)
        return Kept(report, tuple(raise_alerts(report, car.unit)))


def request_of(office: Any, number: str) -> Any:
    """What an act looks at of a member's request: who, the session with its purpose, the key of the sign-in."""
    browser = office.browser(number)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    return SimpleNamespace(user=office.member(number), session=browser.session, COOKIES=cookies)


def held(
    office: Any,
    number: str,
    *,
    days: tuple[float, float] = (60, -2),
    plate: str | None = None,
    like: str | None = None,
    unit: uuid.UUID | None = None,
    read: Kept | None = None,
    place: tuple[float, float, float] | None = None,
) -> Hold:
    """A hold of a member, over some days before now (negative: to come)."""
    since, until = (now() - timedelta(days=each) for each in days)
    if read:
        since, until = read.report.captured_at, read.report.captured_at + timedelta(microseconds=1)
        named = Named(Scope.READ, read_id=read.read_id)
    elif place:
        named = Named(Scope.PLACE, lat=place[0], lon=place[1], radius_m=place[2])
    elif unit:
        named = Named(Scope.UNIT, unit_id=unit)
    else:
        named = Named(Scope.VEHICLE if plate else Scope.PATTERN, plate=plate, like=like)
    new = NewHold(
        ground=Ground.CRIMINAL,
        authority="State's Attorney, Lake County, letter of 11/20/2026",
        reference="26-004117",
        since=since,
        until=until,
        named=named,
        review_on=now().date() + timedelta(days=60),
    )
    return place_hold(request_of(office, number), new)


def corrected(
    office: Any, kept: Kept, text: str | None, *, state: str | None = None, saw: int = 0, by: str = OPERATOR
) -> list[Alert]:
    """A member corrects the reading of a read, or takes its corrections back (no text); the alerts that this changed."""
    office.seal()
    said = Said(PlateText(text) if text else None, state, Misread.CHARACTERS, f"it says {text}")
    return correct(request_of(office, by), kept.read_id, kept.report.captured_at, said, saw=saw)


def release(office: Any, hold: Hold, *, by: str) -> Hold:
    """Released by a member."""
    return release_hold(request_of(office, by), hold.pk, because="judgment of 11/20/2026, no appeal")


def purge_now(office: Any, *, asked_by: str = "a test") -> Certificate:
    """A whole purge, as the worker's login; its certificate."""
    with office.as_role("purge"):
        list(run(Sealer(), asked_by=asked_by))
        return Certificate.objects.order_by("-pk")[0]


__all__ = ["PARENTS", "Kept", "corrected", "day_ago", "held", "keep_past", "open_past", "purge_now", "release", "request_of"]
