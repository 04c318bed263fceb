"""Day-to-day operation is administered by members whom the supervisor assigned."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import assign, relieve
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import OPERATOR, OUTSIDER, SUPERVISOR

DANA = Signer(SUPERVISOR, "Dana Whitfield")


def test_a_trained_member_whom_nobody_assigned_administers_nothing(office):
    assert office.browser(OUTSIDER).get("/lists/bolos/new/").status_code == 403
    assert office.ledger()[-1] == ("access.refused", OUTSIDER)


def test_the_supervisors_assignment_opens_the_work_and_its_end_closes_it(office):
    member = office.member(OUTSIDER)
    assign(member, Duty.LIST_MANAGER, by=DANA)
    assert office.browser(OUTSIDER).get("/lists/bolos/new/").status_code == 200
    relieve(member, Duty.LIST_MANAGER, by=DANA)
    assert office.browser(OUTSIDER).get("/lists/bolos/new/").status_code == 403


def test_who_gave_a_duty_is_written_down(office):
    assign(office.member(OUTSIDER), Duty.DISPATCHER, by=DANA)
    assert office.ledger()[-1] == ("people.assign", SUPERVISOR)


def test_a_member_without_the_operators_duty_starts_no_car(sign_on_in_car):
    with pytest.raises(Refused) as refused:
        sign_on_in_car(OUTSIDER)
    assert refused.value.clause is Clause.ASSIGNED_MEMBERS
    assert sign_on_in_car(OPERATOR).member == OPERATOR
