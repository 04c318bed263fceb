"""Twenty kills of car, door and database: every read that was made is stored, none twice."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.bench import road as module
from platewarden.bench.road import Killed, Offline, main

WHOLE = Killed(kills=1, made=9, stored=9, lost=0, doubled=0, kills_of_car=1, kills_of_door=0, kills_of_database=0, seconds=3.0)
DAY = Offline(
    hours=24, reads=9, stored=9, missing=0, out_of_order=0, pictures=18, pictures_stored=18, picture_kb_a_read=100.0, row_kb_a_read=1.0, spool_mb=1.0, keep_ms_a_read=2.0, transfer_s=4.0, reads_a_second=2.0, made_a_second=0.04,
    times_real_time=50.0,
)  # fmt: skip


@pytest.mark.slow
def test_every_read_that_was_made_is_stored_once():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.road", "--times", "20", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = {each["name"]: each["value"] for each in json.loads(done.stdout)["figures"]}
    assert figures["kills"] == figures["kills_of_car"] + figures["kills_of_door"] + figures["kills_of_database"] == 20
    assert figures["made"] == figures["stored"] >= 20
    assert (figures["lost"], figures["doubled"]) == (0, 0)


@pytest.mark.parametrize("wrong", [{"lost": 1}, {"doubled": 1}, {"stored": 8}, {"made": 0, "stored": 0}])
def test_it_ends_with_1_when_something_was_lost_or_came_twice(monkeypatch, capsys, wrong):
    monkeypatch.setattr(module, "road", lambda _times: replace(WHOLE, **wrong))
    assert main(["--times", "1"]) == 1
    monkeypatch.setattr(module, "road", lambda _times: WHOLE)
    assert main(["--times", "1"]) == 0
    assert "kills of car                 1" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [{"missing": 1}, {"out_of_order": 1}, {"stored": 8}, {"pictures_stored": 17}])
def test_it_ends_with_1_when_a_day_offline_did_not_come_whole_and_in_order(monkeypatch, capsys, wrong):
    monkeypatch.setattr(module, "offline", lambda _hours, **_: replace(DAY, **wrong))
    assert main(["--offline-hours", "24"]) == 1
    monkeypatch.setattr(module, "offline", lambda _hours, **_: DAY)
    capsys.readouterr()
    assert main(["--offline-hours", "24", "--json"]) == 0
    (transfer,) = [each for each in json.loads(capsys.readouterr().out)["figures"] if each["name"] == "reads_a_second"]
    assert (transfer["baseline"], transfer["baseline_value"], transfer["ratio"]) == ("made in real time", 0.04, 50.0)
