"""unit doctor on the command line: a table for people, an object for programs, 1 when something is broken."""

import json

import pytest

from platewarden.cli.main import run as platewarden
from platewarden.unit.config import write_config
from platewarden.unit.testing import Office, car_12, member, serving


def call(*words):
    try:
        platewarden(["unit", "doctor", *map(str, words)])
    except SystemExit as ended:
        return ended.code or 0
    return 0


@pytest.mark.slow
def test_the_table_and_the_object_say_the_same_with_the_real_engine(tmp_path, capsys):
    office = Office()
    office.publish_roster(1, [member()])
    with serving(office), car_12(tmp_path / "car", office) as car:
        write_config(car.data, car.config)
        assert call("--data", car.data) == 1
        words = capsys.readouterr().out
        assert call("--data", car.data, "--json") == 1
        found = json.loads(capsys.readouterr().out)["findings"]
    for each in found:
        assert f"{each['state']:6}  {each['what']}" in words
    assert "broken  roster" in words
    assert "ms a picture of 1280 x 720, with “platewarden”" in words


def test_a_folder_that_is_no_unit_is_said_as_such(tmp_path, capsys):
    assert call("--data", tmp_path) == 1
    assert "broken  enrolment  There is no unit.toml" in capsys.readouterr().out
