"""Car 12: enrolled through the front door, with a key it made itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.read_report import NoPlace, Passing, Picture, ReadReport, View
from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Candidate
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.equipment.models import EnrolmentAsk, Unit
from platewarden.server.people.models import Member

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


@dataclass
class Car:
    """A unit and its key. Its reports are numbered from 1."""

    unit: Unit
    key: SigningKey
    numbers: count[int] = field(default_factory=lambda: count(1))

    def report(self, text: str, *, at: datetime | None = None, **fields: Any) -> ReadReport:
        """The next read of a plate, with both pictures."""
        taken = at or now()
        facts: dict[str, Any] = {
            "unit_key_id": self.key.key_id,
            "sequence": next(self.numbers),
            "captured_at": taken,
            "passing": Passing.at(taken),
            "camera": "front",
            "text": text,
            "state": None,
            "state_confidence": None,
            "confidence": 0.97,
            "characters": tuple(0.97 for _ in text),
            "candidates": (),
            "corners": None,
            "place": None,
            "no_place": None if fields.get("place") else NoPlace.NO_RECEIVER,
            "engine": "test engine",
            "member": "1042",
            "shift_id": uuid.uuid4(),
            "hotlist_edition": 0,
            "hits": (),
            "pictures": (
                Picture(view=View.OVERVIEW, media_type="image/jpeg", content=JPEG),
                Picture(view=View.PLATE, media_type="image/jpeg", content=JPEG),
            ),
        }
        return ReadReport(**{**facts, **fields})


def enrol_car(name: str, *, by: Member) -> Car:
    """Asks as the unit and approves as the member. The application must be logged in."""
    key = SigningKey.generate()
    enrol.ask(EnrolmentRequest(name=name, signing_public=key.public_bytes, made_at=now()))
    asked = EnrolmentAsk.objects.get(key_id=key.key_id)
    unit = enrol.decide(asked.pk, approve=True, by=by)
    assert unit is not None
    return Car(unit, key)


def candidate(text: str, confidence: float = 0.3) -> Candidate:
    return Candidate(text=text, confidence=confidence)
