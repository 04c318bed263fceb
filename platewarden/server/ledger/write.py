"""Writing a line in the ledger: who, what, why; on the caller's connection, in the caller's transaction.

An act and its line stand or fall together. Looks at plate data are not written here but by `access.desk`, before the look.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connections

from platewarden.server.ledger.acts import Act


@dataclass(frozen=True)
class Signer:
    """Who signs: a member by number and name as text; a part of the system has a name and no number."""

    number: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.number} {self.name}" if self.number else self.name


OFFICE = Signer(None, "the office's own round")
CONSOLE = Signer(None, "the installer at the server's console")


def record(
    act: Act,
    *,
    by: Signer,
    purpose: str = "",
    about: dict[str, Any] | None = None,
    content: dict[str, Any] | None = None,
    using: str = "default",
) -> int:
    """Writes one line and returns its leaf number. `about` is for ids; words, numbers and plates go into `content`."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select office.ledger_append(%s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [act.value, by.number, by.name, purpose, json.dumps(about or {}, default=str), json.dumps(content or {}, default=str)],
        )
        return int(cursor.fetchone()[0])
