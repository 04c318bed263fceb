"""unit export and unit import, as a person or a program calls them; `platewarden import` against the office's side."""

import json
from dataclasses import replace

import pytest

from platewarden.cli.main import run as platewarden
from platewarden.cli.testing import desk_of
from platewarden.server.config import ServerConfig
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR
from platewarden.unit.config import write_config
from platewarden.unit.testing import Office, car_12, serving


@pytest.fixture
def stick(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def call(*words):
    try:
        platewarden([*map(str, words)])
    except SystemExit as ended:
        return ended.code or 0
    return 0


@pytest.fixture
def desk(office):
    return desk_of(office)


def at_door(desk, address):
    """The desk's server answers cars at this address."""
    config = ServerConfig.load(desk.data)
    replace(config, intake_port=int(address.rpartition(":")[2])).save()


def test_there_and_back_by_hand(tmp_path, stick, capsys, desk):
    far = Office()
    with serving(far) as address:
        with car_12(tmp_path / "car", far) as car:
            write_config(car.data, car.config)
            car.keep_read()
        assert call("unit", "export", stick, "--data", tmp_path / "car", "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"written": 1, "already_there": 0, "freed": 0, "waiting": 1}
        at_door(desk, address)
        assert desk.run_as(LIST_MANAGER, "import", str(stick)).returncode == 1
        done = desk.run_as(OPERATOR, "import", str(stick), "--json")
        assert (done.returncode, json.loads(done.stdout)) == (0, {"units": 1, "receipted": 1, "wrong": []}), done.stderr
        assert desk.office.ledger()[-1] == ("unit.medium", OPERATOR)
        assert call("unit", "import", stick, "--data", tmp_path / "car") == 0
        assert "1 messages are receipted and freed, 0 still wait." in capsys.readouterr().out
    assert call("unit", "export", tmp_path / "nothing", "--data", tmp_path / "car") != 0
    assert "is not a folder" in capsys.readouterr().err


def test_a_file_that_was_not_taken_is_said_and_ends_with_1(tmp_path, stick, desk):
    far = Office()
    with serving(far) as address:
        with car_12(tmp_path / "car", far) as car:
            write_config(car.data, car.config)
            car.keep_read()
        call("unit", "export", stick, "--data", tmp_path / "car")
        (path,) = stick.rglob("read-*.sealed")
        path.write_bytes(b"x")
        at_door(desk, address)
        done = desk.run_as(OPERATOR, "import", str(stick))
        assert done.returncode == 1
        assert "it is not what the unit wrote" in done.stderr
        assert "1 were not taken" in done.stdout
