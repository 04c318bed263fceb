"""The pages of lists and BOLOs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.clock import now
from platewarden.server.hotlists.models import Bolo, EditionAsk, Exclusion, Load, Source, SourceAsk
from platewarden.server.hotlists.source import said_of
from platewarden.server.hotlists.testing import described
from platewarden.server.hotlists.tests.test_layout import FIXED
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import relieve
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR

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


SAID = {"name": "Gang file", "owner": "State Police", "confidential": "yes", "age_limit_hours": "12", "saw": "nothing"}


def new_source(office, *, by: str = SUPERVISOR, **fields):
    return office.browser(by).post("/lists/sources/new/", SAID | fields)


def layout(text: str = FIXED) -> SimpleUploadedFile:
    return SimpleUploadedFile("layout.toml", text.encode())


def test_a_source_is_described_on_its_page_and_said_otherwise_there(office):
    assert new_source(office, inbox="gang", layout=layout()).status_code == 302
    source = Source.objects.get(name="Gang file")
    assert (source.owner, source.is_confidential, source.age_limit_hours, source.layout) == ("State Police", True, 12, FIXED)
    browser, address = office.browser(SUPERVISOR), f"/lists/sources/{source.pk}/"
    page = browser.get(address)
    saw = said_of(source)
    assert b"State Police" in page.content
    change = SAID | {"confidential": "no", "saw": saw}
    assert browser.post(address, change).status_code == 302
    source.refresh_from_db()
    assert (source.is_confidential, source.layout, source.inbox) == (False, FIXED, ""), "the layout stays until it is taken away"
    assert browser.post(address, change).status_code == 409, "it was described otherwise since"
    again = said_of(Source.objects.get())
    assert browser.post(address, change | {"saw": again, "without_layout": "on"}).status_code == 302
    assert Source.objects.get(pk=source.pk).layout == ""


def test_what_is_wrong_with_a_description_stands_at_its_field(office):
    new_source(office, inbox="gang")
    for wrong, sentence in (
        ({"owner": ""}, "Name the agency"),
        ({"confidential": ""}, "Say whether"),
        ({"age_limit_hours": "0"}, "greater than"),
        ({"layout": layout("kind = 1")}, "layout"),
        ({"layout": SimpleUploadedFile("x", b"\xff\xfe")}, "not text"),
        ({"layout": layout("#" * 70_000)}, "64 kB"),
        ({"inbox": "Gang"}, "small letters"),
        ({"inbox": "gang"}, "another source"),
    ):
        answer = new_source(office, **({"name": "Other file"} | wrong))
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), wrong
    assert new_source(office).status_code == 409, "it is described already"
    assert Source.objects.count() == 1


def test_only_managers_describe_sources_and_others_see_no_way_to(office):
    new_source(office)
    source = Source.objects.get()
    for number in (LIST_MANAGER, OPERATOR, OUTSIDER):
        browser = office.browser(number)
        assert browser.get(f"/lists/sources/{source.pk}/").status_code == 403
        assert new_source(office, by=number, name="Mine").status_code == 403
        assert browser.post(f"/lists/sources/{source.pk}/exclude/", {"file": "x", "because": "because"}).status_code == 403
        assert browser.post(f"/lists/sources/{source.pk}/take-up/", {"file": "x"}).status_code == 403
        assert b"sources/" not in browser.get("/lists/").content
    assert office.browser(SUPERVISOR).get(f"/lists/sources/{source.pk + 1}/").status_code == 404


def test_a_file_is_left_out_and_taken_up_again_on_the_sources_page(office):
    new_source(office, layout=layout())
    address, browser = f"/lists/sources/{Source.objects.get().pk}/", office.browser(SUPERVISOR)
    assert browser.post(f"{address}exclude/", {"file": "GANG.TXT", "because": "state law forbids it"}).status_code == 422
    assert browser.post(f"{address}exclude/", {"file": "MISSING.TXT", "because": "law"}).status_code == 422
    given = {"file": "MISSING.TXT", "because": "state law forbids it"}
    assert browser.post(f"{address}exclude/", given).status_code == 302
    assert browser.post(f"{address}exclude/", given).status_code == 409
    assert b"state law forbids it" in browser.get(address).content
    assert browser.post(f"{address}take-up/", {"file": "MISSING.TXT"}).status_code == 302
    assert browser.post(f"{address}take-up/", {"file": "MISSING.TXT"}).status_code == 409
    assert Exclusion.objects.get().ended_by.startswith(SUPERVISOR)


def test_where_the_policy_asks_for_two_another_manager_signs_on_the_page_of_lists(office, monkeypatch):
    two = replace(department(), two_people=frozenset({"hotlists.source"}))
    monkeypatch.setattr("platewarden.server.hotlists.source.department", lambda: two)
    assert new_source(office).status_code == 302
    assert not Source.objects.exists()
    own, other = office.browser(SUPERVISOR), office.browser(DESIGNEE)
    assert b"never the one who asked" in own.get("/lists/").content
    ask = SourceAsk.objects.get().pk
    assert own.post(f"/lists/sources/asked/{ask}/sign/").status_code == 403
    assert other.post(f"/lists/sources/asked/{ask}/sign/").status_code == 302
    assert other.post(f"/lists/sources/asked/{ask}/refuse/").status_code == 409
    assert Source.objects.get().is_confidential


def test_the_form_of_a_bolo_counts_alike_entries_for_who_decides_on_them_only(office):
    described("State file")
    load(office, CSV)
    for number, is_counted in ((LIST_MANAGER, True), (OPERATOR, False)):
        browser = office.browser(number)
        assert (b"data-count=" in browser.get("/lists/bolos/new/").content) == is_counted
        answer = browser.post("/lists/bolos/new/alike/", {"plate": "A812345"})
        assert answer.status_code == (200 if is_counted else 403)
    browser = office.browser(LIST_MANAGER)
    assert browser.post("/lists/bolos/new/alike/", {"plate": "A812345"}).json() == {"alike": 1}
    assert browser.post("/lists/bolos/new/alike/", {"plate": "?"}).status_code == 400
    assert browser.get("/lists/bolos/new/alike/").status_code == 405
