"""The gap report: what has not come, and where it is."""

from datetime import timedelta

import pytest

from platewarden.server.clock import now
from platewarden.server.equipment.models import Tombstone
from platewarden.server.reads.gaps import Where, _split, gaps


@pytest.fixture
def car(office):
    """Reads 1, 2, 5, 9 have come; the unit has given numbers up to 12."""
    car = office.car()
    for number in (1, 2, 5, 9):
        office.receive(car, "AB12345", sequence=number)
    car.unit.last_sequence = 12
    return car


def stone(car, sequence, ranges):
    Tombstone.objects.create(
        unit=car.unit, sequence=sequence, digest=b"", day=now().date() - timedelta(days=40), reads=1, ranges=ranges,
        buried_at=now(), clock="office", retention_days=30, received_at=now(),
    )  # fmt: skip


def told(car):
    return [(gap.first, gap.last, gap.where, gap.reads) for gap in gaps(car.unit)]


def test_what_is_neither_here_nor_said_to_wait_is_lost(office, car):
    assert told(car) == [(3, 4, Where.LOST, 2), (6, 8, Where.LOST, 3), (10, 12, Where.LOST, 3)]


def test_what_the_unit_says_it_holds_waits_and_what_a_tombstone_names_has_expired(office, car):
    car.unit.lowest_unsent = 7
    with office.as_role("ingest"):
        stone(car, 1, [[3, 3], [6, 6]])
        stone(car, 2, [[4, 4]])
    assert told(car) == [
        (3, 4, Where.EXPIRED, 2),
        (6, 6, Where.EXPIRED, 1),
        (7, 8, Where.WAITING, 2),
        (10, 12, Where.WAITING, 3),
    ]


def test_a_unit_that_delivered_everything_has_none_and_a_new_one_neither(office):
    car = office.car()
    assert told(car) == []
    for number in (1, 2, 3):
        office.receive(car, "AB12345", sequence=number)
    car.unit.last_sequence = 3
    assert told(car) == []
    car.unit.last_sequence, car.unit.lowest_unsent = 5, 4
    assert told(car) == [(4, 5, Where.WAITING, 2)]


@pytest.mark.parametrize(
    ("ended", "pieces"),
    [
        ([], [(4, 9, False)]),
        ([(1, 3)], [(4, 9, False)]),
        ([(10, 12)], [(4, 9, False)]),
        ([(1, 20)], [(4, 9, True)]),
        ([(4, 4), (9, 9)], [(4, 4, True), (5, 8, False), (9, 9, True)]),
        ([(2, 5), (8, 12)], [(4, 5, True), (6, 7, False), (8, 9, True)]),
    ],
)
def test_a_hole_is_cut_where_tombstones_begin_and_end(ended, pieces):
    assert list(_split(4, 9, ended)) == pieces
