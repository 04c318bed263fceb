import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate.grams import tokens
from platewarden.plate.likeness import Confusion, fold
from platewarden.plate.pattern import PartialPlate, is_partial, likes, loosely, loosened, parse_pattern, with_one_wrong
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
@settings(max_examples=400)
def test_it_answers_as_a_regular_expression_would(raw, text):
    partial = parsed(raw)
    if partial:
        expression = partial.pattern.replace("?", ".").replace("*", ".*")
        assert partial.answers(text) == bool(re.fullmatch(expression, text))


@given(plates, st.data())
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
@settings(max_examples=400)
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
def test_a_pattern_parsed_again_is_itself(raw):
    partial = parsed(raw)
    if partial:
        assert PartialPlate.parse(partial.pattern) == partial
        assert len(partial.pattern) <= 2 * LONGEST + 1


@pytest.mark.parametrize(
    ("raw", "pattern"),
    [
        ("ab[o0]1*", "AB[0O]1*"),
        ("[8]B?[11]*", "8B?1*"),
        ("*[8B3]**[ZZ2]", "*[38B]*[2Z]"),
        ("{7 k4}", "{47K}"),
        ("{7KK}", "{7KK}"),
        ("A?B*", "A?B*"),
    ],
)
def test_it_reads_choices_and_characters_in_any_order(raw, pattern):
    found = parse_pattern(raw)
    assert is_partial(raw)
    assert str(found) == found.pattern == pattern
    assert parse_pattern(pattern) == found


@pytest.mark.parametrize(
    "raw",
    [
        "A[]B",
        "AB[0-9]",
        "AB[0?]",
        "AB[0*]",
        "AB[ABCDEFG]",
        "AB[0O",
        "AB0O]",
        "AB[[0O]]",
        "[0O]*",
        "[01][23][45][67][89][AB][CD]",
        "A" * 11 + "[0O]?",
        "{7}",
        "{}",
        "{ABCDEF}",
        "{AB?}",
        "A{BC}",
        "{AB}{CD}",
        "{AB",
        "{[0O]B}",
        "[%_]AB",
        "'; drop table reads; --[0O]",
        "<b>[0O]",
        "[0O]" * 40,
    ],
)
def test_it_refuses_choices_that_are_none_in_one_sentence(raw):
    with pytest.raises(Malformed) as refused:
        parse_pattern(raw)
    assert refused.value.message.endswith((".", "[0O]", "{7K4}."))
    assert raw not in refused.value.message


remembered = st.one_of(
    st.lists(st.sampled_from(["A", "B", "8", "?", "*", "[8B]", "[0AB]"]), max_size=8).map("".join),
    st.text(alphabet="AB80", min_size=2, max_size=4).map(lambda characters: f"{{{characters}}}"),
)


def remembered_or_none(raw):
    try:
        return parse_pattern(raw)
    except Malformed:
        return None


@given(remembered, few)
@settings(max_examples=400)
def test_a_pattern_its_ways_and_its_searches_answer_the_same_plates(raw, text):
    pattern = remembered_or_none(raw)
    if pattern and text:
        assert pattern.answers(text) == any(way.answers(text) for way in pattern.ways())
        assert pattern.answers(text) == any(
            set(search.grams) <= set(tokens(text)) and all(as_sql_would(like, text) for like in search.likes)
            for search in pattern.searches()
        )
        assert pattern.answers(text) == any(as_sql_would(like, text) for like in likes(pattern))
        assert pattern.answers(text) <= any(as_sql_would(like, text) for like in loosely(pattern))
        assert len(pattern.ways()) <= 64
        assert len(loosely(pattern)) <= 2000


def as_sql_would(like, text):
    return bool(re.fullmatch(like.replace("_", ".").replace("%", ".*"), text))


@given(remembered, few)
@settings(max_examples=400)
def test_a_choice_answers_as_a_regular_expression_would(raw, text):
    pattern = remembered_or_none(raw)
    if pattern and "{" not in raw:
        expression = pattern.pattern.replace("?", ".").replace("*", ".*")
        assert pattern.answers(text) == bool(re.fullmatch(expression, text))


def test_characters_in_any_order_must_each_be_there():
    assert parse_pattern("{7K4}").answers("4AK97")
    assert not parse_pattern("{7K4}").answers("4AK9")
    assert not parse_pattern("{7KK}").answers("7K4")
    assert parse_pattern("{7KK}").answers("K7K")
    assert parse_pattern("{7KK}").searches()[0].likes == ("%7%", "%K%K%")


def test_too_many_orders_are_no_list():
    assert len(parse_pattern("{ABCD}").ways()) == 24
    with pytest.raises(Malformed):
        parse_pattern("{ABCDE}").ways()


def test_loosened_allows_one_confusable_character():
    assert [str(each) for each in loosened(parse_pattern("*8K"))] == ["*8K", "*BK", "*8X"]
    assert [str(each) for each in loosened(parse_pattern("{8A}"))] == ["{8A}", "{AB}"]
    assert [str(each) for each in loosened(parse_pattern("[8B]A1"))] == ["[8B]A1", "8AI", "8AL", "BAI", "BAL"]


def test_with_one_wrong_leaves_two_known_characters():
    assert [str(each) for each in with_one_wrong(parse_pattern("*7K3*"))] == ["?*K3*", "*7?3*", "*7K?*", "*K73*", "*73K*"]
    assert [str(each) for each in with_one_wrong(parse_pattern("7K"))] == ["K7"]
    assert [str(each) for each in with_one_wrong(parse_pattern("{7K}"))] == []
    assert [str(each) for each in with_one_wrong(parse_pattern("{7K4}"))] == ["{47}", "{4K}", "{7K}"]


@given(remembered, st.text(alphabet="AB80", min_size=1, max_size=8), st.data())
@settings(max_examples=300)
def test_one_wrong_finds_what_an_erring_witness_saw(raw, text, data):
    pattern = remembered_or_none(raw)
    if isinstance(pattern, PartialPlate) and pattern.answers(text):
        known = [at for at, character in enumerate(pattern.pattern) if character not in "?*"]
        at = data.draw(st.sampled_from(known))
        wrong = PartialPlate(pattern.pattern[:at] + "Z" + pattern.pattern[at + 1 :])
        assert len(known) == 2 or any(each.answers(text) for each in with_one_wrong(wrong))
