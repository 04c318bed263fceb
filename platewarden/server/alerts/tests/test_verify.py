"""Verification and acknowledgement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.policy.verification import Answered, EyeSaw, Outcome
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert, AlertState, Verification
from platewarden.server.alerts.testing import alert_of, checked, verified
from platewarden.server.alerts.verify import acknowledge, verify
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR


def test_it_records_what_eyes_saw_and_what_came_back_with_the_words_apart(office):
    alert = alert_of(office)
    found = verified(alert, by=office.member(OPERATOR), note="Blue sedan, as listed.", source=" LEADS ", reference=" 77-1204 ")
    assert (found.source, found.reference, found.answer, found.unlocks) == ("LEADS", "77-1204", Answered.CONFIRMS, True)
    assert Alert.objects.get().state == AlertState.VERIFIED
    assert office.ledger()[-1] == ("alerts.verify", OPERATOR)
    assert office.ask_owner("select kind, body, member from plates.alert_note") == [
        ("verification", "Blue sedan, as listed.", "1042 Rosa Vega")
    ]
    assert "Blue sedan" not in str(office.ask_owner("select body from office.ledger_leaf"))


def test_a_return_that_is_pending_verifies_nothing_yet(office):
    alert = alert_of(office)
    found = verified(alert, by=office.member(OPERATOR), answer=Answered.PENDING)
    assert not found.unlocks
    assert Alert.objects.get().state == AlertState.RAISED


def test_it_refuses_members_without_duty_or_training(office):
    alert = alert_of(office)
    for number in (AUDITOR, LAPSED, LIST_MANAGER):
        for act in (lambda by: verified(alert, by=by), lambda by: acknowledge(alert.pk, by=by)):
            with pytest.raises(Refused):
                act(office.member(number))
    assert not Verification.objects.exists()
    assert Alert.objects.get().state == AlertState.RAISED


def test_it_refuses_a_return_from_the_future_or_older_than_the_read(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    for wrong in (now() + timedelta(minutes=3), alert.captured_at - timedelta(minutes=3)):
        with pytest.raises(Malformed):
            verified(alert, by=rosa, at=wrong)
    for wrong in ({"source": " "}, {"reference": ""}):
        with pytest.raises(Malformed, match="official database"):
            verified(alert, by=rosa, **wrong)
    assert not Verification.objects.exists()


def test_a_car_whose_clock_is_ahead_does_not_keep_a_return_out(office):
    bolo_in_force("AB12345")
    office.receive(office.car(), "AB12345", at=now() + timedelta(minutes=9))
    assert verified(Alert.objects.get(), by=office.member(OPERATOR)).unlocks


def test_a_closed_alert_is_stale(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    dispose(alert.pk, outcome=Outcome.NOT_LOCATED, ground="", because="", by=rosa)
    with pytest.raises(Stale):
        verified(alert, by=rosa)
    assert acknowledge(alert.pk, by=rosa).state == AlertState.DISPOSED


def test_an_alert_that_is_not_there_is_unknown(office):
    rosa = office.member(OPERATOR)
    for act in (
        lambda: verify(4711, checked(), by=rosa),
        lambda: acknowledge(4711, by=rosa),
        lambda: dispose(4711, outcome=Outcome.NOT_LOCATED, ground="", because="", by=rosa),
    ):
        with pytest.raises(Unknown):
            act()


def test_whoever_acknowledges_first_is_the_one_and_it_is_recorded_once(office):
    alert = alert_of(office)
    acknowledge(alert.pk, by=office.member(OPERATOR))
    again = acknowledge(alert.pk, by=office.member(DESIGNEE))
    assert (again.state, again.acknowledged_by) == (AlertState.ACKNOWLEDGED, "1042 Rosa Vega")
    assert [act for act, _ in office.ledger()].count("alerts.acknowledge") == 1


@pytest.mark.parametrize(
    ("changes", "unlocks"),
    [
        ({}, True),
        ({"vehicle": EyeSaw.CANNOT_TELL}, True),
        ({"vehicle": EyeSaw.DIFFERENT}, False),
        ({"characters": EyeSaw.CANNOT_TELL}, False),
        ({"characters": EyeSaw.DIFFERENT}, False),
        ({"state": EyeSaw.CANNOT_TELL}, False),
        ({"state": EyeSaw.DIFFERENT}, False),
        *(({"answer": answer}, False) for answer in Answered if answer != Answered.CONFIRMS),
    ],
)
def test_only_eyes_and_return_together_unlock_enforcement(changes, unlocks):
    said = checked(**changes)
    found = Verification(characters=said.characters, state=said.state, vehicle=said.vehicle, answer=said.answer)
    assert found.unlocks is unlocks
