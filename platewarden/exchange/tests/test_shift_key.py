import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.exchange.shift_key import LONGEST, key_file_name, key_file_text, key_of
from platewarden.policy.refusal import Malformed

KEY = bytes(range(16))
RAW = key_file_text("1042", KEY).encode()


def test_the_key_comes_back_from_its_file():
    assert key_of("1042", RAW) == KEY
    assert len(RAW) < LONGEST


def test_another_members_file_is_said_to_be_that():
    with pytest.raises(Malformed, match="another member's"):
        key_of("1077", RAW)


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_a_file_with_one_byte_changed_is_no_key(at, by):
    changed = bytearray(RAW)
    changed[at] ^= by
    try:
        found = key_of("1042", bytes(changed))
    except Malformed:
        return
    assert found == KEY  # a line may end otherwise


@pytest.mark.parametrize("raw", [b"", RAW[:-30], RAW + RAW, b"\xff" * 40, b"x" * (LONGEST + 1)])
def test_what_is_no_key_file_is_refused(raw):
    with pytest.raises(Malformed, match="not whole"):
        key_of("1042", raw)


@pytest.mark.parametrize("number", ["", "../1042", "10/42", "1042\n", "a" * 13, "*"])
def test_no_path_is_made_of_what_is_no_member_number(number):
    with pytest.raises(Malformed):
        key_file_name(number)


def test_the_file_of_a_member():
    assert key_file_name("1042") == "platewarden-shift-1042.key"
