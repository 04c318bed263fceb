import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate.likeness import Confusion, fold
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import CHARACTERS, LONGEST
from platewarden.policy.refusal import Malformed

plates = st.text(alphabet=CHARACTERS, min_size=1, max_size=12)
few = st.text(alphabet="AB8", min_size=0, max_size=8)
drawn = st.text(alphabet="AB8?*", max_size=14)


def parsed(raw):
    try:
        return PartialPlate.parse(raw)
    except Malformed:
        return None


@pytest.mark.parametrize(
    ("raw", "pattern"),
    [
        ("?7B?4*", "?7B?4*"),
        ("?7b-?4 *", "?7B?4*"),
        ("**AB**", "*AB*"),
        ("A*?*?B", "A??*B"),
        ("AB?", "AB?"),
        ("AB", "AB"),
    ],
)
def test_it_writes_a_pattern_in_its_normal_form(raw, pattern):
    assert PartialPlate.parse(raw).pattern == str(PartialPlate.parse(raw)) == pattern


@pytest.mark.parametrize("raw", ["", "?", "*", "A*", "?????7", "AB%", "AB_", "ABÖ*", "A" * 13, "AB" + "?" * 11, "AB" + "*" * 70])
def test_it_refuses_what_is_no_partial_plate(raw):
    with pytest.raises(Malformed) as refused:
        PartialPlate.parse(raw)
    assert refused.value.message.endswith(".")


def test_it_can_only_be_made_in_normal_form():
    with pytest.raises(Malformed):
        PartialPlate("A**B")
    with pytest.raises(Malformed):
        PartialPlate("ab?")


@pytest.mark.parametrize(
    ("pattern", "text", "answers"),
    [
        ("?7B?4*", "A7BX4", True),
        ("?7B?4*", "A7BX499", True),
        ("?7B?4*", "7BX4", False),
        ("*7K3*", "7K3", True),
        ("*7K3*", "AB7K3C", True),
        ("*7K3*", "AB7K", False),
        ("AB*BA", "ABA", False),
        ("AB*BA", "ABBA", True),
        ("*123", "123123", True),
        ("AB?1*", "ABC1", True),
        ("AB?1*", "AB1", False),
        ("AB", "AB", True),
        ("AB", "ABC", False),
        ("*A?B*A*", "AABBA", True),
        ("*AB*AB*", "ABAB", True),
        ("*AB*AB*", "ABA", False),
    ],
)
def test_it_answers_what_the_witness_could_have_seen(pattern, text, answers):
    assert PartialPlate.parse(pattern).answers(text) is answers


@given(drawn, few)
@settings(deadline=None, max_examples=400)
def test_it_answers_as_a_regular_expression_would(raw, text):
    partial = parsed(raw)
    if partial:
        expression = partial.pattern.replace("?", ".").replace("*", ".*")
        assert partial.answers(text) == bool(re.fullmatch(expression, text))


@given(plates, st.data())
@settings(deadline=None)
def test_a_plate_answers_every_pattern_made_from_it(text, data):
    hidden = "".join(data.draw(st.sampled_from([character, "?", "*"])) for character in text)
    partial = parsed(hidden)
    if partial:
        assert partial.answers(text)
        assert partial.confusions(text) == ()


def test_a_long_hard_pattern_is_answered_at_once():
    partial = PartialPlate.parse("*A*A*A*A*A*A*A*A*A*A*A*B")
    assert not partial.answers("A" * 100_000)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("?7B?4*", "A78X4", (Confusion(2, "8", "B"),)),
        ("*O0*", "XX00", (Confusion(2, "0", "O"),)),
        ("*7K3", "AB7K3", ()),
        ("*7K3", "AB7K4", None),
        ("?B*I", "B8771", (Confusion(1, "8", "B"), Confusion(4, "1", "I"))),
    ],
)
def test_it_names_the_characters_that_answer_only_by_confusion(pattern, text, found):
    assert PartialPlate.parse(pattern).confusions(text) == found


@given(drawn, few)
@settings(deadline=None, max_examples=400)
def test_confusions_turn_the_text_into_one_that_answers(raw, text):
    partial = parsed(raw)
    found = partial.confusions(text) if partial else None
    if partial and found is not None:
        turned = list(text)
        for confusion in found:
            assert turned[confusion.position] == confusion.a
            turned[confusion.position] = confusion.b
        assert partial.answers("".join(turned))
        assert fold("".join(turned)) == fold(text)


def test_its_like_is_sql():
    assert PartialPlate.parse("?7B?4*").like() == "_7B_4%"


@given(drawn)
@settings(deadline=None)
def test_a_pattern_parsed_again_is_itself(raw):
    partial = parsed(raw)
    if partial:
        assert PartialPlate.parse(partial.pattern) == partial
        assert len(partial.pattern) <= 2 * LONGEST + 1
