"""Where this unit is: from a satellite receiver (gpsd, or NMEA lines), or surveyed for a fixed post; and the nearest crossing.

A place is told with its accuracy, heading and age. Without a fix, or with one older than `gps_oldest_s`, a read has no
place, and the unit says so once when the fix is lost and once when it is back. The receiver's time is one of the two
sources of the trusted clock.

* gpsd speaks JSON lines over TCP on this machine: `?WATCH={"enable":true,"json":true};`, then `TPV` reports.
* NMEA 0183: `RMC` (place, course, speed, date and time) and `GGA` (quality, dilution of precision), each line with its
  checksum; a line without one, or with a wrong one, is not believed.

NMEA gives no accuracy: it is taken as five metres times the horizontal dilution. A line that is not understood is counted and
left out. A receiver that goes silent or away is asked again, with longer pauses.

Known gap: an NMEA date has two digits of the year; it is read as 20yy. Time and place of satellites are not signed by anybody.
"""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platewarden.exchange.read_report import Place
from platewarden.policy.refusal import Malformed

__all__ = ["Fix", "Receiver", "Source", "Whereabouts", "source_of"]

METRES_A_DILUTION: Final = 5.0
KNOT: Final = 0.514444
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


class Receiver:
    """Understands the lines of a receiver, one after the other."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self.fix: Fix | None = None
        self.because = "the receiver has said nothing yet"
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
            self.fix = found
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
        self.because = "the receiver sees too few satellites"
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
    ) -> None:
        self.receiver = Receiver(seconds)
        self._source, self._oldest_s, self._seconds, self._say, self._hear_time = source, oldest_s, seconds, say, hear_time
        self._stop = threading.Event()
        self._has_fix: bool | None = None
        self._threads: list[threading.Thread] = []

    def place(self) -> Place | None:
        """Where the unit is now; None when it is not known, which is said once."""
        fix, now_s = self.receiver.fix, self._seconds()
        place = fix.place(now_s) if fix is not None and now_s - fix.heard_s <= self._oldest_s else None
        if (place is not None) is not self._has_fix:
            if place is None:
                self._say(f"This unit does not know where it is: {self.receiver.because}. Its reads have no place meanwhile.")
            elif self._has_fix is not None:
                self._say("This unit knows where it is again.")
            self._has_fix = place is not None
        return place

    def follow(self, tell: Callable[[Place | None], None], *, every_s: float = 1.0) -> None:
        """Start to listen, and tell the place again and again until `close`."""

        def telling() -> None:
            time.sleep(min(every_s, 1.0))  # a first chance to hear something
            while not self._stop.is_set():
                tell(self.place())
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
                self.receiver.because = "the receiver has stopped speaking"
            except OSError as error:
                self.receiver.because = f"the receiver does not answer ({error.strerror or type(error).__name__})"
            self._stop.wait(pause_s)
            pause_s = min(pause_s * 2, 60.0)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            with suppress(RuntimeError):
                thread.join(timeout=0.1)
