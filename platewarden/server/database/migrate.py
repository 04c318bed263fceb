"""Bringing the schema up to date: schemas, migrations of every room, grants, the first open days. Run as the owner.

Repeating it changes nothing; interrupted, the next run goes on. It never creates a role.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.db import connection, transaction

from platewarden.server.clock import now
from platewarden.server.database.grants import apply_grants
from platewarden.server.database.room_sql import role


def migrate(*, verbosity: int = 0) -> None:
    """Migrates the database of this process, whose login must be the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("create schema if not exists office")
        cursor.execute("create schema if not exists plates")
        # Whoever is to own a function may have to create in its schema at that moment, and never after.
        cursor.execute(f"grant usage, create on schema office, plates to {role('door')}")
    call_command("migrate", interactive=False, verbosity=verbosity)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"revoke create on schema office, plates from {role('door')}")
        apply_grants(cursor, role("owner").removesuffix("_owner"))


def open_days() -> None:
    """Opens yesterday, today and the next two days. The worker does it every hour, setup once."""
    today = now().date()
    with connection.cursor() as cursor:
        for shift in (-1, 0, 1, 2):
            cursor.execute("select plates.ensure_span(%s)", [today + timedelta(days=shift)])
