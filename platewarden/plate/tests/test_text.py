import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.plate.text import CHARACTERS, LONGEST, STATES, PlateText, must_be_state, normal_form, parse_state
from platewarden.policy.refusal import Malformed


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("ABC123", "ABC123"),
        ("abc 123", "ABC123"),
        ("AB-C.12 3", "ABC123"),
        (" 7 ", "7"),
        ("ABCDEFGH1234", "ABCDEFGH1234"),
    ],
)
def test_it_writes_a_plate_in_its_normal_form(raw, text):
    assert PlateText.parse(raw).text == str(PlateText.parse(raw)) == text


@pytest.mark.parametrize(
    "raw", ["", " ", "-.-", "ABCDEFGH12345", "ABÇ123", "ABC_123", "ABC?23", "ß1", "ı1", "A\nB", "A\0B", "٣AB", "A\ud800", "A" * 65]
)
def test_it_refuses_what_is_no_plate(raw):
    with pytest.raises(Malformed) as refused:
        PlateText.parse(raw)
    assert refused.value.message.endswith(".")


def test_a_refusal_never_repeats_the_plate():
    with pytest.raises(Malformed) as refused:
        PlateText.parse("ZZTOP77Ü")
    assert "ZZTOP" not in refused.value.message
    assert "Ü" in refused.value.message


@pytest.mark.parametrize("text", ["abc", "", "A B", "ABCDEFGH12345"])
def test_a_plate_can_only_be_made_in_normal_form(text):
    with pytest.raises(Malformed):
        PlateText(text)


@given(st.text(max_size=70))
def test_any_text_is_a_plate_or_refused(raw):
    try:
        text = PlateText.parse(raw).text
    except Malformed:
        return
    assert 1 <= len(text) <= LONGEST
    assert set(text) <= set(CHARACTERS)
    assert PlateText.parse(text).text == text


def test_a_pattern_may_be_let_through():
    assert normal_form("a?c *", also="?*") == "A?C*"


def test_there_is_every_state_district_territory_province_and_mexico():
    assert len(STATES) == 50 + 1 + 5 + 13 + 1
    assert all(len(code) == 2 and code.isupper() for code in STATES)
    assert STATES["IL"] == "Illinois"
    assert len(set(STATES.values())) == len(STATES)


@pytest.mark.parametrize(
    ("raw", "state"), [("IL", "IL"), (" il ", "IL"), ("mx", "MX"), ("", None), ("unknown", None), ("??", None), ("Unknown ", None)]
)
def test_it_tells_a_state_from_an_unknown_one(raw, state):
    assert parse_state(raw) == state


@pytest.mark.parametrize("raw", ["ZZ", "Illinois", "I", "I L"])
def test_it_refuses_a_state_that_nobody_listed(raw):
    with pytest.raises(Malformed):
        parse_state(raw)


def test_a_state_is_listed_or_none():
    must_be_state(None)
    must_be_state("WI")
    with pytest.raises(Malformed):
        must_be_state("wi")
