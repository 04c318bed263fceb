"""Data goes from vehicles to the designated storage by the department's procedure."""

from __future__ import annotations

from datetime import timedelta

from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import SigningKey, seal_to
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from tests.clauses.conftest import text_of


def test_a_read_goes_from_the_car_to_the_storage_and_is_receipted(office):
    receipt = office.receive(office.car(), "AB12345")
    assert [item.outcome for item in receipt.items] == [Outcome.KEPT]
    page = text_of(office.browser(OPERATOR).post("/reads/search/", {"plate": "AB12345", "span": "week"}))
    assert "AB12345" in page
    assert "Car 12" in page


def test_a_read_that_is_sent_twice_is_stored_once(office):
    car = office.car()
    raw = seal_to(office_sealing_key().public_bytes, car.report("AB12345").signed(car.key))
    assert [office.post_to_door("reports", raw).status_code for _ in range(2)] == [200, 200]
    assert office.ask_owner("select count(*) from plates.reads") == [(1,)]


def test_nothing_is_taken_from_a_car_that_is_not_the_departments(office):
    car = office.car()
    stranger = SigningKey.generate()
    report = car.report("AB12345", unit_key_id=stranger.key_id)
    raw = seal_to(office_sealing_key().public_bytes, report.signed(stranger))
    assert office.post_to_door("reports", raw).status_code == 403
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]


def test_a_read_with_a_wrong_clock_is_receipted_as_such_and_listed_for_the_office(office):
    receipt = office.receive(office.car(), "AB12345", at=now() + timedelta(days=1))
    assert [item.outcome for item in receipt.items] == [Outcome.CLOCK]
    page = text_of(office.browser(SUPERVISOR).get("/units/"))
    assert "clock" in page.lower()
    assert "AB12345" not in page
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
