"""What may come of an alert: the truth table of the one rule that car and office share."""

import itertools

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.verification import ENFORCEMENT, Answered, EyeSaw, Ground, Outcome, Verified, must_be_verified

CONFIRMED = Verified(EyeSaw.SAME, EyeSaw.SAME, EyeSaw.CANNOT_TELL, Answered.CONFIRMS)
REASON = "The vehicle rammed the patrol car."


def rule(outcome, ground="", because="", counts=None, *, is_possible=False):
    return must_be_verified(
        outcome, ground, because, counts=counts, verifications=[counts] if counts else [], is_possible=is_possible
    )


@pytest.mark.parametrize("seen", list(itertools.product(EyeSaw, EyeSaw, EyeSaw, Answered)))
def test_only_one_kind_of_verification_unlocks(seen):
    found = Verified(*seen)
    right = (
        found.answer is Answered.CONFIRMS
        and found.characters is found.state is EyeSaw.SAME
        and found.vehicle in (EyeSaw.SAME, EyeSaw.CANNOT_TELL)
    )
    assert found.unlocks is right
    assert (rule(Outcome.STOP, Ground.VERIFIED, counts=found) is None) is right


@pytest.mark.parametrize("outcome", sorted(ENFORCEMENT))
def test_enforcement_needs_a_return_or_a_stated_reason(outcome):
    for ground, because, counts in [("", "", None), ("verified", "", None), ("", "", CONFIRMED), ("made up", REASON, CONFIRMED)]:
        refusal = rule(outcome, ground, because, counts)
        assert refusal.clause is Clause.VERIFY_BEFORE_ENFORCEMENT
        assert "on this alert alone" in refusal.because
    assert rule(outcome, Ground.VERIFIED, "", CONFIRMED) is None
    for ground in (Ground.IMPRACTICABLE, Ground.INDEPENDENT):
        assert rule(outcome, ground, REASON) is None
        assert "The supervisor reviews it" in rule(outcome, ground, "too short ").because


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - ENFORCEMENT))
def test_anything_else_needs_nothing_but_an_eye_on_the_state_of_a_possible_hit(outcome):
    assert rule(outcome) is None
    assert "possible hit only" in rule(outcome, is_possible=True).because
    blind = Verified(EyeSaw.SAME, EyeSaw.CANNOT_TELL, EyeSaw.SAME, Answered.PENDING)
    assert "possible hit only" in rule(outcome, counts=blind, is_possible=True).because
    assert rule(outcome, counts=CONFIRMED, is_possible=True) is None


def test_every_word_has_its_label():
    for kind in (EyeSaw, Answered, Outcome, Ground):
        assert all(each.label and each == each.value for each in kind)
