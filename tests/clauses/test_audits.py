"""The system is audited on a regular basis."""

from __future__ import annotations

from platewarden.server.audits.models import Audit
from platewarden.server.audits.testing import audit_of, fall_due, judged, look_for, turn_auditor
from platewarden.server.people.testing import AUDITOR, OPERATOR, SUPERVISOR
from tests.clauses.conftest import text_of

SHOWED = {"words": "one look, its case is known"}


def test_an_audit_opens_itself_when_it_is_due_and_draws_its_own_sample(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    assert made.sheets.count() == 1
    assert "Open" in text_of(office.browser(AUDITOR).get("/audits/"))


def test_one_that_did_not_open_or_was_not_signed_in_time_is_red(office):
    fall_due(office, days=31)
    assert "was due on" in text_of(office.browser(SUPERVISOR).get("/audits/"))
    audit_of(office)
    office.ask_owner("update office.audits_audit set sign_by = clock_timestamp() returning 1")
    assert "Late" in text_of(office.browser(SUPERVISOR).get("/audits/"))
    assert "1 audit is not signed off by its day" in text_of(office.browser(AUDITOR).get("/"))


def test_it_is_signed_off_by_somebody_who_is_not_in_its_sample(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    judged(office, made.sheets.get())
    turn_auditor(office, OPERATOR)
    assert office.browser(OPERATOR).post(f"/audits/{made.pk}/sign/", SHOWED).status_code == 403
    assert "is signed off" in text_of(office.browser(AUDITOR).post(f"/audits/{made.pk}/sign/", SHOWED, follow=True))
    assert Audit.objects.get().signed_by_number == AUDITOR
    assert ("audits.sign", AUDITOR) in office.ledger()
