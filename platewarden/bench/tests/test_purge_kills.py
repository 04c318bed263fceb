"""Twenty kills of the purge, and of the database under it: nothing held is gone, nothing overdue is left, the certificates are right."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.bench import purge_kills as module
from platewarden.bench.purge_kills import Ended, main

WHOLE = Ended(kills=1, database_kills=0, cut_purges=1, reads=30, certificates=1)


@pytest.mark.slow
def test_a_purge_that_is_killed_again_and_again_loses_nothing_and_leaves_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.purge_kills", "--times", "20", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ended = Ended(**{each["name"]: each["value"] for each in json.loads(done.stdout)["figures"]})
    assert ended.is_whole
    assert (ended.kills, ended.database_kills) == (20, 6)
    assert ended.cut_purges > 0, "no kill came while a purge was under way: nothing was tested"


@pytest.mark.parametrize("fault", ["held_lost", "held_pictures_lost", "left_over", "due", "files_left", "miscounted"])
def test_a_single_fault_fails_the_run(monkeypatch, capsys, fault):
    monkeypatch.setattr(module, "kill_purges", lambda _: replace(WHOLE, **{fault: 1}))
    assert main(["--times", "1"]) == 1
    monkeypatch.setattr(module, "kill_purges", lambda _: WHOLE)
    assert main(["--times", "1", "--json"]) == 0
    assert "held lost" in capsys.readouterr().out
