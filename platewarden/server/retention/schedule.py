"""The retention schedule: for how many days each kind is kept, changed by two members, with a notice when something is shortened.

A schedule is never a setting: a change becomes the next edition of the department's policy, text and all, so that the schedule of
any day can be brought back, and the cars get it with the roster. Asked by one member, signed by the supervisor or designee, never
by the same one; both are known to the database by the keys of their sign-ins. What a change would purge is counted before it is signed.

Refused: a picture kept longer than its read, a read longer than its alert; a shorter schedule before its notice is over.
The ledger's contents outlive the audit of their period: a schedule or a plan of audits that says otherwise is refused with the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department, with_schedule
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member, PolicyEdition
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.retention.models import ChangeState, Kind, ScheduleChange

MEANWHILE = "Somebody decided on this meanwhile, or changed the policy. Look at the schedule again."
WAITS = "Another change of the schedule waits already. Have it decided first."


@dataclass(frozen=True)
class Row:
    """One row of the schedule as it stands, and as a later edition already signed has it."""

    kind: Kind
    days: int
    later: int | None
    later_at: datetime | None


def schedule_now() -> list[Row]:
    """The schedule in force, with what is signed and still to come."""
    coming = PolicyEdition.objects.filter(in_force_at__gt=now()).order_by("number").last()
    rows = []
    for kind in Kind:
        days = department().retention_days[kind.value]
        later = load_department(text=coming.text).retention_days[kind.value] if coming else days
        changes = coming is not None and later != days
        rows.append(Row(kind, days, later if changes else None, coming.in_force_at if coming and changes else None))
    return rows


def earliest(days: dict[str, int]) -> date:
    """The first day on which a change may take effect: today, or after the notice when it shortens anything that is in force."""
    policy = department()
    is_shorter = any(new < policy.retention_days[kind] for kind, new in days.items())
    return today(now()) + timedelta(days=policy.notice_days if is_shorter else 0)


def may_change(days: dict[str, int], effective_on: date) -> Refusal | None:
    """Refuses a shorter schedule before its notice is over."""
    first = earliest(days)
    if effective_on < first:
        return Refusal(
            Clause.RETENTION_SCHEDULE,
            f"A shorter schedule takes effect {department().notice_days} days after it was asked for, at the earliest on {first:%m/%d/%Y}; "
            "what belongs to an open case can be held until then. Choose a later day.",
        )
    return None


def ask(request: HttpRequest, days: dict[str, int], *, because: str, effective_on: date) -> int:
    """Asks for other days. Waits for the second member; one change waits at a time."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.RETENTION_SCHEDULE, now()):
        raise Refused(refusal)
    newest = PolicyEdition.objects.order_by("-number").first()
    assert newest is not None  # somebody is signed in, so the department is set up
    standing = load_department(text=newest.text).retention_days
    changed = {kind: new for kind, new in days.items() if standing[kind] != new}
    if not changed:
        raise Malformed("Nothing changes: the schedule says these days already. Change at least one.")
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words on what the new schedule rests, such as the board's resolution.")
    text = with_schedule(newest.text, changed)  # refuses days that do not go together
    if refusal := may_change({**standing, **changed}, effective_on):
        raise Refused(refusal)
    at = max(datetime.combine(effective_on, time(), department().time_zone), now())
    values = (json.dumps(changed), text, newest.number, because.strip()[:200], at)
    return int(ask_as_the_person(request, "ask_schedule(%s, %s::jsonb, %s, %s, %s, %s)", *values, meanwhile=MEANWHILE, taken=WAITS))


def may_decide(change: ScheduleChange, member: Member) -> Refusal | None:
    """Refuses who asked for it, and whoever lacks the duty."""
    if refusal := may_do(member, Act.RETENTION_SCHEDULE_DECIDED, now()):
        return refusal
    if change.asked_by_number == member.number:
        return Refusal(
            Clause.RETENTION_SCHEDULE, "A second member signs a schedule, never the one who asked for it. Ask a colleague."
        )
    return None


def decide(request: HttpRequest, change_id: int, *, sign: bool) -> int | None:
    """Signs or refuses the change that waits; the number of the policy's new edition when it is signed."""
    member = request.user
    assert isinstance(member, Member)
    change = ScheduleChange.objects.filter(pk=change_id).first()
    if change is None or change.state != ChangeState.WAITING:
        raise Stale("This change was decided already. Look at the schedule again.")
    if refusal := may_decide(change, member):
        raise Refused(refusal)
    number = ask_as_the_person(
        request, "decide_schedule(%s, %s, %s, %s)", change_id, sign, effective_at(change), meanwhile=MEANWHILE
    )
    return int(number) if number is not None else None


def effective_at(change: ScheduleChange) -> datetime:
    """From when a change is in force if it is signed now: as it was asked, or later, for the notice counts from the signature."""
    first = earliest(load_department(text=change.text).retention_days)
    return max(change.effective_at, datetime.combine(first, time(), department().time_zone) if first > today(now()) else now())


@dataclass(frozen=True)
class Ends:
    """A day that a schedule would end: how many rows, and how many of them a hold spares."""

    kind: Kind
    day: date
    rows: int
    held: int


def would_end(days: dict[str, int]) -> list[Ends]:
    """What would be due today under these days: counts, by kind and day. It looks at every day that is kept."""
    found = []
    with connection.cursor() as cursor:
        for kind in Kind:
            if kind.value in days:
                cursor.execute("select day, rows, held from plates.purge_preview(%s, %s)", [kind.value, days[kind.value]])
                found += [Ends(kind, day, rows, held) for day, rows, held in cursor]
    return found
