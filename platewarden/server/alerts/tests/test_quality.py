"""How often alerts were wrong: by month, unit and source, with intervals, for who manages and audits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platewarden.policy.verification import Outcome
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.quality import Rate, Row, _worst_first, quality_since
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import bolo_in_force, list_in_force
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def seen(office, car, plate, outcome):
    """A full hit, closed with this outcome by the operator."""
    office.receive(car, plate, state="IL", state_confidence=0.9)
    alert = Alert.objects.latest("pk")
    body = {"outcome": outcome.value, "ground": "", "because": ""}
    assert office.browser(OPERATOR).post(f"/alerts/{alert.pk}/dispose/", body).status_code == 302


@pytest.fixture
def judged(office):
    list_in_force("AB1,IL,stolen_vehicle,1", "AB3,IL,stolen_vehicle,1", "AB4,IL,stolen_vehicle,1")
    bolo_in_force("CD777")
    car = office.car()
    seen(office, car, "AB1", Outcome.MISREAD)
    seen(office, car, "AB3", Outcome.NOT_LOCATED)
    seen(office, car, "AB4", Outcome.STALE_ENTRY)
    seen(office, car, "CD777", Outcome.NO_ACTION)
    office.receive(car, "AB1", state="IL", state_confidence=0.9)  # open: it is not counted
    return office


def test_it_counts_what_was_closed_by_source_unit_and_month(judged):
    found = quality_since(LONG_AGO)
    assert (found.whole.closed, found.whole.wrong) == (4, Rate(2, 4))
    assert [rate.count for rate in found.whole.by_kind] == [1, 0, 1, 0]
    assert [(row.name, row.wrong) for row in found.sources] == [
        ("State stolen vehicles", Rate(2, 3)),
        ("BOLOs of this department", Rate(0, 1)),
    ]
    assert [(row.name, row.closed) for row in found.units] == [("Car 12", 4)]
    assert [row.closed for row in found.months] == [4]
    assert (found.whole.full, found.whole.possible) == (Rate(2, 4), Rate(0, 0))
    assert quality_since(now() + timedelta(minutes=1)).whole.closed == 0


def test_an_alert_that_a_correction_withdrew_counts_as_misread_or_as_wrong_state(judged):
    reads = judged.ask_owner(
        "select read_id, captured_at from plates.reads r join plates.hit h using (read_id, captured_at) where h.listed_text = 'AB1'"
    )
    read_id, captured_at = max(reads, key=lambda row: row[1])  # the open one
    fields = {"plate": "AB1", "state": "WI", "because": "state", "saw": "0"}
    assert judged.browser(OPERATOR).post(f"/alerts/correct/{read_id}/{captured_at.isoformat()}/", fields).status_code == 302
    found = quality_since(LONG_AGO)
    assert (found.whole.closed, found.whole.wrong) == (5, Rate(3, 5))
    assert [rate.count for rate in found.whole.by_kind] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # Wilson's interval as in R: binom::binom.wilson(c(0, 1, 5, 10), c(10, 1, 10, 10))
    [(0, 10, 0.0, 0.2775), (1, 1, 0.2065, 1.0), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_an_interval_is_wilsons(count, of, low, high):
    found = Rate(count, of).interval
    assert found == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_of_nothing_is_no_share():
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)


def test_the_one_that_is_worst_for_sure_stands_first():
    once, often = Row("once"), Row("often")
    once.outcomes[Outcome.MISREAD] = 1
    often.outcomes.update({Outcome.MISREAD: 30, Outcome.NO_ACTION: 10})
    assert [row.name for row in _worst_first([once, often])] == ["often", "once"]


def test_who_manages_or_audits_sees_it_with_a_line_and_nobody_else(judged):
    for number in (SUPERVISOR, DESIGNEE, AUDITOR):
        page = judged.browser(number).get("/alerts/quality/?months=12")
        assert page.status_code == 200
        assert b"State stolen vehicles" in page.content
        assert b"AB1" not in page.content
        assert judged.ledger()[-1] == ("alerts.quality", number)
    for number in (OPERATOR, LIST_MANAGER):
        assert judged.browser(number).get("/alerts/quality/").status_code == 403


def test_without_an_alert_it_says_so(office):
    page = office.browser(SUPERVISOR).get("/alerts/quality/?months=nonsense").content
    assert b"No alert was closed in this time" in page
