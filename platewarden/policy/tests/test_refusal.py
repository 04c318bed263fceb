"""The one way to say no, and the few other ways in which things go wrong."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, PlatewardenError, Refusal, Refused, Stale, Tampered, Unavailable, Unknown

NO = Refusal(Clause.TRAINING_BEFORE_USE, "Complete the course first.")


def test_a_refusal_reads_as_its_sentence_and_cannot_be_changed():
    assert str(NO) == "Complete the course first."
    with pytest.raises(AttributeError):
        NO.because = "Go ahead."  # type: ignore[misc]


def test_what_is_refused_carries_its_clause_and_its_sentence():
    error = Refused(NO)
    assert (error.clause, error.message, error.refusal) == (Clause.TRAINING_BEFORE_USE, "Complete the course first.", NO)


@pytest.mark.parametrize(
    ("kind", "status", "exit_code"),
    [(Refused, 403, 1), (Unknown, 404, 1), (Stale, 409, 1), (Malformed, 400, 2), (Unavailable, 503, 3), (Tampered, 500, 1)],
)
def test_every_error_has_its_status_and_its_exit_code(kind, status, exit_code):
    assert issubclass(kind, PlatewardenError)
    assert (kind.status, kind.exit_code) == (status, exit_code)


@pytest.mark.parametrize("kind", [Unknown, Stale, Malformed, Unavailable, Tampered])
def test_without_words_of_its_own_an_error_says_its_docstring(kind):
    assert kind().message == kind.__doc__
    assert kind().message.endswith(".")


def test_words_of_its_own_come_first():
    assert Unavailable("The disk is full. Free some space.").message == "The disk is full. Free some space."


def test_a_child_without_words_says_its_own_docstring_not_its_parents():
    class TooLarge(Malformed):
        """The message is too large. Send less."""

    assert TooLarge().message == "The message is too large. Send less."
    assert TooLarge.exit_code == 2
