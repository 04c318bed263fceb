"""Where a member is signed in: when, from where, with what. Each sign-in can be ended from another; a manager ends a member's.

The list and its end are functions of the database over the key of a sign-in. An ended one opens nothing at its next page, look or
heartbeat of a live page (web/gate.py, alerts/stream.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.http import HttpRequest

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.access.person import as_the_person
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

FACTORS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery code"}


@dataclass(frozen=True)
class SignedIn:
    """One sign-in."""

    id: int
    at: datetime
    until_at: datetime
    ended_at: datetime | None
    address: str
    browser: str
    factor: str
    last_input_at: datetime | None
    is_this: bool

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.until_at > now()

    @property
    def factor_words(self) -> str:
        return FACTORS.get(self.factor, "second factor")


def forget_sign_ins() -> int:
    """Forgets sign-ins that ended more than ninety days ago, with where they came from; how many. The worker's."""
    with connection.cursor() as cursor:
        cursor.execute("select office.forget_sign_ins()")
        return int(cursor.fetchone()[0])


def sign_ins_of(request: HttpRequest, number: str) -> list[SignedIn]:
    """The sign-ins of the last thirty days, open ones first: one's own, or a member's for a manager."""
    _may(request, number)
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select * from office.sign_ins(%s, %s)", [key, number])
        return [SignedIn(*row) for row in cursor]


def end_sign_ins(request: HttpRequest, number: str, sign_in_id: int | None = None) -> int:
    """Ends one, or all but the one that asks; how many. Recorded as `access.ended` if there was any."""
    _may(request, number)
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.end_sign_ins(%s, %s, %s)", [key, number, sign_in_id])
        return int(cursor.fetchone()[0])


def _may(request: HttpRequest, number: str) -> None:
    """Refuses another member's without the duty; a number of nobody is unknown."""
    member = request.user
    assert isinstance(member, Member)
    if number == member.number:
        return
    if refusal := may_do(member, Act.ACCESS_ENDED, now()):
        raise Refused(refusal)
    if not Member.objects.filter(number=number).exists():
        raise Unknown("There is no such member.")
