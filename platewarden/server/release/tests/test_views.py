"""The pages: taken in by one member, decided by another, found again."""

from __future__ import annotations

import pyrage
from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.fulfil import newest_package
from platewarden.server.release.hand_over import hand_over
from platewarden.server.release.models import AgencyKind, ReleaseRequest, RequestState
from platewarden.server.release.testing import LETTER, PERMIT, approved, granted, received, sealed
from platewarden.server.release.tests.test_forms import GIVEN
from platewarden.server.retention.testing import request_of

DECISION = {"decision": "approve", "because": "one vehicle, one robbery"}


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def letter(content=LETTER):
    return SimpleUploadedFile("letter.pdf", content, content_type="application/pdf")


def test_it_is_taken_in_and_decided_through_the_pages(office):
    page = text(office.browser(DESIGNEE).post("/release/new/", GIVEN | {"letter": letter()}, follow=True))
    assert "is on file and waits for review" in page
    assert "AB12345" not in page
    made = ReleaseRequest.objects.get()
    assert "does not decide on it" in page
    page = text(office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", DECISION, follow=True))
    assert f"{made.number} is approved." in page


def test_what_is_no_letter_is_said_and_what_was_filled_in_stays(office):
    page = text(office.browser(DESIGNEE).post("/release/new/", GIVEN | {"letter": letter(b"GIF89a")}), 422)
    assert "not a whole PDF" in page
    assert "Det. Mara Quist" in page


def test_what_is_asked_for_is_shown_when_asked(office):
    made = received(office)
    browser = office.browser(AUDITOR)
    assert "AB12345" not in text(browser.get(f"/release/{made.pk}/"))
    assert "AB12345" in text(browser.post(f"/release/{made.pk}/show/"))
    answer = browser.post(f"/release/{made.pk}/letter/")
    assert answer.content == LETTER
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_list_finds_and_names_the_agencys_history(office):
    first, second = received(office), received(office)
    browser = office.browser(SUPERVISOR)
    assert first.number in text(browser.get("/release/"))
    assert "No request is on file" in text(browser.post("/release/", {"words": "nobody"}))
    assert second.number in text(browser.get(f"/release/{first.pk}/"))


def test_a_wrong_decision_stands_at_its_field(office):
    made = received(office)
    assert "what of it is approved" in text(
        office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", DECISION | {"decision": "narrow"}), 422
    )


def test_a_referred_one_has_its_letter_and_no_other_does(office):
    referred, waiting = received(office, agency_kind=AgencyKind.PRIVATE), received(office)
    assert referred.state == RequestState.REFERRED
    browser = office.browser(DESIGNEE)
    assert browser.get(f"/release/{referred.pk}/referral.pdf").content.startswith(b"%PDF-")
    assert browser.get(f"/release/{waiting.pk}/referral.pdf").status_code == 404


def test_an_operator_takes_none_in(office):
    assert office.browser(OPERATOR).get("/release/new/").status_code == 403


WITHIN = {"since": "2026-09-01T00:00", "until": f"{now():%Y-%m-%dT%H:%M}"}


def test_an_approved_request_is_named_sealed_and_handed_over_through_the_pages(office, reads, agency_key):
    asked = approved(office)
    page = f"/release/{asked.pk}/"
    text_of = text(office.browser(SUPERVISOR).post(f"{page}name/", WITHIN | {"vehicles": "ab 12345"}, follow=True))
    assert f"{asked.number} covers 2 reads, and no other." in text_of
    clerk = office.browser(DESIGNEE)
    assert "no public key of age" in text(clerk.post(f"{page}fulfil/", {"recipient": "age1nothing"}), 422)
    assert "is sealed to the agency" in text(clerk.post(f"{page}fulfil/", {"recipient": str(agency_key.to_public())}, follow=True))
    taken = clerk.get(f"{page}package/")
    assert taken["Content-Disposition"] == f'attachment; filename="{newest_package(asked).number}.zip.age"'
    assert pyrage.decrypt(taken.content, [agency_key])[:2] == b"PK"
    assert clerk.get(f"{page}receipt.pdf").status_code == 404
    assert "Enter the name of the person" in text(clerk.post(f"{page}hand-over/", {"way": "by mail"}), 422)
    done = text(clerk.post(f"{page}hand-over/", {"to_whom": "Det. Mara Quist", "way": "on a stick"}, follow=True))
    assert "Its receipt is on file" in done
    assert "AB12345" not in done
    assert clerk.get(f"{page}receipt.pdf").content.startswith(b"%PDF-")
    assert clerk.get(f"{page}package/").status_code == 404
    assert clerk.post(f"{page}fulfil/", {"recipient": str(agency_key.to_public())}).status_code == 403


def test_a_name_that_covers_nothing_or_is_no_name_stands_on_the_form(office, reads):
    page, browser = f"/release/{approved(office).pk}/name/", office.browser(SUPERVISOR)
    assert "Nothing is kept that this names" in text(browser.post(page, WITHIN | {"vehicles": "NO0NE"}), 422)
    assert "one of the two" in text(browser.post(page, WITHIN), 422)
    assert "latitude, longitude" in text(browser.post(page, WITHIN | {"lat": "42.2"}), 422)


def test_who_may_not_is_refused_on_every_page_of_it(office, reads):
    page, browser = f"/release/{approved(office).pk}/", office.browser(OPERATOR)
    assert [browser.post(f"{page}{each}/").status_code for each in ("name", "fulfil")] == [403, 403]
    assert browser.get(f"{page}package/").status_code == 403
    assert browser.get(f"{page}receipt.pdf").status_code == 403
    assert browser.post(f"{page}hand-over/").status_code == 404


def test_an_instrument_goes_the_third_path_through_the_pages(office):
    given = GIVEN | {
        "agency": "Prairie Mutual",
        "agency_kind": "private",
        "basis": "consent",
        "instrument": "consent of 11/20/2026",
    }
    clerk = office.browser(DESIGNEE)
    assert "Unless a law permits it" in text(clerk.get("/release/new/"))
    wrong = {"letter": letter(), "permit": letter(b"GIF89a")}
    assert "not a whole PDF" in text(clerk.post("/release/new/", given | wrong), 422)
    page = text(clerk.post("/release/new/", given | {"letter": letter(), "permit": letter(PERMIT)}, follow=True))
    assert "waits for review" in page
    made = ReleaseRequest.objects.get()
    taken = office.browser(SUPERVISOR).post(f"/release/{made.pk}/instrument/")
    assert taken.content == PERMIT
    assert office.browser(OPERATOR).post(f"/release/{made.pk}/instrument/").status_code == 403
    assert office.browser(SUPERVISOR).post(f"/release/{received(office).pk}/instrument/").status_code == 404
    page = text(office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", DECISION, follow=True))
    assert f"{made.number} is approved." in page


def test_the_history_of_an_agency_says_what_it_asked_and_what_it_was_handed(office, reads, agency_key):
    asked = granted(office)
    hand_over(request_of(office, DESIGNEE), sealed(office, asked, to=agency_key).pk, to_whom="Det. Mara Quist", way="on a stick")
    waiting, other = received(office, agency="LAKESIDE police department"), received(office, agency="Northfield Police Department")
    page = text(office.browser(AUDITOR).get(f"/release/{waiting.pk}/agency/"))
    assert asked.number in page
    assert waiting.number in page
    assert other.number not in page
    assert "2 reads" in page
    assert "AB12345" not in page
    assert office.browser(OPERATOR).get(f"/release/{asked.pk}/agency/").status_code == 403
    assert office.browser(AUDITOR).get("/release/999/agency/").status_code == 404
