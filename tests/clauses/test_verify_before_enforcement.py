"""If practicable, an alert is verified with the official database before enforcement based on it alone."""

from __future__ import annotations

import pytest

from platewarden.server.alerts.models import Alert, Disposition
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of

STOP = {"outcome": "stop made", "ground": "verified", "because": ""}


@pytest.fixture
def alert(office, enter_bolo) -> str:
    enter_bolo("AB12345")
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.95)
    return f"/alerts/{Alert.objects.get().pk}"


def verified(**changes) -> dict[str, str]:
    here = now().astimezone(department().time_zone)
    given = {
        "characters": "same",
        "state": "same",
        "vehicle": "same",
        "source": "LEADS",
        "reference": "LDS-1",
        "answer": "confirms",
    }
    return {**given, "returned_at": f"{here:%H:%M}", **changes}


def test_a_stop_on_the_alert_alone_is_refused(office, alert):
    answer = office.browser(OPERATOR).post(f"{alert}/dispose/", STOP)
    assert answer.status_code == 403
    assert "427.4(f)" in text_of(answer)
    assert not Disposition.objects.exists()


def test_a_stop_after_the_official_database_confirmed_is_recorded(office, alert):
    browser = office.browser(OPERATOR)
    assert browser.post(f"{alert}/verify/", verified()).status_code == 302
    assert browser.post(f"{alert}/dispose/", STOP).status_code == 302
    assert [act for act, _ in office.ledger()][-2:] == ["alerts.verify", "alerts.dispose"]


@pytest.mark.parametrize(
    "otherwise", [{"answer": "not active"}, {"answer": "pending"}, {"state": "different"}, {"vehicle": "different"}]
)
def test_a_return_or_an_eye_that_does_not_agree_unlocks_no_stop(office, alert, otherwise):
    browser = office.browser(OPERATOR)
    assert browser.post(f"{alert}/verify/", verified(**otherwise)).status_code == 302
    assert browser.post(f"{alert}/dispose/", STOP).status_code == 403


def test_where_it_was_not_practicable_the_reason_is_stated_and_the_supervisor_reviews_it(office, alert):
    browser = office.browser(OPERATOR)
    assert browser.post(f"{alert}/dispose/", {**STOP, "ground": "impracticable", "because": "busy"}).status_code == 403
    reason = "The official database was down; the driver ran a red light."
    assert browser.post(f"{alert}/dispose/", {**STOP, "ground": "impracticable", "because": reason}).status_code == 302
    assert Disposition.objects.get().for_review


def test_an_alert_of_a_misread_plate_is_withdrawn_and_unlocks_nothing_whatever_returned(office, alert):
    """The wrong stops of this field began with a character that nobody looked at twice."""
    browser = office.browser(OPERATOR)
    one = Alert.objects.get()
    read = f"/alerts/correct/{one.read_id}/{one.captured_at.isoformat()}/"
    assert browser.post(f"{alert}/verify/", verified()).status_code == 302
    given = {"plate": "A812345", "state": "IL", "because": "characters", "saw": "0"}
    assert browser.post(read, given).status_code == 302
    assert "Do not act on this alert" in text_of(browser.get(f"{alert}/"))
    assert browser.post(f"{alert}/dispose/", STOP).status_code == 409
    assert not Disposition.objects.exists()


def test_an_alert_that_a_correction_found_is_verified_like_every_other(office, enter_bolo):
    enter_bolo("XY98765")
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.95)
    ((read_id, captured_at),) = office.ask_owner("select read_id, captured_at from plates.reads")
    browser = office.browser(OPERATOR)
    given = {"plate": "XY98765", "state": "IL", "because": "characters", "saw": "0"}
    assert browser.post(f"/alerts/correct/{read_id}/{captured_at.isoformat()}/", given).status_code == 302
    found = f"/alerts/{Alert.objects.get().pk}"
    assert "Found by a correction" in text_of(browser.get(f"{found}/"))
    assert browser.post(f"{found}/dispose/", STOP).status_code == 403
    assert browser.post(f"{found}/verify/", verified()).status_code == 302
    assert browser.post(f"{found}/dispose/", STOP).status_code == 302
