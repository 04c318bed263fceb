"""The doctor, on a unit that is well and on one where each thing in turn is not."""

import sys
import types
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.recognition import recognizer
from platewarden.unit.config import write_config
from platewarden.unit.doctor import State, examine
from platewarden.unit.testing import Office, car_12, entry, member, serving


class Blind:
    name = "blind"

    def recognise(self, picture):
        return ()


@pytest.fixture(autouse=True)
def blind(monkeypatch):
    module = types.ModuleType("blind_engine")
    module.open_engine = lambda _threads: Blind()
    monkeypatch.setitem(sys.modules, "blind_engine", module)
    monkeypatch.setitem(recognizer.ENGINES, "blind", "blind_engine")


@pytest.fixture
def office():
    office = Office(clock=lambda: datetime.now(UTC))
    office.publish_hotlist(5, [entry("7ABC123")])
    office.publish_roster(2, [member()])
    with serving(office):
        yield office


@pytest.fixture
def car(tmp_path, office):
    """Car 12 as a run leaves it, on this machine's own counter."""
    from platewarden.unit.trusted_clock import TrustedClock, machine_run, machine_seconds

    with car_12(tmp_path / "car", office) as car:
        write_config(car.data, replace(car.config, latitude=42.18, longitude=-87.8))
        car.transfer.trusted = TrustedClock(car.spool, machine_seconds, machine_run())
        assert car.transfer.contact()
        yield car


def report(car, *, at=None, sources=None, timer=None):
    ticks = iter(range(100))
    found = examine(
        car.data,
        [car.data] if sources is None else sources,
        at=at or datetime.now(UTC),
        timer=timer or (lambda: next(ticks) / 100),
        engine="blind",
    )
    return {each.what: each for each in found}


def test_a_unit_that_is_well_has_one_line_for_each_thing_and_all_are_ok(car):
    found = report(car)
    assert {name: each.says for name, each in found.items() if each.state is not State.OK} == {}
    assert set(found) == {
        *("enrolment", "keys and rights", f"camera {car.data.name}", "clock", "disk", "spool", "transfer"),
        *("hot list", "roster", "office", "recognition", "place"),
    }
    assert found["recognition"].says == "2 ms a picture of 1280 x 720, with “blind”."


def test_a_folder_that_is_no_unit_is_one_line(tmp_path):
    (only,) = examine(tmp_path, [], at=datetime.now(UTC), timer=lambda: 0.0)
    assert (only.what, only.state) == ("enrolment", State.BROKEN)
    assert "platewarden unit enrol" in only.do


@pytest.mark.parametrize(
    ("what", "state", "words"),
    [
        ("clock", State.BROKEN, "against what the office said"),
        ("hot list", State.LOOK, "Alerts say STALE"),
        ("roster", State.BROKEN, "nobody can sign on"),
        ("transfer", State.BROKEN, "the department's deadline is 24 hours"),
    ],
)
def test_a_year_later_on_a_wrong_clock(car, what, state, words):
    car.keep_read()
    found = report(car, at=datetime.now(UTC) + timedelta(days=365))[what]
    assert found.state is state
    assert words in found.says
    assert found.do


def test_everything_else_that_can_be_wrong_is_told_with_what_to_do(car, office):
    car.data.chmod(0o755)
    (car.data / "unit.key").chmod(0o600)
    write_config(car.data, replace(car.config, server="http://127.0.0.1:9", disk_reserve_mb=10**9, gps="gpsd:9"))
    car.keep_read()
    car.spool.quarantine(car.spool.outgoing()[0], because="the office calls it malformed")
    seconds = iter(range(100))
    found = report(car, sources=[car.data / "no-camera"], timer=lambda: next(seconds) * 10)
    wrong = {name: each for name, each in found.items() if each.state is not State.OK}
    assert {name: each.state.value for name, each in wrong.items()} == {
        "keys and rights": "broken",
        "camera no-camera": "broken",
        "disk": "broken",
        "spool": "broken",
        "office": "look",
        "recognition": "look",
        "place": "look",
    }
    assert all(each.do for each in wrong.values())


def test_without_a_source_a_list_or_a_place_it_says_so(tmp_path, office):
    with car_12(tmp_path / "car", office) as car:
        write_config(car.data, car.config)
        found = report(car, sources=[])
    assert {name: each.state.value for name, each in found.items() if each.state is not State.OK} == {
        "cameras": "look",
        "clock": "look",
        "hot list": "look",
        "roster": "broken",
        "place": "look",
    }
