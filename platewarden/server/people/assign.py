"""Duties: given and taken by the supervisor, one at a time, each with who and since when; and the supervisor's seat, handed over.

Nobody gives themselves a duty. The seat is never empty by mistake: it is handed to a successor in one act, and whoever sits on it neither
leaves nor is relieved before.
"""

from __future__ import annotations

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import ACCESS_DUTIES, Assignment, Duty, Member
from platewarden.server.people.training import must_be_trained


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


ONESELF = Refusal(Clause.ASSIGNED_MEMBERS, "Nobody gives themselves a duty. Ask the other approver.")
SEATED = Refusal(Clause.SUPERVISOR_MANAGES, "The Administrative Supervisor hands the seat to a successor first; it is never empty.")


def assign(member: Member, duty: Duty, *, by: Signer) -> Assignment:
    """Gives a duty. Refuses an auditor who looks, and oneself; giving it again returns the assignment in force."""
    if by.number == member.number:
        raise Refused(ONESELF)
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
    """Takes a duty away, from this moment. Repeating it changes nothing. Refused for the supervisor's seat."""
    if duty == Duty.SUPERVISOR:
        raise Refused(SEATED)
    with transaction.atomic():
        ended = Assignment.objects.filter(member=member, duty=duty, until_at=None).update(until_at=now())
        if ended:
            record(Act.PEOPLE_RELIEVE, by=by, about={"member": member.number, "duty": duty.value})


def hand_over_seat(successor: Member, *, by: Member) -> Assignment:
    """The Administrative Supervisor hands the seat to another member, who is trained and holds it from this moment. Both lines are written."""
    if refusal := may_take_seat(successor, by):
        raise Refused(refusal)
    signer, at = Signer(by.number, by.name), now()
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=successor.pk)
        Assignment.objects.filter(member=by, duty=Duty.SUPERVISOR, until_at=None).update(until_at=at)
        record(Act.PEOPLE_RELIEVE, by=signer, about={"member": by.number, "duty": Duty.SUPERVISOR.value})
        seated = Assignment.objects.create(member=successor, duty=Duty.SUPERVISOR, given_by=str(by), since_at=at)
        record(Act.PEOPLE_ASSIGN, by=signer, about={"member": successor.number, "duty": Duty.SUPERVISOR.value})
    return seated


def may_take_seat(successor: Member, by: Member) -> Refusal | None:
    """Refuses a hand-over by anybody but the supervisor, to oneself, to an auditor, or to who left or is not trained."""
    if Duty.SUPERVISOR.value not in by.duties_on(now()):
        return Refusal(Clause.SUPERVISOR_MANAGES, "Only the Administrative Supervisor hands the seat over.")
    if successor.pk == by.pk or not successor.is_active:
        return Refusal(Clause.SUPERVISOR_MANAGES, "The seat goes to another member of the department.")
    if Duty.AUDITOR.value in successor.duties_on(now()):
        return Refusal(Clause.AUDITS, f"{successor.name} audits looks and cannot hold the seat too. Take that duty first.")
    if must_be_trained(successor, now()):
        return Refusal(Clause.TRAINING_BEFORE_USE, f"{successor.name} is not trained today. Enter the training first.")
    return None
