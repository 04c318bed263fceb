import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.plate.likeness import CONFUSABLE, Confusion, confusions, fold, folds
from platewarden.plate.text import CHARACTERS

plates = st.text(alphabet=CHARACTERS, min_size=1, max_size=12)


def test_the_groups_are_these():
    assert {"".join(sorted(group)) for group in CONFUSABLE} == {
        "0DOQ", "1IL", "2Z", "5S", "6G", "7T", "8B", "CEF", "KX", "MN", "PR", "UVWY",
    }  # fmt: skip


def test_no_character_is_in_two_groups():
    assert sum(map(len, CONFUSABLE)) == len(frozenset().union(*CONFUSABLE))


def test_a_group_folds_to_one_of_its_own():
    for group in CONFUSABLE:
        (stands,) = {fold(character) for character in group}
        assert stands in group


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("ABC123", "ABC123", ()),
        ("A8C123", "ABC123", (Confusion(1, "8", "B"),)),
        ("O0D", "0OQ", (Confusion(0, "O", "0"), Confusion(1, "0", "O"), Confusion(2, "D", "Q"))),
        ("ABC123", "ABC124", None),
        ("ABC123", "ABC12", None),
        ("B8", "8X", None),
    ],
)
def test_it_names_each_confusion(a, b, found):
    assert confusions(a, b) == found


@given(plates)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert len(fold(text)) == len(text)
    assert confusions(text, text) == ()


@given(plates, plates)
def test_texts_are_confusable_exactly_when_they_share_a_fold(a, b):
    assert (confusions(a, b) is not None) == (fold(a) == fold(b))
    assert (confusions(b, a) is None) == (confusions(a, b) is None)


@given(plates, st.data())
def test_confusions_turn_the_one_into_the_other(text, data):
    other = "".join(data.draw(st.sampled_from(sorted(next((g for g in CONFUSABLE if c in g), {c})))) for c in text)
    found = confusions(text, other)
    assert found is not None
    turned = list(text)
    for confusion in found:
        assert turned[confusion.position] == confusion.a
        turned[confusion.position] = confusion.b
    assert "".join(turned) == other


@given(st.lists(plates, min_size=1, max_size=9))
def test_several_are_folded_at_once_as_one_by_one(several):
    assert folds(several) == {fold(each) for each in several}
