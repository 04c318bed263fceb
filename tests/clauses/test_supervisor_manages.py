"""Installation, maintenance, retention and access are managed by the Administrative Supervisor."""

from __future__ import annotations

from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.seal import SigningKey, seal_to
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.equipment.models import EnrolmentAsk, Unit
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from tests.clauses.conftest import text_of


def ask(office, name: str = "Car 14") -> SigningKey:
    key = SigningKey.generate()
    request = EnrolmentRequest(name=name, signing_public=key.public_bytes, made_at=now())
    assert office.post_to_door("enrol", request.signed(key)).status_code == 202
    return key


def test_a_car_that_nobody_installed_is_not_heard(office):
    key = ask(office)
    contact = office.post_to_door("enrol", EnrolmentRequest("Car 14", key.public_bytes, now()).signed(key))
    assert contact.status_code == 202, "it waits for the supervisor"
    assert not Unit.objects.exists()


def test_the_supervisor_enrols_a_car_and_an_operator_cannot(office):
    ask(office)
    waiting = EnrolmentAsk.objects.get()
    answer = office.browser(OPERATOR).post(f"/units/requests/{waiting.pk}/approve/")
    assert answer.status_code == 403
    assert "427.3" in text_of(answer)
    assert office.browser(SUPERVISOR).post(f"/units/requests/{waiting.pk}/approve/").status_code == 302
    assert Unit.objects.get().name == "Car 14"
    assert ("equipment.approved", SUPERVISOR) in office.ledger()


def test_a_car_that_the_supervisor_took_out_of_service_is_refused_at_once(office):
    car = office.car()
    assert office.browser(SUPERVISOR).post(f"/units/{car.unit.id}/revoke/").status_code == 302
    raw = seal_to(office_sealing_key().public_bytes, car.report("AB12345").signed(car.key))
    assert office.post_to_door("reports", raw).status_code == 403
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
