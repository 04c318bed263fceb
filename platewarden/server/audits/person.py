"""Functions of the database that know the member by the key of the sign-in: called here, and what they refuse is said in words."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest

from platewarden.policy.refusal import Refused, Stale
from platewarden.server.access.desk import SIGN_IN_AGAIN
from platewarden.server.access.login import person_key

MEANWHILE = "Somebody settled this meanwhile. Look at it again."


def as_the_person(request: HttpRequest, function: str, *values: Any) -> Any:
    """What the function answers to this sign-in. `function` is a name and its casts, ours, never input. Stale when it was settled before."""
    key = person_key(request)
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"select office.{function}", [key, *values])
            return cursor.fetchone()[0]
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.InvalidAuthorizationSpecification):
            raise Refused(SIGN_IN_AGAIN) from error
        if isinstance(cause, psycopg.errors.SerializationFailure | psycopg.errors.UniqueViolation):
            raise Stale(MEANWHILE) from error
        raise
