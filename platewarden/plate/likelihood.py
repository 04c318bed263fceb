"""How likely it is that a witness remembers this pattern, when our reader read that plate. With the reasons, for a person.

Two may have erred. The reader: what it reads for what is measured (`reader_confusions.json`, made by `lab/confusions.py` on plates it
was not trained on). The witness: one error at most, of the kinds below, at rates that are assumed and not measured.

The pattern is laid over the text in the likeliest way, left to right, in a time bounded by the product of their lengths. A plate
that would need a second error of the witness, or three of both together, is no candidate: None.

Known gap: the counts come from drawn plates for the most part, and take no account of how sure the reader was of one character.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from platewarden.plate.likeness import fold
from platewarden.plate.pattern import AnyOrder, PartialPlate, Pattern
from platewarden.plate.text import CHARACTERS

__all__ = ["Likelihood", "likelihood", "read_as"]

WRONG: Final = 0.04
"""A remembered character was another one."""
SWAPPED: Final = 0.02
"""Two neighbours stood the other way round."""
FORGOTTEN: Final = 0.01
"""A character stood between two that the witness gave as neighbours."""
INVENTED: Final = 0.01
"""A remembered character was not there."""
MOST_ERRORS: Final = 2
"""Of the witness and the reader together."""
UNSEEN: Final = 0.2
"""Counted for every confusion that the measurement did not meet."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Natural logarithm of the likelihood, and why; no reasons when the plate simply answers."""

    log: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measured:
    """`was[read][true]`: how likely each true character is behind one that was read; `reads[true][read]` the other way."""

    was: dict[str, dict[str, float]]
    reads: dict[str, dict[str, float]]
    lost: float
    put_in: float


@lru_cache(maxsize=1)
def _measured() -> _Measured:
    table = json.loads((Path(__file__).parent / "reader_confusions.json").read_text())
    counts = {true: {text: table["read_for"][true].get(text, 0.0) + UNSEEN for text in CHARACTERS} for true in CHARACTERS}
    by_true = {true: sum(row.values()) for true, row in counts.items()}
    reads = {true: {text: counts[true][text] / by_true[true] for text in CHARACTERS} for true in CHARACTERS}
    by_text = {text: sum(reads[true][text] for true in CHARACTERS) for text in CHARACTERS}
    whole = sum(by_true.values())
    return _Measured(
        was={text: {true: reads[true][text] / by_text[text] for true in CHARACTERS} for text in CHARACTERS},
        reads=reads,
        lost=(sum(table["lost"].values()) + 1) / whole,
        put_in=(table["put_in"] + 1) / whole,
    )


def read_as(true: str, text: str) -> float:
    """The share of our reader's readings of one character that come out as another (or as itself)."""
    return _measured().reads[true][text]


def likelihood(pattern: Pattern, text: str) -> Likelihood | None:
    """How likely this pattern is, remembered of a plate that was read so. None when it takes more errors than one witness makes."""
    if isinstance(pattern, AnyOrder):
        return _in_any_order(pattern.characters, text)
    found = [each for way in pattern.ways() if (each := _laid_over(way, text)) is not None]
    return max(found, key=lambda each: each.log, default=None)


_State: TypeAlias = tuple[int, int, int]  # characters of the text behind us, errors of the witness, errors of the reader
_Found: TypeAlias = tuple[float, tuple[str, ...]]
_States: TypeAlias = dict[_State, _Found]


def _laid_over(pattern: PartialPlate, text: str) -> Likelihood | None:
    if not _may_be(pattern.pattern, text):
        return None
    states: _States = {(0, 0, 0): (0.0, ())}
    earlier: _States = {}
    for at, element in enumerate(pattern.pattern):
        before = pattern.pattern[at - 1] if at else "?"
        following: _States = {}
        if element == "*":
            for (j, w, r), found in states.items():
                for end in range(j, len(text) + 1):
                    _keep(following, (end, w, r), found)
        else:
            _extra(states, text)
            for state, found in states.items():
                for new, (log, why) in _steps(element, state, text):
                    _keep(following, new, (found[0] + log, found[1] + why))
            _turned(following, earlier, before, element, text)
        earlier = states if element not in "?*" else {}
        states = following
    if not pattern.pattern.endswith("*"):
        _extra(states, text)
    ends = [found for (j, _, _), found in states.items() if j == len(text)]
    return Likelihood(*max(ends, key=lambda found: (found[0], found[1]))) if ends else None


def _turned(following: _States, earlier: _States, before: str, element: str, text: str) -> None:
    """This element and the one before it, the other way round."""
    for (j, w, r), (log, why) in earlier.items():
        if not w and r < MOST_ERRORS and element != before and text[j : j + 2] == element + before:
            turned = f"the witness has {before} and {element} the other way round"
            _keep(following, (j + 2, 1, r), (log + math.log(SWAPPED), (*why, turned)))


def _steps(element: str, state: _State, text: str) -> Iterator[tuple[_State, _Found]]:
    """What one element of the pattern may have been: the next character of the text, one the reader lost, one that was not there."""
    j, w, r = state
    measured = _measured()
    if j < len(text):
        seen = text[j]
        if element == "?":
            yield (j + 1, w, r), (0.0, ())
        elif element == seen:
            yield (j + 1, w, r), (math.log(measured.was[seen][element] * (1 - WRONG)), ())
        else:
            if w + r < MOST_ERRORS:
                yield (j + 1, w, r + 1), (math.log(measured.was[seen][element]), (_confused(element, seen),))
            if not w and r < MOST_ERRORS:
                yield (
                    (j + 1, 1, r),
                    (math.log(WRONG / (len(CHARACTERS) - 1)), (f"the witness has {element} where {seen} was read",)),
                )
    if w + r < MOST_ERRORS:
        yield (j, w, r + 1), (math.log(measured.lost), ("our reader lost a character",))
    if not w and r < MOST_ERRORS and element != "?":
        yield (j, 1, r), (math.log(INVENTED), (f"the witness has one character more, {element}",))


def _extra(states: _States, text: str) -> None:
    """Characters of the text that the pattern has no place for: put in by the reader, or forgotten by the witness."""
    for (j, w, r), (log, why) in sorted(states.items()):
        if j < len(text):
            if w + r < MOST_ERRORS:
                _keep(states, (j + 1, w, r + 1), (log + math.log(_measured().put_in), (*why, f"our reader put in {text[j]}")))
            if not w and r < MOST_ERRORS:
                _keep(states, (j + 1, 1, r), (log + math.log(FORGOTTEN), (*why, f"the witness left out {text[j]}")))


def _keep(states: _States, state: _State, found: _Found) -> None:
    if state not in states or states[state][0] < found[0]:
        states[state] = found


def _in_any_order(characters: str, text: str) -> Likelihood | None:
    left = Counter(text)
    log, missing, reasons = 0.0, [], []
    for known in characters:
        if left[known]:
            left[known] -= 1
            log += math.log(_measured().was[known][known] * (1 - WRONG))
        else:
            missing.append(known)
    if len(missing) > MOST_ERRORS:
        return None
    witness = 0
    for known in missing:
        share, seen = max(((_measured().was[seen][known], seen) for seen, count in left.items() if count), default=(0.0, ""))
        if not witness and share < WRONG:
            witness, log = 1, log + math.log(WRONG)
            reasons.append(f"the witness has {known}, which was not read")
        elif share:
            left[seen] -= 1
            log += math.log(share)
            reasons.append(_confused(known, seen))
        else:
            return None
    return Likelihood(log, tuple(reasons))


def _may_be(pattern: str, text: str) -> bool:
    """A cheap look before the long one: all remembered characters but those that two may err about are somewhere in the text."""
    known = Counter(fold(pattern.replace("?", "").replace("*", "")))
    return (known - Counter(fold(text))).total() <= MOST_ERRORS


def _confused(true: str, seen: str) -> str:
    share = 100 * read_as(true, seen)
    return f"{true} read as {seen}: {share:.0f} in 100" if share >= 1 else f"{true} read as {seen}: fewer than 1 in 100"
