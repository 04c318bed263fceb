"""Training: missing, lapsed, valid to the end of its last day in the department's own zone, and dates that cannot be."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.editions import department
from platewarden.server.people.testing import LAPSED, OPERATOR, SUPERVISOR, UNTRAINED, train
from platewarden.server.people.training import days_left, enter_completion, must_be_trained, today

DANA = Signer(SUPERVISOR, "Dana Whitfield")
DAY = timedelta(days=1)


def test_it_refuses_a_member_without_any_training(office):
    refusal = must_be_trained(office.member(UNTRAINED), now())
    assert refusal is not None
    assert refusal.clause == Clause.TRAINING_BEFORE_USE
    assert "Complete a department-approved course" in refusal.because
    assert days_left(office.member(UNTRAINED), now()) is None


def test_it_refuses_a_training_that_lapsed_yesterday(office):
    refusal = must_be_trained(office.member(LAPSED), now())
    assert refusal is not None
    assert refusal.clause == Clause.TRAINING_BEFORE_USE
    assert f"{today(now()) - DAY:%m/%d/%Y}" in refusal.because
    assert days_left(office.member(LAPSED), now()) == -1


def test_a_training_is_valid_until_the_last_second_of_its_last_day_at_the_department(office):
    ben = office.member(UNTRAINED)
    last = today(now()) + 3 * DAY
    train(ben, until=last)
    zone = department().time_zone
    assert must_be_trained(ben, datetime.combine(last, time(0), zone)) is None
    assert must_be_trained(ben, datetime.combine(last, time(23, 59, 59), zone)) is None
    assert must_be_trained(ben, datetime.combine(last + DAY, time(0), zone)) is not None
    assert days_left(ben, datetime.combine(last, time(23, 59, 59), zone)) == 0


def test_the_latest_training_counts(office):
    kim = office.member(LAPSED)
    train(kim, until=today(now()))
    assert must_be_trained(kim, now()) is None
    train(kim, until=today(now()) - 30 * DAY)
    assert must_be_trained(kim, now()) is None


def test_it_refuses_dates_that_cannot_be_and_a_course_without_a_name(office):
    ben, day = office.member(UNTRAINED), today(now())
    lines = len(office.ledger())
    for completed, expires in ((1, 365), (-1, -2), (0, -1), (400, 800)):
        with pytest.raises(Malformed, match="Correct the dates"):
            enter_completion(ben, course="x", completed_on=day + completed * DAY, expires_on=day + expires * DAY, by=DANA)
    for course in ("", "  ", "x" * 121):
        with pytest.raises(Malformed, match="course"):
            enter_completion(ben, course=course, completed_on=day, expires_on=day, by=DANA)
    assert ben.trained_until() is None
    assert len(office.ledger()) == lines


def test_a_training_that_is_entered_opens_the_pages_and_is_recorded(office):
    browser = office.browser(UNTRAINED)
    assert browser.get("/").status_code == 403
    train(office.member(UNTRAINED), until=today(now()))
    assert office.ledger()[-1] == ("people.training", SUPERVISOR)
    assert browser.get("/").status_code == 200


def test_the_members_page_shows_who_is_lapsed_and_who_is_trained(office):
    answer = office.browser(SUPERVISOR).get("/people/")
    assert answer.status_code == 200
    rows = {
        number: row for row in answer.content.decode().split("<tr>") for number in (LAPSED, UNTRAINED, OPERATOR) if number in row
    }
    assert "Training over" in rows[LAPSED]
    assert "Not trained" in rows[UNTRAINED]
    assert "Investigator, Operator" in rows[OPERATOR]
    assert "Trained</span>" in rows[OPERATOR]


def test_nobody_enters_their_own_training(office):
    day = today(now())
    with pytest.raises(Refused, match="Somebody else enters"):
        enter_completion(
            office.member(SUPERVISOR), course="ALPR", completed_on=day, expires_on=day, by=Signer(SUPERVISOR, "Dana Whitfield")
        )
