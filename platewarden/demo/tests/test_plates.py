import numpy as np
import pytest

from platewarden.demo.plates import LOOKS, draw_plate
from platewarden.plate.text import STATES


@pytest.mark.parametrize("state", [*LOOKS, "NH", "DC", None])
def test_every_look_draws_a_plate_of_twelve_by_six(state):
    plate = draw_plate("7ABC123", state)
    assert plate.mode == "RGBA"
    assert plate.width == 2 * plate.height
    assert state is None or state in STATES


def test_texts_of_one_to_eight_characters_fit_and_differ():
    drawn = [np.asarray(draw_plate("ABCDEFGH"[:length], "CA")) for length in range(1, 9)]
    for plate in drawn:
        assert (plate[120:260, :18] == plate[120:260, 360:361][:, :1]).mean() < 1  # the rim stays free of characters
    assert len({plate.tobytes() for plate in drawn}) == 8


def test_zero_and_the_letter_o_are_told_apart():
    assert np.asarray(draw_plate("0", None)).tobytes() != np.asarray(draw_plate("O", None)).tobytes()
