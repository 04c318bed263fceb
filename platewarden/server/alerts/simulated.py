"""A simulated state system, for tests and for showing the office: a small server of its own, which answers as its connector would.

It knows no plates. What it answers is said when it is started: always the same, or at random from all kinds, the seed given. Besides the
answers of a real one it can be late, hang, drip its answer byte by byte, hang up, fail, and send what is no answer.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from platewarden.server.alerts.state_system import VERSION, WORDS
from platewarden.server.clock import now

ANSWERS = tuple(WORDS)
MISHAPS = (
    "late",  # a good answer, after `seconds`
    "hangs",
    "drips",
    "hangs up",
    "fails",  # 500
    "garbage",
    "too much",
    "another's",  # an answer to another question
    "another plate",
    "an old one",
    "elsewhere",  # a redirect
)
KINDS = (*ANSWERS, *MISHAPS)
SAID = {
    "confirms": "STOLEN VEHICLE. ENTERED BY HIGHLAND PARK PD. 2019 HONDA CIVIC, BLUE. CONTACT ENTERING AGENCY TO CONFIRM.",
    "recovered": "RECORD CLEARED: VEHICLE RECOVERED.",
    "different vehicle": "REGISTERED TO: 2021 FORD F-150, WHITE. NOT WANTED.",
    "no record": "NO RECORD.",
    "not confirmed": "ENTERING AGENCY COULD NOT BE REACHED.",
    "pending": "HIT CONFIRMATION REQUEST SENT. RESPONSE WITHIN 10 MINUTES.",
}


class Simulated(ThreadingHTTPServer):
    """Listens on loopback only. `kind` is one of KINDS, or `random`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0, *, kind: str = "random", seed: int = 427, seconds: float = 30.0) -> None:
        self.kind, self.seconds = kind, seconds
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.is_ending = threading.Event()
        self._chance = random.Random(seed)  # noqa: S311 - which answer comes next, no secret
        super().__init__(("127.0.0.1", port), _Door)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ask"

    def next_kind(self) -> str:
        return self._chance.choice(KINDS) if self.kind == "random" else self.kind


class _Door(BaseHTTPRequestHandler):
    server: Simulated

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(question)
        self.server.keys.append(self.headers.get("Authorization", ""))
        with suppress(ConnectionError):
            self._answer(self.server.next_kind(), question)

    def _answer(self, kind: str, question: dict[str, Any]) -> None:
        if kind == "hangs up":
            self.close_connection = True
        elif kind == "drips":
            self._drip(answer("confirms", question))
        elif kind == "elsewhere":
            self._send(302, b"", Location=self.server.url)
        else:
            if kind in ("hangs", "late"):
                self.server.is_ending.wait(self.server.seconds)
            if kind != "hangs":
                self._send(500 if kind == "fails" else 200, self._said(kind, question))

    def _said(self, kind: str, question: dict[str, Any]) -> bytes:
        wrong = {
            "fails": b"out of order",
            "garbage": hashlib.shake_256(question["ask"].encode()).digest(500),
            "too much": b" " * 70_000 + answer("confirms", question),
            "another's": answer("confirms", {**question, "ask": "0" * 8 + question["ask"][8:]}),
            "another plate": answer("confirms", {**question, "plate": question["plate"][::-1] + "0"}),
            "an old one": answer("confirms", question, at="2020-01-01T00:00:00+00:00"),
            "late": answer("confirms", question),
        }
        return wrong[kind] if kind in wrong else answer(kind, question)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.server.is_ending.wait(self.server.seconds / len(body)):
                return

    def log_message(self, *_: Any) -> None:
        """Nothing: a question names a plate."""


def answer(kind: str, question: dict[str, Any], *, at: str = "") -> bytes:
    """What a connector sends back, as docs/reference/state-system.md has it."""
    said = {"version": VERSION, "ask": question["ask"], "plate": question["plate"], "state": question["state"], "answer": kind}
    reference = f"SIM-{sum(question['ask'].encode()) % 10_000:04}"
    return json.dumps({**said, "reference": reference, "returned_at": at or now().isoformat(), "text": SAID[kind]}).encode()


@contextmanager
def simulated(**how: Any) -> Iterator[Simulated]:
    """A simulated state system that listens while this lasts."""
    server = Simulated(**how)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


__all__ = ["ANSWERS", "KINDS", "MISHAPS", "Simulated", "answer", "simulated"]
