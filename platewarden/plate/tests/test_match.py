import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate.likeness import fold
from platewarden.plate.match import Answer, Candidate, Confusion, Doubt, LookedFor, SeenPlate, Tier, answers
from platewarden.plate.text import CHARACTERS

plates = st.text(alphabet=CHARACTERS, min_size=2, max_size=8)
states = st.sampled_from([None, "IL", "WI"])
U, N = Doubt.STATE_UNREAD, Doubt.STATE_NOT_LISTED


def seen(text, state="IL", *candidates, confidence=0.9, state_confidence=0.9):
    return SeenPlate(
        text, state, state_confidence if state else None, confidence, tuple(Candidate(each, 0.3) for each in candidates)
    )


@pytest.mark.parametrize(
    ("camera", "listed", "answer"),
    [
        (seen("ABC123", "IL"), LookedFor("ABC123", False, "IL"), Answer(Tier.FULL)),
        (seen("ABC123", None), LookedFor("ABC123", False, "IL"), Answer(Tier.POSSIBLE, (U,))),
        (seen("ABC123", "IL"), LookedFor("ABC123", False, None), Answer(Tier.POSSIBLE, (N,))),
        (seen("ABC123", None), LookedFor("ABC123", False, None), Answer(Tier.POSSIBLE, (U, N))),
        (seen("ABC123", "WI"), LookedFor("ABC123", False, "IL"), None),
        (
            seen("A8C123", "IL"),
            LookedFor("ABC123", False, "IL"),
            Answer(Tier.POSSIBLE, (Doubt.CONFUSABLE,), (Confusion(1, "8", "B"),)),
        ),
        (
            seen("A8C123", None),
            LookedFor("ABC123", False, "IL"),
            Answer(Tier.POSSIBLE, (Doubt.CONFUSABLE, U), (Confusion(1, "8", "B"),)),
        ),
        (seen("A8C123", "WI"), LookedFor("ABC123", False, "IL"), None),
        (seen("ABH123", "IL", "ABM123"), LookedFor("ABM123", False, "IL"), Answer(Tier.POSSIBLE, (Doubt.CANDIDATE,))),
        (seen("ABH123", "IL", "ABN123"), LookedFor("ABM123", False, "IL"), None),
        (seen("ABC123", "IL", "ABC123"), LookedFor("ABC123", False, "IL"), Answer(Tier.FULL)),
        (seen("A7BX4", "IL"), LookedFor("?7B?4*", True, "IL"), Answer(Tier.POSSIBLE, (Doubt.PATTERN,))),
        (seen("A7BX4", None), LookedFor("?7B?4*", True, None), Answer(Tier.POSSIBLE, (Doubt.PATTERN, U, N))),
        (seen("A7BX4", "WI"), LookedFor("?7B?4*", True, "IL"), None),
        (
            seen("A78X4", "IL"),
            LookedFor("?7B?4*", True, "IL"),
            Answer(Tier.POSSIBLE, (Doubt.PATTERN, Doubt.CONFUSABLE), (Confusion(2, "8", "B"),)),
        ),
        (seen("A7HX4", "IL", "A7BX4"), LookedFor("?7B?4*", True, "IL"), Answer(Tier.POSSIBLE, (Doubt.PATTERN, Doubt.CANDIDATE))),
        (seen("XYZ987", "IL"), LookedFor("ABC123", False, "IL"), None),
        (seen("ABC12", "IL"), LookedFor("ABC123", False, "IL"), None),
        (seen("ABC123", "IL", confidence=0.4), LookedFor("ABC123", False, "IL"), Answer(Tier.POSSIBLE, (Doubt.LOW_CONFIDENCE,))),
        (seen("ABC123", "WI", state_confidence=0.4), LookedFor("ABC123", False, "IL"), Answer(Tier.POSSIBLE, (U,))),
        (SeenPlate("ABC123", "IL", None, 0.9), LookedFor("ABC123", False, "IL"), Answer(Tier.FULL)),
    ],
)
def test_the_truth_table(camera, listed, answer):
    assert answers(camera, listed) == answer


@given(plates, plates, states, states, st.lists(plates, max_size=3), st.floats(0, 1))
@settings(max_examples=300)
def test_full_is_said_exactly_of_equal_texts_in_equal_known_states(text, listed, state, listed_state, candidates, confidence):
    answer = answers(seen(text, state, *candidates, confidence=confidence), LookedFor(listed, False, listed_state))
    is_full = answer is not None and answer.tier is Tier.FULL
    assert is_full == (text == listed and state is not None and state == listed_state and confidence >= 0.5)


@given(plates, states, states, st.lists(plates, max_size=3), st.floats(0, 1), st.data())
@settings(max_examples=300)
def test_an_answer_always_gives_its_doubts(text, state, listed_state, candidates, confidence, data):
    listed = data.draw(st.sampled_from([text, fold(text), *candidates]))
    answer = answers(seen(text, state, *candidates, confidence=confidence), LookedFor(listed, False, listed_state))
    if state and listed_state and state != listed_state:
        assert answer is None
        return
    assert answer is not None
    assert (answer.tier is Tier.FULL) == (not answer.doubts)
    assert (Doubt.STATE_UNREAD in answer.doubts) == (state is None)
    assert (Doubt.STATE_NOT_LISTED in answer.doubts) == (listed_state is None)
    assert (Doubt.CONFUSABLE in answer.doubts) == bool(answer.confusions)


@given(plates, plates, st.lists(plates, max_size=3))
def test_every_answer_is_proposed_by_a_fold(text, listed, candidates):
    camera = seen(text, "IL", *candidates)
    if answers(camera, LookedFor(listed, False, "IL")):
        assert fold(listed) in {fold(each) for each in (text, *candidates)}


@given(plates, states, states)
def test_a_pattern_is_never_a_full_answer(text, state, listed_state):
    answer = answers(seen(text, state), LookedFor(text[:2] + "*", True, listed_state))
    assert answer is None or answer.tier is Tier.POSSIBLE
