"""The pulse: what a running unit says of itself every two seconds, for whoever looks over ssh. No plate data is in it.

One small file in the unit's folder, replaced whole and gone when the run ends. It is not synced to the disk: it speaks of this moment,
and after a cut nobody believes it, for it carries the machine's run and counter. A disk that is full keeps no pulse and
stops nothing.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from platewarden.unit.trusted_clock import machine_run, machine_seconds
from platewarden.unit.video import FrameCounts

__all__ = ["EVERY_S", "CameraPulse", "Pulse", "Rates", "RunState", "hear", "pulsing"]

FILE = "pulse.json"
EVERY_S = 2.0
OLDEST_S = 10.0


@dataclass(frozen=True)
class CameraPulse:
    """One video camera. The rates are those since the last pulse; none with the first."""

    name: str
    is_running: bool
    frames: int
    dropped: int
    bad: int
    cuts: int
    frames_per_s: float | None = None
    dropped_per_s: float | None = None


@dataclass(frozen=True)
class RunState:
    """What the run knows: who is signed on, and how the line to the office is."""

    crew: tuple[str, ...]
    until: datetime | None
    failures: int
    """Rounds in a row that the office did not answer."""
    refusal: str
    """The office's own no to this unit."""


@dataclass(frozen=True)
class Pulse:
    """One moment of a running unit."""

    run: RunState
    cameras: tuple[CameraPulse, ...]
    machine: str
    seconds: float


class Rates:
    """Counts of cameras into counts with rates: what came since the last look, by the machine's counter."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[FrameCounts, float]] = {}

    def of(self, counted: Mapping[str, FrameCounts], seconds: float) -> tuple[CameraPulse, ...]:
        found = []
        for name, now in counted.items():
            per_s: tuple[float, float] | None = None
            before = self._before.get(name)
            if before is not None and seconds > before[1] and now.frames >= before[0].frames:
                passed = seconds - before[1]
                per_s = (now.frames - before[0].frames) / passed, max(0.0, (now.dropped - before[0].dropped) / passed)
            frames_per_s, dropped_per_s = (round(per_s[0], 1), round(per_s[1], 1)) if per_s else (None, None)
            found.append(CameraPulse(name, now.is_running, now.frames, now.dropped, now.bad, now.cuts, frames_per_s, dropped_per_s))
        self._before = {name: (now, seconds) for name, now in counted.items()}
        return tuple(found)


@contextmanager
def pulsing(
    data: Path,
    state: Callable[[], RunState],
    counted: Callable[[], Mapping[str, FrameCounts]],
    *,
    every_s: float = EVERY_S,
    seconds: Callable[[], float] = machine_seconds,
) -> Iterator[None]:
    """While the block runs, the pulse of this unit is kept."""
    over, rates = threading.Event(), Rates()

    def beat() -> None:
        while True:
            now = seconds()
            with suppress(OSError):
                _keep(data / FILE, Pulse(state(), rates.of(counted(), now), machine_run(), now))
            if over.wait(every_s):
                return

    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)
        (data / FILE).unlink(missing_ok=True)


def _keep(path: Path, pulse: Pulse) -> None:
    draft = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(pulse), file, default=datetime.isoformat)
    draft.replace(path)


def hear(data: Path, *, seconds: Callable[[], float] = machine_seconds) -> Pulse | None:
    """The pulse of the unit in this folder; none when it does not run, or has not said anything for ten seconds."""
    try:
        said = json.loads((data / FILE).read_text("utf-8"))
        pulse = _pulse(said)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # no file, or one that a cut left half written
        return None
    is_fresh = pulse.machine == machine_run() and 0 <= seconds() - pulse.seconds <= OLDEST_S
    return pulse if is_fresh else None


def _pulse(said: dict[str, Any]) -> Pulse:
    run = dict(said["run"])
    run["crew"] = tuple(map(str, run["crew"]))
    run["until"] = datetime.fromisoformat(run["until"]) if run["until"] else None
    known = {each.name for each in fields(CameraPulse)}
    cameras = tuple(CameraPulse(**{name: each[name] for name in known}) for each in said["cameras"])
    return Pulse(RunState(**run), cameras, str(said["machine"]), float(said["seconds"]))
