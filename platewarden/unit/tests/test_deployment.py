"""A post with nobody at it runs under a dated order that names who answers for it, and not a day longer."""

import dataclasses
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Refused, Unavailable
from platewarden.unit.deployment import begin
from platewarden.unit.testing import NOON, Office, car_12, deployment_order, member, serving


@pytest.fixture
def post(tmp_path):
    office = Office()
    office.publish_roster(
        1,
        [
            member(trained_until=date(2026, 3, 8)),
            member("2280", "Officer Udo Untrained", trained_until=None),
            member("5500", "Clerk Cara", duties=("records_clerk",)),
        ],
    )
    with serving(office), car_12(tmp_path, office) as car:
        car.transfer.contact()
        yield car


def run(post, *, at=NOON, has_place=True, **changes):
    order = deployment_order(**{"unit_key_id": post.enrolment.key.key_id, **changes})
    roster = dataclasses.replace(post.roster.edition, orders=(order,))
    shift, ran_under = begin(
        post.enrolment.key.key_id,
        roster,
        load_department(),
        has_place=has_place,
        at=at,
        shift_id=UUID(int=9),
        journal=post.journal,
    )
    assert ran_under is order
    return shift


def lines(post):
    return post.spool.rows("select act, member, purpose, reference from journal_line")


def test_it_runs_until_its_review_or_until_the_training_of_who_answers_for_it_ends(post):
    shift = run(post)
    zone = load_department().time_zone
    assert (shift.member, shift.until) == ("4417", datetime(2026, 3, 9, tzinfo=zone))
    assert run(post, review_on=date(2026, 3, 3)).until == datetime(2026, 3, 4, tzinfo=zone)
    assert lines(post)[0] == ("deployment.begun", "4417", "stolen-property", "26-004117")


@pytest.mark.parametrize(
    ("changes", "clause", "sentence"),
    [
        ({"review_on": date(2026, 3, 1)}, Clause.SUPERVISOR_MANAGES, "stands no longer"),
        ({"ordered_on": date(2026, 3, 5)}, Clause.SUPERVISOR_MANAGES, "begins on 2026-03-05"),
        ({"has_place": False}, Clause.SUPERVISOR_MANAGES, "is a car"),
        ({"member": "2280"}, Clause.TRAINING_BEFORE_USE, "has not completed"),
        ({"member": "5500"}, Clause.ASSIGNED_MEMBERS, "duty"),
        ({"member": "9999"}, Clause.ASSIGNED_MEMBERS, "not on the roster"),
        ({"purpose": "curiosity"}, Clause.NO_UNAUTHORIZED_PURPOSE, "is not a purpose"),
        ({"reference": ""}, Clause.LEGITIMATE_PURPOSE, "needs a case number"),
        ({"at": NOON + timedelta(days=8)}, Clause.TRAINING_BEFORE_USE, "was valid until"),
    ],
)
def test_it_is_refused_with_the_clause_and_the_journal_has_it(post, changes, clause, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        run(post, **changes)
    assert refused.value.clause is clause
    assert [row[0] for row in lines(post)] == ["deployment.refused"]


def test_no_order_and_no_roster_are_said(post):
    with pytest.raises(Refused, match="no deployment order"):
        run(post, unit_key_id=bytes(16))
    post.roster.edition = None
    with pytest.raises(Unavailable, match="no roster"):
        begin(
            post.enrolment.key.key_id, None, load_department(), has_place=True, at=NOON, shift_id=UUID(int=9), journal=post.journal
        )
