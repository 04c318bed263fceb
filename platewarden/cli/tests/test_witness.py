"""witness: an outsider's key, one look, and what was signed; an alarm ends it with 1."""

from __future__ import annotations

import subprocess
import sys

import pytest

from platewarden.cli.testing import desk_of


def witness(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "platewarden", "witness", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def desk(office, tmp_path):
    office.receive(office.car(), "AB12345")
    office.seal()
    desk = desk_of(office)
    (tmp_path / "key").write_text(desk.run("ledger", "key").stdout)
    assert desk.run("ledger", "publish", str(tmp_path / "published")).returncode == 0
    return desk


def test_what_a_witness_signed_is_checked_with_two_public_keys(desk, tmp_path):
    auditor = witness("init", "--state", tmp_path / "auditor", "--name", "auditor.example.org")
    assert auditor.returncode == 0, auditor.stderr
    look = ["run", tmp_path / "published", "--key", tmp_path / "key", "--state", tmp_path / "auditor", "--once"]
    first = witness(*look)
    assert (first.returncode, first.stdout.partition(".")[0]) == (0, f"{len(desk.office.ledger())} lines, the first look")
    signed = next((tmp_path / "auditor" / "cosigned").iterdir())
    told = witness("verify", signed, "--key", tmp_path / "key", "--witness", auditor.stdout.strip())
    assert told.returncode == 0, told.stderr
    assert "signed by auditor.example.org on " in told.stdout
    unsigned = witness(
        "verify", tmp_path / "published" / "checkpoint", "--key", tmp_path / "key", "--witness", auditor.stdout.strip()
    )
    assert unsigned.returncode == 1
    assert "has not signed this checkpoint" in unsigned.stderr

    tile = next(each for each in (tmp_path / "published" / "tile" / "0").rglob("*") if each.is_file())
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    alarm = witness(*look)
    assert alarm.returncode == 1
    assert "ALARM." in alarm.stderr
    assert (tmp_path / "auditor" / "alarm" / "now").exists()


def test_before_there_is_a_witness_nothing_is_watched(desk, tmp_path):
    done = witness("run", tmp_path / "published", "--key", tmp_path / "key", "--state", tmp_path / "nobody", "--once")
    assert done.returncode == 3
    assert "platewarden witness init" in done.stderr


def test_a_place_that_is_not_there_is_said(desk, tmp_path):
    witness("init", "--state", tmp_path / "auditor", "--name", "auditor.example.org")
    done = witness("run", tmp_path / "nothing", "--key", tmp_path / "key", "--state", tmp_path / "auditor", "--once")
    assert done.returncode == 3
    assert "checkpoint is not in" in done.stderr


def test_half_a_file_does_not_end_the_watching(desk, tmp_path):
    """A folder that is being copied: said, asked again, and signed once it is whole."""
    witness("init", "--state", tmp_path / "auditor", "--name", "auditor.example.org")
    tile = next(each for each in (tmp_path / "published" / "tile" / "0").rglob("*") if each.is_file())
    whole = tile.read_bytes()
    tile.write_bytes(whole[:7])
    words = ["run", tmp_path / "published", "--key", tmp_path / "key", "--state", tmp_path / "auditor", "--every", 1]
    command = [sys.executable, "-m", "platewarden", "witness", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert "has 7 bytes" in watching.stderr.readline()
            tile.write_bytes(whole)
            assert "the first look" in watching.stdout.readline()
        finally:
            watching.kill()
    assert not (tmp_path / "auditor" / "alarm").exists()
