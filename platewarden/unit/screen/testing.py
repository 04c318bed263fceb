"""For tests and for looking at: the screen of car 12, served on the loopback, with alerts of drawn scenes.

`python -m platewarden.unit.screen.testing [port]` serves it until it is stopped; the member is 4417.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.plate.match import LookedFor, SeenPlate, answers
from platewarden.unit.alarm import Alert
from platewarden.unit.board import Board
from platewarden.unit.outcome import Outcomes
from platewarden.unit.screen.app import Screen
from platewarden.unit.screen.serve import free_port, serving
from platewarden.unit.station import Station
from platewarden.unit.strip import CameraState, look
from platewarden.unit.testing import KEY, SECRET, Car, Office, car_12, entry, member
from platewarden.unit.testing import serving as office_serving
from platewarden.unit.typed import Typed

STALE_AFTER = timedelta(hours=24)


class Timer:
    """Seconds that stand still until they are moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Parked:
    """Car 12 with its screen, and nobody driving."""

    car: Car
    station: Station
    screen: Screen
    timer: Timer
    cameras: list[CameraState]
    address: str = ""

    def alert(self, looked_for: EditionEntry, text: str, state: str | None = "IL", **changes: Any) -> Alert:
        """As the watch would: the line first, then the alarm, then the screen."""
        made = dataclasses.replace(alert_of(looked_for, text, state, at=self.car.clock()), **changes)
        shift = self.station.shift
        assert shift is not None
        self.station.journal.write("alert.shown", at=self.car.clock(), member=shift.member, about=looked_for.entry_id)
        self.station.take(made)
        return made

    def acts(self) -> list[tuple[str, str | None]]:
        """Lines of the journal: act and member."""
        return [(str(act), who) for act, who in self.car.spool.rows("select act, member from journal_line order by number")]


def alert_of(looked_for: EditionEntry, text: str, state: str | None, *, at: datetime) -> Alert:
    seen = SeenPlate(text=text, state=state, state_confidence=0.9 if state else None, confidence=0.9)
    answer = answers(seen, LookedFor(looked_for.text, looked_for.is_pattern, looked_for.state))
    assert answer is not None, "this plate does not answer this entry"
    return Alert(looked_for, answer, text, state, "front", at, 41, timedelta(hours=3), stale=False)


@contextmanager
def parked(data: Path, office: Office) -> Iterator[Parked]:
    """The screen of car 12 of a serving office, served."""
    with car_12(data, office) as car:
        car.transfer.contact()
        timer, port = Timer(), free_port()
        cameras = [CameraState("front", is_running=True)]
        station = Station(
            roster=car.roster,
            hotlist=car.hotlist,
            journal=car.journal,
            spool=car.spool,
            board=Board(),
            tasks=car.tasks,
            clock=car.clock,
            timer=timer,
            new_id=uuid.uuid4,
            find_key=lambda _: KEY,
        )
        station.begins(station.over)
        screen = Screen(
            station=station,
            outcomes=Outcomes(station.board, car.spool, car.enrolment.key),
            typed=Typed(car.hotlist, car.journal, car.spool, car.enrolment.key, uuid.uuid4),
            strip=lambda: look("Car 12", car.transfer, car.spool, car.hotlist, cameras, stale_after=STALE_AFTER, at=car.clock()),
            port=port,
        )
        with serving(screen, port) as address:
            yield Parked(car, station, screen, timer, cameras, address)


def main() -> None:
    office = Office()
    office.publish_hotlist(41, [entry("DRL5188")])
    office.publish_roster(6, [member(), member("1188", "Officer Lou Tran")])
    with tempfile.TemporaryDirectory() as folder, office_serving(office), parked(Path(folder) / "car", office) as here:
        sys.stdout.write(f"{here.address}  4417  {SECRET}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
