"""A technician's look at a unit: one line a thing, while it runs and while it does not."""

from datetime import timedelta

import pytest

from platewarden.policy.refusal import PlatewardenError
from platewarden.unit.config import write_config
from platewarden.unit.doctor import State
from platewarden.unit.pulse import CameraPulse, Pulse, RunState
from platewarden.unit.status import Technician
from platewarden.unit.testing import NOON, Office, car_12, entry, member, serving

FRONT = CameraPulse("front", True, 900, 12, 0, 1, 15.0, 0.5)


def pulse(*cameras, **changes):
    run = {"crew": ("Officer Ines Okafor",), "until": NOON + timedelta(hours=8), "failures": 0, "refusal": "", **changes}
    return Pulse(RunState(**run), cameras, "this one", 1.0)


@pytest.fixture
def car(tmp_path):
    office = Office()
    office.publish_hotlist(5, [entry("7ABC123")])
    office.publish_roster(2, [member()])
    with serving(office), car_12(tmp_path, office) as car:
        write_config(tmp_path, car.config)
        car.transfer.contact()
        yield car


def look(car, said=None):
    sight = Technician(car.data, clock=car.clock, pulse=lambda _: said).look()
    return sight, {each.what: each for each in sight.findings}


def test_a_unit_that_runs_well_is_all_well_but_for_a_clock_that_nobody_confirmed(car):
    sight, found = look(car, pulse(FRONT))
    assert (sight.unit, sight.at) == ("car 12", NOON)
    assert list(found) == [
        "shift", "camera front", "office", "hot list", "roster", "spool", "transfer", "laptop", "clock", "disk",
    ]  # fmt: skip
    assert found["shift"].says == "Officer Ines Okafor, until 2026-03-03 02:00 UTC."
    assert found["camera front"].says == "15.0 frames/s, 0.5 dropped/s. In all 900 frames, 12 dropped, 0 bad, 1 cuts."
    assert found["office"].says == "It answers; last heard 0 seconds ago."
    assert "Edition 5, 1 entries, 1 hours old." in found["hot list"].says
    assert {each.what for each in sight.findings if each.state is not State.OK} <= {"clock", "disk"}


def test_a_unit_that_does_not_run_says_so_and_all_else_is_still_there(car):
    _, found = look(car)
    assert (found["shift"].state, found["shift"].says) == (State.LOOK, "The unit does not run, so nothing is read.")
    assert found["cameras"].says == "None is open."
    assert found["office"].says == "Last heard 0 seconds ago; nothing is tried now."
    assert found["spool"].state is State.OK


def test_between_two_shifts_no_camera_is_expected(car):
    _, found = look(car, pulse(FRONT, crew=(), until=None))
    assert "Nobody is signed on" in found["shift"].says
    assert "camera front" not in found


def test_a_dead_camera_and_one_that_is_too_fast(car):
    dead, fast = CameraPulse("rear", False, 900, 0, 3, 7), CameraPulse("left", True, 900, 600, 0, 0, 30.0, 20.0)
    _, found = look(car, pulse(dead, fast))
    assert (found["camera rear"].state, found["camera rear"].says[:21]) == (State.BROKEN, "No pictures come. – f")
    assert found["camera left"].state is State.LOOK
    assert "More than half is dropped" in found["camera left"].do


def test_an_office_out_of_reach_and_one_that_refuses(car):
    car.clock.wait(timedelta(minutes=5))
    _, found = look(car, pulse(FRONT, failures=3))
    assert (found["office"].state, found["office"].says) == (
        State.LOOK,
        "It does not answer: 3 tries in a row, last heard 5 minutes ago.",
    )
    _, found = look(car, pulse(FRONT, refusal="The office refuses this unit: revoked."))
    assert (found["office"].state, found["office"].says) == (State.BROKEN, "The office refuses this unit: revoked.")


def test_lists_are_opened_again_only_when_their_files_are_others(car, monkeypatch):
    from platewarden.unit import status

    opened = []
    plain = status.Hotlist
    monkeypatch.setattr(status, "Hotlist", lambda *given: opened.append(1) or plain(*given))
    technician = Technician(car.data, clock=car.clock, pulse=lambda _: None)
    technician.look()
    technician.look()
    assert len(opened) == 1
    car.office.publish_hotlist(6, [entry("7ABC123"), entry("8XYZ999")])
    car.clock.wait(timedelta(minutes=5))
    assert car.transfer.contact()
    assert "Edition 6, 2 entries" in {each.what: each for each in technician.look().findings}["hot list"].says
    assert len(opened) == 2


def test_what_cannot_be_looked_at_is_a_line_and_the_others_stand(car):
    technician = Technician(car.data, clock=car.clock, pulse=lambda _: None)
    (car.data / "hotlist.edition").write_bytes(b"garbage")
    found = {each.what: each for each in technician.look().findings}
    assert found["lists"].state is State.BROKEN
    assert "disk" in found


def test_a_folder_that_is_no_unit_is_refused_at_once(tmp_path):
    with pytest.raises(PlatewardenError, match=r"There is no unit\.toml"):
        Technician(tmp_path, clock=lambda: NOON)
