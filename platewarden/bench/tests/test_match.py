"""The matcher against a long list: a small run tells every figure, and three ways find the same; what misses its mark fails the run."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from platewarden.bench import match as module
from platewarden.bench.match import Figures, main

GOOD = Figures(**{each.name: 1 for each in fields(Figures)})


@pytest.mark.slow
def test_a_small_run_tells_every_figure():
    words = ["--entries", "2000", "--patterns", "100", "--reads", "2000", "--joined", "500", "--looped", "3", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.match", *words],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    figures = {each["name"]: each for each in json.loads(done.stdout)["figures"]}
    assert [figures[name]["value"] for name in ("entries", "patterns", "reads", "joined_reads", "looped_reads")] == [
        2000,
        100,
        2000,
        500,
        3,
    ]
    assert figures["answers"]["value"] >= 1
    for name in module.AGAINST:
        assert figures[name]["value"] > 0
        assert figures[name]["baseline_value"] > 0


def test_the_list_and_the_reads_are_the_same_each_time():
    assert module._list(50, 8) == module._list(50, 8)
    assert module._seen(50, 200) == module._seen(50, 200)
    assert len(module._list(50, 8).splitlines()) == 59
    assert {len(each.candidates) > 0 for each in module._seen(50, 200)} == {True, False}


@pytest.mark.parametrize("miss", [{"read_us": 5.1}, {"held_mb": 400.1}, {"load_s": 50.0, "publish_s": 10.1}])
def test_a_figure_that_misses_its_mark_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "read_us" in capsys.readouterr().out
