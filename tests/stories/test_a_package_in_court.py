"""The story of a package: written at the office, opened by a clerk on a machine without Platewarden, and every change to it found.

The clerk has the medium, the passphrase, the department's key by telephone, and Python with `cryptography`.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import subprocess
import sys
from pathlib import Path

import bagit
import pytest

from platewarden.server.evidence.passphrase import passphrase_of
from platewarden.server.evidence.testing import opened, packed
from platewarden.server.ledger import chain
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads.testing import pictures
from platewarden.server.retention.testing import held, keep_past, open_past

CHANGES, REMOVALS, ON_THE_MEDIUM = 400, 100, 60
ALONE = "import sys, runpy; sys.modules['platewarden'] = None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.fixture
def court(office, tmp_path):
    """The medium, the opened package, the department's key, the passphrase: what the clerk has."""
    open_past(office.database, 20, 21)
    car = office.car()
    with office.as_role("ingest"):
        for ago in (20, 21):
            for _ in range(3):
                keep_past(car, "AB12345", ago, pictures=pictures())
    hold = held(office, OPERATOR, plate="AB12345", days=(60, 1))
    office.browser(OPERATOR).post("/reads/search/", {"plate": "AB12345", "span": "all"})
    medium = tmp_path / "medium"
    medium.mkdir()
    made = packed(office, hold, medium)
    return medium, opened(made, medium, tmp_path / "opened"), str(chain.verifier()), passphrase_of(made)


@pytest.fixture(scope="module")
def outsider():
    path = Path(__file__).parents[2] / "tools" / "verify.py"
    spec = importlib.util.spec_from_file_location("verify", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_clerk_without_platewarden_opens_it_and_the_verifier_on_the_medium_says_yes(court):
    medium, folder, key, passphrase = court
    zipped = next(medium.glob("E-*.zip"))
    for words in (["--package", str(folder)], ["--package", str(medium)], ["--package", str(zipped), "--passphrase"]):
        done = subprocess.run(
            [sys.executable, "-I", "-c", ALONE, str(medium / "verify.py"), "--key", key, *words],
            input=passphrase,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("HOLDS.\n")
    assert bagit.Bag(str(folder)).is_valid()


@pytest.mark.slow
def test_every_one_of_500_changes_and_removals_is_found(court, outsider, capsys):
    _, folder, key, _ = court
    drawn = random.Random(427)
    files = sorted(each for each in folder.rglob("*") if each.is_file())

    def holds():
        return outsider.main(["--key", key, "--package", str(folder)]) == 0

    assert holds()
    missed = []
    for _ in range(CHANGES):
        path = drawn.choice(files)
        was = path.read_bytes()
        at = drawn.randrange(len(was))
        path.write_bytes(was[:at] + bytes([was[at] ^ drawn.randrange(1, 256)]) + was[at + 1 :])
        if holds():
            missed.append((path.name, at))
        path.write_bytes(was)
    for _ in range(REMOVALS):
        path = drawn.choice(files)
        was = path.read_bytes()
        path.unlink()
        if holds():
            missed.append((path.name, "removed"))
        path.write_bytes(was)
    assert not missed
    (folder / "data" / "reads" / "slipped-in.jpg").write_bytes(b"x")
    assert not holds()
    capsys.readouterr()


@pytest.mark.slow
def test_every_change_of_a_file_on_the_medium_is_found_without_opening_it(court, outsider, capsys):
    medium, _, key, _ = court
    drawn = random.Random(428)
    signed = [next(medium.glob("E-*.zip")), next(medium.glob("E-*.txt"))]

    def holds():
        return outsider.main(["--key", key, "--package", str(medium)]) == 0

    assert holds()
    for _ in range(ON_THE_MEDIUM):
        path = drawn.choice(signed)
        was = path.read_bytes()
        at = drawn.randrange(len(was))
        path.write_bytes(was[:at] + bytes([was[at] ^ drawn.randrange(1, 256)]) + was[at + 1 :])
        assert not holds(), (path.name, at)
        path.write_bytes(was)
    for path in signed:
        aside = shutil.move(path, path.with_suffix(".aside"))
        assert not holds(), path.name
        shutil.move(aside, path)
    assert holds()
    capsys.readouterr()
