"""The pages of reads: pictures inside the page, no plate in any address, a refusal with its clause."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import timedelta

from django.conf import settings

from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, LAPSED, OPERATOR, OUTSIDER
from platewarden.server.reads.testing import pictures

ADDRESS = re.compile(r'(?:href|src|action|data-\w+)="([^"]*)"')


def addresses(page):
    return [each for each in ADDRESS.findall(page) if not each.startswith("data:")]


def search(browser, plate="AB12345", **fields):
    return browser.post("/reads/search/", {"plate": plate, "span": "week", **fields})


def read_of(page):
    (path,) = set(re.findall(r'href="(/reads/[0-9a-f-]{36}/[^"]+)"', page))
    return path


def inline(content):
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def test_a_search_shows_the_plate_picture_inside_the_page_and_leads_to_the_read(office):
    overview, plate = pictures()
    office.receive(office.car(), "AB12345", pictures=(overview, plate))
    rosa = office.browser(OPERATOR)
    answer = search(rosa)
    page = answer.content.decode()
    assert inline(plate.content) in page
    assert inline(overview.content) not in page
    assert "no-store" in answer["Cache-Control"]
    one = rosa.get(read_of(page))
    assert one.status_code == 200
    whole = one.content.decode()
    assert inline(plate.content) in whole
    assert inline(overview.content) in whole
    assert "Car 12" in whole
    assert [act for act, _ in office.ledger()][-2:] == ["reads.search", "reads.look"]


def test_no_plate_stands_in_any_address_of_any_page(office):
    car = office.car()
    office.receive(car, "AB12345")
    office.receive(car, "AB12346")
    rosa = office.browser(OPERATOR)
    exact = search(rosa)
    partial = search(rosa, "AB1234?")
    one = rosa.get(read_of(exact.content.decode()))
    assert b"AB12346" in partial.content
    for answer in (exact, partial, one):
        found = addresses(answer.content.decode())
        assert len(found) > 5
        assert not [each for each in found if "AB1234" in each]
    assert rosa.get("/reads/search/", {"plate": "AB12345"}).content.count(b"AB12345") == 0


def test_the_pages_script_gets_what_was_found_without_a_page_around_it_and_it_is_a_look_like_the_other(office):
    overview, plate = pictures()
    office.receive(office.car(), "AB12345", pictures=(overview, plate))
    rosa = office.browser(OPERATOR)
    answer = rosa.post("/reads/search/", {"plate": "AB12345", "span": "week"}, headers={"X-Part": "found"})
    found = answer.content.decode()
    assert answer["X-Part"] == "found"
    assert "no-store" in answer["Cache-Control"]
    assert inline(plate.content) in found
    assert "<main" not in found
    assert f", {OPERATOR} · " in found[found.index("Shown to") :]
    assert read_of(found) == read_of(search(rosa).content.decode())
    assert [act for act, _ in office.ledger()][-2:] == ["reads.search", "reads.search"]


def test_what_is_no_part_is_a_whole_page_and_says_so(office):
    rosa = office.browser(OPERATOR)
    wrong = rosa.post("/reads/search/", {"plate": "*", "span": "week"}, headers={"X-Part": "found"})
    assert (wrong.status_code, wrong.get("X-Part"), b"<main" in wrong.content) == (422, None, True)
    empty = rosa.get("/reads/search/", headers={"X-Part": "found"})
    assert (empty.status_code, empty.get("X-Part")) == (200, None)
    no = office.browser(LAPSED).post("/reads/search/", {"plate": "AB12345", "span": "week"}, headers={"X-Part": "found"})
    assert (no.status_code, no.get("X-Part")) == (403, None)


def test_nothing_found_says_so(office):
    answer = search(office.browser(OPERATOR), "NONE1")
    assert answer.status_code == 200
    assert b"NONE1" in answer.content
    assert b"0 reads" in answer.content


def test_a_form_that_is_not_filled_in_right_is_said_and_no_look_is_recorded(office):
    office.seal()
    rosa = office.browser(OPERATOR)
    before = len(office.ledger())
    for fields in ({"plate": ""}, {"plate": "A*"}, {"plate": "ÄB"}, {"span": "dates"}):
        assert search(rosa, **{"plate": "AB12345", **fields}).status_code == 422
    assert len(office.ledger()) == before


def test_it_refuses_whoever_may_not_look_and_records_that(office):
    office.receive(office.car(), "AB12345")
    for number, clause in ((AUDITOR, b"427.6(a)"), (OUTSIDER, b"427.6(a)"), (LAPSED, b"427.4(d)")):
        answer = search(office.browser(number))
        assert answer.status_code == 403, number
        assert clause in answer.content
        assert b"data:image" not in answer.content
        assert office.ledger()[-1] == ("access.refused", number)
    assert office.ask_owner("select count(*) from office.access_record") == [(0,)]


def test_without_a_purpose_it_asks_for_one_first(office):
    answer = search(office.browser(OPERATOR, purpose=None))
    assert answer.status_code == 302
    assert answer.url.startswith("/purpose/")
    anonymous = search(office.browser())
    assert anonymous.status_code == 302
    assert "sign-in" in anonymous.url


def test_a_read_that_is_not_there_is_not_found_and_looking_for_it_is_recorded(office):
    rosa = office.browser(OPERATOR)
    at = now().isoformat()
    assert rosa.get(f"/reads/{uuid.uuid4()}/{at}/").status_code == 404
    assert office.ledger()[-1] == ("reads.look", OPERATOR)
    for wrong in ("yesterday", "2026-11-23T10:00:00", "2026-99-99T00:00:00+00:00"):
        assert rosa.get(f"/reads/{uuid.uuid4()}/{wrong}/").status_code == 404


def test_one_picture_that_was_changed_is_said_and_the_other_reads_still_show(office):
    car, other = office.car(), office.car("Car 14")
    office.receive(car, "AB12345", pictures=pictures(plate="maroon"))
    office.receive(other, "AB12345", at=now() - timedelta(minutes=5), pictures=pictures(plate="olive"))
    (pack,) = (settings.CONFIG.data / "pictures").rglob(f"{car.unit.id}/*.plate.pack")
    content = bytearray(pack.read_bytes())
    content[-1] ^= 1
    pack.write_bytes(content)
    rosa = office.browser(OPERATOR)
    answer = search(rosa)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert inline(pictures(plate="olive")[1].content) in page
    assert inline(pictures()[1].content) not in page
    paths = re.findall(r'href="(/reads/[0-9a-f-]{36}/[^"]+)"', page)
    assert "does not answer to its key" in rosa.get(paths[0]).content.decode()
    assert "does not answer to its key" not in rosa.get(paths[-1]).content.decode()
    pack.unlink()
    gone = rosa.get(paths[0]).content.decode()
    assert "No plate picture is kept, or not any more." in gone
