"""Tombstones at the office: kept once, in the ledger, never with two contents."""

from datetime import timedelta

import pytest

from platewarden.exchange import tombstone
from platewarden.exchange.contact import ClockState
from platewarden.exchange.receipt import Outcome
from platewarden.exchange.tombstone import Why
from platewarden.policy.refusal import Tampered
from platewarden.server.clock import now
from platewarden.server.equipment.models import Tombstone
from platewarden.server.equipment.tombstones import keep_tombstone


def test_it_is_kept_once_with_one_line_and_never_changed(office):
    car = office.car()
    day = now().date() - timedelta(days=40)
    said = tombstone.Tombstone(car.key.key_id, 1, "read", day, ((2, 3),), now(), 30, ClockState.SATELLITES, Why.RETENTION)
    with office.as_role("ingest"):
        assert keep_tombstone(said, car.unit, b"d" * 32) is Outcome.KEPT
        assert keep_tombstone(said, car.unit, b"d" * 32) is Outcome.ALREADY_KEPT
        with pytest.raises(Tampered, match="twice with different contents"):
            keep_tombstone(said, car.unit, b"e" * 32)
    kept = Tombstone.objects.get()
    assert (kept.reads, kept.clock, kept.day, str(kept)) == (2, "satellites", day, f"{car.unit.id} 1: 2 reads of {day}")
    assert [act for act, _ in office.ledger()].count("equipment.tombstone") == 1
