"""What is on file: found by agency, person, case number or day; and what one asks for, with its letter, shown under a line in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import psycopg
from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.access.desk import SIGN_IN_AGAIN
from platewarden.server.access.login import person_key
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.models import ReleaseRequest, RequestState
from platewarden.server.release.review import NO_REQUEST


@dataclass(frozen=True)
class Papers:
    """What a request asks for in the agency's words, what of it was approved, and the letter."""

    asked: str
    narrowed: str
    letter: bytes


def find(words: str = "", *, since: date | None = None, until: date | None = None) -> QuerySet[ReleaseRequest]:
    """Requests, newest first, whose agency, person, case number or number has these words."""
    found = ReleaseRequest.objects.select_related("hold").order_by("-pk")
    for word in words.split():
        like = Q(agency__icontains=word) | Q(requester__icontains=word) | Q(reference__icontains=word)
        digits = word.upper().removeprefix("R-")
        if digits.isascii() and digits.isdigit() and len(digits) < 18:
            like |= Q(pk=int(digits))
        found = found.filter(like)
    if since:
        found = found.filter(received_at__date__gte=since)
    if until:
        found = found.filter(received_at__date__lte=until)
    return found


def overdue() -> QuerySet[ReleaseRequest]:
    """Requests that wait past the day on which they were to be answered."""
    return find().filter(state=RequestState.WAITING, due_on__lt=today(now())).order_by("due_on", "pk")


def papers(request: HttpRequest, request_id: int) -> Papers:
    """What a request asks for, and its letter. Recorded as `release.look` before it is shown."""
    member, key = request.user, person_key(request)
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.RELEASE_LOOK, now()):
        raise Refused(refusal)
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select asked, narrowed, letter from office.release_papers(%s, %s)", [key, request_id])
            row = cursor.fetchone()
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.InvalidAuthorizationSpecification):
            raise Refused(SIGN_IN_AGAIN) from error
        raise
    if row is None:
        raise Unknown(NO_REQUEST)
    return Papers(row[0], row[1], bytes(row[2]))
