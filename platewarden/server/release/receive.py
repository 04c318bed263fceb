"""Taking a request in: letter and words go on file at once. What is not of an agency we share with is referred and closed by that.

Refused: a request without one of its three parts, a letter that is none, a lawful action without a standing hold.
"""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.access.desk import SIGN_IN_AGAIN
from platewarden.server.access.login import person_key
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import today
from platewarden.server.release.models import ReleaseRequest
from platewarden.server.release.rules import NewRequest, barred, must_be_a_letter, must_be_written


def receive(request: HttpRequest, new: NewRequest) -> ReleaseRequest:
    """Puts a request on file. Recorded as `release.receive`; as `release.refer` too when it is for Records."""
    member, key = request.user, person_key(request)
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.RELEASE_RECEIVE, now()) or must_be_written(new) or must_be_a_letter(new.letter):
        raise Refused(refusal)
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in vars(new).items()}
    for name in ("letter", "asked", "hold", "prohibited"):
        del fields[name]
    fields["barred_because"] = barred(new, department())
    fields["due_on"] = (today(now()) + timedelta(days=department().release_response_days)).isoformat()
    fields["hold_id"] = new.hold.pk if new.hold else None
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select office.receive_release(%s, %s, %s, %s)", [key, json.dumps(fields), new.asked.strip(), new.letter]
            )
            made = cursor.fetchone()[0]
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.SerializationFailure):
            raise Refused(Refusal(Clause.HOLD, "That hold was released meanwhile. Place another, and name it here.")) from error
        if isinstance(error.__cause__, psycopg.errors.InvalidAuthorizationSpecification):
            raise Refused(SIGN_IN_AGAIN) from error
        raise
    return ReleaseRequest.objects.get(pk=made)
