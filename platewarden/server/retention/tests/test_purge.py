"""The purge: what is due ends everywhere, what is younger or held stays, and the certificate says exactly that."""

from __future__ import annotations

from datetime import time

import pytest

from platewarden.server.ledger.chain import Sealer
from platewarden.server.retention.certificate import said_in
from platewarden.server.retention.models import Certificate
from platewarden.server.retention.purge import days_due, run
from platewarden.server.retention.testing import day_ago, keep_past, open_past


def purged(office, asked_by="a test") -> Certificate:
    with office.as_role("purge"):
        list(run(Sealer(), asked_by=asked_by))
        return Certificate.objects.order_by("-pk")[0]


@pytest.fixture
def past(office):
    """Two cars' reads of 40, 31, 30, 20 and 5 days ago."""
    car = office.car()
    open_past(office.database, 40, 31, 30, 20, 5)
    kept = {}
    with office.as_role("ingest"):
        for ago in (40, 31, 30, 20, 5):
            kept[ago] = [keep_past(car, f"D{ago}{n}", ago, at=time(n)) for n in range(3)]
    return kept


def plates(office):
    return {text for (text,) in office.ask_owner("select plate from plates.reads")}


def test_what_is_due_is_gone_and_nothing_younger(office, past):
    certificate = purged(office)
    assert plates(office) == {f"D{ago}{n}" for ago in (30, 20, 5) for n in range(3)}
    assert not office.ask_owner("select * from plates.plate_seen where plate like 'D40_' or plate like 'D31_'")
    said = said_in(certificate.note)
    ended = {(each["kind"], each["day"]): each["purged"] for each in said["ended"]}
    for ago in (40, 31):
        assert ended["reads", day_ago(ago).isoformat()] == 3
        assert ended["pictures", day_ago(ago).isoformat()] == 3
    for ago in (40, 31, 30, 20):
        assert ended["overview_pictures", day_ago(ago).isoformat()] == 3
    assert ("reads", day_ago(30).isoformat()) not in ended
    with office.as_role("purge"):
        assert days_due() == []
