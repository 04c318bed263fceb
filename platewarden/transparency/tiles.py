"""The tree as files, as c2sp.org/tlog-tiles has it: anybody can fetch, copy and check them, and a file that is full never changes.

::

    tile/<level>/<number>            256 hashes of 32 bytes
    tile/<level>/<number>.p/<width>  the last one of its level while it has fewer
    tile/entries/<number>[.p/...]    the entries themselves, each behind its length (u16)

A hash of level L stands for 256**L leaves. Numbers are written in groups of three digits, all but the last with an x: x001/x234/067.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from platewarden.policy.refusal import Malformed
from platewarden.transparency.tree import root_of

__all__ = ["HASHES", "Tile", "entry_bundle", "tiles"]

HASHES: Final = 256  # in a full tile
_LONGEST_ENTRY: Final = 0xFFFF


@dataclass(frozen=True)
class Tile:
    """The hashes of one level beside each other, or the entries under them."""

    level: int | None
    """None: these are entries."""
    number: int
    width: int
    content: bytes

    @property
    def is_full(self) -> bool:
        return self.width == HASHES

    @property
    def path(self) -> str:
        level = "entries" if self.level is None else str(self.level)
        whole = f"tile/{level}/{_written(self.number)}"
        return whole if self.is_full else f"{whole}.p/{self.width}"


def tiles(leaf_hashes: Iterable[bytes]) -> Iterator[Tile]:
    """Every tile of the tree over these leaf hashes: the full ones as they fill, then the last of each level. Holds 256 hashes a level."""
    rows: list[list[bytes]] = []
    numbers: list[int] = []
    for each in leaf_hashes:
        level, hashed, full = 0, each, True
        while full:
            if level == len(rows):
                rows.append([])
                numbers.append(0)
            rows[level].append(hashed)
            full = len(rows[level]) == HASHES
            if full:
                yield Tile(level, numbers[level], HASHES, b"".join(rows[level]))
                hashed = root_of(rows[level])
                rows[level], numbers[level] = [], numbers[level] + 1
                level += 1
    for level, row in enumerate(rows):
        if row:
            yield Tile(level, numbers[level], len(row), b"".join(row))


def entry_bundle(number: int, entries: Sequence[bytes]) -> Tile:
    """Up to 256 entries as one file. Refused: one that is longer than its length can say."""
    if any(len(entry) > _LONGEST_ENTRY for entry in entries):
        raise Malformed(f"An entry of the log is longer than {_LONGEST_ENTRY} bytes and fits no bundle. Publish without entries.")
    return Tile(None, number, len(entries), b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries))


def _written(number: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups))
