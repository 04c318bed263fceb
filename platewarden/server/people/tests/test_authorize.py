"""Authorization for confidential sources: by another member, with a reason, until a day; withdrawn; and in the cars' roster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.exchange.roster_edition import Authorization, RosterEdition
from platewarden.exchange.seal import open_message
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.ledger.write import Signer
from platewarden.server.people.authorize import authorize, may_see, withdraw
from platewarden.server.people.roster import make_roster_if_due
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.people.training import today

DANA = Signer(SUPERVISOR, "Dana Whitfield")
FILE = "State gang file"


def grant(office, **changes):
    facts = {"reason": "works with the gang unit", "until_on": today(now()) + timedelta(days=30), "by": DANA, **changes}
    return authorize(office.member(OPERATOR), FILE, **facts)


def test_a_source_is_closed_until_somebody_else_opens_it_and_closed_again_when_withdrawn(office):
    rosa = office.member(OPERATOR)
    refusal = may_see(rosa, FILE, now())
    assert refusal is not None
    assert refusal.clause == Clause.CONFIDENTIAL_DATA
    grant(office)
    assert office.ledger()[-1] == ("people.authorize", SUPERVISOR)
    assert may_see(rosa, FILE, now()) is None
    assert may_see(rosa, "Federal file", now()) is not None
    assert withdraw(rosa, FILE, by=DANA)
    assert office.ledger()[-1] == ("people.withdraw", SUPERVISOR)
    assert may_see(rosa, FILE, now()) is not None
    assert not withdraw(rosa, FILE, by=DANA)


def test_it_ends_with_its_last_day(office):
    granted = grant(office, until_on=today(now()))
    rosa = office.member(OPERATOR)
    assert may_see(rosa, FILE, granted.until_at - timedelta(seconds=1)) is None
    assert may_see(rosa, FILE, granted.until_at) is not None


def test_a_second_grant_replaces_the_first(office):
    grant(office)
    second = grant(office, until_on=today(now()) + timedelta(days=3))
    assert office.member(OPERATOR).authorizations.in_force(now()).get() == second


def test_nobody_authorizes_themselves(office):
    with pytest.raises(Refused, match="authorizes themselves"):
        grant(office, by=Signer(OPERATOR, "Rosa Vega"))


@pytest.mark.parametrize("wrong", [{"reason": "because"}, {"days": -1}, {"days": 400}])
def test_it_refuses_a_grant_without_a_reason_or_an_end(office, wrong):
    changes = {"until_on": today(now()) + timedelta(days=wrong["days"])} if "days" in wrong else wrong
    with pytest.raises(Malformed):
        grant(office, **changes)


def test_the_roster_carries_the_source_and_its_last_day(office):
    last = today(now()) + timedelta(days=30)
    key = office_signing_key()
    with office.as_role("purge"):
        make_roster_if_due(key)
    grant(office, until_on=last)
    with office.as_role("purge"):
        issue = make_roster_if_due(key)
    roster = RosterEdition.from_body(
        open_message(bytes(issue.message), RosterEdition.kind, {key.key_id: key.public_bytes}.get).body
    )
    (rosa,) = (each for each in roster.members if each.number == OPERATOR)
    assert rosa.authorized == (Authorization(FILE, last),)
    assert (rosa.sources_on(last), rosa.sources_on(last + timedelta(days=1))) == ({FILE}, frozenset())
