"""Who may see how the policy stands."""

from __future__ import annotations

from datetime import datetime

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import MANAGERS

MAY_SEE = MANAGERS | {Duty.AUDITOR}


def may_see(member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever neither manages nor audits: the records that are named say who is looked into."""
    if member.duties_on(at) & {duty.value for duty in MAY_SEE}:
        return None
    return Refusal(
        Clause.ASSIGNED_MEMBERS, "How the policy stands is for the supervisor, a designee and the auditor. Ask one of them."
    )
