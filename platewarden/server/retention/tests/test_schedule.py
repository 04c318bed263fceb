"""The schedule: two members, a notice for anything shorter, one edition of the policy for each change."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.access.login import person_key
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.retention import schedule
from platewarden.server.retention.models import Kind, ScheduleChange
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, request_of

WHY = "records commission, 11/20/2026"


def asked(office, days, *, by=SUPERVISOR, in_days=7):
    return schedule.ask(request_of(office, by), days, because=WHY, effective_on=today(now()) + timedelta(days=in_days))


def test_a_shorter_schedule_takes_effect_after_its_notice_and_not_before(office):
    with pytest.raises(Refused, match="at the earliest") as refused:
        asked(office, {"overview_pictures": 7}, in_days=6)
    assert refused.value.clause is Clause.RETENTION_SCHEDULE
    number = schedule.decide(request_of(office, DESIGNEE), asked(office, {"overview_pictures": 7}), sign=True)
    assert number == 2
    assert department().retention_days["overview_pictures"] == 14
    (row,) = (each for each in schedule.schedule_now() if each.kind is Kind.OVERVIEW_PICTURES)
    assert (row.days, row.later) == (14, 7)
    with office.as_role("owner"):
        PolicyEdition.objects.filter(number=2).update(in_force_at=now())
    assert department().retention_days["overview_pictures"] == 7


def test_a_longer_schedule_may_be_in_force_at_once(office):
    schedule.decide(request_of(office, DESIGNEE), asked(office, {"alerts": 90}, in_days=0), sign=True)
    assert department().retention_days["alerts"] == 90
    assert PolicyEdition.objects.get(number=2).schedule["alerts"] == 90
    assert "alerts = 90" in department().text


def test_a_second_edition_at_once_does_not_shorten_the_notice_of_the_first(office):
    """The first shortens in a week; the second is built on it, and would bring it into force with itself."""
    schedule.decide(request_of(office, DESIGNEE), asked(office, {"overview_pictures": 7}), sign=True)
    with pytest.raises(Refused, match="at the earliest"):
        asked(office, {"alerts": 90}, in_days=0)


@pytest.mark.parametrize("number", [OPERATOR, LIST_MANAGER])
def test_who_may_not_ask_does_not(office, number):
    with pytest.raises(Refused):
        asked(office, {"alerts": 90}, by=number)
    key = person_key(request_of(office, number))
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select office.ask_schedule(%s, '{\"reads\": 1}', '', 1, 'x', now())", [key])


def test_one_session_does_not_sign_what_it_asked_for_not_even_past_the_application(office):
    request = request_of(office, SUPERVISOR)
    change = schedule.ask(request, {"alerts": 90}, because=WHY, effective_on=today(now()))
    with pytest.raises(Refused, match="never the one who asked"):
        schedule.decide(request, change, sign=True)
    key = person_key(request)
    with office.database.connect("app") as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select office.decide_schedule(%s, %s, true, now())", [key, change])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("insert into office.people_policyedition (number) values (2)")
    assert PolicyEdition.objects.count() == 1


def test_a_change_that_was_decided_is_decided_once(office):
    change = asked(office, {"alerts": 90})
    schedule.decide(request_of(office, DESIGNEE), change, sign=False)
    with pytest.raises(Stale):
        schedule.decide(request_of(office, DESIGNEE), change, sign=True)
    assert ScheduleChange.objects.get().decided_by == "1002 Luis Ortega"


def test_two_changes_do_not_wait_at_once(office):
    asked(office, {"alerts": 90})
    with pytest.raises(Stale, match="waits already"):
        asked(office, {"alerts": 60}, by=DESIGNEE)


def test_days_that_do_not_go_together_are_refused_with_their_names(office):
    with pytest.raises(Malformed, match=r"reads .* is longer than alerts"):
        asked(office, {"reads": 90})
    with pytest.raises(Malformed, match="Nothing changes"):
        asked(office, {"reads": 30})


def test_what_a_change_would_purge_is_counted_with_what_holds_spare(office):
    open_past(office.database, 20, 12)
    car = office.car()
    with office.as_role("ingest"):
        for text, ago in (("AA1", 20), ("AA2", 20), ("BB1", 12)):
            keep_past(car, text, ago)
    held(office, OPERATOR, plate="AA2")
    ends = {(each.kind, each.day): (each.rows, each.held) for each in schedule.would_end({"reads": 15, "pictures": 10})}
    assert ends[Kind.READS, day_ago(20)] == (2, 1)
    assert (Kind.READS, day_ago(12)) not in ends
    assert ends[Kind.PICTURES, day_ago(12)] == (1, 0)


def test_the_notice_counts_from_the_signature_however_long_the_change_waited(office):
    change = asked(office, {"overview_pictures": 7})
    with office.database.connect("owner") as owner:
        owner.execute("update office.retention_schedulechange set effective_at = effective_at - interval '6 days'")
    schedule.decide(request_of(office, DESIGNEE), change, sign=True)
    in_force_at = PolicyEdition.objects.get(number=2).in_force_at
    assert today(in_force_at) == today(now()) + timedelta(days=7)
    assert ScheduleChange.objects.get().effective_at == in_force_at
