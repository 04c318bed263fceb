"""Audits for tests: looks made through the pages, and an audit of them that is due now, opened and drawn as the round does it."""

from __future__ import annotations

from typing import Any

from platewarden.server.audits.models import Audit, CaseAnswer, Sheet, SheetJudgement
from platewarden.server.audits.review import Verdict, access_to_look, audited_look, judge
from platewarden.server.audits.sample import step
from platewarden.server.clock import now
from platewarden.server.ledger.write import CONSOLE
from platewarden.server.people.assign import assign
from platewarden.server.people.models import Assignment, Duty
from platewarden.server.people.testing import AUDITOR
from platewarden.server.retention.testing import request_of

FITS = Verdict(CaseAnswer.YES, purpose_fits=True, right_person=True, judgement=SheetJudgement.IN_ORDER)
ODD = Verdict(
    CaseAnswer.NO,
    purpose_fits=False,
    right_person=True,
    judgement=SheetJudgement.FINDING,
    finding="the case number belongs to another year",
    needs_answer=True,
)


def look_for(office: Any, number: str, *plates: str, purpose: tuple[str, str] = ("criminal-investigation", "26-004117")) -> None:
    """A member searches for plates, through the page."""
    browser = office.browser(number, purpose=purpose)
    for n, each in enumerate(plates):
        if n % 5 == 4:
            office.seal()  # as the worker does all the time: looks are refused while lines wait for it too long
        answer = browser.post("/reads/search/", {"plate": each, "span": "week"})
        assert answer.status_code == 200, answer.content.decode()[:500]


def turn_auditor(office: Any, number: str) -> None:
    """A member gives up every duty and becomes an auditor: whoever looks does not audit at the same time, but may have looked before."""
    with office.as_role("owner"):
        member = office.member(number)
        Assignment.objects.in_force(now()).filter(member=member).update(until_at=now())
        assign(member, Duty.AUDITOR, by=CONSOLE)


def fall_due(office: Any, days: int = 30) -> None:
    """The department was set up so long ago that the next audit is due this moment."""
    office.ask_owner(
        "update office.people_policyedition set in_force_at = clock_timestamp() - make_interval(days => %s) where number = 1 returning 1",
        days,
    )


def opened(office: Any) -> Audit:
    """The audit that is due is opened and drawn, as the office's own round does it."""
    with office.as_role("purge"):
        made = step()
    assert made is not None
    office.seal()
    with office.as_role("purge"):
        assert step() == made
    return Audit.objects.get(pk=made)


def audit_of(office: Any) -> Audit:
    """An audit, due now, of whatever was looked at so far."""
    fall_due(office)
    return opened(office)


def judged(office: Any, sheet: Sheet, verdict: Verdict = FITS, *, by: str = AUDITOR) -> Sheet:
    """Looked at and judged by an auditor."""
    request = request_of(office, by)
    audited_look(access_to_look(request, sheet))
    judge(request, sheet, verdict)
    sheet.refresh_from_db()
    return sheet


__all__ = ["FITS", "ODD", "audit_of", "fall_due", "judged", "look_for", "opened", "turn_auditor"]
