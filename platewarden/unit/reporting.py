"""From a reading to a read: time, place, unit, shift and pictures are added, and it becomes a signed report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from platewarden.exchange import read_report
from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.exchange.read_report import Across, Along, CarHit, Passing, ReadReport
from platewarden.exchange.seal import SigningKey
from platewarden.plate import match
from platewarden.plate.match import Answer, SeenPlate
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Corners, Reading
from platewarden.recognition.track import Passage
from platewarden.unit import pictures
from platewarden.unit.place import Where
from platewarden.unit.shift import Shift
from platewarden.unit.spool import Draft

__all__ = ["STREAM", "Seen", "Taken", "passing_of", "pictures_at", "pictures_of", "seen_plate"]

STREAM = "read"


def seen_plate(reading: Reading) -> SeenPlate:
    """A reading as the matcher asks for it."""
    return SeenPlate(
        text=reading.text,
        state=reading.state,
        state_confidence=reading.state_confidence,
        confidence=reading.confidence,
        candidates=tuple(match.Candidate(each.text, each.confidence) for each in reading.candidates),
    )


def pictures_of(picture: Picture, readings: Sequence[Reading]) -> list[tuple[read_report.Picture, ...]]:
    """For each reading, the overview (the same for all) and its plate."""
    overview = pictures.overview(picture) if readings else b""
    return [_views(overview, pictures.plate(picture, reading.corners)) for reading in readings]


def pictures_at(picture: Picture, corners: Corners) -> tuple[read_report.Picture, ...]:
    """The overview, and the plate that is at this place."""
    return _views(pictures.overview(picture), pictures.plate(picture, corners))


def _views(overview: bytes, plate: bytes | None) -> tuple[read_report.Picture, ...]:
    named = (("overview", overview), ("plate", plate))
    return tuple(read_report.Picture(view, pictures.MEDIA_TYPE, content) for view, content in named if content)


class Taken(Protocol):
    """What was taken by which camera, and when: a photograph, or the best frame of a passage."""

    @property
    def camera(self) -> str: ...

    @property
    def captured_at(self) -> datetime: ...


def passing_of(passage: Passage, best: Taken, where: Where, aim_deg: float | None) -> Passing:
    """A passage as its read tells it. A stream's time may jump back: the best frame lies between its ends all the same."""
    along = Along(passage.along) if passage.along else None
    across = Across(passage.across) if passage.across else None
    return Passing(
        began_at=min(passage.began_at, best.captured_at),
        ended_at=max(passage.ended_at, best.captured_at),
        along=along,
        across=across,
        travel_deg=where.travel_deg(aim_deg, along, across),
    )


@dataclass(frozen=True)
class Seen:
    """One plate, seen once, with everything its report says."""

    shot: Taken
    reading: Reading
    hits: Sequence[tuple[EditionEntry, Answer]]
    pictures: tuple[read_report.Picture, ...]
    scale: float
    """Pixels of the overview for one pixel of the shot: the corners are told in pixels of the overview."""
    shift: Shift
    where: Where
    edition: int
    passing: Passing | None = None
    """None of a photograph, which is one moment."""

    def draft(self, key: SigningKey) -> Draft:
        """What the spool keeps; a hit goes up first."""
        return Draft(STREAM, lambda sequence: self._report(key, sequence).signed(key), urgency=0 if self.hits else 2)

    def _report(self, key: SigningKey, sequence: int) -> ReadReport:
        reading = self.reading
        return ReadReport(
            unit_key_id=key.key_id,
            sequence=sequence,
            captured_at=self.shot.captured_at,
            passing=self.passing or Passing.at(self.shot.captured_at),
            camera=self.shot.camera,
            text=reading.text,
            state=reading.state,
            state_confidence=reading.state_confidence,
            confidence=reading.confidence,
            characters=tuple(each.confidence for each in reading.characters),
            candidates=tuple(match.Candidate(each.text, each.confidence) for each in reading.candidates),
            corners=self._corners(),
            place=self.where.place,
            no_place=self.where.because,
            engine=reading.engine,
            member=self.shift.member,
            shift_id=self.shift.shift_id,
            hotlist_edition=self.edition,
            hits=tuple(CarHit(entry.entry_id, answer.tier, answer.doubts) for entry, answer in self.hits),
            pictures=self.pictures,
        )

    def _corners(self) -> read_report.Corners:
        first, second, third, fourth = ((x * self.scale, y * self.scale) for x, y in self.reading.corners)
        return first, second, third, fourth
