"""Where the plates of a picture are: four corners each, so that a plate can be straightened.

Notable choices:

- Two networks, both our own (`lab/detector.py`). The finder sees the whole picture, its longer side scaled to 640 pixels, and
  says on a grid of eight pixels where the middle of a plate is and, roughly, its corners. The refiner sees each find by itself, cut
  from the picture at its full size, and says where the corners are and whether it is a plate at all. It looks twice: at the
  find, then at what it made of it.
- Grey in: day, night and infrared are one thing.
- The corners are those of the metal. The state's name, the slogan and a blue band are inside; a dealer's frame is not.
- How sure a find is comes from both networks: a sign must fool the two of them.
- What the finder is too little sure of to be told, however sure the refiner were, the refiner is not asked about.
- A picture smaller than the finder's is made larger. What is added to reach a multiple of 32 is plain grey, at the right and below.
- The finder sees about 450 of its pixels at once, so a plate that fills the picture is too near for it. A picture small enough to
  be a cut-out, and one in which nothing was found, is therefore looked over a second time at half the size: a quarter of the work.

A corner at (0, 0) is the outer corner of the first pixel, not its middle; corners may lie outside of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from platewarden.recognition.picture import Pixels, grey_of
from platewarden.recognition.result import Box, Corners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["LEAST", "MOST", "Detector", "Found"]

LONGEST = 640  # pixels of the picture as the finder sees it
AT_ARMS_LENGTH = 320  # the same, where a plate may fill the picture: the finder sees no more than 450 of its pixels at once
CUT_OUT = 480  # pixels: up to this size a picture may be a plate that somebody cut out
STRIDE, REACH = 8, 4.0  # the finder's grid, and how many cells its corners are told in
MIDDLE = 128  # the grey that is nought to the finder
BLANK = 114
CUT_WIDE, CUT_HIGH = 160, 96  # the refiner's cut-out
AROUND_X, AROUND_Y = 1.7, 2.0  # how much wider and higher than the find the cut-out is
FLATTEST = 0.16  # a find's height is taken for at least this share of its width

MAY_BE = 0.15  # of the finder: looked at more closely from here
BESIDE = 0.25  # of the surest find: less sure ones beside it are not looked at
FINDER_WEIGHS = 0.3  # in how sure both are; the refiner sees a plate from near and weighs the rest
LEAST = 0.6  # of both
MOST = 8
SAME_PLACE = 0.5  # the share of the smaller one that lies in the other

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """A plate: its corners in pixels of the upright picture, and how sure the two networks are that it is one."""

    corners: Corners
    confidence: float


class Detector:
    """Finds the plates of a picture. Keep one: it holds two networks."""

    def __init__(self, finder: InferenceSession, refiner: InferenceSession) -> None:
        self._finder, self._finder_input = finder, finder.get_inputs()[0].name
        self._refiner, self._refiner_input = refiner, refiner.get_inputs()[0].name

    def find(self, pixels: Pixels) -> tuple[Found, ...]:
        """The plates, surest first, at most eight, one for each place."""
        grey = Image.fromarray(grey_of(pixels))
        rough, sure = self._look_over(grey, LONGEST)
        if not len(rough) or max(grey.size) <= CUT_OUT:
            closer, surer = self._look_over(grey, AT_ARMS_LENGTH)
            rough, sure = np.concatenate([rough, closer]), np.concatenate([sure, surer])
        hopeful = _together(sure, np.ones_like(sure)) >= LEAST
        rough, sure = rough[hopeful], sure[hopeful]
        if not len(rough):
            return ()
        quads, plates = self._look_closely(grey, rough)
        again = _together(sure, plates) >= 0.75 * LEAST  # a second look makes it surer, not another thing
        if not again.any():
            return ()
        quads, plates = self._look_closely(grey, quads[again])
        confidences = _together(sure[again], plates)
        ranked = sorted(zip(confidences, quads, strict=True), key=lambda each: -float(each[0]))
        found: list[Found] = []
        for confidence, quad in ranked:
            corners = _corners(quad)
            if confidence >= LEAST and not any(_same_place(corners, other.corners) for other in found):
                found.append(Found(corners, float(confidence)))
        return tuple(found)

    def _look_over(self, grey: Image.Image, longest: int) -> tuple[Numbers, NDArray[np.float64]]:
        """Finds in the whole picture: corners (n x 4 x 2) in its pixels, and the finder's probabilities."""
        scale = longest / max(grey.size)
        wide, high = (max(1, round(side * scale)) for side in grey.size)
        small = grey.resize((wide, high), Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR, reducing_gap=1.0)
        sheet = np.full((_up_to_32(high), _up_to_32(wide)), BLANK - MIDDLE, dtype=np.float32)
        np.subtract(np.asarray(small), np.float32(MIDDLE), out=sheet[:high, :wide])
        (answer,) = self._finder.run(None, {self._finder_input: sheet[None, None]})
        grid: Numbers = np.asarray(answer, dtype=np.float32)[0]
        sure = 1.0 / (1.0 + np.exp(-grid[0].astype(np.float64)))
        at = _peaks(sure, max(MAY_BE, BESIDE * float(np.nan_to_num(sure).max())))
        cells = grid[1:, at[:, 0], at[:, 1]].T.reshape(-1, 4, 2) * REACH + (at[:, None, ::-1] + 0.5)
        quads = cells * STRIDE * [grey.width / wide, grey.height / high]
        usable = np.isfinite(quads).all(axis=(1, 2)) & (np.abs(quads).max(axis=(1, 2), initial=0.0) <= 4 * max(grey.size))
        at, quads = at[usable], quads[usable].astype(np.float32)
        chosen: list[int] = []
        taken: list[Box] = []
        for number, quad in enumerate(quads):
            box = Box.around(_corners(quad))
            if not any(box.overlap(other) > SAME_PLACE for other in taken):
                chosen.append(number)
                taken.append(box)
            if len(chosen) == MOST:
                break
        return quads[chosen], sure[at[chosen, 0], at[chosen, 1]]

    def _look_closely(self, grey: Image.Image, quads: Numbers) -> tuple[Numbers, NDArray[np.float64]]:
        """The same finds with better corners, and the refiner's probabilities that each is a plate."""
        low, high = quads.min(axis=1), quads.max(axis=1)
        size = np.maximum(high - low, 4.0)
        size[:, 1] = np.maximum(size[:, 1], FLATTEST * size[:, 0])
        size *= [AROUND_X, AROUND_Y]
        corner = (low + high) / 2 - size / 2
        cuts = np.stack([_cut(grey, *place, *around) for place, around in zip(corner.tolist(), size.tolist(), strict=True)])
        (answer,) = self._refiner.run(None, {self._refiner_input: cuts[:, None]})
        told: Numbers = np.asarray(answer, dtype=np.float32)
        better: Numbers = told[:, 1:].reshape(-1, 4, 2) * size[:, None] + corner[:, None]
        usable = np.asarray(np.isfinite(better).all(axis=(1, 2)))
        plates = np.where(usable, 1.0 / (1.0 + np.exp(-told[:, 0].astype(np.float64).clip(-40, 40))), 0.0)
        return np.where(usable[:, None, None], better, quads), plates


def _together(finder: NDArray[np.float64], refiner: NDArray[np.float64]) -> NDArray[np.float64]:
    both: NDArray[np.float64] = finder**FINDER_WEIGHS * refiner ** (1 - FINDER_WEIGHS)
    return both


def _up_to_32(side: int) -> int:
    return (side + 31) // 32 * 32


def _peaks(sure: NDArray[np.float64], least: float) -> NDArray[np.intp]:
    """Row and column of the cells that are as sure as any beside them and at least so sure, surest first. Rather too many: neighbours fall away by their place."""
    at = np.argwhere(sure >= least)
    beside = [sure[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].max() for row, column in at.tolist()]
    at = at[sure[at[:, 0], at[:, 1]] >= np.array(beside)]
    return at[np.argsort(-sure[at[:, 0], at[:, 1]], kind="stable")[: 4 * MOST]]


def _cut(grey: Image.Image, left: float, top: float, wide: float, high: float) -> Numbers:
    """A part of the picture at the refiner's size. Where it reaches out of the picture, the edge is repeated."""
    a, b = _inside(left, wide / CUT_WIDE, CUT_WIDE, grey.width)
    c, d = _inside(top, high / CUT_HIGH, CUT_HIGH, grey.height)
    if a >= b or c >= d:
        return np.full((CUT_HIGH, CUT_WIDE), BLANK, dtype=np.float32)
    x, y = wide / CUT_WIDE, high / CUT_HIGH
    box = (
        max(0.0, left + a * x),
        max(0.0, top + c * y),
        min(float(grey.width), left + b * x),
        min(float(grey.height), top + d * y),
    )
    cut = np.asarray(grey.resize((b - a, d - c), Image.Resampling.BILINEAR, box), dtype=np.float32)
    return cut if cut.shape == (CUT_HIGH, CUT_WIDE) else np.pad(cut, ((c, CUT_HIGH - d), (a, CUT_WIDE - b)), mode="edge")


def _inside(begin: float, step: float, count: int, end: int) -> tuple[int, int]:
    """The first and the last but one of `count` steps from `begin` that lie wholly within 0 and `end`."""
    return max(0, math.ceil(-begin / step - 1e-6)), min(count, math.floor((end - begin) / step + 1e-6))


def _corners(quad: NDArray[np.floating]) -> Corners:
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return a, b, c, d


def _same_place(one: Corners, other: Corners) -> bool:
    return Box.around(one).overlap(Box.around(other)) > SAME_PLACE
