"""An ALPR may be used on any routine patrol or criminal investigation; suspicion is not required."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from platewarden.exchange.task_answer import Said
from platewarden.server.clock import now
from platewarden.server.investigations.models import Kind
from platewarden.server.investigations.testing import answered, drove, opened
from platewarden.server.people.editions import department
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


def test_cars_canvass_around_a_crime_scene(office):
    """“particular consideration should be given to using ALPR-equipped vehicles to canvass areas around homicides, shootings and other major
    incidents.”
    """
    shooting = opened(office, kind=Kind.SHOOTING)
    rosa, car = office.browser(OPERATOR), office.car()
    decision = {"ordered": "yes", "because": "Sergeant Whitfield"}
    assert rosa.post(f"/incidents/{shooting.pk}/decide/", decision).status_code == 302
    until = timezone.localtime(now(), department().time_zone) + timedelta(hours=1)
    given = {"units": [str(car.unit.pk)], "until": f"{until:%Y-%m-%dT%H:%M}", "instruction": ""}
    assert rosa.post(f"/incidents/{shooting.pk}/cars/ask/", given).status_code == 302
    (task,) = shooting.tasks.all()
    answered(office, car, task, Said.ACCEPTED)
    drove(office, car, task, (0, 0), (0, 20), (0, 40), at=now() + timedelta(seconds=7))
    assert "Driving" in rosa.get(f"/incidents/{shooting.pk}/").content.decode()
    page = rosa.post(f"/incidents/{shooting.pk}/coverage/").content.decode()
    assert "Car 12" in page
    assert office.ledger()[-1] == ("investigations.coverage", OPERATOR)
