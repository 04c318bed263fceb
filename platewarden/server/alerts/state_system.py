"""The interface to an official state system: a plate and a state go out, one answer comes back. The wire is in docs/reference/state-system.md.

The connector is a program of the department's own: it stands beside its message switch, speaks HTTP, and translates. Any language will do.
Here is this side of it: one question, one time limit over everything (reaching it, its certificate, its answer to the last byte), and nothing
believed that is not exactly an answer to this question. No redirect is followed.

Known gap: looking a host's name up is bounded by the machine's resolver, not by the time limit; an address in digits needs none.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import ssl
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from platewarden.policy.verification import Answered, Came
from platewarden.server.clock import now
from platewarden.server.config import StateSystem

VERSION = 1
LARGEST = 64 * 1024
LONGEST_WORDS = 2000
SKEW = timedelta(minutes=2)
REFERENCE = re.compile(r"[A-Za-z0-9/ -]{3,40}")
WORDS = {
    "confirms": Answered.CONFIRMS,
    "recovered": Answered.NOT_ACTIVE,
    "different vehicle": Answered.DIFFERENT_VEHICLE,
    "no record": Answered.NO_RECORD,
    "not confirmed": Answered.NOT_CONFIRMED,
    "pending": Answered.PENDING,
}


@dataclass(frozen=True)
class Question:
    """What is disclosed to the state system, and nothing else."""

    ask: uuid.UUID
    plate: str
    state: str
    member: str
    agency: str

    def body(self) -> bytes:
        said = {"version": VERSION, "ask": str(self.ask), "plate": self.plate, "state": self.state}
        return json.dumps({**said, "member": self.member, "agency": self.agency}).encode()


@dataclass(frozen=True)
class Return:
    """What came of it. Only an answer has the rest."""

    came: Came
    answer: Answered | None = None
    reference: str = ""
    returned_at: datetime | None = None
    words: str = ""


def put(system: StateSystem, question: Question, key: str) -> Return:
    """Asks, and waits as long as the system's time limit and no longer. Whatever goes wrong is a `Return` that says so."""
    line = _Line(system)
    cut = threading.Timer(system.seconds, line.cut)
    cut.daemon = True
    cut.start()
    try:
        raw = line.asked(question, key)
    except _StrangerError:
        return Return(Came.STRANGER)
    except (OSError, http.client.HTTPException) as error:
        if line.is_cut or isinstance(error, TimeoutError):
            return Return(Came.TIMED_OUT)
        return Return(Came.UNREACHABLE if isinstance(error, OSError) else Came.UNREADABLE)
    finally:
        cut.cancel()
        line.close()
    if line.is_cut:
        return Return(Came.TIMED_OUT)
    return understood(raw, question)


def understood(raw: bytes | None, question: Question) -> Return:
    """An answer to exactly this question, or one that could not be read: another's, an old one's, garbage, too much."""
    try:
        said = json.loads(raw or b"")
        answer, at = WORDS[said["answer"]], datetime.fromisoformat(said["returned_at"]).astimezone(UTC)
        echoed = (said["version"], said["ask"], said["plate"], said["state"])
        reference, words = said["reference"].strip(), " ".join(said.get("text", "").split())
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Return(Came.UNREADABLE)
    is_ours = echoed == (VERSION, str(question.ask), question.plate, question.state) and type(echoed[0]) is int
    is_now = now() - timedelta(minutes=5) <= at <= now() + SKEW
    if not (is_ours and is_now and REFERENCE.fullmatch(reference) and words.isprintable() and len(words) <= LONGEST_WORDS):
        return Return(Came.UNREADABLE)
    return Return(Came.ANSWERED, answer, reference, min(at, now()), words)


class _StrangerError(Exception):
    """Another certificate than the pinned one, or one that nobody vouches for."""


class _Line:
    """One connection, which another thread can cut at any moment."""

    def __init__(self, system: StateSystem) -> None:
        self.system = system
        self.is_cut = False
        self._socket: socket.socket | None = None

    def asked(self, question: Question, key: str) -> bytes | None:
        """The answer's bytes, or None where it is no answer: another status, or more than is read."""
        where = urlsplit(self.system.url)
        host, port = where.hostname or "", where.port or (443 if where.scheme == "https" else 80)
        self._socket = socket.create_connection((host, port), timeout=self.system.seconds)
        if where.scheme == "https":
            self._socket = self._secured(self._socket, host)
        self._go_on()
        caller = http.client.HTTPConnection(host, port)
        caller.sock = self._socket
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        caller.request("POST", path, question.body(), headers)
        reply = caller.getresponse()
        raw = reply.read(LARGEST + 1)
        return raw if reply.status == http.HTTPStatus.OK and len(raw) <= LARGEST else None

    def _secured(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        pinned = self.system.certificate_sha256
        if pinned:
            context.check_hostname, context.verify_mode = (
                False,
                ssl.CERT_NONE,
            )  # its digest is compared instead, before a word is said
        secured = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self._socket = secured
        self._go_on()
        try:
            secured.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise _StrangerError from error
        if pinned and hashlib.sha256(secured.getpeercert(binary_form=True) or b"").hexdigest() != pinned:
            raise _StrangerError
        return secured

    def _go_on(self) -> None:
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        self.is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # the plain one: an SSL socket would wait for its peer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


__all__ = ["Question", "Return", "put", "understood"]
