"""A filmed street: the same for the same seed, and its truth is where the plates are."""

import av
import numpy as np
import pytest

from platewarden.demo.street import LEAST_WIDE, Street, film
from platewarden.recognition.picture import Picture
from platewarden.recognition.recognizer import Recognizer
from platewarden.recognition.result import Box, Reading


def short(seed=7, **options):
    return Street(seed, **{"seconds": 2.0, "passages": 2, "fps": 5, **options})


def test_the_same_seed_gives_the_same_film_and_another_one_another():
    one, same, other = (short(seed, seconds=1.0) for seed in (7, 7, 8))
    pictures = [list(street.frames()) for street in (one, same, other)]
    assert all(np.array_equal(a, b) for a, b in zip(pictures[0], pictures[1], strict=True))
    assert [each.boxes for each in one.passings] == [each.boxes for each in same.passings]
    assert not np.array_equal(pictures[0][4], pictures[2][4])
    assert pictures[0][0].shape == (720, 1280, 3)


def test_its_truth_is_where_the_plates_are():
    street, recognizer = short(), Recognizer()
    right = tried = 0
    for number, pixels in enumerate(street.frames()):
        wanted = {each.text: Box(*each.boxes[number]) for each in street.passings if number in each.readable}
        if not wanted:
            continue
        tried += len(wanted)
        for found in recognizer.recognise(Picture("street", pixels)):
            if isinstance(found, Reading) and found.text in wanted:
                right += Box.around(found.corners).overlap(wanted[found.text]) > 0.7
    assert tried >= 2
    assert right >= 0.8 * tried


def test_a_plate_counts_as_readable_only_where_it_is_large_and_whole():
    street = short(seconds=6.0)
    for _ in street.frames():
        pass
    assert len(street.passings) == 2
    for passing in street.passings:
        assert passing.readable
        assert set(passing.readable) <= set(passing.boxes)
        for number in passing.readable:
            x, y, wide, high = passing.boxes[number]
            assert wide >= LEAST_WIDE
            assert (x > 0, y > 0, x + wide < 1280, y + high < 720) == (True,) * 4
    assert len({each.text for each in street.passings}) == 2


def test_cars_are_forgotten_when_they_have_gone():
    street = short(seconds=24.0, passages=6, fps=1)
    most = 0
    for _ in street.frames():
        most = max(most, len(street._cars))
    assert 0 < most < 6
    assert len(street._cars) <= 2


@pytest.mark.parametrize("night", [False, True])
def test_it_is_filmed_as_h264(tmp_path, night):
    street = short(seconds=1.0, night=night)
    film(tmp_path / "street.mp4", street)
    with av.open(str(tmp_path / "street.mp4")) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].codec_context.name == "h264"
    assert (len(frames), frames[0].width, frames[0].height) == (5, 1280, 720)
    assert bool(frames[0].to_ndarray(format="rgb24").mean() < 90) is night
