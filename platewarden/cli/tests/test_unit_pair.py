"""unit pair on the command line: the passphrase once, the laptop before said aloud, --end while the unit runs."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from platewarden.cli.main import run as platewarden
from platewarden.unit.config import write_config
from platewarden.unit.pairing import load
from platewarden.unit.testing import SECRET, Office, car_12, member, plug_in, serving


@pytest.fixture
def car(tmp_path):
    """Car 12 that stands still: its folder, with a roster, a stick plugged in, and a secret in a file."""
    office = Office(clock=lambda: datetime.now(UTC))
    office.publish_roster(1, [member(trained_until=date.today() + timedelta(days=30))])  # noqa: DTZ011
    (tmp_path / "out").mkdir()
    (tmp_path / "secret").write_text(SECRET)
    with serving(office), car_12(tmp_path / "car", office) as car:
        write_config(car.data, replace(car.config, car_network="10.20.0.1:8431", sticks=plug_in(tmp_path / "media")))
        assert car.transfer.contact()
    return car.data


def call(data, *words):
    try:
        platewarden(["unit", "pair", "--data", str(data), *map(str, words)])
    except SystemExit as ended:
        return ended.code or 0
    return 0


def pair(data, name, *words):
    folder = data.parent
    return call(data, "--laptop", name, "--to", folder / "out", "--member", "4417", "--secret-file", folder / "secret", *words)


def test_it_pairs_says_the_passphrase_once_and_names_the_laptop_before(car, capsys):
    assert pair(car, "patrol 7") == 0
    said = capsys.readouterr()
    assert "“patrol 7” is paired until" in said.out
    assert "Passphrase, shown this once: " in said.out
    assert said.err == ""
    assert pair(car, "patrol 9", "--json") == 0
    said = capsys.readouterr()
    assert "“patrol 7”, paired on" in said.err
    found = json.loads(said.out)
    assert (found["laptop"], found["address"], len(found["files"])) == ("patrol 9", "10.20.0.1:8431", 2)
    assert found["passphrase"].encode() not in (car / "laptop.pem").read_bytes()


def test_it_ends_the_pairing(car, capsys):
    assert pair(car, "patrol 7") == 0
    assert call(car, "--end") == 0
    assert "“patrol 7” is answered no more." in capsys.readouterr().out
    assert load(car) is None
    assert call(car, "--end") != 0
    assert "No laptop is paired with this unit." in capsys.readouterr().err


def test_half_of_what_is_needed_is_asked_for(car, capsys):
    assert call(car, "--laptop", "patrol 7") != 0
    assert "Give --laptop, --to and --member" in capsys.readouterr().err


def test_a_wrong_secret_is_refused_with_its_clause(car, capsys):
    (car.parent / "secret").write_text("wrong")
    assert pair(car, "patrol 7") == 1
    assert "427.6(a)" in capsys.readouterr().err
