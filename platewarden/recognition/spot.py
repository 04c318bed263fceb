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
        labels: list[int] = []  # each word: character, nothing, character ... character
        first: list[bool] = []
        skips: list[bool] = []  # whether the nothing before it may be left out
        ends: list[int] = []
        for word in words:
            for at, character in enumerate(word):
                if at:
                    labels.append(0)
                    first.append(False)
                    skips.append(False)
                labels.append(ALPHABET.index(character) + 1)
                first.append(at == 0)
                skips.append(at > 0 and character != word[at - 1])
            ends.append(len(labels) - 1)
        self._labels = np.array(labels)
        self._stays_out = np.where(first, 0.0, FARTHEST).astype(np.float32)  # a word may begin at any column
        self._begins = np.where(first, FARTHEST, 0.0).astype(np.float32)
        self._skips = np.where(skips, 0.0, FARTHEST).astype(np.float32)
        self._ends = np.array(ends)

    def look(self, columns: NDArray[np.float32]) -> NDArray[np.float32]:
        """`columns`: logarithms of the probabilities of nothing and of each character. One figure for each word, 0 at best."""
        kept = _shortened(columns)
        best = np.full(len(self._ends), FARTHEST, np.float32)
        at = np.full(len(self._labels), FARTHEST, np.float32)
        one, two = np.empty_like(at), np.empty_like(at)
        for column in kept - kept.max(axis=1, keepdims=True):
            one[0], two[:2] = FARTHEST, FARTHEST
            np.add(at[:-1], self._begins[1:], out=one[1:])
            np.add(at[:-2], self._skips[2:], out=two[2:])
            np.maximum(at, one, out=at)
            np.maximum(at, two, out=at)
            np.maximum(at, self._stays_out, out=at)
            at += column.take(self._labels)
            np.maximum(best, at[self._ends], out=best)
        return best


def _shortened(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Runs of columns that surely hold nothing as one."""
    silent = columns[:, 0] > np.log(NOTHING)
    return np.asarray(columns[~(silent & np.roll(silent, 1)) | (np.arange(len(columns)) == 0)])
