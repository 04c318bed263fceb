"""The alarm on the car's screen, timed on a short film; the long one is for `make bench`."""

from dataclasses import replace

import pytest

from platewarden.bench import alarm as module
from platewarden.bench.alarm import Alarms, alarms, main
from platewarden.bench.told import value_of

FOUND = Alarms(seconds=120.0, fps=15, readable=60, alarms=60, p50_s=0.1, p99_s=0.4, longest_s=0.5, frames_looked_at=1.0)


@pytest.mark.slow
@pytest.mark.browser
def test_every_readable_plate_of_a_short_film_comes_up_on_the_screen():
    pytest.importorskip("playwright.sync_api")
    found = alarms(seconds=12, passages=4, others=100)
    assert found.alarms == found.readable > 0
    assert found.frames_looked_at > 0.2


@pytest.mark.parametrize("changed", [{"p99_s": 1.0}, {"alarms": 59}, {"readable": 0, "alarms": 0}])
def test_it_ends_with_1_when_an_alarm_is_late_or_missing(monkeypatch, capsys, changed):
    monkeypatch.setattr(module, "alarms", lambda **_: replace(FOUND, **changed))
    assert main([]) == 1
    monkeypatch.setattr(module, "alarms", lambda **_: FOUND)
    capsys.readouterr()
    assert main(["--json"]) == 0
    assert value_of(capsys.readouterr().out, "p99_s") == 0.4
