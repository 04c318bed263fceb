"""The page of units: who waits, who is enrolled, and what a member may do about it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.seal import SigningKey, fingerprint
from platewarden.server.clock import now
from platewarden.server.equipment.models import AskState, EnrolmentAsk, Unit, UnitState
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


@pytest.fixture
def waiting(office) -> tuple[int, str]:
    key = SigningKey.generate()
    office.post_to_door("enrol", EnrolmentRequest(name="Car 14", signing_public=key.public_bytes, made_at=now()).signed(key))
    return EnrolmentAsk.objects.get().pk, fingerprint(key.public_bytes)


def test_it_shows_the_fingerprint_to_compare(office, waiting):
    page = office.browser(SUPERVISOR).get("/units/").content.decode()
    assert "Car 14" in page
    assert all(group in page for group in waiting[1].split())


def test_a_member_without_the_duty_is_shown_why_and_cannot_decide(office, waiting):
    browser = office.browser(OPERATOR)
    assert b"This needs the duty of" in browser.get("/units/").content
    for act in ("approve", "refuse"):
        assert browser.post(f"/units/requests/{waiting[0]}/{act}/").status_code == 403
    assert EnrolmentAsk.objects.get().state == AskState.WAITING


def test_the_supervisor_refuses_and_the_unit_learns_it(office, waiting):
    assert office.browser(SUPERVISOR).post(f"/units/requests/{waiting[0]}/refuse/").status_code == 302
    assert EnrolmentAsk.objects.get().state == AskState.REFUSED
    assert not Unit.objects.exists()


def test_of_two_who_decide_the_second_is_told(office, waiting):
    browser = office.browser(SUPERVISOR)
    assert browser.post(f"/units/requests/{waiting[0]}/approve/").status_code == 302
    assert browser.post(f"/units/requests/{waiting[0]}/refuse/").status_code == 409
    assert Unit.objects.get().state == UnitState.ENROLLED


def test_a_request_or_unit_that_there_is_not_is_not_found(office):
    browser = office.browser(SUPERVISOR)
    assert browser.post("/units/requests/427/approve/").status_code == 404
    assert browser.post(f"/units/{uuid.UUID(int=427)}/revoke/").status_code == 404


def test_an_address_alone_changes_nothing(office, waiting):
    unit = office.car().unit
    browser = office.browser(SUPERVISOR)
    assert browser.get(f"/units/requests/{waiting[0]}/approve/").status_code == 405
    assert browser.get(f"/units/{unit.id}/revoke/").status_code == 405
    unit.refresh_from_db()
    assert unit.state == UnitState.ENROLLED


def test_a_unit_past_the_deadline_for_the_transfer_is_red_and_so_is_a_clock_that_is_wrong(office):
    unit = office.car().unit
    assert b"Late</span>" not in office.browser(SUPERVISOR).get("/units/").content
    with office.as_role("ingest"):
        Unit.objects.filter(pk=unit.pk).update(unsent_since=now() - timedelta(hours=25), spooled=7, clock="wrong")
    page = office.browser(SUPERVISOR).get("/units/").content
    assert b'pw-tag--red">Late</span>' in page
    assert b"the deadline is 24 hours" in page
    assert b'pw-tag--red">Wrong</span>' in page
