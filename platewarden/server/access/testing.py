"""Signing in as a person does: pages, password, code of the moment that the test says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.http import HttpResponse
from django.test import Client

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


def asked(member: Any, *, purpose: list[Any] | None, key: bytes | None, person: str = "") -> Any:
    """What the desk looks at of a request: who, the session, the cookie."""
    session = {"person": person, **({"purpose": purpose} if purpose else {})}
    return SimpleNamespace(user=member, session=session, COOKIES={"person": key.hex()} if key else {})


__all__ = ["WRONG", "Clock", "asked", "clock", "give_code", "give_password", "new_browser"]
