"""Where this unit is: from a satellite receiver (gpsd, or NMEA lines), or surveyed for a fixed post; and the nearest crossing.

A place is told with its accuracy, heading, age and nearest crossing. Without a fix, or with one older than `gps_oldest_s`, a
read has no place and says why, and the unit says so once when the fix is lost and once when it is back. The receiver's time is
one of the two sources of the trusted clock.

Which way the unit faces is known of what stands: of a surveyed post, and of a car that stopped, from the way it last drove. A car
that drives doesn't know whether what it passes drives too, so it says no direction of travel by the compass.

* gpsd speaks JSON lines over TCP on this machine: `?WATCH={"enable":true,"json":true};`, then `TPV` reports.
* NMEA 0183: `RMC` (place, course, speed, date and time) and `GGA` (quality, dilution of precision), each line with its
  checksum; a line without one, or with a wrong one, is not believed.

NMEA gives no accuracy: it is taken as five metres times the horizontal dilution. A line that is not understood is counted and
left out. A receiver that goes silent or away is asked again, with longer pauses.

Known gap: an NMEA date has two digits of the year; it is read as 20yy. Time and place of satellites are not signed by anybody.
Known gap: a car that stopped after backing up is taken to face the way it went.
"""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platewarden.exchange.read_report import Across, Along, NoPlace, Place
from platewarden.policy.refusal import Malformed
from platewarden.unit.streets import Streets

__all__ = ["NOWHERE", "Fix", "Receiver", "Source", "Where", "Whereabouts", "source_of", "surveyed"]

METRES_A_DILUTION: Final = 5.0
KNOT: Final = 0.514444
DRIVES_MPS: Final = 3.0
"""From this speed on, the course over ground is the way the car faces."""
STANDS_MPS: Final = 0.5
LONGEST_LINE: Final = 64 * 1024
WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'


@dataclass(frozen=True)
class Fix:
    """One position as the receiver gave it, and when, by the machine's counter, it was heard."""

    lat: float
    lon: float
    accuracy_m: float
    heading_deg: float | None
    speed_mps: float | None
    at: datetime | None
    heard_s: float

    def place(self, now_s: float) -> Place:
        """The place as a read tells it, this much later."""
        return Place(self.lat, self.lon, self.accuracy_m, self.heading_deg, max(0.0, now_s - self.heard_s))


@dataclass(frozen=True)
class Where:
    """Where the unit is at one moment, as its reads tell it."""

    place: Place | None
    because: NoPlace | None
    """Why there is no place; None where there is one."""
    front_deg: float | None = None
    """Which way the front of a unit points that stands, by the compass; 0 for a surveyed one, whose cameras' aims are by the compass."""

    def travel_deg(self, aim_deg: float | None, along: Along | None, across: Across | None) -> float | None:
        """Which way a vehicle went, by the compass, seen by a camera that looks `aim_deg` clockwise from the front."""
        if self.front_deg is None or aim_deg is None or (along is None and across is None):
            return None
        turned = {Along.TOWARDS: 180.0, Along.AWAY: 0.0, Across.LEFT: 270.0, Across.RIGHT: 90.0}
        # a vehicle that comes nearer drifts to a side of the picture too: nearer or further is the surer word
        return (self.front_deg + aim_deg + turned[along or across]) % 360.0  # type: ignore[index]


NOWHERE: Final = Where(None, NoPlace.NO_RECEIVER)


def surveyed(lat: float, lon: float, accuracy_m: float, streets: Streets | None) -> Where:
    """Of a fixed post, or of a camera with a place of its own."""
    return Where(_with_crossing(Place(lat, lon, accuracy_m, None, 0.0), streets), None, front_deg=0.0)


def _with_crossing(place: Place, streets: Streets | None) -> Place:
    return replace(place, crossing=streets.crossing(place.lat, place.lon)) if streets else place


class Receiver:
    """Understands the lines of a receiver, one after the other."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self.fix: Fix | None = None
        self.front_deg: float | None = None
        """The way the car last drove: the way it faces, once it stands."""
        self.because = NoPlace.NOT_HEARD
        self.not_understood = 0
        self._dilution = 2.0

    def hear(self, line: str) -> Fix | None:
        """The fix that this line brings, if it brings one."""
        line = line.strip()
        if not line:
            return None
        try:
            found = self._tpv(line) if line.startswith("{") else self._nmea(line)
        except (ValueError, KeyError, TypeError, IndexError, Malformed):
            self.not_understood += 1
            return None
        if found is not None:
            self.fix, self.because = found, NoPlace.TOO_OLD
            if (found.speed_mps or 0.0) >= DRIVES_MPS and found.heading_deg is not None:
                self.front_deg = found.heading_deg
        return found

    def _tpv(self, line: str) -> Fix | None:
        said = json.loads(line)
        if said.get("class") != "TPV":
            return None
        if said.get("mode", 0) < 2:
            return self._lost()
        error = said.get("eph") or math.hypot(said.get("epx") or 0.0, said.get("epy") or 0.0)
        moment = datetime.fromisoformat(said["time"]).astimezone(UTC) if "time" in said else None
        return self._found(
            said["lat"], said["lon"], error or METRES_A_DILUTION * self._dilution, said.get("track"), said.get("speed"), moment
        )

    def _nmea(self, line: str) -> Fix | None:
        body, star, given = line.removeprefix("$").partition("*")
        checksum = 0
        for each in body.encode("ascii"):
            checksum ^= each
        if not line.startswith("$") or not star or int(given, 16) != checksum:
            raise ValueError
        words = body.split(",")
        kind = words[0][2:]
        if kind == "GGA":
            if words[6] == "0":
                return self._lost()
            self._dilution = float(words[8])
        if kind != "RMC":
            return None
        if words[2] != "A":
            return self._lost()
        moment = datetime.strptime(f"{words[9]} {words[1][:6]} +0000", "%d%m%y %H%M%S %z")
        speed = float(words[7]) * KNOT if words[7] else None
        heading = float(words[8]) if words[8] else None
        return self._found(
            _degrees(words[3], words[4]), _degrees(words[5], words[6]), METRES_A_DILUTION * self._dilution, heading, speed, moment
        )

    def _found(  # noqa: PLR0917  the receiver's own order
        self, lat: float, lon: float, accuracy_m: float, heading: float | None, speed: float | None, moment: datetime | None
    ) -> Fix:
        fix = Fix(float(lat), float(lon), float(accuracy_m), heading, speed, moment, self._seconds())
        fix.place(fix.heard_s)  # not on this earth: not believed
        return fix

    def _lost(self) -> Fix | None:
        self.because = NoPlace.FEW_SATELLITES
        return None


def _degrees(given: str, hemisphere: str) -> float:
    """`ddmm.mmmm` or `dddmm.mmmm`, and N, S, E or W."""
    whole, minutes = divmod(float(given), 100)
    if hemisphere not in {"N", "S", "E", "W"} or minutes >= 60:
        raise ValueError
    return (whole + minutes / 60) * (-1 if hemisphere in {"S", "W"} else 1)


@dataclass(frozen=True)
class Source:
    """Where the lines come from."""

    host: str = ""
    port: int = 0
    file: Path | None = None

    def lines(self, stop: threading.Event) -> Iterator[str]:
        """Lines until the source ends or `stop` is set. OSError when it is not there."""
        if self.file is not None:
            with self.file.open("r", encoding="ascii", errors="replace") as lines:
                while not stop.is_set() and (line := lines.readline(LONGEST_LINE)):
                    yield line
            return
        with closing(socket.create_connection((self.host, self.port), timeout=5.0)) as peer:
            peer.sendall(WATCH)
            peer.settimeout(15.0)
            with peer.makefile("r", encoding="utf-8", errors="replace") as lines:
                while not stop.is_set() and (line := lines.readline(LONGEST_LINE)):
                    yield line


def source_of(said: str) -> Source | None:
    """`gps` of unit.toml: empty, `gpsd`, `gpsd:PORT` or `nmea:FILE`. Anything else is refused."""
    kind, _, rest = said.partition(":")
    if not said:
        return None
    if kind == "gpsd" and (not rest or (rest.isdecimal() and 0 < int(rest) < 65536)):
        return Source("127.0.0.1", int(rest or 2947))
    if kind == "nmea" and rest.startswith("/"):
        return Source(file=Path(rest))
    raise Malformed(f"unit.toml: gps is “{said[:40]}”; it is “gpsd”, “gpsd:2947” or “nmea:/dev/ttyACM0”. Correct it.")


class Whereabouts:
    """Listens to a receiver in a thread of its own, and tells `follow` where the unit is, once a second."""

    def __init__(
        self,
        source: Source,
        *,
        oldest_s: float,
        seconds: Callable[[], float],
        say: Callable[[str], None],
        hear_time: Callable[[datetime], None] = lambda _: None,
        streets: Streets | None = None,
    ) -> None:
        self.receiver = Receiver(seconds)
        self._streets = streets
        self._source, self._oldest_s, self._seconds, self._say, self._hear_time = source, oldest_s, seconds, say, hear_time
        self._stop = threading.Event()
        self._has_fix: bool | None = None
        self._threads: list[threading.Thread] = []

    def where(self) -> Where:
        """Where the unit is now, or why that is not known, which is said once."""
        fix, now_s, because = self.receiver.fix, self._seconds(), self.receiver.because
        if fix is None or now_s - fix.heard_s > self._oldest_s:
            self.receiver.front_deg = None  # it may have turned meanwhile
            here = Where(None, because)
        else:
            stands = fix.speed_mps is not None and fix.speed_mps <= STANDS_MPS
            here = Where(
                _with_crossing(fix.place(now_s), self._streets), None, front_deg=self.receiver.front_deg if stands else None
            )
        if (here.place is not None) is not self._has_fix:
            if here.place is None:
                self._say(f"This unit does not know where it is: {because}. Its reads have no place meanwhile.")
            elif self._has_fix is not None:
                self._say("This unit knows where it is again.")
            self._has_fix = here.place is not None
        return here

    def follow(self, tell: Callable[[Where], None], *, every_s: float = 1.0) -> None:
        """Start to listen, and tell where the unit is again and again until `close`."""

        def telling() -> None:
            time.sleep(min(every_s, 1.0))  # a first chance to hear something
            while not self._stop.is_set():
                tell(self.where())
                self._stop.wait(every_s)

        self._threads = [threading.Thread(target=each, name="place", daemon=True) for each in (self.listen, telling)]
        for thread in self._threads:
            thread.start()

    def listen(self) -> None:
        """Until `close`: every line, and the source again when it ends or fails."""
        pause_s = 1.0
        while not self._stop.is_set():
            try:
                for line in self._source.lines(self._stop):
                    fix = self.receiver.hear(line)
                    pause_s = 1.0
                    if fix is not None and fix.at is not None:
                        self._hear_time(fix.at)
                self.receiver.because = NoPlace.STOPPED
            except OSError:
                self.receiver.because = NoPlace.NO_ANSWER
            self._stop.wait(pause_s)
            pause_s = min(pause_s * 2, 60.0)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            with suppress(RuntimeError):
                thread.join(timeout=0.1)
