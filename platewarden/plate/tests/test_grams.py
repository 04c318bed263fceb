import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate.grams import AT_MOST, pattern_tokens, rarest, tokens
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.text import CHARACTERS
from platewarden.policy.refusal import Malformed

plates = st.text(alphabet=CHARACTERS, min_size=1, max_size=12)


def kinds(found):
    return [token >> 20 for token in found]


def test_the_tokens_of_a_plate_stay_what_they_are():
    a, b, seven = 10, 11, 7
    assert tokens("AB7") == tuple(
        sorted(
            [
                0 * 36 + a, 1 * 36 + b, 2 * 36 + seven,
                1 << 20 | 2 * 36 + a, 1 << 20 | 1 * 36 + b, 1 << 20 | seven,
                2 << 20 | a * 36 + b, 2 << 20 | b * 36 + seven,
                3 << 20 | a * 36 + seven,
                4 << 20 | (a * 36 + b) * 36 + seven,
            ]
        )
    )  # fmt: skip


@given(plates)
def test_tokens_fit_a_signed_32_bit_column(text):
    found = tokens(text)
    assert all(0 <= token < 2**31 for token in found)
    assert list(found) == sorted(set(found))


@given(plates, st.data())
@settings(max_examples=300)
def test_a_plate_has_every_token_of_a_pattern_it_answers(text, data):
    hidden = "".join(data.draw(st.sampled_from([character, character, "?", "*"])) for character in text)
    try:
        partial = PartialPlate.parse(hidden)
    except Malformed:
        return
    assert set(partial.tokens()) <= set(tokens(text))
    chosen = rarest(partial.pattern)
    assert len(chosen) <= AT_MOST
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(pattern_tokens(partial.pattern))


@pytest.mark.parametrize(
    ("pattern", "chosen_kinds"),
    [
        ("ABC1234", [4, 4, 4]),
        ("*7K3*", [4]),
        ("*7?3A*", [3, 2]),
        ("AB?1*", [2, 3]),
        ("7*B", [0, 1]),
        ("*7??B*", []),
        ("A?C?E?G?I?K?", [3, 3, 3]),
    ],
)
def test_it_sends_trigrams_before_pairs_before_anchored_characters(pattern, chosen_kinds):
    found = kinds(rarest(pattern))
    assert sorted(found, reverse=True) == sorted(chosen_kinds, reverse=True)


@pytest.mark.parametrize("text", ["ab", "A B", "É"])
def test_it_refuses_what_is_not_in_normal_form(text):
    with pytest.raises(Malformed):
        tokens(text)
