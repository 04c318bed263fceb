"""An outside time: asked of a real time-stamping authority on this machine, openssl's own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.evidence.package import package
from platewarden.server.evidence.testing import opened
from platewarden.server.evidence.timestamp import stamps_by
from platewarden.server.ledger import chain
from platewarden.server.people.testing import SUPERVISOR
from platewarden.server.retention.testing import request_of

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")

CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = dn
[dn]
[ext]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


class Authority:
    """openssl ts behind HTTP on loopback. `change` makes its answers wrong."""

    def __init__(self, folder):
        self.folder, self.change = folder, lambda raw: raw
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Authority"]
        files = ["-keyout", f"{folder}/tsa.key", "-out", f"{folder}/tsa.pem", "-config", f"{folder}/ts.cnf", "-extensions", "ext"]
        subprocess.run(["openssl", "req", "-x509", *words, *files], check=True, capture_output=True)
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                answer = owner.change(owner.stamped(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    def stamped(self, asked):
        (self.folder / "asked.tsq").write_bytes(asked)
        words = ["-queryfile", f"{self.folder}/asked.tsq", "-out", f"{self.folder}/said.tsr", "-config", f"{self.folder}/ts.cnf"]
        subprocess.run(["openssl", "ts", "-reply", *words, "-section", "tsa1"], check=True, capture_output=True)
        return (self.folder / "said.tsr").read_bytes()

    def end(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def authority(tmp_path):
    folder = tmp_path / "authority"
    folder.mkdir()
    found = Authority(folder)
    yield found
    found.end()


def holds(authority, folder):
    words = ["-data", f"{folder}/manifest-sha512.txt", "-in", f"{folder}/timestamp.tsr", "-CAfile", f"{authority.folder}/tsa.pem"]
    return subprocess.run(["openssl", "ts", "-verify", *words], check=False, capture_output=True).returncode == 0


def test_a_package_carries_an_outside_time_that_openssl_believes(office, hold, medium, tmp_path, authority, outsider, capsys):
    made = package(
        request_of(office, SUPERVISOR),
        hold,
        medium,
        any_folder=True,
        stamps=stamps_by(authority.address),
        pause=lambda _: office.seal(),
    )
    folder = opened(made, medium, tmp_path)
    assert holds(authority, folder)
    assert outsider.main(["--key", str(chain.verifier()), "--package", str(folder)]) == 0
    assert "It carries an outside time" in capsys.readouterr().out
    stamp = folder / "timestamp.tsr"
    was = stamp.read_bytes()
    stamp.write_bytes(was[:-1] + bytes([was[-1] ^ 1]))
    assert outsider.main(["--key", str(chain.verifier()), "--package", str(folder)]) == 1
    stamp.unlink()
    assert outsider.main(["--key", str(chain.verifier()), "--package", str(folder)]) == 1


def test_it_says_when_and_nothing_but_a_digest_is_sent(authority):
    found = stamps_by(authority.address)(b"the manifest")
    assert abs(found.said_at - datetime.now(UTC)) < timedelta(seconds=60)
    asked = (authority.folder / "asked.tsq").read_bytes()
    assert hashlib.sha512(b"the manifest").digest() in asked
    assert b"the manifest" not in asked


def test_what_is_no_stamp_or_of_something_else_is_refused(authority):
    asks = stamps_by(authority.address)
    first = asks(b"one").raw
    authority.change = lambda _: first
    with pytest.raises(Unavailable, match="something else"):
        asks(b"two")
    authority.change = lambda _: b"<html>"
    with pytest.raises(Unavailable, match="no time stamp"):
        asks(b"two")


def test_an_authority_that_is_away_is_said():
    with pytest.raises(Unavailable, match="does not answer"):
        stamps_by("http://127.0.0.1:9/")(b"one")


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "ftp://tsa.example", "https://", "nonsense"])
def test_what_is_no_address_is_refused_before_anything_is_asked(address):
    with pytest.raises(Malformed, match="no address"):
        stamps_by(address)


def test_without_its_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(Unavailable, match=r"platewarden\[timestamp\]"):
        stamps_by("http://127.0.0.1:9/")(b"one")
