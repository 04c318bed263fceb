"""The roster on this unit: the signed edition in force of who may operate, trained until when, and the policy that came with it.

A roster whose policy this program cannot read is not put in force: rules that are half understood are no rules.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from platewarden.exchange.roster_edition import RosterEdition
from platewarden.exchange.seal import open_message
from platewarden.exchange.wire import Kind
from platewarden.policy.department import Department, load_department
from platewarden.unit.editions import may_replace, replace_file

__all__ = ["FILE", "Roster"]

FILE = "roster.edition"


class Roster:
    """Who may sign on here. None, and edition 0, until the office's first edition has come."""

    def __init__(self, data: Path, find_key: Callable[[bytes], bytes | None]) -> None:
        self._path = data / FILE
        self._find_key = find_key
        self._raw = self._path.read_bytes() if self._path.exists() else b""
        self.edition: RosterEdition | None = None
        self.department: Department = load_department()
        """The policy in force: the roster's; before the first roster, the department file in this program."""
        if self._raw:
            self.edition, self.department = self._open(self._raw)

    @property
    def number(self) -> int:
        return self.edition.number if self.edition else 0

    def take(self, raw: bytes, *, ordered: int = 0) -> bool:
        """Put an edition that came from the office in force. False if it is already; raises, and keeps the old, if it may not be."""
        came, department = self._open(raw)
        if not may_replace("roster", held=self.number, came=came.number, ordered=ordered, same=raw == self._raw):
            return False
        replace_file(self._path, raw)
        self._raw, self.edition, self.department = raw, came, department
        return True

    def _open(self, raw: bytes) -> tuple[RosterEdition, Department]:
        edition = RosterEdition.from_body(open_message(raw, Kind.ROSTER_EDITION, self._find_key).body)
        return edition, load_department(text=edition.policy)
