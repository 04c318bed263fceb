"""The plan: how often, how many looks, what marks a look and how much a mark weighs. It stands in the policy under [audits].

Changed like every row of the policy: one member asks, a second one signs, both known to the database by the keys of their sign-ins. One of
the two is an auditor, so that managers cannot thin out the audits of themselves. An audit keeps the plan that it opened with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.department import load_department, with_figures
from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.access.person import MEANWHILE, ask_as_the_person
from platewarden.server.audits.models import Audit, PlanChange, PlanState
from platewarden.server.audits.rules import may_decide_plan
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member, PolicyEdition
from platewarden.server.people.rules import may_do


@dataclass(frozen=True)
class NextAudit:
    """The audit that opens itself next: of which period, and when it is due."""

    since: datetime
    due_at: datetime


def next_audit() -> NextAudit | None:
    """None before the department was set up."""
    with connection.cursor() as cursor:
        cursor.execute("select since, due_at from office.next_audit()")
        row = cursor.fetchone()
    return NextAudit(*row) if row else None


def auditors(at: datetime) -> list[Member]:
    """Who does them: the members with the duty."""
    return [
        member for member in Member.objects.filter(is_active=True).order_by("number") if Duty.AUDITOR.value in member.duties_on(at)
    ]


def is_behind(at: datetime) -> bool:
    """Something of the plan is not kept: an audit is late, or one was due and has not opened within the hour."""
    coming = next_audit()
    return Audit.objects.late(at).exists() or (coming is not None and (at - coming.due_at).total_seconds() > 3600)


def waiting_change() -> PlanChange | None:
    return PlanChange.objects.filter(state=PlanState.WAITING).first()


def ask(request: HttpRequest, figures: dict[str, int], *, because: str) -> int:
    """Asks for other figures. Recorded as `audits.plan`. One change waits at a time."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.AUDITS_PLAN, now()):
        raise Refused(refusal)
    newest = PolicyEdition.objects.order_by("-number").first()
    assert newest is not None  # somebody is signed in, so the department is set up
    standing = load_department(text=newest.text).audits
    changed = {name: figure for name, figure in figures.items() if standing[name] != figure}
    if not changed:
        raise Malformed("Nothing changes: the plan says these figures already. Change at least one.")
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why, so that whoever reads it in a year understands.")
    with_figures(newest.text, "audits", changed)  # refuses what cannot be
    if waiting_change():
        raise Stale("Another change of the plan waits already. Have it decided first.")
    return int(
        ask_as_the_person(
            request, "ask_audit_plan(%s, %s::jsonb, %s, %s)", json.dumps(changed), newest.number, because.strip()[:200]
        )
    )


def decide(request: HttpRequest, change_id: int, *, sign: bool) -> int | None:
    """Signs or refuses the change that waits; the number of the policy's new edition when signed. Recorded as `audits.plan_decided`."""
    member = request.user
    assert isinstance(member, Member)
    change = PlanChange.objects.filter(pk=change_id, state=PlanState.WAITING).first()
    if change is None:
        raise Stale(MEANWHILE)
    if refusal := may_decide_plan(change, member, now()):
        raise Refused(refusal)
    number = ask_as_the_person(request, "decide_audit_plan(%s, %s, %s)", change_id, sign)
    return int(number) if number is not None else None
