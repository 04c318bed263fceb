"""From the car to the open console, on a small backlog; the day's is for `make bench`."""

from dataclasses import replace

import pytest

from platewarden.bench import console as module
from platewarden.bench.console import Shown, console, main
from platewarden.bench.told import value_of

FOUND = Shown(
    backlog=24_000, hits=60, shown=60, p50_s=0.1, p99_s=0.5, longest_s=0.6, waiting_at_the_end=9_000, p99_without_backlog_s=0.2
)


@pytest.mark.slow
@pytest.mark.browser
def test_hits_stand_on_the_console_while_hundreds_of_reads_wait():
    pytest.importorskip("playwright.sync_api")
    found = console(hours=0.6, hits=2, pause_s=(0.2, 0.3))
    assert (found.backlog, found.shown) == (600, 2)
    assert 0 < found.p50_s <= found.longest_s


@pytest.mark.parametrize("changed", [{"p99_s": 3.1}, {"shown": 59}, {"waiting_at_the_end": 0}, {"hits": 0, "shown": 0}])
def test_it_ends_with_1_when_a_hit_is_late_or_missing_or_the_spool_was_empty(monkeypatch, capsys, changed):
    monkeypatch.setattr(module, "console", lambda **_: replace(FOUND, **changed))
    assert main([]) == 1
    monkeypatch.setattr(module, "console", lambda **_: FOUND)
    capsys.readouterr()
    assert main(["--json"]) == 0
    assert value_of(capsys.readouterr().out, "p99_s") == 0.5
