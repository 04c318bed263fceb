"""The server's processes as they really run: many open streams at once, alerts to all of them, a stop and a start."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connections

from platewarden.policy.refusal import Unavailable
from platewarden.server.alerts.models import Alert
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.serve import Process, processes, serving, wait_until_answering

STREAMS = 100
PLATE = "AB12345"
POOLS = 2 * 12  # two logins of the pages, each with a pool of at most twelve
LISTENER = 1

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def config_of(office):
    """What a server on this office's database is told. It knows the sessions that this test makes."""
    secrets = office.database.config.data / "secrets"
    owner = secrets.stat()
    for name in ("django.key", "second-factor.key", "office-signing.key", "office-sealing.key", "ledger.key"):
        shutil.copyfile(settings.CONFIG.data / "secrets" / name, secrets / name)
        os.chown(secrets / name, owner.st_uid, owner.st_gid)
        (secrets / name).chmod(0o600)
    port = free_port()
    config = replace(office.database.config, web_port=port, intake_port=free_port(), public_origin=f"http://localhost:{port}")
    config.save()
    return config


class Stream:
    """One console's stream, read in plain HTTP/1.1."""

    def __init__(self, port: int, cookies: str, *, after: int = 0, last_event: int | None = None) -> None:
        self.port, self.cookies, self.after, self.last_event = port, cookies, after, last_event
        self.events: list[tuple[str, str]] = []
        self.status = 0
        self.ended = False

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        header = f"Last-Event-ID: {self.last_event}\r\n" if self.last_event is not None else ""
        ask = f"GET /alerts/stream/?after={self.after} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookies}\r\n{header}\r\n"
        self.writer.write(ask.encode())
        await self.writer.drain()
        self.status = int((await self.reader.readuntil(b"\r\n\r\n")).split()[1])
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        kind = ""
        try:
            while line := await self.reader.readline():
                said = line.decode().strip()
                if said.startswith("event: "):
                    kind = said.removeprefix("event: ")
                elif said.startswith("data: "):
                    self.events.append((kind, said.removeprefix("data: ")))
        except ConnectionError:
            pass
        self.ended = True

    @property
    def numbers(self) -> list[int]:
        return [int(data) for kind, data in self.events if kind == "alert"]

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


class Consoles:
    """Consoles in a thread of their own, so that the test goes on asking the office as any test does."""

    def __enter__(self) -> Self:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.streams: list[Stream] = []
        return self

    def open(self, streams: list[Stream]) -> None:
        self.streams += streams
        self._wait_for(*(each.open() for each in streams))

    def __exit__(self, *_: object) -> None:
        self._wait_for(*(each.close() for each in self.streams))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _wait_for(self, *coroutines) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*coroutines)

        asyncio.run_coroutine_threadsafe(all_of_them(), self.loop).result(60)


def until(answer: Callable[[], bool], *, at_most_s: float = 40.0) -> bool:
    for _ in range(int(at_most_s / 0.05)):
        if answer():
            return True
        time.sleep(0.05)
    return answer()


def cookies_of(browser) -> str:
    return "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())


def backends(office) -> int:
    """Connections of the pages' two logins, this test's own left out."""
    with office.database.connect("postgres") as superuser:
        return superuser.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and usename in ('platewarden_app', 'platewarden_login')"
            " and pid <> all (%s)",
            [own_backends()],
        ).fetchone()[0]


def own_backends() -> list[int]:
    return [each.connection.info.backend_pid for each in connections.all() if each.connection is not None]


def numbers_after(number: int) -> list[int]:
    return list(Alert.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True))


def test_many_streams_share_few_connections_hear_every_alert_end_with_the_server_and_catch_up_after_it(office):
    bolo_in_force(PLATE)
    car = office.car()
    cookies = [cookies_of(office.browser(number)) for number in (OPERATOR, SUPERVISOR, DESIGNEE)]
    leaver = office.browser(OPERATOR)
    config = config_of(office)
    port = config.web_port

    with Consoles() as consoles:
        with serving(config) as running:
            streams = [Stream(port, cookies[n % 3]) for n in range(STREAMS)]
            one_who_leaves = Stream(port, cookies_of(leaver))
            consoles.open([*streams, one_who_leaves])
            assert {each.status for each in streams} == {200}
            # Streams that kept their connections would need a hundred; the pools would not have let the 25th in.
            assert backends(office) <= POOLS + LISTENER
            leaver.session.flush()
            with office.database.connect("login") as anybody:  # any login may notify, and say what it likes
                for nonsense in ("nonsense", "-7", "9" * 30):
                    anybody.execute(f"notify alerts, '{nonsense}'")
            for _ in range(3):
                office.receive(car, PLATE)
            heard = numbers_after(0)
            assert len(heard) == 3
            assert until(lambda: all(each.numbers == heard for each in streams))
            assert backends(office) <= POOLS + LISTENER
            assert until(lambda: one_who_leaves.events[-1][0] == "locked")  # the session ended, and the stream with it
            assert not any(each.ended for each in streams)
        for each in running:  # they ended by themselves, although a hundred streams were open
            assert each.running.returncode not in (None, -signal.SIGKILL), each.name
        assert until(lambda: all(each.ended for each in streams))

    for _ in range(2):  # while nobody serves
        office.receive(car, PLATE)
    missed = numbers_after(heard[-1])
    assert len(missed) == 2
    with serving(config), Consoles() as consoles:
        again = [Stream(port, cookies[n % 3], after=heard[0], last_event=heard[-1]) for n in range(6)]
        consoles.open(again)
        assert until(lambda: all(each.numbers == missed for each in again))
        office.receive(car, PLATE)
        live = numbers_after(missed[-1])
        assert until(lambda: all(each.numbers == missed + live for each in again))


def test_each_process_opens_its_own_logins_and_knows_its_data_folder(database):
    named = {each.name: each for each in processes(database.config)}
    assert {name: each.environment["PLATEWARDEN_PROCESS"] for name, each in named.items()} == {
        "web": "web",
        "intake": "intake",
        "worker": "worker",
    }
    assert {each.environment["PLATEWARDEN_DATA"] for each in named.values()} == {str(database.config.data)}
    passwords = [
        (database.config.data / "secrets" / f"{role}.password").read_text().strip()
        for role in ("app", "login", "ingest", "purge", "owner")
    ]
    for each in named.values():
        told = " ".join([*each.command, *each.environment.values()])
        assert not any(password in told for password in passwords)


def own_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate that signs itself, for `localhost`, as the page on installing makes one for the cars."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(key, hashes.SHA256())
    pair = folder / f"{name}.pem", folder / f"{name}-key.pem"
    pair[0].write_bytes(signed.public_bytes(Encoding.PEM))
    pair[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for path in (folder, *pair):
        path.chmod(0o755)  # the service user reads them
    return pair


def asked_over_tls(port: int, path: str, trusted: Path) -> HTTPResponse:
    context = ssl.create_default_context(cafile=trusted)
    with closing(HTTPSConnection("localhost", port, timeout=10, context=context)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer


def test_it_ends_tls_itself_with_a_certificate_for_the_pages_and_another_for_cars(office):
    with tempfile.TemporaryDirectory(prefix="platewarden-tls-") as folder:
        pages, cars = own_certificate(Path(folder), "pages"), own_certificate(Path(folder), "cars")
        config = config_of(office)
        config = replace(
            config,
            web_bind="0.0.0.0",
            certificate=pages[0],
            certificate_key=pages[1],
            intake_certificate=cars[0],
            intake_certificate_key=cars[1],
            public_origin=f"https://localhost:{config.web_port}",
        )
        config.save()
        with serving(config):
            answer = asked_over_tls(config.web_port, "/sign-in/", pages[0])
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
            cookies = answer.headers.get_all("Set-Cookie") or []
            assert cookies
            assert all("Secure" in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)
            assert asked_over_tls(config.intake_port, "/unit/v1/office", cars[0]).status == 200
            for port, other in ((config.web_port, cars[0]), (config.intake_port, pages[0])):
                with pytest.raises(ssl.SSLCertVerificationError):
                    asked_over_tls(port, "/", other)


def test_a_certificate_that_cannot_be_read_is_said(database, tmp_path):
    config = replace(database.config, certificate=tmp_path / "none.pem", certificate_key=tmp_path / "none.key")
    with pytest.raises(Unavailable, match=r"none\.pem cannot be read"):
        wait_until_answering(config, [])


def test_a_server_whose_process_ended_says_which(database):
    dead = Process("web", ["true"], {"PATH": os.environ["PATH"]})
    dead.start()
    dead.running.wait(20)
    config = replace(database.config, web_port=free_port(), intake_port=free_port())
    with pytest.raises(Unavailable, match="The web process ended"):
        wait_until_answering(config, [dead])


def test_a_process_that_does_not_want_to_end_is_ended(monkeypatch):
    from platewarden.server import serve

    monkeypatch.setattr(serve, "ENDS_WITHIN_S", 0.3)
    stubborn = Process("stubborn", ["sh", "-c", "trap '' TERM; echo; while :; do sleep 0.05; done"], {"PATH": os.environ["PATH"]})
    stubborn.start()
    time.sleep(0.3)  # it sets its trap
    stubborn.end()
    assert stubborn.running.returncode == -signal.SIGKILL
    stubborn.end()  # again: nothing more to do


def test_a_child_that_outlives_its_process_is_ended_with_it(tmp_path):
    """As a worker of the web server does that is asked to end while it starts."""
    said = tmp_path / "child"
    script = f"(trap '' TERM; while :; do sleep 0.05; done) & echo $! > {said}; wait"
    leader = Process("leader", ["sh", "-c", script], {"PATH": os.environ["PATH"]})
    leader.start()
    while not said.exists() or not said.read_text().strip():
        time.sleep(0.02)
    child = Path("/proc") / said.read_text().strip() / "stat"
    assert child.exists()
    leader.end()
    until = time.monotonic() + 10
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z" and time.monotonic() < until:
        time.sleep(0.02)
    assert not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z"
