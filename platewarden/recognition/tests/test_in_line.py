"""Frames of one plate are laid onto the first one, whatever is wrong with their corners; and what fits nowhere stays as it was."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from platewarden.recognition.in_line import in_line
from platewarden.recognition.rectify import straighten

ROWS, COLUMNS = 48, 160
PLATE = ((60.0, 40.0), (180.0, 40.0), (180.0, 90.0), (60.0, 90.0))


@pytest.fixture(scope="module")
def street():
    """A plate in a picture, its corners at `PLATE`."""
    picture = Image.new("L", (240, 130), 90)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 40, 180, 90), fill=225)
    pen.text((68, 46), "7KXR419", fill=25, font=ImageFont.load_default(29))
    return np.asarray(picture)


def straightened(street, off=((0, 0), (0, 0), (0, 0), (0, 0))):
    corners = tuple((x + dx, y + dy) for (x, y), (dx, dy) in zip(PLATE, off, strict=True))
    return straighten(street, corners, ROWS, COLUMNS)


def apart(one, other):
    """How different two canvases are inside, in grey levels."""
    return float(np.abs(one.astype(float) - other.astype(float))[6:-6, 10:-10].mean())


@pytest.mark.parametrize(
    "off",
    [
        ((3, 1), (3, 1), (3, 1), (3, 1)),
        ((-4, 0), (2, 0), (2, 0), (-4, 0)),
        ((2, 1), (-2, 0), (1, -1), (-1, 1)),
        ((0, 2), (0, -2), (0, -2), (0, 2)),
    ],
    ids=["beside it", "wider", "askew", "turned"],
)
def test_a_frame_with_other_corners_is_laid_onto_the_first(street, off):
    first, other = straightened(street), straightened(street, off)
    (laid,) = in_line(first, [other])
    assert (laid.shape, laid.dtype) == (first.shape, first.dtype)
    assert apart(first, laid) < 0.35 * apart(first, other)


def test_night_glare_and_noise_do_not_move_it(street):
    rng = np.random.default_rng(1)
    first, other = straightened(street), straightened(street, ((3, 1), (3, 1), (2, 1), (3, 1)))
    (well,) = in_line(first, [other])
    dark = other * 0.3 + rng.normal(0, 4, other.shape) + 60 * np.exp(-(((np.arange(COLUMNS) - 40) / 15.0) ** 2))
    (laid,) = in_line(first, [np.clip(dark, 0, 255).astype(np.uint8)])
    assert np.corrcoef(laid[6:-6, 60:-10].ravel(), well[6:-6, 60:-10].ravel())[0, 1] > 0.95


def test_the_same_frame_stays_where_it_is(street):
    first = straightened(street)
    (laid,) = in_line(first, [first.copy()])
    assert apart(first, laid) < 0.5


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_canvas_that_shows_nothing_is_left_as_it_was(street, level):
    first, nothing = straightened(street), np.full((ROWS, COLUMNS), level, np.uint8)
    assert np.array_equal(in_line(first, [nothing])[0], nothing)
    assert np.array_equal(in_line(nothing, [first])[0], first)


def test_another_plate_is_not_torn_to_fit(street):
    other = np.ascontiguousarray(straightened(street)[:, ::-1])
    (laid,) = in_line(straightened(street), [other])
    assert apart(laid, other) < 60


def test_no_others_are_no_work(street):
    assert in_line(straightened(street), []) == []
