"""The supervisor or designee reviews and approves the request before it is fulfilled."""

from __future__ import annotations

from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.models import RequestState
from platewarden.server.release.testing import received
from tests.clauses.conftest import text_of

DECISION = {"decision": "approve", "because": "one vehicle, one robbery"}


def test_the_supervisor_approves_what_the_designee_took_in(office):
    made = received(office, by=DESIGNEE)
    assert made.state == RequestState.WAITING
    page = text_of(office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", DECISION, follow=True))
    assert "is approved" in page
    assert ("release.decide", SUPERVISOR) in office.ledger()


def test_nobody_else_does_nor_whoever_took_it_in(office):
    made = received(office, by=DESIGNEE)
    for number in (OPERATOR, DESIGNEE):
        assert office.browser(number).post(f"/release/{made.pk}/decide/", DECISION).status_code == 403
    made.refresh_from_db()
    assert made.state == RequestState.WAITING
