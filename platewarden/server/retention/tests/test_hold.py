"""Holds: placed through the front desk, on somebody's word, on something; released by another member."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.access.login import person_key
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.retention import hold as holding
from platewarden.server.retention.models import Hold, number_of
from platewarden.server.retention.schedule import would_end
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now, release, request_of


@pytest.fixture
def read(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        return keep_past(car, "AB12345", 20)


def test_a_hold_is_two_lines_of_the_ledger_and_no_plate_stands_in_them(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    assert hold.number == number_of(hold.pk) == f"H-{hold.pk:05d}"
    assert [line for line in office.ledger() if line[0].startswith("retention.")] == [
        ("retention.scope", OPERATOR),
        ("retention.hold", OPERATOR),
    ]
    bodies = office.ask_owner("select body from office.ledger_leaf where act like 'retention.%%'")
    assert not [body for (body,) in bodies if "AB12345" in body]
    assert not office.ask_owner("select * from office.retention_hold h where h::text like '%%AB12345%%'")


def test_a_hold_on_a_time_to_come_needs_nothing_there_yet_and_spares_what_comes(office):
    hold = held(office, OPERATOR, plate="LATER1", days=(1, -10))
    assert (hold.reads, hold.alerts) == (0, 0)
    office.receive(office.car(), "LATER1")
    with office.as_role("purge"):
        from platewarden.server.retention.purge import connection

        with connection.cursor() as cursor:
            cursor.execute("select count(*) from plates.held_of_day(%s)", [now().date()])
            assert cursor.fetchone() == (1,)


def test_a_late_read_of_a_held_time_is_held_too(office, read):
    held(office, OPERATOR, plate="AB12345")
    office.receive(office.cars[0], "AB12345", at=datetime.combine(day_ago(20), time(15), UTC))
    with office.as_role("purge"):
        from platewarden.server.retention.purge import connection

        with connection.cursor() as cursor:
            cursor.execute("select count(*) from plates.held_of_day(%s)", [day_ago(20)])
            assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    ("number", "clause"),
    [(AUDITOR, Clause.ASSIGNED_MEMBERS), (OUTSIDER, Clause.ASSIGNED_MEMBERS), (LAPSED, Clause.TRAINING_BEFORE_USE)],
)
def test_who_may_not_place_one_is_refused_with_the_clause_and_nothing_is_counted(office, read, number, clause):
    with pytest.raises(Refused) as refused:
        held(office, number, plate="AB12345")
    assert refused.value.clause is clause
    assert not Hold.objects.exists()
    assert not [line for line in office.ledger() if line[0] == "retention.scope"]


def test_a_hold_on_nothing_is_refused_and_that_somebody_asked_is_recorded(office, read):
    with pytest.raises(Refused, match="nothing to hold"):
        held(office, OPERATOR, plate="NOBODY1", days=(25, 15))
    assert not Hold.objects.exists()
    assert ("retention.scope", OPERATOR) in office.ledger()


def test_the_application_cannot_place_release_or_widen_a_hold_by_itself(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    with office.database.connect("app") as app:
        for statement in (
            "update office.retention_hold set released_at = now(), released_by = 'x', released_because = 'x'",
            "delete from office.retention_hold",
            "insert into office.retention_hold (id) values (99)",
            "delete from plates.hold_scope",
            "select * from plates.hold_scope",
            "update office.retention_hold set until = until + interval '1 year'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
        with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
            app.execute("select office.release_hold('\\x00', %s, 'because I say so')", [hold.pk])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select office.ledger_append('retention.release', '1001', 'Dana Whitfield', '', '{}', '{}')")


def test_the_database_refuses_who_placed_it_whatever_the_application_thinks(office, read):
    hold = held(office, DESIGNEE, plate="AB12345")
    key = person_key(request_of(office, DESIGNEE))
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select office.release_hold(%s, %s, 'because I say so')", [key, hold.pk])


def test_release_needs_a_reason_a_hold_and_to_be_the_first(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    with pytest.raises(Malformed, match="why the hold ends"):
        holding.release(request_of(office, SUPERVISOR), hold.pk, because="done")
    with pytest.raises(Unknown):
        holding.release(request_of(office, SUPERVISOR), 999, because="judgment of 11/20/2026")
    released = release(office, hold, by=SUPERVISOR)
    assert (released.is_standing, released.released_by) == (False, "1001 Dana Whitfield")
    with pytest.raises(Stale):
        release(office, hold, by=DESIGNEE)


def test_a_released_hold_is_not_reviewed(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    dana = office.member(SUPERVISOR)
    again = today(now()) + timedelta(days=20)
    assert holding.review(hold.pk, by=dana, again_on=again).review_on == again
    release(office, hold, by=SUPERVISOR)
    with pytest.raises(Stale):
        holding.review(hold.pk, by=dana, again_on=again)
    with pytest.raises(Unknown):
        holding.review(999, by=dana, again_on=again)


def test_what_it_names_is_shown_to_who_looks_and_the_look_is_counted(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    access = holding.access_to_hold(request_of(office, OPERATOR), hold)
    (row,) = holding.what_it_names(access)
    assert row["plate"] == "AB12345"
    assert office.ask_owner("select shown from office.access_shown where access_id = %s", access.access_id) == [(1,)]


def test_a_hold_on_a_unit_counts_the_alerts_of_what_it_names(office):
    bolo_in_force("AB12345")
    car = office.car()
    open_past(office.database, 20)
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20)
        keep_past(car, "CD12345", 20)
    hold = held(office, OPERATOR, unit=car.unit.id)
    assert (hold.reads, hold.alerts) == (2, 1)
    (ends,) = (each for each in would_end({"alerts": 10}) if each.rows)
    assert (ends.rows, ends.held) == (1, 1)


def test_past_its_deadline_and_not_booked_it_is_red(office, read):
    hold = held(office, OPERATOR, plate="AB12345")
    on = today(now())
    assert not hold.is_unbooked(hold.book_by)
    assert hold.is_unbooked(hold.book_by + timedelta(days=1))
    assert (hold.is_for_review(on), hold.is_for_review(hold.review_on)) == (False, True)


def test_a_held_read_whose_day_was_purged_can_be_held_again(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
    first = held(office, OPERATOR, plate="AB12345")
    purge_now(office)
    second = held(office, OPERATOR, plate="AB12345")
    assert second.reads == 1
    release(office, first, by=SUPERVISOR)
    purge_now(office)
    assert office.ask_owner("select plate from plates.reads_held") == [("AB12345",)]
