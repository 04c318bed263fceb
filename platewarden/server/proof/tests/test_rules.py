"""Who may see how the policy stands."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.proof.rules import may_see


@pytest.mark.parametrize(
    ("number", "sees"),
    [(SUPERVISOR, True), (DESIGNEE, True), (AUDITOR, True), (OPERATOR, False), (LIST_MANAGER, False), (OUTSIDER, False)],
)
def test_those_who_manage_or_audit_see_it(office, number, sees):
    refusal = may_see(office.member(number), now())
    assert (refusal is None) is sees
    assert sees or refusal.clause is Clause.ASSIGNED_MEMBERS
