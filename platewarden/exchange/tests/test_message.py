import uuid
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from platewarden.exchange.message import Fields, must
from platewarden.policy.refusal import Malformed


class Colour(StrEnum):
    RED = "red"


ID = uuid.UUID(int=1)


def test_it_takes_each_field_once_and_is_done():
    fields = Fields(
        {
            "text": "a", "octets": b"b", "integer": 1, "number": 0.5, "flag": True, "moment": 0, "day": "2026-01-02",
            "uuid": ID.bytes, "word": "red", "none": None, "each": [{"a": 1}], "numbers": [0.5], "texts": ["a"], "inner": {"a": 2},
        },
        "thing",
    )  # fmt: skip
    assert fields.text("text") == "a"
    assert fields.octets("octets") == b"b"
    assert fields.integer("integer") == 1
    assert fields.number("number") == 0.5
    assert fields.flag("flag") is True
    assert fields.moment("moment") == datetime(1970, 1, 1, tzinfo=UTC)
    assert fields.day("day") == date(2026, 1, 2)
    assert fields.uuid("uuid") == ID
    assert fields.word("word", Colour) is Colour.RED
    assert fields.optional("none", fields.text) is None
    assert [each.integer("a") for each in fields.each("each", at_most=1)] == [1]
    assert fields.numbers("numbers", at_most=1) == (0.5,)
    assert fields.texts("texts", at_most=1) == ("a",)
    assert fields.inner("inner").integer("a") == 2
    fields.done()
    with pytest.raises(Malformed, match="lacks the field “text”"):
        fields.text("text")


@pytest.mark.parametrize(
    ("take", "wrong"),
    [
        ("text", b"a"), ("octets", "a"), ("integer", True), ("integer", 1.0), ("number", 1), ("flag", 1), ("moment", -1), ("day", "2026-1-2"),
        ("day", "20260102"), ("day", "2026-02-30"), ("uuid", b"short"), ("inner", []),
    ],
)  # fmt: skip
def test_it_refuses_a_field_of_another_kind(take, wrong):
    with pytest.raises(Malformed):
        getattr(Fields({"a": wrong}, "thing"), take)("a")


def test_it_refuses_a_word_it_does_not_know():
    with pytest.raises(Malformed):
        Fields({"a": "blue"}, "thing").word("a", Colour)


def test_it_refuses_more_than_the_most():
    with pytest.raises(Malformed, match="the most is 1"):
        Fields({"a": ["x", "y"]}, "thing").texts("a", at_most=1)


def test_it_refuses_an_array_of_something_else():
    with pytest.raises(Malformed):
        list(Fields({"a": [1]}, "thing").each("a", at_most=1))
    with pytest.raises(Malformed):
        Fields({"a": ["x", 1]}, "thing").texts("a", at_most=3)


def test_it_refuses_what_is_left():
    with pytest.raises(Malformed, match="“b”"):
        Fields({"c": 1, "b": 1}, "thing").done()


def test_it_refuses_what_is_no_map():
    with pytest.raises(Malformed, match="thing"):
        Fields([], "thing")


def test_must_refuses_what_does_not_hold():
    must([1], "never")
    with pytest.raises(Malformed, match="Said so"):
        must("", "Said so.")
