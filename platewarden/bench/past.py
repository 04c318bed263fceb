"""An office with a past: an embedded server of its own, a department, one unit, and days that were kept long ago.

What the purge's figures, kills and byte searches stand on. Days are opened by the owner, as the office would have opened them then;
reads are kept by the intake's own function, pictures by the store's own, holds are placed at the front desk by a member.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from platewarden.bench.crash import department_of, tell
from platewarden.bench.report import plain_report
from platewarden.exchange.enrolment import EnrolmentRequest
from platewarden.exchange.read_report import Picture, ReadReport, View
from platewarden.exchange.seal import SigningKey
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up

__all__ = ["PARENTS", "Past", "office_with_a_past"]

PARENTS: Final = ("reads", "plate_seen", "correction", "hit", "alert_note")
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass
class Past:
    """The office, and how to fill its days."""

    config: ServerConfig
    server: EmbeddedServer
    unit: SigningKey
    chance: random.Random = field(default_factory=lambda: random.Random(427))  # noqa: S311 - plates, not keys
    picture_bytes: int = 64
    _numbers: int = 0

    def connect(self, role: str = "owner", *, autocommit: bool = True) -> psycopg.Connection[Any]:
        login = self.server.connection_info(role, self.config.database.dbname)
        return psycopg.connect(login.conninfo, autocommit=autocommit)

    def day(self, ago: int) -> date:
        """So many days before today; a day begins at two, as the office counts what is due (`office.due_at`)."""
        return (datetime.now(UTC) - timedelta(hours=2)).date() - timedelta(days=ago)

    def plate(self) -> str:
        return "".join(self.chance.choices(LETTERS, k=8))

    def open_day(self, ago: int) -> None:
        with self.connect() as owner:
            owner.execute("select plates.make_span(%s, %s)", [self.day(ago), list(PARENTS)])

    def keep(self, ago: int, plates: list[str], *, pictures: bool) -> None:
        """Reads of a day, spread over it, with both pictures or none."""
        from django.db import transaction  # noqa: PLC0415

        from platewarden.server.equipment.models import Unit  # noqa: PLC0415
        from platewarden.server.reads.images import keep_picture  # noqa: PLC0415
        from platewarden.server.reads.intake import keep  # noqa: PLC0415

        unit = Unit.objects.get(key_id=self.unit.key_id)
        for n, text in enumerate(plates):
            report = self._report(text, datetime.combine(self.day(ago), time(), UTC) + timedelta(days=1) * n / len(plates))
            pointers = [
                keep_picture(
                    each.content, view=each.view, read_id=report.read_id, unit_id=unit.id, captured_at=report.captured_at
                ).as_row()
                for each in (report.pictures if pictures else ())
            ]
            with transaction.atomic():
                keep(report, unit, ReadReport.verified(report.signed(self.unit), lambda _: self.unit.public_bytes)[1], pointers)

    def hold(self, plate: str) -> None:
        """A hold on one vehicle over the whole past, placed by the supervisor at the console."""
        from platewarden.server.access.console import person_at_console  # noqa: PLC0415
        from platewarden.server.access.purpose import state_purpose  # noqa: PLC0415
        from platewarden.server.ledger.chain import Sealer  # noqa: PLC0415
        from platewarden.server.people.models import Member  # noqa: PLC0415
        from platewarden.server.retention.hold import Named, NewHold, place  # noqa: PLC0415
        from platewarden.server.retention.models import Ground, Scope  # noqa: PLC0415

        at = datetime.now(UTC)
        new = NewHold(
            ground=Ground.CRIMINAL,
            authority="State's Attorney, letter of 11/20/2026",
            reference="26-004117",
            since=at - timedelta(days=1500),
            until=at,
            named=Named(Scope.VEHICLE, plate=plate),
            review_on=at.date() + timedelta(days=30),
        )
        Sealer().seal()
        with person_at_console(Member.objects.get(number="1001")) as request:
            state_purpose(request, name="criminal-investigation", reference="26-004117")
            place(request, new)

    def correct(self, plate: str) -> str:
        """The reading of a plate's one read is corrected by the supervisor at the console; the text it is corrected to."""
        from platewarden.plate.text import PlateText  # noqa: PLC0415
        from platewarden.policy.correction import Misread  # noqa: PLC0415
        from platewarden.server.access.console import person_at_console  # noqa: PLC0415
        from platewarden.server.access.purpose import state_purpose  # noqa: PLC0415
        from platewarden.server.alerts.correct import Said, correct  # noqa: PLC0415
        from platewarden.server.ledger.chain import Sealer  # noqa: PLC0415
        from platewarden.server.people.models import Member  # noqa: PLC0415

        right = self.plate()
        with self.connect() as owner:
            read_id, captured_at = owner.execute(
                "select read_id, captured_at from plates.reads where plate = %s", [plate]
            ).fetchall()[0]
        Sealer().seal()
        with person_at_console(Member.objects.get(number="1001")) as request:
            state_purpose(request, name="criminal-investigation", reference="26-004117")
            said = Said(PlateText(right), "IL", Misread.CHARACTERS, f"the plate says {right}")
            correct(request, read_id, captured_at, said, saw=0)
        return right

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "platewarden", *words, "--data", str(self.config.data)]

    def purge(self) -> None:
        """A whole purge in a process of its own. Raises when it did not end well."""
        subprocess.run(self.command("retention", "purge"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _report(self, text: str, at: datetime) -> ReadReport:
        self._numbers += 1
        jpeg = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + os.urandom(self.picture_bytes) + bytes.fromhex("ffd9")
        pictures = tuple(Picture(view=view, media_type="image/jpeg", content=jpeg) for view in (View.OVERVIEW, View.PLATE))
        return plain_report(self.unit.key_id, self._numbers, at, text, characters=(0.95,) * len(text), pictures=pictures)


@contextlib.contextmanager
def office_with_a_past() -> Iterator[Past]:
    """The office, in a folder of its own that is gone afterwards. This process is the owner in it."""
    data = Path(tempfile.mkdtemp(prefix="pw-past-", dir="/tmp"))  # a socket needs a short path
    try:
        ServiceUser.find(may_create=True, say=tell).claim(data)
        server = EmbeddedServer(data, say=lambda _: None)
        with server.running():
            config = set_up(data, server=server, say=tell)
            approve, unit = department_of(config), SigningKey.generate()
            approve(EnrolmentRequest(name="Car 12", signing_public=unit.public_bytes, made_at=datetime.now(UTC)))
            os.environ["PLATEWARDEN_DATA"] = str(data)
            try:
                yield Past(config, server, unit)
            finally:
                from django.db import connections  # noqa: PLC0415

                connections.close_all()
    finally:
        shutil.rmtree(data, ignore_errors=True)
