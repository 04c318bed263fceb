"""evidence: written at the console by a member who signs in, with the server's sealer beside it; checked, booked, handed on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings

from platewarden.cli.testing import desk_of
from platewarden.server.evidence.models import Package, PackageState
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import held, keep_past, open_past

SEALER = """
import sys, time
from pathlib import Path
from platewarden.cli.server import start_django
start_django(Path(sys.argv[1]), "worker")
from platewarden.server.ledger.chain import Sealer
sealer = Sealer()
while True:
    sealer.seal()
    time.sleep(0.2)
"""
BOOKING = ["--item", "HP-26-0934", "--serial", "4C530001", "--place", "property room, shelf 4"]


@pytest.fixture
def desk(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20)
    held(office, OPERATOR, plate="AB12345", days=(60, 1))
    office.seal()
    desk = desk_of(office)
    for folder in ("pictures", "keys"):
        shutil.copytree(settings.CONFIG.data / folder, desk.data / folder, dirs_exist_ok=True)
    return desk


@contextmanager
def sealing(desk):
    """The worker's sealer, as a process of its own."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", SEALER, str(desk.data)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_a_hold_is_written_checked_booked_and_handed_on_at_the_console(office, desk, tmp_path):
    medium = tmp_path / "stick"
    medium.mkdir()
    assert desk.run("evidence", "list").stdout == "Nothing was written yet.\n"
    with sealing(desk):
        done = desk.run_as(SUPERVISOR, "evidence", "package", "H-00001", "--to", str(medium), "--any-folder")
        assert done.returncode == 0, done.stderr
        made = Package.objects.get()
        assert f"{made}: 1 reads and 2 pictures of H-00001, written and read back." in done.stdout
        assert "AB12345" not in done.stdout + done.stderr
        listed = desk.run("evidence", "list", "--json")
        assert listed.returncode == 1
        assert json.loads(listed.stdout)["state"] == "written"
        whole = desk.run("evidence", "verify", str(medium))
        assert whole.returncode == 0, whole.stdout + whole.stderr
        inside = desk.run_as(SUPERVISOR, "evidence", "verify", str(medium), "--inside", made.number)
        assert inside.returncode == 0, inside.stdout + inside.stderr
        assert "1 reads say what their cars signed" in inside.stdout
        shown = desk.run_as(SUPERVISOR, "evidence", "passphrase", made.number)
        assert len(shown.stdout.strip()) == 39
        assert [act for act, _ in office.ledger()].count("evidence.passphrase") == 2
        booked = desk.run_as(SUPERVISOR, "evidence", "book", made.number, *BOOKING)
        assert f"{made} is booked as item HP-26-0934.\n" in booked.stdout, booked.stderr
        assert desk.run("evidence", "list").returncode == 0
        hand = ["--from", "shelf 4", "--to", "Det. Novak", "--because", "shown to the prosecutor"]
        assert "it is with Det. Novak now" in desk.run_as(SUPERVISOR, "evidence", "hand-on", made.number, *hand).stdout
        why = ["--because", "shredded before two witnesses, order of 12/01/2026"]
        refused = desk.run_as(SUPERVISOR, "evidence", "destroy", made.number, *why)
        assert refused.returncode == 1
        done = desk.run_as(DESIGNEE, "evidence", "destroy", made.number, *why)
        assert done.returncode == 0, done.stderr
    made.refresh_from_db()
    assert made.state == PackageState.DESTROYED


def test_a_changed_medium_and_a_returned_item(office, desk, tmp_path):
    medium = tmp_path / "stick"
    medium.mkdir()
    with sealing(desk):
        made = desk.run_as(SUPERVISOR, "evidence", "package", "H-00001", "--to", str(medium), "--any-folder", "--json")
        number = json.loads(made.stdout)["package"]
        desk.run_as(SUPERVISOR, "evidence", "book", number, *BOOKING)
        gone = desk.run_as(SUPERVISOR, "evidence", "return", number, "--to", "Circuit court", "--because", "order of 12/01/2026")
        assert gone.returncode == 0, gone.stderr
    path = medium / f"{number}.zip"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    changed = desk.run("evidence", "verify", str(medium))
    assert changed.returncode == 1
    assert "DOES NOT HOLD" in changed.stdout


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (["H-00001", "--to", "/nowhere/at/all"], "no medium"),
        (["H-99999", "--to", "/tmp"], "is no hold"),
        (["nonsense", "--to", "/tmp"], "is no hold"),
        (["H-00001", "--to", "DATA"], "office's own data"),
    ],
)
def test_what_is_wrong_is_one_sentence(office, desk, words, because):
    words = [str(desk.data) if each == "DATA" else each for each in words]
    done = desk.run_as(SUPERVISOR, "evidence", "package", *words)
    assert done.returncode == 2
    assert because in done.stderr
    assert "Traceback" not in done.stderr
    assert not Package.objects.exists()
