"""Frames of one camera, one after the other -> passages: one vehicle that passes gives one reading, however often it is seen.

What comes in: for each frame its time and what recognition found in it. What comes out: an early word on each plate (`Told`),
so that an alarm never waits for the passage's end; and, once, the passage itself with the reading that all its frames make likely.

Notable choices:

- A plate in a frame belongs to the passage whose straight way (middle, speed, growth) leads there. Texts that are alike widen the
  gate, texts that are surely different close it: a slow camera may jump a car's length, and a queue may put another car where the
  last one stood. Within a fifth of a second no plate is swapped for another, whatever is read.
- A passage that is not seen is kept for four seconds, one that stood still for a minute; then it is over. Seen again before, it is
  the same passage.
- One reading a passage, from all its frames at once, made when it is over, or after twenty seconds: a parked car is not kept waiting.
  If it still stands there it is stated again every fifteen minutes (`AGAIN_S`), and not at its end. That is the only way to a
  second reading.
- Early word is given at the first frame that is sure, or when two frames agree, or after 0.4 seconds of sight with whatever there
  is; and again only when the text that all frames make likely becomes another.
- A plate that comes out again behind a post, or was missed while it was near and fast, may begin as another passage; as soon as its
  text is known to be that of one that was lost meanwhile, it is that one. Half hidden, it is a part of the text.
- One doubtful look alone is no reading: signs flicker up for one frame. Two looks, or one that is sure, are.
- The best frame is large, sure and whole; another is better only by a tenth, so that the picture is not made anew at each frame.
- No clock and no pictures in here: times come in with the frames, and a frame is only a number.

Known gap: the direction is as the camera sees it; on a moving car that is the way against its own.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import TypeAlias

from platewarden.plate.likeness import fold
from platewarden.recognition.decode import Spelling
from platewarden.recognition.fuse import fuse
from platewarden.recognition.result import Box, Corners, Point, Reading, Unreadable

__all__ = ["Across", "Along", "Frame", "Passage", "Step", "Told", "Tracker"]

GONE_S = 4.0
STOOD_S = 60.0
STATED_S = 20.0
AGAIN_S = 900.0
FIRST_WORD_S = 0.4
SURE = 0.9
ALONE = 0.6
"""Confidence from which one look by itself is a reading."""
TRUSTED = 0.5
"""And from which all looks together are one."""
BETTER = 1.1
MOST_LOOKS = 16
NO_SWAP_S = 0.2
SAME, ALIKE, DIFFERENT = 0.95, 0.7, 0.45
"""Likeness of two texts from which they are one but for what cameras confuse, may be one, and below which they are of two cars."""
UNREAD_S = 0.3
"""What was never read, and not seen for longer, is not taken for a plate that is read now."""
LOST_S = 1.5
"""Not seen for longer, a passage's way says no more where it is."""
STRANGER, KNOWN = 9.0, 2.5
"""How far a plate may be from where it is expected, in plate widths a second of not being seen: at first, and once its way is known."""
NEAR = 0.8
"""The same at once, in plate widths."""
STOOD = 1.0
"""A plate that moved less than so many of its widths, and grew by less than a quarter, stood still."""

Together: TypeAlias = Callable[[Sequence[Reading]], Spelling]


class Along(StrEnum):
    """Which way a vehicle went, by the size of its plate."""

    TOWARDS = "towards"
    AWAY = "away"


class Across(StrEnum):
    """Which way it went across the picture."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as the tracker knows it: its number in the stream, when it was taken, and its size in pixels."""

    number: int
    at: datetime
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Told:
    """An early word on a passage: what its frames make likely so far. `instead_of` is what was told before, if anything was."""

    passage: int
    reading: Reading
    instead_of: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle that passed. Without a reading, `because` says why. Times are those of its first and last frame."""

    number: int
    reading: Reading | None
    because: str
    began_at: datetime
    ended_at: datetime
    frames: int
    """In how many frames its plate was seen."""
    best: Frame
    along: Along | None
    across: Across | None
    again: bool
    """It was stated before, and still stands there."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame brought: which passages it shows best so far, what can be said early, and what is over."""

    shows_best: tuple[tuple[int, Corners], ...] = ()
    told: tuple[Told, ...] = ()
    passages: tuple[Passage, ...] = ()


@dataclass(slots=True)
class _Track:
    """One plate, followed."""

    number: int
    began_at: datetime
    box: Box
    first: Box
    last_at: datetime
    frames: int = 0
    speed: Point = (0.0, 0.0)
    growth: float = 0.0
    looks: list[Reading] = field(default_factory=list)
    votes: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    texts: Counter[str] = field(default_factory=Counter)
    because: str = ""
    told: str | None = None
    said: Reading | None = None
    best: Frame | None = None
    best_corners: Corners | None = None
    best_score: float = 0.0
    stated_at: datetime | None = None

    @property
    def stood(self) -> bool:
        moved = math.dist(self.box.centre, self.first.centre)
        return moved < STOOD * max(self.box.width, self.first.width) and abs(math.log(self.box.width / self.first.width)) < 0.25

    def expected(self, at: datetime) -> Box:
        """Where the plate is now if it goes on as it went; no further than one second of its way is trusted."""
        ahead = min(1.0, (at - self.last_at).total_seconds())
        x, y = self.box.centre
        larger = math.exp(max(-0.7, min(0.7, self.growth * ahead)))
        wide, high = self.box.width * larger, self.box.height * larger
        return Box(x + self.speed[0] * ahead - wide / 2, y + self.speed[1] * ahead - high / 2, wide, high)

    def moves_to(self, box: Box, at: datetime) -> None:
        passed = (at - self.last_at).total_seconds()
        if self.frames and passed > 0:
            share = 0.7 if self.frames == 1 else 0.35
            (x, y), (was_x, was_y) = box.centre, self.box.centre
            way = ((x - was_x) / passed, (y - was_y) / passed)
            grown = math.log(box.width / self.box.width) / passed
            self.speed = (self.speed[0] + share * (way[0] - self.speed[0]), self.speed[1] + share * (way[1] - self.speed[1]))
            self.growth += share * (max(-3.0, min(3.0, grown)) - self.growth)
        self.box, self.last_at = box, at
        self.frames += 1


class Tracker:
    """Follows the plates of one camera. Frames come in the order in which they were taken."""

    def __init__(self, together: Together = fuse) -> None:
        """`together`: how the looks of a passage become one spelling when it is over. Early words are always by `fuse`."""
        self._finally = together
        self._tracks: list[_Track] = []
        self._numbers = count(1)
        self._at: datetime | None = None

    def numbers(self) -> frozenset[int]:
        """Of the passages that are not over."""
        return frozenset(each.number for each in self._tracks)

    def see(self, frame: Frame, found: Sequence[Reading | Unreadable]) -> Step:
        """One frame, and what recognition found in it."""
        at = max(frame.at, self._at) if self._at else frame.at  # a camera's time that goes back must not undo a way
        self._at = at
        plates = [each for each in found if each.corners is not None and Box.around(each.corners).width > 1]
        before = self._over(at)  # what was over before this frame, it cannot go on
        best: list[tuple[int, Corners]] = []
        told: list[Told] = []
        for track, plate in self._belong(plates, at):
            assert plate.corners is not None
            track.moves_to(Box.around(plate.corners), at)
            if self._shows_better(track, frame, plate):
                best.append((track.number, plate.corners))
            if isinstance(plate, Unreadable):
                track.because = plate.because
                continue
            _look(track, plate)
            track = self._joined(track, at)  # noqa: PLW2901  it may be the rest of one that was lost
            if (word := _early_word(track, at)) is not None:
                told.append(word)
        return Step(tuple(best), tuple(told), (*before, *self._over(at)))

    def tick(self, at: datetime) -> tuple[Passage, ...]:
        """What is over by now, when no frame comes."""
        return tuple(self._over(max(at, self._at) if self._at else at))

    def finish(self) -> tuple[Passage, ...]:
        """The stream is over, or another one begins: all that was open."""
        left = [self._passage(each, again=False) for each in self._tracks if each.stated_at is None]
        self._tracks = []
        self._at = None
        return tuple(left)

    def _belong(self, plates: Sequence[Reading | Unreadable], at: datetime) -> list[tuple[_Track, Reading | Unreadable]]:
        """Each plate with its passage, the closest first; what belongs to none begins one."""
        pairs = []
        for track in self._tracks:
            for place, plate in enumerate(plates):
                far = _how_far(track, plate, at)
                if far is not None:
                    pairs.append((far, track.number, place, track))
        taken: dict[int, _Track] = {}
        for _, _, place, track in sorted(pairs, key=lambda pair: pair[:3]):
            if place not in taken and all(track is not other for other in taken.values()):
                taken[place] = track
        for place, plate in enumerate(plates):
            if place not in taken:
                assert plate.corners is not None
                box = Box.around(plate.corners)
                taken[place] = _Track(next(self._numbers), at, box, box, at)
                self._tracks.append(taken[place])
        return [(taken[place], plate) for place, plate in enumerate(plates)]

    def _joined(self, track: _Track, at: datetime) -> _Track:
        """The passage that this one goes on with: it has the same text, and was not seen since this one began."""
        for other in self._tracks:
            if other is not track and other.last_at < track.began_at and _goes_on(other, track, at):
                other.looks = sorted([*other.looks, *track.looks], key=lambda each: each.confidence)[-MOST_LOOKS:]
                other.texts.update(track.texts)
                for state, votes in track.votes.items():
                    other.votes[state] += votes
                other.box, other.last_at, other.speed, other.growth = track.box, track.last_at, track.speed, track.growth
                other.frames += track.frames
                other.said = _together(other)
                self._tracks.remove(track)
                return other
        return track

    def _shows_better(self, track: _Track, frame: Frame, plate: Reading | Unreadable) -> bool:
        assert plate.corners is not None
        box = Box.around(plate.corners)
        score = min(box.width, 200.0) * (0.05 if isinstance(plate, Unreadable) else plate.confidence**2)
        edge = min(box.x, box.y, frame.width - box.x - box.width, frame.height - box.y - box.height)
        if edge < 0.1 * box.height:
            score *= 0.3
        if track.best is not None and score <= BETTER * track.best_score:
            return False
        track.best, track.best_corners, track.best_score = frame, plate.corners, score
        return True

    def _over(self, at: datetime) -> list[Passage]:
        over: list[Passage] = []
        kept: list[_Track] = []
        for track in self._tracks:
            unseen = (at - track.last_at).total_seconds()
            if track.stated_at is None and (unseen > GONE_S or (at - track.began_at).total_seconds() > STATED_S):
                over.append(self._passage(track, again=False))
                track.stated_at = at
                track.best_score = 0.0
            elif track.stated_at is not None and unseen == 0 and (at - track.stated_at).total_seconds() >= AGAIN_S:
                over.append(self._passage(track, again=True))
                track.stated_at = at
                track.best_score = 0.0
            if unseen <= (STOOD_S if track.stood and track.looks else GONE_S):
                kept.append(track)
        self._tracks = kept
        return over

    def _passage(self, track: _Track, *, again: bool) -> Passage:
        reading = _together(track, self._finally) if track.looks else None
        because = "" if reading else track.because or "Its plate could not be read in any frame."
        if reading is not None and sum(track.texts.values()) < 2 and reading.confidence < ALONE:
            reading, because = None, "Its plate was seen in one frame only, and not surely."
        elif reading is not None and _as_one(reading) < TRUSTED:
            reading, because = None, "What its frames say does not agree."
        assert track.best is not None
        bigger = math.log(track.box.width / track.first.width)
        aside = (track.box.centre[0] - track.first.centre[0]) / max(track.box.width, track.first.width)
        return Passage(
            number=track.number,
            reading=reading,
            because=because,
            began_at=track.began_at,
            ended_at=track.last_at,
            frames=track.frames,
            best=track.best,
            along=Along.TOWARDS if bigger > 0.15 else Along.AWAY if bigger < -0.15 else None,
            across=Across.LEFT if aside < -STOOD else Across.RIGHT if aside > STOOD else None,
            again=again,
        )


def _how_far(track: _Track, plate: Reading | Unreadable, at: datetime) -> float | None:
    """How far a plate is from where the passage's own is expected, as a share of what is allowed; None when it is another's."""
    assert plate.corners is not None
    box, expected = Box.around(plate.corners), track.expected(at)
    unseen = (at - track.last_at).total_seconds()
    if not track.looks and unseen > UNREAD_S and isinstance(plate, Reading):
        return None
    wide = max(expected.width, 1.8 * expected.height, 1.0)  # a plate that is half hidden has still its height
    far = math.dist(box.centre, expected.centre) / wide
    other_size = _other_size(box, expected)
    alike = None if isinstance(plate, Unreadable) or track.said is None else _likeness(track, plate)
    gate = NEAR + (STRANGER if track.frames < 3 else KNOWN) * min(unseen, LOST_S)
    size_gate = 0.35 + 0.8 * min(unseen, LOST_S)
    if alike is not None and alike >= SAME:
        gate, size_gate = 2.5 * gate + min(1.0, 3 * unseen), 1.5 * size_gate
    elif alike is not None and alike >= 0.9 and unseen <= LOST_S:
        gate, size_gate = 1.5 * gate, 1.5 * size_gate
    elif unseen > LOST_S:
        if alike is not None and alike < ALIKE and _both_sure(track, plate):
            return None
        gate, size_gate = NEAR, 0.35
    elif alike is not None and alike < DIFFERENT and (unseen > NO_SWAP_S or far > 0.5) and _both_sure(track, plate):
        return None
    if far > gate or other_size > size_gate:
        return None
    return far / gate + 0.5 * other_size / size_gate - (0.5 * alike if alike is not None else 0.0)


def _goes_on(lost: _Track, new: _Track, at: datetime) -> bool:
    if lost.said is None or new.said is None:
        return False
    one, other = lost.said.text, new.said.text
    if one == other:
        return len(one) >= 4
    # from where it was lost, or from where its way leads: one that is near and fast goes far behind a post
    far = min(math.dist(place.centre, new.box.centre) for place in (lost.box, lost.expected(at)))
    near = far < 4 * max(lost.box.width, new.box.width)
    unseen = (at - lost.last_at).total_seconds()
    if not near or unseen > LOST_S:
        return False
    # half a second is too short for another car in the same place, and two side by side are eight plates apart
    return fold(one) == fold(other) or _is_part(one, other) or (unseen <= 0.5 and _alike(one, other) >= ALIKE)


def _other_size(box: Box, other: Box) -> float:
    """How different in size, as a logarithm: by width or height, whichever is less, for a post hides a part of the width only."""
    return min(
        abs(math.log(max(box.width, 1.0) / max(other.width, 1.0))), abs(math.log(max(box.height, 1.0) / max(other.height, 1.0)))
    )


def _both_sure(track: _Track, plate: Reading | Unreadable) -> bool:
    return isinstance(plate, Reading) and plate.confidence > 0.8 and track.said is not None and track.said.confidence > 0.8


def _likeness(track: _Track, plate: Reading) -> float:
    """The likest of what was said so far and what was read most, 0 to 1."""
    assert track.said is not None
    texts = {track.said.text, *(text for text, _ in track.texts.most_common(2))}
    return max(_alike(text, plate.text) for text in texts)


def _is_part(one: str, other: str) -> bool:
    """One text is what is left of the other when a few characters are hidden at an end."""
    short, long = sorted((fold(one), fold(other)), key=len)
    return 3 <= len(short) >= len(long) - 4 and (long.startswith(short) or long.endswith(short))


def _alike(one: str, other: str) -> float:
    """1 for the same text but for characters that cameras confuse; less by each character that is another, lost or made up."""
    a, b = fold(one), fold(other)
    if a == b:
        return 1.0 if one == other else 0.95
    if _is_part(one, other):
        return 0.9
    row = list(range(len(b) + 1))
    for at, left in enumerate(a, start=1):
        longer = [at]
        for place, right in enumerate(b):
            longer.append(min(row[place] + (left != right), row[place + 1] + 1, longer[place] + 1))
        row = longer
    return max(0.0, 1.0 - row[-1] / max(len(a), len(b)))


def _look(track: _Track, reading: Reading) -> None:
    """Keep what this frame says; the surest looks are enough."""
    track.texts[reading.text] += 1
    if reading.state is not None and reading.state_confidence is not None:
        track.votes[reading.state] += reading.state_confidence
    track.looks.append(reading)
    if len(track.looks) > MOST_LOOKS:
        track.looks.remove(min(track.looks, key=lambda each: each.confidence))
    said = track.said  # another look at what is said already changes nothing, and asking all looks again costs a millisecond
    if said is None or reading.text != said.text or reading.confidence > said.confidence or len(track.looks) < 4:
        track.said = _together(track)


def _together(track: _Track, way: Together = fuse) -> Reading | None:
    """What all looks make likely, as one reading with the corners of the best frame."""
    if len(track.looks) == 1:
        return replace(track.looks[0], corners=track.best_corners or track.looks[0].corners, canvas=None)
    spelling = way(track.looks)
    if not spelling.text:
        return None
    surest = max(track.looks, key=lambda each: (each.text == spelling.text, each.confidence))
    state, sure = _state(track)
    corners = track.best_corners if track.best_corners is not None else surest.corners
    characters = spelling.characters if "".join(each.text for each in spelling.characters) == spelling.text else ()
    confidence = max(0.0, min(1.0, spelling.confidence))
    return Reading(
        spelling.text, confidence, state, sure, corners, spelling.candidates, characters, surest.engine, spelling.by_layout
    )


def _state(track: _Track) -> tuple[str | None, float | None]:
    """The state that most frames tell, if they tell it twice as loud as all others; as sure as the surest of them."""
    if not track.votes:
        return None, None
    state, votes = max(track.votes.items(), key=lambda pair: (pair[1], pair[0]))
    rest = sum(track.votes.values()) - votes
    if votes < 2 * rest:
        return None, None
    surest = max((each.state_confidence or 0.0 for each in track.looks if each.state == state), default=0.0)
    return (state, surest * votes / (votes + rest)) if surest > 0 else (None, None)


def _early_word(track: _Track, at: datetime) -> Told | None:
    said = track.said
    if said is None or said.text == track.told:
        return None
    sure = said.confidence >= SURE or track.texts[said.text] >= 2
    if not sure and (at - track.began_at).total_seconds() < FIRST_WORD_S:
        return None
    before, track.told = track.told, said.text
    return Told(track.number, said, before)


def _as_one(reading: Reading) -> float:
    """How sure it is but for characters that cameras confuse: an O that may be a 0 is no disagreement."""
    return reading.confidence + sum(each.confidence for each in reading.candidates if fold(each.text) == fold(reading.text))
