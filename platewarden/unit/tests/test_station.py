"""Who is signed on, who touches, and when the screen locks."""

import dataclasses
import uuid
from datetime import date

import pytest

from platewarden.exchange.roster_edition import Authorization
from platewarden.exchange.shift_secret import make_verifier
from platewarden.policy.refusal import Refused, Stale, Unavailable, Unknown
from platewarden.unit.board import Board
from platewarden.unit.screen.testing import Timer, alert_of
from platewarden.unit.shift import Stated
from platewarden.unit.station import Station
from platewarden.unit.testing import KEY, NOON, SECRET, Office, car_12, deployment_order, entry, member, serving

STATED = Stated("4417", SECRET, "routine-patrol")


@pytest.fixture
def car(tmp_path):
    office = Office()
    gang_file = Authorization("State gang file", date(2026, 12, 31))
    office.publish_roster(1, [member(authorized=(gang_file,)), member("1188", "Officer Lou Tran")])
    with serving(office), car_12(tmp_path, office) as car:
        car.transfer.contact()
        yield car


@pytest.fixture
def station(car):
    return Station(
        roster=car.roster, hotlist=car.hotlist, journal=car.journal, spool=car.spool,
        board=Board(), tasks=car.tasks, clock=car.clock, timer=Timer(), new_id=uuid.uuid4, find_key=lambda _: KEY,
    )  # fmt: skip


def acts(car):
    return [row[0] for row in car.spool.rows("select act from journal_line order by number")]


def test_nobody_signed_on_is_nobodys_hand(station):
    for act in (station.hand, station.sign_off, station.lock, station.leave):
        with pytest.raises(Refused, match="Nobody is signed on"):
            act()
    with pytest.raises(Refused, match="Nobody is signed on"):
        station.unlock("4417", SECRET)
    assert station.wait(0.0) is None


def test_a_shift_begins_once_and_the_run_is_told(station):
    shift = station.sign_on(STATED)
    assert station.wait(0.0) is shift
    with pytest.raises(Stale):
        station.sign_on(STATED)


def test_a_screen_that_nobody_touched_locks_and_a_touch_puts_it_off(car, station):
    station.sign_on(STATED)
    for _ in range(2):
        station.timer.now_s += station.idle_minutes * 60 - 1
        station.hand()
    station.timer.now_s += station.idle_minutes * 60
    assert station.is_locked
    with pytest.raises(Refused, match="locked"):
        station.hand()
    assert acts(car)[-1] == "screen.locked"


def test_a_journal_that_cannot_be_written_keeps_no_screen_open(station, monkeypatch):
    station.sign_on(STATED)

    def full(*_, **__):
        raise Unavailable

    monkeypatch.setattr(station.journal, "write", full)
    with pytest.raises(Unavailable):
        station.lock()
    assert station.is_locked


def test_what_one_of_two_may_not_see_is_not_shown_to_both(station):
    station.sign_on(STATED)
    assert station.authorized() == {"State gang file"}
    station.join("1188", SECRET)
    assert station.authorized() == frozenset()
    assert station.acting.member == "1188"
    with pytest.raises(Stale, match="Two members"):
        station.join("1188", SECRET)
    with pytest.raises(Unknown):
        station.take_over("2280")
    station.leave()
    with pytest.raises(Unknown):
        station.leave()


def test_an_alert_comes_up_also_when_its_second_line_cannot_be_written(station, monkeypatch):
    station.sign_on(STATED)
    station.join("1188", SECRET)

    def full(*_, **__):
        raise Unavailable

    monkeypatch.setattr(station.journal, "write", full)
    station.take(alert_of(entry("7ABC123"), "7ABC123", "IL", at=NOON))
    assert len(station.board.open()) == 1


def test_the_end_of_a_shift_leaves_nothing_behind(car, station):
    station.sign_on(STATED)
    station.join("1188", SECRET)
    station.take(alert_of(entry("7ABC123"), "7ABC123", "IL", at=NOON))
    ended = []
    station.begins(lambda: ended.append(1))
    station.sign_off()
    assert ended == [1]
    station.over()
    assert (station.crew, station.acting, station.board.all()) == ((), None, [])
    assert acts(car)[-1] == "shift.left"


def newer(car, *members, orders=()):
    edition = car.roster.edition
    car.roster.edition = dataclasses.replace(edition, number=edition.number + 1, members=members, orders=orders)


def test_a_roster_without_the_member_ends_the_shift(car, station):
    ended = []
    station.begins(lambda: ended.append(True))
    station.sign_on(STATED)
    assert station.reconsider() == ""
    newer(car, member(trained_until=date(2026, 3, 1)))
    assert "Ines Okafor may not operate" in station.reconsider()
    assert ended == [True]
    assert acts(car)[-1] == "shift.ended"


def test_a_shift_that_a_roster_ended_before_its_watch_began_ends_when_it_begins(car, station):
    station.sign_on(STATED)
    newer(car)
    assert station.reconsider()
    assert station.reconsider() == "", "said and written once"
    ended = []
    station.begins(lambda: ended.append(True))
    assert ended == [True]
    assert acts(car).count("shift.ended") == 1
    station.over()
    car.roster.edition = dataclasses.replace(car.roster.edition, members=(member(),))
    station.sign_on(STATED)
    station.begins(lambda: ended.append(True))
    assert ended == [True], "the next shift is another"


def test_a_locked_screen_opens_without_the_stick_and_with_a_new_one(car, station):
    station.sign_on(STATED)
    station.find_key = lambda _: b""
    station.lock()
    assert station.unlock("4417", SECRET)
    newer(car, member(verifier=make_verifier("three grey geese", bytes(16))))
    station.lock()
    with pytest.raises(Refused, match="do not fit"):
        station.unlock("4417", "three grey geese")
    station.find_key = lambda _: bytes(16)
    assert station.unlock("4417", "three grey geese")


def test_a_roster_without_the_second_member_leaves_the_first_on(car, station):
    station.sign_on(STATED)
    station.join("1188", SECRET)
    newer(car, member())
    assert "Lou Tran may not operate" in station.reconsider()
    assert [each.member for each in station.crew] == ["4417"]
    assert acts(car)[-2:] == ["shift.ended", "shift.left"]


def test_a_disk_without_room_keeps_nobody_on(car, station, monkeypatch):
    ended = []
    station.begins(lambda: ended.append(True))
    station.sign_on(STATED)

    def full(*_, **__):
        raise Unavailable

    monkeypatch.setattr(station.journal, "write", full)
    newer(car)
    assert station.reconsider()
    assert ended == [True]


def test_a_post_ends_when_its_order_is_withdrawn_or_replaced(car, station):
    unit = car.enrolment.key.key_id
    order = deployment_order(unit_key_id=unit)
    for orders in ((), (dataclasses.replace(order, number=2),), (dataclasses.replace(order, review_on=date(2026, 3, 1)),)):
        ended = []
        newer(car, member(), orders=(order,))
        station.deploy(unit, has_place=True)
        station.begins(lambda ended=ended: ended.append(True))
        newer(car, member(), orders=(order,))
        assert station.reconsider() == ""
        newer(car, member(), orders=orders)
        assert station.reconsider()
        assert ended == [True]
        station.over()


def test_the_policy_in_force_is_the_rosters(car, station):
    text = station.department.text.replace("car_lock_minutes = 10", "car_lock_minutes = 3")
    car.office.publish_roster(2, [member()], policy=text)
    car.transfer.contact()
    car.transfer.round()
    assert car.roster.take(car.office.roster) is False, "the transfer has put it in force"
    assert station.idle_minutes == 3
