"""A demo or a bench that is told to end leaves nothing of itself behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def descendants(of: int) -> set[int]:
    """Every process below this one."""
    parents: dict[int, int] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parents[int(each.name)] = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, more = {of}, True
    while more:
        below = {process for process, parent in parents.items() if parent in found} - found
        found |= below
        more = bool(below)
    return found - {of}


def lives(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


ENDED_WITHIN_S = 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "under_way"),
    [(["platewarden", "demo", "--once"], "granian"), (["platewarden.bench.road", "--times", "1000"], "platewarden.bench.car")],
    ids=["demo", "bench"],
)
def test_told_to_end_it_takes_its_processes_and_folders_along(tmp_path, command, under_way):
    before = _folders()
    with (
        (tmp_path / "said").open("w") as said,
        subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stderr=said, stdout=said) as told,
    ):
        try:
            while told.poll() is None and not any(under_way in _command(each) for each in descendants(told.pid)):
                time.sleep(0.05)
            below = descendants(told.pid)
            mine = {folder for folder in _folders() - before if any(str(folder) in _command(each) for each in below)}
            assert len(below) >= 3, (tmp_path / "said").read_text()
            assert mine
            told.send_signal(signal.SIGTERM)
            assert told.wait(60) == 128 + signal.SIGTERM
        finally:
            told.kill()
    until = time.monotonic() + ENDED_WITHIN_S  # one that was just being started sees that its parent is gone
    while any(lives(each) for each in below) and time.monotonic() < until:
        time.sleep(0.05)
    assert [_command(each) for each in below if lives(each)] == []
    assert [folder for folder in mine if folder.exists()] == []


def _folders() -> set[Path]:
    return set(Path("/tmp").glob("pw-*"))


def _command(process: int) -> str:
    try:
        return (Path("/proc") / str(process) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_descendants_are_found():
    with subprocess.Popen(["/bin/sh", "-c", "sleep 60 & wait"]) as shell:
        try:
            while not (below := descendants(shell.pid)):
                pass
            assert shell.pid in descendants(os.getpid())
        finally:
            for each in below:
                os.kill(each, signal.SIGKILL)
            shell.kill()
