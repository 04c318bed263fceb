"""Small counts, left out of what the public is told: by no sum, no difference and no knowledge of this rule does one come out.

A table tells its total and its parts. Parts from 1 to 4 are told only joined with one another, and with one of the others drawn by lot where
what is told of them would not be at least four more than there are of them. Where that would take all parts, the total is told and no part. A
total from 1 to 4 is said as "fewer than 5". Nothing is said of nobody: 0 stays 0. That no part can be worked out is shown by trying all tables.

A table is told of once (`year.py`): two tables a day apart would tell of that day, and two lots of the same table of its parts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SMALL = 5
FEWER = f"fewer than {SMALL}"


@dataclass(frozen=True)
class Told:
    """What is told of a table: its total, and its parts with their names, some joined. No parts: they are left out."""

    total: int | None
    """None: fewer than 5, and not none."""
    parts: tuple[tuple[tuple[str, ...], int], ...]

    def alone(self, part: str) -> int | None:
        """The count of a part that is told by itself."""
        return next((count for names, count in self.parts if names == (part,)), None)


def told(counts: Mapping[str, int], *, lot: Callable[[Sequence[str]], str] = secrets.choice) -> Told:
    """A table as the public is told of it. Parts keep their order; joined ones come last."""
    total = sum(counts.values())
    if 0 < total < SMALL:
        return Told(None, ())
    there = [name for name, count in counts.items() if count]
    joined = {name for name in there if counts[name] < SMALL}
    others = [name for name in there if name not in joined]
    if others and joined and sum(counts[name] for name in joined) < len(joined) + SMALL - 1:
        joined.add(lot(others))
    if joined and len(joined) == len(there):
        return Told(total, ())
    parts: tuple[tuple[tuple[str, ...], int], ...] = tuple(((name,), count) for name, count in counts.items() if name not in joined)
    if joined:
        parts += ((tuple(name for name in counts if name in joined), sum(counts[name] for name in joined)),)
    return Told(total, parts)
