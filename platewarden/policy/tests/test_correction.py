"""The closed list of what is wrong with a reading: the words that the database keeps, each with what a person reads."""

from __future__ import annotations

from platewarden.policy.correction import Misread


def test_the_words_are_those_that_the_database_keeps():
    assert [each.value for each in Misread] == ["characters", "state", "hidden", "no plate", "correction"]
    assert all(each.label[0].isupper() and len(each.value) <= 12 for each in Misread)
