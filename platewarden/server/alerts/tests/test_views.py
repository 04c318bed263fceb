"""The console's doors: refused with the clause, no plate in any address, a form's fault at its field."""

from __future__ import annotations

import re

from platewarden.exchange.hotlist_edition import Approach
from platewarden.server.alerts.models import Alert, Disposition, Verification
from platewarden.server.alerts.testing import alert_of
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import relieve
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR


def typed(**changes):
    here = now().astimezone(department().time_zone)
    return {
        "characters": "same",
        "state": "same",
        "vehicle": "same",
        "source": "LEADS",
        "reference": "77-1204",
        "answer": "confirms",
        "returned_at": f"{here:%H:%M:%S}",
        **changes,
    }


def test_a_stop_is_refused_first_verified_then_recorded_and_closed_for_the_next_one(office):
    alert = alert_of(office)
    rosa, luis = office.browser(OPERATOR), office.browser(DESIGNEE)
    stop = {"outcome": "stop made", "ground": "verified", "because": ""}
    refused = rosa.post(f"/alerts/{alert.pk}/dispose/", stop)
    assert refused.status_code == 403
    assert b"427.4(f)" in refused.content
    assert office.ledger()[-1] == ("access.refused", OPERATOR)
    assert not Disposition.objects.exists()
    assert rosa.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 302
    assert rosa.post(f"/alerts/{alert.pk}/verify/", typed()).status_code == 302
    assert rosa.post(f"/alerts/{alert.pk}/dispose/", stop).status_code == 302
    assert luis.post(f"/alerts/{alert.pk}/dispose/", stop).status_code == 409
    assert luis.post(f"/alerts/{alert.pk}/verify/", typed()).status_code == 409
    assert Alert.objects.get().state == "disposed"


def test_a_forms_fault_is_said_and_stores_nothing(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    for fields in (typed(reference=""), typed(answer="maybe"), typed(returned_at="2 pm"), {}):
        assert rosa.post(f"/alerts/{alert.pk}/verify/", fields).status_code == 422
    for fields in ({}, {"outcome": "let go"}, {"outcome": "stop made", "ground": "felt right"}):
        assert rosa.post(f"/alerts/{alert.pk}/dispose/", fields).status_code == 422
    assert not Verification.objects.exists()
    assert not Disposition.objects.exists()


def test_whoever_may_not_see_alerts_is_refused_everywhere(office):
    alert = alert_of(office)
    for number in (AUDITOR, LIST_MANAGER, LAPSED):
        browser = office.browser(number)
        assert browser.get("/alerts/").status_code == 403
        assert browser.get(f"/alerts/{alert.pk}/").status_code == 403
        assert browser.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 403
    anonymous = office.browser()
    assert anonymous.get(f"/alerts/{alert.pk}/").status_code == 302
    assert Alert.objects.get().state == "raised"


def test_no_plate_stands_in_any_address_of_console_and_card(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    for path in ("", f"{alert.pk}/", f"{alert.pk}/strip/"):
        page = rosa.get(f"/alerts/{path}").content.decode()
        assert "AB12345" in re.sub(r"<[^>]*>", "", page) or "12345" in page
        found = [each for each in re.findall(r'(?:href|src|action)="([^"]*)"', page) if not each.startswith("data:")]
        assert found
        assert not [each for each in found if "AB12345" in each]


def test_an_empty_console_is_no_look(office):
    rosa = office.browser(OPERATOR)
    assert rosa.get("/alerts/").status_code == 200
    assert "alerts.look" not in [act for act, _ in office.ledger()]


def test_an_empty_console_of_patrol_does_not_say_the_number_of_a_silent_alert(office):
    alert_of(office, entry={"approach": Approach.SILENT})
    relieve(office.member(OPERATOR), Duty.INVESTIGATOR, by=Signer(DESIGNEE, "Luis Ortega"))
    assert b'data-after="0"' in office.browser(OPERATOR).get("/alerts/").content
    assert b'data-after="1"' in office.browser(DESIGNEE).get("/alerts/").content
