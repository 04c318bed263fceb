"""Judging a drawn look: an auditor is shown what it asked for, under a line in the ledger, and says what they think of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.audits.models import CaseAnswer, Sheet, SheetJudgement
from platewarden.server.audits.rules import OWN_LOOK, may_judge
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.training import today


@dataclass(frozen=True)
class AuditedLook:
    """What a drawn look was: reference, terms and plate None where they were erased on schedule; `shown` None: up to its limit."""

    at: datetime
    act: Act
    purpose: str
    reference: str | None
    terms: dict[str, Any] | None
    of_read: str | None
    shown: int | None

    @property
    def words(self) -> str:
        """The plate or partial plate that was asked for, or of the read that was opened."""
        terms = self.terms or {}
        return str(terms.get("plate") or terms.get("pattern") or self.of_read or "")


@dataclass(frozen=True)
class Verdict:
    """What an auditor says of a look."""

    case_exists: CaseAnswer
    purpose_fits: bool
    right_person: bool
    judgement: SheetJudgement
    finding: str = ""
    needs_answer: bool = False


def access_to_look(request: HttpRequest, sheet: Sheet) -> Access:
    """A look at a look, recorded like any other. Refused: one's own."""
    if isinstance(request.user, Member) and sheet.member_number == request.user.number:
        raise Refused(OWN_LOOK)
    return open_access(request, Act.AUDITS_LOOK, {"sheet": sheet.pk})


def audited_look(access: Access) -> AuditedLook:
    row = through_door(access, "audited_look")[0]
    return AuditedLook(**(row | {"act": Act(row["act"])}))


def judge(request: HttpRequest, sheet: Sheet, verdict: Verdict) -> None:
    """Writes the judgement on the sheet. Recorded as `audits.judge`. Refused by the database too: unseen, or one's own look."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_judge(sheet, member, now()):
        raise Refused(refusal)
    is_finding, said = verdict.judgement == SheetJudgement.FINDING, verdict.finding.strip()
    if is_finding and len(said) < 8:
        raise Malformed("Say in a few words what you found.")
    if not is_finding and not (verdict.purpose_fits and verdict.right_person and verdict.case_exists != CaseAnswer.NO):
        raise Malformed("A case that does not exist, a purpose that does not fit or the wrong person is a finding. Say so.")
    answer_by = (
        today(now()) + timedelta(days=department().audits["audit_answer_days"]) if is_finding and verdict.needs_answer else None
    )
    ask_as_the_person(
        request,
        "judge_sheet(%s, %s, %s, %s, %s, %s, %s, %s)",
        sheet.pk,
        verdict.case_exists.value,
        verdict.purpose_fits,
        verdict.right_person,
        verdict.judgement.value,
        said[:500] if is_finding else "",
        answer_by,
    )
