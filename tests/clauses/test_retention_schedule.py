"""Stored data is kept as long as the established schedule says."""

from __future__ import annotations

from datetime import timedelta

from platewarden.server.clock import now
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.retention.testing import keep_past, open_past, purge_now
from tests.clauses.conftest import text_of

ASKED = {
    "overview_pictures": "14", "pictures": "30", "reads": "30", "alerts": "60", "list_entries": "30", "search_terms": "365",
    "because": "records commission, 11/20/2026",
}  # fmt: skip


def test_the_schedule_stands_on_a_page_with_who_signed_it(office):
    page = text_of(office.browser(SUPERVISOR).get("/retention/"))
    assert "Overview pictures" in page
    assert "Edition 1" in page


def test_a_read_younger_than_its_schedule_survives_every_purge(office):
    open_past(office.database, 30)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 30)
    purge_now(office)
    assert office.ask_owner("select plate from plates.reads") == [("AB12345",)]


def test_the_schedule_is_changed_by_two_members_one_of_them_the_supervisor_or_designee(office):
    dana, luis = office.browser(SUPERVISOR), office.browser(DESIGNEE)
    dana.post("/retention/schedule/new/", ASKED | {"effective_on": today(now()).isoformat()})
    assert dana.post("/retention/schedule/1/sign/").status_code == 403
    assert office.browser(OPERATOR).post("/retention/schedule/1/sign/").status_code == 403
    luis.post("/retention/schedule/1/sign/")
    assert PolicyEdition.objects.in_force(now()).schedule["alerts"] == 60


def test_a_shorter_schedule_waits_for_its_notice(office):
    soon = (today(now()) + timedelta(days=2)).isoformat()
    answer = office.browser(SUPERVISOR).post("/retention/schedule/new/", ASKED | {"overview_pictures": "7", "effective_on": soon})
    assert "427.5" in text_of(answer)
    assert "at the earliest on" in text_of(answer)
