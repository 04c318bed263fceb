"""Many looks at one plate, frame after frame -> one spelling that all of them make likely.

A frame says what it thinks it saw: a text, how sure it is, and what else it might have been. Here every text that any of them
holds possible is asked how well it explains all of them.

Notable choices:

- A frame is a witness, not a ballot. A text is likely in a frame when the frame says it, or says something that the text would be
  misread as: a character taken for another (sooner for one that cameras confuse it with), one lost, one made up. So frames that
  are each wrong in another place agree on a text; a plain vote over whole texts has nothing to count there.
- What frames say is multiplied, each to the power of its confidence, softened: a far, shaken frame is heard, and cannot outvote a
  near one. How large and how sharp the plate is in it adds nothing to that; both were tried (`lab/LOG.md`).
- Texts that differ by O and 0 alone are one while they are compared: many plates do not tell them apart. Which of the two is said
  is decided last, within the one that won.
- How common a layout is counts once for a plate, not once a frame: it is taken out of what each frame says, and weighed in at the end.
- Frames of one clip share their faults (the dies, the dirt, the lens). So a longer clip weighs more by the root of its
  frames only, and half of the doubt that the clearest frame leaves remains, whatever the others say.

Known gap: how sure it is was fitted on synthetic clips (`lab/voting.py`), and on no real ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from platewarden.plate.likeness import fold
from platewarden.recognition.decode import MOST_CANDIDATES, NEGLIGIBLE, Spelling
from platewarden.recognition.layouts import weighed
from platewarden.recognition.result import Candidate, Character

__all__ = ["Said", "fuse"]

ALIKE, OTHER, LOST = 0.05, 0.02, 0.02
"""How likely a character is taken for one that cameras confuse it with, for any other; or is lost, or made up."""
BY_CHANCE = 1e-6  # how likely a frame says whatever it says for no reason at all
UNHEARD = 1e-3  # of what a frame leaves open: how much of it may be one text that nobody thought of
SOFTENED = 0.7  # the power of a frame's confidence in its weight
INDEPENDENT = 12  # frames; more of them say less each
SHARED = 0.5  # of the doubt that the clearest frame leaves: nothing that other frames say can take it away
MOST_TEXTS, MOST_SAID = 16, 4  # that are asked; of one frame that they are asked about


class Said(Protocol):
    """What one frame says: a `Reading` or a `Spelling`."""

    @property
    def text(self) -> str: ...

    @property
    def confidence(self) -> float: ...

    @property
    def candidates(self) -> tuple[Candidate, ...]: ...

    @property
    def characters(self) -> tuple[Character, ...]: ...

    @property
    def by_layout(self) -> bool: ...


def fuse(looks: Sequence[Said]) -> Spelling:
    """One spelling from the looks of many frames, its candidates likeliest first. Its text is empty when no frame saw a character."""
    frames = [_ways(look) for look in looks]
    texts = _likeliest(frames)
    if not texts:
        return Spelling("", 0.0, (), ())
    weights = [look.confidence**SOFTENED for look in looks]
    heard: dict[tuple[str, str], float] = {}
    scores = [
        sum(weight * math.log(_seen(text, ways, heard) + BY_CHANCE) for weight, ways in zip(weights, frames, strict=True))
        for text in texts
    ]
    scores.append(sum(weight * math.log(UNHEARD * _open(look) + BY_CHANCE) for weight, look in zip(weights, looks, strict=True)))
    warmth = min(1.0, math.sqrt(INDEPENDENT / len(looks)))
    powers = [math.exp(warmth * (score - max(scores))) for score in scores]
    chances = {text: power / sum(powers) for text, power in zip(texts, powers, strict=False)}
    by_layout = any(look.by_layout for look in looks)
    return _spelling(weighed(chances) if by_layout else chances, looks, by_layout=by_layout)


def _ways(look: Said) -> dict[str, float]:
    """What one frame holds possible, likeliest first."""
    ways = {look.text: look.confidence}
    for each in look.candidates:
        ways[each.text] = ways.get(each.text, 0.0) + each.confidence
    texts = {text: sure for text, sure in ways.items() if text}
    return weighed(texts, back=True) if look.by_layout else texts


def _likeliest(frames: Sequence[dict[str, float]]) -> list[str]:
    """The texts that the frames together speak of most."""
    share: defaultdict[str, float] = defaultdict(float)
    for ways in frames:
        for text, sure in ways.items():
            share[text] += sure
    return sorted(share, key=lambda text: (-share[text], text))[:MOST_TEXTS]


def _seen(text: str, ways: dict[str, float], heard: dict[tuple[str, str], float]) -> float:
    """How likely a plate with this text makes a frame say what it says."""
    likely = 0.0
    for said, sure in list(ways.items())[:MOST_SAID]:
        if (text, said) not in heard:
            heard[text, said] = _misread(text, said)
        likely += sure * heard[text, said]
    return likely


def _misread(text: str, said: str) -> float:
    """How likely this text is read as that one: all ways of taking, losing and making up characters, summed."""
    row = [LOST**at for at in range(len(said) + 1)]
    alike = fold(said)
    for character in text:
        like = fold(character)
        longer = [row[0] * LOST]
        for at, other in enumerate(said):
            taken = 1.0 if other == character else ALIKE if alike[at] == like else OTHER
            longer.append(row[at] * taken + (row[at + 1] + longer[at]) * LOST)
        row = longer
    return row[-1]


def _open(look: Said) -> float:
    """What a frame leaves to texts that it does not name."""
    return max(0.0, 1.0 - look.confidence - sum(each.confidence for each in look.candidates))


def _spelling(chances: dict[str, float], looks: Sequence[Said], *, by_layout: bool) -> Spelling:
    together: defaultdict[str, float] = defaultdict(float)
    for text, sure in chances.items():
        together[_one_round(text)] += sure
    won = max(together, key=lambda folded: (together[folded], folded))
    text, sure = max(
        ((text, sure) for text, sure in chances.items() if _one_round(text) == won), key=lambda pair: (pair[1], pair[0])
    )
    clearest = max((_ways(look).get(text, 0.0) for look in looks), default=0.0)
    capped = min(1.0, (1.0 - SHARED * (1.0 - min(clearest, 1.0))) / together[won])
    others = sorted(
        ((other, sure * capped) for other, sure in chances.items() if other != text), key=lambda pair: (-pair[1], pair[0])
    )
    likely = [Candidate(other, chance) for other, chance in others if chance >= NEGLIGIBLE]
    said = [look for look in looks if look.text == text and look.characters]
    characters = max(said, key=lambda look: look.confidence).characters if said else ()
    return Spelling(text, sure * capped, characters, tuple(likely[:MOST_CANDIDATES]), by_layout)


def _one_round(text: str) -> str:
    return text.replace("O", "0")
