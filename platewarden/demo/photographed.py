"""Cars out of photographs, cut around their plates, to drive through a filmed street (`demo/street.py`) in place of drawn ones.

A folder holds the photographs and `boxes.jsonl`, a line for each: `image`, `boxes` ([x, y, width, height] in pixels) and `plates`, the
text of each box as somebody read it, or null where it couldn't be read whole. Every box with a text is one car.

- Cut out is as much as a car is large, by the width of a European plate (52 cm), with a soft edge. Nothing is drawn anew: light,
  blur, dirt and angle stay those of the photograph. Nearer than it was photographed, a car grows and shows no more.
- Left out: plates narrower than `LEAST_WIDE` pixels, and those with another labelled plate in their cut, for then two plates pass.
- Pictures are opened when their car comes into view. Nothing of them is written anywhere but into the film.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from platewarden.demo.scenes import CarAlone
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.recognition.result import Box

__all__ = ["CarPhotograph", "by_light", "car_photographs", "in_turn"]

TRUTH = "boxes.jsonl"
LEAST_WIDE = 48.0
CAR = 1.85 / 0.52
"""A car's width in widths of a plate."""
ASIDE, ABOVE, BELOW = 2.1, 2.3, 1.2
"""How far a cut goes from the middle of the plate, in its widths."""
SOFT = 0.07
APART = 12
"""So many other cars pass before a plate comes again, where there are enough."""


@dataclass(frozen=True)
class CarPhotograph:
    """One car in a photograph: where its plate is, and what it says."""

    picture: Path
    plate: Box
    text: str

    @property
    def was_kept_out(self) -> bool:
        """The shipped reader was never trained on this plate (`lab/real.py` keeps out every third, by its text)."""
        return sha256(self.text.encode()).digest()[0] % 3 == 0

    @property
    def cut(self) -> Box:
        x, y = self.plate.centre
        wide = self.plate.width
        return Box(x - ASIDE * wide, y - ABOVE * wide, 2 * ASIDE * wide, (ABOVE + BELOW) * wide)

    def car(self) -> CarAlone:
        """The car without its street."""
        with Image.open(self.picture) as opened:
            cut = self.cut
            left, top = max(0, round(cut.x)), max(0, round(cut.y))
            right, bottom = min(opened.width, round(cut.x + cut.width)), min(opened.height, round(cut.y + cut.height))
            colours = np.asarray(opened.convert("RGB").crop((left, top, right, bottom)), dtype=np.float32)
        rows, columns = (_soft(length) for length in colours.shape[:2])
        cover = (rows[:, None] * columns[None, :])[..., None]
        pixels = np.concatenate([colours * cover, 255.0 * cover], axis=2).astype(np.uint8)
        plate = Box(self.plate.x - left, self.plate.y - top, self.plate.width, self.plate.height)
        return CarAlone(pixels, plate, CAR * self.plate.width)


def car_photographs(folder: Path) -> list[CarPhotograph]:
    """Every car of the folder that can be driven through a street. Refused: a folder without truth, or with none that can be used."""
    try:
        lines = (folder / TRUTH).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            f"{folder} holds no {TRUTH} that can be read ({type(error).__name__}). Name a folder of photographs."
        ) from None
    found = [each for number, line in enumerate(lines, start=1) if line.strip() for each in _cars(folder, number, line)]
    if not found:
        raise Malformed(f"{folder / TRUTH} names no car whose plate was read and is at least {LEAST_WIDE:.0f} pixels wide.")
    return found


def by_light(cars: list[CarPhotograph]) -> tuple[list[CarPhotograph], list[CarPhotograph]]:
    """The lighter half of the photographs, for a street by day, and the darker one."""
    known: dict[Path, float] = {}
    for each in cars:
        if each.picture not in known:
            with Image.open(each.picture) as opened:
                opened.draft("L", (160, 90))
                known[each.picture] = float(np.asarray(opened.convert("L")).mean())
    order = sorted(cars, key=lambda each: (-known[each.picture], each.picture.name, each.plate.x))
    half = (len(order) + 1) // 2
    return order[:half], order[half:]


def in_turn(cars: list[CarPhotograph], count: int, seed: int) -> list[CarPhotograph]:
    """So many of them in an order by chance, the same plate never twice among `APART` in a row while there are others."""
    chance = np.random.default_rng([seed, 534])
    left = [cars[int(at)] for at in chance.permutation(len(cars))]
    order: list[CarPhotograph] = []
    while left and len(order) < count:
        lately = {each.text for each in order[-APART:]}
        order.append(left.pop(next((at for at, each in enumerate(left) if each.text not in lately), 0)))
    return order


def _cars(folder: Path, number: int, line: str) -> Iterator[CarPhotograph]:
    try:
        row: Any = json.loads(line)
        boxes = [Box(*(float(each) for each in box)) for box in row["boxes"]]
        named = list(zip(boxes, row["plates"], strict=True))
        picture = folder / Path(str(row["image"])).name
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(
            f"Line {number} of {folder / TRUTH} is no photograph with boxes and plates ({type(error).__name__})."
        ) from None
    for box, text in named:
        if not isinstance(text, str) or box.width < LEAST_WIDE:
            continue
        car = CarPhotograph(picture, box, text)
        if not any(other is not box and _touch(car.cut, other) for other in boxes):
            yield car


def _touch(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _soft(length: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A cover that rises from nothing at both ends."""
    place = np.arange(length, dtype=np.float32)
    return np.minimum(1.0, np.minimum(place, length - 1 - place) / max(1.0, SOFT * length)).astype(np.float32)
