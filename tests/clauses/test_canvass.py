"""Scenes of homicides, shootings and other major incidents are considered for a canvass by ALPR vehicles."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from platewarden.exchange.task_answer import Said
from platewarden.server.clock import now
from platewarden.server.investigations.models import Kind
from platewarden.server.investigations.testing import answered, drove, opened
from platewarden.server.people.editions import department
from platewarden.server.people.testing import OPERATOR


def test_a_major_incident_waits_for_its_decision_before_cars_are_asked(office):
    shooting = opened(office, kind=Kind.SHOOTING)
    rosa, car = office.browser(OPERATOR), office.car()
    assert "Canvass: decide" in rosa.get(f"/incidents/{shooting.pk}/").content.decode()
    answer = rosa.post(f"/incidents/{shooting.pk}/cars/ask/", {"units": [str(car.unit.pk)], "until": ""})
    assert answer.status_code == 403
    assert "427.4(c)" in answer.content.decode()


def test_an_ordered_canvass_is_driven_by_cars_and_drawn_for_who_ordered_it(office):
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
