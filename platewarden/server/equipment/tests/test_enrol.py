"""Enrolment: asked once however often, decided once by somebody with the duty, ended at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.seal import SigningKey, fingerprint, open_message
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.equipment.models import AskState, EnrolmentAsk, Unit, UnitState
from platewarden.server.people.testing import DESIGNEE, LAPSED, OPERATOR, SUPERVISOR


def request(key, name="Car 12"):
    return EnrolmentRequest(name=name, signing_public=key.public_bytes, made_at=now())


def asked(office, key, name="Car 12"):
    """Asks as a unit does."""
    with office.as_role("ingest"):
        return enrol.ask(request(key, name))


def waiting(key):
    return EnrolmentAsk.objects.get(key_id=key.key_id)


def test_a_unit_that_asks_twice_waits_once(office):
    key = SigningKey.generate()
    assert asked(office, key) is None
    assert asked(office, key) is None
    assert EnrolmentAsk.objects.count() == 1
    assert waiting(key).fingerprint == fingerprint(key.public_bytes)
    assert office.ledger().count(("equipment.asked", None)) == 1


def test_a_unit_that_asks_twice_in_one_moment_waits_once(office):
    key = SigningKey.generate()

    def ask(_):
        try:
            return enrol.ask(request(key))
        finally:
            connections["default"].close()

    with office.as_role("ingest"), ThreadPoolExecutor(4) as several:
        assert list(several.map(ask, range(4))) == [None] * 4
    assert EnrolmentAsk.objects.count() == 1
    assert office.ledger().count(("equipment.asked", None)) == 1


def test_an_approved_unit_gets_the_grant_that_the_office_signed_for_its_key(office):
    key = SigningKey.generate()
    asked(office, key)
    unit = enrol.decide(waiting(key).pk, approve=True, by=office.member(SUPERVISOR))
    grant = asked(office, key)
    office_key = enrol.office_signing_key()
    opened = EnrolmentGrant.from_body(
        open_message(grant, EnrolmentGrant.kind, {office_key.key_id: office_key.public_bytes}.get).body
    )
    assert (opened.unit_id, opened.unit_key_id, opened.unit_name) == (unit.id, key.key_id, "Car 12")
    assert opened.office_sealing_public == enrol.office_sealing_key().public_bytes
    assert enrol.enrolled_unit(key.key_id) == unit
    assert office.ledger()[-1] == ("equipment.approved", SUPERVISOR)


@pytest.mark.parametrize(("number", "clause"), [(OPERATOR, Clause.ASSIGNED_MEMBERS), (LAPSED, Clause.TRAINING_BEFORE_USE)])
def test_it_refuses_a_member_without_the_duty_or_the_training(office, number, clause):
    key = SigningKey.generate()
    asked(office, key)
    for approve in (True, False):
        with pytest.raises(Refused) as refused:
            enrol.decide(waiting(key).pk, approve=approve, by=office.member(number))
        assert refused.value.clause == clause
    assert waiting(key).state == AskState.WAITING
    assert not Unit.objects.exists()


@pytest.mark.parametrize("first", [True, False])
def test_what_was_decided_is_stale_for_whoever_comes_second(office, first):
    key = SigningKey.generate()
    asked(office, key)
    enrol.decide(waiting(key).pk, approve=first, by=office.member(SUPERVISOR))
    for second in (True, False):
        with pytest.raises(Stale):
            enrol.decide(waiting(key).pk, approve=second, by=office.member(DESIGNEE))
    assert Unit.objects.count() == int(first)


def test_of_two_who_decide_at_once_one_is_told_to_look_again(office):
    key = SigningKey.generate()
    asked(office, key)
    number, members = waiting(key).pk, [office.member(SUPERVISOR), office.member(DESIGNEE)]

    def decide(by):
        try:
            return enrol.decide(number, approve=True, by=by)
        except Stale:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        units = list(both.map(decide, members))
    assert sum(unit is not None for unit in units) == 1
    assert Unit.objects.count() == 1


def test_a_unit_that_was_turned_down_is_told_so_whenever_it_asks(office):
    key = SigningKey.generate()
    asked(office, key)
    assert enrol.decide(waiting(key).pk, approve=False, by=office.member(SUPERVISOR)) is None
    with pytest.raises(Refused, match="refused to enrol"):
        asked(office, key)
    with pytest.raises(Refused, match="not enrolled"):
        enrol.enrolled_unit(key.key_id)


def test_a_revoked_unit_is_refused_at_once_and_stays_so(office):
    car = office.car()
    with pytest.raises(Refused):
        enrol.revoke(car.unit.pk, by=office.member(OPERATOR))
    enrol.revoke(car.unit.pk, by=office.member(SUPERVISOR))
    enrol.revoke(car.unit.pk, by=office.member(DESIGNEE))
    assert office.ledger()[-1] == ("equipment.revoked", SUPERVISOR)
    unit = Unit.objects.get()
    assert (unit.state, unit.revoked_by) == (UnitState.REVOKED, "1001 Dana Whitfield")
    with pytest.raises(Refused, match="revoked"):
        enrol.enrolled_unit(car.key.key_id)
    with pytest.raises(Refused, match="revoked"):
        asked(office, car.key)


def test_it_refuses_to_let_more_than_fifty_wait(office):
    with office.as_role("owner"):
        EnrolmentAsk.objects.bulk_create(
            EnrolmentAsk(name=f"Car {n}", signing_public=bytes(32), key_id=bytes([n]) * 16, fingerprint="x", asked_at=now())
            for n in range(enrol.WAITING_AT_MOST)
        )
    with pytest.raises(Refused, match="Too many units wait"):
        asked(office, SigningKey.generate())
    known = EnrolmentAsk.objects.first()
    enrol.decide(known.pk, approve=False, by=office.member(SUPERVISOR))
    assert asked(office, SigningKey.generate()) is None


def test_it_refuses_a_name_of_spaces(office):
    with pytest.raises(Malformed):
        asked(office, SigningKey.generate(), "   ")
    assert not EnrolmentAsk.objects.exists()


def test_a_request_that_is_not_there_is_unknown(office):
    with pytest.raises(Unknown):
        enrol.decide(4711, approve=True, by=office.member(SUPERVISOR))


def test_the_page_shows_the_fingerprint_and_decides(office):
    key = SigningKey.generate()
    asked(office, key)
    dana, rosa = office.browser(SUPERVISOR), office.browser(OPERATOR)
    page = dana.get("/units/").content.decode()
    assert fingerprint(key.public_bytes) in page
    assert fingerprint(enrol.office_signing_key().public_bytes) in page
    path = f"/units/requests/{waiting(key).pk}/approve/"
    assert rosa.post(path).status_code == 403
    assert dana.get(path).status_code == 405
    assert dana.post(path).status_code == 302
    assert dana.post(path).status_code == 409
    unit = Unit.objects.get()
    assert dana.post(f"/units/{unit.pk}/revoke/").status_code == 302
    assert Unit.objects.get().state == UnitState.REVOKED
    assert dana.post("/units/requests/4711/refuse/").status_code == 404
