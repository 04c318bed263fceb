"""What an entry may say: one clear sentence for each fault."""

from __future__ import annotations

import pytest

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.policy.refusal import Malformed
from platewarden.server.hotlists.entry import approach_of, category_of, plate_or_pattern, state_of


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (" ab-12 345 ", ("AB12345", False)),
        ("?7b?4*", ("?7B?4*", True)),
        ("7", ("7", False)),
    ],
)
def test_it_takes_a_plate_or_a_pattern_in_its_normal_form(raw, found):
    assert plate_or_pattern(raw) == found


@pytest.mark.parametrize("raw", ["", "   ", "-", "ABCDEFGHIJKLM", "ÄB123", "A_B", "A*", "**", "?", "7B%", "A'; drop"])
def test_it_refuses_what_is_no_plate(raw):
    with pytest.raises(Malformed):
        plate_or_pattern(raw)


@pytest.mark.parametrize(("raw", "state"), [("il", "IL"), (" IL ", "IL"), ("unknown", None), ("MX", "MX"), ("ON", "ON")])
def test_a_state_is_one_that_there_is_or_a_stated_unknown(raw, state):
    assert state_of(raw) == state


@pytest.mark.parametrize("raw", ["", "  ", "XX", "Illinoiss", "I"])
def test_it_refuses_a_state_that_nobody_said_or_that_is_not_there(raw):
    with pytest.raises(Malformed):
        state_of(raw)


def test_a_category_and_a_way_to_act_are_of_the_closed_lists():
    assert category_of(" Stolen vehicle ") is Category.STOLEN_VEHICLE
    assert approach_of("") is Approach.STOP
    assert approach_of("do-not-stop") is Approach.DO_NOT_STOP
    for wrong in ("", "stolen", "boat"):
        with pytest.raises(Malformed, match="one of: "):
            category_of(wrong)
    with pytest.raises(Malformed, match="one of: "):
        approach_of("shoot")
