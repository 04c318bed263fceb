"""Spared data is downloaded onto portable media and booked into evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.evidence.testing import packed
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.retention.testing import held, keep_past, open_past
from tests.clauses.conftest import text_of

BOOKED = {"item_number": "HP-26-0934", "medium_serial": "4C530001", "marking": "#1", "place": "property room, shelf 4"}


@pytest.fixture
def hold(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20)
    return held(office, OPERATOR, plate="AB12345", days=(60, 1))


@pytest.fixture
def medium(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_what_a_hold_spares_goes_onto_a_portable_medium_and_is_booked_with_its_item_number(office, hold, medium):
    made = packed(office, hold, medium)
    assert (medium / f"{made}.zip").stat().st_size == made.size_bytes
    page = text_of(office.browser(SUPERVISOR).post(f"/evidence/{made.pk}/book/", BOOKED, follow=True))
    assert "Booked as item HP-26-0934." in page
    assert ("evidence.book", SUPERVISOR) in office.ledger()


def test_held_and_not_booked_past_its_deadline_is_said_on_the_first_page(office, hold, medium):
    with office.database.connect("postgres") as root:
        root.execute("update office.retention_hold set book_by = %s", [today(now()) - timedelta(days=1)])
    assert "1 hold is past its day and not booked" in text_of(office.browser(SUPERVISOR).get("/"))
    made = packed(office, hold, medium)
    office.browser(SUPERVISOR).post(f"/evidence/{made.pk}/book/", BOOKED)
    assert "not booked" not in text_of(office.browser(SUPERVISOR).get("/"))


def test_nobody_takes_reads_out_who_does_not_hold_the_duty(office, hold, medium):
    with pytest.raises(Refused):
        packed(office, hold, medium, by=OPERATOR)
    assert not list(medium.iterdir())
