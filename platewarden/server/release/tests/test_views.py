"""The pages: taken in by one member, decided by another, found again."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.models import AgencyKind, ReleaseRequest, RequestState
from platewarden.server.release.testing import LETTER, received
from platewarden.server.release.tests.test_forms import GIVEN

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
