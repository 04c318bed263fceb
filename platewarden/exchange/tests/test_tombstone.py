"""A tombstone: what it may say, and what nobody may sign."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from platewarden.exchange.contact import ClockState
from platewarden.exchange.tombstone import RANGES_AT_MOST, Tombstone, Why
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 4, 2, 3, tzinfo=UTC)
STONE = Tombstone(bytes(16), 1, "read", date(2026, 3, 1), ((1, 4), (7, 7)), AT, 30, ClockState.OFFICE, Why.RETENTION)


def test_it_comes_back_as_it_was_and_counts():
    assert Tombstone.from_body(STONE.to_body()) == STONE
    assert STONE.count == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": b""},
        {"sequence": 0},
        {"stream": "journal"},
        {"ranges": ()},
        {"ranges": ((0, 1),)},
        {"ranges": ((3, 2),)},
        {"ranges": ((1, 4), (4, 5))},
        {"ranges": ((5, 6), (1, 2))},
        {"ranges": tuple((each, each) for each in range(1, 2 * RANGES_AT_MOST + 3, 2))},
        {"retention_days": 0},
        {"retention_days": 32},
        {"day": date(2026, 3, 3)},
        {"clock": ClockState.UNCONFIRMED},
        {"clock": ClockState.WRONG},
    ],
)
def test_it_refuses_what_no_tombstone_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(STONE, **changed)
