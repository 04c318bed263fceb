"""How a unit is at this moment, for a technician: one line a thing, in the doctor's words. Looks only, also while it runs.

What the running program alone knows (cameras, shift, the line to the office) comes from its pulse; the rest from the unit's folder,
by the doctor's own looks. Cheap enough for every second or two: the lists are opened again only when their files are others.

Known gap: frames are counted of video cameras; a folder of photographs has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from platewarden.policy.refusal import PlatewardenError
from platewarden.unit import hotlist as hotlist_file
from platewarden.unit import roster as roster_file
from platewarden.unit.config import load_config
from platewarden.unit.doctor import Finding, State, clock_of, disk_of, laptop_of, lists_of, spool_of
from platewarden.unit.enrolment import SPOOL, load_enrolment
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.pulse import CameraPulse, Pulse, hear
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Spool

__all__ = ["Sight", "Technician"]


@dataclass(frozen=True)
class Sight:
    """One look: the unit's name, when, and a finding for each thing, always in the same order."""

    unit: str
    at: datetime
    findings: tuple[Finding, ...]

    @property
    def troubles(self) -> int:
        return sum(each.state is not State.OK for each in self.findings)


class Technician:
    """Looks at one unit again and again. Refused at once where there is no enrolled unit."""

    def __init__(self, data: Path, *, clock: Callable[[], datetime], pulse: Callable[[Path], Pulse | None] = hear) -> None:
        self._data, self._clock, self._pulse = data, clock, pulse
        self._config = load_config(data)
        self._enrolment = load_enrolment(data, self._config)
        self._lists: tuple[object, Hotlist, Roster] | None = None

    def look(self) -> Sight:
        """Everything once. What cannot be looked at is a line too, and the others stand."""
        at = self._clock()
        pulse = self._pulse(self._data)
        looks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
            ("shift", lambda: iter([_shift(pulse)])),
            ("cameras", lambda: _cameras(pulse)),
            ("office", lambda: iter([self._office(pulse, at)])),
            ("lists", lambda: lists_of(*self._opened(), at)),
            ("spool", lambda: spool_of(self._data, self._config, at)),
            ("laptop", lambda: laptop_of(self._data, self._config, at)),
            ("clock", lambda: clock_of(self._data, at)),
            ("disk", lambda: disk_of(self._data, self._config)),
        ]
        found: list[Finding] = []
        for what, look in looks:
            try:
                found += look()
            except PlatewardenError as error:
                found.append(Finding(what, State.BROKEN, error.message, "Run: platewarden unit doctor"))
        return Sight(self._enrolment.unit_name, at, tuple(found))

    def _opened(self) -> tuple[Hotlist, Roster]:
        files = [self._data / each for each in (hotlist_file.FILE, roster_file.FILE)]
        here = tuple((each.stat().st_mtime_ns, each.stat().st_ino) if each.exists() else None for each in files)
        if self._lists is None or self._lists[0] != here:
            find_key = self._enrolment.find_key
            self._lists = here, Hotlist(self._data, find_key), Roster(self._data, find_key)
        return self._lists[1:]

    def _office(self, pulse: Pulse | None, at: datetime) -> Finding:
        _, marks = Spool.look(self._data / SPOOL)
        contact = marks.get("contact_at")
        last = f"last heard {_ago(at - datetime.fromisoformat(contact))}" if contact else "never heard yet"
        if pulse is None:
            return Finding("office", State.OK if contact else State.LOOK, f"{last[0].upper()}{last[1:]}; nothing is tried now.")
        if pulse.run.refusal:
            return Finding(
                "office", State.BROKEN, pulse.run.refusal, "Ask the Administrative Supervisor. Nothing that waits is lost."
            )
        if pulse.run.failures or not contact:
            says = f"It does not answer: {pulse.run.failures} tries in a row, {last}."
            return Finding("office", State.LOOK, says, "Nothing is lost meanwhile. Check network and address.")
        return Finding("office", State.OK, f"It answers; {last}.")


def _shift(pulse: Pulse | None) -> Finding:
    if pulse is None:
        return Finding("shift", State.LOOK, "The unit does not run, so nothing is read.", "Start it: platewarden unit run --help")
    if not pulse.run.crew:
        return Finding("shift", State.OK, "The unit runs. Nobody is signed on, so nothing is read.")
    until = f", until {pulse.run.until:%Y-%m-%d %H:%M} UTC" if pulse.run.until else ""
    return Finding("shift", State.OK, f"{' and '.join(pulse.run.crew)}{until}.")


def _cameras(pulse: Pulse | None) -> Iterator[Finding]:
    if pulse is None or not pulse.run.crew:
        yield Finding("cameras", State.OK, "None is open.")
    elif not pulse.cameras:
        yield Finding("cameras", State.OK, "Photographs from a folder: no frames to count.")
    else:
        yield from map(_camera, pulse.cameras)


def _camera(camera: CameraPulse) -> Finding:
    what = f"camera {camera.name}"
    rate = "–" if camera.frames_per_s is None else f"{camera.frames_per_s:.1f}"
    lost = "–" if camera.dropped_per_s is None else f"{camera.dropped_per_s:.1f}"
    says = (
        f"{rate} frames/s, {lost} dropped/s. In all {camera.frames} frames, {camera.dropped} dropped, {camera.bad} bad, "
        f"{camera.cuts} cuts."
    )
    if not camera.is_running:
        return Finding(what, State.BROKEN, f"No pictures come. {says}", "Check plug and power. It is tried again by itself.")
    if camera.frames_per_s and camera.dropped_per_s and camera.dropped_per_s > camera.frames_per_s / 2:
        return Finding(what, State.LOOK, says, "More than half is dropped: is something else busy, or the camera's rate too high?")
    return Finding(what, State.OK, says)


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} seconds ago"
    return f"{seconds // 60} minutes ago" if seconds < 7200 else f"{seconds // 3600} hours ago"
