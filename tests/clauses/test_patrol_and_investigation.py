"""An ALPR may be used on any routine patrol or criminal investigation; suspicion is not required."""

from __future__ import annotations

from platewarden.server.people.testing import OPERATOR


def test_a_patrol_needs_its_shift_and_no_case(office):
    browser = office.browser(OPERATOR, purpose=None)
    assert browser.post("/purpose/", {"purpose": "routine-patrol", "reference": "2A-1123"}).status_code == 302
    assert browser.get("/alerts/").status_code == 200


def test_an_investigation_needs_its_case_and_no_suspicion(office):
    browser = office.browser(OPERATOR, purpose=None)
    assert browser.post("/purpose/", {"purpose": "criminal-investigation", "reference": "26-004117"}).status_code == 302
    assert browser.get("/alerts/").status_code == 200


def test_a_patrol_signs_on_to_a_car_with_its_shift(sign_on_in_car):
    shift = sign_on_in_car(OPERATOR, purpose="routine-patrol", reference="2A-1123")
    assert (shift.purpose, shift.reference) == ("routine-patrol", "2A-1123")
