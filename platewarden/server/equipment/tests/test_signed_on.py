"""One member signed on in two cars at once is flagged, until one of them has signed off."""

from __future__ import annotations

import uuid
from datetime import timedelta

from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.exchange.seal import seal_to
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.equipment.signed_on import signed_on_twice
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


def told(office, car, act, shift, *, sequence=1, at=None, member=OPERATOR):
    page = JournalPage(car.key.key_id, sequence, (JournalLine(at or now(), member, act, uuid.UUID(int=shift)),))
    answer = office.post_to_door("journal", seal_to(office_sealing_key().public_bytes, page.signed(car.key)))
    assert answer.status_code == 200, answer.content


def test_two_cars_at_once_are_flagged_at_the_office_until_one_is_left(office):
    first, second = office.car("Car 12"), office.car("Car 14")
    told(office, first, "shift.sign_on", 1)
    assert signed_on_twice() == []
    told(office, second, "shift.joined", 2)
    (twice,) = signed_on_twice()
    assert (twice.member_number, twice.units) == (OPERATOR, ("Car 12", "Car 14"))
    assert "Signed on in two units at once" in office.browser(SUPERVISOR).get("/units/").content.decode()
    told(office, second, "shift.left", 2, sequence=2)
    assert signed_on_twice() == []


def test_a_shift_that_is_over_by_its_length_and_a_stranger_flag_nobody(office):
    first, second = office.car("Car 12"), office.car("Car 14")
    told(office, first, "shift.sign_on", 1, at=now() - timedelta(days=2))
    told(office, second, "shift.sign_on", 2)
    told(office, first, "shift.sign_on", 3, sequence=2, member="ZZ99")
    told(office, second, "shift.sign_on", 4, sequence=2, member="ZZ99")
    assert signed_on_twice() == []
