"""Duties: one supervisor at a time, nobody audits looks and also looks, each act once in the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import assign, hand_over_seat, may_hold, relieve
from platewarden.server.people.models import ACCESS_DUTIES, Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED

DANA = Signer(SUPERVISOR, "Dana Whitfield")


def test_a_duty_is_in_force_from_the_moment_it_is_given_until_it_is_taken(office):
    sam = office.member(OUTSIDER)
    given = assign(sam, Duty.INVESTIGATOR, by=DANA)
    assert given.given_by == "1001 Dana Whitfield"
    assert sam.duties_on(now()) == {"investigator"}
    relieve(sam, Duty.INVESTIGATOR, by=DANA)
    assert sam.duties_on(now()) == frozenset()
    assert [line for line in office.ledger() if line[0] in ("people.assign", "people.relieve")][-2:] == [
        ("people.assign", SUPERVISOR),
        ("people.relieve", SUPERVISOR),
    ]


def test_giving_and_taking_twice_changes_nothing_and_is_recorded_once(office):
    sam = office.member(OUTSIDER)
    first = assign(sam, Duty.CUSTODIAN, by=DANA)
    lines = len(office.ledger())
    assert assign(sam, Duty.CUSTODIAN, by=DANA).pk == first.pk
    assert len(office.ledger()) == lines
    relieve(sam, Duty.CUSTODIAN, by=DANA)
    relieve(sam, Duty.CUSTODIAN, by=DANA)
    assert len(office.ledger()) == lines + 1


def test_it_refuses_an_auditor_every_duty_that_opens_plate_data(office):
    for duty in ACCESS_DUTIES:
        with pytest.raises(Refused) as refused:
            assign(office.member(AUDITOR), duty, by=DANA)
        assert refused.value.clause == Clause.AUDITS
    assert office.member(AUDITOR).duties_on(now()) == {"auditor"}


def test_it_refuses_the_audit_duty_to_whoever_may_look(office):
    sam = office.member(OUTSIDER)
    for duty in ACCESS_DUTIES - {Duty.SUPERVISOR}:
        assign(sam, duty, by=DANA)
        with pytest.raises(Refused) as refused:
            assign(sam, Duty.AUDITOR, by=DANA)
        assert refused.value.clause == Clause.AUDITS
        relieve(sam, duty, by=DANA)


def test_it_refuses_the_supervisor_the_audit_duty(office):
    assert may_hold(office.member(SUPERVISOR), Duty.AUDITOR)


def test_a_member_who_was_relieved_of_looking_may_audit(office):
    sam = office.member(OUTSIDER)
    assign(sam, Duty.OPERATOR, by=DANA)
    relieve(sam, Duty.OPERATOR, by=DANA)
    assign(sam, Duty.AUDITOR, by=DANA)
    assert sam.duties_on(now()) == {"auditor"}


def test_it_refuses_a_second_supervisor_while_there_is_one(office):
    with pytest.raises(Refused) as refused:
        assign(office.member(OPERATOR), Duty.SUPERVISOR, by=DANA)
    assert refused.value.clause == Clause.SUPERVISOR_MANAGES
    assert "1001 Dana Whitfield" in refused.value.message
    with pytest.raises(Refused, match="never empty"):
        relieve(office.member(SUPERVISOR), Duty.SUPERVISOR, by=DANA)
    hand_over_seat(office.member(OPERATOR), by=office.member(SUPERVISOR))
    assert "supervisor" in office.member(OPERATOR).duties_on(now())
    assert "supervisor" not in office.member(SUPERVISOR).duties_on(now())


def test_nobody_gives_themselves_a_duty(office):
    with pytest.raises(Refused, match="gives themselves"):
        assign(office.member(SUPERVISOR), Duty.INVESTIGATOR, by=DANA)


def test_the_seat_goes_to_a_trained_member_who_does_not_audit_and_from_the_supervisor_only(office):
    dana = office.member(SUPERVISOR)
    for number, because in ((SUPERVISOR, "another member"), (AUDITOR, "audits looks"), (UNTRAINED, "not trained")):
        with pytest.raises(Refused, match=because):
            hand_over_seat(office.member(number), by=dana)
    with pytest.raises(Refused, match="Only the Administrative Supervisor"):
        hand_over_seat(office.member(OPERATOR), by=office.member(DESIGNEE))


def test_looking_and_auditing_given_in_the_same_moment_leave_one_of_the_two(office):
    sam = office.member(OUTSIDER)

    def give(duty):
        try:
            return assign(sam, duty, by=DANA)
        except Refused:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        given = list(both.map(give, (Duty.OPERATOR, Duty.AUDITOR)))
    assert sum(each is not None for each in given) == 1
    assert len(sam.duties_on(now())) == 1
