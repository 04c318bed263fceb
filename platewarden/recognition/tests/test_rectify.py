import tracemalloc

import numpy as np
import pytest

from platewarden.recognition.rectify import MARGIN_X, MARGIN_Y, is_plate_shaped, straighten

ROWS, COLUMNS = 48, 160
QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])


def drawn(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth pattern that looks the same nowhere, in grey levels, at any point of the plane."""
    return 128 + 50 * np.sin(x / 9 + np.sin(y / 23)) + 45 * np.cos(y / 7 + x / 41)


def street(width: int = 640, height: int = 360) -> np.ndarray:
    """That pattern as a picture: each pixel is what is drawn in its middle."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.repeat(np.round(drawn(x, y)).astype(np.uint8)[..., None], 3, axis=2)


def turned(middle, wide, high, degrees=0.0, lean=(0.0, 0.0)) -> np.ndarray:
    """Corners of a plate, turned around its middle; `lean` makes the right side and the lower side longer."""
    x, y = np.array([-1, 1, 1, -1]) * wide / 2, np.array([-1, -1, 1, 1]) * high / 2
    flat = np.stack([x * (1 + lean[1] * y / high), y * (1 + lean[0] * x / wide)], axis=1)
    angle = np.deg2rad(degrees)
    return flat @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + middle


def way_to_the_picture(quad, rows, columns) -> np.ndarray:
    """The perspective from the canvas to the picture as lab/synth.py has it, solved here in another way: as a null space."""
    across, down = columns * MARGIN_X / (1 + 2 * MARGIN_X), rows * MARGIN_Y / (1 + 2 * MARGIN_Y)
    canvas = [(across, down), (columns - across, down), (columns - across, rows - down), (across, rows - down)]
    lines = []
    for (x, y), (u, v) in zip(canvas, quad, strict=True):
        lines += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    return np.linalg.svd(np.array(lines))[2][-1].reshape(3, 3)


def expected(quad, rows=ROWS, columns=COLUMNS) -> np.ndarray:
    """The canvas as it must be: what is drawn at the place of the street that each of its pixels shows."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    u, v, w = np.tensordot(way_to_the_picture(quad, rows, columns), np.stack([x, y, np.ones_like(x)]), axes=1)
    return drawn(u / w, v / w)


def corners(quad):
    return tuple(map(tuple, np.asarray(quad, dtype=float).tolist()))


@pytest.mark.parametrize(
    "quad",
    [
        turned((320, 180), 200, 60),
        turned((320.4, 180.3), 120, 40, 8.0),
        turned((200, 150), 180, 90, -17.0),
        turned((320, 180), 150, 50, 3.0, (0.3, 0.1)),
        turned((320, 180), 150, 50, -5.0, (-0.4, 0.2)),
        turned((320, 180), 60, 20, 30.0),
    ],
)
def test_a_straightened_plate_is_what_stands_within_its_corners_and_the_margin_around_them(quad):
    apart = np.abs(straighten(street(), corners(quad), ROWS, COLUMNS) - expected(quad))
    assert apart.mean() < 0.8  # grey levels: rounded twice, and interpolated. Half a pixel aside is 2 and more
    assert apart.max() < 3


def test_the_corners_come_to_lie_on_the_canvas_where_the_networks_learnt_them():
    picture = np.zeros((100, 300, 3), dtype=np.uint8)
    picture[30:70, 80:240] = 255
    canvas = straighten(picture, corners([(80, 30), (240, 30), (240, 70), (80, 70)]), ROWS, COLUMNS) > 127
    across, down = COLUMNS * MARGIN_X / (1 + 2 * MARGIN_X), ROWS * MARGIN_Y / (1 + 2 * MARGIN_Y)
    (top, bottom), (left, right) = np.flatnonzero(canvas.any(axis=1))[[0, -1]], np.flatnonzero(canvas.any(axis=0))[[0, -1]]
    assert (left, right) == (round(across), round(COLUMNS - across))
    assert (top, bottom) == (round(down), round(ROWS - down))


def test_grey_and_colour_show_the_same_and_keep_their_shapes():
    picture = street()
    picture[..., 0] //= 2
    quad = corners(turned((320, 180), 120, 40, 8.0))
    grey, colour = straighten(picture, quad, ROWS, COLUMNS), straighten(picture, quad, 72, 160, colour=True)
    assert (grey.shape, colour.shape) == ((ROWS, COLUMNS), (72, 160, 3))
    assert (grey.dtype, colour.dtype) == (np.uint8, np.uint8)
    assert colour[..., 0].mean() == pytest.approx(colour[..., 1].mean() / 2, rel=0.02)


@pytest.mark.parametrize("scale", [2, 3, 8])
def test_a_huge_plate_is_averaged_and_not_sampled(scale):
    noise = np.random.default_rng(427).integers(0, 2, (120 * scale, 320 * scale, 1), dtype=np.uint8) * np.full(3, 255, np.uint8)
    high, wide = noise.shape[:2]
    canvas = straighten(noise, corners([(0, 0), (wide, 0), (wide, high), (0, high)]), ROWS, COLUMNS).astype(float)
    assert canvas.mean() == pytest.approx(127.5, abs=3)
    assert canvas.std() < 127.5 / scale  # of black and white pixels taken here and there it would be 127


def test_a_huge_plate_stands_where_a_small_one_does():
    small, large = street(320, 120), np.repeat(np.repeat(street(320, 120), 6, axis=0), 6, axis=1)
    quad = turned((160, 60), 200, 60, 4.0, (0.1, 0.0))
    apart = np.abs(
        straighten(small, corners(quad), ROWS, COLUMNS).astype(float) - straighten(large, corners(quad * 6), ROWS, COLUMNS)
    )
    assert apart.mean() < 2


@pytest.mark.parametrize("middle", [(0, 0), (640, 360), (0, 360), (640, 0), (320, 0), (640, 180)])
def test_a_plate_half_outside_of_the_picture_is_continued_by_the_pictures_edge(middle):
    quad = turned(middle, 160, 60, 5.0)
    wider = np.pad(street(), ((200, 200), (200, 200), (0, 0)), mode="edge")
    apart = np.abs(
        straighten(street(), corners(quad), ROWS, COLUMNS).astype(float) - straighten(wider, corners(quad + 200), ROWS, COLUMNS)
    )
    assert apart.max() <= 1


@pytest.mark.parametrize("middle", [(-900, 180), (5000, 180), (320, -900), (320, 5000), (-9e5, 9e5)])
def test_a_plate_wholly_outside_of_the_picture_shows_nothing_but_its_edge_and_takes_no_room(middle):
    picture = np.full((90, 160, 3), 77, dtype=np.uint8)
    tracemalloc.start()
    canvas = straighten(picture, corners(turned(middle, 160, 60, 5.0)), ROWS, COLUMNS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (canvas == 77).all()
    assert peak < 2_000_000  # bytes


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (2, 2)])
@pytest.mark.parametrize("colour", [False, True])
def test_a_picture_of_one_pixel_is_straightened_too(shape, colour):
    picture = np.full((*shape, 3), 201, dtype=np.uint8)
    high, wide = shape
    for quad in ([(0, 0), (wide, 0), (wide, high), (0, high)], [(-50, -20), (50, -20), (50, 20), (-50, 20)]):
        canvas = straighten(picture, corners(quad), ROWS, COLUMNS, colour=colour)
        assert canvas.shape == ((ROWS, COLUMNS, 3) if colour else (ROWS, COLUMNS))
        assert (canvas == 201).all()


@pytest.mark.parametrize(("wide", "high"), [(9e5, 3e5), (9e5, 1.0), (1.0, 9e5), (0.01, 0.01), (1.0, 1.0)])
def test_a_plate_of_any_size_and_shape_takes_bounded_room(wide, high):
    picture = np.full((90, 160, 3), 77, dtype=np.uint8)
    tracemalloc.start()
    canvas = straighten(picture, corners([(3, 3), (3 + wide, 3), (3 + wide, 3 + high), (3, 3 + high)]), ROWS, COLUMNS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (canvas == 77).all()
    assert peak < 40_000_000  # bytes


SQUARE = [(10.0, 10.0), (50.0, 10.0), (50.0, 30.0), (10.0, 30.0)]
SHAPELESS = {
    "all in one place": [(10.0, 10.0)] * 4,
    "in one line": [(10.0, 10.0), (20.0, 10.0), (30.0, 10.0), (40.0, 10.0)],
    "two in one place": [SQUARE[0], SQUARE[0], SQUARE[2], SQUARE[3]],
    "a triangle": [SQUARE[0], (30.0, 10.0), SQUARE[1], SQUARE[2]],
    "crossed over": [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]],
    "dented": [SQUARE[0], (20.0, 25.0), SQUARE[2], SQUARE[3]],
    "mirrored": [SQUARE[1], SQUARE[0], SQUARE[3], SQUARE[2]],
    "no number": [(float("nan"), 10.0), *SQUARE[1:]],
    "endless": [SQUARE[0], (float("inf"), 10.0), *SQUARE[2:]],
    "beyond any picture": [(x * 1e9, y * 1e9) for x, y in SQUARE],
}


@pytest.mark.parametrize("quad", SHAPELESS.values(), ids=SHAPELESS)
def test_corners_that_go_round_nothing_are_no_plate_and_are_refused(quad):
    assert not is_plate_shaped(tuple(quad))
    with pytest.raises(ValueError, match="do not go round a plate"):
        straighten(street(), tuple(quad), ROWS, COLUMNS)


@pytest.mark.parametrize("degrees", range(0, 360, 45))
def test_a_plate_turned_any_way_is_a_plate(degrees):
    assert is_plate_shaped(corners(turned((100, 100), 80, 20, degrees, (0.4, 0.2))))
    assert is_plate_shaped(corners(turned((100, 100), 0.5, 0.2, degrees)))


@pytest.mark.parametrize("rows", [slice(0, 40), slice(80, 120), slice(37, 38)])
def test_some_rows_of_the_canvas_are_those_of_the_whole(rows):
    picture = np.random.default_rng(5).integers(0, 256, (90, 200)).astype(np.uint8)
    quad = ((30.0, 20.0), (160.0, 28.0), (155.0, 70.0), (33.0, 61.0))
    whole = straighten(picture, quad, 120, 288)
    assert np.array_equal(straighten(picture, quad, 120, 288, part=rows), whole[rows])
