"""Duties: given and taken by the supervisor, one at a time, each with who and since when."""

from __future__ import annotations

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import ACCESS_DUTIES, Assignment, Duty, Member


def may_hold(member: Member, duty: Duty) -> Refusal | None:
    """Refuses an audit duty beside a duty that opens plate data, the other way round, and a second supervisor."""
    held = {Duty(held) for held in member.duties_on(now())}
    if (duty == Duty.AUDITOR and held & ACCESS_DUTIES) or (duty in ACCESS_DUTIES and Duty.AUDITOR in held):
        return Refusal(
            Clause.AUDITS,
            f"{member.name} cannot audit looks and also look. Take the other duty first, or choose another member.",
        )
    seated = Assignment.objects.filter(duty=Duty.SUPERVISOR, until_at=None).exclude(member=member).select_related("member").first()
    if duty == Duty.SUPERVISOR and seated:
        return Refusal(
            Clause.SUPERVISOR_MANAGES,
            f"There is one Administrative Supervisor at a time, and {seated.member} is it. Relieve that member first.",
        )
    return None


def assign(member: Member, duty: Duty, *, by: Signer) -> Assignment:
    """Gives a duty. Refuses an auditor who looks; giving it again returns the assignment in force."""
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)  # two duties given at once are asked about one after the other
        if refusal := may_hold(member, duty):
            raise Refused(refusal)
        assignment, is_new = Assignment.objects.get_or_create(
            member=member, duty=duty, until_at=None, defaults={"given_by": str(by), "since_at": now()}
        )
        if is_new:
            record(Act.PEOPLE_ASSIGN, by=by, about={"member": member.number, "duty": duty.value})
    return assignment


def relieve(member: Member, duty: Duty, *, by: Signer) -> None:
    """Takes a duty away, from this moment. Repeating it changes nothing."""
    with transaction.atomic():
        ended = Assignment.objects.filter(member=member, duty=duty, until_at=None).update(until_at=now())
        if ended:
            record(Act.PEOPLE_RELIEVE, by=by, about={"member": member.number, "duty": duty.value})
