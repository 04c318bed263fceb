"""Gaps: which numbers of a unit's reads the office does not have, and where they are. No plate is in it.

A unit numbers its reads from 1 without a hole. A number that has not come is one of

* *expired in the car*: a signed tombstone names it; it was past retention, and its key is destroyed;
* *waiting in the car*: the unit said at its last contact that reads from that number on still wait there;
* *lost*: neither. That is what the report is for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from platewarden.server.equipment.models import Tombstone, Unit


class Where(StrEnum):
    """Where a read is that has not come."""

    EXPIRED = "expired in the car"
    WAITING = "waiting in the car"
    LOST = "lost"


@dataclass(frozen=True)
class Gap:
    """Numbers in a row that have not come, all in the same case."""

    unit_id: uuid.UUID
    first: int
    last: int
    where: Where

    @property
    def reads(self) -> int:
        return self.last - self.first + 1


def gaps(unit: Unit) -> list[Gap]:
    """Every number up to the last that the unit named and that has not come."""
    ended = _joined(sorted((first, last) for stone in Tombstone.objects.filter(unit=unit) for first, last in stone.ranges))
    found = []
    for first, last in _missing(unit):
        for low, high, is_ended in _split(first, last, ended):
            found += [Gap(unit.id, low, high, Where.EXPIRED)] if is_ended else list(_waiting_or_lost(unit, low, high))
    return found


def _missing(unit: Unit) -> list[tuple[int, int]]:
    """The holes between the numbers that came, and up to the last that the unit said it has given."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select before + 1, sequence - 1 from (
                   select sequence, lag(sequence, 1, 0) over (order by sequence) as before
                   from office.received where unit_key_id = %s and stream = 'read'
                   union all
                   select %s + 1, coalesce(max(sequence), 0) from office.received where unit_key_id = %s and stream = 'read'
               ) as numbers where sequence > before + 1 order by 1""",
            [bytes(unit.key_id), unit.last_sequence, bytes(unit.key_id)],
        )
        return [(int(first), int(last)) for first, last in cursor.fetchall()]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _split(first: int, last: int, ended: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """A hole, cut where tombstones begin and end: (first, last, whether a tombstone names them)."""
    at = first
    for low, high in ended:
        if high < at or low > last:
            continue
        if low > at:
            yield at, low - 1, False
        yield max(at, low), min(high, last), True
        at = high + 1
    if at <= last:
        yield at, last, False


def _waiting_or_lost(unit: Unit, first: int, last: int) -> Iterator[Gap]:
    waits_from = unit.lowest_unsent or last + 1
    if first < waits_from:
        yield Gap(unit.id, first, min(last, waits_from - 1), Where.LOST)
    if last >= waits_from:
        yield Gap(unit.id, max(first, waits_from), last, Where.WAITING)
