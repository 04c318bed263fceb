"""What was done about an alert in a car: one act a message, read strictly."""

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.alert_outcome import MOST_SIGHTINGS, AlertOutcome, Disposed, Returned, Sighting
from platewarden.exchange.wire import encode_body
from platewarden.policy.refusal import Malformed
from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome, Verified

AT = datetime(2026, 1, 2, tzinfo=UTC)
SEEN = Verified(EyeSaw.SAME, EyeSaw.SAME, EyeSaw.CANNOT_TELL, Answered.CONFIRMS)
RETURNED = Returned(SEEN, "radio", "active and stolen", AT)
DISPOSED = Disposed(Outcome.STOP, Ground.VERIFIED, "")
OUTCOME = AlertOutcome(bytes(16), 1, (Sighting("front", AT),), uuid.UUID(int=1), uuid.UUID(int=2), "4417", AT, RETURNED, None)

seen = st.builds(Verified, st.sampled_from(EyeSaw), st.sampled_from(EyeSaw), st.sampled_from(EyeSaw), st.sampled_from(Answered))
returned = st.builds(
    Returned, seen, st.just("LEADS"), st.text(min_size=3, max_size=30).filter(lambda s: len(s.strip()) > 2), st.just(AT)
)
disposed = st.builds(Disposed, st.sampled_from(Outcome), st.none() | st.sampled_from(Ground), st.text(max_size=20))


@given(returned | disposed)
def test_an_outcome_comes_back_as_it_was(act):
    fields = {"returned": act, "disposed": None} if isinstance(act, Returned) else {"returned": None, "disposed": act}
    outcome = dataclasses.replace(OUTCOME, **fields)
    assert AlertOutcome.from_body(outcome.to_body()) == outcome


@pytest.mark.parametrize(
    "wrong",
    [
        {"returned": None},
        {"disposed": DISPOSED},
        {"sequence": 0},
        {"member": ""},
        {"member": "x\n"},
        {"sightings": ()},
        {"sightings": (Sighting("front", AT), Sighting("rear", AT))},
        {"sightings": (Sighting("front", AT), Sighting("front", AT - timedelta(seconds=1)))},
        {"sightings": tuple(Sighting("front", AT + timedelta(seconds=at)) for at in range(MOST_SIGHTINGS + 1))},
        {"unit_key_id": b""},
    ],
)
def test_it_refuses_what_is_not_one_act_of_one_member(wrong):
    with pytest.raises(Malformed):
        dataclasses.replace(OUTCOME, **wrong)


@pytest.mark.parametrize("camera", ["", "x" * 61, "a\n"])
def test_a_sighting_names_its_camera(camera):
    with pytest.raises(Malformed):
        Sighting(camera, AT)


def test_an_outcome_of_a_group_comes_back_with_every_sighting():
    group = tuple(Sighting("front", AT + timedelta(seconds=at)) for at in range(MOST_SIGHTINGS))
    outcome = dataclasses.replace(OUTCOME, sightings=group)
    assert AlertOutcome.from_body(outcome.to_body()) == outcome


@pytest.mark.parametrize("wrong", [("", "active"), ("radio", ""), ("radio", " a "), ("radio\n", "active"), ("x" * 41, "active")])
def test_a_return_that_confirms_says_where_it_came_from_and_its_words(wrong):
    with pytest.raises(Malformed):
        Returned(SEEN, *wrong, AT)
    assert Returned(dataclasses.replace(SEEN, answer=Answered.PENDING), "", "", AT)


def test_a_word_that_is_not_on_the_list_is_refused():
    body = {
        "unit_key_id": bytes(16), "sequence": 1, "sightings": [{"camera": "front", "captured_at": 1}], "entry_id": bytes(16), "shift_id": bytes(16),
        "member": "4417", "at": 1, "returned": None, "disposed": {"outcome": "let go", "ground": None, "because": ""},
    }  # fmt: skip
    with pytest.raises(Malformed, match="outcome"):
        AlertOutcome.from_body(encode_body(body))
