"""Signing in as a person does: pages, password, code of the moment that the test says."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.http import HttpResponse
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from platewarden.server.people.testing import SEED

WRONG = "not the password at all"


class Clock:
    """The authenticator app and the server agree on a half minute; the test says when the next one begins."""

    def __init__(self) -> None:
        self.period = 1_000_000

    def counters(self) -> Iterator[int]:
        return iter([self.period])

    def code(self, seed: str = SEED) -> str:
        return auth.format_hotp_value(auth.hotp_value(seed, self.period))

    def next_code(self) -> str:
        self.period += 1
        return self.code()

    def wrong_code(self) -> str:
        return next(code for n in itertools.count() if (code := f"{n:06d}") != self.code())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    own = Clock()
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", own.counters)
    return own


def new_browser(address: str = "10.0.0.7") -> Client:
    return Client(SERVER_NAME="localhost", raise_request_exception=False, REMOTE_ADDR=address)


def give_password(client: Client, number: str, password: str) -> HttpResponse:
    return client.post("/sign-in/", {"login": number, "password": password})


def give_code(client: Client, code: str) -> HttpResponse:
    return client.post("/sign-in/code/", {"code": code})


@dataclass
class Stick:
    """A passkey of tests: what a browser and a key would answer, and what they never would."""

    origin: str = "http://localhost:8427"
    site: str = "localhost"
    counts: bool = True
    counter: int = 0
    flags: int = 0x05  # present and verified
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def new(self, options: dict[str, Any]) -> str:
        """The answer to a page that sets up a passkey."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        said = cbor.encode({"fmt": "none", "attStmt": {}, "authData": self._data(0x40) + attested})
        return self._answer("webauthn.create", options, attestationObject=websafe_encode(said))

    def get(self, options: dict[str, Any]) -> str:
        """The answer to a page that asks for a passkey."""
        self.counter += self.counts
        data, client = self._data(), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer("webauthn.get", options, authenticatorData=websafe_encode(data), signature=websafe_encode(signature))

    def _data(self, flags: int = 0) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([self.flags | flags]) + struct.pack(">I", self.counter)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        asked_for = options["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": asked_for, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, kind: str, options: dict[str, Any], **parts: str) -> str:
        named = websafe_encode(self.credential_id)
        response = {"clientDataJSON": websafe_encode(self._client(kind, options)), **parts}
        return json.dumps({"type": "public-key", "id": named, "rawId": named, "response": response, "clientExtensionResults": {}})


def options_on(page: HttpResponse) -> dict[str, Any]:
    """What a page hands to the browser for a passkey."""
    found = re.search(r'<script id="passkey-options" type="application/json">(.+?)</script>', page.content.decode())
    assert found, page.content
    asked_for = json.loads(found.group(1))
    return dict(asked_for.get("creation_options") or asked_for["request_options"])


def prove(browser: Client, password: str) -> None:
    """The password again, before something that counts."""
    assert browser.post("/again/", {"password": password, "next": "/"}).status_code == 302


def set_up_passkey(browser: Client, stick: Stick, name: str = "Stick") -> HttpResponse:
    """Through the page. The member proved who they are just now."""
    page = browser.get("/second-factor/passkey/")
    return browser.post("/second-factor/passkey/", {"name": name, "credential": stick.new(options_on(page))})


def asked(member: Any, *, purpose: list[Any] | None, key: bytes | None, person: str = "") -> Any:
    """What the desk looks at of a request: who, the session, the cookie."""
    session = {"person": person, **({"purpose": purpose} if purpose else {})}
    return SimpleNamespace(user=member, session=session, COOKIES={"person": key.hex()} if key else {})


__all__ = [
    "WRONG",
    "Clock",
    "Stick",
    "asked",
    "clock",
    "give_code",
    "give_password",
    "new_browser",
    "options_on",
    "prove",
    "set_up_passkey",
]
