"""An audit is signed off by somebody who is not in its sample, when every look is judged; late is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.audits import sign_off as module
from platewarden.server.audits.models import Audit, Sheet
from platewarden.server.audits.sample import step
from platewarden.server.audits.sign_off import sign_off
from platewarden.server.audits.testing import ODD, audit_of, fall_due, judged, look_for, turn_auditor
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of

SHOWED = "two looks, both in order"


@pytest.fixture
def audit(office) -> Audit:
    look_for(office, OPERATOR, "AB12345", "AB12346")
    made = audit_of(office)
    for sheet in made.sheets.all():
        judged(office, sheet)
    return made


def test_it_is_signed_off_once_with_who_and_when(office, audit):
    sign_off(request_of(office, AUDITOR), audit, SHOWED)
    audit.refresh_from_db()
    assert (audit.signed_by_number, audit.summary) == (AUDITOR, SHOWED)
    assert not audit.is_late(audit.sign_by + timedelta(days=1))
    assert ("audits.sign", AUDITOR) in office.ledger()
    with pytest.raises(Stale):
        sign_off(request_of(office, AUDITOR), audit, SHOWED)


def test_a_sampled_member_is_refused_by_rule_and_by_the_database(office, audit, monkeypatch):
    turn_auditor(office, OPERATOR)
    with pytest.raises(Refused) as refused:
        sign_off(request_of(office, OPERATOR), audit, SHOWED)
    assert refused.value.clause == Clause.AUDITS
    monkeypatch.setattr(module, "may_sign", lambda *_: None)
    with pytest.raises(ProgrammingError, match="not in the sample"):
        sign_off(request_of(office, OPERATOR), audit, SHOWED)
    assert Audit.objects.get().signed_at is None


def test_a_manager_is_refused(office, audit, monkeypatch):
    with pytest.raises(Refused):
        sign_off(request_of(office, SUPERVISOR), audit, SHOWED)
    monkeypatch.setattr(module, "may_sign", lambda *_: None)
    with pytest.raises(ProgrammingError, match="needs a duty"):
        sign_off(request_of(office, SUPERVISOR), audit, SHOWED)


def test_one_that_is_not_judged_whole_is_refused(office, monkeypatch):
    look_for(office, OPERATOR, "AB12345", "AB12346")
    made = audit_of(office)
    judged(office, made.sheets.first())
    with pytest.raises(Refused, match="1 of its looks is not judged"):
        sign_off(request_of(office, AUDITOR), made, SHOWED)
    monkeypatch.setattr(module, "may_sign", lambda *_: None)
    with pytest.raises(Stale):
        sign_off(request_of(office, AUDITOR), made, SHOWED)


def test_one_that_is_not_drawn_is_refused(office):
    fall_due(office)
    with office.as_role("purge"):
        step()
    with pytest.raises(Refused, match="not drawn yet"):
        sign_off(request_of(office, AUDITOR), Audit.objects.get(), SHOWED)


def test_a_finding_stays_open_beyond_the_signature(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    judged(office, made.sheets.get(), ODD)
    sign_off(request_of(office, AUDITOR), made, "one look, one finding")
    assert Sheet.objects.unsettled().count() == 1


def test_an_audit_without_looks_is_signed_like_any_other(office):
    made = audit_of(office)
    sign_off(request_of(office, AUDITOR), made, "nobody looked at anything")
    assert Audit.objects.get().signed_at


def test_it_is_late_from_the_day_after_its_own(office):
    made = audit_of(office)
    assert not made.is_late(now())
    assert made.is_late(made.sign_by + timedelta(seconds=1))
    assert list(Audit.objects.late(made.sign_by + timedelta(seconds=1))) == [made]


def test_a_signature_says_something(office, audit):
    with pytest.raises(Malformed):
        sign_off(request_of(office, AUDITOR), audit, " ok ")
