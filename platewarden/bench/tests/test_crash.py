"""Ten kills of the database under traffic: nothing acknowledged is lost, nothing is there twice, nothing is there by half."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.bench import crash as module
from platewarden.bench.crash import Count, main

WHOLE = Count(
    kills=1,
    acknowledged=9,
    resent=1,
    lost=0,
    doubled=0,
    half_stored=0,
    recovery_median_s=0.1,
    recovery_longest_s=0.2,
    orderly_start_s=0.1,
    seconds=3.0,
)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.crash", "--times", "10", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count = Count(**{each["name"]: each["value"] for each in json.loads(done.stdout)["figures"]})
    assert count.kills == 10
    assert count.acknowledged >= 10
    assert (count.lost, count.doubled, count.half_stored) == (0, 0, 0)


@pytest.mark.parametrize("fault", [{"lost": 1}, {"doubled": 1}, {"half_stored": 1}, {"acknowledged": 0}])
def test_a_single_fault_fails_the_run(monkeypatch, capsys, fault):
    monkeypatch.setattr(module, "crash", lambda _: replace(WHOLE, **fault))
    assert main(["--times", "1"]) == 1
    monkeypatch.setattr(module, "crash", lambda _: WHOLE)
    assert main(["--times", "1", "--json"]) == 0
    assert "half stored" in capsys.readouterr().out
