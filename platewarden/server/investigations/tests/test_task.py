"""Cars are asked by an investigator, hear of it on a signed sheet, and answer; what they drive is kept within its task and nowhere else."""

from __future__ import annotations

import uuid
from datetime import timedelta

import psycopg
import pytest

from platewarden.exchange.receipt import Outcome
from platewarden.exchange.task_answer import Said
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.equipment.models import Deployment, SignedOn, Unit
from platewarden.server.investigations import incident as incidents
from platewarden.server.investigations.models import CanvassTask, Kind, TaskState
from platewarden.server.investigations.task import (
    PLACE_KEPT,
    ask,
    cars_near,
    end_tracks,
    forget_places,
    may_ask,
    sheet_number,
    sheet_of,
    withdraw,
)
from platewarden.server.investigations.testing import answered, asked, drove, opened, spot
from platewarden.server.people.testing import AUDITOR, LAPSED, LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.clock_watch import tick


@pytest.fixture
def incident(office):
    return opened(office)


def sheet(office, car):
    with office.as_role("ingest"):
        return sheet_of(Unit.objects.get(pk=car.unit.pk))


def stands(office, car, north_m, *, minutes_ago=0.0):
    place = spot(north_m)
    with office.as_role("owner"):
        Unit.objects.filter(pk=car.unit.pk).update(lat=place.lat, lon=place.lon, place_at=now() - timedelta(minutes=minutes_ago))


def test_the_nearest_stand_first_and_a_post_is_not_asked(office, incident):
    far, near, old, unknown, post = (office.car(f"Car {each}") for each in (3, 4, 5, 6, 7))
    stands(office, far, 4000)
    stands(office, near, 800, minutes_ago=2)
    stands(office, old, 10, minutes_ago=61)
    with office.as_role("owner"):
        SignedOn.objects.create(unit=near.unit, shift_id=uuid.uuid4(), member_number=OPERATOR, since_at=now())
        Deployment.objects.create(
            unit=post.unit, member=office.member(OPERATOR), place="a corner", purpose="stolen-property", ordered_by="1001",
            ordered_on=now().date(), ordered_at=now(), review_on=now().date(),
        )  # fmt: skip
    found = cars_near(incident)
    assert [each.unit.name for each in found] == ["Car 4", "Car 3", "Car 5", "Car 6"]
    assert [each.metres and round(each.metres, -1) for each in found] == [800, 4000, None, None]
    assert [each.is_crewed for each in found] == [True, False, False, False]
    assert unknown.unit.name == "Car 6"


def test_a_car_is_asked_recorded_and_its_sheet_says_so(office, incident):
    car, other = office.car(), office.car("Car 14")
    assert sheet(office, car) is None
    (task,) = asked(office, incident, car, instruction="  alleys\n too ")
    assert office.ledger()[-1] == ("investigations.task", OPERATOR)
    found = sheet(office, car)
    (told,) = found.tasks
    assert (found.number, found.unit_key_id) == (1, car.key.key_id)
    assert (told.number, told.incident, told.what, told.place) == (task.pk, "26-004117", "Hit and run", "Central Ave & Second St")
    assert (told.instruction, told.asked_by, told.until) == ("alleys too", str(office.member(OPERATOR)), task.until)
    assert sheet(office, other) is None
    assert sheet(office, car).to_body() == found.to_body(), "the same number, the same bytes"


def test_each_change_raises_the_number_and_what_is_over_or_withdrawn_is_not_on_the_sheet(office, incident):
    car = office.car()
    (first,) = asked(office, incident, car, minutes=10)
    (second,) = asked(office, opened(office, "26-004118"), car)
    assert (sheet(office, car).number, [each.number for each in sheet(office, car).tasks]) == (2, [first.pk, second.pk])
    withdraw(first.pk, by=office.member(SUPERVISOR), because="found already")
    assert (sheet(office, car).number, [each.number for each in sheet(office, car).tasks]) == (3, [second.pk])
    incidents.close(incident.pk, by=office.member(OPERATOR), because="vehicle found, driver charged")
    assert sheet(office, car).number == 3, "nothing stood any more"
    incidents.close(second.incident_id, by=office.member(OPERATOR), because="vehicle found, driver charged")
    assert (sheet(office, car).number, sheet(office, car).tasks) == (4, ())
    assert CanvassTask.objects.get(pk=second.pk).withdrawn_because == "the incident was closed"
    assert [act for act, _ in office.ledger()].count("investigations.task_withdrawn") == 2


@pytest.mark.parametrize(
    ("minutes", "says"), [(4, "five minutes at the earliest"), (-1, "five minutes"), (24 * 60 + 1, "within a day")]
)
def test_an_end_out_of_reason_is_refused(office, incident, minutes, says):
    with pytest.raises(Malformed, match=says):
        asked(office, incident, office.car(), minutes=minutes)
    assert not CanvassTask.objects.exists()


def test_nobody_is_asked_twice_and_all_are_asked_or_none(office, incident):
    car, other = office.car(), office.car("Car 14")
    with pytest.raises(Malformed, match="Choose one"):
        asked(office, incident)
    (task,) = asked(office, incident, car)
    with pytest.raises(Stale, match="Car 12 is asked already"):
        asked(office, incident, other, car)
    assert CanvassTask.objects.count() == 1
    answered(office, car, task, Said.CANNOT, "on another call")
    asked(office, incident, car, other)
    assert sheet_number(car.unit) == 2
    with pytest.raises(Unknown):
        ask(incident.pk, [uuid.uuid4()], until=now() + timedelta(hours=1), instruction="", by=office.member(OPERATOR))
    with pytest.raises(Unknown):
        ask(99, [car.unit.pk], until=now() + timedelta(hours=1), instruction="", by=office.member(OPERATOR))


@pytest.mark.parametrize("number", [AUDITOR, LAPSED, LIST_MANAGER, OUTSIDER])
def test_members_without_the_duty_ask_and_withdraw_nothing(office, incident, number):
    car = office.car()
    with pytest.raises(Refused):
        asked(office, incident, car, by=number)
    (task,) = asked(office, incident, car)
    with pytest.raises(Refused):
        withdraw(task.pk, by=office.member(number), because="because I say so")


def test_a_major_incident_waits_for_its_decision_and_a_closed_one_is_not_driven(office, incident):
    car, rosa = office.car(), office.member(OPERATOR)
    robbery = opened(office, "26-004119", kind=Kind.ROBBERY)
    with pytest.raises(Refused, match="Write down who orders it") as refused:
        asked(office, robbery, car)
    assert refused.value.clause is Clause.CANVASS
    incidents.decide(robbery.pk, by=rosa, ordered=False, because="no plates there")
    assert may_ask(incidents.find(robbery.pk), rosa)
    shooting = opened(office, "26-004120", kind=Kind.SHOOTING)
    incidents.decide(shooting.pk, by=rosa, ordered=True, because="Sergeant Whitfield")
    assert asked(office, shooting, car)
    incidents.close(incident.pk, by=rosa, because="vehicle found, driver charged")
    with pytest.raises(Refused, match="closed"):
        asked(office, incident, car)


def test_a_task_is_withdrawn_once_with_a_reason(office, incident):
    (task,) = asked(office, incident, office.car())
    by = office.member(OPERATOR)
    with pytest.raises(Malformed):
        withdraw(task.pk, by=by, because=" x ")
    assert withdraw(task.pk, by=by, because="found already").state == TaskState.WITHDRAWN
    with pytest.raises(Stale):
        withdraw(task.pk, by=by, because="found already")
    with pytest.raises(Unknown):
        withdraw(99, by=by, because="found already")


def test_what_a_crew_says_counts_in_its_order_and_not_once_it_is_withdrawn(office, incident):
    car, other = office.car(), office.car("Car 14")
    (task,) = asked(office, incident, car)
    at = now()
    answered(office, car, task, Said.ACCEPTED, at=at)
    task.refresh_from_db()
    assert (task.state, task.answered_by) == (TaskState.ACCEPTED, "1042 Rosa Vega")
    assert office.ledger()[-1] == ("investigations.task_answered", OPERATOR)
    answered(office, car, task, Said.CANNOT, "on another call", at=at - timedelta(minutes=1))
    answered(office, other, task, Said.DONE, at=at + timedelta(minutes=1))
    task.refresh_from_db()
    assert task.state == TaskState.ACCEPTED, "an older word, and another unit's, change nothing"
    withdraw(task.pk, by=office.member(OPERATOR), because="found already")
    answered(office, car, task, Said.DONE, at=at + timedelta(minutes=2))
    task.refresh_from_db()
    assert task.state == TaskState.WITHDRAWN
    bodies = office.ask_owner("select body from office.ledger_leaf where act = 'investigations.task_answered' order by leaf_id")
    said = ['"counts":true' in body.replace(" ", "") for (body,) in bodies]
    assert said == [True, False, False, False]


def kept(office):
    return office.ask_owner("select task_id, unit_id, jsonb_array_length(spots) from plates.canvass_track order by began_at")


def test_a_track_is_kept_within_its_task_once_and_by_nobody_else(office, incident):
    car, other = office.car(), office.car("Car 14")
    (task,) = asked(office, incident, car)
    assert drove(office, car, task, (0, 0), (0, 10), at=now() - timedelta(hours=1)).items[0].outcome is Outcome.EXPIRED
    assert drove(office, car, task, (0, 0), (0, 10), at=now() + timedelta(hours=2)).items[0].outcome is Outcome.EXPIRED
    assert drove(office, other, task, (0, 0), (0, 10)).items[0].outcome is Outcome.EXPIRED
    assert kept(office) == []
    at = now() + timedelta(seconds=3)
    assert drove(office, car, task, (0, 0), (0, 10), (0, 20), (0, 30), at=at).items[0].outcome is Outcome.KEPT
    ((task_id, unit_id, spots),) = kept(office)
    assert (task_id, unit_id) == (task.pk, car.unit.pk)
    assert spots < 4, "what it drove before it was asked is not kept"
    withdraw(task.pk, by=office.member(OPERATOR), because="found already")
    assert drove(office, car, task, (0, 0), (0, 10), at=now() + timedelta(seconds=30)).items[0].outcome is Outcome.EXPIRED
    assert len(kept(office)) == 1


def test_nobody_s_login_reads_or_writes_a_track_by_itself(office, incident):
    car = office.car()
    drove(office, car, asked(office, incident, car)[0], (0, 0), (0, 10), at=now() + timedelta(seconds=5))
    for role in ("app", "ingest", "purge", "login"):
        for question in ("select * from plates.canvass_track", "delete from plates.canvass_track"):
            with office.database.connect(role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(question)
    with office.database.connect("app") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select * from plates.canvass_tracks(gen_random_uuid())")


def test_a_day_of_tracks_ends_with_the_reads_of_that_day(office, incident):
    car = office.car()
    (task,) = asked(office, incident, car)
    drove(office, car, task, (0, 0), (0, 10), at=now() + timedelta(seconds=5))
    with office.database.connect("owner") as owner:
        owner.execute(
            "create table plates.canvass_track_20200102 partition of plates.canvass_track for values from ('2020-01-02 00:00+00') to ('2020-01-03 00:00+00')"
        )
        owner.execute("insert into plates.canvass_track values (%s, %s, '2020-01-02 10:00+00', '[]')", (task.pk, car.unit.pk))
    with office.as_role("purge"):
        assert end_tracks() == 0, "nothing ends on a clock that nobody watches"
        tick()
        assert end_tracks() == 1
        assert end_tracks() == 0
    assert len(kept(office)) == 1
    assert office.ledger()[-1][0] == "investigations.tracks_ended"


def test_the_place_of_a_car_that_is_not_heard_is_forgotten(office):
    heard, silent = office.car(), office.car("Car 14")
    stands(office, heard, 100)
    stands(office, silent, 100, minutes_ago=PLACE_KEPT / timedelta(minutes=1) + 1)
    with office.as_role("purge"):
        assert forget_places() == 1
    assert list(Unit.objects.exclude(lat=None).values_list("name", flat=True)) == ["Car 12"]


def test_a_revoked_car_is_not_asked(office, incident):
    car = office.car()
    enrol.revoke(car.unit.pk, by=office.member(SUPERVISOR))
    assert cars_near(incident) == []
    with pytest.raises(Unknown):
        asked(office, incident, car)
