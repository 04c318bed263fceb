"""The pages: packages without a plate, booked through a form, handed on, and the papers."""

from __future__ import annotations

import pytest

from platewarden.server.evidence.models import Booking, Package, PackageState
from platewarden.server.evidence.passphrase import passphrase_of
from platewarden.server.evidence.testing import packed
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR

BOOKED = {"item_number": "HP-26-0934", "medium_serial": "4C530001", "marking": "#1", "place": "property room, shelf 4"}


@pytest.fixture
def made(office, hold, medium):
    return packed(office, hold, medium)


def page_of(answer):
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_with_nothing_written_it_says_which_holds_wait_and_how(office, hold):
    page = page_of(office.browser(SUPERVISOR).get("/evidence/"))
    assert f"platewarden evidence package {hold} --to MEDIUM --by {SUPERVISOR}" in page
    assert "Nothing was written yet" in page
    assert "AB12345" not in page


def test_without_a_hold_nothing_waits(office):
    assert "No standing hold waits" in page_of(office.browser(SUPERVISOR).get("/evidence/"))


def test_a_package_is_booked_through_its_page_and_leaves_the_list_of_what_waits(office, hold, made):
    browser = office.browser(SUPERVISOR)
    assert "AB12345" not in page_of(browser.get(f"/evidence/{made.pk}/"))
    answer = browser.post(f"/evidence/{made.pk}/book/", BOOKED, follow=True)
    page = page_of(answer)
    assert "Booked as item HP-26-0934." in page
    assert "property room, shelf 4" in page
    listed = page_of(browser.get("/evidence/"))
    assert "No standing hold waits" in listed
    assert "HP-26-0934" in listed


def test_what_is_wrong_stands_at_its_field_and_what_was_filled_in_stays(office, made):
    answer = office.browser(SUPERVISOR).post(f"/evidence/{made.pk}/book/", BOOKED | {"item_number": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Enter the item number" in page
    assert "4C530001" in page


def test_a_taken_item_number_is_said_on_the_form(office, hold, made, medium):
    browser = office.browser(SUPERVISOR)
    browser.post(f"/evidence/{made.pk}/book/", BOOKED)
    second = packed(office, hold, medium)
    answer = office.browser(SUPERVISOR).post(f"/evidence/{second.pk}/book/", BOOKED)
    assert answer.status_code == 422
    assert "HP-26-0934 is taken by another package" in answer.content.decode()


def test_hands_return_and_destruction_are_written_down(office, made):
    browser = office.browser(SUPERVISOR)
    browser.post(f"/evidence/{made.pk}/book/", BOOKED)
    given = {"from_whom": "property room, shelf 4", "to_whom": "Det. Novak", "because": "shown to the prosecutor"}
    page = page_of(browser.post(f"/evidence/{made.pk}/hand-on/", given, follow=True))
    assert "It is with Det. Novak now" in page or "it is with Det. Novak now" in page
    assert 'value="Det. Novak"' in page
    refused = browser.post(f"/evidence/{made.pk}/destroy/", {"because": "shredded, order of 12/01/2026"})
    assert refused.status_code == 403
    other = office.browser(DESIGNEE)
    page = page_of(other.post(f"/evidence/{made.pk}/destroy/", {"because": "shredded, order of 12/01/2026"}, follow=True))
    assert "no copy of its file opens any more" in page
    assert Package.objects.get().state == PackageState.DESTROYED


def test_it_can_be_returned(office, made):
    browser = office.browser(SUPERVISOR)
    browser.post(f"/evidence/{made.pk}/book/", BOOKED)
    wrong = browser.post(f"/evidence/{made.pk}/return/", {"to_whom": "", "because": ""})
    assert wrong.status_code == 422
    page = page_of(
        browser.post(f"/evidence/{made.pk}/return/", {"to_whom": "Circuit court", "because": "order of 12/01/2026"}, follow=True)
    )
    assert "to Circuit court: order of 12/01/2026" in page


def test_forms_that_are_empty_are_refused_and_change_nothing(office, made):
    browser = office.browser(SUPERVISOR)
    browser.post(f"/evidence/{made.pk}/book/", BOOKED)
    for act in ("hand-on", "destroy"):
        assert browser.post(f"/evidence/{made.pk}/{act}/", {}).status_code == 422
    assert Booking.objects.get().ended_at is None


def test_the_passphrase_is_shown_once_asked_for_and_written_down(office, made):
    browser = office.browser(SUPERVISOR)
    passphrase = passphrase_of(made)
    assert passphrase not in page_of(browser.get(f"/evidence/{made.pk}/"))
    answer = browser.post(f"/evidence/{made.pk}/passphrase/")
    assert passphrase in page_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert ("evidence.passphrase", SUPERVISOR) in office.ledger()
    assert office.browser(AUDITOR).post(f"/evidence/{made.pk}/passphrase/").status_code == 403


def test_the_papers_are_pdf_and_only_of_a_booked_package(office, made):
    browser = office.browser(SUPERVISOR)
    assert browser.get(f"/evidence/{made.pk}/label.pdf").status_code == 404
    browser.post(f"/evidence/{made.pk}/book/", BOOKED)
    for which in ("label", "custody"):
        answer = browser.get(f"/evidence/{made.pk}/{which}.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert office.browser(OPERATOR).get(f"/evidence/{made.pk}/label.pdf").status_code == 403


def test_a_package_that_is_not_there_is_not_there(office):
    assert office.browser(SUPERVISOR).get("/evidence/4711/").status_code == 404


def test_an_unfinished_package_says_so(office, made):
    with office.database.connect("postgres") as root:
        root.execute("update office.evidence_package set state = 'making', sha512 = '', written_at = null")
    page = page_of(office.browser(SUPERVISOR).get(f"/evidence/{made.pk}/"))
    assert "broken off" in page
    assert "Book into evidence" not in page


def test_many_packages_are_shown_by_the_hundred(office, made):
    with office.database.connect("postgres") as root:
        root.execute(
            "insert into office.evidence_package (hold_id, access_id, since, until, made_by, made_by_number, made_at, reads, state, sha512)"
            " select hold_id, gen_random_uuid(), since, until, made_by, made_by_number, made_at, reads, 'making', ''"
            " from office.evidence_package, generate_series(1, 120)"
        )
    browser = office.browser(SUPERVISOR)
    page = page_of(browser.get("/evidence/"))
    assert "Older ones" in page
    older = page_of(browser.get("/evidence/", {"before": page.split("?before=")[1].split('"')[0]}))
    assert made.number in older
    assert page_of(browser.get("/evidence/", {"before": "nonsense"}))
