"""Department-approved training: entered by the supervisor or designee, valid until a date, asked before every look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Completion, Member

WARN_DAYS = 30

View = TypeVar("View", bound=Callable[..., Any])


def before_training(view: View) -> View:
    """Marks a view that a signed-in but untrained member may use: it shows no plate data."""
    view.before_training = True  # type: ignore[attr-defined]
    return view


def today(at: datetime) -> date:
    """The day it is at the department: a training is valid until its last day ends there, not in Greenwich."""
    return at.astimezone(department().time_zone).date()


def must_be_trained(member: Member, at: datetime) -> Refusal | None:
    """Refuses a member whose department-approved training is missing or has lapsed on that day."""
    until = member.trained_until()
    if until is None:
        return Refusal(
            Clause.TRAINING_BEFORE_USE,
            "You have no completed ALPR training on record. Complete a department-approved course and ask the supervisor to enter it.",
        )
    if until < today(at):
        return Refusal(
            Clause.TRAINING_BEFORE_USE,
            f"Your ALPR training ended on {until:%m/%d/%Y}. Repeat the course and ask the supervisor to enter it.",
        )
    return None


def days_left(member: Member, at: datetime) -> int | None:
    """Days until the training lapses, or None without any."""
    until = member.trained_until()
    return (until - today(at)).days if until else None


def enter_completion(
    member: Member, *, course: str, completed_on: date, expires_on: date, by: Signer, using: str = "default"
) -> Completion:
    """Enters a completed course. Refuses one's own, and dates that cannot be; recorded as `people.training`."""
    if by.number == member.number:
        raise Refused(Refusal(Clause.TRAINING_BEFORE_USE, "Somebody else enters your training. Ask the other approver."))
    if expires_on < completed_on or completed_on > today(now()):
        raise Malformed("A training is completed before it expires, and not in the future. Correct the dates.")
    if not 0 < len(course.strip()) <= 120:
        raise Malformed("Name the course that was completed, in at most 120 characters.")
    with transaction.atomic(using=using):
        completion = Completion.objects.using(using).create(
            member=member, course=course, completed_on=completed_on, expires_on=expires_on, approved_by=str(by), entered_at=now()
        )
        record(
            Act.PEOPLE_TRAINING,
            by=by,
            about={"member": member.number},
            content={"course": course, "completed_on": completed_on, "expires_on": expires_on},
            using=using,
        )
    return completion
