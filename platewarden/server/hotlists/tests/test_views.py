"""The pages of lists and BOLOs."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.clock import now
from platewarden.server.hotlists.models import Bolo, EditionAsk, Load
from platewarden.server.hotlists.testing import described
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import relieve
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR

CSV = "plate,state,category,reference\nAB12345,IL,stolen_vehicle,26-004117\n"


def load(office, text: str, *, by: str = LIST_MANAGER):
    return office.browser(by).post("/lists/load/", {"source": "State file", "file": SimpleUploadedFile("list.csv", text.encode())})


def new_bolo(office, *, by: str = OPERATOR, **fields):
    given = {
        "plate": "7B?4*",
        "state": "unknown",
        "category": "stolen_vehicle",
        "reference": "26-004117",
        "reason": "Seen leaving the scene",
        "approach": "stop",
        "expires_on": f"{now() + timedelta(days=3):%Y-%m-%d}",
        **fields,
    }
    return office.browser(by).post("/lists/bolos/new/", given)


def test_a_list_is_taken_whole_and_an_edition_becomes_due(office):
    described("State file")
    assert load(office, CSV).status_code == 302
    assert Load.objects.get().entries == 1
    assert EditionAsk.objects.filter(edition=None).exists()
    assert b"State file" in office.browser(LIST_MANAGER).get("/lists/").content


def test_a_list_with_a_fault_shows_the_line_and_the_one_in_force_stays(office):
    described("State file")
    load(office, CSV)
    answer = load(office, CSV + "???,IL,stolen_vehicle,26-1\n")
    assert answer.status_code == 422
    assert b"line 3" in answer.content.lower()
    assert Load.objects.get().state == "in force"


def test_a_member_without_the_duty_loads_and_publishes_nothing(office):
    assert load(office, CSV, by=OUTSIDER).status_code == 403
    assert office.browser(OUTSIDER).post("/lists/publish/").status_code == 403
    assert not Load.objects.exists()
    assert not EditionAsk.objects.exists()


def test_an_edition_can_be_asked_for(office):
    assert office.browser(LIST_MANAGER).post("/lists/publish/").status_code == 302
    assert EditionAsk.objects.count() == 1


def test_a_bolo_with_a_fault_comes_back_with_it(office):
    answer = new_bolo(office, plate="7*")
    assert answer.status_code == 422
    assert not Bolo.objects.exists()


def test_the_page_of_bolos_is_a_look(office):
    new_bolo(office)
    answer = office.browser(LIST_MANAGER).get("/lists/bolos/")
    assert b"7B?4*" in answer.content
    assert ("hotlists.bolos", LIST_MANAGER) in office.ledger()
    assert office.browser(LIST_MANAGER, purpose=None).get("/lists/bolos/").status_code == 302


def test_a_bolo_is_refused_once_and_stays_so(office):
    new_bolo(office)
    entry = Bolo.objects.get().entry_id
    browser = office.browser(LIST_MANAGER)
    assert browser.post(f"/lists/bolos/{entry}/refuse/").status_code == 302
    assert browser.post(f"/lists/bolos/{entry}/approve/").status_code == 409
    assert Bolo.objects.get().state == "refused"


def test_a_silent_bolo_is_no_business_of_patrol_but_its_own(office):
    new_bolo(office, by=SUPERVISOR, plate="HUSH123", approach="silent")
    relieve(office.member(OPERATOR), Duty.INVESTIGATOR, by=Signer(SUPERVISOR, "Dana Whitfield"))
    new_bolo(office, by=OPERATOR, plate="HUSH456", approach="silent")
    for number, plates in ((OPERATOR, 1), (LIST_MANAGER, 2), (SUPERVISOR, 2)):
        page = office.browser(number).get("/lists/bolos/")
        assert (b"HUSH123" in page.content, b"HUSH456" in page.content) == (plates == 2, True), number
    assert office.ask_owner("select shown from office.access_shown order by at") == [(1,), (2,), (2,)]
    for number, is_told in ((OPERATOR, False), (SUPERVISOR, True)):
        home = office.browser(number).get("/").content
        assert (b" waiting</span>" in home, b"for a second member" in home) == (is_told, is_told), number
