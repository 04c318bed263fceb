"""Runs a room's own SQL file as a migration, with the roles of this database filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

ROLES = ("owner", "door", "app", "login", "ingest", "purge")


def role(name: str) -> str:
    """The name of a role of this database, for example `platewarden_app`."""
    if name not in ROLES or not re.fullmatch(r"[a-z_][a-z0-9_]*", settings.ROLE_PREFIX):
        raise ValueError(name)
    return f"{settings.ROLE_PREFIX}_{name}"


def room_sql(migration_file: str, name: str) -> migrations.RunPython:
    """The operation that runs `sql/<name>` of the room whose migration file is given.

    The text may say {owner}, {door}, {app}, {login}, {ingest}, {purge}: the roles of this database.
    """
    path = Path(migration_file).parent.parent / "sql" / name

    def run(_apps: Any, schema_editor: Any) -> None:
        text = path.read_text("utf-8")
        for each in ROLES:
            text = text.replace("{" + each + "}", role(each))
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(text)

    return migrations.RunPython(run, migrations.RunPython.noop)
