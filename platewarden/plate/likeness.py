"""Which characters cameras confuse, and whether two plates differ by nothing but those.

`fold` maps every character to one that stands for all it is confused with; two texts of one fold are *proposals* of each
other, never a match by that alone (`match` decides, and names each confusion). The same table stands in the database
(`plates.fold`), so car and office propose the same entries. Source of the table: ../shared/design/storage.md, section 3.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["CONFUSABLE", "FOLD_FROM", "FOLD_TO", "Confusion", "confusions", "fold", "folds"]

FOLD_FROM: Final = "OQDILBSZGVYUWNKEFPT"
FOLD_TO: Final = "000118526VVVVMXCCR7"

_TABLE: Final = bytes.maketrans(FOLD_FROM.encode(), FOLD_TO.encode())


def _groups() -> tuple[frozenset[str], ...]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for letter, stands in zip(FOLD_FROM, FOLD_TO, strict=True):
        members[stands] |= {letter, stands}
    return tuple(frozenset(members[stands]) for stands in sorted(members))


CONFUSABLE: Final = _groups()
"""Groups of characters that cameras confuse, such as {0, O, Q, D}; each character is in one group at most."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two plates differ at `position` (counted from 0): `a` in the one, `b` in the other, which cameras confuse."""

    position: int
    a: str
    b: str


def fold(text: str) -> str:
    """The text with every confusable character replaced by the one that stands for its group."""
    return text.encode().translate(_TABLE).decode()  # five times as fast as a text's own translate; what is not ASCII stays


def folds(texts: Iterable[str]) -> set[str]:
    """The folds of several plates, each once."""
    return set(fold("*".join(texts)).split("*"))


def confusions(a: str, b: str) -> tuple[Confusion, ...] | None:
    """Where two texts differ by confusable characters; empty when they are equal, None when they differ by more."""
    if len(a) != len(b) or fold(a) != fold(b):
        return None
    return tuple(Confusion(at, x, y) for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y)
