"""What is found out later is added; nothing is taken away."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.audits.testing import audit_of, look_for
from platewarden.server.complaints.decide import decide
from platewarden.server.complaints.link import link
from platewarden.server.complaints.models import ComplaintOutcome
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import complained
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.testing import request_of


def test_the_look_of_an_audit_names_its_member(office):
    office.car()
    look_for(office, OPERATOR, "AB12345")
    sheet = audit_of(office).sheets.get(position=1)
    made = complained(office)
    found = link(request_of(office, AUDITOR), made, Links(sheet=sheet, look_line=sheet.leaf_id))
    assert (found.members, found.sheet, found.look_line) == ([OPERATOR], sheet, sheet.leaf_id)
    assert ("complaints.link", AUDITOR) in office.ledger()
    assert link(request_of(office, SUPERVISOR), found, Links(members=(office.member(OUTSIDER),))).members == [OPERATOR, OUTSIDER]


def test_a_second_alert_is_refused_and_so_is_nothing(office):
    office.car()
    first = alert_of(office)
    made = complained(office, links=Links(alert=first))
    with pytest.raises(Malformed, match="Another alert"):
        link(request_of(office, SUPERVISOR), made, Links(alert=alert_of(office, plate="LM98765")))
    with pytest.raises(Malformed, match="what was found out"):
        link(request_of(office, SUPERVISOR), made, Links())
    with pytest.raises(Malformed, match="no look on that line"):
        link(request_of(office, SUPERVISOR), made, Links(look_line=999_999))


def test_found_to_be_about_a_manager_it_goes_to_the_auditor(office):
    office.car()
    alert = alert_of(office)
    verified(alert, by=office.member(SUPERVISOR))
    made = link(request_of(office, DESIGNEE), complained(office), Links(alert=alert))
    assert (made.members, made.to_auditor) == ([SUPERVISOR], True)


def test_whom_it_is_about_adds_nothing_nor_does_anybody_once_it_is_decided(office, monkeypatch):
    made = complained(office, links=Links(members=(office.member(SUPERVISOR),)))
    more = Links(members=(office.member(OPERATOR),))
    with pytest.raises(Refused, match="about you"):
        link(request_of(office, SUPERVISOR), made, more)
    decide(
        request_of(office, AUDITOR),
        made,
        ComplaintOutcome.UNFOUNDED,
        because="the stop was of another day",
        answer="It was not us.",
    )
    with pytest.raises(Refused, match="is decided"):
        link(request_of(office, DESIGNEE), made, more)
    monkeypatch.setattr("platewarden.server.complaints.link.may_link", lambda *_: None)
    with pytest.raises(Exception, match="settled this meanwhile"):
        link(request_of(office, DESIGNEE), made, more)
    with pytest.raises(Exception, match="needs a duty"):
        link(request_of(office, OPERATOR), complained(office), more)
