"""Editions: numbered, whole, one for each change, and never without what was asked for."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from platewarden.exchange.edition_delta import apply
from platewarden.exchange.hotlist_edition import Edition
from platewarden.exchange.seal import digest
from platewarden.policy.refusal import Tampered, Unavailable, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists import publish
from platewarden.server.hotlists.models import EditionAsk, HotlistEdition
from platewarden.server.hotlists.publish import (
    ask_for_edition,
    changes_file,
    changes_since,
    edition_bytes,
    edition_file,
    make_edition_if_asked,
)
from platewarden.server.hotlists.testing import HEADER, TOM, bolo_in_force, entered, list_in_force
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR, SUPERVISOR


def made(office):
    """As the worker does."""
    with office.as_role("purge"):
        return make_edition_if_asked()


def opened(edition):
    key = office_signing_key()
    return Edition.open(edition_bytes(edition), {key.key_id: key.public_bytes}.get)


def test_nothing_is_made_until_somebody_asks(office):
    assert made(office) is None
    assert not HotlistEdition.objects.exists()


def test_an_edition_is_signed_numbered_and_holds_what_is_in_force(office):
    ago = (now() - timedelta(minutes=1)).isoformat()
    list_in_force("AB1,IL,stolen_vehicle,1,", f"AB2,IL,stolen_vehicle,1,{ago}", header=HEADER + ",expires")
    bolo_in_force("?7B*", state=None, urgent=True)
    entered("WAIT1", by=SUPERVISOR)
    first = made(office)
    held = opened(first)
    assert (first.number, first.entries, held.number, held.count) == (1, 2, 1, 2)
    assert sorted((entry.text, entry.is_pattern, entry.state, entry.urgent) for entry in held.entries()) == [
        ("?7B*", True, None, True),
        ("AB1", False, "IL", False),
    ]
    assert digest(edition_file(1).read_bytes()) == bytes(first.digest)
    assert edition_file(1).stat().st_mode & 0o077 == 0
    assert office.ledger()[-1] == ("hotlists.publish", None)
    assert made(office) is None


def test_what_was_superseded_is_not_in_the_next_one(office):
    list_in_force("AB1,IL,stolen_vehicle,1")
    assert made(office).number == 1
    list_in_force("AB2,IL,stolen_vehicle,1")
    second = made(office)
    assert second.number == 2
    assert [entry.text for entry in opened(second).entries()] == ["AB2"]


def test_an_edition_without_entries_is_an_edition(office):
    ask_for_edition(by=TOM)
    edition = made(office)
    assert (edition.entries, opened(edition).count) == (0, 0)


def test_two_workers_at_once_make_one(office):
    list_in_force("AB1,IL,stolen_vehicle,1")

    def make(_):
        try:
            return make_edition_if_asked()
        finally:
            connections["default"].close()

    with office.as_role("purge"), ThreadPoolExecutor(3) as several:
        editions = [edition for edition in several.map(make, range(3)) if edition]
    assert [edition.number for edition in editions] == [1]
    assert HotlistEdition.objects.count() == 1


def test_what_is_asked_while_an_edition_is_made_is_for_the_next_one(office, monkeypatch):
    """An ask with a smaller number may commit later: it must not be taken for answered by an edition that lacks its entries."""
    slow = office.database.connect("app", autocommit=False)
    slow.execute("insert into office.hotlists_editionask (asked_at, asked_by) values (now(), 'slow')")
    ask_for_edition(by=TOM)
    entries = publish._in_force

    def meanwhile():
        found = entries()
        slow.commit()
        return found

    monkeypatch.setattr(publish, "_in_force", meanwhile)
    assert made(office).number == 1
    slow.close()
    assert EditionAsk.objects.get(edition=None).asked_by == "slow"
    monkeypatch.undo()
    assert made(office).number == 2


def test_when_it_cannot_be_written_it_is_still_due(office, monkeypatch):
    ask_for_edition(by=TOM)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "put", full)
    with pytest.raises(OSError, match="No space"):
        made(office)
    assert not HotlistEdition.objects.exists()
    monkeypatch.undo()
    assert made(office).number == 1


def test_a_file_that_was_changed_or_is_gone_is_not_sent(office):
    ask_for_edition(by=TOM)
    edition = made(office)
    path = edition_file(1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Tampered):
        edition_bytes(edition)
    path.unlink()
    with pytest.raises(Unavailable):
        edition_bytes(edition)


def test_the_page_asks_for_one_with_the_duty_only(office):
    assert office.browser(OPERATOR).post("/lists/publish/").status_code == 403
    assert not EditionAsk.objects.exists()
    tom = office.browser(LIST_MANAGER)
    assert tom.post("/lists/publish/").status_code == 302
    assert b"A new edition is being made" in tom.get("/lists/").content
    made(office)
    assert b"A new edition is being made" not in tom.get("/lists/").content


def test_what_changed_lies_beside_an_edition_and_the_older_file_is_gone(office):
    rows = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(200)]
    list_in_force(*rows)
    made(office)
    held = edition_file(1).read_bytes()
    for more in (1, 2):
        list_in_force(*rows, *(f"ZZ{number},IL,stolen_vehicle,1" for number in range(more)))
        made(office)
    assert [path.name for path in sorted(edition_file(0).parent.iterdir()) if path.stem in "123"] == [
        "2.changes",
        "3.changes",
        "3.hotlist",
    ]
    steps = changes_since(1)
    for step in steps:
        held = apply(held, step)
    assert held == edition_file(3).read_bytes()
    assert sum(map(len, steps)) < len(held) / 4
    for number in (0, 3, 4):
        with pytest.raises(Unknown):
            changes_since(number)


def test_what_changed_is_kept_for_a_day(office):
    for _ in range(3):
        ask_for_edition(by=TOM)
        made(office)
    ago = now().timestamp() - publish.KEPT_S - 60
    os.utime(changes_file(2), (ago, ago))
    os.utime(changes_file(3), (ago, ago))
    publish.remove_old_files()
    assert not changes_file(2).exists()
    assert changes_file(3).exists()
    assert edition_file(3).exists()
    with pytest.raises(Unknown):
        changes_since(1)


def test_when_an_entry_runs_out_the_next_edition_lacks_it(office):
    soon = now() + timedelta(seconds=2)
    list_in_force("AB1,IL,stolen_vehicle,1,", f"AB2,IL,stolen_vehicle,1,{soon.isoformat()}", header=HEADER + ",expires")
    assert opened(made(office)).count == 2
    assert made(office) is None
    while now() <= soon:
        time.sleep(0.1)
    second = made(office)
    assert second.asked_by == "an entry ran out"
    assert [entry.text for entry in opened(second).entries()] == ["AB1"]
    assert made(office) is None
