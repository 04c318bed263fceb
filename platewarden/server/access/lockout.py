"""Five failures in fifteen minutes lock a number, from any address, until a member with that duty releases it.

Passwords and codes count alike. A number that belongs to nobody is locked just the same, so that nobody learns which exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal
from platewarden.server.access.models import Failure, Lock
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

FAILURES = 5
WINDOW = timedelta(minutes=15)
NOT_ONESELF = Refusal(Clause.ACCESS_DOCUMENTED, "Nobody does this for themselves. Ask a colleague with that duty.")
LOCKED = "Sign-in is locked after five failed attempts. The supervisor or the system custodian can release it."


def canonical(number: str) -> str:
    """One spelling of a member number: sign-in takes any, and five tries are not five for each."""
    return number.strip().upper()[:40]


def address_of(request: HttpRequest) -> str:
    """The address the connection came from. Forwarded headers are not believed."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_locked(number: str) -> bool:
    return Lock.objects.using(sign_in_alias()).filter(number=canonical(number), released_at=None).exists()


def count_failure(number: str, *, factor: str, address: str) -> None:
    """Counts a failure; the fifth within the window locks the number. Recorded as `access.failed`, `access.locked`."""
    number, role = canonical(number), sign_in_alias()
    with transaction.atomic(using=role):
        Failure.objects.using(role).create(number=number, at=now(), factor=factor, address=address[:45])
        record(
            Act.ACCESS_FAILED,
            by=Signer(None, "sign-in"),
            about={"factor": factor},
            content={"number": number, "address": address},
            using=role,
        )
        since = now() - WINDOW
        last_release = Lock.objects.using(role).filter(number=number).exclude(released_at=None).order_by("-released_at").first()
        if last_release and last_release.released_at and last_release.released_at > since:
            since = last_release.released_at
        failed = Failure.objects.using(role).filter(number=number, at__gt=since).count()
    if failed >= FAILURES and not is_locked(number):
        try:
            with transaction.atomic(using=role):
                Lock.objects.using(role).create(number=number, since_at=now())
                record(Act.ACCESS_LOCKED, by=Signer(None, "sign-in"), content={"number": number}, using=role)
        except IntegrityError:
            return  # another attempt locked it in the same moment


def locks() -> list[Lock]:
    """The members' numbers that are locked, newest first."""
    role = sign_in_alias()
    members = Member.objects.using(role).filter(is_active=True).values("number")
    return list(Lock.objects.using(role).filter(released_at=None, number__in=members).order_by("-since_at"))


def locks_of_nobody() -> tuple[list[Lock], int]:
    """Locked numbers that are no member's: the newest twenty, and how many there are. Anybody can make thousands of them."""
    role = sign_in_alias()
    members = Member.objects.using(role).filter(is_active=True).values("number")
    found = Lock.objects.using(role).filter(released_at=None).exclude(number__in=members).order_by("-since_at")
    return list(found[:20]), found.count()


def tries_before(lock: Lock) -> list[Failure]:
    """The failed tries that a lock came of, newest first: when, by what, from where."""
    failed = Failure.objects.using(sign_in_alias()).filter(number=lock.number, at__lte=lock.since_at + WINDOW)
    return list(failed.filter(at__gt=lock.since_at - WINDOW).order_by("-at")[:10])


def may_release(member: Member, number: str) -> Refusal | None:
    """Refuses one's own number, and whoever lacks the duty."""
    return NOT_ONESELF if canonical(number) == member.number else may_do(member, Act.PEOPLE_UNLOCK, now())


def release(number: str, *, by: Signer) -> bool:
    """Releases a locked number; False when it was not locked. Recorded as `people.unlock`."""
    number, role = canonical(number), sign_in_alias()
    with transaction.atomic(using=role):
        released = Lock.objects.using(role).filter(number=number, released_at=None).update(released_at=now(), released_by=str(by))
        if released:
            record(Act.PEOPLE_UNLOCK, by=by, about={"member": number}, using=role)
    return bool(released)


def failures_since(number: str, since: datetime) -> int:
    """Failed tries since a moment: told to the member at the next sign-in."""
    return Failure.objects.using(sign_in_alias()).filter(number=canonical(number), at__gt=since).count()
