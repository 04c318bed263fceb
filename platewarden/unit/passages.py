"""The passages of one camera, with the pictures that show them: the tracker knows numbers and places, this keeps the frames.

Of each passage one frame is kept, the one that shows it best so far. A few are kept as they are; more of them are made into
the two JPEG pictures of a read at once, so that a full car park does not fill the memory.

What an operator was told of a passage is kept with it: no entry is told twice in one passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from platewarden.exchange import read_report
from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.plate.match import Answer
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Corners, Reading, Unreadable
from platewarden.recognition.track import Frame, Passage, Step, Tracker
from platewarden.unit.pictures import scale
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.reporting import pictures_at
from platewarden.unit.video import FrameShot

__all__ = ["Follower", "Kept"]

MOST_WHOLE = 6
"""Frames kept as they are: 16 MB at 1280 x 720."""


@dataclass
class Kept:
    """The frame that shows a passage best. `pictures` makes the two of a read, once."""

    camera: str
    captured_at: datetime
    corners: Corners
    scale: float
    where: Where
    """Where the unit was when the frame was taken: a passage ends seconds later, and further on."""
    _whole: Picture | None
    _pictures: tuple[read_report.Picture, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self._whole is not None

    def pictures(self) -> tuple[read_report.Picture, ...]:
        if self._whole is not None:
            self._pictures = pictures_at(self._whole, self.corners)
            self._whole = None
        return self._pictures


@dataclass
class Follower:
    """One camera's tracker, the best frame of each open passage, and which entries were told of it."""

    camera: str
    tracker: Tracker = field(default_factory=Tracker)
    heard_s: float = 0.0
    """When the last frame came, by the unit's timer."""
    _told: dict[int, dict[UUID, bool]] = field(default_factory=dict)
    """Of each passage, the entries that it answered; true for those that were shown and are still answered."""
    _kept: dict[int, Kept] = field(default_factory=dict)
    _size: tuple[int, int] | None = None
    _last_at: datetime | None = None

    def is_another_size(self, picture: Picture) -> bool:
        """Pictures of another size come from another place: what was followed is over."""
        before, self._size = self._size, (picture.width, picture.height)
        return before not in (None, self._size)

    def see(
        self, shot: FrameShot, picture: Picture, found: Sequence[Reading | Unreadable], *, now_s: float, where: Where = NOWHERE
    ) -> Step:
        """One frame. What `Step` names as over is to be taken with `take`."""
        self._forget()
        self.heard_s, self._last_at = now_s, shot.captured_at
        step = self.tracker.see(Frame(shot.number, shot.captured_at, picture.width, picture.height), found)
        for number, corners in step.shows_best:
            self._kept[number] = Kept(self.camera, shot.captured_at, corners, scale(picture), where, picture)
        whole = [kept for kept in self._kept.values() if kept.is_whole]
        for kept in whole[:-MOST_WHOLE]:
            kept.pictures()
        return step

    def quiet(self, *, now_s: float) -> tuple[Passage, ...]:
        """What is over because no frame came for so long."""
        if self._last_at is None:
            return ()
        return self.tracker.tick(self._last_at + timedelta(seconds=now_s - self.heard_s))

    def finish(self) -> tuple[Passage, ...]:
        return self.tracker.finish()

    def take(self, passage: Passage) -> Kept:
        """The frame that shows it best, once."""
        return self._kept.pop(passage.number)

    def not_told(self, passage: int, hits: Sequence[tuple[EditionEntry, Answer]]) -> list[tuple[EditionEntry, Answer]]:
        told = self._told.get(passage, {})
        return [each for each in hits if each[0].entry_id not in told]

    def tell(self, passage: int, entry: EditionEntry, *, shown: bool) -> None:
        self._told.setdefault(passage, {})[entry.entry_id] = shown

    def no_longer(self, passage: int, answered: set[UUID]) -> int:
        """How many entries that were shown are answered no more; each counts once."""
        told = self._told.get(passage, {})
        gone = [entry for entry, shown in told.items() if shown and entry not in answered]
        told.update(dict.fromkeys(gone, False))
        return len(gone)

    def _forget(self) -> None:
        """What belongs to passages that are over and were taken."""
        still_open = self.tracker.numbers()
        self._told = {number: entries for number, entries in self._told.items() if number in still_open}
        self._kept = {number: kept for number, kept in self._kept.items() if number in still_open}
