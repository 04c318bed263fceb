"""Which of some known words stand in a line of text: columns of character probabilities in, one figure for each word out.

The other way round from `decode.py`: it asks of each word how well the columns could say it, anywhere among whatever else they say. A
word whose letters are half unclear still stands out when no other of the known words would fit as well.

Notable choices:

- A word's figure is how much less probable (natural logarithm, never above 0) the line becomes by saying the word than by saying what it
  says anyway: 0 is a word read without a doubt. What stands before and after the word costs nothing.
- All words at once, column by column; columns that hold nothing, surely, are counted once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from platewarden.recognition.decode import ALPHABET

__all__ = ["FARTHEST", "Spotter"]

FARTHEST = -1e4
NOTHING = 0.97


class Spotter:
    """Looks for the same words again and again. Words are of the characters of `ALPHABET`."""

    def __init__(self, words: Sequence[str]) -> None:
        lengths = [len(word) for word in words]
        self._labels = np.array([ALPHABET.index(character) + 1 for word in words for character in word])
        self._ends = np.cumsum(lengths) - 1
        self._begins = np.full(len(self._labels), FARTHEST, np.float32)
        self._begins[self._ends - lengths + 1] = 0.0  # a word may begin at any column
        doubled = [at > 0 and character == word[at - 1] for word in words for at, character in enumerate(word)]
        self._parts = np.where(doubled, FARTHEST, 0.0).astype(np.float32)[1:]  # of one character twice, nothing stands between

    def look(self, columns: NDArray[np.float32]) -> NDArray[np.float32]:
        """`columns`: logarithms of the probabilities of nothing and of each character. One figure for each word, 0 at best."""
        kept = _shortened(columns)
        kept = kept - kept.max(axis=1, keepdims=True)
        ended = np.empty((len(kept), len(self._ends)), np.float32)
        said = np.full(len(self._labels), FARTHEST, np.float32)  # each word up to this character, which stands in this column
        parted = said.copy()  # the same, with nothing in this column
        before = np.empty_like(said)
        before[0] = FARTHEST
        for nothing, characters, end in zip(kept[:, 0], kept.take(self._labels, axis=1), ended, strict=True):
            np.add(said[:-1], self._parts, out=before[1:])
            np.maximum(before[1:], parted[:-1], out=before[1:])
            np.maximum(before, self._begins, out=before)
            np.maximum(parted, said, out=parted)
            parted += nothing
            np.maximum(said, before, out=said)
            said += characters
            said.take(self._ends, out=end, mode="clip")
        return np.asarray(np.maximum(ended.max(axis=0), FARTHEST))


def _shortened(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Runs of columns that surely hold nothing as one."""
    silent = columns[:, 0] > np.log(NOTHING)
    return np.asarray(columns[~(silent & np.roll(silent, 1)) | (np.arange(len(columns)) == 0)])
