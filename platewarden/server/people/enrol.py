"""Taking a member on, with one-time credentials that are shown once and kept nowhere; and letting one go."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.assign import SEATED
from platewarden.server.people.models import Assignment, Duty, Member

# Thirty-one signs that nobody confuses when reading them aloud.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Credentials:
    """What a new member is handed, once: the office password. A shift secret for cars is handed out apart (`shift_secret`)."""

    password: str


def speakable(groups: int) -> str:
    """A random secret of `groups` x 4 signs, about 19.8 bits a group."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(groups))


def enrol_member(*, number: str, name: str, by: Signer) -> tuple[Member, Credentials]:
    """Takes a member on. Refuses a number that is taken or badly written; recorded as `people.enrol`."""
    if not re.fullmatch(r"[A-Z0-9-]{2,12}", number):
        raise Malformed(f"“{number[:20]}” is not a member number: two to twelve capital letters, digits or hyphens.")
    name = name.strip()
    if not 0 < len(name) <= 80 or not name.isprintable():
        raise Malformed("A member needs a name of 1 to 80 printable characters.")
    taken = Malformed(f"Member number {number} is taken. Numbers are never given twice.")
    if Member.objects.filter(number=number).exists():
        raise taken
    handed = Credentials(password=speakable(5))
    try:
        with transaction.atomic():
            member = Member.objects.create(
                number=number,
                name=name,
                joined_at=now(),
                password=make_password(handed.password),
            )
            record(Act.PEOPLE_ENROL, by=by, about={"member": number}, content={"name": name})
    except IntegrityError as error:
        raise taken from error  # somebody gave it in the same moment
    return member, handed


def change_password(member: Member, password: str) -> None:
    """Sets a password that passes the department's rules."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise Malformed(" ".join(error.messages)) from error
    member.set_password(password)
    Member.objects.using(sign_in_alias()).filter(pk=member.pk).update(password=member.password)


def leave(member: Member, *, by: Signer) -> None:
    """A member leaves: no sign-in, no duty, no car at its next contact. Repeating it changes nothing.

    Refused for whoever sits on the supervisor's seat, and for oneself.
    """
    if by.number == member.number:
        raise Refused(Refusal(Clause.ASSIGNED_MEMBERS, "Nobody writes down their own leaving. Ask the other approver."))
    if Duty.SUPERVISOR.value in member.duties_on(now()):
        raise Refused(SEATED)
    with transaction.atomic():
        still_here = Member.objects.filter(pk=member.pk).filter(Q(is_active=True) | ~Q(dormant_at=None))
        if still_here.update(is_active=False, shift_verifier=None, dormant_at=None):
            Assignment.objects.filter(member=member, until_at=None).update(until_at=now())
            record(Act.PEOPLE_LEAVE, by=by, about={"member": member.number})
