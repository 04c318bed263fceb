"""backup and restore at the console: what is missing or wrong is one sentence, and nothing is half done. The whole drill is a story."""

from __future__ import annotations

import subprocess
import sys

import pytest

from platewarden.cli.testing import desk_of


@pytest.fixture
def desk(office):
    return desk_of(office)


def test_each_step_says_what_it_lacks(desk, tmp_path):
    target, keys = tmp_path / "one.backup", tmp_path / "keys"
    done = desk.run("backup", "make", str(target), "--keys", str(keys))
    assert (done.returncode, "is no folder" in done.stderr) == (2, True)
    keys.mkdir()
    done = desk.run("backup", "make", str(target), "--keys", str(keys))
    assert (done.returncode, "platewarden backup key FOLDER" in done.stderr) == (2, True)
    assert desk.run("backup", "key", str(tmp_path)).returncode == 0
    done = desk.run("backup", "make", str(target), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    assert "rows of" in done.stdout


def test_a_restore_names_what_is_not_there_and_writes_nothing(desk, tmp_path):
    (tmp_path / "no.backup").write_bytes(b"something else")
    new = tmp_path / "new"
    words = ["restore", str(tmp_path / "no.backup"), "--recovery-key", str(tmp_path / "none.key")]

    def run(*more):
        command = [sys.executable, "-W", "ignore", "-m", "platewarden", *words, *more, "--data", str(new)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run()
    assert (done.returncode, "There is no file" in done.stderr) == (2, True)
    assert not new.exists()
    assert desk.run("backup", "key", str(tmp_path)).returncode == 0
    words[-1] = str(tmp_path / "platewarden-recovery.key")
    done = run()
    assert (done.returncode, "no backup of Platewarden" in done.stderr) == (2, True), done.stderr
