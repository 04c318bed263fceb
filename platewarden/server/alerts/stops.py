"""Stops of the dispatch system, compared with what was recorded here: a stop that stands here as “no action” is found (427.4(f)).

A CSV of stops is taken whole or refused whole with its line numbers. Each stop is compared with the alerts of its plate from an hour before
it to ten minutes after, and kept without its plate: number, time, unit, and the alert it followed. The same file again adds nothing; a stop
whose alert came late finds it then. What was recorded may change, so whether they agree is asked when it is looked at.

Recorded as `alerts.reconcile`, with the digests of the file and of what was compared, which the door asks for. Known gap: tripwires do not count these plates as looks.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from platewarden.plate.text import PlateText, State, parse_state
from platewarden.policy.refusal import Malformed
from platewarden.policy.verification import ENFORCEMENT
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.alerts.models import DispatchStop
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department

MOST_BYTES = 5 * 1024 * 1024
MOST_STOPS = 20_000
FAULTS_SAID = 20
COLUMNS = ("number", "at", "plate", "state", "unit")
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{2,29}")


@dataclass(frozen=True)
class Stop:
    """A row of the file."""

    number: str
    at: datetime
    plate: str
    state: State | None
    unit: str


@dataclass(frozen=True)
class Taken:
    """What came of a file."""

    new: int
    known: int
    followed: int
    """Of the file's stops, those that followed an alert."""


def parse(content: bytes) -> list[Stop]:
    """The stops of a file. Malformed with the line numbers, never with what stands on them."""
    stops, faults = [], []
    taken: set[str] = set()
    for line, row in _rows(content):
        try:
            stop = _stop(row, taken)
        except Malformed as fault:
            faults.append(f"line {line}: {fault.message}")
        else:
            taken.add(stop.number)
            stops.append(stop)
    if faults:
        more = f"; and {len(faults) - FAULTS_SAID} more" if len(faults) > FAULTS_SAID else ""
        raise Malformed(f"Nothing was taken. {'; '.join(faults[:FAULTS_SAID])}{more}.")
    if not stops:
        raise Malformed("The file has no stop.")
    return stops


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows below the head with their line numbers, empty ones left out."""
    if len(content) > MOST_BYTES:
        raise Malformed(f"The file is larger than {MOST_BYTES >> 20} MB. Divide it by days.")
    try:
        read = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(read.line_num, row) for row in read]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed("The file is no CSV in UTF-8. Export it again from the dispatch system.") from error
    if not rows or tuple(name.strip().lower() for name in rows[0][1]) != COLUMNS:
        raise Malformed(f"line 1: the columns are {', '.join(COLUMNS)}, in this order. Nothing was taken.")
    if len(rows) - 1 > MOST_STOPS:
        raise Malformed(f"The file has more than {MOST_STOPS:,} stops. Divide it by days.")
    return [(line, row) for line, row in rows[1:] if any(each.strip() for each in row)]


def _stop(row: list[str], taken: set[str]) -> Stop:
    if len(row) != len(COLUMNS):
        raise Malformed(f"it has {len(row)} fields, not {len(COLUMNS)}")
    number, at, plate, state, unit = (each.strip() for each in row)
    if not NUMBER.fullmatch(number):
        raise Malformed("the number is 3 to 30 letters, digits, dots, slashes and hyphens")
    if number in taken:
        raise Malformed("its number stands in the file before")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise Malformed("the time is written like 2026-11-28T14:05") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=department().time_zone)
    if not now() - timedelta(days=366) < moment <= now():
        raise Malformed("the time lies in the future, or more than a year back")
    try:
        text = PlateText.parse(plate).text
        of_state = None if state.lower() in ("", "unknown") else parse_state(state)
    except Malformed as error:
        raise Malformed("the plate or its state is none") from error
    if not 0 < len(unit) <= 40 or not unit.isprintable():
        raise Malformed("the unit is 1 to 40 printable characters")
    return Stop(number, moment, text, of_state, unit)


def reconcile(request: HttpRequest, content: bytes) -> Taken:
    """Takes a file of stops and compares them. Refused without duty, training or purpose; Malformed as `parse` says."""
    stops = parse(content)
    told = json.dumps([{**vars(each), "at": each.at.isoformat()} for each in stops])
    terms = {"file": _digest(content), "stops": len(stops), "digest": _digest(told.encode())}
    outcomes = _compared(open_access(request, Act.ALERTS_RECONCILE, terms), told)
    if outcomes["other"]:
        raise Malformed(
            f"Nothing was taken: {outcomes['other']} of these numbers are here already with another time. Export the file again."
        )
    followed = DispatchStop.objects.filter(number__in=[each.number for each in stops]).exclude(match=None).count()
    return Taken(outcomes["new"], outcomes["known"], followed)


def _compared(access: Access, told: str) -> Counter[str]:
    return Counter(row["outcome"] for row in through_door(access, "reconcile_stops", told))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def followed_alerts() -> QuerySet[DispatchStop]:
    """Stops that followed an alert, the newest first."""
    return (
        DispatchStop.objects.exclude(match=None)
        .select_related("match__alert__disposition", "review")
        .order_by("-stopped_at", "-pk")
    )


def without_alert() -> QuerySet[DispatchStop]:
    """Stops that followed no alert: listed apart, for they are nobody's to explain here."""
    return DispatchStop.objects.filter(match=None).order_by("-stopped_at", "-pk")


def not_recorded() -> QuerySet[DispatchStop]:
    """Stops of which their alert says something else than enforcement, or nothing, and which nobody reviewed; the oldest first."""
    agrees = Q(match__alert__disposition__outcome__in=[each.value for each in ENFORCEMENT])
    return followed_alerts().filter(review=None).exclude(agrees).order_by("stopped_at", "pk")
