"""The journal: who looked at what on this mobile workstation, by name, date and time; carried up like a read.

A line is durable before what it tells of is shown. Lines wait in the spool's database, without any plate: what was looked
at is named by its id. They go up as numbered, signed, sealed pages on a stream of their own, so that a missing page shows
at the office as a gap; a line leaves the database in the same transaction that keeps its page.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from uuid import UUID

from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.exchange.seal import SigningKey
from platewarden.unit.spool import Draft, Spool

__all__ = ["STREAM", "Journal"]

STREAM = "journal"
LINES_A_PAGE = 200


class Journal:
    """The journal of one unit, in its spool."""

    def __init__(self, spool: Spool, key: SigningKey) -> None:
        self._spool = spool
        self._key = key

    def write(
        self,
        act: str,
        *,
        at: datetime,
        member: str | None,
        about: UUID | None = None,
        purpose: str | None = None,
        reference: str | None = None,
    ) -> None:
        """One line, durable when this returns. Raises Unavailable if it cannot be written."""
        self._spool.write(
            "insert into journal_line (at, member, act, about, purpose, reference) values (?, ?, ?, ?, ?, ?)",
            at.isoformat(),
            member,
            act,
            str(about) if about else None,
            purpose or None,
            reference or None,
        )

    def waits(self) -> bool:
        """Whether there are lines that no page has yet."""
        return bool(self._spool.rows("select 1 from journal_line limit 1"))

    def close_page(self, *, at: datetime) -> int:
        """Make the waiting lines into a page of the spool; returns how many lines went."""
        rows = self._spool.rows(
            "select number, at, member, act, about, purpose, reference from journal_line order by number limit ?", LINES_A_PAGE
        )
        if not rows:
            return 0
        lines = tuple(
            JournalLine(
                at=datetime.fromisoformat(str(when)),
                member=str(member) if member is not None else None,
                act=str(act),
                about=UUID(str(about)) if about else None,
                purpose=str(purpose) if purpose is not None else None,
                reference=str(reference) if reference is not None else None,
            )
            for _, when, member, act, about, purpose, reference in rows
        )
        last = rows[-1][0]

        def page(sequence: int) -> bytes:
            return JournalPage(unit_key_id=self._key.key_id, sequence=sequence, lines=lines).signed(self._key)

        def leave(database: sqlite3.Connection) -> None:
            database.execute("delete from journal_line where number <= ?", (last,))

        self._spool.keep([Draft(STREAM, page, urgency=1, has_limit=False)], at=at, beside=leave)
        return len(lines)
