"""Contact: up, a unit says what it holds and where it is; down, the office says what it should hold, and what time it is there.

A contact repeats a nonce that the office gave out a moment before, newer than that of every earlier contact of the unit: a
recorded one is worth nothing, however wrong the unit's clock is. The orders repeat the unit's own nonce, so that recorded
orders are worth nothing either.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.track_page import Spot, spot_from, spot_to_map
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds
from platewarden.policy.correction import Misread

__all__ = ["MOST_WITHDRAWN", "ClockState", "Contact", "Orders", "Withdrawn"]

MOST_WITHDRAWN: Final = 200
"""Alerts that one answer names, the newest."""


class ClockState(StrEnum):
    """What a unit can say of its own clock: who confirmed it, or that nobody has, or that it is wrong."""

    OFFICE = "office"
    SATELLITES = "satellites"
    UNCONFIRMED = "unconfirmed"
    WRONG = "wrong"


@dataclass(frozen=True)
class Contact(Message):
    """What a unit holds: the editions in force there, messages waiting for a receipt, its last read and the oldest unsent."""

    kind: ClassVar[Kind] = Kind.CONTACT

    unit_key_id: bytes
    at: datetime
    nonce: bytes
    hotlist_edition: int
    roster_edition: int
    spooled: int
    last_sequence: int
    office_nonce: bytes
    """As the office gave it out, a moment ago."""
    lowest_unsent: int
    """The lowest number of a read that waits here; 0 when none does. What is missing below it is not in the car."""
    unsent_since: datetime | None
    """When the oldest of the reads that wait was kept, by the unit's clock."""
    clock: ClockState
    task_sheet: int
    """The number of the canvass tasks in force there; 0 before the first."""
    spot: Spot | None
    """Where it is now, while somebody is signed on to it: for the office to ask the nearest. Of the last contact alone, never kept."""

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Send it as it was signed.")
        from_microseconds(microseconds(self.at))
        _must_be_nonce(self.nonce)
        _must_be_nonce(self.office_nonce)
        _must_count(
            self.hotlist_edition, self.roster_edition, self.spooled, self.last_sequence, self.lowest_unsent, self.task_sheet
        )
        if self.unsent_since is not None:
            from_microseconds(microseconds(self.unsent_since))

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "at": microseconds(self.at),
                "nonce": self.nonce,
                "hotlist_edition": self.hotlist_edition,
                "roster_edition": self.roster_edition,
                "spooled": self.spooled,
                "last_sequence": self.last_sequence,
                "office_nonce": self.office_nonce,
                "lowest_unsent": self.lowest_unsent,
                "unsent_since": None if self.unsent_since is None else microseconds(self.unsent_since),
                "clock": self.clock.value,
                "task_sheet": self.task_sheet,
                "spot": None if self.spot is None else spot_to_map(self.spot),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Contact:
        fields = Fields.of(body, cls.kind)
        contact = cls(
            unit_key_id=fields.octets("unit_key_id"),
            at=fields.moment("at"),
            nonce=fields.octets("nonce"),
            hotlist_edition=fields.integer("hotlist_edition"),
            roster_edition=fields.integer("roster_edition"),
            spooled=fields.integer("spooled"),
            last_sequence=fields.integer("last_sequence"),
            office_nonce=fields.octets("office_nonce"),
            lowest_unsent=fields.integer("lowest_unsent"),
            unsent_since=fields.optional("unsent_since", fields.moment),
            clock=fields.word("clock", ClockState),
            task_sheet=fields.integer("task_sheet"),
            spot=fields.optional("spot", lambda name: spot_from(fields.inner(name))),
        )
        fields.done()
        return contact


@dataclass(frozen=True)
class Withdrawn:
    """An alert of this unit that nobody acts on any more: a member of the department corrected its reading."""

    read_id: uuid.UUID
    hit_id: uuid.UUID
    """Of the read and its entry, as the office makes it: uuid5(read, entry)."""
    captured_at: datetime
    because: Misread

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.captured_at))

    def as_fields(self) -> dict[str, Any]:
        return {
            "read_id": self.read_id.bytes,
            "hit_id": self.hit_id.bytes,
            "captured_at": microseconds(self.captured_at),
            "because": self.because.value,
        }

    @classmethod
    def of(cls, fields: Fields) -> Withdrawn:
        withdrawn = cls(
            fields.uuid("read_id"), fields.uuid("hit_id"), fields.moment("captured_at"), fields.word("because", Misread)
        )
        fields.done()
        return withdrawn


@dataclass(frozen=True)
class Orders(Message):
    """What the unit should hold, in answer to the contact whose nonce it repeats; `office_at` is the office's clock.

    And the department's figures that a unit needs: how many days a read may wait there, and within how many hours it should
    have gone up; and which of its alerts of the last day are withdrawn.
    """

    kind: ClassVar[Kind] = Kind.ORDERS

    at: datetime
    nonce: bytes
    hotlist_edition: int
    roster_edition: int
    office_at: datetime
    retention_days: int
    deadline_hours: int
    task_sheet: int
    """The number of this unit's canvass tasks; 0 when it was never asked."""
    hold_notice: int
    """The number of what is held for this unit; 0 when nothing ever was."""
    withdrawn: tuple[Withdrawn, ...] = ()

    def __post_init__(self) -> None:
        from_microseconds(microseconds(self.at))
        from_microseconds(microseconds(self.office_at))
        _must_be_nonce(self.nonce)
        _must_count(self.hotlist_edition, self.roster_edition, self.task_sheet, self.hold_notice)
        must(1 <= self.retention_days <= 36_600, "The retention in the orders is not a number of days. Send it so.")
        must(1 <= self.deadline_hours <= 24 * 366, "The deadline in the orders is not a number of hours. Send it so.")
        must(len(self.withdrawn) <= MOST_WITHDRAWN, f"Orders name at most {MOST_WITHDRAWN} withdrawn alerts. Send the newest.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "at": microseconds(self.at),
                "nonce": self.nonce,
                "hotlist_edition": self.hotlist_edition,
                "roster_edition": self.roster_edition,
                "office_at": microseconds(self.office_at),
                "retention_days": self.retention_days,
                "deadline_hours": self.deadline_hours,
                "task_sheet": self.task_sheet,
                "hold_notice": self.hold_notice,
                "withdrawn": [each.as_fields() for each in self.withdrawn],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Orders:
        fields = Fields.of(body, cls.kind)
        orders = cls(
            at=fields.moment("at"),
            nonce=fields.octets("nonce"),
            hotlist_edition=fields.integer("hotlist_edition"),
            roster_edition=fields.integer("roster_edition"),
            office_at=fields.moment("office_at"),
            retention_days=fields.integer("retention_days"),
            deadline_hours=fields.integer("deadline_hours"),
            task_sheet=fields.integer("task_sheet"),
            hold_notice=fields.integer("hold_notice"),
            withdrawn=tuple(Withdrawn.of(each) for each in fields.each("withdrawn", at_most=MOST_WITHDRAWN)),
        )
        fields.done()
        return orders


def _must_be_nonce(nonce: bytes) -> None:
    must(16 <= len(nonce) <= 64, "The nonce of a contact has 16 to 64 bytes. Send a fresh one.")


def _must_count(*numbers: int) -> None:
    must(all(0 <= each <= 2**53 for each in numbers), "A count or edition number is not 0 or more. Send it as it was signed.")
