"""The car of a bench is the unit's own parts on an enrolled data folder."""

import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from platewarden.bench.car import draft_of, parts
from platewarden.unit.config import write_config
from platewarden.unit.testing import Office, car_12, serving


def enrolled(tmp_path, office):
    with car_12(tmp_path / "car", office) as car:
        write_config(car.data, car.config)
    return tmp_path / "car"


def test_its_parts_keep_reads_and_carry_them_up(tmp_path):
    office = Office(clock=lambda: datetime.now(UTC))
    with serving(office), parts(enrolled(tmp_path, office), clock=lambda: datetime.now(UTC)) as transfer:
        for _ in range(3):
            transfer.spool.keep([draft_of(transfer.enrolment.key, datetime.now(UTC), random.Random(1))], at=datetime.now(UTC))
        assert transfer.round()
    assert sorted(office.reports) == [1, 2, 3]


def test_told_to_stop_it_ends_when_the_last_read_is_receipted(tmp_path):
    office = Office(clock=lambda: datetime.now(UTC))
    with serving(office):
        command = [sys.executable, "-m", "platewarden.bench.car", str(enrolled(tmp_path, office)), "--pause-ms", "5"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as running:
            first = running.stdout.readline()
            running.send_signal(signal.SIGTERM)
            rest = running.stdout.read().split("\n")
        assert running.returncode == 0
    assert first == "kept 1\n"
    last = max(int(line.split()[1]) for line in [first, *rest] if line)
    assert sorted(office.reports) == list(range(1, last + 1))
