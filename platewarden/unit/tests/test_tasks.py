"""Canvass tasks in the car: signed sheets and nothing else, an answer that goes up once, a track that begins and ends with a yes."""

import dataclasses
import threading
from datetime import timedelta
from uuid import UUID

import pytest

from platewarden.exchange.read_report import Place
from platewarden.exchange.seal import SigningKey
from platewarden.exchange.task_answer import Said, TaskAnswer
from platewarden.exchange.track_page import SPOTS_AT_MOST, TrackPage
from platewarden.policy.refusal import Malformed, PlatewardenError, Stale, Tampered
from platewarden.unit import tasks as subject
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.spool import SpoolFull
from platewarden.unit.tasks import Tasks
from platewarden.unit.testing import NOON, Office, canvass_task, car_12, member, serving
from platewarden.unit.tests.test_watch import SHIFT

NEXT_SHIFT = dataclasses.replace(SHIFT, shift_id=UUID(int=13))


@pytest.fixture
def car(tmp_path):
    office = Office()
    office.publish_roster(1, [member()])
    with serving(office), car_12(tmp_path, office) as car:
        office.publish_tasks(1, [canvass_task(12)])
        car.transfer.round()
        yield car


def at(north_m=0.0, age_s=0.0):
    return Where(Place(42.1817 + north_m / 111_195, -87.8003, 4.0, 0.0, age_s), None)


def drive(car, seconds, *, shift=SHIFT, from_m=0.0):
    """One look a second, ten metres each."""
    for second in range(seconds):
        car.tasks.follow(at(from_m + 10.0 * second), shift, car.clock())
        car.clock.wait(timedelta(seconds=1))


def carried(car, kind):
    while car.spool.counts().unsent:
        car.transfer.round()
    return [each for each in car.office.field if isinstance(each, kind)]


def test_a_sheet_comes_down_signed_and_the_office_hears_which_is_in_force(car):
    (asked,) = car.tasks.standing(NOON)
    assert (asked.task.number, asked.task.incident, asked.said) == (12, "26-004117", None)
    assert (car.tasks.number, car.tasks.rung, car.tasks.version) == (1, 1, 1)
    car.transfer.contact()
    assert car.office.contacts[-1].task_sheet == 1
    again = Tasks(car.data, car.enrolment.find_key, car.spool, car.enrolment.key)
    assert again.standing(NOON) == [asked]


def test_an_older_another_units_and_a_strangers_sheet_are_refused(car):
    office, tasks = car.office, car.tasks
    office.publish_tasks(5, [canvass_task(12), canvass_task(13)])
    car.transfer.contact()
    held = tasks.standing(NOON)
    with pytest.raises(Stale):
        tasks.take(office.publish_tasks(4, []))
    with pytest.raises(Tampered, match="two different canvass task"):
        tasks.take(office.publish_tasks(5, []))
    with pytest.raises(Tampered, match="another unit"):
        tasks.take(office.publish_tasks(6, [], unit=bytes(16)))
    with pytest.raises(PlatewardenError):
        tasks.take(office.publish_tasks(6, [], key=SigningKey.generate()))
    assert (tasks.number, tasks.standing(NOON)) == (5, held)
    office.publish_tasks(6, [], unit=bytes(16))
    car.transfer.contact()
    assert any("not put in force" in each for each in car.said)
    assert tasks.number == 5
    assert tasks.rung == 2, "the second sheet asked something new"


def test_a_task_that_is_over_is_asked_no_more_and_takes_no_answer(car):
    until = canvass_task().until
    assert car.tasks.standing(until) == []
    with pytest.raises(Stale, match="over"):
        car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=until)
    with pytest.raises(Stale):
        car.tasks.answer(99, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    assert car.tasks.take(car.office.publish_tasks(2, [canvass_task(12, asked_at=NOON - timedelta(hours=3), until=NOON)]))
    assert car.tasks.standing(NOON) == []


def test_who_cannot_says_why_and_nobody_is_done_who_did_not_begin(car):
    for because in ("", "  no "):
        with pytest.raises(Malformed, match="why"):
            car.tasks.answer(12, Said.CANNOT, because, by=SHIFT, at=NOON)
    with pytest.raises(Stale, match="not accepted"):
        car.tasks.answer(12, Said.DONE, "", by=SHIFT, at=NOON)
    car.tasks.answer(12, Said.CANNOT, "  on another\n call ", by=SHIFT, at=NOON)
    car.tasks.answer(12, Said.CANNOT, "on another call", by=SHIFT, at=NOON)
    (said,) = carried(car, TaskAnswer)
    assert (said.task, said.said, said.because, said.member) == (12, Said.CANNOT, "on another call", "4417")
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    assert car.tasks.find(12, NOON).by(SHIFT) is Said.ACCEPTED


def test_a_track_begins_with_a_yes_ends_with_done_and_comes_in_order(car):
    drive(car, 5)
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=car.clock())
    drive(car, 50, from_m=100.0)
    assert len(car.tasks.way(12)) == 50
    car.tasks.answer(12, Said.DONE, "", by=SHIFT, at=car.clock())
    drive(car, 30, from_m=700.0)
    pages = carried(car, TrackPage)
    assert [len(page.spots) for page in pages] == [21, 21, 8]
    moments = [each.at for page in pages for each in page.spots]
    assert moments == sorted(moments)
    assert moments[0] == NOON + timedelta(seconds=5)
    assert [each.said for each in carried(car, TaskAnswer)] == [Said.ACCEPTED, Said.DONE]
    assert [each.sequence for each in car.office.field] == [1, 2, 3, 4, 5]
    assert car.tasks.standing(car.clock()) == []
    assert car.tasks.way(12) == []


def test_a_track_ends_when_the_office_withdraws_when_its_time_is_over_and_with_the_shift(car):
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    drive(car, 3)
    car.office.publish_tasks(2, [canvass_task(13, until=NOON + timedelta(seconds=60))])
    car.transfer.contact()
    drive(car, 30)
    assert [len(page.spots) for page in carried(car, TrackPage)] == [3]
    assert car.spool.rows("select name from mark where name like 'task:%'") == []
    car.tasks.answer(13, Said.ACCEPTED, "", by=SHIFT, at=car.clock())
    drive(car, 60)
    assert max(each.at for page in carried(car, TrackPage) for each in page.spots) < NOON + timedelta(seconds=60)
    car.clock.at = NOON
    car.office.publish_tasks(3, [canvass_task(14)])
    car.transfer.contact()
    car.tasks.answer(14, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    drive(car, 2)
    drive(car, 5, shift=None)
    drive(car, 5, shift=NEXT_SHIFT)
    assert [len(page.spots) for page in carried(car, TrackPage) if page.task == 14] == [2]
    assert car.tasks.find(14, car.clock()).by(NEXT_SHIFT) is None, "the next shift is asked anew"


def test_without_a_place_or_with_an_old_one_there_is_no_spot(car):
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    for second in range(30):
        car.tasks.follow(NOWHERE, SHIFT, car.clock())
        car.tasks.follow(at(age_s=float(second)), SHIFT, car.clock())
        car.clock.wait(timedelta(seconds=1))
    assert [len(page.spots) for page in carried(car, TrackPage)] == [1]
    for _ in range(60):  # standing still: now and then one
        car.tasks.follow(at(), SHIFT, car.clock())
        car.clock.wait(timedelta(seconds=1))
    car.tasks.follow(at(), None, car.clock())
    assert sum(len(page.spots) for page in carried(car, TrackPage)) == 5


def test_what_was_said_and_the_track_outlive_a_restart(car):
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    again = Tasks(car.data, car.enrolment.find_key, car.spool, car.enrolment.key)
    assert again.find(12, NOON).by(SHIFT) is Said.ACCEPTED
    again.follow(at(), SHIFT, NOON)
    again.follow(at(), None, NOON)
    assert [len(page.spots) for page in carried(car, TrackPage)] == [1]


def test_a_full_disk_keeps_the_newest_spots_and_refuses_no_answer(car, monkeypatch):
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)

    def full(*_args, **_more):
        raise SpoolFull

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(car.spool, "keep", full)
        drive(car, SPOTS_AT_MOST + 40)
    drive(car, 1, from_m=20_000.0)
    (page,) = carried(car, TrackPage)
    assert len(page.spots) == SPOTS_AT_MOST
    assert page.spots[-1].at == car.clock() - timedelta(seconds=1)


def test_a_spool_at_its_limit_refuses_no_answer_and_the_track_goes_with_it(car):
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    car.spool.limit_bytes = 0
    drive(car, 30)
    with pytest.raises(SpoolFull):
        car.keep_read()
    car.tasks.answer(12, Said.DONE, "", by=SHIFT, at=car.clock())
    assert [each.said for each in carried(car, TaskAnswer)] == [Said.ACCEPTED, Said.DONE]
    (page,) = carried(car, TrackPage)
    assert len(page.spots) == 30


def test_it_follows_by_itself_and_what_is_left_goes_up_at_the_end(car, monkeypatch):
    monkeypatch.setattr(subject, "LOOK_EVERY_S", 0.01)
    car.tasks.answer(12, Said.ACCEPTED, "", by=SHIFT, at=NOON)
    looked = threading.Event()

    def where():
        looked.set()
        return at()

    with car.tasks.following(where, lambda: SHIFT, car.clock):
        assert looked.wait(5)
    assert [len(page.spots) for page in carried(car, TrackPage)] == [1]
    assert threading.active_count() < 10
