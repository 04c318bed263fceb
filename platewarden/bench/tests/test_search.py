"""Searches beside a scan: a small run tells every figure, and both find the same plates; what misses its mark fails the run."""

import json
import random
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from platewarden.bench import search as module
from platewarden.bench.search import KINDS, Figures, main
from platewarden.plate.text import CHARACTERS

GOOD = Figures(
    **{each.name: 1.0 for each in fields(Figures)}
    | {f"{kind}_times_faster": 500.0 for kind in KINDS}
    | {"answers": {}, "page_p95_ms": 50.0, "exact_p95_ms": 20.0, "canvass_p95_ms": 100.0}
)
MISSES = [{f"{kind}_times_faster": 499.0} for kind in KINDS] + [
    {"page_p95_ms": 50.1},
    {"exact_p95_ms": 20.1},
    {"canvass_p95_ms": 100.1},
]


@pytest.mark.slow
def test_a_small_run_tells_every_figure():
    words = ["--reads", "3000", "--days", "12", "--patterns", "2", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.search", *words],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    figures = {each["name"]: each for each in json.loads(done.stdout)["figures"]}
    assert [figures[name]["value"] for name in ("reads", "days")] == [3000, 12]
    assert {name for name, each in figures.items() if each["baseline"]} == set(module.AGAINST)
    for kind in KINDS:
        assert figures[f"{kind}_ms"]["value"] > 0
        assert figures[f"{kind}_ms"]["baseline_value"] > 0
        assert figures["answers"]["value"][kind] >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_pattern_has_three_known_characters_and_comes_once(kind):
    chance = random.Random(3)
    plates = ["AB12345", "ABC1234", "123ABC", "7KLM204", "XYZ987", "Q550217"]
    asked = list(module._patterns(kind, chance, plates, 5))
    assert len({tuple(map(str, each)) for each in asked}) == 5
    for one in asked:
        for each in one:
            known = len([sign for sign in str(each).split("[")[0] if sign in CHARACTERS]) + ("[" in str(each))
            assert known >= 3, each


@pytest.mark.parametrize("miss", MISSES)
def test_a_figure_that_misses_its_mark_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "prefix_ms" in capsys.readouterr().out
