"""The paired laptop over real TLS: it sees the screen, and nobody else sees anything."""

import hashlib
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from platewarden.unit import pairing as pairings
from platewarden.unit.screen.paired import LaptopDoor
from platewarden.unit.screen.serve import free_port
from platewarden.unit.screen.testing import parked
from platewarden.unit.shift import Stated
from platewarden.unit.testing import KEY, SECRET, Office, entry, member, serving

PLATE = entry("7ABC123")


class Laptop:
    """What a browser has after it imported the two files."""

    def __init__(self, handed, folder):
        key, certificate, _ = pkcs12.load_key_and_certificates(handed.key_file.read_bytes(), handed.passphrase.encode())
        pem = serialization.Encoding.PEM
        self.file = folder / f"{hashlib.sha256(handed.passphrase.encode()).hexdigest()[:8]}.pem"
        self.file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + certificate.public_bytes(pem)
        )
        self.authority = handed.authority_file.read_text()

    def context(self, *, certificate=True):
        made = ssl.create_default_context(cadata=self.authority)
        if certificate:
            made.load_cert_chain(self.file)
        return made


class Here:
    """Car 12 with its screen, on a car network that is the loopback."""

    def __init__(self, parked, folder):
        self.parked, self.car, self.folder = parked, parked.car, folder
        self.network = f"127.0.0.1:{free_port()}"
        self.config = replace(self.car.config, car_network=self.network)
        self.car.clock.at = datetime.now(UTC)
        self.said = []
        parked.screen.car_network = self.network

    def pair(self, laptop="patrol 7", *, at=None):
        stated = Stated("4417", SECRET, "", key=KEY)
        _, _, handed = pairings.pair(
            self.car.data,
            self.config,
            self.car.roster,
            stated,
            laptop=laptop,
            to=self.folder,
            at=at or self.car.clock(),
            journal=self.car.journal,
            spool=self.car.spool,
        )
        return Laptop(handed, self.folder)

    def door(self):
        return LaptopDoor(
            self.car.data,
            self.config.car_network_at(),
            self.parked.screen.port,
            self.car.journal,
            self.car.spool,
            self.car.clock,
            self.said.append,
        ).open()

    def get(self, context, path="/", **more):
        with self.browser(context) as client:
            return client.get(path, **more)

    def browser(self, context):
        return httpx.Client(base_url=f"https://{self.network}", verify=context, trust_env=False, timeout=5)

    def answers(self):
        """The door is open; asked without knocking at it."""
        return any("is answered at" in each for each in self.said)

    def listens(self):
        host, _, port = self.network.rpartition(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    def until(self, true, patience_s=10.0):
        ends = time.monotonic() + patience_s
        while not true():
            assert time.monotonic() < ends, self.said
            time.sleep(0.02)

    def acts(self):
        return [act for act, _ in self.parked.acts() if act.startswith("laptop.")]


@contextmanager
def car(tmp_path):
    office = Office(clock=lambda: datetime.now(UTC))
    office.publish_hotlist(1, [PLATE])
    office.publish_roster(3, [member(trained_until=datetime.now(UTC).date() + timedelta(days=90))])
    folder = tmp_path / "stick"
    folder.mkdir(parents=True)
    with serving(office), parked(tmp_path / "car", office) as here:
        yield Here(here, folder)


@pytest.fixture
def here(tmp_path):
    with car(tmp_path) as one:
        yield one


@pytest.fixture
def answered(here):
    """A paired laptop, and its door."""
    laptop = here.pair()
    with here.door():
        here.until(here.answers)
        yield here, laptop


def sign_on(client, origin):
    token = re.search(r'data-token="(\w+)"', client.get("/").text)[1]
    form = {"token": token, "member": "4417", "secret": SECRET, "purpose": "routine-patrol"}
    return client.post("/sign-on", data=form, headers={"Origin": origin})


def test_the_paired_laptop_sees_the_screen_and_signs_on_there_by_the_same_rules(answered):
    here, laptop = answered
    with here.browser(laptop.context()) as client:
        assert "Sign on" in client.get("/").text
        assert client.get("/shift").status_code == 403
        came = sign_on(client, f"https://{here.network}")
        assert came.status_code == 303
        assert "Secure" in came.headers["set-cookie"]
        here.parked.alert(PLATE, "7ABC123")
        assert "7ABC123" in client.get("/").text.replace("</span><span>", "")
    assert here.parked.station.shift.member == "4417"
    assert here.car.spool.marked(pairings.SEEN)
    other = httpx.get(here.parked.address, trust_env=False)
    assert "7ABC123" not in other.text.replace("</span><span>", "")
    assert "Secure" not in other.headers["set-cookie"]


def test_a_post_from_another_origin_is_refused_over_the_cars_network_too(answered):
    here, laptop = answered
    with here.browser(laptop.context()) as client:
        for origin in (f"http://{here.network}", here.parked.address, "https://evil.example", "null", ""):
            assert sign_on(client, origin).status_code == 403
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert here.parked.station.shift is None


def test_its_stream_says_that_something_changed(answered):
    here, laptop = answered
    with here.browser(laptop.context()) as client, client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert any(line.startswith("data: ") for line in lines)
        sign_on(client, f"https://{here.network}")
        assert any('"state": 1' in line or '"state": 2' in line for line in lines)


def refused(here, context):
    """Whether a whole request gets nothing: with TLS 1.3 a client learns of it after its own handshake."""
    with pytest.raises((httpx.TransportError, ssl.SSLError)):
        here.get(context)
    return True


def test_without_a_certificate_with_another_and_over_tls_1_2_nothing_is_answered(answered, tmp_path):
    here, laptop = answered
    with car(tmp_path / "other") as elsewhere:
        stranger = elsewhere.pair("patrol 8")
    no_certificate = laptop.context(certificate=False)
    another = laptop.context(certificate=False)
    another.load_cert_chain(stranger.file)
    old = laptop.context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    for at, context in enumerate((no_certificate, another, old), start=1):
        assert refused(here, context)
        here.until(lambda at=at: len(here.acts()) == 1 + at)
        here.car.clock.at += timedelta(seconds=61)
    assert here.acts() == ["laptop.paired", *["laptop.refused"] * 3]
    assert "peer did not return a certificate" in here.said[1]
    assert "its certificate does not hold" in here.said[2]
    assert "unsupported protocol" in here.said[3]
    assert here.get(laptop.context()).status_code == 200


def test_plain_http_gets_no_answer(answered):
    here, _ = answered
    host, _, port = here.network.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            said = plain.recv(1000)
        except ConnectionError:
            said = b""
    assert b"HTTP" not in said
    here.until(lambda: here.acts() == ["laptop.paired", "laptop.refused"])


def test_knocking_again_and_again_makes_one_line_a_minute(answered):
    here, laptop = answered
    for _ in range(5):
        assert refused(here, laptop.context(certificate=False))
    here.until(lambda: here.acts().count("laptop.refused") == 1)
    time.sleep(0.2)
    assert here.acts().count("laptop.refused") == 1


def test_ending_the_pairing_cuts_what_is_open_and_is_written_down(answered):
    here, laptop = answered
    with here.browser(laptop.context()) as client, client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        pairings.end(here.car.data)
        with pytest.raises(httpx.TransportError):
            list(lines)
    here.until(lambda: not here.listens())
    here.until(lambda: here.acts() == ["laptop.paired", "laptop.unpaired"])
    assert "The pairing of “patrol 7” has ended. It is not answered any more." in here.said
    assert refused(here, laptop.context())


def test_a_second_pairing_ends_the_first(here):
    first = here.pair()
    second = here.pair("patrol 9")
    assert here.acts() == ["laptop.paired", "laptop.unpaired", "laptop.paired"]
    with here.door():
        here.until(here.answers)
        mixed = second.context(certificate=False)
        mixed.load_cert_chain(first.file)
        assert refused(here, mixed)
        assert here.get(second.context()).status_code == 200


def test_a_pairing_past_its_last_day_is_refused(here):
    laptop = here.pair()
    with here.door():
        here.until(here.answers)
        here.car.clock.at += timedelta(days=pairings.DAYS)
        assert refused(here, laptop.context())
        here.until(lambda: "laptop.refused" in here.acts())
    assert any("past its last day" in each for each in here.said)


def test_an_expired_certificate_is_refused_by_the_handshake_itself(here, monkeypatch):
    monkeypatch.setattr(pairings, "DAYS", 0)
    laptop = here.pair(at=here.car.clock() - timedelta(minutes=5))
    here.car.clock.at -= timedelta(days=1)  # so that only the certificate itself says it
    with here.door():
        here.until(here.answers)
        context = laptop.context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        assert refused(here, context)
        here.until(lambda: "laptop.refused" in here.acts())
    assert any("certificate has expired" in each for each in here.said)


def test_the_laptop_believes_the_paired_unit_and_no_other(answered):
    here, laptop = answered
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        here.get(ssl.create_default_context())
    host, _, port = here.network.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as plain, pytest.raises(ssl.SSLCertVerificationError):
        laptop.context().wrap_socket(plain, server_hostname="127.0.0.2")


def test_without_a_pairing_nothing_listens_and_one_that_comes_is_heard(here):
    with here.door():
        time.sleep(0.5)
        assert not here.listens()
        laptop = here.pair()
        here.until(here.answers)
        assert here.get(laptop.context()).status_code == 200
    assert not here.listens()


def test_a_file_that_nobody_paired_here_opens_nothing(here):
    here.pair()
    here.car.spool.mark("laptop_paired", "")
    with here.door():
        here.until(lambda: here.said)
        assert not here.listens()
    assert "is of no pairing that was made here" in here.said[0]


def test_a_pairing_for_another_address_is_said_and_not_answered(here):
    here.pair()
    here.config = replace(here.config, car_network=f"127.0.0.1:{free_port()}")
    here.network = here.config.car_network
    with here.door():
        here.until(lambda: here.said)
        assert not here.listens()
    assert "Pair it again." in here.said[0]


def test_an_address_that_is_taken_is_said_and_tried_again(here):
    laptop = here.pair()
    host, _, port = here.network.rpartition(":")
    with socket.create_server((host, int(port))), here.door():
        here.until(lambda: here.said)
        assert "cannot be answered" in here.said[0]
    with here.door():
        here.until(here.answers)
        assert here.get(laptop.context()).status_code == 200


def test_many_connections_at_once_are_answered_or_closed_and_none_hangs(answered):
    here, laptop = answered
    found = []

    def ask():
        try:
            found.append(here.get(laptop.context()).status_code)
        except httpx.TransportError:
            found.append(0)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert found == [200] * 12
