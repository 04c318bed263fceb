"""Holds in the car: hours come down signed; what lies in them outlives its day, and ends when they are held no more."""

from datetime import timedelta

import pytest

from platewarden.exchange.hold_notice import Span
from platewarden.exchange.seal import SigningKey
from platewarden.policy.refusal import PlatewardenError, Stale, Tampered
from platewarden.unit.holds import Holds
from platewarden.unit.testing import NOON, Office, car_12, member, serving

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def office():
    office = Office()
    office.publish_roster(1, [member()])
    with serving(office):
        yield office


@pytest.fixture
def car(tmp_path, office):
    with car_12(tmp_path, office) as car:
        assert car.transfer.round()
        yield car


def span(since=NOON, hours=1.0, *, stands=90):
    return Span(since, since + hours * HOUR, NOON + stands * DAY)


def waiting(car):
    return sorted(int(number) for (number,) in car.spool.rows("select sequence from message where stream = 'read'"))


def days(car):
    return sorted(str(name) for (name,) in car.spool.rows("select name from day"))


def a_day_of_reads(car):
    """From noon on, one an hour, six of them; the office's clock goes with the car's."""
    car.office.clock = car.clock
    for _ in range(6):
        car.keep_read()
        car.clock.wait(HOUR)


def test_a_notice_comes_down_and_an_older_another_units_or_a_strangers_does_not(car, office):
    holds = car.transfer.holds
    office.publish_holds(5, span())
    car.transfer.contact()
    assert (holds.number, holds.covers(NOON, now=NOON)) == (5, True)
    with pytest.raises(Stale):
        holds.take(office.publish_holds(4))
    with pytest.raises(Tampered, match="two different hold notice"):
        holds.take(office.publish_holds(5))
    with pytest.raises(Tampered, match="another unit"):
        holds.take(office.publish_holds(6, unit=bytes(16)))
    with pytest.raises(PlatewardenError):
        holds.take(office.publish_holds(6, key=SigningKey.generate()))
    again = Holds(car.data, car.enrolment.find_key, car.enrolment.key.key_id)
    assert (again.number, again.covers(NOON, now=NOON)) == (5, True)


@pytest.mark.parametrize(
    ("kept_at", "is_held"),
    [
        (NOON - timedelta(minutes=6), False),
        (NOON - timedelta(minutes=4), True),
        (NOON + timedelta(minutes=64), True),
        (NOON + timedelta(minutes=65), False),
    ],
)
def test_hours_are_held_a_little_wider_and_not_for_ever(car, office, kept_at, is_held):
    office.publish_holds(1, span())
    car.transfer.contact()
    assert car.transfer.holds.covers(kept_at, now=NOON) is is_held
    assert not car.transfer.holds.covers(kept_at, now=NOON + 90 * DAY)


def test_what_is_held_outlives_its_day_and_everything_else_of_that_day_ends(car, office):
    a_day_of_reads(car)
    office.publish_holds(1, span(NOON + 2 * HOUR, 1.5))
    assert car.transfer.contact()
    sealed = {message.sequence: car.spool.sealed(message) for message in car.spool.outgoing(100) if message.stream == "read"}
    key_of_the_day = (car.spool.folder / "keys" / "2026-03-02.key").read_bytes()
    car.clock.wait(31 * DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 4
    assert waiting(car) == [3, 4]
    assert days(car) == ["held-2026-03-02-000001"]
    assert not (car.spool.folder / "keys" / "2026-03-02.key").exists()
    assert len(list((car.spool.folder / "keys").iterdir())) == 1
    assert (car.spool.folder / "keys" / "held-2026-03-02-000001.key").read_bytes() != key_of_the_day
    for message in car.spool.outgoing(100):
        if message.stream == "read":
            assert car.spool.sealed(message) == sealed[message.sequence], "it opens still, and is what it was"
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0, "and is left as it is"
    while car.spool.counts().unsent:
        assert car.transfer.round()
    assert sorted(office.reports) == [3, 4]
    assert [stone.ranges for stone in office.tombstones.values()] == [((1, 2), (5, 6))]
    car.transfer.expiry.end_what_is_past(car.clock())
    assert list((car.spool.folder / "keys").iterdir()) == []


def test_once_released_it_ends_with_a_tombstone_and_a_part_of_it_ends_in_part(car, office):
    a_day_of_reads(car)
    office.publish_holds(1, span(NOON, 6))
    car.transfer.contact()
    car.clock.wait(31 * DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    assert waiting(car) == [1, 2, 3, 4, 5, 6]
    assert days(car) == ["held-2026-03-02-000001"]
    car.transfer.holds.take(office.publish_holds(2, span(NOON, 0.5)))
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 5
    assert (waiting(car), days(car)) == ([1], ["held-2026-03-02-000002"])
    car.transfer.holds.take(office.publish_holds(3))
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 1
    assert (waiting(car), days(car), list((car.spool.folder / "keys").iterdir())) == ([], [], [])
    while car.spool.counts().unsent:
        car.transfer.round()
    assert [stone.ranges for stone in office.tombstones.values()] == [((2, 6),), ((1, 1),)]


@pytest.mark.parametrize("how", ["unsigned", "older", "another unit's", "over"])
def test_nothing_else_holds_anything(car, office, how):
    a_day_of_reads(car)
    office.publish_holds(5)
    car.transfer.contact()
    if how == "unsigned":
        office.publish_holds(6, span(NOON, 6), key=SigningKey.generate())
    elif how == "older":
        office.publish_holds(4, span(NOON, 6))
    elif how == "over":
        office.publish_holds(6, span(NOON, 6, stands=20))
    else:
        office.publish_holds(6, span(NOON, 6), unit=bytes(16))
    car.transfer.contact()
    car.clock.wait(31 * DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 6


def test_on_a_clock_that_nobody_confirmed_nothing_ends_held_or_not(car, office):
    a_day_of_reads(car)
    office.publish_holds(1, span())
    car.transfer.contact()
    car.clock.at += 31 * DAY
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    assert (len(waiting(car)), days(car)) == (6, ["2026-03-02"])
