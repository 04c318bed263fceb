import numpy as np
import pytest

from platewarden.recognition.rectify import straighten
from platewarden.recognition.verify import COLUMNS, LEAST, ROWS, Verifier
from platewarden.recognition.weights import open_session

PLACE = ((40.0, 30.0), (140.0, 32.0), (140.0, 72.0), (40.0, 70.0))


class Session:
    """Answers what it is told to, and keeps what it was given."""

    def __init__(self, logit) -> None:
        self.logit, self.given = logit, []

    def get_inputs(self):
        return [type("Input", (), {"name": "plates"})]

    def run(self, wanted, given):
        self.given.append(given["plates"])
        return [np.array([[self.logit]], dtype=np.float32)]


def street() -> np.ndarray:
    return np.random.default_rng(427).integers(0, 256, (120, 200, 3), dtype=np.uint8)


def test_it_looks_at_the_place_straightened_and_grey_and_says_what_the_network_says():
    session = Session(1.25)
    assert Verifier(session).weigh(street(), PLACE) == 1.25
    (canvas,) = session.given
    assert (canvas.shape, canvas.dtype) == ((1, 1, ROWS, COLUMNS), np.float32)
    assert (canvas[0, 0] == straighten(street(), PLACE, ROWS, COLUMNS)).all()


def test_corners_that_go_round_nothing_are_refused():
    with pytest.raises(ValueError, match="do not go round a plate"):
        Verifier(Session(9.0)).weigh(street(), (PLACE[0],) * 4)


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_bare_wall_is_no_plate_to_the_network_that_ships(grey):
    wall = np.full((120, 200, 3), grey, dtype=np.uint8)
    assert Verifier(open_session("verifier")).weigh(wall, PLACE) < LEAST
