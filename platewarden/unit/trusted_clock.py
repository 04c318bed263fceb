"""Whether this unit's clock may decide what is destroyed. The machine's clock is never believed alone.

The rule. What the clock says is **confirmed** when

* *the office* said so: its signed orders answered this unit's own nonce in this run of the machine, and the clock differs
  by no more than two minutes (and 1 in 10,000 of the time since) from the office's time plus what the machine's
  monotonic counter has counted since. The counter goes on while the machine sleeps and ends when it restarts; or
* *the satellites* say so, where the office has not in this run of the machine: for ten minutes of the counter, and as late
  as half a minute ago, every time that the receiver gave was within two minutes of the clock, and the clock is not
  before the last moment that was confirmed.

It is **wrong** when it contradicts one of the two, or the last confirmed moment, which is written down and survives a
restart. Otherwise it is **unconfirmed**. On a clock that is wrong or unconfirmed nothing is destroyed: it is said on the
unit, and the office is told at the next contact. The office's word corrects everything, the written moment included.

Known gap: somebody who sets this machine's clock ahead *and* sends false satellite time to its receiver for ten minutes,
out of the office's reach, makes it destroy reads early. Their numbers stand in the tombstone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from platewarden.exchange.contact import ClockState

__all__ = ["ANCHOR", "FLOOR", "OFF_BY", "Marks", "Standing", "TrustedClock", "machine_run", "machine_seconds"]

OFF_BY: Final = timedelta(minutes=2)
DRIFTS_BY: Final = 1e-4
SATELLITES_FOR_S: Final = 600.0
SATELLITES_SINCE_S: Final = 30.0
ANCHOR: Final = "clock_anchor"
FLOOR: Final = "clock_floor"


def machine_seconds() -> float:
    """Seconds since this machine started, sleep included. Nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def machine_run() -> str:
    """A name for the time since this machine started."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:  # without one, nothing of an earlier process is believed
        return f"process {time.monotonic_ns()}"


class Marks(Protocol):
    """Where small facts survive a restart: the spool's database."""

    def mark(self, name: str, value: str) -> None: ...

    def marked(self, name: str) -> str | None: ...


@dataclass(frozen=True)
class Standing:
    """What may be said of the clock at one moment."""

    state: ClockState
    because: str

    @property
    def is_confirmed(self) -> bool:
        return self.state in {ClockState.OFFICE, ClockState.SATELLITES}


@dataclass
class TrustedClock:
    """The judge of one unit's clock. `seconds` is the machine's counter, `run` names the counter's beginning."""

    marks: Marks
    seconds: Callable[[], float]
    run: str

    def __post_init__(self) -> None:
        self._office: tuple[float, datetime] | None = None
        self._satellites: tuple[float, float] | None = None
        """Since when, and when last, the receiver's time and the clock were the same."""
        self._contradicted: tuple[float, timedelta] | None = None
        anchor = (self.marks.marked(ANCHOR) or "").split()
        if len(anchor) == 3 and anchor[0] == self.run and float(anchor[1]) <= self.seconds():
            self._office = float(anchor[1]), datetime.fromisoformat(anchor[2])
        floor = self.marks.marked(FLOOR)
        self._floor = datetime.fromisoformat(floor) if floor else None

    def hear_office(self, office_at: datetime) -> None:
        """The office said, in answer to this unit's own nonce, what time it is there."""
        counted = self.seconds()
        self._office = counted, office_at
        self.marks.mark(ANCHOR, f"{self.run} {counted!r} {office_at.isoformat()}")
        self._raise_floor(office_at, even_back=True)

    def hear_satellites(self, satellites_at: datetime, *, at: datetime) -> None:
        """The receiver says what time it is, while the clock says `at`."""
        counted, off = self.seconds(), at - satellites_at
        if abs(off) > OFF_BY:
            self._satellites, self._contradicted = None, (counted, off)
            return
        since = self._satellites[0] if self._satellites and counted - self._satellites[1] <= SATELLITES_SINCE_S else counted
        self._satellites, self._contradicted = (since, counted), None
        if self.standing(at).state is ClockState.SATELLITES:
            self._raise_floor(at)

    def is_sure(self, at: datetime) -> bool:
        """Whether a read may be dated by what the clock says."""
        return self.standing(at).is_confirmed

    def standing(self, at: datetime) -> Standing:
        """What may be said of the clock, which says `at`. Writes nothing: the spool asks in the middle of a transaction."""
        counted = self.seconds()
        if self._office is not None:
            since = counted - self._office[0]
            off = at - (self._office[1] + timedelta(seconds=since))
            if abs(off) > OFF_BY + timedelta(seconds=since * DRIFTS_BY):
                return _wrong(off, "what the office said")
            return Standing(ClockState.OFFICE, "It agrees with what the office said, and with what was counted since.")
        if self._contradicted is not None and counted - self._contradicted[0] <= SATELLITES_FOR_S:
            return _wrong(self._contradicted[1], "the satellites' time")
        if self._floor is not None and at < self._floor - OFF_BY:
            return _wrong(at - self._floor, "the last moment that was confirmed")
        if self._satellites is not None:
            since, last = self._satellites
            if counted - last <= SATELLITES_SINCE_S and last - since >= SATELLITES_FOR_S:
                return Standing(ClockState.SATELLITES, "It has agreed with the satellites' time for ten minutes.")
        return Standing(
            ClockState.UNCONFIRMED, "Neither the office nor the satellites have confirmed it since this machine started."
        )

    def _raise_floor(self, at: datetime, *, even_back: bool = False) -> None:
        """Written down when it is a quarter of an hour later: it need not be exact, and each costs the disk a write."""
        if self._floor is None or even_back or at > self._floor + timedelta(minutes=15):
            self._floor = at
            self.marks.mark(FLOOR, at.isoformat())


def _wrong(off: timedelta, than: str) -> Standing:
    seconds = abs(off).total_seconds()
    span = f"{seconds / 86400:.0f} days" if seconds > 172800 else f"{seconds / 60:.0f} minutes"
    way = "ahead of" if off > timedelta(0) else "behind"
    return Standing(ClockState.WRONG, f"The clock of this unit is {span} {way} {than}.")
