"""A small film through the measurement: its figures add up, and one passage is one read."""

import itertools

from platewarden.bench import passages as bench
from platewarden.bench.passages import passages
from platewarden.bench.told import value_of


def test_a_small_film_gives_one_read_a_passage_and_the_alarm_in_time():
    said = []
    figures = passages(seconds=8.0, passages_count=3, fps=8, cameras=1, seed=3, cost_s=lambda: 0.0, say=said.append)
    assert (figures.frames, figures.processed, figures.dropped, figures.share_processed) == (64, 64, 0, 1.0)
    assert figures.passages == 3
    assert figures.readable >= 2
    assert (figures.with_one_read, figures.duplicates, figures.missed) == (figures.readable, 0, 0)
    assert figures.alarms == figures.readable
    assert figures.alarm_longest_s < 1.0


class Nothing:
    name = "nothing"

    def recognise(self, picture):
        return ()


def test_a_core_that_is_too_slow_drops_frames_and_counts_them():
    ticks = itertools.count()
    figures = passages(
        seconds=3.0, passages_count=1, fps=10, cameras=2, recognizer=bench.Recognizer(Nothing()), cost_s=lambda: next(ticks) * 0.04
    )
    assert figures.frames == 60
    assert figures.dropped > 0
    assert abs(figures.processed + figures.dropped - 60) <= 2
    assert figures.missed == figures.readable


def test_the_command_says_by_its_exit_status_whether_the_figures_hold(monkeypatch, capsys):
    figures = bench.Figures(readable=10, with_one_read=10, exactly_one=1.0)
    monkeypatch.setattr(bench, "passages", lambda **_: figures)
    assert bench.main(["--json", "--seconds", "1"]) == 0
    assert value_of(capsys.readouterr().out, "exactly_one") == 1.0
    figures.duplicates = 1
    assert bench.main([]) == 1
    assert "duplicates" in capsys.readouterr().out
