"""Functions of the database that know the member by the key of the sign-in: called here, and what they refuse is said in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest

from platewarden.policy.refusal import Refused, Stale
from platewarden.server.access.desk import SIGN_IN_AGAIN
from platewarden.server.access.login import person_key

MEANWHILE = "Somebody settled this meanwhile. Look at it again."


@contextmanager
def said_plainly(*, meanwhile: str = MEANWHILE, taken: str = "") -> Iterator[None]:
    """What the database refuses, in words: Refused when the sign-in was ended; Stale when somebody else was first (`meanwhile`),
    or when what may be there once is there (`taken`; without it the same sentence).
    """
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.InvalidAuthorizationSpecification):
            raise Refused(SIGN_IN_AGAIN) from error
        if isinstance(cause, psycopg.errors.SerializationFailure):
            raise Stale(meanwhile) from error
        if isinstance(cause, psycopg.errors.UniqueViolation):
            raise Stale(taken or meanwhile) from error
        raise


@contextmanager
def as_the_person(request: HttpRequest, *, meanwhile: str = MEANWHILE, taken: str = "") -> Iterator[bytes]:
    """The key of the sign-in, refused without one; what the database refuses to it is said plainly."""
    key = person_key(request)
    if key is None:
        raise Refused(SIGN_IN_AGAIN)
    with said_plainly(meanwhile=meanwhile, taken=taken):
        yield key


def ask_as_the_person(request: HttpRequest, function: str, *values: Any, meanwhile: str = MEANWHILE, taken: str = "") -> Any:
    """What the function answers to this sign-in. `function` is a name and its places, the key's first: ours, never input."""
    with as_the_person(request, meanwhile=meanwhile, taken=taken) as key, connection.cursor() as cursor:
        cursor.execute(f"select office.{function}", [key, *values])
        return cursor.fetchone()[0]
