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
    figures = Figures(**json.loads(done.stdout))
    assert (figures.reads, figures.held, figures.rounds) == (3000, 3, 1)
    assert figures.purge_ms > 0
    assert (figures.pictures, figures.pictures_purge_ms > 0, figures.pictures_overwrite_ms > 0) == (40, True, True)
    assert figures.delete_and_vacuum_wal_kb > figures.purge_wal_kb > 0


@pytest.mark.parametrize("miss", [{"times_faster": 7.9}, {"times_less_wal": 99.0}, {"longest_wait_ms": 201.0}])
def test_a_figure_that_misses_its_mark_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "times faster" in capsys.readouterr().out
