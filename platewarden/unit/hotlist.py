"""The hot list in the car: the edition in force, its age, and which of its entries a reading answers.

The edition is one file, memory-mapped: a car holds a million entries without reading them into memory. The fold of a text
only *proposes* entries; the one matcher (`plate.match`) decides, here as at the office. An entry past its own expiry is no
hit. What dispatch gave by voice stands beside the edition, for one shift, in memory only. Which edition may replace which is said in `editions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from platewarden.exchange.edition_delta import apply
from platewarden.exchange.hotlist_edition import Edition, EditionEntry
from platewarden.exchange.seal import digest
from platewarden.plate.likeness import fold, folds
from platewarden.plate.match import Answer, LookedFor, SeenPlate, Tier, answers
from platewarden.unit.editions import may_replace, replace_file

__all__ = ["FILE", "Hotlist"]

FILE = "hotlist.edition"

FindKey = Callable[[bytes], bytes | None]


class Hotlist:
    """What this unit looks for. Empty, and edition 0, until the office's first edition has come."""

    def __init__(self, data: Path, find_key: FindKey) -> None:
        self._path = data / FILE
        self._find_key = find_key
        self._edition: Edition | None = self._opened() if self._path.exists() else None
        self._voiced: tuple[EditionEntry, ...] = ()

    @property
    def voiced(self) -> tuple[EditionEntry, ...]:
        """What was entered here by voice of dispatch."""
        return self._voiced

    def hear(self, entry: EditionEntry) -> None:
        """Put an entry by voice in force, until `forget_voiced`."""
        self._voiced = (*self._voiced, entry)

    def forget_voiced(self) -> None:
        self._voiced = ()

    @property
    def number(self) -> int:
        return self._edition.number if self._edition else 0

    @property
    def count(self) -> int:
        return self._edition.count if self._edition else 0

    @property
    def made_at(self) -> datetime | None:
        return self._edition.made_at if self._edition else None

    def age(self, at: datetime) -> timedelta:
        """How old the edition in force is; zero while there is none."""
        return max(timedelta(0), at - self._edition.made_at) if self._edition else timedelta(0)

    def take(self, raw: bytes, *, ordered: int = 0) -> bool:
        """Put an edition that came from the office in force. False if it is already; raises, and keeps the old, if it may not be."""
        came = Edition.open(raw, self._find_key)
        same = self._path.exists() and came.number == self.number and digest(self._path.read_bytes()) == digest(raw)
        if not may_replace("hot list", held=self.number, came=came.number, ordered=ordered, same=same):
            return False
        replace_file(self._path, raw)
        self._edition = self._opened()
        return True

    def take_changes(self, steps: Sequence[bytes], *, ordered: int = 0) -> bool:
        """Put in force what these changes make of the edition held. Raises as `take`, and when they are not changes of that one."""
        raw = self._path.read_bytes()
        for step in steps:
            raw = apply(raw, step)
        return self.take(raw, ordered=ordered)

    def _opened(self) -> Edition:
        edition = Edition.open(self._path, self._find_key)
        edition.prepare()
        return edition

    def hits(self, seen: SeenPlate, *, at: datetime) -> list[tuple[EditionEntry, Answer]]:
        """Every entry the reading answers: full before possible, and the urgent first."""
        edition = self._edition
        asked = folds((seen.text, *[each.text for each in seen.candidates])) if seen.candidates else (fold(seen.text),)
        proposed = edition.proposals(asked) if edition else []
        if not proposed and not self._voiced:
            return []
        found: dict[object, tuple[EditionEntry, Answer]] = {}
        for entry in (*self._voiced, *proposed):
            if entry.expires_at is not None and entry.expires_at <= at:
                continue
            answer = answers(seen, LookedFor(entry.text, entry.is_pattern, entry.state))
            if answer is not None:
                found.setdefault(entry.entry_id, (entry, answer))
        return sorted(found.values(), key=lambda each: (each[1].tier is not Tier.FULL, not each[0].caution, not each[0].urgent))
