"""Looking for reads: by one plate, by a partial plate, or one read whole. Each takes an Access and what the door returns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from platewarden.plate.pattern import Pattern
from platewarden.plate.text import PlateText
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Unknown
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.ledger.acts import Act
from platewarden.server.reads.images import NotThere, find_picture

AT_MOST = 200
SEEN = "(seen).*, corrections"  # a read's own columns, and what was said of it
_WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


@dataclass(frozen=True)
class Correction:
    """What a member said that a plate reads; without a plate: that it reads as the camera read it, after all."""

    number: int
    at: datetime
    by: str
    because: Misread
    words: str
    plate: str | None
    state: str | None

    @classmethod
    def from_said(cls, said: dict[str, Any]) -> Correction:
        """From the JSON of a door."""
        because, at = Misread(said["because"]), _moment(said["at"])
        return cls(said["number"], at, said["by"], because, said["words"], said["plate"], said["state"])


@dataclass(frozen=True)
class PlateRead:
    """One plate, seen once, as it was read, with what members said of it."""

    read_id: uuid.UUID
    plate: str
    state: str | None
    state_confidence: float | None
    confidence: float
    characters: tuple[tuple[str, float], ...]
    candidates: tuple[tuple[str, float], ...]
    captured_at: datetime
    received_at: datetime
    unit_id: uuid.UUID
    camera: str
    lat: float | None
    lon: float | None
    crossing: str | None
    no_place: str | None
    began_at: datetime
    ended_at: datetime
    along: str | None
    across: str | None
    travel_deg: float | None
    engine: str
    member_number: str | None
    hotlist_edition: int
    pictures: tuple[dict[str, object], ...]
    corrections: tuple[Correction, ...]
    """The oldest first."""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> PlateRead:
        """From a row of the door, or from the JSON of one."""
        return cls(
            read_id=uuid.UUID(str(row["read_id"])),
            plate=row["plate"],
            state=row["state"],
            state_confidence=row["state_confidence"],
            confidence=row["confidence"],
            characters=tuple(zip(row["plate"], row["characters"], strict=False)),
            candidates=tuple((text, confidence) for text, confidence in row["candidates"]),
            captured_at=_moment(row["captured_at"]),
            received_at=_moment(row["received_at"]),
            unit_id=uuid.UUID(str(row["unit_id"])),
            camera=row["camera"],
            lat=row["lat"],
            lon=row["lon"],
            crossing=row["crossing"],
            no_place=row["no_place"],
            began_at=_moment(row["began_at"]),
            ended_at=_moment(row["ended_at"]),
            along=row["along"],
            across=row["across"],
            travel_deg=row["travel_deg"],
            engine=row["engine"],
            member_number=row["member_number"],
            hotlist_edition=row["hotlist_edition"],
            pictures=tuple(row["pictures"]),
            corrections=tuple(map(Correction.from_said, row["corrections"] or ())),
        )

    @classmethod
    def purged(cls, *, read_id: uuid.UUID, plate: str, captured_at: datetime, unit_id: uuid.UUID) -> PlateRead:
        """What is left of a read that was purged before its alert: which one it was, and nothing the camera said."""
        gone: dict[str, Any] = dict.fromkeys(each.name for each in fields(cls))
        gone |= {"confidence": 0.0, "camera": "purged", "engine": "purged", "hotlist_edition": 0, "no_place": "the read was purged"}
        gone |= {"characters": (), "candidates": (), "pictures": (), "corrections": (), "received_at": captured_at}
        gone |= {"began_at": captured_at, "ended_at": captured_at}
        return cls(**gone | {"read_id": read_id, "plate": plate, "captured_at": captured_at, "unit_id": unit_id})

    @property
    def corrected(self) -> Correction | None:
        """The correction in force: the newest, unless it took the others back."""
        return self.corrections[-1] if self.corrections and self.corrections[-1].plate else None

    @property
    def stands(self) -> str:
        """The plate as it stands: as corrected, or as the camera read it."""
        return (self.corrected and self.corrected.plate) or self.plate

    @property
    def stands_state(self) -> str | None:
        """The issuing state as it stands."""
        return self.corrected.state if self.corrected else self.state

    @property
    def seconds(self) -> float:
        """How long it was in sight."""
        return (self.ended_at - self.began_at).total_seconds()

    @property
    def way(self) -> str:
        """Which way the vehicle went, in words; empty where the camera could not tell."""
        by_compass = f"about {_WINDS[round(self.travel_deg / 45) % 8]}bound" if self.travel_deg is not None else ""
        along = {"towards": "towards the camera", "away": "away from the camera"}.get(self.along or "", "")
        across = f"to the {self.across} of the picture" if self.across else ""
        return ", ".join(each for each in (by_compass, along, across) if each)

    def picture(self, view: str) -> bytes | NotThere | None:
        """The bytes of one of its pictures, opened with the keys outside the database; None when it has none."""
        for pointer in self.pictures:
            if pointer["view"] == view:
                return find_picture(pointer, self.read_id)
        return None


@dataclass(frozen=True)
class PlateSeen:
    """A plate that answers a partial plate: how many days it was seen on, and the last one."""

    plate: str
    last_on: date
    days: int


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def corrected_to(said: Sequence[dict[str, Any]]) -> dict[str, str | None]:
    """Of what was said of a read, as a door gives it: the plate and state in force, for a table. Both None where nothing is."""
    last = said[-1] if said else {}
    return {"corrected_plate": last.get("plate"), "corrected_state": last.get("state")}


def access_to_plate(request: HttpRequest, plate: PlateText, *, since: datetime, until: datetime) -> Access:
    return open_access(
        request,
        Act.READS_SEARCH,
        {"plate": plate.text, "from": since.isoformat(), "to": until.isoformat(), "limit": AT_MOST},
    )


def reads_of_plate(access: Access) -> list[PlateRead]:
    """Every read of the plate that the access names, as read or as corrected, newest first, at most 200."""
    return [PlateRead.from_row(row) for row in through_door(access, "reads_by_plate", columns=SEEN)]


def access_to_pattern(request: HttpRequest, partial: Pattern, *, since: date, until: date) -> Access:
    terms = {
        "pattern": partial.pattern,
        "searches": [{"grams": each.grams, "likes": each.likes, "one_of": each.one_of} for each in partial.searches()],
        "from": since.isoformat(),
        "to": until.isoformat(),
        "limit": AT_MOST,
    }
    return open_access(request, Act.READS_PATTERN, terms)


def plates_of_pattern(access: Access) -> list[PlateSeen]:
    """The plates that answer the partial plate of the access, last seen first, at most 200."""
    return [PlateSeen(row["plate"], row["last_day"], row["days"]) for row in through_door(access, "plates_by_pattern")]


def access_to_read(request: HttpRequest, read_id: uuid.UUID, captured_at: datetime) -> Access:
    return open_access(request, Act.READS_LOOK, {"read": str(read_id), "captured_at": captured_at.isoformat()})


def one_read(access: Access) -> PlateRead:
    """The read that the access names. Unknown when it is not kept, or not any more."""
    rows = through_door(access, "read_by_id", columns=SEEN)
    if not rows:
        raise Unknown("This read is not kept here, or not any more.")
    return PlateRead.from_row(rows[0])
