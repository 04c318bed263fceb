"""Lines of the ledger, written and checked: a small run tells every figure; what misses its mark fails the run."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from platewarden.bench import ledger as module
from platewarden.bench.ledger import Figures, main

GOOD = Figures(**{each.name: 1.0 for each in fields(Figures)} | {"append_share": 0.9, "checked_a_second": 200_000})


@pytest.mark.slow
def test_a_small_run_tells_every_figure():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.ledger", "--writers", "3", "--lines", "1500", "--round-s", "0.1", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    figures = {each["name"]: each for each in json.loads(done.stdout)["figures"]}
    assert figures["writers"]["value"] == 3
    assert figures["lines"]["value"] > 1500
    assert {name for name, each in figures.items() if each["baseline"]} == set(module.AGAINST)
    for name in module.AGAINST:
        assert figures[name]["value"] > 0
        assert figures[name]["baseline_value"] > 0


@pytest.mark.parametrize("miss", [{"append_share": 0.89}, {"checked_a_second": 199_999}])
def test_what_misses_its_mark_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "a plain table" in capsys.readouterr().out
