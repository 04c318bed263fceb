"""What the clauses are shown with: a member's pages, the car's sign-on with the office's own roster, and a BOLO in force."""

from __future__ import annotations

import re
import uuid
from contextlib import closing
from datetime import timedelta
from html import unescape

import pytest

from platewarden.exchange.roster_edition import RosterEdition
from platewarden.exchange.seal import SigningKey, open_message, seal_to
from platewarden.policy.department import load_department
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key, office_signing_key
from platewarden.server.hotlists.models import Bolo
from platewarden.server.people.models import RosterIssue
from platewarden.server.people.roster import make_roster_if_due
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR
from platewarden.unit.journal import Journal
from platewarden.unit.shift import Stated, sign_on
from platewarden.unit.spool import Spool


def text_of(answer) -> str:
    """A page as it is read: without tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


@pytest.fixture
def sign_on_in_car(office, tmp_path):
    """Signs a member on to a car that holds the office's roster and no network."""

    def sit(number: str, *, purpose: str = "routine-patrol", reference: str = "2A-1123", secret: str | None = None):
        key = office_signing_key()
        with office.as_role("purge"):
            make_roster_if_due(key)
        issue = RosterIssue.objects.order_by("-number").first()
        raw = open_message(bytes(issue.message), RosterEdition.kind, {key.key_id: key.public_bytes}.get)
        to_office = office_sealing_key().public_bytes
        if not (tmp_path / "spool").exists():
            Spool.create(tmp_path / "spool")
        with closing(Spool.open(tmp_path / "spool", seal=lambda raw: seal_to(to_office, raw), limit_bytes=10**6)) as spool:
            return sign_on(
                RosterEdition.from_body(raw.body),
                load_department(),
                Stated(number, secret or office.handed[number].shift_secret, purpose, reference, office.handed[number].shift_key),
                at=now(),
                shift_id=uuid.uuid4(),
                journal=Journal(spool, SigningKey.generate()),
                spool=spool,
            )

    return sit


@pytest.fixture
def enter_bolo(office):
    """A BOLO as a member enters it on the page; in force when a second member approved it."""

    def enter(plate: str, *, by: str = OPERATOR, approved_by: str | None = LIST_MANAGER, **fields):
        given = {
            "plate": plate,
            "state": "IL",
            "category": "stolen_vehicle",
            "reference": "26-004117",
            "reason": "Taken from a driveway in the night",
            "approach": "stop",
            "expires_on": f"{now() + timedelta(days=7):%Y-%m-%d}",
        }
        answer = office.browser(by).post("/lists/bolos/new/", {**given, **fields})
        if answer.status_code == 302 and approved_by:
            answer = decide(approved_by)
        return answer

    def decide(by: str):
        newest = Bolo.objects.order_by("-pk").first()
        return office.browser(by).post(f"/lists/bolos/{newest.entry_id}/approve/")

    enter.decide = decide
    return enter
