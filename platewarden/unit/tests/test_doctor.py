"""The doctor, on a unit that is well and on one where each thing in turn is not."""

import sys
import types
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.recognition import recognizer
from platewarden.unit.config import write_config
from platewarden.unit.doctor import State, examine, laptop_of
from platewarden.unit.pairing import pair
from platewarden.unit.shift import Stated
from platewarden.unit.testing import KEY, SECRET, Office, car_12, entry, member, serving


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
        *("hot list", "roster", "laptop", "office", "recognition", "place"),
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


def laptop(car, at=None, network="10.20.0.1:8431"):
    config = replace(car.config, car_network=network)
    (found,) = laptop_of(car.data, config, at or datetime.now(UTC))
    return found


def test_whether_a_laptop_is_paired_and_seen(car, tmp_path):
    (tmp_path / "stick").mkdir()
    now = datetime.now(UTC)
    assert laptop(car, network="").says == "None is paired; the screen is served on this machine only."
    assert laptop(car).says == "None is paired, so nothing listens at 10.20.0.1:8431."
    made, _, _ = pair(
        car.data,
        replace(car.config, car_network="10.20.0.1:8431"),
        car.roster,
        Stated("4417", SECRET, "", key=KEY),
        laptop="patrol 7",
        to=tmp_path / "stick",
        at=now,
        journal=car.journal,
        spool=car.spool,
    )
    assert (laptop(car).state, laptop(car).says) == (
        State.OK,
        f"“patrol 7”, paired by 4417, until {made.until:%Y-%m-%d}; never seen.",
    )
    car.spool.mark("laptop_seen_at", "2026-03-02T18:04:10+00:00")
    assert "last seen 2026-03-02 18:04 UTC" in laptop(car).says
    soon, over = made.until - timedelta(days=13), made.until
    assert (laptop(car, at=soon).state, "Pair it again" in laptop(car, at=soon).do) == (State.LOOK, True)
    assert "It is over, and the laptop is refused." in laptop(car, at=over).says
    assert "so it is not answered" in laptop(car, network="").says
    (car.data / "laptop.pem").chmod(0o644)
    assert "laptop.pem" in report(car)["keys and rights"].says
