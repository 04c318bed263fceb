"""Memory of a unit, on a small list; the million is for `make bench`."""

import json
from dataclasses import replace

import pytest

from platewarden.bench import memory as module
from platewarden.bench.memory import Held, main, memory

HELD = Held(entries=1, file_mb=1.0, peak_mb=200.0, own_mb=100.0, peak_with_an_empty_list_mb=190.0)


@pytest.mark.slow
def test_a_unit_with_a_list_of_thousands_holds_less_than_the_goal():
    held = memory(2000)
    assert held.is_whole
    assert 0 < held.own_mb < held.peak_mb


def test_it_ends_with_1_past_the_goal(monkeypatch, capsys):
    monkeypatch.setattr(module, "memory", lambda _entries: replace(HELD, peak_mb=400.0))
    assert main([]) == 1
    monkeypatch.setattr(module, "memory", lambda _entries: HELD)
    capsys.readouterr()
    assert main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"][2] == {
        "name": "peak_mb", "value": 200.0, "unit": "MB", "baseline": "", "baseline_value": None, "ratio": None,
    }  # fmt: skip
