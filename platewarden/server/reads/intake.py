"""Taking in a read: once, durably, with its pictures, by a login that can write reads and not look at them.

Order: pictures on disk, then in the caller's transaction the number (unit, sequence, digest), the read and its dictionary
line. A resend with the same bytes is answered "already kept"; the same number with other bytes is `Tampered`. A read from
outside the days that are open is not kept: its receipt says why, and the office sees it listed.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from platewarden.exchange.read_report import ReadReport, View
from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import Opened
from platewarden.plate.grams import tokens
from platewarden.plate.likeness import fold
from platewarden.policy.refusal import Tampered
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import still_enrolled
from platewarden.server.equipment.models import LateReport, Unit
from platewarden.server.people.editions import department
from platewarden.server.reads.images import keep_picture

AHEAD = timedelta(minutes=10)


def answer_for_resend(key_id: bytes, stream: str, sequence: int, digest: bytes) -> Outcome | None:
    """What was answered for this number before, or None. Tampered when the number came with other bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select digest, outcome from office.received where unit_key_id = %s and stream = %s and sequence = %s",
            [key_id, stream, sequence],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    if bytes(row[0]) != digest:
        raise Tampered(f"The unit sent number {sequence} twice with different contents. Tell the Administrative Supervisor.")
    return Outcome.ALREADY_KEPT if row[1] == Outcome.KEPT.value else Outcome(row[1])


def note_received(key_id: bytes, stream: str, sequence: int, digest: bytes, outcome: Outcome) -> bool:
    """Writes the number down, in the caller's transaction; False when it was there already. Refused when the unit was revoked meanwhile."""
    still_enrolled(key_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into office.received (unit_key_id, stream, sequence, digest, outcome) values (%s, %s, %s, %s, %s) on conflict do nothing",
            [key_id, stream, sequence, digest, outcome.value],
        )
        return bool(cursor.rowcount)


def day_is_open(captured_at: datetime) -> Outcome | None:
    """None when reads of that moment may be kept; otherwise `clock` or `expired`. Opens the day's partitions."""
    at = now()
    if captured_at > at + AHEAD:
        return Outcome.CLOCK
    with connection.cursor() as cursor:
        cursor.execute("select plates.ensure_span(%s)", [captured_at.date()])
        if cursor.fetchone()[0]:
            return None
    return Outcome.EXPIRED


def list_late(unit: Unit, report: ReadReport, digest: bytes, outcome: Outcome) -> bool:
    """A read that may not be kept: numbered, listed for the office without its plate. False when somebody was faster."""
    with transaction.atomic():
        is_new = note_received(report.unit_key_id, "read", report.sequence, digest, outcome)
        if is_new:
            LateReport.objects.create(
                unit=unit, sequence=report.sequence, outcome=outcome.value, said_at=report.captured_at, received_at=now()
            )
    return is_new


# Which row of the schedule a view follows.
KIND_OF_VIEW = {View.OVERVIEW: "overview_pictures", View.PLATE: "pictures"}


def keep_pictures(report: ReadReport, unit: Unit) -> list[dict[str, object]]:
    """Stores the pictures of a read, durably, before its row. Returns their pointers. One past its own schedule is not kept."""
    age = now().date() - report.captured_at.date()
    days = department().retention_days
    return [
        keep_picture(
            picture.content, view=picture.view, read_id=report.read_id, unit_id=unit.id, captured_at=report.captured_at
        ).as_row()
        for picture in report.pictures
        if age <= timedelta(days=days[KIND_OF_VIEW[View(picture.view)]])
    ]


COLUMNS = (
    "plate, captured_at, read_id, unit_id, camera, state, state_confidence, confidence, characters, candidates, lat, lon, accuracy_m, "
    "heading_deg, fix_age_s, engine, member_number, shift_id, hotlist_edition, pictures, crossing, no_place, began_at, ended_at, along, across, "
    "travel_deg, signed"
)


def row_of(report: ReadReport, unit: Unit, opened: Opened, pictures: list[dict[str, object]]) -> dict[str, Any]:
    """The row of a read by its columns; what is JSON in it is text."""
    place, passing = report.place, report.passing
    row = (
        report.text,
        report.captured_at,
        report.read_id,
        unit.id,
        report.camera,
        report.state,
        report.state_confidence,
        report.confidence,
        list(report.characters),
        json.dumps([[candidate.text, candidate.confidence] for candidate in report.candidates]),
        place.lat if place else None,
        place.lon if place else None,
        place.accuracy_m if place else None,
        place.heading_deg if place else None,
        place.fix_age_s if place else None,
        report.engine,
        report.member,
        report.shift_id,
        report.hotlist_edition,
        json.dumps(pictures),
        place.crossing if place else None,
        report.no_place,
        passing.began_at,
        passing.ended_at,
        passing.along,
        passing.across,
        passing.travel_deg,
        opened.signed,
    )
    return dict(zip(COLUMNS.split(", "), row, strict=True))


def keep(report: ReadReport, unit: Unit, opened: Opened, pictures: list[dict[str, object]]) -> bool:
    """Writes number, read and dictionary line in the caller's transaction; False when somebody was faster.

    The signed words of the car are kept beside what they say: whoever gets the read as evidence can check them.
    """
    if not note_received(report.unit_key_id, "read", report.sequence, opened.digest, Outcome.KEPT):
        return False
    row = row_of(report, unit, opened, pictures)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into plates.reads ({COLUMNS}) values ({', '.join(['%s'] * len(row))}) on conflict do nothing",  # noqa: S608
            list(row.values()),
        )
        cursor.execute(
            "insert into plates.plate_seen (day, plate, fold, grams) values (%s, %s, %s, %s) on conflict do nothing",
            [report.captured_at.date(), report.text, fold(report.text), list(tokens(report.text))],
        )
        if report.captured_at.date() < now().date():  # its day may be gathered already
            cursor.execute("select plates.note_late(%s)", [report.captured_at.date()])
    return True
