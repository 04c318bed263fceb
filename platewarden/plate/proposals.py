"""Which entries of a long list may be what was seen, found without asking each. Proposed only: `match` decides.

For whole plates the list has a filter, two bits for each fold (see `likeness`): most reads end at one look at it, and it never says no
wrongly. A partial plate is one bit, or a bit for each place its best known piece can lie at, in a row for each length of a text, place in
it and folded character. A text keeps the bits that stand in the rows of all its characters; what its first three and its last three leave
is looked up as one, and mostly it is nothing. All of it is by folds, so what answers by a confusable character is proposed too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from platewarden.plate.likeness import fold
from platewarden.plate.pattern import starts
from platewarden.plate.text import CHARACTERS, LONGEST

__all__ = ["Proposals"]

BITS_AN_ENTRY: Final = 16

_BIT: Final = tuple(1 << at for at in range(8))
_FOLDED: Final = frozenset(fold(CHARACTERS))

_Row: TypeAlias = dict[str, int]
"""For one place in a text: the bits that are content with each folded character there."""


class Proposals:
    """What a list of plates, given by their folds, and of patterns proposes for a text in normal form."""

    def __init__(self, folds: Iterable[str], count: int, patterns: Sequence[str]) -> None:
        self._bits = _filter(folds, count)
        self._pieces = [tuple(fold(pattern).split("*")) for pattern in patterns]
        self._placed = [list(self._placings(length)) for length in range(LONGEST + 1)]
        self._rows = [_rows([known for _, known in placed], length) for length, placed in enumerate(self._placed)]
        self._begun: list[dict[str, int]] = [{} for _ in self._rows]
        self._ended: list[dict[str, int]] = [{} for _ in self._rows]
        """What the first and the last three characters leave, by length: at most 6,859 of each, kept once they were asked."""

    def of(self, folds: Iterable[str]) -> tuple[list[str], list[int]]:
        """Those of the folds that a plate of the list may have, and the patterns, by their numbers, that one of them answers."""
        plates: list[str] = []
        patterns: list[int] = []
        bits, bit, all_begun, all_ended = self._bits, _BIT, self._begun, self._ended
        last = len(bits) - 1
        for folded in folds:
            place = hash(folded)
            if bits[place >> 3 & last] & bit[place & 7] and bits[place >> 35 & last] & bit[place >> 32 & 7]:
                plates.append(folded)
            length = len(folded)
            if not 0 < length <= LONGEST:
                continue
            begun = all_begun[length].get(folded[:3])
            ended = all_ended[length].get(folded[-3:])
            if begun is None or ended is None:
                begun, ended = self._first_asked(folded)
            if left := begun & ended:
                patterns += self._answered(folded, left)
        return plates, list(dict.fromkeys(patterns)) if patterns else patterns

    def _answered(self, folded: str, left: int) -> Iterator[int]:
        length = len(folded)
        for row, character in zip(self._rows[length][3:-3], folded[3:-3], strict=True):
            left &= row.get(character, 0)
        while left:
            at = (left & -left).bit_length() - 1
            left ^= 1 << at
            number = self._placed[length][at][0]
            if starts(folded, self._pieces[number]) is not None:
                yield number

    def _first_asked(self, folded: str) -> tuple[int, int]:
        length = len(folded)
        if not _FOLDED.issuperset(folded):
            return 0, 0  # no text in normal form: answers nothing, and is not kept
        begun = ended = -1
        for row, character in zip(self._rows[length][:3], folded[:3], strict=True):
            begun &= row[character]
        for row, character in zip(self._rows[length][-3:], folded[-3:], strict=True):
            ended &= row[character]
        self._begun[length][folded[:3]] = begun
        self._ended[length][folded[-3:]] = ended
        return begun, ended

    def _placings(self, length: int) -> Iterator[tuple[int, dict[int, str]]]:
        """Each pattern that a text of this length can answer, with the characters that it then has to have where."""
        for number, pieces in enumerate(self._pieces):
            needs = sum(map(len, pieces))
            if needs > length or (len(pieces) == 1 and needs != length):
                continue
            fixed = _known(pieces[0], 0) | _known(pieces[-1], length - len(pieces[-1]))
            if fixed:
                yield number, fixed
                continue
            best = max(pieces, key=lambda piece: len(_known(piece, 0)))
            for at in range(length - len(best) + 1):
                yield number, _known(best, at)


def _known(piece: str, at: int) -> dict[int, str]:
    """The known characters of a piece that lies there."""
    return {place: character for place, character in enumerate(piece, start=at) if character != "?"}


def _rows(placed: Sequence[dict[int, str]], length: int) -> list[_Row]:
    """For each place in a text of this length, who is content with which character."""
    rows: list[defaultdict[str, int]] = [defaultdict(int) for _ in range(length)]
    for number, known in enumerate(placed):
        for at, character in known.items():
            rows[at][character] |= 1 << number
    everyone = (1 << len(placed)) - 1
    found = []
    for row in rows:
        demanding = 0
        for bits in row.values():
            demanding |= bits
        found.append({character: row.get(character, 0) | everyone & ~demanding for character in _FOLDED})
    return found


def _filter(folds: Iterable[str], count: int) -> bytearray:
    """2 MB for a million folds; it says yes wrongly to one in fifty."""
    bits = bytearray(1 << max(3, (count * BITS_AN_ENTRY - 1).bit_length() - 3))
    last = len(bits) - 1
    for place in map(hash, folds):
        bits[place >> 3 & last] |= _BIT[place & 7]
        bits[place >> 35 & last] |= _BIT[place >> 32 & 7]
    return bits
