"""Nobody operates ALPR equipment or looks at ALPR data without completed department-approved training."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.people.testing import LAPSED, OPERATOR, UNTRAINED, train
from platewarden.server.people.training import today
from tests.clauses.conftest import text_of

LOOK = {"plate": "AB12345", "span": "week"}


@pytest.mark.parametrize("number", [UNTRAINED, LAPSED])
def test_whoever_never_trained_or_whose_training_lapsed_sees_no_read(office, number):
    office.receive(office.car(), "AB12345")
    answer = office.browser(number).post("/reads/search/", LOOK)
    assert answer.status_code == 403
    assert "427.4(d)" in text_of(answer)
    assert "AB12345" not in text_of(answer)
    assert office.ledger()[-1] == ("access.refused", number)


def test_the_same_member_looks_as_soon_as_the_supervisor_entered_the_training(office):
    office.receive(office.car(), "AB12345")
    train(office.member(UNTRAINED), until=today(now()) + timedelta(days=365))
    answer = office.browser(UNTRAINED).post("/reads/search/", LOOK)
    assert answer.status_code == 200
    assert "AB12345" in text_of(answer)


@pytest.mark.parametrize("number", [UNTRAINED, LAPSED])
def test_whoever_never_trained_or_whose_training_lapsed_does_not_start_a_car(sign_on_in_car, number):
    with pytest.raises(Refused) as refused:
        sign_on_in_car(number)
    assert refused.value.clause is Clause.TRAINING_BEFORE_USE


def test_a_trained_operator_starts_a_car(sign_on_in_car):
    assert sign_on_in_car(OPERATOR).name == "Rosa Vega"
