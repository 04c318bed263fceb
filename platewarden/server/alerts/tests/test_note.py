"""A wrong list: its agency is told by a letter that names the entry only, and somebody waits until it answered."""

from __future__ import annotations

import pytest

from platewarden.policy.correction import WrongEntry
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.policy.verification import Answered, Outcome
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert, CorrectionNote
from platewarden.server.alerts.note import acknowledged, not_needed, sent, without_note, write
from platewarden.server.alerts.testing import FULL, alert_of, verified
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import SOURCE, list_in_force
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR

WORDS = "LEADS answers that the vehicle was recovered on 11/20."
FOUND = {"wrong": WrongEntry.OLD, "words": WORDS}


def wrong_alert(office, *, outcome: Outcome = Outcome.STALE_ENTRY, plate: str = "AB12345") -> Alert:
    """An alert of a state list, closed with what was wrong about it."""
    list_in_force(f"{plate},IL,stolen_vehicle,SV-77")
    office.receive(office.car(), plate, **FULL)
    alert = Alert.objects.latest("pk")
    verified(alert, by=office.member(OPERATOR), answer=Answered.NOT_ACTIVE)
    dispose(alert.pk, outcome=outcome, ground="", because="", by=office.member(OPERATOR))
    return Alert.objects.get(pk=alert.pk)


def test_an_alert_of_a_wrong_list_waits_for_its_note_until_the_agency_has_it(office):
    alert, rosa, dana = wrong_alert(office), office.member(OPERATOR), office.member(SUPERVISOR)
    assert list(without_note()) == [alert]
    note = write(alert.pk, **FOUND, by=rosa)
    assert (note.agency, note.state, list(without_note())) == ("State Police", "written", [])
    sent(note.pk, way=" by  mail ", by=dana)
    assert acknowledged(note.pk, reference="SP-8812", by=dana).state == "acknowledged"
    assert [act for act, _ in office.ledger() if act.startswith("alerts.note")] == [
        "alerts.note",
        "alerts.note_sent",
        "alerts.note_acknowledged",
    ]
    assert CorrectionNote.objects.get().way == "by mail"


def test_each_step_is_done_once_and_in_its_order(office):
    alert, dana = wrong_alert(office), office.member(SUPERVISOR)
    note = write(alert.pk, **FOUND, by=dana)
    with pytest.raises(Stale, match="already"):
        write(alert.pk, **FOUND, by=dana)
    with pytest.raises(Stale, match="already"):
        not_needed(alert.pk, because="they know by now", by=dana)
    with pytest.raises(Stale):
        acknowledged(note.pk, reference="SP-8812", by=dana)
    sent(note.pk, way="by mail", by=dana)
    with pytest.raises(Stale):
        sent(note.pk, way="by mail", by=dana)
    acknowledged(note.pk, reference="SP-8812", by=dana)
    with pytest.raises(Stale):
        acknowledged(note.pk, reference="SP-8812", by=dana)
    with pytest.raises(Unknown):
        sent(note.pk + 1, way="by mail", by=dana)


def test_what_is_no_fault_of_a_list_gets_no_note(office):
    rosa = office.member(OPERATOR)
    bolo = alert_of(office, plate="CD12345")
    with pytest.raises(Refused, match="BOLO"):
        write(bolo.pk, **FOUND, by=rosa)
    list_in_force("AB12345,IL,stolen_vehicle,SV-77")
    office.receive(office.car(), "AB12345", **FULL)
    alert = Alert.objects.latest("pk")
    with pytest.raises(Refused, match="Close the alert"):
        write(alert.pk, **FOUND, by=rosa)
    dispose(alert.pk, outcome=Outcome.NO_ACTION, ground="", because="", by=rosa)
    with pytest.raises(Refused, match="Close the alert"):
        write(alert.pk, **FOUND, by=rosa)
    assert not without_note().exists()


def test_a_manager_may_say_that_no_note_is_needed_and_why(office):
    alert = wrong_alert(office, outcome=Outcome.DIFFERENT_VEHICLE)
    with pytest.raises(Malformed):
        not_needed(alert.pk, because="no", by=office.member(DESIGNEE))
    with pytest.raises(Refused):
        not_needed(alert.pk, because="the plates were swapped", by=office.member(OPERATOR))
    assert not_needed(alert.pk, because="the plates were swapped", by=office.member(DESIGNEE)).state == "not needed"
    assert not without_note().exists()


def test_who_may_not_writes_and_sends_nothing(office):
    alert = wrong_alert(office)
    with pytest.raises(Refused):
        write(alert.pk, **FOUND, by=office.member(LIST_MANAGER))
    with pytest.raises(Malformed):
        write(alert.pk, wrong=WrongEntry.OLD, words="old", by=office.member(OPERATOR))
    note = write(alert.pk, **FOUND, by=office.member(OPERATOR))
    for way in ("", "x" * 61):
        with pytest.raises(Malformed):
            sent(note.pk, way=way, by=office.member(SUPERVISOR))
    with pytest.raises(Refused):
        sent(note.pk, way="by mail", by=office.member(OPERATOR))
    with pytest.raises(Refused):
        acknowledged(note.pk, reference="SP-1", by=office.member(OPERATOR))
    describe(SOURCE, Described("State Police", is_confidential=True), by=office.member(SUPERVISOR))
    with pytest.raises(Refused, match="authorized"):
        sent(note.pk, way="by mail", by=office.member(DESIGNEE))


def test_the_letter_names_the_entry_and_nothing_of_the_read_and_is_a_look(office):
    alert = wrong_alert(office)
    page = office.browser(OPERATOR).post(f"/alerts/{alert.pk}/note/", {"wrong": "old", "words": WORDS})
    assert page.status_code == 302
    note, browser = CorrectionNote.objects.get(), office.browser(SUPERVISOR)
    looks = office.ledger().count(("alerts.look", SUPERVISOR))
    letter = browser.get(f"/alerts/notes/{note.pk}/letter/")
    assert (letter["Content-Type"], letter.content[:5]) == ("application/pdf", b"%PDF-")
    assert office.ledger().count(("alerts.look", SUPERVISOR)) == looks + 1
    assert office.browser(SUPERVISOR, purpose=None).get(f"/alerts/notes/{note.pk}/letter/").status_code == 302
    assert office.browser(OPERATOR).get(f"/alerts/notes/{note.pk}/letter/").status_code == 403


def test_the_pages_lead_from_the_card_to_the_acknowledged_note(office):
    alert, browser = wrong_alert(office), office.browser(SUPERVISOR)
    assert b"Tell State Police" in office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content
    assert f"Alert {alert.pk}".encode() in browser.get("/alerts/notes/").content
    assert browser.post(f"/alerts/{alert.pk}/note/", {"wrong": "", "words": ""}).status_code == 422
    browser.post(f"/alerts/{alert.pk}/note/", {"wrong": "vehicle", "words": "The plate is on a blue Ford by title."})
    note, page = CorrectionNote.objects.get(), browser.get("/alerts/notes/").content
    assert b"AB12345" not in page
    for act, given in (("sent", {"way": "by mail"}), ("acknowledged", {"reference": "SP-8812"})):
        assert browser.post(f"/alerts/notes/{note.pk}/{act}/", {}).status_code == 400
        assert browser.post(f"/alerts/notes/{note.pk}/{act}/", given).status_code == 302
        assert browser.post(f"/alerts/notes/{note.pk}/{act}/", given).status_code == 409
    assert b"SP-8812" in browser.get("/alerts/notes/").content
    assert office.browser(OPERATOR).get("/alerts/notes/").status_code == 403
    other = wrong_alert(office, plate="CD12345")
    assert browser.post(f"/alerts/{other.pk}/note/not-needed/", {"because": "they know it by now"}).status_code == 302
