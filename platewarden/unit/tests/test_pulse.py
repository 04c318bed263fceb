"""The pulse of a running unit: fresh or not believed, gone with the run, and never in the run's way."""

import json
import threading
from dataclasses import replace

import pytest

from platewarden.unit.pulse import FILE, OLDEST_S, Rates, RunState, hear, pulsing
from platewarden.unit.testing import NOON
from platewarden.unit.video import FrameCounts

RUN = RunState(crew=("Officer Ines Okafor",), until=NOON, failures=0, refusal="")


class Counter:
    s = 100.0

    def __call__(self):
        return self.s


@pytest.fixture
def kept(tmp_path):
    """A folder with a pulse in it, as a run that was cut off leaves it, and the machine's counter."""
    counter = Counter()
    with pulsing(tmp_path, lambda: RUN, lambda: {"front": FrameCounts(frames=30, is_running=True)}, seconds=counter, every_s=60):
        wait_for(tmp_path / FILE)
        cut_off = (tmp_path / FILE).read_bytes()
    assert not (tmp_path / FILE).exists(), "the run ended in order, and took its pulse with it"
    (tmp_path / FILE).write_bytes(cut_off)
    return tmp_path, counter


def wait_for(path):
    pause = threading.Event()
    for _ in range(200):
        if path.exists():
            return
        pause.wait(0.02)
    raise AssertionError(path)


def test_what_a_run_says_is_heard_as_it_was_said(kept):
    folder, counter = kept
    said = hear(folder, seconds=counter)
    assert said.run == RUN
    assert [(each.name, each.frames, each.is_running, each.frames_per_s) for each in said.cameras] == [("front", 30, True, None)]
    assert (folder / FILE).stat().st_size < 2000


def test_only_its_owner_may_read_it(tmp_path):
    with pulsing(tmp_path, lambda: RUN, dict):
        wait_for(tmp_path / FILE)
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_an_old_one_is_not_believed_nor_one_of_an_earlier_start_of_the_machine(kept):
    folder, counter = kept
    counter.s += OLDEST_S
    assert hear(folder, seconds=counter)
    counter.s += 0.1
    assert hear(folder, seconds=counter) is None
    counter.s = 1.0
    assert hear(folder, seconds=counter) is None
    counter.s = 100.0
    said = json.loads((folder / FILE).read_text())
    (folder / FILE).write_text(json.dumps({**said, "machine": "another"}))
    assert hear(folder, seconds=counter) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"run": 7}', b'{"run": {"crew": 1, "until": null}}'])
def test_garbage_in_its_place_is_no_pulse(kept, content):
    folder, counter = kept
    (folder / FILE).write_bytes(content)
    assert hear(folder, seconds=counter) is None


def test_a_folder_that_cannot_be_written_stops_no_run(tmp_path):
    with pulsing(tmp_path / "gone", lambda: RUN, dict):
        pass
    assert hear(tmp_path / "gone") is None


def test_rates_are_of_the_time_since_the_last_look_and_none_across_a_camera_that_was_opened_anew():
    rates, counts = Rates(), FrameCounts(frames=100, dropped=10, is_running=True)
    (first,) = rates.of({"front": counts}, 10.0)
    (second,) = rates.of({"front": replace(counts, frames=130, dropped=16)}, 12.0)
    (anew,) = rates.of({"front": FrameCounts(frames=5)}, 14.0)
    assert (first.frames_per_s, second.frames_per_s, second.dropped_per_s) == (None, 15.0, 3.0)
    assert (anew.frames, anew.frames_per_s) == (5, None)
