"""A whole run of the unit, killed again and again: what was kept is at the office once, with no gap.

Run as a program (`python -m platewarden.unit.tests.test_run DATA SOURCE`) it is the car, with an engine that reads a
photograph's name.
"""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from platewarden.recognition import recognizer
from platewarden.recognition.result import Reading
from platewarden.unit.config import UnitConfig
from platewarden.unit.enrolment import SPOOL, enrol
from platewarden.unit.link import Link
from platewarden.unit.run import end, run_shift
from platewarden.unit.shift import Stated
from platewarden.unit.spool import Spool
from platewarden.unit.testing import SECRET, Office, entry, member, serving

KILLS = 6
CORNERS = ((2.0, 2.0), (14.0, 2.0), (14.0, 6.0), (2.0, 6.0))


def now():
    return datetime.now(UTC)


class ByName:
    name = "by-name"

    def recognise(self, picture):
        return (Reading(picture.name.partition(".")[0], 0.9, None, None, CORNERS, (), (), self.name),)


def open_engine(threads):
    return ByName()


def drive(data, source):
    recognizer.ENGINES["by-name"] = __name__
    end(
        run_shift(
            data,
            source,
            Stated("4417", SECRET, "routine-patrol"),
            engine="by-name",
            once=True,
            wait_s=30,
            clock=now,
            timer=time.monotonic,
            chance=random.SystemRandom(),
            screen=sys.stderr,
            as_json=True,
        )
    )


def the_car(data, source):
    name = __spec__.name if __spec__ else __name__
    return subprocess.Popen([sys.executable, "-m", name, data, source], stderr=subprocess.PIPE, text=True)


def alerts_of(car, until):
    """Kill the car once it has shown so many alerts, or let it end; how many it has shown in all."""
    shown = 0
    for line in car.stderr:
        shown += '"alert":' in line
        if shown == until:
            car.kill()
    return shown


def test_a_car_killed_again_and_again_loses_nothing_and_doubles_nothing(tmp_path):
    data, source = tmp_path / "car", tmp_path / "photos"
    source.mkdir()
    for number in range(KILLS):
        Image.new("RGB", (16, 8), "white").save(source / f"7ABC12{number}.jpg")
    office = Office(clock=now)
    office.publish_hotlist(1, [entry("7ABC12?")])
    office.publish_roster(1, [member()])
    with serving(office):
        config = UnitConfig(name="car 12", server=office.server, office=office.fingerprint)
        with Link(office.server) as link:
            enrol(data, config, link, clock=now, pause=lambda _: None, tries=1, say=lambda _: None)
        shown = 0
        for kill in range(1, KILLS + 1):
            with the_car(data, source) as car:
                shown += alerts_of(car, until=kill)
        with the_car(data, source) as car:
            shown += alerts_of(car, until=None)
            assert car.wait() == 0

    counts, _ = Spool.look(data / SPOOL)
    last = counts.last_sequence["read"]
    assert (counts.unsent, counts.quarantined) == (0, 0)
    assert sorted(office.reports) == list(range(1, last + 1))
    assert sorted(office.pages) == list(range(1, counts.last_sequence["journal"] + 1))
    for stream, sequence, same in office.received:
        assert office.digests[stream, sequence] == same
    # each kill may cost the one read that was being made when it came, which was never kept
    assert shown - KILLS <= last <= shown
    journal = [line for number in sorted(office.pages) for line in office.pages[number].lines]
    assert sum(line.act == "alert.shown" for line in journal) >= shown


if __name__ == "__main__":
    drive(Path(sys.argv[1]), Path(sys.argv[2]))
