"""alerts dispatch: a file of stops is taken whole or refused, and what has no stop here is said."""

from __future__ import annotations

import json

from platewarden.cli.testing import desk_of
from platewarden.server.alerts.models import DispatchStop
from platewarden.server.alerts.testing import alert_of
from platewarden.server.alerts.tests.test_stops import file_of, row
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


def test_stops_are_compared_and_what_is_wrong_is_refused_with_its_lines(office, tmp_path):
    alert = alert_of(office)
    office.seal()
    desk, path = desk_of(office), tmp_path / "stops.csv"
    words = ("alerts", "dispatch", str(path), "--case", "26-004117")
    assert desk.run(*words, "--by", SUPERVISOR).returncode == 2
    path.write_bytes(file_of("S-1,only"))
    done = desk.run_as(SUPERVISOR, *words)
    assert done.returncode == 2
    assert "line 2: it has 2 fields" in done.stderr
    path.write_bytes(file_of(row("S-1"), row("S-2", "CD67890")))
    assert desk.run_as(OPERATOR, *words).returncode == 1
    assert not DispatchStop.objects.exists()
    office.seal()  # a look is refused while the ledger waits for its sealer too long
    done = desk.run_as(SUPERVISOR, *words, "--json")
    assert done.returncode == 1
    found = {"new": 2, "known": 0, "followed": 1, "without_alert": 1, "to_review": [{"stop": "S-1", "alert": alert.pk}]}
    assert json.loads(done.stdout) == found
    assert "AB12345" not in done.stdout + done.stderr
