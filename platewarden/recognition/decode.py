"""Columns of character probabilities -> the text, its other candidates, and how sure each character is.

A text recogniser with a CTC head gives, for every narrow column of a line, the probability of each character and of "nothing
here". Everything here is computed from those columns.

Notable choices:

- The alphabet is the one of plates: A-Z and 0-9. What the recogniser spends on anything else counts as "nothing here": a
  hyphen, a star or a state's emblem between two characters is no character of the plate.
- The confidence of a text is its own probability, all alignments summed: candidates and text together never exceed 1.
- Several looks at one line (other crops of it) vote: probability by text, averaged.

Known gap: these confidences are the engine's own. They rank well and are not calibrated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from platewarden.recognition.result import Candidate, Character

__all__ = ["ALPHABET", "MOST_CANDIDATES", "Columns", "Spelling", "agree", "spell"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_CANDIDATES = 8
BEAM = 12
NEGLIGIBLE = 1e-3

Columns: TypeAlias = NDArray[np.float64]
"""One row for each column of the line: probability of nothing, then of each character of `ALPHABET`."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What one line says: the likeliest text, its characters, and the texts that were possible too, likeliest first."""

    text: str
    confidence: float
    characters: tuple[Character, ...]
    candidates: tuple[Candidate, ...]


def spell(columns: Columns) -> Spelling:
    """The likeliest text of one line. Its text is empty when nothing was there."""
    texts = _texts(columns)
    (text, confidence), *others = texts
    return Spelling(text, confidence, _characters(columns, text), _candidates(others))


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


def _texts(columns: Columns) -> list[tuple[str, float]]:
    """Prefix beam search: texts with the summed probability of all their alignments, likeliest first."""
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # text -> probability ending on nothing, ending on its last character
    for column in columns:
        likely = [(ALPHABET[index], float(column[index + 1])) for index in np.flatnonzero(column[1:] > NEGLIGIBLE)]
        nothing = float(column[0])
        grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (open_, closed) in beams.items():
            grown[text][0] += (open_ + closed) * nothing
            for character, probability in likely:
                if text.endswith(character):
                    grown[text][1] += closed * probability
                    grown[text + character][1] += open_ * probability
                else:
                    grown[text + character][1] += (open_ + closed) * probability
        best = sorted(grown.items(), key=lambda pair: -sum(pair[1]))[:BEAM]
        beams = {text: (open_, closed) for text, (open_, closed) in best}
    return sorted(((text, min(sum(ends), 1.0)) for text, ends in beams.items()), key=lambda pair: (-pair[1], pair[0]))


def _characters(columns: Columns, text: str) -> tuple[Character, ...]:
    """Each character's confidence: the highest it reaches in the columns that the best alignment gives to it."""
    if not text:
        return ()
    labels = [0]
    for character in text:
        labels += [ALPHABET.index(character) + 1, 0]
    scores = np.log(np.maximum(columns[:, labels], 1e-12))
    jump = np.array([at > 1 and labels[at] != 0 and labels[at] != labels[at - 2] for at in range(len(labels))])
    best = np.full(len(labels), -np.inf)
    best[:2] = scores[0, :2]
    came = np.zeros(scores.shape, dtype=np.intp)
    for row in range(1, len(scores)):
        stay, step = best, np.concatenate(([-np.inf], best[:-1]))
        skip = np.where(jump, np.concatenate(([-np.inf, -np.inf], best[:-2])), -np.inf)
        ways = np.stack([stay, step, skip])
        came[row] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[row]
    at = len(labels) - 1 if best[-1] >= best[-2] else len(labels) - 2
    surest = np.zeros(len(text))
    for row in range(len(scores) - 1, -1, -1):
        if labels[at]:
            surest[at // 2] = max(surest[at // 2], columns[row, labels[at]])
        at -= int(came[row, at])
    return tuple(Character(character, min(float(sure), 1.0)) for character, sure in zip(text, surest, strict=True))
