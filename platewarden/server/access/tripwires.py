"""Tripwires: looks that somebody else should see. The database feels them in the transaction that opens a look, by the policy's figures.

The documented cases of this field are looks at one family again and again, with a reason that nobody asked about. Here the n-th look of one
member at one plate is raised, and from some number on further ones are refused until somebody else has judged that they are in order.
What is raised about a manager goes to the auditor alone. Protected plates are kept as keyed hashes that nobody can list.

The one who tripped it is not told. Known gap: there is no connector to a case system, so whether a case is open is for the judge to say;
looks at the alert console count for no plate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from platewarden.plate.text import PlateText
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.access.models import Judgement, Tripped
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do

ELSE = Refusal(Clause.LEGITIMATE_PURPOSE, "Nobody judges their own looks, and the looks of managers are the auditor's to judge.")

JUDGED = "Somebody judged this already. Look at the list again."


def shown_to(member: Member) -> list[Tripped]:
    """What waits for this member's judgement, oldest first."""
    if may_do(member, Act.ACCESS_JUDGE, now()):
        return []
    waiting = Tripped.objects.waiting().exclude(member_number=member.number).order_by("pk")
    if Duty.AUDITOR.value not in member.duties_on(now()):
        waiting = waiting.filter(to_auditor=False)
    return list(waiting[:200])


@dataclass(frozen=True)
class Asked:
    """What was asked in a look; terms and reference None where they were erased on schedule."""

    at: datetime
    act: Act
    purpose: str
    reference: str | None
    terms: dict[str, Any] | None
    is_the_one: bool

    @property
    def words(self) -> str:
        """The plate or partial plate that was asked for; empty for a look at one read."""
        return str((self.terms or {}).get("plate") or (self.terms or {}).get("pattern") or "")


def access_to_asked(request: HttpRequest, tripped: Tripped) -> Access:
    """A look at a look: recorded like any other. Refused as a judgement is."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_judge(tripped, member):
        raise Refused(refusal)
    return open_access(request, Act.ACCESS_REVIEW, {"tripped": tripped.pk})


def what_was_asked(access: Access) -> list[Asked]:
    """The look that the access names, and the member's other looks at the same plate, newest first."""
    return [
        Asked(row["at"], Act(row["act"]), row["purpose"], row["reference"], row["terms"], row["is_the_one"])
        for row in through_door(access, "looks_to_judge")
    ]


def may_judge(tripped: Tripped, member: Member) -> Refusal | None:
    """Refuses oneself, whoever lacks the duty, and a manager about a manager."""
    if refusal := may_do(member, Act.ACCESS_JUDGE, now()):
        return refusal
    is_auditor = Duty.AUDITOR.value in member.duties_on(now())
    return ELSE if tripped.member_number == member.number or (tripped.to_auditor and not is_auditor) else None


def judge(request: HttpRequest, tripped: Tripped, judgement: Judgement, note: str) -> None:
    """Says whether a look was in order, and why. Recorded as `access.judge`. “In order” opens the plate again to the member."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_judge(tripped, member):
        raise Refused(refusal)
    if len(note.strip()) < 8:
        raise Malformed("Say in a few words on what your judgement rests, such as who confirmed the case.")
    ask_as_the_person(request, "judge_tripped(%s, %s, %s, %s)", tripped.pk, judgement.value, note.strip()[:300], meanwhile=JUDGED)


def protect(request: HttpRequest, plate: PlateText, *, on: bool) -> bool:
    """Puts a plate on the list that nobody can read, or takes it off. False when nothing changed. Recorded without the plate."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.ACCESS_PROTECT, now()):
        raise Refused(refusal)
    return bool(ask_as_the_person(request, "protect_plate(%s, %s, %s)", plate.text, on))
