import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.recognition import weights
from platewarden.recognition.detect import LEAST, MOST, REACH, STRIDE, Detector
from platewarden.recognition.result import Box

STREET = np.full((720, 1280, 3), 90, dtype=np.uint8)
STANDARD = [(0.2, 0.25), (0.8, 0.25), (0.8, 0.75), (0.2, 0.75)]  # shares of a cut-out


class Input:
    name = "in"


class Finder:
    """Answers with plates at the given boxes (x, y, width, height, in pixels of its picture at 640), as sure as is given."""

    def __init__(self, *plates) -> None:
        self.plates, self.saw = plates, []

    def get_inputs(self):
        return [Input()]

    def run(self, names, feed):
        (picture,) = feed.values()
        self.saw.append(picture)
        grid = np.zeros((1, 9, picture.shape[2] // STRIDE, picture.shape[3] // STRIDE), dtype=np.float32)
        grid[:, 0] = -9
        by = max(picture.shape) / 640
        for *box, logit in self.plates:
            x, y, w, h = (side * by for side in box)
            row, column = int((y + h / 2) // STRIDE), int((x + w / 2) // STRIDE)
            grid[0, 0, row, column] = logit
            quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]) / STRIDE - [column + 0.5, row + 0.5]
            grid[0, 1:, row, column] = (quad / REACH).ravel()
        return [grid]


class Refiner:
    """Says the same corners, as shares of the cut-out, and the same logit of every cut-out, or the next of `logits`."""

    def __init__(
        self,
        corners=((0.5 - 0.5 / 1.7, 0.25), (0.5 + 0.5 / 1.7, 0.25), (0.5 + 0.5 / 1.7, 0.75), (0.5 - 0.5 / 1.7, 0.75)),
        logit=6.0,
    ):
        self.corners, self.logit, self.saw = np.array(corners), logit, []

    def get_inputs(self):
        return [Input()]

    def run(self, names, feed):
        (cuts,) = feed.values()
        self.saw.append(cuts)
        return [np.stack([np.concatenate([[self.logit], self.corners.ravel()]) for _ in cuts]).astype(np.float32)]


def boxes(found):
    return [tuple(round(v, 1) for v in (b.x, b.y, b.width, b.height)) for b in (Box.around(each.corners) for each in found)]


def test_corners_come_back_in_pixels_of_the_picture():
    found = Detector(Finder((100, 200, 60, 30, 5.0)), Refiner()).find(STREET)
    assert boxes(found) == [(200, 400, 120, 60)]
    assert [tuple(round(v) for v in corner) for corner in found[0].corners] == [(200, 400), (320, 400), (320, 460), (200, 460)]


def test_the_longer_side_is_640_and_the_rest_is_filled_up_to_a_multiple_of_32():
    for shape, seen in (
        ((720, 1280), (384, 640)),
        ((1280, 720), (640, 384)),
        ((50, 100), (320, 640)),
        ((1, 1), (640, 640)),
        ((3000, 10), (640, 32)),
    ):
        finder = Finder()
        assert Detector(finder, Refiner()).find(np.zeros((*shape, 3), dtype=np.uint8)) == ()
        assert finder.saw[0].shape == (1, 1, *seen)
        assert finder.saw[0].dtype == np.float32


class OnlyAt(Finder):
    """Sees its plates only when the picture's longer side is this many pixels."""

    def __init__(self, longest, *plates) -> None:
        super().__init__(*plates)
        self.longest = longest

    def run(self, names, feed):
        (grid,) = super().run(names, feed)
        if max(next(iter(feed.values())).shape) != self.longest:
            grid[:, 0] = -9
        return [grid]


def test_a_plate_that_fills_the_picture_is_seen_from_farther_away():
    for picture in (np.full((360, 640, 3), 90, dtype=np.uint8), STREET, np.full((90, 160, 3), 90, dtype=np.uint8)):
        finder = OnlyAt(320, (80, 80, 480, 200, 5.0))
        by = picture.shape[1] / 640
        assert boxes(Detector(finder, Refiner()).find(picture)) == [tuple(round(v * by, 1) for v in (80, 80, 480, 200))]
        assert [seen.shape[3] for seen in finder.saw] == [640, 320]


def test_a_street_with_a_plate_is_looked_over_once_and_a_small_picture_always_twice():
    once, twice = Finder((100, 200, 60, 30, 5.0)), OnlyAt(640, (100, 200, 60, 30, 5.0))
    Detector(once, Refiner()).find(STREET)
    found = Detector(twice, Refiner()).find(STREET[::3, ::3])
    assert len(once.saw) == 1
    assert [seen.shape[3] for seen in twice.saw] == [640, 320]
    assert boxes(found) == [(66.7, 133.3, 40.0, 20.0)]


def test_a_picture_without_plates_does_not_wake_the_refiner():
    refiner = Refiner()
    assert Detector(Finder(), refiner).find(STREET) == ()
    assert refiner.saw == []


def test_the_refiner_looks_twice_and_sees_the_plate_from_the_full_picture():
    street = STREET.copy()
    street[400:460, 200:320] = 250  # in the finder's pixels 100, 200, 60 x 30
    refiner = Refiner()
    Detector(Finder((100, 200, 60, 30, 5.0)), refiner).find(street)
    assert [cuts.shape for cuts in refiner.saw] == [(1, 1, 96, 160)] * 2
    cut = refiner.saw[0][0, 0]
    assert cut[30:66, 40:120].min() > 240
    assert max(cut[:20].max(), cut[:, :30].max()) < 100


def test_what_the_refiner_corrects_is_kept():
    narrow = Refiner(corners=STANDARD)  # 0.6 of the cut-out's width: at each look a little wider than the find
    (found,) = Detector(Finder((100, 200, 60, 30, 5.0)), narrow).find(STREET)
    assert boxes([found]) == [(round(260 - 60 * 1.02**2, 1), 400.0, round(120 * 1.02**2, 1), 60.0)]


def test_a_find_that_the_refiner_denies_is_no_plate():
    assert Detector(Finder((100, 200, 60, 30, 5.0)), Refiner(logit=-6.0)).find(STREET) == ()


def test_a_find_of_which_the_finder_is_hardly_sure_is_not_looked_at():
    refiner = Refiner()
    assert Detector(Finder((100, 200, 60, 30, -4.0)), refiner).find(STREET) == ()
    assert refiner.saw == []


def test_the_surest_comes_first_and_confidence_is_a_probability():
    found = Detector(Finder((100, 200, 60, 30, 0.5), (400, 100, 60, 30, 4.0), (300, 250, 40, 20, 2.0)), Refiner()).find(STREET)
    assert [box[0] for box in boxes(found)] == [800, 600, 200]
    confidences = [each.confidence for each in found]
    assert confidences == sorted(confidences, reverse=True)
    assert all(LEAST <= each <= 1 for each in confidences)


def test_one_place_is_one_plate():
    found = Detector(Finder((100, 200, 60, 30, 3.0), (110, 205, 60, 30, 4.0)), Refiner()).find(STREET)
    assert boxes(found) == [(220, 410, 120, 60)]


def test_there_are_never_more_than_eight():
    plates = [(x, y, 40, 20, 3.0) for x in range(10, 600, 90) for y in range(20, 300, 90)]
    assert len(Detector(Finder(*plates), Refiner()).find(STREET)) == MOST == 8


@pytest.mark.parametrize("broken", [math.nan, math.inf, 1e30])
def test_a_network_that_says_nonsense_is_not_believed(broken):
    assert Detector(_Broken(broken), Refiner()).find(STREET) == ()
    assert Detector(Finder((100, 200, 60, 30, 5.0)), Refiner(corners=np.full((4, 2), math.nan))).find(STREET) == ()
    assert Detector(Finder((100, 200, 60, 30, 5.0)), Refiner(logit=math.nan)).find(STREET) == ()


class _Broken(Finder):
    def __init__(self, value) -> None:
        super().__init__((100, 200, 60, 30, 5.0))
        self.value = value

    def run(self, names, feed):
        (grid,) = super().run(names, feed)
        grid[:, 1:] = self.value
        return [grid]


def test_a_find_that_could_not_be_told_however_sure_the_refiner_were_is_not_shown_to_it():
    hopeless, hopeful = (math.log(p / (1 - p)) for p in (0.18, 0.19))
    finder, refiner = Finder((100, 200, 60, 30, hopeless)), Refiner(logit=40.0)
    assert Detector(finder, refiner).find(STREET) == ()
    assert (len(finder.saw), refiner.saw) == (1, [])
    assert len(Detector(Finder((100, 200, 60, 30, hopeful)), refiner).find(STREET)) == 1


@given(st.integers(1, 300), st.integers(1, 300), st.floats(-200, 800), st.floats(-200, 800), st.floats(1, 2000), st.floats(1, 2000))
def test_any_find_in_any_picture_can_be_looked_at(high, wide, x, y, w, h):
    class Anywhere(Finder):
        def run(self, names, feed):
            (grid,) = super().run(names, feed)
            grid[0, 0, 0, 0] = 5.0
            quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]) / STRIDE - 0.5
            grid[0, 1:, 0, 0] = (quad / REACH).ravel()
            return [grid]

    refiner = Refiner()
    found = Detector(Anywhere(), refiner).find(np.full((high, wide, 3), 70, dtype=np.uint8))
    assert len(found) <= 2  # one for each look of the finder
    for cuts in refiner.saw:
        assert cuts.shape[1:] == (1, 96, 160)
        assert np.isfinite(cuts).all()


def test_the_shipped_networks_find_the_plate_of_a_drawn_scene():
    from platewarden.demo.scenes import draw_scene

    detector = Detector(weights.open_session("finder"), weights.open_session("refiner"))
    for seed in range(4):
        scene = draw_scene("7ABC123", "CA", seed)
        found = detector.find(scene.picture().pixels)
        assert found
        assert Box.around(found[0].corners).overlap(scene.plate) > 0.7
