"""An ALPR is used only for official law enforcement business."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.people.editions import department
from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of


def test_the_purposes_to_choose_from_are_the_departments_and_no_others(office):
    page = text_of(office.browser(OPERATOR, purpose=None).get("/purpose/"))
    for purpose in department().purposes.values():
        assert purpose.label in page
    assert "Other" not in page


def test_a_car_is_not_driven_for_a_civil_action(sign_on_in_car):
    with pytest.raises(Refused) as refused:
        sign_on_in_car(OPERATOR, purpose="department-action", reference="AA-26-031")
    assert refused.value.clause is Clause.LAW_ENFORCEMENT_BUSINESS


def test_nobody_looks_before_a_purpose_is_stated(office):
    office.receive(office.car(), "AB12345")
    answer = office.browser(OPERATOR, purpose=None).post("/reads/search/", {"plate": "AB12345", "span": "week"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/purpose/")
    assert ("reads.search", OPERATOR) not in office.ledger()
