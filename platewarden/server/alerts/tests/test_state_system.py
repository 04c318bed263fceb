"""One question, one time limit, and nothing believed that is not exactly an answer to it."""

from __future__ import annotations

import json
import socket
import ssl
import time
import uuid
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from platewarden.policy.refusal import Malformed
from platewarden.policy.verification import Answered, Came
from platewarden.server.alerts.simulated import ANSWERS, answer, simulated
from platewarden.server.alerts.state_system import WORDS, Question, Return, put, understood
from platewarden.server.clock import now
from platewarden.server.config import StateSystem

CAME_OF = {
    "late": Came.TIMED_OUT,
    "hangs": Came.TIMED_OUT,
    "drips": Came.TIMED_OUT,
    "hangs up": Came.UNREACHABLE,
    "fails": Came.UNREADABLE,
    "garbage": Came.UNREADABLE,
    "too much": Came.UNREADABLE,
    "another's": Came.UNREADABLE,
    "another plate": Came.UNREADABLE,
    "an old one": Came.UNREADABLE,
    "elsewhere": Came.UNREADABLE,
}


def question():
    return Question(uuid.uuid4(), "AB12345", "IL", "1042", "Highland Park Police Department")


def system(url, **other):
    return StateSystem(**{"url": url, "source": "LEADS", "seconds": 1, **other})


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_answer_is_classified_with_its_reference_time_and_words(kind):
    with simulated(kind=kind) as state:
        found = put(system(state.url), question(), "")
    assert (found.came, found.answer) == (Came.ANSWERED, WORDS[kind])
    assert found.reference.startswith("SIM-")
    assert now() - timedelta(seconds=5) < found.returned_at <= now()
    assert found.words
    assert WORDS["recovered"] is Answered.NOT_ACTIVE


@pytest.mark.parametrize("kind", CAME_OF)
def test_each_mishap_is_no_answer_and_ends_within_the_time_limit(kind):
    with simulated(kind=kind, seconds=30) as state:
        began = time.monotonic()
        found = put(system(state.url), question(), "")
        lasted = time.monotonic() - began
    assert found == Return(CAME_OF[kind])
    assert lasted < 2.5


def test_what_goes_out_is_the_plate_its_state_and_who_asks_and_nothing_else():
    with simulated(kind="no record") as state:
        put(system(state.url), asked := question(), "a-key")
        put(system(state.url), question(), "")
    assert state.asked[0] == {
        "version": 1,
        "ask": str(asked.ask),
        "plate": "AB12345",
        "state": "IL",
        "member": "1042",
        "agency": "Highland Park Police Department",
    }
    assert state.keys == ["Bearer a-key", ""]


def test_nobody_there_is_said_as_that():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert put(system(f"http://127.0.0.1:{port}/"), question(), "").came is Came.UNREACHABLE


def test_a_listener_that_never_accepts_times_out():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        for scheme in ("http", "https"):
            began = time.monotonic()
            assert put(system(f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}/"), question(), "").came is Came.TIMED_OUT
            assert time.monotonic() - began < 2.5


def test_answers_that_are_nearly_right_are_no_answers():
    asked = question()
    said = json.loads(answer("confirms", json.loads(asked.body())))
    assert understood(json.dumps(said).encode(), asked).answer is Answered.CONFIRMS
    wrong = [
        {"version": 2},
        {"version": True},
        {"ask": str(uuid.uuid4())},
        {"plate": "AB1234S"},
        {"state": "WI"},
        {"state": None},
        {"answer": "CONFIRMS"},
        {"answer": ["confirms"]},
        {"reference": ""},
        {"reference": "<script>"},
        {"reference": None},
        {"returned_at": (now() + timedelta(minutes=3)).isoformat()},
        {"returned_at": (now() - timedelta(minutes=6)).isoformat()},
        {"returned_at": "today"},
        {"returned_at": 7},
        {"text": "x" * 2001},
        {"text": "\u0000"},
        {"text": 7},
    ]
    for change in wrong:
        assert understood(json.dumps({**said, **change}).encode(), asked) == Return(Came.UNREADABLE), change
    for missing in set(said) - {"text"}:
        assert understood(json.dumps({k: v for k, v in said.items() if k != missing}).encode(), asked) == Return(Came.UNREADABLE)
    for raw in (None, b"", b"[]", b"7", b"null", b"[" * 60_000, b"\xff", b'{"answer": NaN}'):
        assert understood(raw, asked) == Return(Came.UNREADABLE)


def certificate_of_its_own(folder):
    """A certificate that nobody vouches for, with its key in own.pem; its digest."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connector")])
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now(), now() + timedelta(days=1))
    certificate = built.sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "own.pem").write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    return certificate.fingerprint(hashes.SHA256()).hex()


def test_only_the_pinned_certificate_is_told_the_plate(tmp_path):
    digest = certificate_of_its_own(tmp_path)
    with simulated(kind="confirms") as state:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "own.pem")
        state.socket = context.wrap_socket(state.socket, server_side=True)
        url = state.url.replace("http:", "https:")
        assert put(system(url), question(), "").came is Came.STRANGER
        assert put(system(url, certificate_sha256="0" * 64), question(), "").came is Came.STRANGER
        assert state.asked == []
        assert put(system(url, certificate_sha256=digest), question(), "").answer is Answered.CONFIRMS


def test_an_address_in_the_clear_or_a_figure_that_is_none_is_refused():
    for wrong in (
        {"url": "http://connector.example.org/"},
        {"url": "ftp://127.0.0.1/"},
        {"url": "https://who:what@example.org/"},
        {"url": "https://"},
        {"source": ""},
        {"source": "x" * 41},
        {"seconds": 0},
        {"seconds": 31},
        {"certificate_sha256": "ab"},
        {"certificate_sha256": "0" * 64},
    ):
        with pytest.raises(Malformed):
            system(**{"url": "http://127.0.0.1:1/", **wrong})
