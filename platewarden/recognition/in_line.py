"""Frames of one plate, each straightened by itself, brought onto the canvas of the first: a character lies then where it lies there.

Each frame's corners are wrong by a little, each by another. What is looked for is the move that makes a frame most like the first,
by the way of Gauss and Newton; its steps are prepared once, on the first frame.

Notable choices:

- Looked at is what stands out from its surroundings, brought to one spread: a shadow, a glare or the night changes little.
- First at a quarter of the width, where strokes are wide enough to find each other, and without perspective; then finer, with it.
- A frame that is no more like the first afterwards, or went too far, is left as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from platewarden.recognition.picture import Pixels

__all__ = ["in_line", "moved"]

AROUND = 6  # pixels of a stage to each side: the surroundings that something stands out from
STILL = 2e-4  # of half a canvas: a step that changes less is the last
FARTHEST = 0.2  # of half a canvas
EDGE = 8  # pixels of edge, repeated, that a move may bring in

_Grey = NDArray[np.float32]
_Move = NDArray[np.float64]
"""3 x 3: from a place on the first canvas to one on the other, both from -1 to 1."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """By how much width and height are divided, how many steps are taken, and how many figures of a move are free."""

    narrower: int
    lower: int
    steps: int
    figures: int


STAGES = (_Stage(4, 2, 8, 6), _Stage(2, 1, 6, 8))


def in_line(first: Pixels, others: Sequence[Pixels]) -> list[Pixels]:
    """The others (grey, of the first one's size), moved onto the first."""
    goals = [_Goal(_standing_out(first, stage), stage) for stage in STAGES]
    return [moved(other, _way(goals, other)) for other in others]


class _Goal:
    """What is to be reached at one stage: the first frame, and what each figure of a move changes in it."""

    def __init__(self, grey: _Grey, stage: _Stage) -> None:
        self.stage = stage
        self._grey = grey
        high, wide = grey.shape
        down, along = np.gradient(grey)
        y, x = ((np.arange(high) + 0.5) / high * 2 - 1)[:, None], ((np.arange(wide) + 0.5) / wide * 2 - 1)[None]
        along, down = along * (wide / 2), down * (high / 2)
        outward = along * x + down * y
        changes = [along * x, along * y, along, down * x, down * y, down, -outward * x, -outward * y]
        self._changes = np.stack(changes[: stage.figures]).reshape(stage.figures, -1).astype(np.float32)
        self._solved = np.linalg.pinv((self._changes @ self._changes.T).astype(np.float64), hermitian=True)

    def closer(self, grey: _Grey, move: _Move) -> _Move:
        for _ in range(self.stage.steps):
            apart = _seen(grey, move) - self._grey
            step = np.eye(3).ravel()
            step[: self.stage.figures] += self._solved @ (self._changes @ apart.ravel())
            turned = step.reshape(3, 3)
            if not np.isfinite(turned).all() or np.linalg.det(turned) < 0.5:
                break
            move = move @ np.linalg.inv(turned)
            if np.abs(turned - np.eye(3)).max() < STILL:
                break
        return move

    def likeness(self, grey: _Grey, move: _Move) -> float:
        seen = _seen(grey, move)
        return float((seen * self._grey).sum() / max(float(np.linalg.norm(seen)), 1e-6))


def _way(goals: Sequence[_Goal], other: Pixels) -> _Move:
    stay = move = np.eye(3)
    for goal in goals:
        grey = _standing_out(other, goal.stage)
        move = goal.closer(grey, move)
    lost = not np.isfinite(move).all() or np.abs(move / move[2, 2] - stay).max() > FARTHEST
    return stay if lost or goals[-1].likeness(grey, move) <= goals[-1].likeness(grey, stay) else move


def _standing_out(canvas: Pixels, stage: _Stage) -> _Grey:
    """What differs from its surroundings, softened by a pixel, at a spread of 1."""
    high, wide = canvas.shape
    parts = canvas.astype(np.float32).reshape(high // stage.lower, stage.lower, wide // stage.narrower, stage.narrower)
    grey: _Grey = np.asarray(parts.mean(axis=(1, 3)), np.float32)
    for axis in (0, 1):
        grey = np.asarray((np.roll(grey, 1, axis) + 2 * grey + np.roll(grey, -1, axis)) / 4, np.float32)
    out = grey - _mean_around(grey, AROUND)
    out = out / (np.sqrt(_mean_around(out * out, 2 * AROUND)) + 2.0)
    return np.asarray(out / max(float(out.std()), 1e-3), np.float32)


def _mean_around(grey: _Grey, around: int) -> _Grey:
    for axis in (0, 1):
        ends = np.arange(grey.shape[axis]) + 2 * around + 1
        beyond = [(around + 1, around) if each == axis else (0, 0) for each in (0, 1)]
        sums = np.cumsum(np.pad(grey, beyond, mode="edge"), axis=axis)
        grey = (np.take(sums, ends, axis) - np.take(sums, ends - 2 * around - 1, axis)) / np.float32(2 * around + 1)
    return grey


def _seen(grey: _Grey, move: _Move) -> _Grey:
    """The other frame as it lies on the first canvas after the move; nothing beyond its edge."""
    high, wide = grey.shape
    way = Image.Transform.PERSPECTIVE
    return np.asarray(Image.fromarray(grey).transform((wide, high), way, _pixels(move, wide, high), Image.Resampling.BILINEAR))


def moved(canvas: Pixels, move: _Move) -> Pixels:
    """The canvas with another part of it shown: at each place what lay where the move leads to."""
    high, wide = canvas.shape
    if np.array_equal(move, np.eye(3)):
        return canvas
    edged = Image.fromarray(np.pad(canvas, EDGE, mode="edge"))
    way = Image.Transform.PERSPECTIVE
    return np.asarray(edged.transform((wide, high), way, _pixels(move, wide, high, EDGE), Image.Resampling.BICUBIC))


def _pixels(move: _Move, wide: int, high: int, edge: int = 0) -> tuple[float, ...]:
    """The move in pixels, as Pillow wants it."""
    to_pixels = np.array([[wide / 2, 0, wide / 2], [0, high / 2, high / 2], [0, 0, 1]])
    way = np.array([[1, 0, edge], [0, 1, edge], [0, 0, 1]]) @ to_pixels @ move @ np.linalg.inv(to_pixels)
    return tuple((way / way[2, 2]).ravel()[:8].tolist())
