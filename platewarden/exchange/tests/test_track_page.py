"""A piece of a track: what it may say, and what nobody may sign."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.exchange.track_page import SPOTS_AT_MOST, Spot, TrackPage
from platewarden.policy.refusal import Malformed

AT = datetime(2026, 4, 2, 3, tzinfo=UTC)
SPOT = Spot(AT, 42.1817, -87.8003, 4.0)
PAGE = TrackPage(bytes(16), 1, 12, (SPOT, dataclasses.replace(SPOT, at=AT + timedelta(seconds=5))))


def test_it_comes_back_as_it_was():
    assert TrackPage.from_body(PAGE.to_body()) == PAGE


@pytest.mark.parametrize(
    "changed",
    [
        {"unit_key_id": b""},
        {"sequence": 0},
        {"task": 0},
        {"spots": ()},
        {"spots": (SPOT, SPOT)},
        {"spots": tuple(reversed(PAGE.spots))},
        {"spots": tuple(dataclasses.replace(SPOT, at=AT + timedelta(seconds=each)) for each in range(SPOTS_AT_MOST + 1))},
    ],
)
def test_it_refuses_what_no_page_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(PAGE, **changed)


@pytest.mark.parametrize("changed", [{"lat": 91.0}, {"lon": 181.0}, {"lat": float("nan")}, {"accuracy_m": -1.0}])
def test_a_spot_is_on_this_earth(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(SPOT, **changed)
