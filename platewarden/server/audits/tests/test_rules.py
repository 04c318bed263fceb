"""Who may look at audits, judge, answer, close and sign: each refusal with its clause."""

from __future__ import annotations

from platewarden.policy.clauses import Clause
from platewarden.server.audits.models import Audit, PlanChange, Sheet
from platewarden.server.audits.rules import may_answer, may_close, may_decide_plan, may_judge, may_see, may_sign
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR


def clause(refusal):
    return refusal.clause if refusal else None


def test_managers_and_auditors_see_that_there_are_audits_and_nobody_else(office):
    assert may_see(office.member(SUPERVISOR), now()) is None
    assert may_see(office.member(AUDITOR), now()) is None
    assert may_see(office.member(OPERATOR), now())


def test_a_sheet_is_judged_by_an_auditor_who_did_not_make_the_look_while_it_is_open(office):
    ada = office.member(AUDITOR)
    assert may_judge(Sheet(audit=Audit(), member_number=OPERATOR), ada, now()) is None
    assert clause(may_judge(Sheet(audit=Audit(), member_number=AUDITOR), ada, now())) == Clause.AUDITS
    assert clause(may_judge(Sheet(audit=Audit(signed_at=now()), member_number=OPERATOR), ada, now())) == Clause.AUDITS
    assert clause(may_judge(Sheet(audit=Audit(), member_number=OPERATOR, answered_at=now()), ada, now())) == Clause.AUDITS
    assert may_judge(Sheet(audit=Audit(), member_number=OPERATOR), office.member(SUPERVISOR), now())


def test_only_the_member_answers(office):
    sheet = Sheet(member_number=OPERATOR)
    assert may_answer(sheet, office.member(OPERATOR)) is None
    assert clause(may_answer(sheet, office.member(SUPERVISOR))) == Clause.AUDITS


def test_a_finding_is_closed_after_its_answer_and_never_by_oneself(office):
    ada = office.member(AUDITOR)
    assert clause(may_close(Sheet(member_number=OPERATOR), ada, now())) == Clause.AUDITS
    assert may_close(Sheet(member_number=OPERATOR, answered_at=now()), ada, now()) is None
    assert clause(may_close(Sheet(member_number=AUDITOR, answered_at=now()), ada, now())) == Clause.AUDITS
    assert may_close(Sheet(member_number=OPERATOR, answered_at=now()), office.member(DESIGNEE), now())


def test_an_audit_that_is_not_drawn_is_not_signed(office):
    assert clause(may_sign(Audit(), office.member(AUDITOR), now())) == Clause.AUDITS


def test_a_plan_is_signed_by_another_and_one_of_the_two_is_an_auditor(office):
    asked = PlanChange(asked_by_number=SUPERVISOR, asked_by_auditor=False)
    assert may_decide_plan(asked, office.member(AUDITOR), now()) is None
    assert clause(may_decide_plan(asked, office.member(SUPERVISOR), now())) == Clause.AUDITS
    assert clause(may_decide_plan(asked, office.member(DESIGNEE), now())) == Clause.AUDITS
    assert may_decide_plan(PlanChange(asked_by_number=AUDITOR, asked_by_auditor=True), office.member(DESIGNEE), now()) is None
