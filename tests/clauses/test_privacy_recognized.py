"""Capture and storage recognize the established privacy rights of the public."""

from __future__ import annotations

from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads.images import NotThere, find_picture
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now
from tests.clauses.conftest import text_of


def test_the_picture_of_the_scene_with_everybody_in_it_goes_before_the_read(office):
    days = 17  # past the overview's own 14, within the read's 30
    open_past(office.database, days)
    car = office.car()
    with office.as_role("ingest"):
        kept = keep_past(car, "AB12345", days)
    rows = office.ask_owner("select pictures from plates.reads")
    purge_now(office)
    found = {each["view"]: find_picture(each, kept.read_id) for each in rows[0][0]}
    assert isinstance(found["overview"], NotThere)
    assert isinstance(found["plate"], bytes)


def test_a_hold_on_one_vehicle_keeps_nothing_of_its_neighbours(office):
    open_past(office.database, 31)
    car = office.car()
    with office.as_role("ingest"):
        for text in ("AB12345", "ZZ99999"):
            keep_past(car, text, 31)
    held(office, OPERATOR, plate="AB12345")
    purge_now(office)
    asked = {"span": "dates", "since": day_ago(40), "until": day_ago(20)}
    assert "AB12345" in text_of(office.browser(OPERATOR).post("/reads/search/", asked | {"plate": "AB12345"}))
    assert "Nothing is kept for this" in text_of(office.browser(OPERATOR).post("/reads/search/", asked | {"plate": "ZZ99999"}))
