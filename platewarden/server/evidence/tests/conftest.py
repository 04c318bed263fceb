"""Held reads and a medium, for this room's tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from platewarden.server.people.testing import OPERATOR
from platewarden.server.retention.testing import held, keep_past, open_past

TOOL = Path(__file__).parents[4] / "tools" / "verify.py"


@pytest.fixture(scope="session")
def outsider():
    """The outsider's own tool, as a module."""
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def medium(tmp_path):
    folder = tmp_path / "medium"
    folder.mkdir()
    return folder


@pytest.fixture
def reads(office):
    """Two reads of a plate on two days, and one of another."""
    open_past(office.database, 20, 21)
    car = office.car()
    with office.as_role("ingest"):
        return [keep_past(car, "AB12345", 20), keep_past(car, "AB12345", 21), keep_past(car, "ZZ99999", 20)]


@pytest.fixture
def hold(office, reads):
    return held(office, OPERATOR, plate="AB12345", days=(60, 1))
