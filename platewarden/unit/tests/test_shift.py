"""Who may sign on, decided offline against the signed roster."""

import dataclasses
from datetime import date, timedelta
from uuid import UUID

import pytest

from platewarden.exchange.shift_secret import make_verifier
from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Refused, Unavailable
from platewarden.unit.shift import Stated, sign_off, sign_on
from platewarden.unit.testing import KEY, NOON, SECRET, Office, car_12, member, serving

SHIFT = UUID(int=12)
OPERATOR = member()
UNTRAINED = member("2280", "Officer Udo Untrained", trained_until=None)
LAPSED = member("3391", "Officer Lena Lapsed", trained_until=date(2026, 3, 1))
LAST_DAY = member("3392", "Officer Lou Lastday", trained_until=date(2026, 3, 2))
CLERK = member("5500", "Clerk Cara", duties=("records_clerk",))


@pytest.fixture
def car(tmp_path):
    office = Office()
    office.publish_roster(3, [OPERATOR, UNTRAINED, LAPSED, LAST_DAY, CLERK])
    with serving(office), car_12(tmp_path, office) as car:
        car.transfer.contact()
        yield car


def on(car, number="4417", secret=SECRET, purpose="routine-patrol", reference="", at=NOON, key=KEY, department=None):
    return sign_on(
        car.roster.edition,
        department or load_department(),
        Stated(number, secret, purpose, reference, key),
        at=at,
        shift_id=SHIFT,
        journal=car.journal,
        spool=car.spool,
    )


def acts(car):
    return car.spool.rows("select act, member from journal_line order by number")


def test_the_journal_has_the_purpose_of_the_shift_and_its_number(car):
    on(car, reference="2A-1123")
    car.journal.close_page(at=NOON)
    assert car.transfer.round()
    (line,) = car.office.pages[1].lines
    assert (line.act, line.purpose, line.reference) == ("shift.sign_on", "routine-patrol", "2A-1123")


def test_a_purpose_that_was_refused_is_not_carried_up_as_one(car):
    with pytest.raises(Refused):
        on(car, purpose="x" * 5000)
    car.journal.close_page(at=NOON)
    assert car.transfer.round()
    (line,) = car.office.pages[1].lines
    assert (line.act, line.purpose, line.reference) == ("shift.refused", None, None)


def test_an_operator_signs_on_and_off_and_the_journal_has_both(car):
    shift = on(car)
    assert (shift.name, shift.until) == ("Officer Ines Okafor", NOON + timedelta(hours=12))
    sign_off(shift, at=NOON, journal=car.journal)
    assert acts(car) == [("shift.sign_on", "4417"), ("shift.sign_off", "4417")]


@pytest.mark.parametrize(
    ("stated", "clause", "sentence"),
    [
        ({"number": "2280"}, Clause.TRAINING_BEFORE_USE, "has not completed"),
        ({"number": "3391"}, Clause.TRAINING_BEFORE_USE, "ran out on 2026-03-01"),
        ({"number": "5500"}, Clause.ASSIGNED_MEMBERS, "duty “operator”"),
        ({"number": "9999"}, Clause.ACCESS_DOCUMENTED, "do not fit"),
        ({"secret": "wrong"}, Clause.ACCESS_DOCUMENTED, "do not fit"),
        ({"purpose": "curiosity"}, Clause.NO_UNAUTHORIZED_PURPOSE, "State one of: routine-patrol"),
        ({"purpose": "department-action"}, Clause.LAW_ENFORCEMENT_BUSINESS, "at the desk"),
        ({"purpose": "criminal-investigation"}, Clause.LEGITIMATE_PURPOSE, "needs a case number"),
        ({"at": NOON - timedelta(days=365)}, Clause.TRAINING_BEFORE_USE, "Set the clock"),
        ({"at": NOON + timedelta(days=8)}, Clause.TRAINING_BEFORE_USE, "Roster edition 3 was valid until"),
    ],
)
def test_it_refuses_with_the_clause_and_the_journal_has_the_refusal(car, stated, clause, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        on(car, **stated)
    assert refused.value.clause is clause
    known = stated.get("number", "4417")
    assert acts(car) == [("shift.refused", None if known == "9999" else known)]


def test_without_the_stick_nothing_is_tried_whoever_it_is(car):
    for number in ("4417", "9999"):
        for _ in range(6):
            with pytest.raises(Refused, match="Plug in your stick"):
                on(car, number, secret="guess", key=b"")
    assert on(car)


def test_another_key_is_a_wrong_try(car):
    for _ in range(5):
        with pytest.raises(Refused, match="do not fit"):
            on(car, key=bytes(16))
    with pytest.raises(Refused, match="fifteen minutes"):
        on(car)


def test_a_secret_without_a_key_does_not_count_where_the_policy_asks_for_one(car):
    alone = dataclasses.replace(OPERATOR, verifier=make_verifier(SECRET))
    car.roster.edition = dataclasses.replace(car.roster.edition, members=(alone,))
    with pytest.raises(Refused, match="has no key"):
        on(car)
    assert on(car, department=dataclasses.replace(load_department(), car_key=False), key=b"")


def test_training_counts_through_its_last_day_in_the_departments_own_time(car):
    late = NOON + timedelta(hours=11, minutes=30)  # 23:30 at the department, the next day in UTC
    assert on(car, "3392", at=late)
    with pytest.raises(Refused, match="ran out"):
        on(car, "3392", at=late + timedelta(hours=1))


def test_an_investigation_carries_its_case_number(car):
    assert on(car, purpose="criminal-investigation", reference="26-004117").reference == "26-004117"


def test_nobody_signs_on_to_a_unit_without_a_roster(car):
    car.roster.edition = None
    with pytest.raises(Unavailable, match="Connect it to the office"):
        on(car)


def test_five_wrong_tries_close_sign_on_under_that_number_for_fifteen_minutes(car):
    for _ in range(5):
        with pytest.raises(Refused, match="do not fit"):
            on(car, secret="guess")
    with pytest.raises(Refused, match="fifteen minutes"):
        on(car)
    assert on(car, "3392")
    assert on(car, at=NOON + timedelta(minutes=16))


def test_a_wrong_secret_is_answered_before_anything_else_about_a_member_is_said(car):
    with pytest.raises(Refused, match="do not fit"):
        on(car, "2280", secret="guess")
