"""The first day happens once, whoever else tries at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.people.first_setup import FirstMember, is_set_up, set_up_department
from platewarden.server.people.models import Assignment, Completion, Duty, Member, PolicyEdition
from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.web.testing import office_on


@pytest.fixture
def empty(cluster):
    """An office before its first day."""
    with office_on(cluster, cluster.fresh()) as own, own.as_role("owner"):
        yield own


def first_two(**changes):
    day = now().date() - timedelta(days=30)
    return (
        FirstMember(SUPERVISOR, "Dana Whitfield", Duty.SUPERVISOR, day),
        FirstMember(changes.get("number", DESIGNEE), "Luis Ortega", Duty.DESIGNEE, day),
    )


def test_setup_takes_the_first_two_on_with_duty_training_and_policy(empty):
    assert not is_set_up()
    handed = set_up_department(load_department().text, *first_two())
    assert set(handed) == {SUPERVISOR, DESIGNEE}
    assert is_set_up()
    assert sorted(Assignment.objects.values_list("duty", flat=True)) == ["designee", "supervisor"]
    assert Completion.objects.count() == 2
    assert Member.objects.get(number=SUPERVISOR).check_password(handed[SUPERVISOR].password)
    assert empty.ledger()[0] == ("people.setup", None)


def test_it_refuses_a_second_setup_and_changes_nothing(office):
    members, lines = Member.objects.count(), len(office.ledger())
    with office.as_role("owner"), pytest.raises(Refused) as refused:
        set_up_department(load_department().text, *first_two())
    assert refused.value.clause == Clause.SUPERVISOR_MANAGES
    assert (Member.objects.count(), len(office.ledger())) == (members, lines)


@pytest.mark.parametrize("changes", [{"number": "not a number"}, {"number": SUPERVISOR}])
def test_when_the_second_member_cannot_be_taken_on_nothing_is_stored(empty, changes):
    with pytest.raises(Malformed):
        set_up_department(load_department().text, *first_two(**changes))
    assert not Member.objects.exists()
    assert not PolicyEdition.objects.exists()
    assert empty.ledger() == []


def test_of_two_setups_at_once_one_is_refused(empty):
    def set_up(_):
        try:
            return set_up_department(load_department().text, *first_two())
        except Refused:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(set_up, range(2)))
    assert sum(each is not None for each in done) == 1
    assert Member.objects.count() == 2
