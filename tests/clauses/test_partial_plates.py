"""Partial plates reported in major crimes are entered to identify suspect vehicles."""

from __future__ import annotations

from platewarden.server.alerts.models import Alert
from platewarden.server.investigations.models import Kind
from platewarden.server.investigations.testing import opened, spot
from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of


def test_what_a_witness_half_remembers_is_looked_for_from_then_on(office, enter_bolo):
    assert enter_bolo("7B?4*", state="unknown", category="suspect_interdiction").status_code == 302
    office.receive(office.car(), "7BX4102")
    assert Alert.objects.get().tier == "possible", "a partial plate is never more than possible"


def test_what_a_witness_half_remembers_finds_the_plates_already_read(office):
    car = office.car()
    office.receive(car, "7BX4102")
    office.receive(car, "9ZZ9999")
    page = text_of(office.browser(OPERATOR).post("/reads/search/", {"plate": "7b?4*", "span": "week"}))
    assert "7BX4102" in page
    assert "9ZZ9999" not in page


def test_too_little_to_go_by_is_not_looked_for(office):
    assert office.browser(OPERATOR).post("/reads/search/", {"plate": "7*", "span": "week"}).status_code == 422


def test_plates_around_the_scene_of_a_major_incident_are_canvassed_by_a_recorded_look(office):
    incident = opened(office, kind=Kind.HOMICIDE)
    office.receive(office.car(), "7BX4102", at=incident.at, place=spot(80))
    office.receive(office.car("Car 14"), "9ZZ9999", at=incident.at, place=spot(5000))
    browser = office.browser(OPERATOR)
    counted = text_of(browser.post(f"/incidents/{incident.pk}/around/", {"act": "count"}))
    assert "1 read of 1 vehicle" in counted
    assert "7BX4102" not in counted
    page = text_of(browser.post(f"/incidents/{incident.pk}/around/", {"act": "show"}))
    assert "7BX4102" in page
    assert "9ZZ9999" not in page
    assert [act for act, _ in office.ledger()][-2:] == ["investigations.count", "investigations.canvass"]
