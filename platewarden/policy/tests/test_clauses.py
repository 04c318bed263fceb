"""Stable names and sentences."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause


def test_a_clause_is_found_by_its_stable_name():
    assert Clause("training-before-use") is Clause.TRAINING_BEFORE_USE


def test_a_clause_is_written_as_its_stable_name():
    assert str(Clause.PURGE) == "purge"
    assert f"{Clause.PURGE}" == "purge"


def test_a_clause_says_its_sentence():
    assert Clause.AUDITS.sentence == "The system is audited on a regular basis."


def test_a_name_that_there_is_not_is_no_clause():
    with pytest.raises(ValueError, match="suspicion"):
        Clause("suspicion")


def test_no_two_clauses_share_a_name_or_a_sentence():
    assert len({clause.value for clause in Clause}) == len({clause.sentence for clause in Clause}) == len(Clause.__members__) == 27
