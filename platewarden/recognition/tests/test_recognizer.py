from dataclasses import dataclass

import numpy as np
import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.picture import Picture
from platewarden.recognition.recognizer import DEFAULT_ENGINE, ENGINES, Recognizer, open_engine
from platewarden.recognition.result import Corners, Reading, Unreadable

PICTURE = Picture("test", np.zeros((60, 80, 3), dtype=np.uint8))


def place(x: float) -> Corners:
    return (x, 0.0), (x + 100, 0.0), (x + 100, 30.0), (x, 30.0)


def reading(text: str, confidence: float, x: float) -> Reading:
    return Reading(text, confidence, None, None, place(x), (), (), "test 1")


@dataclass
class Told:
    """An engine that answers what it was told."""

    answer: tuple[Reading | Unreadable, ...]
    name: str = "test 1"

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        assert picture is PICTURE
        return self.answer


def test_no_plate_is_an_empty_tuple():
    assert Recognizer(Told(())).recognise(PICTURE) == ()


def test_readings_come_surest_first_and_what_is_unreadable_last():
    poor = Unreadable("The characters are too unclear to tell.", place(600))
    low, high = reading("AAA111", 0.5, 0), reading("BBB222", 0.9, 300)
    assert Recognizer(Told((poor, low, high))).recognise(PICTURE) == (high, low, poor)


def test_one_place_has_one_reading_the_surest():
    low, high = reading("AAA111", 0.5, 0), reading("AAA1110", 0.9, 8)
    poor = Unreadable("The characters are too unclear to tell.", place(4))
    nowhere = Unreadable("The picture is dark.")
    assert Recognizer(Told((low, high, poor, nowhere))).recognise(PICTURE) == (high, nowhere)


def test_it_refuses_an_engine_that_is_not_listed_and_names_those_that_are():
    with pytest.raises(Unavailable, match=DEFAULT_ENGINE):
        open_engine("crystal-ball")
    assert DEFAULT_ENGINE in ENGINES
