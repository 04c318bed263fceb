"""A post with nobody at it runs under a dated order that names who answers for it, and not a day longer."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Refused, Unavailable
from platewarden.unit.deployment import FILE, DeploymentOrder, begin, load_order
from platewarden.unit.testing import NOON, Office, car_12, member, serving

ORDER = """
member = "4417"
place = "Park Avenue at Sheridan Road"
purpose = "stolen-property"
reference = "26-004117"
ordered_by = "Dana Whitfield, Administrative Supervisor"
ordered_on = 2026-03-01
review_on = 2026-03-10
"""


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
        (car.data / FILE).write_text(ORDER)
        yield car


def run(post, *, at=NOON, has_place=True, **changes):
    order = load_order(post.data)
    order = DeploymentOrder(**{**vars(order), **changes})
    return begin(
        order, post.roster.edition, load_department(), has_place=has_place, at=at, shift_id=UUID(int=9), journal=post.journal
    )


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


@pytest.mark.parametrize(
    "text",
    [
        ORDER + 'surprise = "x"',
        ORDER.replace('place = "Park Avenue at Sheridan Road"', ""),
        ORDER.replace("review_on = 2026-03-10", 'review_on = "soon"'),
        ORDER.replace("review_on = 2026-03-10", "review_on = 2026-02-10"),
        ORDER.replace('"Dana Whitfield, Administrative Supervisor"', '" "'),
        "not toml",
    ],
)
def test_an_order_that_is_written_badly_is_refused_by_name(post, text):
    (post.data / FILE).write_text(text)
    with pytest.raises(Malformed, match=FILE):
        load_order(post.data)


def test_no_order_and_no_roster_are_said(post):
    (post.data / FILE).unlink()
    with pytest.raises(Unavailable, match="no deployment order"):
        load_order(post.data)
