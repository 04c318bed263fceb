"""hold: placed at the console by a member who signs in, listed without a plate, released by another."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from platewarden.cli.testing import desk_of
from platewarden.server.clock import now
from platewarden.server.people.testing import DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.models import Hold
from platewarden.server.retention.testing import keep_past, open_past


@pytest.fixture
def desk(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 20, pictures=())
    office.seal()
    return desk_of(office)


def words(**other):
    at = now()
    given = {
        "ground": "criminal action",
        "authority": "State's Attorney, letter of 11/20/2026",
        "case": "26-004117",
        "plate": "AB12345",
        "since": f"{at - timedelta(days=40):%Y-%m-%dT%H:%M}",
        "until": f"{at - timedelta(days=1):%Y-%m-%dT%H:%M}",
        "review-on": f"{at + timedelta(days=60):%Y-%m-%d}",
    } | other
    return ["hold", "place", *(word for name, value in given.items() if value for word in (f"--{name}", value))]


def test_a_hold_is_placed_listed_and_released_at_the_console(office, desk):
    done = desk.run_as(OPERATOR, *words())
    assert done.returncode == 0, done.stderr
    hold = Hold.objects.get()
    assert f"{hold.number}: spares 1 reads" in done.stdout
    assert ("retention.scope", OPERATOR) in office.ledger()
    assert ("access.sign_out", OPERATOR) in office.ledger()
    listed = desk.run("hold", "list")
    assert hold.number in listed.stdout
    assert "AB12345" not in listed.stdout
    assert json.loads(desk.run("hold", "list", "--json").stdout)["reads"] == 1
    office.seal()
    own = desk.run_as(OPERATOR, "hold", "release", hold.number, "--because", "judgment of 11/20/2026")
    assert own.returncode == 1
    done = desk.run_as(SUPERVISOR, "hold", "release", hold.number, "--because", "judgment of 11/20/2026")
    assert done.returncode == 0, done.stderr
    assert desk.run("hold", "list").stdout == "Nothing is held.\n"
    assert hold.number in desk.run("hold", "list", "--released").stdout


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"ground": "curiosity"}, 2, "is no ground of a hold"),
        ({"plate": ""}, 2, "Name one of --plate, --unit and --around"),
        ({"plate": "", "unit": "Car 99"}, 2, "There is no unit"),
        ({"plate": "", "around": "here"}, 2, "latitude, longitude and metres"),
        ({"plate": "NOBODY1"}, 1, "nothing to hold"),
        ({"case": "lunch"}, 1, "“LUNCH” is not one"),
    ],
)
def test_a_wrong_one_is_one_sentence(office, desk, changed, status, sentence):
    done = desk.run_as(DESIGNEE, *words(**changed))
    assert (done.returncode, sentence in done.stderr) == (status, True), done.stderr
    assert not Hold.objects.exists()


def test_who_may_not_is_refused(office, desk):
    assert "Refused under" in desk.run_as(OUTSIDER, *words()).stderr
    assert desk.run("hold", "release", "H-1x", "--because", "because", "--by", "1001").returncode == 2
