"""The office for tests: its database, its cast, a browser for each member, and the other logins when a test needs them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client, override_settings

from platewarden.exchange.receipt import Receipt
from platewarden.exchange.seal import open_message, seal_to
from platewarden.server.access.login import PERSON_COOKIE
from platewarden.server.clock import now
from platewarden.server.database.testing import Cluster, Database
from platewarden.server.equipment.enrol import office_sealing_key, office_signing_key
from platewarden.server.equipment.testing import Car, enrol_car
from platewarden.server.ledger.chain import Sealer
from platewarden.server.people.enrol import Credentials
from platewarden.server.people.models import Member
from platewarden.server.people.testing import SUPERVISOR, make_cast

CAST = "platewarden_cast"
INTAKE = {
    "ROOT_URLCONF": "platewarden.server.unit_api.urls",
    "MIDDLEWARE": ["platewarden.server.unit_api.translator.Translator"],
}
_handed: dict[str, Credentials] = {}


@dataclass
class Office:
    """A department that is set up: members by number, and what a test may do as whom."""

    database: Database
    handed: dict[str, Credentials]
    cars: list[Car] = field(default_factory=list)

    def member(self, number: str) -> Member:
        return Member.objects.get(number=number)

    def browser(
        self, number: str | None = None, *, purpose: tuple[str, str] | None = ("criminal-investigation", "26-004117")
    ) -> Client:
        """A member's browser, signed in with a second factor and a purpose stated; anonymous without a number.

        What was written so far is sealed first: a look is refused while something waits for the sealer too long.
        """
        self.seal()
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if number is None:
            return client
        member = self.member(number)
        client.force_login(member)
        session = client.session
        at = now()
        session["account_authentication_methods"] = [{"method": each, "at": at.timestamp()} for each in ("password", "mfa")]
        session["account_authentication_methods_user"] = str(member.pk)
        session["signed_in_at"] = session["last_input_at"] = at.timestamp()
        if purpose:
            label = purpose[0].replace("-", " ").capitalize()
            session["purpose"] = [purpose[0], label, purpose[1], (at + timedelta(minutes=15)).timestamp()]
        key = secrets.token_bytes(32)
        session["person"] = hashlib.sha256(key).hexdigest()
        session.save()
        with connections["login"].cursor() as cursor:
            cursor.execute(
                "insert into office.signed_in (cookie_sha256, member_id, member_number, member_name, until_at) values (%s, %s, %s, %s, %s)",
                [hashlib.sha256(key).digest(), member.pk, member.number, member.name, at + timedelta(hours=1)],
            )
        client.cookies[PERSON_COOKIE] = key.hex()
        return client

    @contextmanager
    def as_role(self, role: str) -> Iterator[None]:
        """The default connection logged in as another role, as in another of the server's processes."""
        _point("default", self.database, role)
        try:
            yield
        finally:
            _point("default", self.database, "app")

    def car(self, name: str = "Car 12") -> Car:
        """A car, enrolled by the supervisor."""
        with self.as_role("owner"):  # asks as the intake does and decides as the pages do, in one go
            car = enrol_car(name, by=self.member(SUPERVISOR))
        self.cars.append(car)
        return car

    def post_to_door(self, path: str, raw: bytes) -> Any:
        """What a unit gets from its door."""
        with self.at_the_door():
            return self.door(raw, path)

    @contextmanager
    def at_the_door(self) -> Iterator[None]:
        """This process as the unit's door, for `door`, also from several threads."""
        with self.as_role("ingest"), override_settings(**INTAKE):
            yield

    def door(self, raw: bytes, path: str = "reports") -> Any:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        return client.post(f"/unit/v1/{path}", data=raw, content_type="application/octet-stream")

    def receive(self, car: Car, text: str, **fields: Any) -> Receipt:
        """One read, sealed and signed by the car, through the door. Returns the office's receipt."""
        report = car.report(text, **fields)
        raw = seal_to(office_sealing_key().public_bytes, report.signed(car.key))
        answer = self.post_to_door("reports", raw)
        assert answer.status_code == 200, answer.content
        return self.opened(answer)

    def opened(self, answer: Any) -> Receipt:
        """The receipt in an answer, its signature checked."""
        opened = open_message(answer.content, Receipt.kind, lambda _: office_signing_key().public_bytes)
        return Receipt.from_body(opened.body)

    def seal(self) -> int:
        """Seals the ledger, as the worker does."""
        with self.as_role("purge"):
            return Sealer().seal()

    def ledger(self) -> list[tuple[str, str | None]]:
        """Acts and members, in order of writing."""
        with self.database.connect("owner") as owner:
            return owner.execute("select act, member_number from office.ledger_leaf order by leaf_id").fetchall()

    def ask_owner(self, question: str, *values: Any) -> list[Any]:
        """Rows that only the owner may see, for a test's own check."""
        with self.database.connect("owner") as owner:
            return owner.execute(question.encode(), values).fetchall()


@contextmanager
def office_on(cluster: Cluster, database: Database | None = None) -> Iterator[Office]:
    """An office on a fresh copy of the database with the cast (or on another one), and Django pointed at it."""
    before = settings.CONFIG
    database = database or cluster.fresh_of(CAST, _make_cast_template)
    settings.CONFIG = replace(before, database=replace(before.database, dbname=database.name, host=str(cluster.server.sockets)))
    cache.clear()
    _point("default", database, "app")
    _point("login", database, "login")
    try:
        yield Office(database, dict(_handed))
    finally:
        for alias in ("default", "login"):
            connections[alias].close()
        settings.CONFIG = before
        cluster.drop(database)


def _make_cast_template(database: Database) -> None:
    _point("default", database, "owner")
    _point("login", database, "owner")
    _handed.update(make_cast())
    _point("default", database, "purge")
    Sealer().seal()
    for alias in ("default", "login"):
        connections[alias].close()  # nobody may be in a template that is copied


def _point(alias: str, database: Database, role: str) -> None:
    login = database.login(role)
    connections[alias].close()
    connections[alias].settings_dict.update(
        {"HOST": login.host, "PORT": login.port, "NAME": login.dbname, "USER": login.user, "PASSWORD": login.password}
    )


__all__ = ["Office", "office_on"]
