"""Columns of character probabilities -> the text, its other candidates, and how sure each character is.

A text recogniser with a CTC head gives, for every narrow column of a line, the probability of each character and of "nothing
here". Everything here is computed from those columns.

Notable choices:

- The alphabet is the one of plates: A-Z and 0-9. What the recogniser spends on anything else counts as "nothing here": a
  hyphen, a star or a state's emblem between two characters is no character of the plate.
- The confidence of a text is its own probability, all alignments summed: candidates and text together never exceed 1.
- Most columns hold nothing, surely. Runs of them count as one, and a beam far behind the best is let go: a clear plate costs a
  fifth of what it did: 0.09 instead of 0.49 CPU-ms a line; an unclear one 0.3 instead of 0.8.
- Several looks at one line (other crops of it) vote: probability by text, averaged.

Known gap: these confidences are the engine's own. They rank well and are not calibrated.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from platewarden.recognition.picture import Pixels
from platewarden.recognition.result import Candidate, Character

__all__ = ["ALPHABET", "MOST_CANDIDATES", "NEGLIGIBLE", "Columns", "Spelling", "agree", "spell"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_CANDIDATES = 8
BEAM = 12
NEGLIGIBLE = 1e-3
HOPELESS = 1e-4  # of the best beam
FAINTEST = 1e-12

Columns: TypeAlias = NDArray[np.float64]
"""One row for each column of the line: probability of nothing, then of each character of `ALPHABET`."""
_Column: TypeAlias = tuple[float, dict[str, float]]  # probability of nothing; the characters that are likely at all


@dataclass(frozen=True, slots=True)
class Spelling:
    """What one line says: the likeliest text, its characters, and the texts that were possible too, likeliest first."""

    text: str
    confidence: float
    characters: tuple[Character, ...]
    candidates: tuple[Candidate, ...]
    by_layout: bool = False
    """Whether how common its layout is on the road has been weighed in (`layouts.py`)."""
    canvas: Pixels | None = field(default=None, compare=False, repr=False)
    """The straightened plate, when this is what one look at it says."""


def spell(columns: Columns) -> Spelling:
    """The likeliest text of one line. Its text is empty when nothing was there."""
    line = _joined(columns)
    (text, confidence), *others = _texts(line)
    return Spelling(text, confidence, _characters(line, text), _candidates(others))


def agree(looks: Sequence[Spelling]) -> Spelling:
    """Several looks at the same line as one: probability by text, averaged. The characters come from the surest look at it."""
    share: defaultdict[str, float] = defaultdict(float)
    for look in looks:
        share[look.text] += look.confidence / len(looks)
        for each in look.candidates:
            share[each.text] += each.confidence / len(looks)
    (text, confidence), *others = sorted(share.items(), key=lambda pair: (-pair[1], pair[0]))
    seen = [look for look in looks if look.text == text]
    surest = max(seen, key=lambda look: look.confidence).characters if seen else ()
    return Spelling(text, min(confidence, 1.0), surest, _candidates(others))


def _candidates(texts: Iterable[tuple[str, float]]) -> tuple[Candidate, ...]:
    found = [Candidate(text, confidence) for text, confidence in texts if text and confidence >= NEGLIGIBLE]
    return tuple(found[:MOST_CANDIDATES])


def _joined(columns: Columns) -> list[_Column]:
    """The columns as few as they can be: a run that holds nothing but "nothing" is one."""
    held: list[dict[str, float]] = [{} for _ in columns]
    rows, places = np.nonzero(columns[:, 1:] > NEGLIGIBLE)
    for row, place, chance in zip(rows.tolist(), places.tolist(), columns[rows, places + 1].tolist(), strict=True):
        held[row][ALPHABET[place]] = chance
    line: list[_Column] = []
    for nothing, likely in zip(columns[:, 0].tolist(), held, strict=True):
        if likely or not line or line[-1][1]:
            line.append((nothing, likely))
        else:
            line[-1] = (line[-1][0] * nothing, likely)
    return line


def _texts(line: Sequence[_Column]) -> list[tuple[str, float]]:
    """Prefix beam search: texts with the summed probability of all their alignments, likeliest first."""
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # text -> probability ending on nothing, ending on its last character
    for nothing, likely in line:
        if not likely:
            beams = {text: ((open_ + closed) * nothing, 0.0) for text, (open_, closed) in beams.items()}
            continue
        closes: dict[str, float] = {}
        hopeless = HOPELESS * max(open_ + closed for open_, closed in beams.values()) * max(nothing, *likely.values())
        for text, (open_, closed) in beams.items():
            last, either = text[-1:], open_ + closed
            for character, chance in likely.items():
                if either * chance < hopeless:
                    continue
                longer, before = text + character, either
                if last == character:
                    closes[text] = closes.get(text, 0.0) + closed * chance
                    before = open_
                closes[longer] = closes.get(longer, 0.0) + before * chance
        grown = {text: ((open_ + closed) * nothing, closes.pop(text, 0.0)) for text, (open_, closed) in beams.items()}
        grown |= {text: (0.0, closed) for text, closed in closes.items()}
        best = sorted(grown.items(), key=lambda pair: -pair[1][0] - pair[1][1])[:BEAM]
        least = HOPELESS * sum(best[0][1])
        beams = {text: ends for text, ends in best if sum(ends) >= least}
    return sorted(((text, min(sum(ends), 1.0)) for text, ends in beams.items()), key=lambda pair: (-pair[1], pair[0]))


def _characters(line: Sequence[_Column], text: str) -> tuple[Character, ...]:
    """Each character's confidence: the highest it reaches in the columns that the best alignment gives to it."""
    if not text:
        return ()
    labels = [""]  # nothing, first character, nothing, second ...
    for character in text:
        labels += [character, ""]
    jumps = [bool(label) and at > 1 and label != labels[at - 2] for at, label in enumerate(labels)]
    best = [0.0] + [-math.inf] * len(text) * 2  # before the first column: nothing has been passed
    came: list[list[int]] = []
    for nothing, likely in line:
        quiet = math.log(max(nothing, FAINTEST))
        scores: list[float] = []
        steps: list[int] = []
        for at, label in enumerate(labels):
            step, way = 0, best[at]
            if at and best[at - 1] > way:
                step, way = 1, best[at - 1]
            if jumps[at] and best[at - 2] > way:
                step, way = 2, best[at - 2]
            steps.append(step)
            scores.append(way + (math.log(max(likely.get(label, 0.0), FAINTEST)) if label else quiet))
        best = scores
        came.append(steps)
    at = len(labels) - 1 if best[-1] >= best[-2] else len(labels) - 2
    surest = [0.0] * len(text)
    for (_, likely), steps in zip(reversed(line), reversed(came), strict=True):
        if labels[at]:
            surest[at // 2] = max(surest[at // 2], likely.get(labels[at], 0.0))
        at -= steps[at]
    return tuple(Character(character, min(sure, 1.0)) for character, sure in zip(text, surest, strict=True))
