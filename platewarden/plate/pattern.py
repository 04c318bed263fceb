"""A partial plate: what a witness saw. `?` is one character, `*` any run of characters, none included.

Beside it, for searches, two ways to say more: `[0O]` is one of these characters (`WithClasses`), and `{7K4}` alone is a plate that
has these characters in any order, others between them or not (`AnyOrder`). Both are always a bounded choice of plainer patterns;
lists and cars know `?` and `*` only (`ways` writes the others so). `searches` is what a dictionary is asked for.

Written normally: `**` is `*`, and of a run's `?` and `*` the `?` stand first, so that equal patterns are equal texts. At
least two characters must be known, for one known character would answer to a tenth of the street.

The matcher goes left to right once, placing each piece between two `*` as early as it fits; there is no backtracking to blow up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations, product
from math import prod
from typing import Final, TypeAlias

from platewarden.plate.grams import anywhere, pattern_tokens, rarest
from platewarden.plate.likeness import CONFUSABLE, Confusion, fold
from platewarden.plate.text import CHARACTERS, LONGEST, normal_form
from platewarden.policy.refusal import Malformed

__all__ = [
    "KNOWN_AT_LEAST",
    "AnyOrder",
    "PartialPlate",
    "Pattern",
    "Search",
    "WithClasses",
    "is_partial",
    "likes",
    "loosely",
    "loosened",
    "parse_pattern",
    "starts",
    "with_one_wrong",
]

KNOWN_AT_LEAST: Final = 2
LARGEST_CLASS: Final = 6
MOST_WAYS: Final = 64
MOST_IN_ANY_ORDER: Final = 5
MOST_TO_PERMUTE: Final = 4

_RUN: Final = re.compile(r"[?*]*\*[?*]*")


@dataclass(frozen=True, slots=True)
class Search:
    """What a dictionary is asked: plates with all these tokens, one of each list, and that each of these LIKEs lets through."""

    grams: tuple[int, ...]
    likes: tuple[str, ...]
    one_of: tuple[tuple[int, ...], ...] = ()


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
        return starts(text, _pieces(self.pattern)) is not None

    def confusions(self, text: str) -> tuple[Confusion, ...] | None:
        """Where the text answers only because cameras confuse characters (text's, pattern's); empty when it simply answers, None if not."""
        if self.answers(text):
            return ()
        places = self._places(fold(text), fold(self.pattern))
        return None if places is None else tuple(Confusion(at, text[at], known) for at, known in places if text[at] != known)

    def like(self) -> str:
        """The pattern for SQL's LIKE. Its characters are A-Z and 0-9, so nothing needs escaping."""
        return self.pattern.replace("?", "_").replace("*", "%")

    def ways(self) -> tuple[PartialPlate, ...]:
        """Itself: the same plates, written with `?` and `*` only."""
        return (self,)

    def searches(self) -> tuple[Search, ...]:
        """What a dictionary is asked; a plate answers if it comes back from one of them."""
        grams = rarest(self.pattern)
        return (Search(grams, (self.like(),), () if grams else _has(self.pattern)),)

    def tokens(self) -> tuple[int, ...]:
        """The dictionary tokens that every answering plate has (see `grams`)."""
        return pattern_tokens(self.pattern)

    def _places(self, text: str, pattern: str) -> list[tuple[int, str]] | None:
        """Where each known character of this pattern lies in the text, when `pattern` (this one, or its fold) answers it."""
        places = starts(text, _pieces(pattern))
        if places is None:
            return None
        ours = _pieces(self.pattern)
        return [
            (start + offset, character)
            for start, piece in zip(places, ours, strict=True)
            for offset, character in enumerate(piece)
            if character != "?"
        ]


_CLASS: Final = re.compile(r"\[([^\[\]]*)\]")
_NO_CLASS: Final = "Write a choice of characters as [0O]: 2 to 6 letters or digits in square brackets, each written out."


@dataclass(frozen=True, slots=True)
class WithClasses:
    """A partial plate with choices such as `[0O]`, in its normal form. Make it with `parse_pattern`."""

    pattern: str

    def __post_init__(self) -> None:
        classes = _CLASS.findall(self.pattern)
        for each in classes:
            if not 2 <= len(each) <= LARGEST_CLASS or not set(each) <= set(CHARACTERS) or "".join(sorted(set(each))) != each:
                raise Malformed(_NO_CLASS)
        if not classes or _normal(self.pattern) != self.pattern:
            raise Malformed(_NO_CLASS)
        if prod(len(each) for each in classes) > MOST_WAYS:
            raise Malformed(f"These choices make more than {MOST_WAYS} patterns. Write ? for what is least certain.")
        PartialPlate(_CLASS.sub(lambda found: found[1][0], self.pattern))

    def __str__(self) -> str:
        return self.pattern

    def answers(self, text: str) -> bool:
        """Is this text one that the witness could have seen?"""
        return any(way.answers(text) for way in self.ways())

    def ways(self) -> tuple[PartialPlate, ...]:
        """The same plates, as patterns with `?` and `*` only: at most 64."""
        return _ways(self.pattern)

    def searches(self) -> tuple[Search, ...]:
        """What a dictionary is asked; a plate answers if it comes back from one of them."""
        return tuple(search for way in self.ways() for search in way.searches())


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """Characters that the plate has, in whatever order: 2 to 5, sorted. One written twice must be there twice."""

    characters: str

    def __post_init__(self) -> None:
        if not KNOWN_AT_LEAST <= len(self.characters) <= MOST_IN_ANY_ORDER or not set(self.characters) <= set(CHARACTERS):
            raise Malformed(
                f"Characters in any order are {KNOWN_AT_LEAST} to {MOST_IN_ANY_ORDER} letters or digits, alone: {{7K4}}."
            )
        if "".join(sorted(self.characters)) != self.characters:
            raise Malformed("Characters in any order are written sorted.")

    @property
    def pattern(self) -> str:
        """As it is written: `{47K}`."""
        return f"{{{self.characters}}}"

    def __str__(self) -> str:
        return self.pattern

    def answers(self, text: str) -> bool:
        """Is this text one that the witness could have seen?"""
        return not Counter(self.characters) - Counter(text)

    def ways(self) -> tuple[PartialPlate, ...]:
        """The same plates, as patterns with `?` and `*` only. Refused: more than four characters, which have too many orders."""
        if len(self.characters) > MOST_TO_PERMUTE:
            raise Malformed(
                f"A list can take at most {MOST_TO_PERMUTE} characters in any order. Give an order, or the surest four."
            )
        return tuple(PartialPlate(f"*{'*'.join(order)}*") for order in sorted(set(permutations(self.characters))))

    def searches(self) -> tuple[Search, ...]:
        """What a dictionary is asked: one LIKE and one list of places for each character."""
        likes = tuple("%" + f"{each}%" * count for each, count in sorted(Counter(self.characters).items()))
        return (Search((), likes, _has(self.characters)),)


Pattern: TypeAlias = PartialPlate | WithClasses | AnyOrder


def is_partial(raw: str) -> bool:
    """Whether what somebody wrote is meant as a partial plate, not a whole one."""
    return bool(set(raw) & set("?*[]{}"))


def parse_pattern(raw: str) -> Pattern:
    """What a witness saw, in its normal form. Refused, each with its reason: what is no pattern, or answers too much."""
    if "{" in raw or "}" in raw:
        whole = normal_form(raw, also="?*[]{}")
        if not (whole.startswith("{") and whole.endswith("}")):
            raise Malformed("Characters in any order stand alone, in braces: {7K4}. Leave out what stands beside the braces.")
        return AnyOrder("".join(sorted(whole[1:-1])))
    if "[" not in raw and "]" not in raw:
        return PartialPlate.parse(raw)
    if any("-" in found for found in _CLASS.findall(raw)):
        raise Malformed(_NO_CLASS)
    whole = normal_form(raw, also="?*[]")
    if set(_CLASS.sub("", whole)) & set("[]"):
        raise Malformed(_NO_CLASS)
    written = _normal(_CLASS.sub(_sorted_class, whole))
    return WithClasses(written) if "[" in written else PartialPlate(written)


def likes(pattern: Pattern) -> tuple[str, ...]:
    """The pattern for SQL's `LIKE ANY`: a plate answers exactly when one of these lets it through. At most 120."""
    if isinstance(pattern, AnyOrder):
        return tuple(f"%{'%'.join(order)}%" for order in sorted(set(permutations(pattern.characters))))
    return tuple(way.like() for way in pattern.ways())


def loosely(pattern: Pattern) -> tuple[str, ...]:
    """For `LIKE ANY`: what answers the pattern, or would if one character was confused or the witness erred once. For ranking."""
    return tuple(dict.fromkeys(like for each in (*loosened(pattern), *with_one_wrong(pattern)) for like in likes(each)))


def loosened(pattern: Pattern) -> tuple[Pattern, ...]:
    """The pattern, and each that differs from it by one character which cameras confuse with the one remembered."""
    found: dict[Pattern, None] = {pattern: None}
    if isinstance(pattern, AnyOrder):
        for at, known in enumerate(pattern.characters):
            for other in _mates(known):
                found[AnyOrder("".join(sorted(pattern.characters[:at] + other + pattern.characters[at + 1 :])))] = None
        return tuple(found)
    for way in pattern.ways():
        for at, known in enumerate(way.pattern):
            for other in _mates(known):
                found[PartialPlate(way.pattern[:at] + other + way.pattern[at + 1 :])] = None
    return tuple(each for each in found if each == pattern or each not in pattern.ways())


def with_one_wrong(pattern: Pattern) -> tuple[Pattern, ...]:
    """What else it may have been, if the witness erred once: one character was another, or two neighbours stood the other way."""
    if isinstance(pattern, AnyOrder):
        if len(pattern.characters) <= KNOWN_AT_LEAST:
            return ()
        less = {pattern.characters[:at] + pattern.characters[at + 1 :] for at in range(len(pattern.characters))}
        return tuple(AnyOrder(each) for each in sorted(less))
    return tuple(dict.fromkeys(each for way in pattern.ways() for each in _erred(way.pattern)))


def _erred(pattern: str) -> Iterator[PartialPlate]:
    known = [at for at, character in enumerate(pattern) if character in CHARACTERS]
    if len(known) > KNOWN_AT_LEAST:
        for at in known:
            yield PartialPlate(_normal(pattern[:at] + "?" + pattern[at + 1 :]))
    for at in known:
        a, b = pattern[at], pattern[at + 1 : at + 2]
        if b and b in CHARACTERS and a != b:
            yield PartialPlate(pattern[:at] + b + a + pattern[at + 2 :])


def _has(pattern: str) -> tuple[tuple[int, ...], ...]:
    return tuple(anywhere(each) for each in sorted(set(pattern) & set(CHARACTERS)))


def _mates(character: str) -> list[str]:
    return sorted(other for group in CONFUSABLE if character in group for other in group - {character})


def _sorted_class(found: re.Match[str]) -> str:
    characters = "".join(sorted(set(found[1])))
    return characters if len(characters) == 1 and characters in CHARACTERS else f"[{characters}]"


@lru_cache(maxsize=1024)
def _ways(pattern: str) -> tuple[PartialPlate, ...]:
    parts = _CLASS.split(pattern)  # plain, class, plain, class, ..., plain
    choices = [list(part) if at % 2 else [part] for at, part in enumerate(parts)]
    return tuple(PartialPlate("".join(each)) for each in product(*choices))


@lru_cache(maxsize=16384)
def _pieces(pattern: str) -> tuple[str, ...]:
    """What stands between the stars."""
    return tuple(pattern.split("*"))


def _normal(pattern: str) -> str:
    return _RUN.sub(lambda run: "?" * run[0].count("?") + "*", pattern)


def starts(text: str, pieces: tuple[str, ...]) -> list[int] | None:
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
