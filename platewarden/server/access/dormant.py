"""Members who did nothing for long are disabled, and opened again by a manager: both functions of the database, both in the ledger."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.access.lockout import NOT_ONESELF
from platewarden.server.access.person import as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


def disable_dormant() -> int:
    """Disables whoever did nothing for the policy's days; how many. The worker's. Recorded as `access.dormant` for each."""
    with connection.cursor() as cursor:
        cursor.execute("select office.disable_dormant()")
        return int(cursor.fetchone()[0])


def dormant_members() -> list[Member]:
    return list(Member.objects.filter(is_active=False).exclude(dormant_at=None).order_by("number"))


def may_enable(member: Member, number: str) -> Refusal | None:
    """Refuses oneself, and whoever lacks the duty."""
    return NOT_ONESELF if member.number == number else may_do(member, Act.ACCESS_ENABLED, now())


def enable(request: HttpRequest, number: str) -> None:
    """A dormant member may sign in again. Recorded as `access.enabled`."""
    assert isinstance(request.user, Member)
    if refusal := may_enable(request.user, number):
        raise Refused(refusal)
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.enable_member(%s, %s)", [key, number])
