"""Which entries of a long list may be what was seen, found without asking each. Proposed only: `match` decides.

For whole plates the list has a filter, two bits for each fold (see `likeness`): most reads end at one look at it, and it never says no
wrongly. A partial plate with a known character before its first `*` or after its last is one bit in a row for each length of a text,
place in it and folded character. A text keeps the patterns that stand in the rows of all its characters; what its first three and its
last three leave is looked up as one, and mostly it is nothing. A pattern that is known in its middle only is found by up to four
neighbouring characters. All of it is by folds, so what answers by a confusable character is proposed too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from platewarden.plate.likeness import fold
from platewarden.plate.pattern import starts
from platewarden.plate.text import CHARACTERS, LONGEST

__all__ = ["Proposals"]

BITS_AN_ENTRY: Final = 16
LONGEST_GRAM: Final = 4

_BIT: Final = tuple(1 << at for at in range(8))
_FOLDED: Final = tuple(sorted(set(fold(CHARACTERS))))

_Row: TypeAlias = dict[str, int]
"""For one place in a text: the patterns, a bit each, that are content with each folded character there."""


class Proposals:
    """What a list of plates, given by their folds, and of patterns proposes for a text in normal form."""

    def __init__(self, folds: Iterable[str], count: int, patterns: Sequence[str]) -> None:
        self._bits = _filter(folds, count)
        self._pieces = [tuple(fold(pattern).split("*")) for pattern in patterns]
        loose: defaultdict[str, list[int]] = defaultdict(list)
        anchored = []
        for number, pieces in enumerate(self._pieces):
            if any(character in _FOLDED for character in pieces[0] + pieces[-1]):
                anchored.append(number)
            else:
                loose[_gram(pieces)].append(number)
        self._rows = [self._rows_of(anchored, length) for length in range(LONGEST + 1)]
        self._begun: list[dict[str, int]] = [{} for _ in self._rows]
        self._ended: list[dict[str, int]] = [{} for _ in self._rows]
        """What the first and the last three characters leave, by length: at most 6,859 of each, kept once they were asked."""
        self._loose = {gram: tuple(numbers) for gram, numbers in loose.items()}
        sizes = {len(gram) for gram in loose}
        self._spans = [
            tuple(slice(at, at + size) for size in sizes for at in range(length - size + 1)) for length in range(LONGEST + 1)
        ]

    def of(self, folds: Iterable[str]) -> tuple[list[str], list[int]]:
        """Those of the folds that a plate of the list may have, and the patterns, by their numbers, that one of them answers."""
        plates: list[str] = []
        patterns: list[int] = []
        bits, bit, all_begun, all_ended, all_spans, loose = self._bits, _BIT, self._begun, self._ended, self._spans, self._loose
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
                patterns += self._anchored(folded, left)
            for span in all_spans[length]:
                if folded[span] in loose:
                    patterns += self._known_in_the_middle(folded, folded[span])
        return plates, list(dict.fromkeys(patterns)) if patterns else patterns

    def _anchored(self, folded: str, left: int) -> Iterable[int]:
        for row, character in zip(self._rows[len(folded)][3:-3], folded[3:-3], strict=True):
            left &= row.get(character, 0)
        while left:
            number = (left & -left).bit_length() - 1
            left ^= 1 << number
            if starts(folded, self._pieces[number]) is not None:
                yield number

    def _known_in_the_middle(self, folded: str, gram: str) -> Iterable[int]:
        return (number for number in self._loose[gram] if starts(folded, self._pieces[number]) is not None)

    def _first_asked(self, folded: str) -> tuple[int, int]:
        length = len(folded)
        if not set(folded) <= set(_FOLDED):
            return 0, 0  # no text in normal form: answers nothing, and is not kept
        begun = ended = -1
        for row, character in zip(self._rows[length][:3], folded[:3], strict=True):
            begun &= row[character]
        for row, character in zip(self._rows[length][-3:], folded[-3:], strict=True):
            ended &= row[character]
        self._begun[length][folded[:3]] = begun
        self._ended[length][folded[-3:]] = ended
        return begun, ended

    def _rows_of(self, anchored: Sequence[int], length: int) -> list[_Row]:
        """Who is content with which character, for each place in a text of this length."""
        any_character = [0] * length
        known: list[defaultdict[str, int]] = [defaultdict(int) for _ in range(length)]
        for number in anchored:
            pieces = self._pieces[number]
            needs = sum(map(len, pieces))
            if needs > length or (len(pieces) == 1 and needs != length):
                continue
            for at in range(length):
                wanted = _wanted(pieces, length, at)
                if wanted == "?":
                    any_character[at] |= 1 << number
                else:
                    known[at][wanted] |= 1 << number
        return [
            {character: row.get(character, 0) | others for character in _FOLDED}
            for row, others in zip(known, any_character, strict=True)
        ]


def _filter(folds: Iterable[str], count: int) -> bytearray:
    """2 MB for a million folds; it says yes wrongly to one in fifty."""
    bits = bytearray(1 << max(3, (count * BITS_AN_ENTRY - 1).bit_length() - 3))
    last = len(bits) - 1
    for place in map(hash, folds):
        bits[place >> 3 & last] |= _BIT[place & 7]
        bits[place >> 35 & last] |= _BIT[place >> 32 & 7]
    return bits


def _wanted(pieces: Sequence[str], length: int, at: int) -> str:
    """What stands in this place by the first piece or the last; `?` where neither says."""
    first, last, after = pieces[0], pieces[-1], at - (length - len(pieces[-1]))
    wanted = first[at] if at < len(first) else "?"
    return last[after] if wanted == "?" and after >= 0 else wanted


def _gram(pieces: Sequence[str]) -> str:
    """The longest run of known characters, cut to what is looked up."""
    runs = (run for piece in pieces for run in piece.split("?"))
    return max(runs, key=len)[:LONGEST_GRAM]
