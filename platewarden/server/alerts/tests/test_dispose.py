"""Disposition: a closed list, once; enforcement never on the alert alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import psycopg
import pytest
from django.db import DatabaseError, connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Stale
from platewarden.policy.verification import ENFORCEMENT, Answered, EyeSaw, Ground, Outcome
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert, AlertState, Disposition, Verification
from platewarden.server.alerts.rules import must_be_verified
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, OPERATOR

SAID = "The radio was down in the underpass."
NOTHING, CONFIRMED, NOT_CONFIRMED = None, {}, {"answer": Answered.NO_RECORD}


def refusal(alert, outcome, ground, because=""):
    return must_be_verified(alert, outcome, ground, because)


def test_the_truth_table_of_a_full_hit(office):
    """Every outcome with every ground, before and after each kind of return."""
    rosa = office.member(OPERATOR)
    alert = alert_of(office)

    def table():
        return {
            (outcome in ENFORCEMENT, ground, bool(because)): refusal(alert, outcome, ground, because) is None
            for outcome in Outcome
            for ground in ("", *Ground)
            for because in ("", SAID)
        }

    free = {(False, ground, said): True for ground in ("", *Ground) for said in (True, False)}
    reasons = {(True, ground, said): said for ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT) for said in (True, False)}
    locked = {(True, ground, said): False for ground in ("", Ground.VERIFIED) for said in (True, False)}
    unlocked = {**locked, (True, Ground.VERIFIED, True): True, (True, Ground.VERIFIED, False): True}
    assert table() == {**free, **reasons, **locked}
    for answer in Answered:
        if answer != Answered.CONFIRMS:
            verified(alert, by=rosa, answer=answer)
            assert table() == {**free, **reasons, **locked}, answer
    verified(alert, by=rosa)
    assert table() == {**free, **reasons, **unlocked}
    verified(alert, by=rosa, answer=Answered.NOT_ACTIVE)
    assert table() == {**free, **reasons, **locked}, "the last return counts"


def test_a_possible_hit_needs_an_eye_on_the_state_before_it_is_closed_in_any_way(office):
    rosa = office.member(OPERATOR)
    alert = alert_of(office, is_full=False)
    for outcome in Outcome:
        for ground in Ground:
            assert refusal(alert, outcome, ground, SAID), outcome
    verified(alert, by=rosa, state=EyeSaw.CANNOT_TELL)
    assert refusal(alert, Outcome.MISREAD, "")
    assert refusal(alert, Outcome.STOP, Ground.IMPRACTICABLE, SAID)
    verified(alert, by=rosa, state=EyeSaw.DIFFERENT, answer=Answered.PENDING)
    assert refusal(alert, Outcome.WRONG_STATE, "") is None
    assert refusal(alert, Outcome.STOP, Ground.VERIFIED)
    assert refusal(alert, Outcome.STOP, Ground.IMPRACTICABLE, SAID) is None
    verified(alert, by=rosa)
    assert refusal(alert, Outcome.STOP, Ground.VERIFIED) is None


def test_a_stop_made_at_once_is_refused_with_its_clause_and_nothing_is_stored(office):
    alert = alert_of(office)
    with pytest.raises(Refused) as refused:
        dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=office.member(OPERATOR))
    assert refused.value.clause == Clause.VERIFY_BEFORE_ENFORCEMENT
    assert not Disposition.objects.exists()
    assert Alert.objects.get().state == AlertState.RAISED


def test_a_stop_after_a_confirming_return_is_recorded(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    verified(alert, by=rosa)
    found = dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="Stopped at the light.", by=rosa)
    assert (found.ground, found.for_review, found.by) == ("verified", False, "1042 Rosa Vega")
    assert Alert.objects.get().state == AlertState.DISPOSED
    assert office.ledger()[-1] == ("alerts.dispose", OPERATOR)
    assert office.ask_owner("select kind, body from plates.alert_note") == [("disposition", "Stopped at the light.")]


@pytest.mark.parametrize("ground", [Ground.IMPRACTICABLE, Ground.INDEPENDENT])
def test_a_reason_instead_of_a_return_waits_for_the_supervisor(office, ground):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    for short in ("", "   busy  ", "no time"):
        with pytest.raises(Refused, match="in a sentence"):
            dispose(alert.pk, outcome=Outcome.ARREST, ground=ground, because=short, by=rosa)
    assert dispose(alert.pk, outcome=Outcome.ARREST, ground=ground, because=SAID, by=rosa).for_review


def test_an_outcome_without_enforcement_rests_on_nothing(office):
    found = dispose(
        alert_of(office).pk, outcome=Outcome.NOT_LOCATED, ground=Ground.INDEPENDENT, because="", by=office.member(OPERATOR)
    )
    assert (found.ground, found.for_review) == ("", False)


def test_an_entry_in_time_is_not_marked(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    verified(alert, by=rosa)
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=rosa)
    assert marks(office) == ["false", "false"]
    assert b"Late entry" not in office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content


def marks(office):
    rows = office.ask_owner(
        "select body::jsonb -> 'about' ->> 'late' from office.ledger_leaf where act in ('alerts.verify', 'alerts.dispose') order by leaf_id"
    )
    return [late for (late,) in rows]


@pytest.mark.parametrize(("urgent", "minutes"), [(True, "urgent_minutes"), (False, "routine_minutes")])
def test_a_late_entry_is_taken_and_marked_late(office, urgent, minutes):
    alert, rosa = alert_of(office, entry={"urgent": urgent}), office.member(OPERATOR)
    with office.as_role("owner"):
        late = timedelta(minutes=getattr(department(), minutes), seconds=1)
        Alert.objects.filter(pk=alert.pk).update(raised_at=now() - late)
    verified(alert, by=rosa)
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=rosa)
    assert marks(office) == ["true", "true"]
    assert office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content.count(b"Late entry") == 2


def test_it_refuses_members_without_duty_or_training(office):
    alert = alert_of(office)
    for number in (AUDITOR, LAPSED):
        with pytest.raises(Refused):
            dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(number))


def test_what_was_closed_is_stale_and_keeps_its_first_disposition(office):
    alert = alert_of(office)
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(OPERATOR))
    with pytest.raises(Stale):
        dispose(alert.pk, outcome=Outcome.NOT_LOCATED, ground="", because="", by=office.member(DESIGNEE))
    assert Disposition.objects.get().outcome == Outcome.MISREAD


def test_of_two_who_close_it_at_once_one_is_told_to_look_again(office):
    alert = alert_of(office)
    members = [office.member(OPERATOR), office.member(DESIGNEE)]

    def close(by):
        try:
            return dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=by)
        except Stale:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(close, members))
    assert sum(each is not None for each in done) == 1
    assert Disposition.objects.count() == 1


BY_SQL = "insert into office.alerts_disposition (alert_id, at, by, outcome, ground, for_review) values (%s, now(), '1042 Rosa Vega', %s, %s, %s)"


def by_sql(office, login: str, alert: Alert, outcome: Outcome, ground: str, *, for_review: bool = False) -> bool:
    """Whether a login of the program may write this past the program."""
    with office.database.connect(login, autocommit=False) as conn:
        try:
            conn.execute(BY_SQL, [alert.pk, outcome.value, ground, for_review])
        except psycopg.errors.InsufficientPrivilege:
            conn.rollback()
            return False
        conn.rollback()
    return True


@pytest.mark.parametrize("login", ["app", "ingest"])
def test_by_sql_too_no_enforcement_stands_without_a_confirming_return_or_a_stated_exception(office, login):
    """Past the program, as one of its own logins: the database asks the same question, for every outcome, ground and return."""
    alert, rosa = alert_of(office), office.member(OPERATOR)

    def is_as_the_rule_says() -> None:
        for outcome in Outcome:
            for ground in ("", *Ground):
                is_allowed = refusal(alert, outcome, ground, SAID) is None
                assert by_sql(office, login, alert, outcome, ground, for_review=True) == is_allowed, (outcome, ground)

    is_as_the_rule_says()
    for ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT):
        assert not by_sql(office, login, alert, Outcome.STOP, ground, for_review=False), "past the supervisor"
    for answer in Answered:
        verified(alert, by=rosa, answer=answer)
        assert by_sql(office, login, alert, Outcome.STOP, "verified") == (answer is Answered.CONFIRMS), answer
    verified(alert, by=rosa)
    is_as_the_rule_says()
    for seen in ("characters", "state", "vehicle"):
        verified(alert, by=rosa, **{seen: EyeSaw.DIFFERENT})
        assert not by_sql(office, login, alert, Outcome.STOP, "verified"), seen


def test_by_sql_too_the_verification_of_each_place_counts_as_the_rule_counts(office):
    """Another car's, this office's, pending or answered, in every order of three."""
    alert, rosa, car = alert_of(office), office.member(OPERATOR), office.cars[0]
    answers = (Answered.CONFIRMS, Answered.NO_RECORD, Answered.PENDING)
    made = [verified(alert, by=rosa, answer=answer) for answer in answers]
    with office.as_role("owner"):
        for order in permutations(range(3)):
            for in_car in (None, 0, 1, 2):
                for number, each in enumerate(made):
                    unit = car.unit.pk if number == in_car else None
                    at = alert.raised_at + timedelta(minutes=1 + order[number])
                    Verification.objects.filter(pk=each.pk).update(at=at, unit_id=unit)
                is_allowed = refusal(alert, Outcome.TOW, Ground.VERIFIED) is None
                assert by_sql(office, "app", alert, Outcome.TOW, "verified") == is_allowed, (order, in_car)


def test_by_sql_too_a_possible_hit_needs_an_eye_on_the_state(office):
    alert, rosa = alert_of(office, is_full=False), office.member(OPERATOR)
    assert not by_sql(office, "app", alert, Outcome.MISREAD, "")
    verified(alert, by=rosa, state=EyeSaw.CANNOT_TELL)
    assert not by_sql(office, "app", alert, Outcome.MISREAD, "")
    verified(alert, by=rosa, state=EyeSaw.DIFFERENT, answer=Answered.PENDING)
    assert by_sql(office, "app", alert, Outcome.WRONG_STATE, "")


def test_no_login_turns_an_outcome_that_stands_into_another_one(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=rosa)
    for login in ("app", "ingest"):
        with office.as_role(login), pytest.raises(DatabaseError, match="permission denied"):
            Disposition.objects.update(outcome=Outcome.STOP)


def test_a_form_that_is_sent_again_closes_nothing_twice_and_another_alerts_return_unlocks_nothing(office):
    """Replayed by the page: the same form, and the form of one alert's return for another alert."""
    first, rosa = alert_of(office), office.member(OPERATOR)
    verified(first, by=rosa)
    browser, stop = office.browser(OPERATOR), {"outcome": "stop made", "ground": "verified", "because": ""}
    assert browser.post(f"/alerts/{first.pk}/dispose/", stop).status_code == 302
    assert browser.post(f"/alerts/{first.pk}/dispose/", stop).status_code == 409
    other = alert_of(office, plate="CD12345")
    assert browser.post(f"/alerts/{other.pk}/dispose/", stop).status_code == 403
    assert Disposition.objects.count() == 1
