"""Kills the database again and again while cars send reads, and counts what was lost, doubled or half stored.

    python -m platewarden.bench.crash --times 100 [--json]

Everything is the real thing: the embedded database with its real settings (fsync on), the intake process over HTTP, sealed
and signed reports, signed receipts. A read counts as acknowledged when its receipt came, names its number and its digest.
PostgreSQL's main process is killed with signal 9 in the middle of the sending; nobody helps it up but its supervisor, and
the cars do what cars do: send the same bytes again until they are receipted.

Beside the time to recovery stands the baseline: a start after an orderly stop, on the same machine in the same run.

Known gap: a killed process isn't a machine without power; what the disk does with a flush isn't tested here.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import logging
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from platewarden.bench import end_in_order
from platewarden.bench.report import plain_report
from platewarden.bench.told import told
from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.read_report import Place, ReadReport
from platewarden.exchange.receipt import Outcome, Receipt
from platewarden.exchange.seal import SealingKey, SigningKey, digest, open_message, seal_to
from platewarden.policy.department import load_department
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up
from platewarden.server.serve import Process, processes

__all__ = ["Count", "answers_cars", "crash", "department_of", "free_port", "serving_cars", "tell"]

CARS: Final = 2
GIVES_UP_AFTER_S: Final = 120.0


@dataclass
class Count:
    """What came of it. `lost`, `doubled` and `half_stored` are to be 0."""

    kills: int
    acknowledged: int
    resent: int
    lost: int
    doubled: int
    half_stored: int
    recovery_median_s: float
    recovery_longest_s: float
    orderly_start_s: float
    seconds: float

    @property
    def is_whole(self) -> bool:
        return self.acknowledged > 0 and self.lost == self.doubled == self.half_stored == 0


@dataclass
class Traffic:
    """Cars that send without a pause, and what was receipted to them."""

    config: ServerConfig
    unit: SigningKey
    acknowledged: dict[int, uuid.UUID] = field(default_factory=dict)
    resent: int = 0
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self._office = SigningKey.load(self.config.data / "secrets" / "office-signing.key").public_bytes
        self._sealed_to = SealingKey.load(self.config.data / "secrets" / "office-sealing.key").public_bytes
        self._turn = threading.Lock()
        self._next = 1
        self._enough = threading.Event()
        self._chance = random.Random(427)  # noqa: S311 - plates for a test, not keys

    @contextlib.contextmanager
    def flowing(self) -> Iterator[Traffic]:
        """Sends for the length of a block; what is on its way at its end is sent until it is receipted."""
        cars = [threading.Thread(target=self._drive, daemon=True) for _ in range(CARS)]
        for car in cars:
            car.start()
        try:
            yield self
        finally:
            self._enough.set()
            for car in cars:
                car.join(GIVES_UP_AFTER_S)

    def wait_for(self, more: int) -> None:
        """Returns when so many more reads were receipted."""
        until, wanted = time.monotonic() + GIVES_UP_AFTER_S, len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            if self.trouble is not None:
                raise self.trouble
            if time.monotonic() > until:
                raise TimeoutError(f"No {more} receipts within {GIVES_UP_AFTER_S:.0f} s.")
            time.sleep(0.002)

    def _drive(self) -> None:
        try:
            while not self._enough.is_set():
                with self._turn:
                    sequence, self._next = self._next, self._next + 1
                    text = "".join(self._chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=7))
                self._send(self._report(sequence, text))
        except Exception as trouble:  # noqa: BLE001 - the counting thread raises it
            self.trouble = trouble

    def _report(self, sequence: int, text: str) -> ReadReport:
        at = datetime.now(UTC) - timedelta(seconds=1)
        place = Place(lat=34.1, lon=-118.2, accuracy_m=4.0, heading_deg=None, fix_age_s=0.5)
        return plain_report(self.unit.key_id, sequence, at, text, place=place, no_place=None)

    def _send(self, report: ReadReport) -> None:
        """The same signed bytes, until their receipt is there."""
        signed = report.signed(self.unit)
        tries = 0
        while not self._is_receipted(report.sequence, signed):
            tries += 1
            time.sleep(0.02)
        with self._turn:
            self.acknowledged[report.sequence] = report.read_id
            self.resent += tries

    def _is_receipted(self, sequence: int, signed: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.config.intake_port, timeout=30)
        try:
            connection.request(
                "POST",
                "/unit/v1/reports",
                seal_to(self._sealed_to, signed),
                {"Content-Type": "application/octet-stream", "Host": "localhost"},
            )
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status >= 500:
            return False
        if answer.status != 200:
            raise RuntimeError(f"The office answered {answer.status}: {said[:200]!r}")
        receipt = Receipt.from_body(open_message(said, Receipt.kind, lambda _: self._office).body)
        return any(
            item.sequence == sequence and item.digest == digest(signed) and item.outcome in (Outcome.KEPT, Outcome.ALREADY_KEPT)
            for item in receipt.items
        )


def crash(times: int) -> Count:
    """Sets a server up in a folder of its own, kills its database so many times under traffic, and counts."""
    began = time.monotonic()
    data = Path(tempfile.mkdtemp(prefix="pw-crash-", dir="/tmp"))  # a socket needs a short path
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, say=tell)
        with server.running():
            config = set_up(data, facts={"intake_port": free_port()}, server=server, say=tell)
            traffic = Traffic(config, _enrolled_unit(config))
            with serving_cars(config), traffic.flowing():
                recoveries = [_kill(server, traffic) for _ in range(times)]
                traffic.wait_for(1)
            if traffic.trouble is not None:
                raise traffic.trouble
            lost, doubled, half_stored = _compare(server, config, traffic)
            server.stop()
            stopped = time.monotonic()
            server.start()
            orderly = time.monotonic() - stopped
        return Count(
            kills=times,
            acknowledged=len(traffic.acknowledged),
            resent=traffic.resent,
            lost=lost,
            doubled=doubled,
            half_stored=half_stored,
            recovery_median_s=round(statistics.median(recoveries), 3),
            recovery_longest_s=round(max(recoveries), 3),
            orderly_start_s=round(orderly, 3),
            seconds=round(time.monotonic() - began, 1),
        )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _kill(server: EmbeddedServer, traffic: Traffic) -> float:
    """Kills the database in the middle of the sending; returns how long until the next read was receipted."""
    chance = random.Random()  # noqa: S311 - when to kill
    traffic.wait_for(chance.randint(1, 12))
    time.sleep(chance.uniform(0, 0.03))
    before = server.postmaster_id()
    while before is None:
        time.sleep(0.005)
        before = server.postmaster_id()
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()
    while server.postmaster_id() in (None, before):
        if server.trouble:
            raise RuntimeError(server.trouble)
        time.sleep(0.005)
    traffic.wait_for(CARS + 1)  # so many may have been on their way back already
    return time.monotonic() - killed


def _compare(server: EmbeddedServer, config: ServerConfig, traffic: Traffic) -> tuple[int, int, int]:
    """Lost: receipted and not there. Doubled: there more than once. Half stored: a read without its number, or the reverse."""
    login = server.connection_info("owner", config.database.dbname)
    with psycopg.connect(login.conninfo) as conn:
        stored = [row[0] for row in conn.execute("select read_id from plates.reads").fetchall()]
        numbered = {
            row[0]
            for row in conn.execute("select sequence from office.received where stream = 'read' and outcome = 'kept'").fetchall()
        }
    known = set(stored)
    expected = {sequence: traffic.acknowledged[sequence] for sequence in traffic.acknowledged}
    lost = sum(read_id not in known for read_id in expected.values())
    half = sum((sequence in numbered) != (read_id in known) for sequence, read_id in expected.items()) + abs(
        len(numbered) - len(known)
    )
    return lost, len(stored) - len(known), half


@contextlib.contextmanager
def serving_cars(config: ServerConfig) -> Iterator[Process]:
    """The cars' door, in its own process with its own login."""
    (intake,) = (process for process in processes(config) if process.name == "intake")
    words = (config.data / "log" / "intake.log").open("wb")  # a page of "the database is away" for every kill
    intake.running = subprocess.Popen(
        intake.command, env=intake.environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        while not answers_cars(config.intake_port):
            if intake.running is None or intake.running.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The intake process doesn't answer.")
            time.sleep(0.05)
        yield intake
    finally:
        intake.end()
        words.close()


def answers_cars(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/unit/v1/office", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _enrolled_unit(config: ServerConfig) -> SigningKey:
    """One unit of a department that is set up for it."""
    from_a_person = department_of(config)
    unit = SigningKey.generate()
    from_a_person(EnrolmentRequest(name="car 12", signing_public=unit.public_bytes, made_at=datetime.now(UTC)))
    return unit


def department_of(config: ServerConfig) -> Callable[[EnrolmentRequest | None], None]:
    """A department with two members, through the front door; this process is the owner for it. Gives the approval of a unit."""
    os.environ.update(
        PLATEWARDEN_DATA=str(config.data), PLATEWARDEN_PROCESS="owner", DJANGO_SETTINGS_MODULE="platewarden.server.settings"
    )
    import django  # noqa: PLC0415 - only now is it known on which data folder

    django.setup()
    logging.getLogger("platewarden.database").setLevel(logging.ERROR)  # it says every kill; that they come is known here
    from django.db import connections  # noqa: PLC0415

    from platewarden.server.equipment import enrol  # noqa: PLC0415
    from platewarden.server.equipment.models import EnrolmentAsk  # noqa: PLC0415
    from platewarden.server.people.first_setup import FirstMember, set_up_department  # noqa: PLC0415
    from platewarden.server.people.models import Duty, Member  # noqa: PLC0415

    at = datetime.now(UTC)
    trained_on = (at - timedelta(days=30)).date()
    set_up_department(
        load_department(None).text,
        FirstMember("1001", "Dana Whitfield", Duty.SUPERVISOR, trained_on),
        FirstMember("1002", "Luis Ortega", Duty.DESIGNEE, trained_on),
    )
    connections.close_all()

    def approve(asked: EnrolmentRequest | None = None) -> None:
        """The one unit that asks, or that is asked for here."""
        if asked is not None:
            enrol.ask(asked)
        enrol.decide(EnrolmentAsk.objects.get().pk, approve=True, by=Member.objects.get(number="1001"))
        connections.close_all()

    return approve


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def tell(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201 - the terminal is its page


def main(given: list[str] | None = None) -> int:
    """Prints the count; 1 if anything was lost, doubled or half stored."""
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.crash", description="Kill the database under traffic, and count."
    )
    parser.add_argument("--times", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    count = crash(asked.times)
    print(told("crash", count, as_json=asked.json))  # noqa: T201
    return 0 if count.is_whole else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
