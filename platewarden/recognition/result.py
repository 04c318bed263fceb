"""What recognition answers: a reading, or an unreadable plate and why. No plates at all is an empty tuple, and only that.

A reading has no time, place or unit yet; the car adds them and it becomes a read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from platewarden.recognition.picture import Pixels

__all__ = ["Box", "Candidate", "Character", "Corners", "Point", "Reading", "Unreadable"]

Point: TypeAlias = tuple[float, float]
Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""A quadrilateral in pixels of the upright picture: top left, top right, bottom right, bottom left as the text reads."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the picture."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, corners: Corners) -> Box:
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: Box) -> float:
        """The share of the smaller box that lies in the other: 0 apart, 1 inside."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        smaller = min(self.width * self.height, other.width * other.height)
        return max(0.0, wide) * max(0.0, high) / smaller if smaller > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a reading and how sure the engine was of it."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another text the engine itself held possible, with its confidence. Never made up from characters that look alike."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A plate that was read. `state` is None when it was not read: never a guess."""

    text: str
    confidence: float
    state: str | None
    state_confidence: float | None
    corners: Corners
    candidates: tuple[Candidate, ...]
    characters: tuple[Character, ...]
    engine: str
    by_layout: bool = False
    """Whether how common its layout is on the road has been weighed in (`layouts.py`)."""
    canvas: Pixels | None = field(default=None, compare=False, repr=False)
    """The plate as its engine saw it, straightened: for a look at several frames at once. None when the engine keeps none."""

    def __post_init__(self) -> None:
        if "".join(each.text for each in self.characters) not in {"", self.text}:
            raise ValueError("the characters of a reading spell its text")
        if (self.state is None) != (self.state_confidence is None):
            raise ValueError("a state has a confidence, an unknown state has none")
        texts = [self.text, *(each.text for each in self.candidates), *(each.text for each in self.characters)]
        sure = [self.confidence, *(each.confidence for each in self.candidates), *(each.confidence for each in self.characters)]
        if not all(texts) or not all(0.0 <= each <= 1.0 for each in sure):
            raise ValueError("a text is not empty, and a confidence lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A plate is there, or seems to be, and could not be read: one sentence says why."""

    because: str
    corners: Corners | None = None
    candidates: tuple[Candidate, ...] = ()
    """What it might say, likeliest first; none of them is a reading, and nothing may be matched as one."""
