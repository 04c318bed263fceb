"""A drawn look is judged by an auditor who was shown it and did not make it; the database holds this too."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.audits import review
from platewarden.server.audits.models import CaseAnswer, Sheet, SheetJudgement
from platewarden.server.audits.review import Verdict, access_to_look, audited_look, judge
from platewarden.server.audits.sign_off import sign_off
from platewarden.server.audits.testing import FITS, ODD, audit_of, judged, look_for, turn_auditor
from platewarden.server.ledger.acts import Act
from platewarden.server.people.testing import AUDITOR, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of


@pytest.fixture
def sheet(office) -> Sheet:
    look_for(office, OPERATOR, "AB12345")
    return audit_of(office).sheets.get()


def test_what_the_look_asked_is_shown_on_a_record_of_its_own(office, sheet):
    before = len(office.ledger())
    look = audited_look(access_to_look(request_of(office, AUDITOR), sheet))
    assert (look.act, look.words, look.reference, look.purpose) == (
        Act.READS_SEARCH,
        "AB12345",
        "26-004117",
        "criminal-investigation",
    )
    assert look.shown == 0
    assert ("audits.look", AUDITOR) in office.ledger()[before:]


def test_a_look_at_one_read_tells_its_plate_while_it_is_kept(office):
    office.receive(office.car(), "CD12345")
    browser = office.browser(OPERATOR)
    page = browser.post("/reads/search/", {"plate": "CD12345", "span": "week"}).content.decode()
    path = page.split('href="/reads/')[1:]
    browser.get("/reads/" + next(each for each in path if each[8] == "-").split('"')[0])
    one = audit_of(office).sheets.get(act="reads.look")
    assert audited_look(access_to_look(request_of(office, AUDITOR), one)).words == "CD12345"


def test_what_was_erased_on_schedule_is_said_to_be(office, sheet):
    with office.database.connect("owner") as owner:
        owner.execute("alter table plates.access_terms disable trigger user")
        owner.execute("delete from plates.access_terms")
    look = audited_look(access_to_look(request_of(office, AUDITOR), sheet))
    assert (look.reference, look.terms, look.words) == (None, None, "")


def test_a_judgement_stands_on_the_sheet_with_who_and_when(office, sheet):
    judged(office, sheet)
    assert (sheet.judgement, sheet.judged_by_number, sheet.case_exists) == (SheetJudgement.IN_ORDER, AUDITOR, CaseAnswer.YES)
    assert ("audits.judge", AUDITOR) in office.ledger()


def test_a_finding_asks_the_member_within_the_days_of_the_plan(office, sheet):
    judged(office, sheet, ODD)
    assert sheet.finding == ODD.finding
    assert sheet.follow_up_by is not None


def test_it_may_be_judged_again_until_it_is_settled(office, sheet):
    judged(office, sheet, ODD)
    judged(office, sheet, FITS)
    assert (sheet.judgement, sheet.finding, sheet.follow_up_by) == (SheetJudgement.IN_ORDER, "", None)


def test_who_was_not_shown_it_cannot_judge_it(office, sheet):
    with pytest.raises(ProgrammingError, match="look at it first"):
        judge(request_of(office, AUDITOR), sheet, FITS)


def test_nobody_judges_their_own_look(office, sheet, monkeypatch):
    turn_auditor(office, OPERATOR)
    request = request_of(office, OPERATOR)
    with pytest.raises(Refused) as refused:
        access_to_look(request, sheet)
    assert refused.value.clause == Clause.AUDITS
    with pytest.raises(Refused):
        judge(request, sheet, FITS)
    monkeypatch.setattr(review, "may_judge", lambda *_: None)
    with pytest.raises(ProgrammingError, match="their own look"):
        judge(request, sheet, FITS)


def test_the_door_refuses_ones_own_look_and_whoever_is_no_auditor(office, sheet, monkeypatch):
    turn_auditor(office, OPERATOR)
    monkeypatch.setattr("platewarden.server.access.desk.may_do", lambda *_: None)
    monkeypatch.setattr(review, "OWN_LOOK", None)
    for number in (OPERATOR, SUPERVISOR):
        access = review.open_access(request_of(office, number), Act.AUDITS_LOOK, {"sheet": sheet.pk})
        with pytest.raises(ProgrammingError, match="who did not make it"):
            audited_look(access)


def test_managers_do_not_judge(office, sheet, monkeypatch):
    with pytest.raises(Refused):
        judge(request_of(office, SUPERVISOR), sheet, FITS)
    monkeypatch.setattr(review, "may_judge", lambda *_: None)
    with pytest.raises(ProgrammingError, match="needs a duty"):
        judge(request_of(office, SUPERVISOR), sheet, FITS)


def test_a_signed_audit_is_not_judged_again(office, sheet, monkeypatch):
    judged(office, sheet)
    sign_off(request_of(office, AUDITOR), sheet.audit, "one look, in order")
    sheet = Sheet.objects.get()
    with pytest.raises(Refused, match="signed off"):
        judge(request_of(office, AUDITOR), sheet, ODD)
    monkeypatch.setattr(review, "may_judge", lambda *_: None)
    with pytest.raises(Stale):
        judge(request_of(office, AUDITOR), sheet, ODD)


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(CaseAnswer.NO, purpose_fits=True, right_person=True, judgement=SheetJudgement.IN_ORDER),
        Verdict(CaseAnswer.YES, purpose_fits=False, right_person=True, judgement=SheetJudgement.IN_ORDER),
        Verdict(CaseAnswer.YES, purpose_fits=True, right_person=False, judgement=SheetJudgement.IN_ORDER),
        Verdict(CaseAnswer.YES, purpose_fits=True, right_person=True, judgement=SheetJudgement.FINDING, finding=" odd "),
    ],
)
def test_a_judgement_that_contradicts_itself_or_says_nothing_is_refused(office, sheet, verdict):
    with pytest.raises(Malformed):
        judged(office, sheet, verdict)


def test_the_pages_login_cannot_write_a_sheet_itself(office, sheet):
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("update office.audits_sheet set judgement = 'in order'")
