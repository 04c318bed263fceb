"""Reading one's own lines: what was recorded about a member, without contents. Leaves hold no plate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from platewarden.server.ledger.acts import Act


@dataclass(frozen=True)
class LedgerEntry:
    """One line as its member may see it. `sealed` is its place in the tree, None for about a second."""

    leaf: int
    at: datetime
    act: str
    sentence: str
    purpose: str
    sealed: int | None


def lines_of(number: str, *, before: int | None = None, at_most: int = 50) -> list[LedgerEntry]:
    """A member's own lines, newest first, before a leaf number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.leaf_id, l.at, l.act, l.body, s.tree_index from office.ledger_leaf l left join office.ledger_sealed s using (leaf_id)"
            " where l.member_number = %s and l.leaf_id < %s order by l.leaf_id desc limit %s",
            [number, before or 2**62, at_most],
        )
        return [
            LedgerEntry(leaf, at, act, Act(act).sentence, json.loads(body).get("purpose") or "", sealed)
            for leaf, at, act, body, sealed in cursor
        ]


def sign_ins_of(number: str) -> list[datetime]:
    """The moments of a member's last two sign-ins, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select at from office.ledger_leaf where member_number = %s and act = %s order by leaf_id desc limit 2",
            [number, Act.ACCESS_SIGN_IN.value],
        )
        return [row[0] for row in cursor]
