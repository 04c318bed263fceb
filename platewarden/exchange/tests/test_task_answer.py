"""An answer to a canvass task: who cannot says why, and nobody else does."""

import dataclasses
import uuid
from datetime import UTC, datetime

import pytest

from platewarden.exchange.task_answer import LONGEST_REASON, Said, TaskAnswer
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 4, 2, 3, tzinfo=UTC)
ANSWER = TaskAnswer(bytes(16), 1, 12, Said.CANNOT, "on another call", uuid.UUID(int=7), "4417", AT)


def test_it_comes_back_as_it_was():
    assert TaskAnswer.from_body(ANSWER.to_body()) == ANSWER
    accepted = dataclasses.replace(ANSWER, said=Said.ACCEPTED, because="")
    assert TaskAnswer.from_body(accepted.to_body()) == accepted


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": b""},
        {"sequence": 0},
        {"task": 0},
        {"because": ""},
        {"said": Said.DONE},
        {"because": "x" * (LONGEST_REASON + 1)},
        {"because": "a\nb"},
        {"member": ""},
    ],
)
def test_it_refuses_what_no_answer_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(ANSWER, **changed)
