"""The purge beside DELETE and VACUUM: a small run tells every figure; what misses its mark fails the run."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.bench import purge as module
from platewarden.bench.purge import Figures, main

GOOD = Figures(
    reads=1000,
    held=1,
    rounds=1,
    purge_ms=10.0,
    delete_and_vacuum_ms=100.0,
    times_faster=10.0,
    purge_wal_kb=1.0,
    delete_and_vacuum_wal_kb=500.0,
    times_less_wal=500.0,
    longest_wait_ms=9.0,
    longest_wait_in_quiet_ms=8.0,
    pictures=4000,
    pictures_purge_ms=10.0,
    pictures_overwrite_ms=100.0,
    pictures_times_faster=10.0,
)


@pytest.mark.slow
def test_a_small_run_tells_every_figure():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.purge", "--reads", "3000", "--rounds", "1", "--pictures", "40", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    figures = {each["name"]: each for each in json.loads(done.stdout)["figures"]}
    assert [figures[name]["value"] for name in ("reads", "held", "rounds", "pictures")] == [3000, 3, 1, 40]
    assert {name for name, each in figures.items() if each["baseline"]} == set(module.AGAINST)
    for name in ("purge_ms", "pictures_purge_ms"):
        assert figures[name]["value"] > 0
        assert figures[name]["baseline_value"] > 0
    assert figures["purge_wal_kb"]["baseline_value"] > figures["purge_wal_kb"]["value"] > 0


@pytest.mark.parametrize("miss", [{"times_faster": 7.9}, {"times_less_wal": 99.0}, {"longest_wait_ms": 201.0}])
def test_a_figure_that_misses_its_mark_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "times faster" in capsys.readouterr().out
