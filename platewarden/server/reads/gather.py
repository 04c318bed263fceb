"""Gathering the dictionary of the days that are over, so that a search over months meets each plate once and not once a day.

What is gathered is made anew every night, aside from the worker's other jobs so that sealing never waits, and emptied in the very transaction that
ends any day in it. Until it is there, a search asks each day's own dictionary: slower, with the same answer. A gathering that is killed
leaves a table that the next one, or the next purge, drops.

Known gap: a server that dies while the index is built may leave a file of that index behind: tokens and places, no text of a plate.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from django.db import OperationalError, connection

NOT_NOW = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


def is_due() -> bool:
    """Whether a day is over and not gathered yet."""
    with connection.cursor() as cursor:
        cursor.execute("select plates.gather_is_due()")
        return bool(cursor.fetchone()[0])


def gather() -> int | None:
    """Gathers; how many plates. None when another process is at it, or a purge or a search went first."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select plates.begin_gathering()")
            cursor.execute("select plates.gather()")
            many: int | None = cursor.fetchone()[0]
            return many
    except OperationalError as error:
        if not isinstance(error.__cause__, NOT_NOW):
            raise
        return None


def send_home() -> None:
    """Ends a gathering under way, which begins again later: a purge does not wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_cancel_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid"
            " where l.locktype = 'advisory' and l.objid = 4270012 and l.granted and l.pid <> pg_backend_pid()"
            " and l.database = (select oid from pg_database where datname = current_database()) and a.usename = session_user"
        )


def gather_if_due(*, unless: Callable[[], bool]) -> None:
    """Gathers when a day is over and not gathered, unless what is to be gathered is to be purged first."""
    if is_due() and not unless():
        gather()
