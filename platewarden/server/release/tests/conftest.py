"""Reads to be released, and the key of an agency, for this room's tests."""

from __future__ import annotations

import pyrage
import pytest

from platewarden.server.retention.testing import keep_past, open_past


@pytest.fixture
def reads(office):
    """Two reads of a plate on two days, and one of another."""
    open_past(office.database, 20, 21)
    car = office.car()
    with office.as_role("ingest"):
        return [keep_past(car, "AB12345", 20), keep_past(car, "AB12345", 21), keep_past(car, "ZZ99999", 20)]


@pytest.fixture
def agency_key():
    return pyrage.x25519.Identity.generate()
