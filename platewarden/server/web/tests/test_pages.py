"""What the pages say: durations, confidences, and a read beside what is listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platewarden.server.web.templatetags import pages


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (119 * 60, "119 min"),
        (7200, "2 h"),
        (47 * 3600, "47 h"),
        (172800, "2 d"),
        (-5, "0 s"),
    ],
)
def test_it_spells_a_duration_in_its_largest_whole_unit(seconds: float, words: str) -> None:
    assert pages.spell(seconds) == words
    assert pages.spell(timedelta(seconds=seconds)) == words


def test_it_says_a_confidence_in_a_word_too() -> None:
    assert [pages.level(share) for share in (0.99, 0.95, 0.9, 0.8, 0.79, None)] == [
        "sure",
        "sure",
        "fair",
        "fair",
        "doubtful",
        "unknown",
    ]


def test_it_never_rounds_a_confidence_up() -> None:
    assert pages.percent(0.999) == "99"
    assert pages.percent(1.0) == "100"


def test_it_names_a_state_and_says_when_none_was_read() -> None:
    assert pages.state_name("IL") == "Illinois"
    assert pages.state_name(None) == "State not read"


def test_it_gives_a_moment_for_scripts_and_nothing_for_none() -> None:
    assert pages.iso(datetime(2026, 11, 23, 21, 17, 18, tzinfo=UTC)) == "2026-11-23T21:17:18+00:00"
    assert pages.iso(None) == ""


def test_it_marks_the_character_that_differs_from_the_listed_one() -> None:
    cells = pages.side_by_side("B7K4TR1", (("B", 0.6), ("7", 0.9)), "87K4TR1")
    assert [cell.differs for cell in cells] == [True, False, False, False, False, False, False]
    assert (cells[0].confidence, cells[2].confidence) == (0.6, None)


def test_it_lays_the_known_ends_of_a_pattern_under_theirs() -> None:
    cells = pages.side_by_side("2GAT419", (), "2GA*9")
    assert "".join(cell.listed for cell in cells) == "2GA***9"
    assert not any(cell.differs for cell in cells)


def test_it_shows_every_character_of_the_longer_plate() -> None:
    assert len(pages.side_by_side("AB12", (), "AB123")) == 5
    assert len(pages.side_by_side("AB1234", (), "AB12")) == 6
