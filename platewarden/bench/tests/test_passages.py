"""A small film through the measurement: its figures add up, and one passage is one read."""

import itertools
import json

import pytest

from platewarden.bench import passages as bench
from platewarden.bench.passages import drawn, passages, photographed
from platewarden.bench.told import value_of
from platewarden.demo.scenes import write_scenes
from platewarden.policy.refusal import Unavailable

PLATES = [("7ABC123", "CA"), ("XR4444", "IL"), ("8KLM902", "CA"), ("DRL5188", "IL")]


@pytest.fixture
def folder(tmp_path):
    """Photographs with their truth; drawn ones, for real ones are no part of the project."""
    write_scenes(tmp_path, PLATES, seed=11)
    (tmp_path / "truth.jsonl").rename(tmp_path / "boxes.jsonl")
    return tmp_path


def test_a_small_film_gives_one_read_a_passage_and_the_alarm_in_time():
    said = []
    figures = passages(drawn(seconds=8.0, passages=3, fps=8, cameras=1, seed=3), cost_s=lambda: 0.0, say=said.append)
    assert (figures.frames, figures.processed, figures.dropped, figures.share_processed) == (64, 64, 0, 1.0)
    assert figures.passages == 3
    assert figures.readable >= 2
    assert (figures.with_one_read, figures.duplicates, figures.missed) == (figures.readable, 0, 0)
    assert figures.alarms == figures.readable
    assert figures.alarm_longest_s < 1.0


def test_cars_out_of_photographs_drive_through_the_same_street_and_are_read_once_and_right(folder):
    streets = photographed(folder, seconds=11.0, passages=3, fps=8, cameras=1, seed=3)
    figures = passages(streets, cost_s=lambda: 0.0)
    assert len(streets[0].passings) == figures.passages
    assert figures.readable >= 2
    assert (figures.with_one_read, figures.right, figures.duplicates) == (figures.readable, figures.readable, 0)


def test_each_photograph_passes_once_at_most_and_two_cameras_share_none(folder):
    one, other = photographed(folder, seconds=8.0, passages=9, cameras=2, fps=2)
    passed = [each.photograph.picture.name for street in (one, other) for each in street.passings]
    assert sorted(passed) == [f"{number:04}.jpg" for number in range(1, 5)]


class Nothing:
    name = "nothing"

    def recognise(self, picture):
        return ()


def test_a_core_that_is_too_slow_drops_frames_and_counts_them():
    ticks = itertools.count()
    figures = passages(
        drawn(seconds=3.0, passages=1, fps=10, cameras=2),
        recognizer=bench.Recognizer(Nothing()),
        cost_s=lambda: next(ticks) * 0.04,
    )
    assert figures.frames == 60
    assert figures.dropped > 0
    assert abs(figures.processed + figures.dropped - 60) <= 2
    assert figures.missed == figures.readable


def test_the_command_says_by_its_exit_status_whether_the_figures_hold(monkeypatch, capsys):
    figures = bench.Figures(readable=10, with_one_read=10, exactly_one=1.0)
    monkeypatch.setattr(bench, "passages", lambda *_, **__: figures)
    assert bench.main(["--json", "--seconds", "1"]) == 0
    assert value_of(capsys.readouterr().out, "exactly_one") == 1.0
    figures.duplicates = 1
    assert bench.main(["--seconds", "1"]) == 1
    assert "duplicates" in capsys.readouterr().out


def test_with_photographs_each_figure_stands_beside_that_of_drawn_cars(monkeypatch, capsys, folder):
    found = iter([bench.Figures(readable=10, exactly_one=1.0), bench.Figures(readable=4, exactly_one=0.75)])
    monkeypatch.setattr(bench, "passages", lambda *_, **__: next(found))
    assert bench.main(["--json", "--seconds", "1", "--passages", "2", "--photographs", str(folder)]) == 1
    said = {each["name"]: each for each in json.loads(capsys.readouterr().out)["figures"]}
    one = said["photographs_exactly_one"]
    assert (one["value"], one["baseline_value"], one["baseline"]) == (0.75, 1.0, "drawn cars, the same run")


def test_a_folder_without_its_truth_is_refused_before_anything_is_filmed(tmp_path):
    with pytest.raises(Unavailable, match=r"holds no boxes\.jsonl"):
        bench.main(["--photographs", str(tmp_path)])
