"""Deployment orders: under which a fixed post or a trailer runs with nobody at it. Given, replaced and withdrawn by a manager.

One order stands for a unit at a time; giving another withdraws the one before in the same moment. Units learn of both by the next
roster, which the office signs (`people.roster`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.models import Deployment, Unit, UnitState
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import must_be_trained, today

LONGEST_DAYS = 366


@dataclass(frozen=True)
class NewOrder:
    """What a manager orders."""

    unit_id: uuid.UUID
    member: str
    """Number of the member who answers for the post."""
    place: str
    purpose: str
    reference: str
    review_on: date


def may_answer(member: Member) -> Refusal | None:
    """Refuses as the responsible member whoever could not operate the post today."""
    if Duty.OPERATOR not in member.duties_on(now()):
        return Refusal(Clause.ASSIGNED_MEMBERS, f"{member} does not hold the duty of operator, and cannot answer for a post.")
    return must_be_trained(member, now())


def may_order(new: NewOrder) -> Refusal | None:
    """Refuses a purpose that is not on the list, not for a post, or without its number, a review too far off, and who may not answer for it."""
    policy = department()
    responsible = Member.objects.filter(number=new.member, is_active=True).first()
    stated = policy.purposes.get(new.purpose)
    if stated is None or stated.number == "action":
        return Refusal(
            Clause.NO_UNAUTHORIZED_PURPOSE,
            f"“{new.purpose[:40]}” is not a purpose that a post can run for. Choose one of the list.",
        )
    if not 0 <= (new.review_on - today(now())).days <= LONGEST_DAYS:
        return Refusal(
            Clause.SUPERVISOR_MANAGES, f"A deployment is to be reviewed within {LONGEST_DAYS} days from today. Choose such a day."
        )
    if responsible is None:
        return Refusal(Clause.ASSIGNED_MEMBERS, f"There is no member {new.member[:12]}. Check the number.")
    return may_answer(responsible) or stated.may_carry(new.reference)


def order(new: NewOrder, *, by: Member) -> Deployment:
    """Gives the order; it stands until it is withdrawn, replaced, or its review is past."""
    if refusal := may_do(by, Act.EQUIPMENT_DEPLOYED, now()) or may_order(new):
        raise Refused(refusal)
    place = " ".join(new.place.split())
    if not 0 < len(place) <= 200 or not place.isprintable():
        raise Malformed("Say in 1 to 200 characters where the post stands.")
    responsible = Member.objects.get(number=new.member)
    try:
        with transaction.atomic():
            unit = Unit.objects.filter(pk=new.unit_id, state=UnitState.ENROLLED).first()
            if unit is None:
                raise Unknown("There is no such unit enrolled. Look at the list again.")
            for standing in Deployment.objects.select_for_update(of=("self",)).filter(unit=unit, withdrawn_at=None):
                _end(standing, by)
            given = Deployment.objects.create(
                unit=unit,
                member=responsible,
                place=place,
                purpose=new.purpose,
                reference=new.reference,
                ordered_by=str(by),
                ordered_on=today(now()),
                ordered_at=now(),
                review_on=new.review_on,
            )
            record(
                Act.EQUIPMENT_DEPLOYED,
                by=Signer(by.number, by.name),
                about={
                    "unit": unit.pk,
                    "order": given.pk,
                    "member": responsible.number,
                    "review_on": new.review_on.isoformat(),
                },
                content={"place": place},
            )
    except IntegrityError as error:
        raise Stale("Somebody gave this unit an order in the same moment. Look at the list again.") from error
    return given


def withdraw(order_id: int, *, by: Member) -> None:
    """Ends an order; the post ends with the next roster it gets. Repeating it changes nothing."""
    if refusal := may_do(by, Act.EQUIPMENT_DEPLOYMENT_ENDED, now()):
        raise Refused(refusal)
    with transaction.atomic():
        standing = Deployment.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
        if standing is None:
            raise Unknown("There is no such deployment order. Look at the list again.")
        if standing.withdrawn_at is None:
            _end(standing, by)


def _end(standing: Deployment, by: Member) -> None:
    standing.withdrawn_at, standing.withdrawn_by = now(), str(by)
    standing.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        Act.EQUIPMENT_DEPLOYMENT_ENDED,
        by=Signer(by.number, by.name),
        about={"unit": standing.unit_id, "order": standing.pk},
    )


def orders_in_force() -> tuple[DeploymentOrder, ...]:
    """Every order that stands, for the roster: not withdrawn, its unit enrolled, its review not past."""
    standing = Deployment.objects.filter(withdrawn_at=None, unit__state=UnitState.ENROLLED, review_on__gte=today(now()))
    asked = ["pk", "unit__key_id", "member__number", "place", "purpose", "reference", "ordered_by", "ordered_on", "review_on"]
    return tuple(
        DeploymentOrder(
            number=number,
            unit_key_id=bytes(key_id),
            member=member,
            place=place,
            purpose=purpose,
            reference=reference,
            ordered_by=ordered_by,
            ordered_on=ordered_on,
            review_on=review_on,
        )
        for number, key_id, member, place, purpose, reference, ordered_by, ordered_on, review_on in standing.order_by(
            "pk"
        ).values_list(*asked)
    )
