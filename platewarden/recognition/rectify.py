"""A plate, wherever it stands in a picture and however it is turned, straightened onto a canvas of one size.

Notable choices:

- The canvas has one size whatever the plate's shape is: a long European plate and a square one fill it alike. What the networks
  were trained on was straightened the same way (`lab/synth.py`); the margins here and there are the same two figures.
- A plate much larger than the canvas is made smaller first, by averaging: taking every third pixel would invent strokes.
- What lies outside of the picture is its edge, repeated.
- Four corners that go round nothing (all in one place, in one line, crossed over, mirrored, no numbers) are no plate: `is_plate_shaped`
  says so beforehand, and `straighten` refuses them.

A corner at (0, 0) is the outer corner of the first pixel, not its middle; (width, height) is the outer corner of the last one.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from PIL import Image

from platewarden.recognition.picture import Pixels, grey_of
from platewarden.recognition.result import Corners

__all__ = ["MARGIN_X", "MARGIN_Y", "is_plate_shaped", "straighten"]

MARGIN_X, MARGIN_Y = 0.04, 0.07  # of the plate's sides, kept around it
MUCH_LARGER, KEPT_LARGER = 1.6, 1.3  # of the canvas
STEEPEST = 1.6  # how much less than its width a large plate's height is made smaller
TALLEST = 12.0  # canvases, whatever its width
SPARE = 0.25  # of the plate, around its upright box: the margin of a plate whose one side is four times the other
SMALLEST_TURN = 1e-3  # sine of the angle at a corner
FARTHEST = 1e6  # pixels

_Quad: TypeAlias = list[tuple[float, float]]


def is_plate_shaped(corners: Corners) -> bool:
    """Whether the corners go once round, clockwise, in numbers that a picture can have. Any size: a pixel is enough."""
    if not all(math.isfinite(v) and abs(v) < FARTHEST for corner in corners for v in corner):
        return False
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
    for (ax, ay), (bx, by) in zip(sides, (*sides[1:], sides[0]), strict=True):
        lengths = math.hypot(ax, ay) * math.hypot(bx, by)
        if lengths < 1e-6 or ax * by - ay * bx < SMALLEST_TURN * lengths:
            return False
    return True


def straighten(
    pixels: Pixels, corners: Corners, rows: int, columns: int, *, colour: bool = False, part: slice | None = None
) -> Pixels:
    """The plate within its corners (pixels of the picture) as rows x columns grey, or rows x columns x 3 RGB; of these rows a part.

    Refused with a `ValueError` when the corners are not plate shaped.
    """
    if not is_plate_shaped(corners):
        raise ValueError("the corners do not go round a plate: clockwise from the top left one")
    quad = _near([(float(x), float(y)) for x, y in corners], pixels)
    inside, (left, top) = _cut(pixels, quad)
    image = Image.fromarray(inside if colour else grey_of(inside))
    quad = [(x - left, y - top) for x, y in quad]
    a, b, c, d = quad
    wide, high = max(math.dist(a, b), math.dist(d, c)), max(math.dist(a, d), math.dist(b, c))
    shrink = KEPT_LARGER * columns / wide if wide > MUCH_LARGER * columns else 1.0
    lower = min(1.0, STEEPEST * shrink, TALLEST * rows / high)
    if min(shrink, lower) < 1.0:
        size = math.ceil(image.width * shrink), math.ceil(image.height * lower)
        whole = max(image.width, round(size[0] / shrink)), max(image.height, round(size[1] / lower))
        image = _padded(image, 0, 0, whole[0] - image.width, whole[1] - image.height).resize(size, Image.Resampling.BOX)
        quad = [(x * (size[0] / whole[0]), y * (size[1] / whole[1])) for x, y in quad]
    (left, top), (right, bottom) = _around(quad)
    image = _padded(image, -left, -top, right - image.width, bottom - image.height)
    quad = [(x + max(-left, 0), y + max(-top, 0)) for x, y in quad]
    begin, end, _ = (part or slice(None)).indices(rows)
    back = _lower(_way_back(quad, rows, columns), begin)
    straight = image.transform((columns, end - begin), Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    return np.asarray(straight)


def _around(quad: _Quad) -> tuple[list[int], list[int]]:
    """The upright box that holds the plate, its margin and what an interpolation looks at."""
    sides = [(min(along), max(along)) for along in zip(*quad, strict=True)]
    spare = [(high - low) * SPARE + 3 for low, high in sides]
    return (
        [math.floor(low - more) for (low, _), more in zip(sides, spare, strict=True)],
        [math.ceil(high + more) for (_, high), more in zip(sides, spare, strict=True)],
    )


def _near(quad: _Quad, pixels: Pixels) -> _Quad:
    """A plate that lies wholly outside of the picture, moved up to it: there is only its edge to be seen out there."""
    (left, top), (right, bottom) = _around(quad)
    x = max(-right, 0) - max(left - pixels.shape[1], 0)
    y = max(-bottom, 0) - max(top - pixels.shape[0], 0)
    return [(u + x, v + y) for u, v in quad]


def _cut(pixels: Pixels, quad: _Quad) -> tuple[Pixels, tuple[int, int]]:
    """The part of the picture around the plate, a pixel of its edge at least; and where it begins."""
    (left, top), (right, bottom) = _around(quad)
    height, width = pixels.shape[:2]
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    return np.ascontiguousarray(pixels[top : max(bottom, top + 1), left : max(right, left + 1)]), (left, top)


def _padded(image: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    """The picture with its edge repeated on the sides where it is too small."""
    if max(left, top, right, bottom) <= 0:
        return image
    pixels = np.asarray(image)
    beyond = ((max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0)), (0, 0))[: pixels.ndim]
    return Image.fromarray(np.pad(pixels, beyond, mode="edge"))


def _way_back(quad: _Quad, rows: int, columns: int) -> list[float]:
    """The eight figures of the perspective from the canvas to the picture, as Pillow wants them."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    # From a square of side one: how far the quadrilateral is from a parallelogram, told in its two last sides.
    ux, uy, vx, vy, wx, wy = x1 - x2, y1 - y2, x3 - x2, y3 - y2, x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    whole = ux * vy - vx * uy
    g, h = (wx * vy - vx * wy) / whole, (ux * wy - wx * uy) / whole
    a, b, d, e = x1 - x0 + g * x1, x3 - x0 + h * x3, y1 - y0 + g * y1, y3 - y0 + h * y3
    # The square is what the canvas is without its margins.
    left, top = columns * MARGIN_X / (1 + 2 * MARGIN_X) + 0.5, rows * MARGIN_Y / (1 + 2 * MARGIN_Y) + 0.5
    wide, high = columns + 1 - 2 * left, rows + 1 - 2 * top
    a, d, g, b, e, h = a / wide, d / wide, g / wide, b / high, e / high, h / high
    c, f, one = x0 - a * left - b * top, y0 - d * left - e * top, 1.0 - g * left - h * top
    return [v / one for v in (a, b, c, d, e, f, g, h)]


def _lower(back: list[float], rows: int) -> list[float]:
    """The same perspective for a canvas that begins that many rows further down."""
    if not rows:
        return back
    a, b, c, d, e, f, g, h = back
    whole = 1 + h * rows
    return [v / whole for v in (a, b, c + b * rows, d, e, f + e * rows, g, h)]
