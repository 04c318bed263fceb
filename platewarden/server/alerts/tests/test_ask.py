"""Asking the state system from the card: a recorded disclosure; nobody waits for it; only a confirming return unlocks."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from platewarden.policy.verification import Answered, Came
from platewarden.server.alerts import ask as asking
from platewarden.server.alerts.models import Alert, AlertState, Disposition, StateAsk, StateReturn, Verification
from platewarden.server.alerts.simulated import ANSWERS, MISHAPS, SAID
from platewarden.server.alerts.testing import PLATE, alert_of, answered, connected_to
from platewarden.server.alerts.tests.test_views import typed
from platewarden.server.clock import now
from platewarden.server.hotlists.models import Source
from platewarden.server.ledger.write import Signer
from platewarden.server.people.authorize import authorize
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR

TAPS = {"characters": "same", "state": "same", "vehicle": "same"}
STOP = {"outcome": "stop made", "ground": "verified", "because": ""}


def test_a_confirming_return_is_verified_with_and_then_unlocks_a_stop(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    with connected_to("confirms") as state:
        assert b"Ask LEADS" in rosa.get(f"/alerts/{alert.pk}/").content
        assert rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        ask = answered(alert)
        assert (state.asked[0]["plate"], state.asked[0]["state"], state.asked[0]["member"]) == (PLATE, "IL", OPERATOR)
        page = rosa.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Confirms plate, state and an active entry" in page
    assert SAID["confirms"].split(".")[0] in page
    assert rosa.post(f"/alerts/{alert.pk}/dispose/", STOP).status_code == 403  # a return alone is no verification: nobody looked
    assert rosa.post(f"/alerts/{alert.pk}/verify/", {**TAPS, "by_return": ask.pk}).status_code == 302
    made = Verification.objects.get()
    assert (made.ask_id, made.source, made.reference, made.answer) == (ask.pk, "LEADS", ask.answer.reference, "confirms")
    assert made.returned_at == ask.answer.returned_at
    assert rosa.post(f"/alerts/{alert.pk}/dispose/", STOP).status_code == 302
    assert not Disposition.objects.get().for_review


def test_each_question_is_a_disclosure_in_the_ledger_and_no_plate_stands_in_its_lines(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    with connected_to("no record"):
        rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        answered(alert)
    assert office.ledger()[-2:] == [("alerts.ask", OPERATOR), ("alerts.returned", OPERATOR)]
    lines = [
        body for (body,) in office.ask_owner("select body from office.ledger_leaf where act in ('alerts.ask', 'alerts.returned')")
    ]
    assert '"purpose": "criminal-investigation"' in lines[-1].replace('":"', '": "')
    assert not [line for line in lines if PLATE in line or "NO RECORD" in line]
    assert office.ask_owner("select kind, body from plates.alert_note") == [("return", "NO RECORD.")]
    assert office.ask_owner("select r.purpose, s.shown from office.access_record r join office.access_shown s using (access_id) where r.act = 'alerts.ask'") == [("criminal-investigation", 1)]  # fmt: skip


@pytest.mark.parametrize("kind", [each for each in (*ANSWERS, *MISHAPS) if each != "confirms"])
def test_nothing_but_a_confirming_return_unlocks(office, kind):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    with connected_to(kind):
        rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        ask = answered(alert)
        page = rosa.get(f"/alerts/{alert.pk}/").content.decode()
    assert (ask.answer.outcome == Came.ANSWERED) == (kind in ANSWERS)
    assert str(Came(ask.answer.outcome).label if kind in MISHAPS else ask.answer.get_answer_display()) in page
    tried = rosa.post(f"/alerts/{alert.pk}/verify/", {**TAPS, "by_return": ask.pk})
    assert tried.status_code == (302 if kind in ANSWERS else 400)
    assert rosa.post(f"/alerts/{alert.pk}/dispose/", STOP).status_code == 403
    assert not Disposition.objects.exists()


def test_nobody_waits_for_a_state_system_that_hangs(office):
    alert, other = alert_of(office), alert_of(office, plate="CD67890")
    rosa, luis = office.browser(OPERATOR), office.browser(DESIGNEE)
    with connected_to("hangs", seconds=10) as state:
        began = time.monotonic()
        assert rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        assert b"LEADS is being asked" in rosa.get(f"/alerts/{alert.pk}/").content
        again = luis.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        assert again.status_code == 409
        assert b"asked about this alert already" in again.content
        assert luis.post(f"/alerts/{other.pk}/ask/", {"state": "IL"}).status_code == 302
        assert time.monotonic() - began < 9
        assert not StateReturn.objects.exists()
        assert answered(alert, within=20).answer.outcome == Came.TIMED_OUT
        assert len(state.asked) == 2
        answered(other, within=20)
    office.seal()
    with connected_to("pending"):  # once it is known that no answer came, it can be asked again
        assert luis.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        assert answered(alert).answer.outcome == Came.ANSWERED


def test_an_office_that_died_meanwhile_has_a_question_that_timed_out(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    with connected_to("confirms"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "_carry", lambda *_: asking._places.release())
        rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        ask = StateAsk.objects.get()
        assert asking.came_of(ask) is None
        patch.setattr(asking, "now", lambda: ask.due_at + timedelta(seconds=1))
        assert asking.came_of(ask) is Came.TIMED_OUT
        assert b"Timed out" in rosa.get(f"/alerts/{alert.pk}/asked/").content
    assert not StateReturn.objects.exists()


def test_more_questions_than_the_office_asks_at_once_are_refused_and_not_queued(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    taken = [asking._places.acquire(blocking=False) for _ in range(asking.WAITING)]
    try:
        with connected_to("confirms") as state:
            refused = rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
    finally:
        for _ in filter(None, taken):
            asking._places.release()
    assert refused.status_code == 503
    assert state.asked == []
    assert "alerts.ask" not in [act for act, _ in office.ledger()]


def test_a_confidential_state_system_is_asked_seen_and_used_by_authorized_members_only(office):
    alert = alert_of(office)
    rosa, luis = office.browser(OPERATOR), office.browser(DESIGNEE)
    until = (now() + timedelta(days=30)).date()
    with connected_to("confirms", is_confidential=True) as state:
        refused = rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        assert refused.status_code == 403
        assert b"427.4(e)" in refused.content
        assert state.asked == []
        authorize(office.member(DESIGNEE), "LEADS", reason="dispatch desk", until_on=until, by=Signer(SUPERVISOR, "Dana"))
        assert luis.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        ask = answered(alert)
        seen, sealed = (each.get(f"/alerts/{alert.pk}/").content.decode() for each in (luis, rosa))
        fragment = rosa.get(f"/alerts/{alert.pk}/asked/").content.decode()
    assert "STOLEN VEHICLE" in seen
    assert ask.answer.reference in seen
    for page in (sealed, fragment):
        assert "sealed" in page
        assert "STOLEN VEHICLE" not in page
        assert ask.answer.reference not in page
        assert 'name="by_return"' not in page
    assert rosa.post(f"/alerts/{alert.pk}/verify/", {**TAPS, "by_return": ask.pk}).status_code == 403
    assert not Verification.objects.exists()
    assert luis.post(f"/alerts/{alert.pk}/verify/", {**TAPS, "by_return": ask.pk}).status_code == 302


def test_whoever_may_not_verify_may_not_ask_and_nothing_leaves(office):
    alert = alert_of(office)
    with connected_to("confirms") as state:
        for number in (AUDITOR, LIST_MANAGER, LAPSED):
            browser = office.browser(number)
            assert browser.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 403
            assert browser.get(f"/alerts/{alert.pk}/asked/").status_code == 403
        assert office.browser().post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        assert office.browser(OPERATOR, purpose=None).post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 302
        rosa = office.browser(OPERATOR)
        assert rosa.get(f"/alerts/{alert.pk}/ask/").status_code == 405
        assert rosa.post("/alerts/4711/ask/", {"state": "IL"}).status_code == 404
        assert rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "XX"}).status_code == 422
        Source.objects.filter(name="LEADS").update(owner="")
        undescribed = rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        assert undescribed.status_code == 403
        assert b"Nobody has described the source" in undescribed.content
        Alert.objects.update(state=AlertState.DISPOSED)
    assert rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"}).status_code == 503
    assert state.asked == []
    assert not StateAsk.objects.exists()


def test_without_a_state_system_the_card_offers_none(office):
    alert = alert_of(office)
    page = office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Ask LEADS" not in page
    assert "Or the return that came" not in page


def test_a_return_verifies_its_own_alert_only_and_once_kept_stays(office):
    alert, other = alert_of(office), alert_of(office, plate="CD67890")
    rosa = office.browser(OPERATOR)
    with connected_to("confirms"):
        rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        ask = answered(alert)
    assert rosa.post(f"/alerts/{other.pk}/verify/", {**TAPS, "by_return": ask.pk}).status_code == 422
    access = office.ask_owner("select access_id from office.alerts_stateask")[0][0]
    later = asking.Return(Came.ANSWERED, Answered.NO_RECORD, "SIM-2", now(), "NO RECORD.")
    assert not asking.keep(access, later)
    assert StateReturn.objects.get().answer == "confirms"


def test_a_stop_on_a_typed_return_against_the_state_systems_own_answer_goes_to_the_supervisor(office):
    alert = alert_of(office)
    rosa = office.browser(OPERATOR)
    with connected_to("recovered"):
        rosa.post(f"/alerts/{alert.pk}/ask/", {"state": "IL"})
        answered(alert)
    assert rosa.post(f"/alerts/{alert.pk}/verify/", typed()).status_code == 302
    assert rosa.post(f"/alerts/{alert.pk}/dispose/", STOP).status_code == 302
    assert Disposition.objects.get().for_review
    queue = office.browser(SUPERVISOR).get("/alerts/review/").content.decode()
    assert "Against the state system" in re.sub(r"\s+", " ", queue)


def test_what_is_asked_is_the_plate_as_it_was_corrected(office):
    from platewarden.plate.text import PlateText
    from platewarden.policy.correction import Misread
    from platewarden.server.alerts.correct import Said, correct
    from platewarden.server.hotlists.testing import bolo_in_force
    from platewarden.server.retention.testing import request_of

    bolo_in_force("AB12346")
    alert = alert_of(office)
    said = Said(PlateText.parse("AB12346"), "IL", Misread.CHARACTERS)
    correct(request_of(office, OPERATOR), alert.read_id, alert.captured_at, said, saw=0)
    newest = Alert.objects.latest("pk")
    with connected_to("no record") as state:
        office.browser(OPERATOR).post(f"/alerts/{newest.pk}/ask/", {"state": "IL"})
        answered(newest)
    assert state.asked[0]["plate"] == "AB12346"
