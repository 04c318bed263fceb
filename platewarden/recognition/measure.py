"""How well an engine reads: labelled pictures in, figures out.

A folder to measure on holds pictures and `truth.jsonl`, one JSON object a line, of two kinds:

- a photograph: {"image": name, "boxes": [[x, y, width, height], ...], "plates": [text or null, ...]}, in pixels of the upright
  picture, one text for each box, and, if they are known, "states": [two letters or null, ...];
- a crop, which is the plate itself: {"image": name, "plate": text, "state": two letters or null}.

What counts, and how:

- On a photograph the surest reading whose centre lies in the labelled box, with a quarter of its size of margin on each side, is
  what was read there; without one the plate was not read, which is an abstention, not a wrong reading. Plates that carry no
  label count neither way. On a crop the surest reading counts, wherever it lies.
- Labels take O and 0 for each other, so a reading is *right* when it equals the label with O folded to 0 on both sides, *exact*
  when it equals it as it stands. Everything below goes by right.
- Characters: 1 - edit distance / length of the label, O folded to 0, not below 0, averaged over plates; a plate not read has 0.
- Found: one of the first three answers, read or unreadable, overlaps the labelled box by more than half of what both cover
  together. A label without a text (null: nobody could tell) counts here and nowhere else.
- Coverage at 1 % wrong: readings are accepted from the surest down, those of one confidence together. It is the largest share
  of all labelled plates that can be accepted so that at most 1 % of the accepted are wrong. The confidence at which that ends
  is chosen on these very pictures, so it flatters a little; with fewer than 100 accepted it means none wrong.
- Calibration error: readings in ten equal bins of confidence; how far the mean confidence of a bin is from its share of right
  ones, averaged over readings.
- State: of plates whose label names one, how often a state was stated at all, and how often that was the right one.
- False plates: readings on photographs that are labelled as having no plate ("boxes": []).
- Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from statistics import fmean, median
from typing import Any, TypeAlias

from platewarden.plate.text import CHARACTERS, STATES, State
from platewarden.policy.refusal import Malformed
from platewarden.recognition.picture import printable
from platewarden.recognition.result import Box, Reading, Unreadable

__all__ = ["TRUTH", "Bin", "Figures", "Labels", "Look", "Marked", "Plate", "Share", "bins_of", "figures", "load_labels", "mark"]

TRUTH = "truth.jsonl"
MARGIN = 0.25  # of the labelled box, on each side
FIRST = 3  # answers that are asked whether the plate was found
ENOUGH_OVERLAP = 0.5
MOST_WRONG = 0.01
BINS = 10
Z = 1.959964  # 95 %

Answers: TypeAlias = Sequence[Reading | Unreadable]


# What is true -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plate:
    """A labelled plate: its text, or None where nobody could tell; its state, if known; its box, or None on a crop."""

    text: str | None
    state: State | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class Labels:
    """A picture of the folder and the plates on it."""

    image: str
    plates: tuple[Plate, ...]


def load_labels(folder: Path) -> tuple[Labels, ...]:
    """What truth.jsonl says. Refused as `Malformed`, with the line, when one of them does not follow the form above."""
    shown = printable(str(folder))
    if not folder.is_dir():
        raise Malformed(f"{shown} is not a folder. Name the folder that holds the pictures and {TRUTH}.")
    try:
        text = (folder / TRUTH).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise Malformed(f"{shown} has no {TRUTH} that can be read ({reason}). Its lines say what is on each picture.") from error
    found: dict[str, Labels] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            labels = _labels(line)
        except _OddError as odd:
            raise Malformed(f"{TRUTH}, line {number}: {odd}. Correct that line.") from odd
        if found.setdefault(labels.image, labels) is not labels:
            raise Malformed(f"{TRUTH}, line {number}: its picture was on an earlier line. Correct that line.")
    if not found:
        raise Malformed(f"{TRUTH} in {shown} has no lines. Each one says what is on a picture.")
    return tuple(found.values())


class _OddError(Exception):
    """What is wrong with a line. It never repeats a plate."""


def _labels(line: str) -> Labels:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _OddError("it is not JSON") from error
    if not isinstance(row, dict):
        raise _OddError("it is not an object")
    image = row.get("image")
    if not isinstance(image, str) or not image or "\0" in image or PurePath(image).is_absolute() or ".." in PurePath(image).parts:
        raise _OddError("“image” is not the name of a file in the folder")
    if "boxes" in row:
        return Labels(image, _in_boxes(row))
    if "plate" in row:
        return Labels(image, (Plate(_text(row["plate"]), _state(row.get("state")), None),))
    raise _OddError("it has neither “boxes” and “plates” nor “plate”")


def _in_boxes(row: dict[str, Any]) -> tuple[Plate, ...]:
    boxes, texts = row["boxes"], row.get("plates")
    if not isinstance(boxes, list) or not isinstance(texts, list) or len(boxes) != len(texts):
        raise _OddError("“boxes” and “plates” are not two lists of one length")
    states = row.get("states", [None] * len(boxes))
    if not isinstance(states, list) or len(states) != len(boxes):
        raise _OddError("“states” is not a list as long as “boxes”")
    return tuple(Plate(_text(text), _state(state), _box(box)) for box, text, state in zip(boxes, texts, states, strict=True))


def _text(said: object) -> str | None:
    if said is None:
        return None
    text = said.upper().translate({ord(each): None for each in " -."}) if isinstance(said, str) else ""
    if not text or not set(text) <= set(CHARACTERS):
        raise _OddError("a plate is not written in letters A-Z and digits")
    return text


def _state(said: object) -> State | None:
    if said is None:
        return None
    state = said.upper() if isinstance(said, str) else ""
    if state not in STATES:
        raise _OddError("a state is not one of the two-letter codes")
    return state


def _box(said: object) -> Box:
    numbers = said if isinstance(said, list) and len(said) == 4 else []
    if not numbers or not all(isinstance(each, int | float) and math.isfinite(each) for each in numbers):
        raise _OddError("a box is not four numbers: x, y, width, height")
    x, y, width, height = map(float, numbers)
    if width <= 0 or height <= 0:
        raise _OddError("a box has no width or no height")
    return Box(x, y, width, height)


# What was read ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """A labelled plate, and what was read there. `found` is None on a crop, where there is nothing to find."""

    label: str | None
    label_state: State | None
    box: tuple[float, float, float, float] | None
    text: str | None
    confidence: float
    state: State | None
    found: bool | None

    @property
    def is_exact(self) -> bool:
        return self.text is not None and self.text == self.label

    @property
    def is_right(self) -> bool:
        return self.text is not None and self.label is not None and _folded(self.text) == _folded(self.label)

    @property
    def characters(self) -> float:
        """The share of characters that are right."""
        if self.text is None or self.label is None:
            return 0.0
        return max(0.0, 1 - _distance(_folded(self.text), _folded(self.label)) / len(self.label))


@dataclass(frozen=True, slots=True)
class Look:
    """One picture as an engine saw it: its labelled plates, readings where there is no plate at all, processor time."""

    image: str
    plates: tuple[Marked, ...]
    false_plates: int | None
    cpu_ms: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Look:
        return cls(**{**row, "plates": tuple(Marked(**each) for each in row["plates"])})


def mark(labels: Labels, answers: Answers, cpu_ms: float) -> Look:
    """Hold what a recognizer answered, surest first, beside what is on the picture."""
    readings = [each for each in answers if isinstance(each, Reading)]
    return Look(
        image=labels.image,
        plates=tuple(_marked(plate, readings, answers) for plate in labels.plates),
        false_plates=None if labels.plates else len(readings),
        cpu_ms=round(cpu_ms, 3),
    )


def _marked(plate: Plate, readings: Sequence[Reading], answers: Answers) -> Marked:
    box = plate.box
    there = [each for each in readings if box is None or _lies_in(Box.around(each.corners), box)]
    reading = max(there, key=lambda each: each.confidence, default=None)
    return Marked(
        label=plate.text,
        label_state=plate.state,
        box=(box.x, box.y, box.width, box.height) if box else None,
        text=reading.text if reading else None,
        confidence=reading.confidence if reading else 0.0,
        state=reading.state if reading else None,
        found=any(_both(Box.around(each.corners), box) > ENOUGH_OVERLAP for each in answers[:FIRST] if each.corners)
        if box
        else None,
    )


def _lies_in(seen: Box, box: Box) -> bool:
    (x, y), aside, above = seen.centre, MARGIN * box.width, MARGIN * box.height
    return box.x - aside <= x <= box.x + box.width + aside and box.y - above <= y <= box.y + box.height + above


def _both(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = max(0.0, min(one.x + one.width, other.x + other.width) - max(one.x, other.x))
    high = max(0.0, min(one.y + one.height, other.y + other.height) - max(one.y, other.y))
    union = one.width * one.height + other.width * other.height - wide * high
    return wide * high / union if union > 0 else 0.0


def _folded(text: str) -> str:
    return text.replace("O", "0")


def _distance(one: str, other: str) -> int:
    """Characters to put in, leave out or change."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


# Figures ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval in which the true share lies (Wilson, 95 %)."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.of:
            return None
        share, n = self.count / self.of, self.of
        middle = share + Z**2 / (2 * n)
        spread = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        return max(0.0, (middle - spread) / (1 + Z**2 / n)), min(1.0, (middle + spread) / (1 + Z**2 / n))

    def as_json(self) -> dict[str, Any]:
        interval = [round(each, 4) for each in self.interval] if self.interval else None
        return {"count": self.count, "of": self.of, "share": _rounded(self.share), "interval": interval}


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of about one confidence: how many, how sure on average, and which share of them is right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How one engine did on one folder. None where the folder's labels do not tell."""

    engine: str
    pictures: int
    left_out: int
    plates: int
    exact: Share
    right: Share
    characters: float | None
    found: Share | None
    wrong: Share
    abstained: Share
    coverage: Share
    accepted_from: float | None
    calibration_error: float | None
    state_precision: Share | None
    state_coverage: Share | None
    without_a_plate: int
    false_plates: int
    cpu_ms_median: float | None
    cpu_ms_mean: float | None
    peak_rss_mb: float | None

    def as_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: each.as_json() if isinstance(each, Share) else _rounded(each) for name, each in values.items()}


def figures(engine: str, looks: Sequence[Look], *, left_out: int = 0, peak_rss_mb: float | None = None) -> Figures:
    """The figures of one engine. `left_out`: pictures that could not be opened."""
    every = [plate for look in looks for plate in look.plates]
    plates = [each for each in every if each.label is not None]
    read = [each for each in plates if each.text is not None]
    found = [each.found for each in every if each.found is not None]
    stated = [each for each in plates if each.label_state and each.state]
    of_a_state = sum(1 for each in plates if each.label_state)
    without = [look.false_plates for look in looks if look.false_plates is not None]
    accepted, accepted_from = _accepted(read)
    return Figures(
        engine=engine,
        pictures=len(looks),
        left_out=left_out,
        plates=len(plates),
        exact=Share(sum(each.is_exact for each in plates), len(plates)),
        right=Share(sum(each.is_right for each in plates), len(plates)),
        characters=fmean(each.characters for each in plates) if plates else None,
        found=Share(sum(found), len(found)) if found else None,
        wrong=Share(sum(not each.is_right for each in read), len(plates)),
        abstained=Share(len(plates) - len(read), len(plates)),
        coverage=Share(accepted, len(plates)),
        accepted_from=accepted_from,
        calibration_error=_calibration_error(read),
        state_precision=Share(sum(each.state == each.label_state for each in stated), len(stated)) if of_a_state else None,
        state_coverage=Share(len(stated), of_a_state) if of_a_state else None,
        without_a_plate=len(without),
        false_plates=sum(without),
        cpu_ms_median=median(look.cpu_ms for look in looks) if looks else None,
        cpu_ms_mean=fmean(look.cpu_ms for look in looks) if looks else None,
        peak_rss_mb=peak_rss_mb,
    )


def bins_of(plates: Iterable[Marked]) -> tuple[Bin, ...]:
    """What was read, in ten equal bins of confidence; bins without a reading are left out."""
    inside: dict[int, list[Marked]] = {}
    for each in plates:
        if each.text is not None and each.label is not None:
            inside.setdefault(min(int(each.confidence * BINS), BINS - 1), []).append(each)
    return tuple(
        Bin(len(held), fmean(each.confidence for each in held), sum(each.is_right for each in held) / len(held))
        for _, held in sorted(inside.items())
    )


def _accepted(read: Sequence[Marked]) -> tuple[int, float | None]:
    """How many of the surest can be accepted with at most 1 % of them wrong, and the confidence of the last one."""
    surest = sorted(read, key=lambda each: -each.confidence)
    accepted, accepted_from, wrong = 0, None, 0
    for number, each in enumerate(surest, start=1):
        wrong += not each.is_right
        is_last_of_its_confidence = number == len(surest) or surest[number].confidence < each.confidence
        if is_last_of_its_confidence and wrong <= MOST_WRONG * number:
            accepted, accepted_from = number, each.confidence
    return accepted, accepted_from


def _calibration_error(read: Sequence[Marked]) -> float | None:
    if not read:
        return None
    return sum(each.count * abs(each.confidence - each.right) for each in bins_of(read)) / len(read)


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
