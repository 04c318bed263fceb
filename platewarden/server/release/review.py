"""The review: approved, approved for less, or denied, with its reason; by the supervisor or designee, never by who took it in.

The database holds this too: it asks who signed in, and refuses the member who took the request in.
"""

from __future__ import annotations

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, PlatewardenError, Refusal, Refused, Stale, Unknown
from platewarden.server.access.desk import SIGN_IN_AGAIN
from platewarden.server.access.login import person_key
from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.release.models import ReleaseRequest, RequestState
from platewarden.server.release.rules import may_approve, may_decide

NO_REQUEST = "There is no such request. Look at the list again."


def decide(request: HttpRequest, request_id: int, *, approves: bool, because: str, only: str = "") -> ReleaseRequest:
    """Decides; `only` says what of it is approved. Recorded as `release.decide`. Stale when it was decided already."""
    member, key = request.user, person_key(request)
    assert isinstance(member, Member)
    asked = ReleaseRequest.objects.filter(pk=request_id).first()
    if asked is None:
        raise Unknown(NO_REQUEST)
    if refusal := may_decide(asked, member, now()) or (may_approve(asked) if approves else None):
        raise Refused(refusal)
    if asked.state != RequestState.WAITING:
        raise Stale("This request was decided already. Look at it again.")
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why, so that whoever reads it in a year understands.")
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    narrowed = only.strip() if approves else ""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select office.decide_release(%s, %s, %s, %s, %s)", [key, request_id, approves, because.strip()[:300], narrowed]
            )
    except DatabaseError as error:
        if said := meant_by(error):
            raise said from error
        raise
    asked.refresh_from_db()
    return asked


def meant_by(error: DatabaseError) -> PlatewardenError | None:
    """What the database refused to a member, in words; None where it is none of these."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.SerializationFailure):
        return Stale("This request was changed or handed over meanwhile. Look at it again.")
    if isinstance(cause, psycopg.errors.InvalidAuthorizationSpecification):
        return Refused(SIGN_IN_AGAIN)
    if isinstance(cause, psycopg.errors.InsufficientPrivilege) and "lost the duty" in str(cause):
        return Refused(
            Refusal(Clause.RELEASE_REVIEWED, "Whoever named these reads lost the duty meanwhile. They are named again first.")
        )
    return None
