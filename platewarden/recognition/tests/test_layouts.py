"""How common a layout is weighs what the reader says, and decides nothing that is clear."""

from __future__ import annotations

import pytest

from platewarden.recognition.decode import Spelling
from platewarden.recognition.layouts import ELSEWHERE, UNITED_STATES, as_on_the_road, layout
from platewarden.recognition.result import Candidate, Character


def spelling(text: str, sure: float, *others: tuple[str, float]) -> Spelling:
    return Spelling(text, sure, tuple(Character(c, sure) for c in text), tuple(Candidate(t, p) for t, p in others))


def test_a_layout_is_letters_and_digits_place_by_place() -> None:
    assert layout("7ABC123") == "DLLLDDD"


@pytest.mark.parametrize("table", [UNITED_STATES, ELSEWHERE])
def test_the_shares_of_a_table_are_of_one_whole(table: dict[str, float]) -> None:
    assert sum(table.values()) == pytest.approx(1.0, abs=0.02)
    assert all(set(each) <= {"L", "D"} for each in table)


def test_a_doubtful_character_is_read_as_the_layout_has_it() -> None:
    weighed = as_on_the_road(spelling("MHGV4L", 0.48, ("MH6V4L", 0.42)))
    assert weighed.text == "MH6V4L"
    assert weighed.characters == ()
    assert weighed.candidates[0].text == "MHGV4L"


def test_a_clear_vanity_plate_stays_as_it_was_read() -> None:
    weighed = as_on_the_road(spelling("GR8K1D", 0.97, ("GRBK1D", 0.02)))
    assert weighed.text == "GR8K1D"
    assert weighed.confidence > 0.9
    assert "".join(each.text for each in weighed.characters) == "GR8K1D"


def test_text_and_candidates_together_never_exceed_one() -> None:
    weighed = as_on_the_road(spelling("ABC1234", 0.7, ("ABC123A", 0.2), ("A8C1234", 0.1)))
    assert weighed.confidence + sum(each.confidence for each in weighed.candidates) <= 1.0 + 1e-9


def test_nothing_read_stays_nothing() -> None:
    assert as_on_the_road(spelling("", 0.9)).text == ""


def test_a_letter_that_states_leave_out_is_the_seldomer_one_of_two():
    weighed = as_on_the_road(spelling("ABI234", 0.5, ("AB1234", 0.4)))
    assert weighed.text == "AB1234"
    assert as_on_the_road(spelling("ABI4123", 0.96, ("AB14123", 0.02))).text == "ABI4123"
