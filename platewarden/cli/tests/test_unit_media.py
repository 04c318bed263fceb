"""unit export and unit import, as a person or a program calls them; `platewarden import` against the office's side."""

import json
from dataclasses import replace

import pytest

from platewarden.cli.main import run as platewarden
from platewarden.server.config import ServerConfig
from platewarden.unit.config import write_config
from platewarden.unit.testing import Office, car_12, serving


@pytest.fixture
def office():
    with serving(Office()) as address:
        yield address


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


def test_there_and_back_by_hand(tmp_path, stick, capsys, monkeypatch):
    far = Office()
    with serving(far) as address:
        with car_12(tmp_path / "car", far) as car:
            write_config(car.data, car.config)
            car.keep_read()
        assert call("unit", "export", stick, "--data", tmp_path / "car", "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"written": 1, "already_there": 0, "freed": 0, "waiting": 1}
        config = replace(ServerConfig(data=tmp_path, database=None, role_prefix="x"), intake_port=int(address.rpartition(":")[2]))
        monkeypatch.setattr(ServerConfig, "load", lambda _folder: config)
        assert call("import", stick, "--data", tmp_path, "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"units": 1, "receipted": 1, "wrong": []}
        assert call("unit", "import", stick, "--data", tmp_path / "car") == 0
        assert "1 messages are receipted and freed, 0 still wait." in capsys.readouterr().out
    assert call("unit", "export", tmp_path / "nothing", "--data", tmp_path / "car") != 0
    assert "is not a folder" in capsys.readouterr().err


def test_a_file_that_was_not_taken_is_said_and_ends_with_1(tmp_path, stick, capsys, monkeypatch):
    far = Office()
    with serving(far) as address:
        with car_12(tmp_path / "car", far) as car:
            write_config(car.data, car.config)
            car.keep_read()
        call("unit", "export", stick, "--data", tmp_path / "car")
        (path,) = stick.rglob("read-*.sealed")
        path.write_bytes(b"x")
        config = replace(ServerConfig(data=tmp_path, database=None, role_prefix="x"), intake_port=int(address.rpartition(":")[2]))
        monkeypatch.setattr(ServerConfig, "load", lambda _folder: config)
        assert call("import", stick, "--data", tmp_path) == 1
        printed = capsys.readouterr()
        assert "it is not what the unit wrote" in printed.err
        assert "1 were not taken" in printed.out
