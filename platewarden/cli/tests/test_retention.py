"""retention: what is due is said, purged from the console, and its certificate printed."""

from __future__ import annotations

import json

import pytest

from platewarden.cli.testing import desk_of
from platewarden.server.retention.models import Certificate
from platewarden.server.retention.testing import day_ago, keep_past, open_past


@pytest.fixture
def desk(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40, pictures=())
    office.seal()
    return desk_of(office)


def test_it_is_previewed_purged_and_certified(office, desk, tmp_path):
    done = desk.run("retention", "preview")
    assert done.returncode == 1, "overdue"
    assert f"{day_ago(40)}  Reads" in done.stdout
    assert "1 rows, 0 held  OVERDUE" in done.stdout
    rows = [json.loads(line) for line in desk.run("retention", "preview", "--json").stdout.splitlines()]
    assert {"kind": "reads", "rows": 1, "held": 0, "overdue": True}.items() <= next(
        each for each in rows if each["kind"] == "reads"
    ).items()
    done = desk.run("retention", "purge", "--json")
    assert done.returncode == 0, done.stderr
    made = Certificate.objects.get()
    assert json.loads(done.stdout) == {"certificate": made.pk, "purged": made.purged, "spared": 0}
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
    done = desk.run("retention", "preview")
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n")
    assert desk.run("retention", "certificate", str(made.pk)).stdout == made.note
    assert "the installer at the server's console" in desk.run("retention", "certificate").stdout
    target = tmp_path / "certificate.txt"
    assert desk.run("retention", "certificate", str(made.pk), "--to", str(target)).returncode == 0
    assert target.read_text() == made.note
    assert desk.run("retention", "certificate", str(made.pk), "--to", str(target)).returncode == 2, "never written over"
    assert desk.run("retention", "certificate", "99").returncode == 1


def test_a_clock_that_jumped_stops_it_with_a_sentence(office, desk):
    assert desk.run("retention", "purge").returncode == 0
    open_past(office.database, 50)
    with office.database.connect("owner") as owner:
        owner.execute("update office.retention_clockwatch set last_at = last_at - interval '100 days'")
    done = desk.run("retention", "purge")
    assert done.returncode == 1
    assert "Refused under 427.5 (purge): The server's clock jumped" in done.stderr
    assert office.ask_owner("select count(*) from plates.days_due()") != [(0,)]
