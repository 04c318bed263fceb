"""The supervisor or designee decides, never who took the request in; the database holds it too."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.ledger.write import CONSOLE
from platewarden.server.people.assign import assign
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.models import AgencyKind, RequestState
from platewarden.server.release.on_file import access_to_papers, papers
from platewarden.server.release.review import decide
from platewarden.server.release.testing import PERMIT, by_law, received
from platewarden.server.retention.testing import request_of

WHY = "a robbery of our own county, and one vehicle"


def decided(office, made, *, by=SUPERVISOR, approves=True, because=WHY, **more):
    return decide(request_of(office, by), made.pk, approves=approves, because=because, **more)


def test_it_is_approved_with_who_and_why(office):
    made = decided(office, received(office))
    assert (made.state, made.decided_by_number, made.decided_because) == (RequestState.APPROVED, SUPERVISOR, WHY)
    assert ("release.decide", SUPERVISOR) in office.ledger()


def test_it_is_approved_for_less(office):
    made = decided(office, received(office), only="one day, 11/20/2026")
    assert made.is_narrowed
    assert papers(access_to_papers(request_of(office, SUPERVISOR), made)).narrowed == "one day, 11/20/2026"


def test_it_is_denied_and_nothing_of_it_is_approved(office):
    made = decided(office, received(office), approves=False, only="one day")
    assert made.state == RequestState.DENIED
    assert not made.is_narrowed
    assert papers(access_to_papers(request_of(office, SUPERVISOR), made)).narrowed == ""


def test_whoever_took_it_in_is_refused(office):
    made = received(office, by=DESIGNEE)
    with pytest.raises(Refused) as refused:
        decided(office, made, by=DESIGNEE)
    assert refused.value.clause == Clause.RELEASE_REVIEWED


def test_an_operator_is_refused(office):
    made = received(office)
    with pytest.raises(Refused):
        decided(office, made, by=OPERATOR)


def test_the_database_refuses_whoever_took_it_in_and_what_a_rule_bars(office, monkeypatch):
    monkeypatch.setattr("platewarden.server.release.review.may_decide", lambda *_: None)
    monkeypatch.setattr("platewarden.server.release.review.may_approve", lambda *_: None)
    made = received(office, by=DESIGNEE)
    with pytest.raises(Exception, match="somebody else decides"):
        decided(office, made, by=DESIGNEE)
    with pytest.raises(Exception, match="needs a duty"):
        decided(office, made, by=OPERATOR)
    with pytest.raises(Exception, match="a rule bars this"):
        decided(office, received(office, agency_state="WI"))


def test_it_is_decided_once(office):
    made = received(office)
    decided(office, made)
    with pytest.raises(Stale):
        decided(office, made, approves=False)


def test_a_referred_request_is_closed(office):
    with pytest.raises(Stale):
        decided(office, received(office, agency_kind=AgencyKind.PRIVATE))


def test_the_pages_login_cannot_write_a_decision_itself(office):
    received(office)
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("update office.release_releaserequest set state = 'approved'")


def test_without_a_reason_or_a_request_it_is_refused(office):
    with pytest.raises(Malformed):
        decided(office, received(office), because="ok")
    with pytest.raises(Unknown):
        decide(request_of(office, SUPERVISOR), 999, approves=True, because=WHY)


def test_a_rule_of_the_jurisdiction_bars_an_approval_and_a_denial_stands(office):
    made = received(office, agency_state="WI")
    with pytest.raises(Refused, match="declares in writing"):
        decided(office, made)
    assert decided(office, made, approves=False).state == RequestState.DENIED
    assert decided(office, received(office, agency_state="WI", has_declaration=True)).state == RequestState.APPROVED


def test_what_only_a_law_permits_is_approved_by_the_supervisor_alone(office, monkeypatch):
    assign(Member.objects.get(number=OPERATOR), Duty.DESIGNEE, by=CONSOLE)
    made = received(office, **by_law())
    with pytest.raises(Refused, match="the supervisor decides"):
        decided(office, made, by=OPERATOR)
    monkeypatch.setattr("platewarden.server.release.review.may_approve", lambda *_: None)
    with pytest.raises(Exception, match="the supervisor approves what only a law permits"):
        decided(office, made, by=OPERATOR)
    assert papers(access_to_papers(request_of(office, SUPERVISOR), made)).permit == PERMIT
    assert decided(office, made).state == RequestState.APPROVED


def test_the_designee_may_deny_it(office):
    assign(Member.objects.get(number=OPERATOR), Duty.DESIGNEE, by=CONSOLE)
    assert decided(office, received(office, **by_law()), by=OPERATOR, approves=False).state == RequestState.DENIED


def test_a_prohibited_purpose_bars_it_all_the_same(office):
    with pytest.raises(Refused, match="not released for the enforcement of immigration law"):
        decided(office, received(office, **by_law(prohibited="the enforcement of immigration law")))
