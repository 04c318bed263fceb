"""Up: a read with its place, its time, its passage, its pictures and the hits the car found; made once, numbered, signed.

A read's identity follows from who made it and its number, so sending it again never makes a second one:
`read_id = uuid5(uuid5(NAMESPACE, unit key id in hex), sequence)`. Every field is always there; null says "not known". A read
without a place says why it has none.

What is signed names each picture by its SHA-256; the pictures themselves ride behind the signature, in that order. So a read never
arrives without its pictures, and the signed words of the car can still be checked when a picture has gone on its own schedule.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self, TypeAlias

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.seal import FindKey, Opened, SigningKey, digest, open_message
from platewarden.exchange.wire import MAX_MESSAGE, Kind, encode_body, from_microseconds, message_length, microseconds
from platewarden.plate.match import Candidate, Doubt, Tier
from platewarden.plate.text import PlateText, must_be_state
from platewarden.policy.refusal import Tampered

__all__ = ["NAMESPACE", "Across", "Along", "CarHit", "Corners", "NoPlace", "Passing", "Picture", "Place", "ReadReport", "View"]

NAMESPACE: Final = uuid.UUID("6f6b1f0e-6d5b-5f3c-9f43-9f1a4d1c6b27")
"""Ours, drawn once; never changed, for the identity of every read hangs on it."""

Corners: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right, bottom left of the plate, in pixels of the overview picture that is sent."""

_LAST_SEQUENCE: Final = 2**53
_LONGEST_CROSSING: Final = 130


class View(StrEnum):
    """What a picture shows."""

    OVERVIEW = "overview"
    PLATE = "plate"


class NoPlace(StrEnum):
    """Why a read has no place, in words that complete “no position: ”."""

    NO_RECEIVER = "the unit has no receiver"
    NOT_HEARD = "the receiver has said nothing yet"
    FEW_SATELLITES = "the receiver sees too few satellites"
    STOPPED = "the receiver has stopped speaking"
    NO_ANSWER = "the receiver does not answer"
    TOO_OLD = "the last position is too old"


class Along(StrEnum):
    """Which way a vehicle went, as the camera saw it: nearer, or further off."""

    TOWARDS = "towards"
    AWAY = "away"


class Across(StrEnum):
    """Which way it went across the picture."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Place:
    """Where the unit was, how sure of it (metres), where it headed, how old that knowledge was, and the nearest crossing."""

    lat: float
    lon: float
    accuracy_m: float
    heading_deg: float | None
    fix_age_s: float
    crossing: str | None = None
    """As the department's road file names it; None without such a file, or with no street near."""

    def __post_init__(self) -> None:
        must(-90 <= self.lat <= 90 and -180 <= self.lon <= 180, "The place of a read is not on this earth. Check the receiver.")
        heading = self.heading_deg
        must(heading is None or 0 <= heading <= 360, "The heading of a read is not between 0 and 360 degrees. Check the receiver.")
        must(
            0 <= self.accuracy_m < math.inf and 0 <= self.fix_age_s < math.inf,
            "The accuracy and the age of a place are not below zero. Check the receiver.",
        )
        must(
            self.crossing is None or (0 < len(self.crossing) <= _LONGEST_CROSSING and self.crossing.isprintable()),
            f"The crossing of a read has 1 to {_LONGEST_CROSSING} printable characters. Correct the road file.",
        )


@dataclass(frozen=True)
class Passing:
    """When the vehicle came into sight and when it left, and which way it went, where the camera can tell.

    `along` and `across` are as the camera saw it: from a car that drives, that is the way against its own. `travel_deg` is by
    the compass, to about 45 degrees, and only from a camera that stood still and whose aim is known.
    """

    began_at: datetime
    ended_at: datetime
    along: Along | None = None
    across: Across | None = None
    travel_deg: float | None = None

    def __post_init__(self) -> None:
        must(microseconds(self.began_at) <= microseconds(self.ended_at), "A passage ends before it began. Check the unit's clock.")
        from_microseconds(microseconds(self.began_at))
        from_microseconds(microseconds(self.ended_at))
        must(
            self.travel_deg is None or (0 <= self.travel_deg < 360 and (self.along or self.across)),
            "A direction of travel lies between 0 and 360 degrees, and comes from a way that the camera saw. Send it so.",
        )

    @classmethod
    def at(cls, moment: datetime) -> Passing:
        """Of a photograph: one moment, and no direction."""
        return cls(moment, moment)


@dataclass(frozen=True)
class CarHit:
    """A hit the car found with the edition it held: which entry, how well, and the doubts."""

    entry_id: uuid.UUID
    tier: Tier
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Picture:
    """One picture of a read."""

    view: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> bytes:
        return digest(self.content)

    def __post_init__(self) -> None:
        must(self.view in set(View), "A picture of a read is neither an overview nor of the plate. Send those two.")
        must(self.media_type == "image/jpeg", "A picture of a read is not a JPEG. Send JPEG.")
        must(self.content, "A picture of a read is empty. Leave it out, or send it whole.")


@dataclass(frozen=True)
class ReadReport(Message):
    """A read as the car tells of it."""

    kind: ClassVar[Kind] = Kind.READ_REPORT

    unit_key_id: bytes
    sequence: int
    captured_at: datetime
    passing: Passing
    camera: str
    text: str
    state: str | None
    state_confidence: float | None
    confidence: float
    characters: tuple[float, ...]
    """Confidence of each character, or empty where the engine gives none."""
    candidates: tuple[Candidate, ...]
    corners: Corners | None
    place: Place | None
    no_place: NoPlace | None
    """Why there is no place; None where there is one."""
    engine: str
    member: str | None
    """Number of the member signed on; None on a fixed post."""
    shift_id: uuid.UUID | None
    hotlist_edition: int
    """The edition the car held; 0 before the first."""
    hits: tuple[CarHit, ...]
    pictures: tuple[Picture, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        must(1 <= self.sequence <= _LAST_SEQUENCE, "The number of a read is not 1 or more. Send it as it was signed.")
        from_microseconds(microseconds(self.captured_at))
        must(
            self.passing.began_at <= self.captured_at <= self.passing.ended_at,
            "A read was captured before its passage began, or after it ended. Send it as it was signed.",
        )
        must(
            (self.place is None) == (self.no_place is not None),
            "A read has a place, or says why it has none. Send one of the two.",
        )
        _short(self.camera, "camera")
        _short(self.engine, "engine")
        if self.member is not None:
            _short(self.member, "member")
        for text in (self.text, *(each.text for each in self.candidates)):
            PlateText(text)
        must_be_state(self.state)
        must(
            (self.state is None) == (self.state_confidence is None),
            "A state has a confidence and an unread state has none. Send both or neither.",
        )
        sure = (self.confidence, self.state_confidence or 0.0, *self.characters, *(each.confidence for each in self.candidates))
        must(all(0 <= each <= 1 for each in sure), "A confidence of a read is not between 0 and 1. Send it as it was signed.")
        must(
            len(self.characters) in (0, len(self.text)),
            "A read has a confidence for each of its characters, or for none. Send it so.",
        )
        must(
            self.corners is None or all(map(math.isfinite, sum(self.corners, ()))),
            "A corner of a plate is not a number. Send it so.",
        )
        must(0 <= self.hotlist_edition <= _LAST_SEQUENCE, "The number of a hotlist edition is not 0 or more. Send it so.")
        views = [each.view for each in self.pictures]
        must(len(set(views)) == len(views), "A read has two pictures of one view. Send one of each.")

    @property
    def read_id(self) -> uuid.UUID:
        """The identity of the read, the same for every copy of it."""
        return uuid.uuid5(uuid.uuid5(NAMESPACE, self.unit_key_id.hex()), str(self.sequence))

    def to_body(self) -> bytes:
        place, passing = self.place, self.passing
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "sequence": self.sequence,
                "captured_at": microseconds(self.captured_at),
                "passing": {
                    "began_at": microseconds(passing.began_at),
                    "ended_at": microseconds(passing.ended_at),
                    "along": passing.along and passing.along.value,
                    "across": passing.across and passing.across.value,
                    "travel_deg": _float(passing.travel_deg),
                },
                "camera": self.camera,
                "text": self.text,
                "state": self.state,
                "state_confidence": _float(self.state_confidence),
                "confidence": float(self.confidence),
                "characters": [float(each) for each in self.characters],
                "candidates": [{"text": each.text, "confidence": float(each.confidence)} for each in self.candidates],
                "corners": None if self.corners is None else [float(each) for each in sum(self.corners, ())],
                "place": None
                if place is None
                else {
                    "lat": float(place.lat),
                    "lon": float(place.lon),
                    "accuracy_m": float(place.accuracy_m),
                    "heading_deg": _float(place.heading_deg),
                    "fix_age_s": float(place.fix_age_s),
                    "crossing": place.crossing,
                },
                "no_place": self.no_place and self.no_place.value,
                "engine": self.engine,
                "member": self.member,
                "shift_id": None if self.shift_id is None else self.shift_id.bytes,
                "hotlist_edition": self.hotlist_edition,
                "hits": [
                    {"entry_id": each.entry_id.bytes, "tier": each.tier.value, "doubts": [doubt.value for doubt in each.doubts]}
                    for each in self.hits
                ],
                "pictures": [
                    {"view": str(each.view), "media_type": each.media_type, "size": len(each.content), "sha256": each.sha256}
                    for each in self.pictures
                ],
            }
        )

    def signed(self, key: SigningKey) -> bytes:
        """The signed words, and behind them the pictures that they name."""
        return super().signed(key) + b"".join(each.content for each in self.pictures)

    @classmethod
    def verified(cls, raw: bytes, find_key: FindKey) -> tuple[Self, Opened]:
        """The read of the bytes that `signed` made. Tampered too when a picture is not the one that was signed."""
        length = message_length(raw)
        opened = open_message(raw[:length], cls.kind, find_key)
        return cls.from_body(opened.body, raw[length:]), replace(opened, digest=digest(raw))

    @classmethod
    def from_body(cls, body: bytes, carried: bytes = b"") -> Self:
        """The read of a body and of the pictures that were carried behind it."""
        fields = Fields.of(body, cls.kind)
        pictures = Carried(carried)
        report = cls(
            unit_key_id=fields.octets("unit_key_id"),
            sequence=fields.integer("sequence"),
            captured_at=fields.moment("captured_at"),
            passing=_passing(fields.inner("passing")),
            camera=fields.text("camera"),
            text=fields.text("text"),
            state=fields.optional("state", fields.text),
            state_confidence=fields.optional("state_confidence", fields.number),
            confidence=fields.number("confidence"),
            characters=fields.numbers("characters", at_most=12),
            candidates=tuple(map(_candidate, fields.each("candidates", at_most=100))),
            corners=_corners(fields),
            place=fields.optional("place", lambda name: _place(fields.inner(name))),
            no_place=fields.optional("no_place", lambda name: fields.word(name, NoPlace)),
            engine=fields.text("engine"),
            member=fields.optional("member", fields.text),
            shift_id=fields.optional("shift_id", fields.uuid),
            hotlist_edition=fields.integer("hotlist_edition"),
            hits=tuple(map(_hit, fields.each("hits", at_most=1000))),
            pictures=tuple(map(pictures.take, fields.each("pictures", at_most=8))),
        )
        fields.done()
        pictures.done()
        return report


def _short(text: str, name: str) -> None:
    must(0 < len(text) <= 60 and text.isprintable(), f"The {name} of a read has 1 to 60 printable characters. Send it so.")


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)


def _candidate(fields: Fields) -> Candidate:
    candidate = Candidate(text=fields.text("text"), confidence=fields.number("confidence"))
    fields.done()
    return candidate


def _corners(fields: Fields) -> Corners | None:
    numbers = fields.optional("corners", lambda name: fields.numbers(name, at_most=8))
    if numbers is None:
        return None
    must(len(numbers) == 8, "A plate has four corners of two numbers each. Send it so.")
    a, b, c, d, e, f, g, h = numbers
    return (a, b), (c, d), (e, f), (g, h)


def _place(fields: Fields) -> Place:
    place = Place(
        lat=fields.number("lat"),
        lon=fields.number("lon"),
        accuracy_m=fields.number("accuracy_m"),
        heading_deg=fields.optional("heading_deg", fields.number),
        fix_age_s=fields.number("fix_age_s"),
        crossing=fields.optional("crossing", fields.text),
    )
    fields.done()
    return place


def _passing(fields: Fields) -> Passing:
    passing = Passing(
        began_at=fields.moment("began_at"),
        ended_at=fields.moment("ended_at"),
        along=fields.optional("along", lambda name: fields.word(name, Along)),
        across=fields.optional("across", lambda name: fields.word(name, Across)),
        travel_deg=fields.optional("travel_deg", fields.number),
    )
    fields.done()
    return passing


def _hit(fields: Fields) -> CarHit:
    known = {doubt.value for doubt in Doubt}
    doubts = fields.texts("doubts", at_most=20)
    must(known.issuperset(doubts), "A hit has a doubt that this side does not know. Bring both sides to the same version.")
    hit = CarHit(entry_id=fields.uuid("entry_id"), tier=fields.word("tier", Tier), doubts=tuple(map(Doubt, doubts)))
    fields.done()
    return hit


class Carried:
    """The pictures behind a signature, taken one after the other as the signed words name them."""

    def __init__(self, raw: bytes) -> None:
        self._left = raw

    def take(self, fields: Fields) -> Picture:
        view, media_type, size = fields.text("view"), fields.text("media_type"), fields.integer("size")
        must(0 < size <= MAX_MESSAGE, "A picture of a read is empty, or larger than any message. Send it whole.")
        must(len(self._left) >= size, "A read came without a picture that it names. Send it with its pictures.")
        content, self._left = self._left[:size], self._left[size:]
        if digest(content) != fields.octets("sha256"):
            raise Tampered("A picture of a read is not the one that was signed. Stop, and tell the Administrative Supervisor.")
        fields.done()
        return Picture(view=view, media_type=media_type, content=content)

    def done(self) -> None:
        must(not self._left, "A read carries more than the pictures that it names. Send it as it was signed.")
