"""The clock that a purge believes: it must have gone on without a jump, or a member must have confirmed the date.

The worker ticks every minute. What the clock went beside the machine's own uptime is added up in the database; a jump, and a time
in which the machine was off, count whole. Past two hours of it nothing is purged until the supervisor, a designee or the custodian
has looked at another clock and confirms the date. A purge waits two hours longer than the schedule says for the same reason.

Known gap: whoever holds the worker's login can say another uptime; the time itself is the database's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.retention.models import ClockWatch

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
NOT_BELIEVED = Refusal(
    Clause.PURGE,
    "The server's clock jumped, or the server was off for long: nothing is purged until the supervisor, a designee or the custodian "
    "has looked at another clock and confirmed the date on the retention page.",
)


@dataclass(frozen=True)
class ClockNow:
    """What is known of the clock: whether a purge believes it, and why it should."""

    is_trusted: bool
    unexplained_s: float
    last_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str


def tick() -> None:
    """Says once more what the clock and the machine's uptime are."""
    boot = _BOOT.read_text("ascii").strip() if _BOOT.exists() else "this machine"
    with connection.cursor() as cursor:
        cursor.execute("select office.clock_tick(%s, %s)", [boot, time.clock_gettime(_UPTIME)])


def must_believe() -> Refusal | None:
    """Refuses while the clock's going is not explained."""
    with connection.cursor() as cursor:
        cursor.execute("select office.clock_is_trusted()")
        return None if cursor.fetchone()[0] else NOT_BELIEVED


def clock_now() -> ClockNow:
    watch = ClockWatch.objects.first()
    if watch is None:
        return ClockNow(is_trusted=False, unexplained_s=0.0, last_at=None, confirmed_at=None, confirmed_by="")
    return ClockNow(must_believe() is None, watch.unexplained_s, watch.last_at, watch.confirmed_at, watch.confirmed_by)


def confirm(request: HttpRequest) -> None:
    """A member says that the date is right. Recorded with the database's time, in the member's name."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.RETENTION_CLOCK, now()):
        raise Refused(refusal)
    ask_as_the_person(request, "confirm_clock(%s)")
