"""Holds for cars: hours go down and nothing else; of what comes late only what a hold names is kept."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import Opened
from platewarden.server.clock import now
from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.retention import hold as holds
from platewarden.server.retention.for_units import keep_if_held, notice_number, notice_of
from platewarden.server.retention.models import Hold
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now, request_of

HOUR = timedelta(hours=1)


@pytest.fixture
def car(office):
    return office.car()


@pytest.fixture
def other(office):
    return office.car("Car 14")


def noon(ago):
    return datetime.combine(day_ago(ago), time(12), UTC)


def notice(office, car):
    with office.as_role("ingest"):
        found = notice_of(car.unit)
        assert notice_number(car.unit) == (found.number if found else 0)
    return found


def comes_late(office, car, text, at, **fields):
    """A read of a past day, as the car's door takes it: whether it is kept."""
    with office.as_role("ingest"):
        report = car.report(text, at=at, pictures=(), **fields)
        return keep_if_held(report, car.unit, Opened(b"", car.key.key_id, b"d" * 32, b"signed"))


def days_before(at):
    return (now() - at) / timedelta(days=1)


def a_hold(office, car, *, around=None, hours=3, **fields):
    """A hold of hours around the noon of 29 days ago, of a plate that was read then."""
    open_past(office.database, 29)
    with office.as_role("ingest"):
        keep_past(car, "HELD001", 29)
    at = around or noon(29)
    days = (days_before(at - hours * HOUR), days_before(at + hours * HOUR))
    return held(office, SUPERVISOR, **{"plate": "HELD001", "days": days, **fields})


def test_hours_go_down_to_every_car_and_nothing_that_says_why(office, car, other):
    assert notice(office, car) is None
    placed = a_hold(office, car)
    found = notice(office, car)
    ((since, until, stands),) = [(each.since, each.until, each.stands_until) for each in found.spans]
    assert (since, until) == (placed.since, placed.until)
    assert stands.date() == placed.review_on + timedelta(days=1)
    assert b"HELD001" not in found.to_body()
    assert placed.reference.encode() not in found.to_body()
    assert notice(office, other).spans == found.spans
    assert notice(office, car).to_body() == found.to_body(), "the same number, the same bytes"


def test_a_release_and_a_review_are_newer_notices(office, car):
    placed = a_hold(office, car)
    first = notice(office, car)
    holds.review(placed.pk, by=office.member(DESIGNEE), again_on=placed.review_on + timedelta(days=5))
    second = notice(office, car)
    assert second.number > first.number
    assert second.spans[0].stands_until == first.spans[0].stands_until + timedelta(days=5)
    holds.release(request_of(office, DESIGNEE), placed.pk, because="judgment of 2026-11-02")
    third = notice(office, car)
    assert (third.number > second.number, third.spans) == (True, ())


def test_a_hold_of_more_than_two_days_does_not_make_cars_keep_everybody(office, car):
    a_hold(office, car, hours=25)
    assert notice(office, car).spans == ()


def test_a_hold_of_one_unit_goes_to_that_unit_alone(office, car, other):
    a_hold(office, car, plate=None, unit=car.unit.pk)
    assert len(notice(office, car).spans) == 1
    assert notice(office, other).spans == ()


def test_of_what_comes_after_its_day_only_what_a_hold_names_is_kept(office, car):
    a_hold(office, car, around=noon(30) + 12 * HOUR, hours=24)
    at = noon(31) + 11 * HOUR
    assert Hold.objects.get().since < noon(30)
    assert not comes_late(office, car, "HELD001", at), "not in its hours"
    at = noon(30) + HOUR
    assert not comes_late(office, car, "HELD001", at), "its day has not ended: it comes in like any other"
    with office.database.connect("owner") as owner:
        owner.execute("insert into office.gone (kind, day) values ('reads', %s)", (day_ago(30),))
    assert not comes_late(office, car, "OTHER77", at)
    assert comes_late(office, car, "HELD001", at, candidates=())
    rows = office.ask_owner("select plate, captured_at, unit_id, signed, pictures from plates.reads_held")
    assert [(row[0], row[1], row[2], bytes(row[3]), row[4]) for row in rows] == [("HELD001", at, car.unit.pk, b"signed", [])]
    assert office.ask_owner("select count(*) from office.received where outcome = 'kept' and sequence > 1") == [(1,)]
    holds.release(request_of(office, DESIGNEE), Hold.objects.get().pk, because="judgment of 2026-11-02")
    assert not comes_late(office, car, "HELD001", at + HOUR)
    purge_now(office)
    assert office.ask_owner("select count(*) from plates.reads_held") == [(0,)]


def test_the_door_keeps_what_is_held_and_lets_the_car_forget_the_rest(office, car):
    a_hold(office, car, around=noon(30) + 12 * HOUR, hours=24)
    with office.database.connect("owner") as owner:
        owner.execute("insert into office.gone (kind, day) values ('reads', %s)", (day_ago(30),))
    at = noon(30) + HOUR
    assert office.receive(car, "HELD001", at=at).items[0].outcome is Outcome.KEPT
    assert office.receive(car, "OTHER77", at=at).items[0].outcome is Outcome.EXPIRED
    assert office.receive(car, "HELD001", at=now() + timedelta(days=2)).items[0].outcome is Outcome.CLOCK
    assert office.ask_owner("select plate from plates.reads_held") == [("HELD001",)]
