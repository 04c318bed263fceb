"""Who may look at a sheet, judge, answer, close, sign and change the plan. Questions only; the database asks them again."""

from __future__ import annotations

from datetime import datetime

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal
from platewarden.server.audits.models import Audit, PlanChange, Sheet
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do

OWN_LOOK = Refusal(Clause.AUDITS, "Nobody judges their own looks. Ask another auditor.")


def may_see(member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever is neither manager nor auditor; managers see states and dates, and no sheet."""
    return may_do(member, Act.AUDITS_PLAN, at)


def may_judge(sheet: Sheet, member: Member, at: datetime) -> Refusal | None:
    """Refuses one's own look, a settled sheet, and whoever is no auditor."""
    if refusal := may_do(member, Act.AUDITS_JUDGE, at):
        return refusal
    if sheet.member_number == member.number:
        return OWN_LOOK
    if sheet.audit.signed_at:
        return Refusal(Clause.AUDITS, "This audit is signed off: its judgements stand. Say it in the next one.")
    if sheet.answered_at or sheet.closed_at:
        return Refusal(Clause.AUDITS, "This finding was answered: the judgement stands. Close it with what came of it.")
    return None


def may_answer(sheet: Sheet, member: Member) -> Refusal | None:
    """Only the member whose look it is answers, trained or not, with whatever duty."""
    if sheet.member_number == member.number:
        return None
    return Refusal(Clause.AUDITS, "Only the member who made this look answers. Look at the list of what is asked of you.")


def may_close(sheet: Sheet, member: Member, at: datetime) -> Refusal | None:
    """Refuses before an answer, unless the member has left; and one's own."""
    if refusal := may_do(member, Act.AUDITS_CLOSE, at):
        return refusal
    if sheet.member_number == member.number:
        return OWN_LOOK
    if sheet.answered_at is None and Member.objects.filter(number=sheet.member_number, is_active=True).exists():
        return Refusal(Clause.AUDITS, "A finding stays open until the member has answered. Remind them.")
    return None


def may_sign(audit: Audit, member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever is in the sample, and an audit that is not judged whole."""
    if refusal := may_do(member, Act.AUDITS_SIGN, at):
        return refusal
    if audit.drawn_at is None:
        return Refusal(Clause.AUDITS, "Its sample is not drawn yet. Is the worker running? It takes a second or two.")
    if audit.sheets.filter(member_number=member.number).exists():
        return Refusal(Clause.AUDITS, "A look of yours is in this sample, so somebody else signs it off: another auditor.")
    if left := audit.sheets.filter(judged_at=None).count():
        return Refusal(Clause.AUDITS, f"{left} of its looks {'is' if left == 1 else 'are'} not judged yet. Judge them first.")
    return None


def may_decide_plan(change: PlanChange, member: Member, at: datetime) -> Refusal | None:
    """Refuses who asked, and two managers without an auditor."""
    if refusal := may_do(member, Act.AUDITS_PLAN_DECIDED, at):
        return refusal
    if change.asked_by_number == member.number:
        return Refusal(Clause.AUDITS, "A second member signs a plan, never the one who asked for it. Ask a colleague.")
    if not change.asked_by_auditor and Duty.AUDITOR.value not in member.duties_on(at):
        return Refusal(Clause.AUDITS, "Managers do not change by themselves how they are audited: an auditor signs this one.")
    return None
