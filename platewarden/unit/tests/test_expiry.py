"""Reads past retention end, with a tombstone; younger ones never; on a clock that nobody confirmed, none."""

from datetime import date, timedelta

import pytest

from platewarden.exchange.contact import ClockState
from platewarden.unit.day_keys import DayKeys
from platewarden.unit.testing import NOON, Office, car_12, member, serving

REPORTS, CONTACT, NONCE = "/unit/v1/reports", "/unit/v1/contact", "/unit/v1/nonce"
DAY = timedelta(days=1)


@pytest.fixture
def office():
    office = Office()
    office.publish_hotlist(1, [])
    office.publish_roster(1, [member()])
    with serving(office):
        yield office


@pytest.fixture
def car(tmp_path, office):
    with car_12(tmp_path, office) as car:
        assert car.transfer.round()
        yield car


def waiting(car):
    return [message.sequence for message in car.spool.outgoing(1000) if message.stream == "read"]


def offline(car, days, reads_a_day=3):
    """Days on the road: reads are made, and nothing answers."""
    for _ in range(days):
        for _ in range(reads_a_day):
            car.clock.wait(DAY / reads_a_day)
            car.keep_read()
        car.transfer.expiry.end_what_is_past(car.clock())


def test_thirty_five_days_on_the_road_end_what_is_past_and_nothing_younger(car, office):
    offline(car, 35)
    today = car.clock().date()
    kept = {
        int(str(number)): date.fromisoformat(str(kept_at)[:10])
        for number, kept_at in car.spool.rows("select sequence, kept_at from message where stream = 'read'")
    }
    assert min(kept.values()) >= today - timedelta(days=30)
    gone = set(range(1, 106)) - set(kept)
    assert gone == set(range(1, min(kept)))
    assert gone
    days = {path.stem for path in (car.spool.folder / "keys").iterdir()}
    assert min(days) == min(kept.values()).isoformat()
    assert len(list(car.spool.messages.iterdir())) == len(car.spool.outgoing(1000))

    office.clock = car.clock
    assert car.transfer.round()
    assert car.spool.counts().unsent == 0
    assert set(office.reports) == set(kept)
    named = {number for each in office.tombstones.values() for first, last in each.ranges for number in range(first, last + 1)}
    assert named == gone
    assert {each.clock for each in office.tombstones.values()} == {ClockState.OFFICE}
    assert all((each.buried_at.date() - each.day).days == 31 for each in office.tombstones.values())
    car.transfer.expiry.end_what_is_past(car.clock())  # a day that is over and delivered needs no key
    assert [path.stem for path in (car.spool.folder / "keys").iterdir()] == [today.isoformat()]


@pytest.mark.parametrize("by", [timedelta(days=365), timedelta(days=-365), timedelta(days=31)])
def test_a_clock_that_is_set_ends_nothing_and_is_said(car, by):
    offline(car, 3)
    before = waiting(car)
    car.clock.at += by
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    assert waiting(car) == before
    assert not car.spool.rows("select 1 from message where stream = 'tombstone'")
    if by > timedelta(0):
        said = [each for each in car.said if "nothing is destroyed for its age" in each]
        assert len(said) == 1
        assert f"{by.days} days ahead of what the office said" in said[0]


def test_reads_of_a_wrong_clock_are_dated_by_the_day_it_was_right_again(car, office):
    car.clock.at -= timedelta(days=365)  # dead battery: the clock starts in another year
    car.keep_read()
    assert [path.stem for path in (car.spool.folder / "keys").iterdir()] == ["undated-000001"]
    car.clock.at += timedelta(days=365)
    car.keep_read()
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    assert waiting(car) == [1, 2]
    assert car.spool.rows("select name, last_on from day order by name") == [
        ("2026-03-02", "2026-03-02"),
        ("undated-000001", "2026-03-02"),
    ]
    car.clock.wait(30 * DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    car.clock.wait(DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 2
    assert waiting(car) == []


def test_a_read_is_kept_while_the_satellites_confirm_the_clock(tmp_path, office):
    with car_12(tmp_path, office) as car:
        for _ in range(100):
            car.clock.wait(timedelta(seconds=20))
            car.transfer.trusted.hear_satellites(car.clock(), at=car.clock())
            car.keep_read()
        assert {name for (name,) in car.spool.rows("select day from message")} == {"undated-000001", "2026-03-02"}


def test_how_long_comes_from_the_offices_signed_orders(car, office):
    car.keep_read()
    office.retention_days = 2
    office.misbehave(REPORTS, *[503] * 9)
    car.clock.wait(DAY)
    office.clock = car.clock
    car.transfer.round()
    car.clock.wait(DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 0
    car.clock.wait(DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 1
    assert "1 reads were older than 2 days" in car.said[-1]


def test_a_read_that_stands_aside_ends_too_and_the_journal_never_does(car):
    car.keep_read()
    car.journal.write("shift.sign_on", at=NOON, member="4417")
    car.journal.close_page(at=NOON)
    car.spool.quarantine(car.spool.outgoing()[1], because="the office calls it malformed")
    car.clock.wait(40 * DAY)
    assert car.transfer.expiry.end_what_is_past(car.clock()) == 1
    assert [message.stream for message in car.spool.outgoing()] == ["journal", "tombstone"]


def test_a_receipt_that_comes_after_the_end_frees_nothing_more(car, office):
    car.keep_read()
    (message,) = car.spool.outgoing()
    car.clock.wait(40 * DAY)
    car.transfer.expiry.end_what_is_past(car.clock())
    assert not car.spool.receipt("read", 1, message.digest, outcome="kept")


def test_looking_often_costs_nothing_and_ends_only_now_and_then(car):
    car.keep_read()
    car.transfer.expiry.look(car.clock())
    car.clock.wait(timedelta(minutes=5))
    assert car.transfer.expiry.look(car.clock()) == 0
    car.clock.wait(40 * DAY)
    assert car.transfer.expiry.look(car.clock()) == 1


def test_a_read_whose_days_key_is_gone_stands_aside_aloud(car, tmp_path):
    car.keep_read()
    assert car.spool.sealed(car.spool.outgoing()[0])
    (key,) = (tmp_path / "spool" / "keys").iterdir()
    key.unlink()
    again = DayKeys(tmp_path / "spool" / "keys")
    car.spool._keys = again
    assert car.spool.sealed(car.spool.outgoing()[0]) is None
    assert car.spool.rows("select because from message") == [("it does not open with the key of its day",)]
