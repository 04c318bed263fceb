"""Holds on this unit: the signed notice in force, and whether a moment lies in hours that are held.

A notice names hours and nothing else (`exchange.hold_notice`). It is one file, replaced whole or not at all, like the roster: an older
number, the same number with other contents, another unit's or another signer's is not put in force, and holds nothing. A span whose
hold was to be looked at again meanwhile holds nothing any more either: a car that never comes home does not keep reads for ever.

A read lies under the moment at which it was kept here, up to a few minutes after it was seen; so the hours are taken a little wider.
Known gap: of a read that was kept while the clock was not sure, that moment is what the clock said then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from platewarden.exchange.hold_notice import HoldNotice
from platewarden.exchange.seal import open_message
from platewarden.exchange.wire import Kind
from platewarden.policy.refusal import Tampered
from platewarden.unit.editions import may_replace, replace_file

__all__ = ["FILE", "Holds"]

FILE: Final = "holds.notice"
WIDER: Final = timedelta(minutes=5)


@dataclass
class Holds:
    """What is held of this unit's reads."""

    data: Path
    find_key: Callable[[bytes], bytes | None]
    unit_key_id: bytes
    _notice: HoldNotice | None = None
    _raw: bytes = b""

    def __post_init__(self) -> None:
        path = self.data / FILE
        if path.exists():
            self._raw = path.read_bytes()
            self._notice = self._open(self._raw)

    @property
    def number(self) -> int:
        """Of the notice in force; 0 before the first."""
        return self._notice.number if self._notice else 0

    def take(self, raw: bytes, *, ordered: int = 0) -> bool:
        """Put a notice that came from the office in force. False if it is already; raises, and keeps the old, if it may not be."""
        came = self._open(raw)
        if not may_replace("hold notice", held=self.number, came=came.number, ordered=ordered, same=raw == self._raw):
            return False
        replace_file(self.data / FILE, raw)
        self._raw, self._notice = raw, came
        return True

    def covers(self, kept_at: datetime, *, now: datetime) -> bool:
        """Whether what was kept at this moment is in hours that are held now."""
        spans = self._notice.spans if self._notice else ()
        return any(now < each.stands_until and each.since - WIDER <= kept_at < each.until + WIDER for each in spans)

    def _open(self, raw: bytes) -> HoldNotice:
        notice = HoldNotice.from_body(open_message(raw, Kind.HOLD_NOTICE, self.find_key).body)
        if notice.unit_key_id != self.unit_key_id:
            raise Tampered("This hold notice is another unit’s. Tell the Administrative Supervisor.")
        return notice
