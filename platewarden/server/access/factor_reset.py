"""A lost second factor, reset by two: one member with that duty asks, the supervisor or designee confirms, neither for themselves.

Both are known to the database by the keys of their sign-ins. What is confirmed takes app, passkeys and recovery codes away and ends every
sign-in of the member, who sets up a new second factor after the password. An ask that nobody confirms within a day lapses.

Known gap: whoever knows the member's password could be first to set one up; the two make sure that the member sits beside them.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused, Stale
from platewarden.server.access.lockout import NOT_ONESELF
from platewarden.server.access.models import FactorReset, ResetState
from platewarden.server.access.person import as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

WAITS = timedelta(hours=24)
A_SECOND = Refusal(Clause.ACCESS_DOCUMENTED, "A second member confirms, never the one who asked. Ask a colleague.")


def waiting() -> list[FactorReset]:
    """What waits for a second member, oldest first."""
    return list(FactorReset.objects.filter(state=ResetState.WAITING, asked_at__gt=now() - WAITS).order_by("asked_at"))


def decided() -> list[FactorReset]:
    """What was decided in the last thirty days, newest first."""
    found = FactorReset.objects.exclude(decided_at=None).filter(decided_at__gt=now() - timedelta(days=30))
    return list(found.order_by("-decided_at")[:20])


def may_ask(member: Member, number: str) -> Refusal | None:
    """Refuses one's own, and whoever lacks the duty."""
    return NOT_ONESELF if number == member.number else may_do(member, Act.ACCESS_RESET_ASKED, now())


def ask(request: HttpRequest, number: str, *, because: str) -> int:
    """Asks to reset a colleague's second factor; one waits at a time. Recorded as `access.reset_asked`."""
    assert isinstance(request.user, Member)
    if refusal := may_ask(request.user, number):
        raise Refused(refusal)
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.ask_factor_reset(%s, %s, %s)", [key, number, because.strip()[:200]])
        return int(cursor.fetchone()[0])


def may_decide(reset: FactorReset, member: Member) -> Refusal | None:
    """Refuses who asked, whose factor it is, and whoever lacks the duty."""
    if reset.member_number == member.number:
        return NOT_ONESELF
    if reset.asked_by_number == member.number:
        return A_SECOND
    return may_do(member, Act.ACCESS_RESET_DECIDED, now())


def decide(request: HttpRequest, reset_id: int, *, confirm: bool) -> int:
    """Confirms or refuses; how many sign-ins that ended. Recorded as `access.reset_decided`."""
    assert isinstance(request.user, Member)
    reset = FactorReset.objects.filter(pk=reset_id).first()
    if reset is None or reset.state != ResetState.WAITING or reset.asked_at < now() - WAITS:
        raise Stale("This was decided already, or nobody confirmed it within a day. Look at the page again.")
    if refusal := may_decide(reset, request.user):
        raise Refused(refusal)
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.decide_factor_reset(%s, %s, %s)", [key, reset_id, confirm])
        return int(cursor.fetchone()[0])
