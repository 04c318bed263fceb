"""Photographs of plates: a flat plate (or a real cut-out) seen by a camera and straightened as the runtime straightens it.

Notable choices:

- The plate is warped into a small scene at the size it would have in a photograph (45 to 300 pixels wide), worn down there (blur,
  noise, compression, light), and only then straightened from corners that are a little wrong. A reader that was trained on exact
  corners falls apart behind a detector.
- Grey is a random mixture of the three colours, as cameras and infrared make different greys of the same paint.
- Night: low contrast with noise, or infrared with a bright plate on black, or headlights beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lab import decoys

ROWS, COLUMNS = 48, 160  # pixels of the straightened plate, whatever its shape
MARGIN_X, MARGIN_Y = 0.04, 0.07  # of the plate's sides, kept around it

Grey = NDArray[np.uint8]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Wear:
    """How hard the camera is on the plate, 0 none to 1 everything."""

    hardness: float = 1.0


def window(quad: NDArray[np.float32], rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.float64]:
    """The perspective that takes a quadrilateral (top left, top right, bottom right, bottom left), with its margin, to the canvas."""
    x0, y0 = columns * MARGIN_X / (1 + 2 * MARGIN_X), rows * MARGIN_Y / (1 + 2 * MARGIN_Y)
    to = np.array([[x0, y0], [columns - x0, y0], [columns - x0, rows - y0], [x0, rows - y0]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(quad.astype(np.float32), to))


def grey_of(rng: Random, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    mix = np.array([0.299, 0.587, 0.114])
    if rng.random() < 0.45:
        mix = rng.dirichlet((1.5, 2.0, 1.5))
    return np.asarray(rgb, np.float32) @ mix.astype(np.float32)


def painted(rng: Random, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The colours as some camera sees them: balance and strength change, sometimes nothing is left of them."""
    picture = np.asarray(rgb, np.float32)
    grey = picture.mean(axis=2, keepdims=True)
    strength = 0.0 if rng.random() < 0.1 else rng.uniform(0.35, 1.25)
    return np.asarray((grey + (picture - grey) * strength) * rng.uniform(0.8, 1.15, 3), np.float32)


def scene(
    rng: Random,
    rgb: NDArray[np.uint8],
    aspect: float,
    backs: NDArray[np.uint8] | None,
    narrowest: float = 44,
    widest: float = 300,
    *,
    colour: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The plate in a small scene at a photograph's resolution, grey or in colour, and its four corners there."""
    wide = float(np.exp(rng.uniform(np.log(narrowest), np.log(widest))))
    high = wide / aspect * rng.uniform(0.88, 1.12)
    tilt = np.deg2rad(np.clip(rng.normal(0, 4.5), -22, 22))
    shear, slope = rng.normal(0, 0.07), rng.normal(0, 0.05)
    base = np.array([[-wide / 2, -high / 2], [wide / 2, -high / 2], [wide / 2, high / 2], [-wide / 2, high / 2]])
    base += rng.normal(0, 0.018, base.shape) * [wide, high]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    quad = (base @ np.array([[1, slope], [shear, 1]])) @ turn.T
    low, top = quad.min(axis=0), quad.max(axis=0)
    pad = np.array([wide * 0.16 + 4, high * 0.3 + 4])
    size = np.ceil(top - low + 2 * pad).astype(int)
    quad = (quad - low + pad).astype(np.float32)
    grey = painted(rng, rgb) if colour else grey_of(rng, rgb)
    near = max(0.2, min(1.0, 1.3 * wide / grey.shape[1]))
    near_y = max(0.2, min(1.0, 1.3 * high / grey.shape[0]))
    small = cv2.resize(grey, None, fx=near, fy=near_y, interpolation=cv2.INTER_AREA)
    flat = np.array([[0, 0], [small.shape[1], 0], [small.shape[1], small.shape[0]], [0, small.shape[0]]], np.float32) - 0.5
    move = cv2.getPerspectiveTransform(flat, quad)
    if backs is not None and rng.random() < 0.75:
        back = backs[rng.integers(len(backs))]
        cut = rng.integers(0, 40, 2)
        back = cv2.resize(
            back[cut[0] : cut[0] + 56, cut[1] : cut[1] + 88], (int(size[0]), int(size[1])), interpolation=cv2.INTER_LINEAR
        ).astype(np.float32)
        back = back * rng.uniform(0.4, 1.1)
    else:
        back = np.full((int(size[1]), int(size[0])), rng.uniform(5, 230), np.float32)
        back += cv2.resize(
            rng.normal(0, 25, (3, 4)).astype(np.float32), (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC
        )
    if rng.random() < 0.35:  # a frame or a recess around it
        around = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * rng.uniform(1.04, 1.18)
        cv2.fillConvexPoly(back, np.round(around * 16).astype(np.int32), float(rng.uniform(0, 255)), cv2.LINE_AA, 4)
    if colour:
        back = back[..., None] * rng.uniform(0.7, 1.2, 3).astype(np.float32)
    picture = cv2.warpPerspective(
        small, move, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    cover = np.zeros((int(size[1]), int(size[0])), np.float32)
    cv2.fillConvexPoly(cover, np.round(quad * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    return back + (picture - back) * (cover[..., None] if colour else cover), quad


def worn(rng: Random, picture: NDArray[np.float32], high: float, hardness: float = 1.0) -> Grey:
    """Light, blur, noise and compression, at the photograph's resolution. `high`: the plate's height in pixels."""
    rows, columns = picture.shape[:2]

    def over(mask: NDArray[np.float32]) -> NDArray[np.float32]:
        return mask[..., None] if picture.ndim == 3 else mask

    # light
    if rng.random() < 0.3 * hardness:  # the edge of a shadow
        a, b, c = rng.normal(size=3)
        y, x = np.mgrid[0:rows, 0:columns]
        side = ((x / columns - 0.5) * a + (y / rows - 0.5) * b + c * 0.2) > 0
        soft = cv2.GaussianBlur(side.astype(np.float32), (0, 0), rng.uniform(0.5, high * 0.15 + 0.6))
        picture = picture * (1 - over(soft) * rng.uniform(0.2, 0.75))
    if rng.random() < 0.12 * hardness:  # glare, or a headlight beside the plate
        y, x = np.mgrid[0:rows, 0:columns]
        where = rng.uniform(-0.2, 1.2, 2) * [columns, rows]
        reach = rng.uniform(0.2, 1.0) * high
        picture = picture + rng.uniform(60, 260) * over(np.exp(-((x - where[0]) ** 2 + (y - where[1]) ** 2) / (2 * reach**2)))
    mode = rng.random()
    if mode < 0.16 * hardness:  # night: little light, much noise
        picture = picture * rng.uniform(0.08, 0.35) + rng.uniform(0, 20)
    elif mode < 0.22 * hardness:  # infrared: the plate shines
        picture = np.clip(picture * rng.uniform(1.1, 1.8) - rng.uniform(0, 60), 0, 400)
    else:
        spread = rng.uniform(0.35, 1.15)
        picture = (picture - 128) * spread + 128 + rng.uniform(-70, 60) * hardness
    if rng.random() < 0.5:
        picture = 255 * np.power(np.clip(picture / 255, 0, 1), rng.uniform(0.55, 1.8))
    # lens and movement
    if rng.random() < 0.75:
        picture = cv2.GaussianBlur(picture, (0, 0), max(0.15, abs(rng.normal(0, 0.026 * hardness)) * high + 0.25))
    if rng.random() < 0.3 * hardness:
        long = int(abs(rng.normal(0, 0.085)) * high) + 1
        if long > 1:
            kernel = np.zeros((2 * long + 1, 2 * long + 1), np.float32)
            angle = rng.uniform(0, np.pi) if rng.random() < 0.5 else 0.0
            off = (np.cos(angle) * long / 2, np.sin(angle) * long / 2)
            cv2.line(
                kernel,
                (round(long - off[0]), round(long - off[1])),
                (round(long + off[0]), round(long + off[1])),
                1.0,
                1,
                cv2.LINE_AA,
            )
            picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1e-6))
    if high > 14 and rng.random() < 0.12 * hardness:  # a camera that enlarges what it saw
        less = rng.uniform(0.45, 0.85)
        small = cv2.resize(picture, None, fx=less, fy=less, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC)
    if rng.random() < 0.4:  # a camera that sharpens, with the halos this leaves
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 2.0))
        picture = picture + (picture - soft) * rng.uniform(0.3, 2.6)
    if rng.random() < 0.7:
        picture = picture + rng.normal(0, abs(rng.normal(0, 7 * hardness)) + 0.5, picture.shape)
    if rng.random() < 0.1 * hardness:
        specks = rng.random(picture.shape) < rng.uniform(0.002, 0.03)
        picture = np.where(specks, rng.choice((0.0, 255.0)), picture)
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = int(rng.integers(22, 96)) if hardness > 0.5 else int(rng.integers(60, 96))
        _, raw = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
        grey = np.asarray(cv2.imdecode(raw, cv2.IMREAD_UNCHANGED))
    return grey


def straightened(
    rng: Random, grey: Grey, quad: NDArray[np.float32], error: float = 0.022, rows: int = ROWS, columns: int = COLUMNS
) -> Grey:
    """The plate on the canvas, from corners that are wrong by about `error` of its sides."""
    wide = float(np.hypot(*(quad[1] - quad[0])))
    high = float(np.hypot(*(quad[3] - quad[0])))
    scale = abs(rng.normal(0, 1)) * error
    off = (
        rng.normal(0, scale, (4, 2))
        + rng.normal(0, error, (1, 2))
        + rng.normal(0, error * 0.8) * (quad - quad.mean(axis=0)) / [wide, high] * 2
    )
    if rng.random() < 0.08:  # an upright box around a tilted plate
        low, top = quad.min(axis=0), quad.max(axis=0)
        quad = np.array([[low[0], low[1]], [top[0], low[1]], [top[0], top[1]], [low[0], top[1]]], np.float32)
    wrong = (quad + off * [wide, high]).astype(np.float32)
    ratio = wide / columns
    if ratio > 1.6:
        shrink = 1.3 / ratio
        grey = cv2.resize(grey, None, fx=shrink, fy=min(1.0, shrink * 1.6), interpolation=cv2.INTER_AREA)
        wrong = wrong * [shrink, min(1.0, shrink * 1.6)]
    method = cv2.INTER_LINEAR if rng.random() < 0.3 else cv2.INTER_CUBIC
    return np.asarray(
        cv2.warpPerspective(
            grey, window(wrong.astype(np.float32), rows, columns), (columns, rows), flags=method, borderMode=cv2.BORDER_REPLICATE
        )
    )


def photograph(
    rng: Random, rgb: NDArray[np.uint8], aspect: float, backs: NDArray[np.uint8] | None = None, hardness: float = 1.0
) -> Grey:
    """A flat plate as the reader gets it."""
    picture, quad = scene(rng, rgb, aspect, backs)
    high = float(np.hypot(*(quad[3] - quad[0])))
    return straightened(rng, worn(rng, picture, high, hardness), quad)


def again(rng: Random, grey: Grey, quad: NDArray[np.float32]) -> Grey:
    """A real cut-out photographed again: tilted, scaled down, worn, straightened."""
    high = float(np.hypot(*(quad[3] - quad[0])))
    picture = grey.astype(np.float32)
    if rng.random() < 0.5:
        smaller = rng.uniform(0.5, 1.0)
        if high * smaller > 12:
            picture = cv2.resize(picture, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
            quad, high = quad * smaller, high * smaller
    if rng.random() < 0.7:
        picture = worn(rng, picture, high, 0.45).astype(np.float32)
    return straightened(rng, np.clip(picture, 0, 255).astype(np.uint8), quad.astype(np.float32), 0.03)


def nothing(rng: Random, backs: NDArray[np.uint8]) -> Grey:
    """A piece of a street as the reader would get it, had it been taken for a plate."""
    back = backs[rng.integers(len(backs))].astype(np.float32)
    x, y = rng.uniform(10, 60), rng.uniform(10, 50)
    wide = rng.uniform(30, 60)
    high = wide / rng.uniform(1.8, 4.5)
    quad = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]], np.float32)
    return straightened(rng, worn(rng, back, high, float(rng.uniform(0.1, 1.0))), quad)


def sign(rng: Random, hand: decoys.Hand, backs: NDArray[np.uint8]) -> Grey:
    """A sign, a house number, a badge or lettering as the reader would get it, had it been taken for a plate."""
    flat, aspect = sign_flat(rng, hand, backs)
    return photograph(rng, flat, aspect, backs, float(rng.uniform(0.1, 0.9)))


def sign_flat(rng: Random, hand: decoys.Hand, backs: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The same flat, with its aspect, before a camera has seen it."""
    while True:
        _, sheet, mask = decoys.draw(hand)
        rows, columns = np.nonzero(mask > 0.5)
        if len(rows) and columns.max() - columns.min() > 12 and rows.max() - rows.min() > 6:
            break
    x0, x1, y0, y1 = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    if (x1 - x0) / (y1 - y0) < 1.4:  # too high for a plate: some of its lines only
        high = int((x1 - x0) / rng.uniform(1.5, 3.5))
        y0 += int(rng.integers(0, max(1, y1 - y0 - high)))
        y1 = y0 + max(7, high)
    sheet, mask = sheet[y0:y1, x0:x1], mask[y0:y1, x0:x1]
    street = cv2.resize(backs[rng.integers(len(backs))], (sheet.shape[1], sheet.shape[0])).astype(np.float32)
    drawn = street + (sheet - street) * mask
    flat = np.repeat(np.clip(drawn, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return flat, float(np.clip(drawn.shape[1] / drawn.shape[0], 1.3, 6.5))
