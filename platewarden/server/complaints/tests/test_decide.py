"""Decided once, never by whom it is about or who took it in."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.complaints.decide import decide
from platewarden.server.complaints.models import Complaint, ComplaintOutcome
from platewarden.server.complaints.on_file import access_to_paper, paper
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import complained
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of

WHY, ANSWER = "the list was a day old", "Our list was old that day. We are sorry."


def decided(office, made, *, by=SUPERVISOR, because=WHY, answer=ANSWER):
    return decide(request_of(office, by), made, ComplaintOutcome.FOUNDED, because=because, answer=answer)


def test_it_is_decided_with_who_why_and_the_answer(office):
    made = decided(office, complained(office))
    assert (made.outcome, made.decided_by_number, made.decided_because) == ("founded", SUPERVISOR, WHY)
    assert paper(access_to_paper(request_of(office, SUPERVISOR), made)).answer == ANSWER
    assert ("complaints.decide", SUPERVISOR) in office.ledger()


def test_it_is_decided_once(office):
    made = complained(office)
    other = Complaint.objects.get(pk=made.pk)
    decided(office, made)
    for again in (made, other):
        with pytest.raises(Stale):
            decided(office, again, by=AUDITOR)


def test_who_took_it_in_whom_it_is_about_and_a_manager_about_a_manager_are_refused_twice(office, monkeypatch):
    taken, about = complained(office), complained(office, links=Links(members=(office.member(SUPERVISOR),)))
    with pytest.raises(Refused, match="took a complaint in"):
        decided(office, taken, by=DESIGNEE)
    with pytest.raises(Refused, match="about you"):
        decided(office, about)
    with pytest.raises(Refused):
        decided(office, taken, by=OPERATOR)
    monkeypatch.setattr("platewarden.server.complaints.decide.may_decide", lambda *_: None)
    for made, by in ((taken, DESIGNEE), (about, SUPERVISOR), (about, DESIGNEE), (taken, OPERATOR)):
        with pytest.raises(Exception, match=r"somebody else decides|needs a duty"):
            decided(office, made, by=by)
    assert decided(office, about, by=AUDITOR).decided_by_number == AUDITOR


def test_a_designee_does_not_decide_about_the_supervisor(office):
    about = complained(office, by=SUPERVISOR, links=Links(members=(office.member(DESIGNEE),)))
    with pytest.raises(Refused, match="took a complaint in"):
        decided(office, about)
    assert about.to_auditor


def test_without_reason_or_answer_it_is_said(office):
    made = complained(office)
    for wrong in ({"because": "ok"}, {"answer": "sorry"}):
        with pytest.raises(Malformed):
            decided(office, made, **wrong)
