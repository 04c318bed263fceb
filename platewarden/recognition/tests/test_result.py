from dataclasses import FrozenInstanceError, replace

import pytest

from platewarden.recognition.result import Box, Candidate, Character, Reading, Unreadable

CORNERS = ((10.0, 20.0), (110.0, 22.0), (110.0, 52.0), (10.0, 50.0))
READING = Reading(
    text="7ABC123",
    confidence=0.9,
    state=None,
    state_confidence=None,
    corners=CORNERS,
    candidates=(Candidate("7A8C123", 0.05),),
    characters=tuple(Character(each, 0.9) for each in "7ABC123"),
    engine="test 1",
)


def test_a_reading_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        READING.text = "OTHER"


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "7ABC124"},
        {"confidence": 1.2},
        {"confidence": float("nan")},
        {"state": "CA"},
        {"state_confidence": 0.5},
        {"candidates": (Candidate("", 0.1),)},
        {"characters": (Character("7", 2.0),)},
    ],
)
def test_it_refuses_a_reading_that_contradicts_itself(change):
    with pytest.raises(ValueError):
        replace(READING, **change)


def test_a_reading_may_lack_characters_and_candidates():
    assert replace(READING, characters=(), candidates=()).text == "7ABC123"


def test_a_box_stands_around_its_corners():
    box = Box.around(CORNERS)
    assert (box.x, box.y, box.width, box.height) == (10.0, 20.0, 100.0, 32.0)
    assert box.centre == (60.0, 36.0)


def test_overlap_is_a_share_of_the_smaller_box():
    large, small, apart = Box(0, 0, 100, 100), Box(90, 90, 20, 20), Box(200, 0, 5, 5)
    assert large.overlap(small) == small.overlap(large) == 0.25
    assert large.overlap(apart) == 0.0
    assert large.overlap(Box(10, 10, 5, 5)) == 1.0
    assert large.overlap(Box(10, 10, 0, 5)) == 0.0


def test_unreadable_says_why():
    assert Unreadable("The characters are too unclear to tell.").corners is None
