"""The whole road of a read under kill -9: recorder, spool and transfer in the car, door and database at the office.

    python -m platewarden.bench.road --times 200 [--json]         kill at random instants, and count
    python -m platewarden.bench.road --offline-hours 24 [--pictures] [--json]   a day without network, then the transfer

Killing: a real car (`bench.car`, a process of its own) makes reads and carries them up over HTTP to a real office: the door
for cars and the embedded database with fsync. Each round kills one of the three with signal 9, somewhere in its work, and
starts it again. At the end every read that the spool said it kept is in the office's table once.

Offline: the spool keeps so many simulated hours at 1,000 reads an hour, then the transfer carries them up; how much faster
than they were made, what has not come, and whether they came in order. Baseline: real time. With `--pictures` each read has its two, as
the car makes them of a filmed street; what has not come is counted of them too.

Known gap: a killed process isn't a machine without power; what the disk does with a flush isn't tested here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import psycopg

from platewarden.bench import end_in_order
from platewarden.bench.car import draft_of, parts
from platewarden.bench.crash import answers_cars, department_of, free_port, serving_cars, tell
from platewarden.bench.told import told
from platewarden.demo.street import Street
from platewarden.exchange.read_report import Picture
from platewarden.exchange.seal import SigningKey, fingerprint
from platewarden.recognition.picture import Picture as Seen
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up
from platewarden.server.serve import Process
from platewarden.unit.config import UnitConfig
from platewarden.unit.enrolment import enrol
from platewarden.unit.link import Link
from platewarden.unit.reporting import pictures_at

__all__ = ["Killed", "Offline", "an_office", "filmed", "offline", "road", "stored_of"]

GIVES_UP_AFTER_S: Final = 120.0
READS_AN_HOUR: Final = 1000
PICTURES_DRAWN: Final = 8
PLATE_AT: Final = ((600.0, 420.0), (680.0, 420.0), (680.0, 460.0), (600.0, 460.0))


@dataclass
class Killed:
    """What came of the kills. `lost` and `doubled` are to be 0."""

    kills: int
    made: int
    stored: int
    lost: int
    doubled: int
    kills_of_car: int
    kills_of_door: int
    kills_of_database: int
    seconds: float

    @property
    def is_whole(self) -> bool:
        return self.made > 0 and self.lost == self.doubled == 0 and self.made == self.stored


AGAINST = {"reads_a_second": ("made in real time", "made_a_second", "times_real_time")}


@dataclass
class Offline:
    """What came of the hours without a network. `missing` and `out_of_order` are to be 0."""

    hours: int
    reads: int
    stored: int
    missing: int
    out_of_order: int
    pictures: int
    pictures_stored: int
    picture_kb_a_read: float
    row_kb_a_read: float
    """In the office's database: the read, its place in the dictionary, its receipt, with their indexes."""
    spool_mb: float
    keep_ms_a_read: float
    transfer_s: float
    reads_a_second: float
    made_a_second: float
    times_real_time: float

    @property
    def is_whole(self) -> bool:
        return self.stored == self.reads and self.pictures_stored == self.pictures and self.missing == self.out_of_order == 0


@dataclass
class Car:
    """The process that is killed, and every number it said that its spool kept."""

    data: Path
    pause_ms: float
    kept: set[int] = field(default_factory=set)
    running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "platewarden.bench.car", str(self.data), "--pause-ms", str(self.pause_ms)]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(self.running,), daemon=True).start()

    @contextlib.contextmanager
    def running_on(self) -> Iterator[None]:
        """For the length of a block; a car that it leaves behind is killed."""
        self.start()
        try:
            self.wait_for_more()
            yield
        finally:
            if self.running is not None and self.running.poll() is None:
                self.running.kill()
                self.running.wait()

    def _listen(self, running: subprocess.Popen[str]) -> None:
        assert running.stdout is not None
        for line in running.stdout:
            word, _, number = line.strip().partition(" ")
            if word == "kept":
                self.kept.add(int(number))

    def wait_for_more(self) -> None:
        """Until it has kept something since."""
        until, before = time.monotonic() + GIVES_UP_AFTER_S, len(self.kept)
        while len(self.kept) <= before:
            if time.monotonic() > until:
                raise TimeoutError("The car keeps nothing more.")
            time.sleep(0.005)

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.wait()
        self.start()

    def end(self) -> None:
        """No more reads; until everything is receipted."""
        assert self.running is not None
        self.running.terminate()
        if self.running.wait(GIVES_UP_AFTER_S) != 0:
            raise RuntimeError("The car did not end well.")
        time.sleep(0.1)  # its last words


@contextlib.contextmanager
def an_office() -> Iterator[tuple[EmbeddedServer, ServerConfig, Process, Path]]:
    """A real office in a folder of its own, its door for cars, and an enrolled unit's data folder."""
    data = Path(tempfile.mkdtemp(prefix="pw-road-", dir="/tmp"))
    unit = Path(tempfile.mkdtemp(prefix="pw-car-", dir="/tmp"))
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, say=lambda _: None)
        with server.running():
            config = set_up(data, facts={"intake_port": free_port()}, server=server, say=tell)
            approve = department_of(config)
            with serving_cars(config) as door:
                _enrol(unit, config, lambda _s: approve(None))
                yield server, config, door, unit
    finally:
        for folder in (data, unit):
            shutil.rmtree(folder, ignore_errors=True)


def _enrol(unit: Path, config: ServerConfig, approve: Callable[[float], None]) -> None:
    office = SigningKey.load(config.data / "secrets" / "office-signing.key").public_bytes
    told = UnitConfig(name="car 12", server=f"http://127.0.0.1:{config.intake_port}", office=fingerprint(office), disk_reserve_mb=0)
    with Link(told.server, timeout_s=30) as link:
        enrol(unit, told, link, clock=lambda: datetime.now(UTC), pause=approve, tries=2, say=lambda _: None)


def road(times: int, *, pause_ms: float = 20.0) -> Killed:
    """Kills car, door or database so many times at random instants, and counts."""
    began, chance = time.monotonic(), random.Random()  # noqa: S311 - what to kill, and when
    kills = {"car": 0, "door": 0, "database": 0}
    with an_office() as (server, config, door, unit):
        car = Car(unit, pause_ms)
        with car.running_on():
            for _ in range(times):
                time.sleep(chance.uniform(0, 0.25))
                which = chance.choices(("car", "door", "database"), (6, 2, 2))[0]
                kills[which] += 1
                if which == "car":
                    car.kill()
                elif which == "door":
                    _kill_door(config, door)
                else:
                    _kill_database(server)
                car.wait_for_more()
            car.end()
        numbers, stored = stored_of(server, config)
    return Killed(
        kills=times,
        made=max(car.kept),
        stored=len(stored),
        lost=len(set(range(1, max(car.kept) + 1)) - numbers),
        doubled=len(stored) - len(set(stored)),
        kills_of_car=kills["car"],
        kills_of_door=kills["door"],
        kills_of_database=kills["database"],
        seconds=round(time.monotonic() - began, 1),
    )


def _kill_door(config: ServerConfig, door: Process) -> None:
    assert door.running is not None
    os.killpg(door.running.pid, signal.SIGKILL)
    door.running.wait()
    with (config.data / "log" / "intake.log").open("ab") as words:
        door.running = subprocess.Popen(
            door.command, env=door.environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
        )
    until = time.monotonic() + GIVES_UP_AFTER_S
    while not answers_cars(config.intake_port):
        if time.monotonic() > until:
            raise TimeoutError("The door does not come back.")
        time.sleep(0.02)


def _kill_database(server: EmbeddedServer) -> None:
    before = server.postmaster_id()
    while before is None:
        time.sleep(0.005)
        before = server.postmaster_id()
    os.kill(before, signal.SIGKILL)
    while server.postmaster_id() in (None, before):
        if server.trouble:
            raise RuntimeError(server.trouble)
        time.sleep(0.005)


def stored_of(server: EmbeddedServer, config: ServerConfig) -> tuple[set[int], list[object]]:
    """The numbers the office received, and the identities in its table."""
    login = server.connection_info("owner", config.database.dbname)
    with psycopg.connect(login.conninfo) as conn:
        numbers = {int(row[0]) for row in conn.execute("select sequence from office.received where stream = 'read'").fetchall()}
        return numbers, [row[0] for row in conn.execute("select read_id from plates.reads").fetchall()]


def filmed(count: int) -> list[tuple[Picture, ...]]:
    """The two pictures of so many reads, as the car makes them: an overview and the plate of each."""
    street = Street(427, seconds=count, passages=count, fps=1)
    found = []
    for number, drawn in enumerate(street.frames()):
        seen = Seen("filmed", np.asarray(street.shot(drawn, number).to_ndarray(format="rgb24"), dtype=np.uint8))
        found.append(pictures_at(seen, PLATE_AT))
    return found


def offline(hours: int, *, an_hour: int = READS_AN_HOUR, has_pictures: bool = False) -> Offline:
    """So many simulated hours with no office in reach, then the transfer; timed."""
    chance, reads = random.Random(427), hours * an_hour  # noqa: S311 - plates for a bench, not keys
    views: list[tuple[Picture, ...]] = filmed(PICTURES_DRAWN) if has_pictures else [()]
    with an_office() as (server, config, _door, unit):
        at = datetime.now(UTC) - timedelta(hours=hours)
        with parts(unit, clock=lambda: datetime.now(UTC)) as transfer:
            began = time.monotonic()
            for number in range(reads):
                moment = at + timedelta(hours=number / an_hour)
                draft = draft_of(transfer.enrolment.key, moment, chance, pictures=views[number % len(views)])
                transfer.spool.keep([draft], at=moment)
            kept_s = time.monotonic() - began
            spool_mb = transfer.spool.counts().bytes / 1e6
            began = time.monotonic()
            while transfer.spool.counts().unsent:
                transfer.round()
            took_s = time.monotonic() - began
        numbers, stored = stored_of(server, config)
        disorder, pictures_stored = _out_of_order(server, config), _pictures_stored(server, config)
        row_bytes = _row_bytes(server, config)
    return Offline(
        hours=hours,
        reads=reads,
        stored=len(set(stored)),
        missing=len(set(range(1, reads + 1)) - numbers),
        out_of_order=disorder,
        pictures=sum(len(views[number % len(views)]) for number in range(reads)),
        pictures_stored=pictures_stored,
        picture_kb_a_read=round(sum(len(each.content) for view in views for each in view) / len(views) / 1000, 1),
        row_kb_a_read=round(row_bytes / max(1, len(stored)) / 1000, 2),
        spool_mb=round(spool_mb, 1),
        keep_ms_a_read=round(1000 * kept_s / reads, 2),
        transfer_s=round(took_s, 1),
        reads_a_second=round(reads / took_s, 1),
        made_a_second=round(reads / (hours * 3600), 3),
        times_real_time=round(hours * 3600 / took_s, 1),
    )


def _pictures_stored(server: EmbeddedServer, config: ServerConfig) -> int:
    login = server.connection_info("owner", config.database.dbname)
    with psycopg.connect(login.conninfo) as conn:
        row = conn.execute("select sum(jsonb_array_length(pictures)) from plates.reads").fetchone()
        return int(row[0] or 0) if row else 0


def _row_bytes(server: EmbeddedServer, config: ServerConfig) -> int:
    """The tables of the days that have reads, and the receipts; days without any are not a read's."""
    login = server.connection_info("owner", config.database.dbname)
    with psycopg.connect(login.conninfo) as conn:
        row = conn.execute(
            "select sum(pg_total_relation_size(c.oid)) from pg_class c where c.relkind = 'r' and pg_relation_size(c.oid) > 0"
            " and (c.relnamespace = 'plates'::regnamespace or c.oid = 'office.received'::regclass)"
        ).fetchone()
        return int(row[0] or 0) if row else 0


def _out_of_order(server: EmbeddedServer, config: ServerConfig) -> int:
    """How often a number came before a lower one of the same urgency: one turn, from the hits to the rest, is no disorder."""
    login = server.connection_info("owner", config.database.dbname)
    with psycopg.connect(login.conninfo) as conn:
        came = [
            int(row[0])
            for row in conn.execute("select sequence from office.received where stream = 'read' order by received_at").fetchall()
        ]
    return max(0, sum(later < sooner for sooner, later in pairwise(came)) - 1)


def main(given: list[str] | None = None) -> int:
    """Prints what was counted; 1 if anything was lost, doubled, missing or out of order."""
    parser = argparse.ArgumentParser(prog="python -m platewarden.bench.road", description="A read's whole road, killed or offline.")
    parser.add_argument("--times", type=int, default=200, help="how many kills (default 200)")
    parser.add_argument("--offline-hours", type=int, default=0, help="instead: so many hours without a network, then the transfer")
    parser.add_argument("--pictures", action="store_true", help="with --offline-hours: each read has its two pictures")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    found = offline(asked.offline_hours, has_pictures=asked.pictures) if asked.offline_hours else road(asked.times)
    print(told("road", found, as_json=asked.json, against=AGAINST if isinstance(found, Offline) else None))  # noqa: T201
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
