"""A partial plate: what a witness saw. `?` is one character, `*` any run of characters, none included.

Written normally: `**` is `*`, and of a run's `?` and `*` the `?` stand first, so that equal patterns are equal texts. At
least two characters must be known, for one known character would answer to a tenth of the street.

The matcher goes left to right once, placing each piece between two `*` as early as it fits; there is no backtracking to blow up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from platewarden.plate.grams import pattern_tokens
from platewarden.plate.likeness import Confusion, fold
from platewarden.plate.text import CHARACTERS, LONGEST, normal_form
from platewarden.policy.refusal import Malformed

__all__ = ["KNOWN_AT_LEAST", "PartialPlate"]

KNOWN_AT_LEAST: Final = 2

_RUN: Final = re.compile(r"[?*]*\*[?*]*")


@dataclass(frozen=True, slots=True)
class PartialPlate:
    """A pattern in its normal form. Make it with `parse`."""

    pattern: str

    def __post_init__(self) -> None:
        known = sum(character in CHARACTERS for character in self.pattern)
        if not set(self.pattern) <= set(CHARACTERS) | set("?*") or _normal(self.pattern) != self.pattern:
            raise Malformed("A partial plate has only A-Z, 0-9, ? and *. Write ? for one unknown character and * for any number.")
        if known < KNOWN_AT_LEAST:
            raise Malformed(
                f"A partial plate needs at least {KNOWN_AT_LEAST} known characters; this one has {known}. Add what else was seen."
            )
        if len(self.pattern.replace("*", "")) > LONGEST:
            raise Malformed(f"A plate has at most {LONGEST} characters, and this partial plate asks for more. Shorten it.")

    @classmethod
    def parse(cls, raw: str) -> PartialPlate:
        """What a witness saw, in its normal form. Refused: fewer than two known characters, over 12, anything but A-Z, 0-9, ? and *."""
        return cls(_normal(normal_form(raw, also="?*")))

    def __str__(self) -> str:
        return self.pattern

    def answers(self, text: str) -> bool:
        """Is this text one that the witness could have seen?"""
        return _starts(text, _pieces(self.pattern)) is not None

    def confusions(self, text: str) -> tuple[Confusion, ...] | None:
        """Where the text answers only because cameras confuse characters (text's, pattern's); empty when it simply answers, None if not."""
        places = self._places(fold(text), fold(self.pattern))
        if places is None or self.answers(text):
            return None if places is None else ()
        return tuple(Confusion(at, text[at], known) for at, known in places if text[at] != known)

    def like(self) -> str:
        """The pattern for SQL's LIKE. Its characters are A-Z and 0-9, so nothing needs escaping."""
        return self.pattern.replace("?", "_").replace("*", "%")

    def tokens(self) -> tuple[int, ...]:
        """The dictionary tokens that every answering plate has (see `grams`)."""
        return pattern_tokens(self.pattern)

    def _places(self, text: str, pattern: str) -> list[tuple[int, str]] | None:
        """Where each known character of this pattern lies in the text, when `pattern` (this one, or its fold) answers it."""
        starts = _starts(text, _pieces(pattern))
        if starts is None:
            return None
        ours = _pieces(self.pattern)
        return [
            (start + offset, character)
            for start, piece in zip(starts, ours, strict=True)
            for offset, character in enumerate(piece)
            if character != "?"
        ]


@lru_cache(maxsize=16384)
def _pieces(pattern: str) -> tuple[str, ...]:
    """What stands between the stars."""
    return tuple(pattern.split("*"))


def _normal(pattern: str) -> str:
    return _RUN.sub(lambda run: "?" * run[0].count("?") + "*", pattern)


def _starts(text: str, pieces: tuple[str, ...]) -> list[int] | None:
    """Where each piece lies: the first at the start, the last at the end, those between as early as they fit."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return [0] if len(text) == len(first) and _fits(text, 0, first) else None
    end = len(text) - len(last)
    if not _fits(text, 0, first) or end < len(first) or not _fits(text, end, last):
        return None
    starts, after = [0], len(first)
    for piece in pieces[1:-1]:
        start = next((at for at in range(after, end - len(piece) + 1) if _fits(text, at, piece)), None)
        if start is None:
            return None
        starts.append(start)
        after = start + len(piece)
    return [*starts, end]


def _fits(text: str, at: int, piece: str) -> bool:
    if "?" not in piece:
        return text.startswith(piece, at)
    if at + len(piece) > len(text):
        return False
    for known in piece:
        if known not in ("?", text[at]):
            return False
        at += 1
    return True
