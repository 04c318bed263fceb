"""demo: without pictures it says so, in one sentence, and nothing is left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def demo(*words):
    return subprocess.run(
        [sys.executable, "-m", "platewarden", "demo", *words], capture_output=True, text=True, timeout=60, check=False
    )


def left():
    return set(Path("/tmp").glob("pw-demo-*"))


def test_a_folder_without_pictures_is_said_and_nothing_is_left_behind(tmp_path):
    before = left()
    for folder in (tmp_path, tmp_path / "none"):
        done = demo("--once", "--json", "--photos", str(folder))
        assert done.returncode == 1
        told = json.loads(done.stdout)
        assert told["what_went_wrong"] == [
            f"There are no pictures in {folder}. Give a folder of photographs, or none to have scenes drawn."
        ]
        assert (told["photos"], told["ledger_verified"]) == (0, False)
    assert left() <= before


def test_wrong_use_ends_with_2():
    assert demo("--nonsense").returncode == 2
