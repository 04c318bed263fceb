"""Lists and BOLOs in force, through the front door."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.server.access.console import person_at_console
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import decide, enter
from platewarden.server.hotlists.entry import NewEntry, plate_or_pattern
from platewarden.server.hotlists.load import load_list
from platewarden.server.hotlists.lookup import proposals
from platewarden.server.hotlists.models import Bolo, Load
from platewarden.server.hotlists.source import Described, describe, must_be_described
from platewarden.server.ledger.write import Signer
from platewarden.server.people.models import Member
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, SUPERVISOR

TOM = Signer(LIST_MANAGER, "Tom Okafor")
HEADER = "plate,state,category,reference"
SOURCE = "State stolen vehicles"


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    """A list's file."""
    return "\n".join([header, *rows, ""]).encode()


def list_in_force(*rows: str, source: str = SOURCE, header: str = HEADER) -> Load:
    """A list of these rows, loaded by the list manager; the supervisor has described its source."""
    described(source)
    return load_list(csv_of(*rows, header=header), source_name=source, by=TOM)


def described(name: str = SOURCE) -> None:
    """A source that is not confidential, unless somebody has said something of it already."""
    if must_be_described(name):
        describe(name, Described("State Police", is_confidential=False), by=Member.objects.get(number=SUPERVISOR))


def new_entry(plate: str, **changes: Any) -> NewEntry:
    """What the form of a BOLO gives. Illinois, to be stopped, for a week."""
    text, is_pattern = plate_or_pattern(plate)
    facts: dict[str, Any] = {
        "entry_id": uuid.uuid4(),
        "text": text,
        "is_pattern": is_pattern,
        "state": "IL",
        "category": Category.WANTED_VEHICLE,
        "approach": Approach.STOP,
        "caution": False,
        "urgent": False,
        "reason": "Seen leaving a burglary.",
        "reference": "26-004117",
        "author": "",
        "expires_at": now() + timedelta(days=7),
    }
    return NewEntry(**{**facts, **changes})


def looked_for(office: Any, *seen: str) -> list[str]:
    """What is proposed for these texts, asked as the intake asks: plates and patterns in force."""
    with office.as_role("ingest"):
        return sorted(each.looked_for.text for each in proposals(seen))


@contextmanager
def as_member(number: str) -> Iterator[HttpRequest]:
    """A member's request, bound to the person: what an act asks that the database does for a person."""
    with person_at_console(Member.objects.get(number=number)) as request:
        yield request


def entered(plate: str, *, by: str, **changes: Any) -> Bolo:
    """A BOLO of a member, waiting."""
    with as_member(by) as request:
        return enter(request, new_entry(plate, **changes)).bolo


def decided(bolo: Bolo, *, by: str, approve: bool = True) -> Bolo:
    with as_member(by) as request:
        return decide(request, bolo.pk, approve=approve)


def bolo_in_force(plate: str, **changes: Any) -> Bolo:
    """A BOLO of the supervisor, approved by the designee."""
    return decided(entered(plate, by=SUPERVISOR, **changes), by=DESIGNEE)
