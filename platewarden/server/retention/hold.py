"""Holds: a reason why data may not be purged, with ground, authority, case, who, and until when it is looked at again.

What a hold names is a rule, not a list: reads that come late, and of a time still to come, are held too. It is placed through the
front desk, since it tells whether something is kept: purpose and case are stated, the access is in the ledger, and the database
places it as the access says. A hold and a purge never pass each other: either it is there before a day ends, or it is told that
the day has ended. Several holds on one read each spare it; releasing one leaves the others.

Refused: a hold on nothing, on a day that has ended, without an authority; releasing one's own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.retention.models import Ground, Hold, Scope

LONGEST_DAYS = 366 * 5
LARGEST_RADIUS_M = 20_000


@dataclass(frozen=True)
class Named:
    """What a hold names: one of these, within the time of the hold."""

    scope: Scope
    read_id: uuid.UUID | None = None
    plate: str | None = None
    like: str | None = None
    unit_id: uuid.UUID | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None


@dataclass(frozen=True)
class NewHold:
    """What a member wants held, and on whose word."""

    ground: Ground
    authority: str
    reference: str
    since: datetime
    until: datetime
    named: Named
    review_on: date


def must_be_sound(new: NewHold) -> Refusal | None:
    """Refuses a hold without an authority or case number, or whose time or review is out of reason."""
    if len(new.authority.strip()) < 4:
        return Refusal(Clause.HOLD, "A hold rests on somebody's word: say whose, such as the court and the date of its order.")
    if not any(
        purpose.number in ("case", "action") and purpose.may_carry(new.reference) is None
        for purpose in department().purposes.values()
    ):
        return Refusal(
            Clause.HOLD, f"“{new.reference[:40]}” is no case or action number of this department. State it and try again."
        )
    if not timedelta(0) < new.until - new.since <= timedelta(days=LONGEST_DAYS):
        return Refusal(
            Clause.HOLD, "A hold names a time: its end lies after its beginning, at most five years. Correct one of them."
        )
    if not today(now()) < new.review_on <= today(now()) + timedelta(days=366):
        return Refusal(Clause.HOLD, "A hold is looked at again within a year. Choose a day to come.")
    return None


def place(request: HttpRequest, new: NewHold) -> Hold:
    """Places the hold; says how much it names. Recorded as `retention.scope`, before it is counted, and as `retention.hold`."""
    return _placed(access_to_place(request, new), new)


def _placed(access: Access, new: NewHold) -> Hold:
    placed = through_door(access, "place_hold")[0]
    if placed["hold_id"] is None:
        raise Refused(_nothing(new))
    return Hold.objects.get(pk=placed["hold_id"])


def access_to_place(request: HttpRequest, new: NewHold, *, compelled: bool = False) -> Access:
    """The access under which a hold is placed, once. A compelled one is placed though nothing is kept."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.RETENTION_SCOPE, now()) or must_be_sound(new):
        raise Refused(refusal)
    return open_access(request, Act.RETENTION_SCOPE, _terms(new) | {"compelled": compelled})


def _terms(new: NewHold) -> dict[str, Any]:
    named = new.named
    since, until = new.since.isoformat(), new.until.isoformat()
    scope: dict[str, Any] = {"since": since, "until": until, "read_id": named.read_id, "plate": named.plate, "pattern": named.like}
    scope |= {"unit_id": named.unit_id, "lat": named.lat, "lon": named.lon, "radius_m": named.radius_m}
    return {
        "ground": new.ground.value,
        "authority": " ".join(new.authority.split())[:200],
        "reference": new.reference,
        "scope": named.scope.value,
        "since": since,
        "until": until,
        "review_on": new.review_on.isoformat(),
        "book_by": (today(now()) + timedelta(days=department().booking_days)).isoformat(),
        "scopes": [{name: value for name, value in scope.items() if value is not None}],
    }


def _nothing(new: NewHold) -> Refusal:
    """Why a hold found nothing: the days it names have ended, or nothing was read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(day), max(day) from office.gone where kind = 'reads' and day between %s and %s",
            [new.since.astimezone(UTC).date(), new.until.astimezone(UTC).date()],
        )
        first, last = cursor.fetchone()
    if first is None:
        return Refusal(Clause.HOLD, "Nothing is kept that this names, so there is nothing to hold. Check plate, place and time.")
    which = f"{first:%m/%d/%Y}" if first == last else f"{first:%m/%d/%Y} to {last:%m/%d/%Y}"
    return Refusal(
        Clause.PURGE,
        f"Reads of {which} were purged on schedule, and nothing else is kept that this names. The certificate of that purge says so.",
    )


def access_to_hold(request: HttpRequest, hold: Hold) -> Access:
    return open_access(request, Act.RETENTION_LOOK, {"hold": hold.pk})


def what_it_names(access: Access) -> list[dict[str, Any]]:
    """The scopes of the hold that the access names, as rows of the door."""
    return through_door(access, "hold_scopes")


def review(hold_id: int, *, by: Member, again_on: date) -> Hold:
    """A member looked at a hold and lets it stand until another day."""
    if refusal := may_do(by, Act.RETENTION_REVIEW, now()):
        raise Refused(refusal)
    if not today(now()) < again_on <= today(now()) + timedelta(days=366):
        raise Malformed("A hold is looked at again within a year. Choose a day to come.")
    with transaction.atomic():
        hold = Hold.objects.filter(pk=hold_id).first()
        if hold is None:
            raise Unknown("There is no such hold. Look at the list again.")
        changed = Hold.objects.standing().filter(pk=hold_id).update(review_on=again_on, reviewed_at=now(), reviewed_by=str(by))
        if not changed:
            raise Stale("This hold was released meanwhile. Look at the list again.")
        record(Act.RETENTION_REVIEW, by=Signer(by.number, by.name), about={"hold": hold_id, "review_on": again_on.isoformat()})
    hold.refresh_from_db()
    return hold


def may_release(hold: Hold, member: Member) -> Refusal | None:
    """Refuses who placed it, and whoever lacks the duty."""
    if refusal := may_do(member, Act.RETENTION_RELEASE, now()):
        return refusal
    if hold.placed_by_number == member.number:
        return Refusal(Clause.HOLD, "The supervisor or designee releases a hold, never who placed it. Ask a colleague.")
    return None


def release(request: HttpRequest, hold_id: int, *, because: str) -> Hold:
    """Ends a hold, for a reason. What only it spared, and is due, goes with the next purge."""
    member = request.user
    assert isinstance(member, Member)
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise Unknown("There is no such hold. Look at the list again.")
    if refusal := may_release(hold, member):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why the hold ends, such as the date of the judgment.")
    meanwhile = "This hold was released meanwhile. Look at the list again."
    ask_as_the_person(request, "release_hold(%s, %s, %s)", hold_id, because.strip()[:200], meanwhile=meanwhile)
    hold.refresh_from_db()
    return hold
