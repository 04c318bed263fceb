"""ledger: 0 when it holds, 1 when anybody, even the database's superuser, touched it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from platewarden.cli.testing import desk_of


@pytest.fixture
def desk(office):
    office.receive(office.car(), "AB12345")
    office.seal()
    return desk_of(office)


def verify(desk):
    done = desk.run("ledger", "verify", "--json")
    return done.returncode, json.loads(done.stdout)


def test_a_ledger_that_nobody_touched_holds(desk):
    status, found = verify(desk)
    assert (status, found["holds"], found["wrong"], found["unsealed"]) == (0, True, [], 0)
    assert found["leaves"] == len(desk.office.ledger())
    done = desk.run("ledger", "verify")
    assert done.returncode == 0
    assert "The ledger holds." in done.stdout
    note = desk.run("ledger", "checkpoint")
    assert note.returncode == 0
    assert note.stdout.splitlines()[1] == str(found["leaves"])


@pytest.mark.parametrize(
    "crime",
    [
        "update office.ledger_leaf set body = body || ' ' where leaf_id = 2",
        # with the hash made to fit: then the signed tree does not
        """update office.ledger_leaf set body = body || ' ',
            leaf_hash = sha256('\\x00'::bytea || convert_to(body || ' ', 'UTF8')) where leaf_id = 2""",
        "delete from office.ledger_sealed where tree_index = (select max(tree_index) from office.ledger_sealed)",
        "update plates.ledger_content set body = '{}' where leaf_id = 2",
        "delete from office.ledger_checkpoint where tree_size = (select max(tree_size) from office.ledger_checkpoint)",
    ],
)
def test_what_a_superuser_altered_is_found_and_said(desk, crime):
    with desk.office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")  # no trigger stands in the way
        assert root.execute(crime).rowcount == 1
    status, found = verify(desk)
    assert (status, found["holds"]) == (1, False)
    assert all(sentence.endswith(".") for sentence in found["wrong"])
    done = desk.run("ledger", "verify")
    assert done.returncode == 1
    assert "does NOT hold" in done.stdout


def test_before_anything_is_sealed_there_is_no_checkpoint_to_print(desk):
    with desk.office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute("delete from office.ledger_checkpoint")
    assert desk.run("ledger", "checkpoint").returncode == 3


def test_what_is_published_an_outsider_checks_with_the_key_alone(desk, tmp_path):
    key = desk.run("ledger", "key")
    assert key.returncode == 0
    done = desk.run("ledger", "publish", str(tmp_path / "published"))
    assert done.returncode == 0, done.stderr
    assert f"{len(desk.office.ledger())} lines are published" in done.stdout
    tool = Path(__file__).parents[3] / "tools" / "verify.py"
    outside = [sys.executable, "-I", str(tool), str(tmp_path / "published"), "--key", key.stdout.strip()]
    told = subprocess.run(outside, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "HOLDS.")
    tile = next((tmp_path / "published" / "tile" / "0").rglob("*"))
    tile = next(each for each in [tile, *tile.rglob("*")] if each.is_file())
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert subprocess.run(outside, capture_output=True, check=False).returncode == 1
    again = desk.run("ledger", "publish", str(tmp_path / "published"))
    assert again.returncode != 0
    assert "says something else than today's ledger" in again.stderr
