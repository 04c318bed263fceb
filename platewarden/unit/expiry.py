"""Expiry: what a unit could not deliver within the retention is destroyed here, with a signed tombstone for the office.

A day is past when it is older than the retention, counted as the office counts it (UTC days): with 30 days, what was kept
on March 1 ends on April 1, never before. How many days, the office's signed orders say; before the first orders, the
department file in this program. Only a confirmed clock ends a day (`trusted_clock`); on any other nothing is destroyed,
and that is said. The journal holds no plate and never ends here.

The order of the steps on the disk stands in `spool`: the tombstone is kept before the key is destroyed.

What lies in hours that a signed notice holds (`holds`) is taken out of its day before that ends, and lies under a key of its own
until it is delivered, or the hours are held no more: then it ends as its day did, with a tombstone. What of it is held the office
decides, read by read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from platewarden.exchange.seal import SigningKey
from platewarden.exchange.tombstone import RANGES_AT_MOST, Tombstone, Why
from platewarden.policy.department import load_department
from platewarden.unit.holds import Holds
from platewarden.unit.spool import Buried, Draft, Spool
from platewarden.unit.trusted_clock import Standing, TrustedClock

__all__ = ["RETENTION", "STREAM", "Expiry", "retention_days"]

STREAM = "tombstone"
RETENTION = "retention_days"
EVERY_S = 600.0


def retention_days(spool: Spool) -> int:
    """How long a read may wait here, as the office last said, or the department file in this program."""
    said = spool.marked(RETENTION)
    return int(said) if said else load_department().retention_days["reads"]


@dataclass
class Expiry:
    """Ends the days that are past. `look` is cheap and may be asked often."""

    spool: Spool
    key: SigningKey
    trusted: TrustedClock
    say: Callable[[str], None]
    holds: Holds
    _looked_at_s: float | None = None
    _said: set[str] = field(default_factory=set)

    def look(self, at: datetime) -> int:
        """Ends what is past, at most every ten minutes; returns how many reads ended undelivered."""
        counted = self.trusted.seconds()
        if self._looked_at_s is not None and 0 <= counted - self._looked_at_s < EVERY_S:
            return 0
        self._looked_at_s = counted
        return self.end_what_is_past(at)

    def end_what_is_past(self, at: datetime) -> int:
        """Nothing on a clock that is not confirmed; otherwise every day that is past, whole."""
        standing = self.trusted.standing(at)
        if not standing.is_confirmed:
            self._say_suspect(standing, at)
            return 0
        self._said.clear()
        today, days = at.astimezone(UTC).date(), retention_days(self.spool)
        self.spool.settle(today)
        ended = 0
        for day in self.spool.days_past(today - timedelta(days=days)):
            if self.spool.spare(day, lambda kept_at: self.holds.covers(kept_at, now=at)):
                continue
            ended += self.spool.bury(day, lambda ends: self._tombstones(ends, at, days, standing), at=at)
        self.spool.end_spent_days(today)
        if ended:
            self.say(
                f"{ended} reads were older than {days} days and could not be delivered: they are destroyed, and the office is told."
            )
        return ended

    def _tombstones(self, ends: Buried, at: datetime, days: int, standing: Standing) -> Sequence[Draft]:
        def draft(ranges: tuple[tuple[int, int], ...]) -> Draft:
            def write(sequence: int) -> bytes:
                return Tombstone(
                    unit_key_id=self.key.key_id,
                    sequence=sequence,
                    stream=ends.stream,
                    day=ends.day,
                    ranges=ranges,
                    buried_at=at,
                    retention_days=days,
                    clock=standing.state,
                    why=Why.RETENTION,
                ).signed(self.key)

            return Draft(STREAM, write, urgency=1, has_limit=False)

        return [draft(ends.ranges[first : first + RANGES_AT_MOST]) for first in range(0, len(ends.ranges), RANGES_AT_MOST)]

    def _say_suspect(self, standing: Standing, at: datetime) -> None:
        past = self.spool.days_past(at.astimezone(UTC).date() - timedelta(days=retention_days(self.spool)))
        if past and standing.because not in self._said:
            self._said.add(standing.because)
            self.say(f"{standing.because} So nothing is destroyed for its age. Connect to the office, or have the clock set.")
