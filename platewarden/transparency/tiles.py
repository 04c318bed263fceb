"""The tree as files, as c2sp.org/tlog-tiles has it: anybody can fetch, copy and check them, and a file that is full never changes.

::

    tile/<level>/<number>            256 hashes of 32 bytes
    tile/<level>/<number>.p/<width>  the last one of its level while it has fewer
    tile/entries/<number>[.p/...]    the entries themselves, each behind its length (u16)

A hash of level L stands for 256**L leaves. Numbers are written in groups of three digits, all but the last with an x: x001/x234/067.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from platewarden.policy.refusal import Malformed
from platewarden.transparency.tree import EMPTY_ROOT, node_hash, root_of

__all__ = ["HASHES", "Tile", "TileTree", "entry_bundle", "tiles"]

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


class TileTree:
    """A tree that is known by its tiles alone: of those it fetches what it needs, each once.

    `fetch` gives the content of a path. Nothing it gives is believed: whoever asks compares the root with a signed one.
    """

    def __init__(self, size: int, fetch: Callable[[str], bytes]) -> None:
        self._size, self._fetch = size, fetch
        self._rows: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """The root of the whole tree."""
        return self._over(0, self._size) if self._size else EMPTY_ROOT

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """The proof that the first `old_size` leaves are the beginning of all of them (RFC 6962, 2.1.2)."""
        if not 0 < old_size <= self._size:
            raise IndexError("the smaller tree is not the beginning of the larger")
        return self._proof(0, self._size, old_size, whole=True)

    def _proof(self, start: int, end: int, old_end: int, *, whole: bool) -> list[bytes]:
        if old_end == end:
            return [] if whole else [self._over(start, end)]
        middle = start + _split(end - start)
        if old_end <= middle:
            return [*self._proof(start, middle, old_end, whole=whole), self._over(middle, end)]
        return [*self._proof(middle, end, old_end, whole=False), self._over(start, middle)]

    def _over(self, start: int, end: int) -> bytes:
        """The root over a range that starts where a subtree of its size may."""
        wide = end - start
        if wide & (wide - 1) == 0:
            return self._complete(wide.bit_length() - 1, start)
        middle = start + _split(wide)
        return node_hash(self._over(start, middle), self._over(middle, end))

    def _complete(self, height: int, start: int) -> bytes:
        level, above = divmod(height, 8)
        number, at = divmod(start >> 8 * level, HASHES)
        row = self._row(level, number)
        return root_of([row[each * 32 : each * 32 + 32] for each in range(at, at + (1 << above))])

    def _row(self, level: int, number: int) -> bytes:
        if (level, number) not in self._rows:
            wanted = Tile(level, number, min(HASHES, (self._size >> 8 * level) - number * HASHES), b"")
            content = self._fetch(wanted.path)
            if len(content) != wanted.width * 32:
                raise Malformed(f"{wanted.path} has {len(content)} bytes and not {wanted.width * 32}. Fetch it again, whole.")
            self._rows[level, number] = content
        return self._rows[level, number]


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


def _split(wide: int) -> int:
    """The largest power of two below it."""
    return 1 << (wide - 1).bit_length() - 1
