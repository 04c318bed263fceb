"""Columns of character probabilities -> the text, its other candidates, and how sure each character is.

A text recogniser with a CTC head gives, for every narrow column of a line, the probability of each character and of "nothing
here". Everything here is computed from those columns.

Notable choices:

- The alphabet is the one of plates: A-Z and 0-9. What the recogniser spends on anything else counts as "nothing here": a
  hyphen, a star or a state's emblem between two characters is no character of the plate.
- The confidence of a text is its own probability, all alignments summed: candidates and text together never exceed 1.
- Most columns hold nothing, surely. Runs of them count as one, and a beam far behind the best is let go. A longer text has one
  shorter one that it came from, so what cannot be among the best twelve is not even made: 0.10 instead of 0.27 CPU-ms a line.
- Several looks at one line (other crops of it) vote: probability by text, averaged.

Known gap: these confidences are the engine's own. They rank well and are not calibrated.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
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
_Beam: TypeAlias = tuple[float, str, float, float]  # of a text: in all, the text, ending on nothing, ending on its last character


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


_chance = itemgetter(1)


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
    rows, places = np.nonzero(columns[:, 1:] > NEGLIGIBLE)
    quiet = columns[:, 0].tolist()
    line: list[_Column] = []
    begins = 0
    likely: dict[str, float] = {}
    for row, place, chance in zip(rows.tolist(), places.tolist(), columns[rows, places + 1].tolist(), strict=True):
        if row >= begins:
            if row > begins:
                line.append((math.prod(quiet[begins:row]), {}))
            likely = {}
            line.append((quiet[row], likely))
            begins = row + 1
        likely[ALPHABET[place]] = chance
    if begins < len(quiet):
        line.append((math.prod(quiet[begins:]), {}))
    return line


def _texts(line: Sequence[_Column]) -> list[tuple[str, float]]:
    """Prefix beam search: texts with the summed probability of all their alignments, likeliest first."""
    beams: list[_Beam] = [(1.0, "", 1.0, 0.0)]
    for nothing, likely in line:
        if not likely:
            beams = [(whole * nothing, text, whole * nothing, 0.0) for whole, text, _, _ in beams]
            continue
        chances = sorted(likely.items(), key=_chance, reverse=True)
        most = beams[0][0]
        least = HOPELESS * most * max(nothing, chances[0][1])
        held = {text: (whole, open_) for whole, text, open_, _ in beams}
        grown = _kept(beams, held, nothing, likely, least)
        for character, chance in chances:
            if most * chance < least:
                break
            if len(grown) >= BEAM:
                grown.sort(reverse=True)
                del grown[BEAM:]
                least = max(least, grown[-1][0])
            for whole, text, open_, _ in beams:
                if whole * chance < least:
                    break
                longer = text + character
                if longer not in held:
                    closed = (open_ if text[-1:] == character else whole) * chance
                    grown.append((closed, longer, 0.0, closed))
        grown.sort(reverse=True)
        least = HOPELESS * grown[0][0]
        beams = [beam for beam in grown[:BEAM] if beam[0] >= least]
    return sorted(((text, min(whole, 1.0)) for whole, text, _, _ in beams), key=lambda pair: (-pair[1], pair[0]))


def _kept(
    beams: Sequence[_Beam], held: Mapping[str, tuple[float, float]], nothing: float, likely: Mapping[str, float], least: float
) -> list[_Beam]:
    """The same texts one column on: by nothing, by their last character once more, and by what was shorter by it."""
    kept: list[_Beam] = []
    for whole, text, _, ends in beams:
        open_, last = whole * nothing, text[-1:]
        chance = likely.get(last, 0.0)
        if not chance:
            kept.append((open_, text, open_, 0.0))
            continue
        closed = ends * chance if whole * chance >= least else 0.0
        shorter, shorter_open = held.get(text[:-1], (0.0, 0.0))
        if shorter * chance >= least:
            closed += (shorter_open if text[-2:-1] == last else shorter) * chance
        kept.append((open_ + closed, text, open_, closed))
    return kept


def _characters(line: Sequence[_Column], text: str) -> tuple[Character, ...]:
    """Each character's confidence: the highest it reaches in the columns that the best alignment gives to it."""
    if not text:
        return ()
    surest = _likeliest_way(line)
    if "".join(character for character, _ in surest) != text:
        surest = _best_way(line, text)
    return tuple(Character(character, min(sure, 1.0)) for character, sure in surest)


def _likeliest_way(line: Sequence[_Column]) -> list[tuple[str, float]]:
    """What each column says by itself. If it is the text, no alignment of the text is better."""
    surest: list[tuple[str, float]] = []
    before = ""
    for nothing, likely in line:
        best, chance = "", nothing
        for character, its in likely.items():
            if its > chance:
                best, chance = character, its
        if best and best != before:
            surest.append((best, chance))
        elif best:
            surest[-1] = best, max(chance, surest[-1][1])
        before = best
    return surest


def _best_way(line: Sequence[_Column], text: str) -> list[tuple[str, float]]:
    """The best alignment of one text."""
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
    return list(zip(text, surest, strict=True))
