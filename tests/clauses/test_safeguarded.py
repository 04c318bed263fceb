"""All data is protected by procedural and technological means."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings

from platewarden.server.equipment.testing import JPEG
from platewarden.server.ledger.chain import check

PROCESSES = ("app", "login", "ingest", "purge")


def refused_to(office, role: str, statement: str) -> bool:
    with office.database.connect(role) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
        process.execute(statement)
    return True


def test_no_process_of_the_server_reads_plate_data_past_the_doors(office):
    office.receive(office.car(), "AB12345")
    for role in PROCESSES:
        assert refused_to(office, role, "select plate from plates.reads")
        assert refused_to(office, role, "select plate from plates.plate_seen")


def test_no_process_of_the_server_changes_the_ledger(office):
    for role in PROCESSES:
        assert refused_to(office, role, "update office.ledger_leaf set member_number = null")
        assert refused_to(office, role, "delete from office.ledger_leaf")
        assert refused_to(office, role, "truncate office.ledger_leaf")


def test_not_even_the_owner_changes_the_ledger_by_a_statement(office):
    with office.database.connect("owner") as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("update office.ledger_leaf set member_number = null")


def test_a_change_behind_the_ledgers_back_is_found(office):
    office.seal()
    with office.database.connect("owner") as owner:
        owner.execute("alter table office.ledger_leaf disable trigger user")
        owner.execute(
            "update office.ledger_leaf set body = body || ' ' where leaf_id = (select min(leaf_id) from office.ledger_leaf)"
        )
    with office.as_role("purge"):
        assert not check().holds


def test_a_picture_lies_encrypted_on_the_disk(office):
    office.receive(office.car(), "AB12345")
    packs = list((settings.CONFIG.data / "pictures").rglob("*.pack"))
    assert packs
    assert all(JPEG not in pack.read_bytes() for pack in packs)
    assert all(pack.stat().st_mode & 0o077 == 0 for pack in packs)
