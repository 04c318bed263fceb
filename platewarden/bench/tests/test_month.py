"""A short month: what is past the retention is gone and named, what is younger is there; a fault ends the bench with 1."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.bench import month as module
from platewarden.bench.month import Month, main

WHOLE = Month(
    days=35, retention_days=30, reads=35, ended=4, gone_too_early=0, kept_too_long=0, tombstones=4, unnamed=0, stored=31, missing=0,
    keys_too_many=0, spool_mb=1.0, keep_ms_a_read=2.0, longest_night_s=0.1, end_ms_a_read=0.2, unlink_ms_a_read=0.1, times_unlink=2.0,
    transfer_s=1.0,
)  # fmt: skip


@pytest.mark.slow
def test_what_is_past_is_gone_and_named_and_nothing_younger():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.month", "--days", "33", "--a-day", "10", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {each["name"]: each["value"] for each in json.loads(done.stdout)["figures"]}
    assert figures["reads"] == 330
    assert 20 <= figures["ended"] <= 40
    assert figures["stored"] == 330 - figures["ended"]
    assert figures["tombstones"] >= 2


@pytest.mark.parametrize(
    "wrong", [{"gone_too_early": 1}, {"kept_too_long": 1}, {"unnamed": 1}, {"missing": 1}, {"keys_too_many": 1}, {"ended": 0}]
)
def test_it_ends_with_1_when_a_read_went_too_early_or_stayed_too_long(monkeypatch, capsys, wrong):
    monkeypatch.setattr(module, "month", lambda _days, **_: replace(WHOLE, **wrong))
    assert main([]) == 1
    monkeypatch.setattr(module, "month", lambda _days, **_: WHOLE)
    assert main([]) == 0
    assert "tombstones" in capsys.readouterr().out
