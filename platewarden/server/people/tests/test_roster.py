"""The roster for cars: made when something changed or a day went by, signed, without whoever left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.roster_edition import RosterEdition
from platewarden.exchange.seal import open_message
from platewarden.exchange.shift_secret import make_verifier, secret_fits
from platewarden.policy.department import load_department
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import assign
from platewarden.server.people.enrol import enrol_member, leave
from platewarden.server.people.models import Duty, Member, RosterIssue
from platewarden.server.people.roster import make_roster_if_due
from platewarden.server.people.shift_secret import ShiftCredentials, hand_out
from platewarden.server.people.testing import LAPSED, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED, train
from platewarden.server.people.training import today

DANA = Signer(SUPERVISOR, "Dana Whitfield")


@pytest.fixture
def due(office):
    """Asks as the worker does."""

    def ask():
        with office.as_role("purge"):
            return make_roster_if_due(office_signing_key())

    return ask


def opened(issue):
    key = office_signing_key()
    raw = open_message(bytes(issue.message), RosterEdition.kind, {key.key_id: key.public_bytes}.get)
    return RosterEdition.from_body(raw.body)


def test_the_roster_is_signed_by_the_office_and_says_who_may_operate_until_when(office, due):
    edition = opened(due())
    rows = {member.number: member for member in edition.members}
    assert edition.number == 1
    assert edition.policy_edition == 1
    assert rows[OPERATOR].duties == ("investigator", "operator")
    assert rows[UNTRAINED].trained_until is None
    assert rows[LAPSED].trained_until == today(now()) - timedelta(days=1)
    handed = office.handed[OPERATOR]
    assert secret_fits(handed.shift_secret, rows[OPERATOR].verifier, handed.shift_key)
    assert not secret_fits(handed.shift_secret, rows[OPERATOR].verifier)
    assert not secret_fits(handed.password, rows[OPERATOR].verifier, handed.shift_key)
    assert edition.policy == load_department().text
    assert office.ledger()[-1] == ("people.roster", None)


def test_it_is_not_made_again_while_nothing_changed(office, due):
    assert due().number == 1
    assert due() is None
    enrolled = len(office.ledger())
    assert due() is None
    assert len(office.ledger()) == enrolled


@pytest.mark.parametrize(
    "change",
    [
        lambda office: hand_out(enrol_member(number="1100", name="Nia Lowe", by=DANA)[0], ShiftCredentials.new(), by=DANA),
        lambda office: hand_out(office.member(OPERATOR), ShiftCredentials.new(), by=DANA),
        lambda office: assign(office.member(OUTSIDER), Duty.OPERATOR, by=DANA),
        lambda office: train(office.member(UNTRAINED), until=today(now())),
        lambda office: leave(office.member(OPERATOR), by=DANA),
    ],
)
def test_it_is_made_when_members_duties_or_training_change(office, due, change):
    assert due().number == 1
    change(office)
    assert due().number == 2
    assert due() is None


def test_whoever_left_is_gone_from_the_next_one(office, due):
    due()
    leave(office.member(OPERATOR), by=DANA)
    assert OPERATOR not in {member.number for member in opened(due()).members}


def test_it_is_made_again_after_a_day(office, due):
    first = due()
    with office.as_role("owner"):
        RosterIssue.objects.filter(pk=first.pk).update(made_at=now() - timedelta(days=1, seconds=1))
    assert due().number == 2


def test_a_secret_that_was_handed_out_without_a_key_does_not_ride_in_cars(office, due):
    with office.as_role("owner"):
        Member.objects.filter(number=OPERATOR).update(shift_verifier=make_verifier("blue heron"))
    assert OPERATOR not in {member.number for member in opened(due()).members}


def test_the_deployment_orders_ride_with_it_and_a_change_makes_the_next(office):
    order = DeploymentOrder(
        number=1, unit_key_id=bytes(16), member=OPERATOR, place="Park Avenue", purpose="stolen-property",
        reference="26-004117", ordered_by="1001 Dana Whitfield", ordered_on=today(now()), review_on=today(now()),
    )  # fmt: skip
    with office.as_role("purge"):
        key = office_signing_key()
        assert opened(make_roster_if_due(key, (order,))).orders == (order,)
        assert make_roster_if_due(key, (order,)) is None
        assert opened(make_roster_if_due(key)).orders == ()
