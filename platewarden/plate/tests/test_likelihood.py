import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.plate import likelihood as module
from platewarden.plate.likelihood import likelihood, read_as
from platewarden.plate.pattern import PartialPlate, parse_pattern, with_one_wrong
from platewarden.plate.text import CHARACTERS
from platewarden.policy.refusal import Malformed
from platewarden.recognition.weights import DIGESTS

plates = st.text(alphabet=CHARACTERS, min_size=1, max_size=8)


def log_of(raw, text):
    found = likelihood(parse_pattern(raw), text)
    return -math.inf if found is None else found.log


def test_the_counts_are_of_the_reader_that_ships():
    table = json.loads((Path(module.__file__).parent / "reader_confusions.json").read_text())
    assert table["reader"] == DIGESTS["reader"]
    assert set(table["read_for"]) == set(CHARACTERS)
    assert sum(table["plates"].values()) > 1000


@pytest.mark.parametrize("true", CHARACTERS.replace("O", ""))  # O is mostly read as 0, which it is on most plates
def test_most_readings_of_a_character_are_that_character(true):
    assert sum(read_as(true, text) for text in CHARACTERS) == pytest.approx(1)
    assert max(CHARACTERS, key=lambda text: read_as(true, text)) == true


def test_what_simply_answers_comes_first_and_needs_no_reason():
    found = likelihood(parse_pattern("*7K3*"), "AB7K3C")
    assert found.reasons == ()
    assert found.log > log_of("*7K3*", "AB7X3C") > log_of("*7K3*", "ABZX3C")


def test_what_the_reader_often_confuses_is_likelier_than_what_it_does_not():
    assert log_of("*7B3*", "A783C") > log_of("*7B3*", "A7W3C")
    assert likelihood(parse_pattern("*7B3*"), "A783C").reasons[0].startswith("B read as 8: ")


@pytest.mark.parametrize(
    ("raw", "text", "why"),
    [
        ("*7K3*", "AB7W3C", "the witness has K where W was read"),
        ("*7K3*", "ABK73C", "the witness has 7 and K the other way round"),
        ("AB1234", "AB1934", "the witness has 2 where 9 was read"),
        ("AC12?4", "CA1234", "the witness has A and C the other way round"),
        ("{7K4}", "47BC", "the witness has K, which was not read"),
    ],
)
def test_one_error_of_the_witness_is_said(raw, text, why):
    assert likelihood(parse_pattern(raw), text).reasons == (why,)


@pytest.mark.parametrize(("raw", "text"), [("AB1234", "XY9W77"), ("*7K3*", "AW"), ("{7K4AB}", "WHM"), ("AB", "ZZZZZZZ")])
def test_a_plate_that_needs_more_errors_is_no_candidate(raw, text):
    assert likelihood(parse_pattern(raw), text) is None


def test_a_choice_is_as_likely_as_its_likeliest_character():
    assert log_of("*7[BW]3*", "A7W3C") == log_of("*7W3*", "A7W3C")


@given(plates, st.data())
@settings(max_examples=200)
def test_every_pattern_made_from_a_plate_is_likely_and_needs_no_reason(text, data):
    hidden = "".join(data.draw(st.sampled_from([character, "?", "*"])) for character in text)
    try:
        pattern = PartialPlate.parse(hidden)
    except Malformed:
        return
    found = likelihood(pattern, text)
    assert found.log <= 0
    if all(read_as(character, character) > 0.5 for character in text):
        assert found.reasons == ()


@given(st.text(alphabet="AB8", min_size=3, max_size=7), st.data())
@settings(max_examples=200)
def test_whoever_erred_once_is_still_found(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = PartialPlate(text[:at] + "Z" + text[at + 1 :])
    assert likelihood(wrong, text) is not None
    assert any(each.answers(text) for each in with_one_wrong(wrong))


def test_a_long_hard_pattern_is_laid_over_at_once():
    assert likelihood(parse_pattern("*A*A*A*A*A*A*A*A*A*A*A*B"), "A" * 12) is not None
