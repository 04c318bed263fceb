"""The one door to plate data: member, purpose and terms in; rules asked; record committed; an immutable `Access` out.

Order: rules, then one call of `open_access` in the database, outside any transaction, which commits the access record, its
terms and the ledger line; only then may a door be called with the Access. The door reads the terms from the record and
writes how many rows it showed. If the ledger cannot be written, nothing is shown.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused, Unavailable
from platewarden.server.access.login import person_key
from platewarden.server.access.purpose import stated_purpose
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

JSONB = 3802  # PostgreSQL's type number; the framework hands such columns over as text
PURPOSE_FIRST = Refusal(Clause.LEGITIMATE_PURPOSE, "State your purpose before you look at plate data.")
WAITS_FOR_JUDGEMENT = "PW001"  # what the database says of one look too many at one plate
JUDGE_FIRST = Refusal(
    Clause.LEGITIMATE_PURPOSE,
    "You have looked at this plate many times. Before you look again, somebody else judges that it is in order: ask the supervisor.",
)
SIGN_IN_AGAIN = Refusal(Clause.ACCESS_DOCUMENTED, "Your sign-in has ended. Sign in again, with your second factor.")


@dataclass(frozen=True)
class Access:
    """Permission in hand, already in the ledger: who, why, for which act, since when, until when. One look."""

    access_id: uuid.UUID
    act: Act
    member_number: str
    member_name: str
    purpose: str
    reference: str
    opened_at: datetime
    until_at: datetime
    leaf: int


def open_access(request: HttpRequest, act: Act, terms: dict[str, Any]) -> Access:
    """Hands out an Access. Refuses without training, duty, purpose or sign-in; Unavailable when the ledger is."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, act, now()):
        raise Refused(refusal)
    purpose, key = stated_purpose(request), person_key(request)
    if purpose is None:
        raise Refused(PURPOSE_FIRST)
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    if connection.in_atomic_block:
        raise AssertionError("a look is recorded outside any transaction")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select access_id, opened_at, until_at, leaf_id, whose from office.open_access(%s, %s, %s, %s, %s::jsonb)",
                [key, act.value, purpose.name, purpose.reference, json.dumps(terms, default=str)],
            )
            access_id, opened_at, until_at, leaf, whose = cursor.fetchone()
    except (OperationalError, InterfaceError, IntegrityError) as error:  # the last one: no day is open to write in
        if isinstance(error.__cause__, psycopg.errors.InvalidAuthorizationSpecification):
            raise Refused(SIGN_IN_AGAIN) from error
        raise Unavailable("The ledger cannot be written right now, so nothing is shown. Try again in a moment.") from error
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.Error) and error.__cause__.sqlstate == WAITS_FOR_JUDGEMENT:
            raise Refused(JUDGE_FIRST) from error
        raise
    if whose != member.pk:  # the rules were asked about one member and the record names another: nothing is shown
        raise Refused(SIGN_IN_AGAIN)
    return Access(access_id, act, member.number, member.name, purpose.name, purpose.reference, opened_at, until_at, leaf)


def through_door(access: Access, door: str, *values: Any, columns: str = "*") -> list[dict[str, Any]]:
    """Calls a door function with the Access and returns its rows. `door` and `columns` are words of ours, never input; `values` are what
    a door takes beside the terms of its record: what is to be written, and may not outlive it there.

    A door waits until the record is on disk, which anybody's next commit brings about, at the latest the sealer's. Where nobody
    else is (a command at the console, with the server stopped) it gives up, and is asked once more after a commit of our own.
    """
    try:
        return _rows(access, door, values, columns)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.CannotConnectNow) or connection.in_atomic_block:
            raise
    put_on_disk()
    return _rows(access, door, values, columns)


def put_on_disk() -> None:
    """A commit of our own, outside any transaction: the record that a door waits for is on disk with it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_logical_emit_message(true, 'platewarden', 'a look waits')")


def _rows(access: Access, door: str, values: tuple[Any, ...], wanted: str) -> list[dict[str, Any]]:
    places = ", ".join(["%s"] * (1 + len(values)))
    with connection.cursor() as cursor:
        cursor.execute(f"select {wanted} from plates.{door}({places})", [access.access_id, *values])  # noqa: S608
        columns = [(column.name, column.type_code == JSONB) for column in cursor.description]
        return [
            {
                name: json.loads(value) if is_json and value is not None else value
                for (name, is_json), value in zip(columns, row, strict=True)
            }
            for row in cursor.fetchall()
        ]
