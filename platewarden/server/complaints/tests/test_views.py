"""The pages: taken in by one member, decided by another, answered on paper."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.complaints.models import Complaint
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import WORDS, complained
from platewarden.server.complaints.tests.test_forms import GIVEN
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.testing import LETTER

DECISION = {"outcome": "founded", "because": "the list was a day old", "answer": "Our list was old that day."}


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def test_it_is_taken_in_looked_into_decided_and_answered_through_the_pages(office):
    clerk, boss = office.browser(DESIGNEE), office.browser(SUPERVISOR)
    assert "Take a complaint in" in text(clerk.get("/complaints/new/"))
    letter = SimpleUploadedFile("letter.pdf", LETTER, content_type="application/pdf")
    page = text(clerk.post("/complaints/new/", GIVEN | {"letter": letter}, follow=True))
    made = Complaint.objects.get()
    assert f"{made} is on file." in page
    assert "does not decide on it" in page
    page = f"/complaints/{made.pk}/"
    assert "June Ellery" not in text(boss.get(page))
    assert "June Ellery" in text(boss.post(f"{page}show/"))
    assert boss.post(f"{page}letter/").content == LETTER
    assert "no member 9" in text(boss.post(f"{page}link/", {"members": "9"}), 422)
    assert "what was found out" in text(boss.post(f"{page}link/", {}), 422)
    assert "It belongs to" in text(boss.post(f"{page}link/", {"members": "1042"}, follow=True))
    assert boss.post(f"{page}answer.pdf").status_code == 404
    assert "Write the answer" in text(boss.post(f"{page}decide/", DECISION | {"answer": ""}), 422)
    assert "is decided" in text(boss.post(f"{page}decide/", DECISION, follow=True))
    assert boss.post(f"{page}decide/", DECISION).status_code == 409
    assert boss.post(f"{page}answer.pdf").content.startswith(b"%PDF-")
    assert made.number in text(boss.get("/complaints/"))


def test_what_is_no_complaint_is_said_and_what_was_filled_in_stays(office):
    page = text(office.browser(DESIGNEE).post("/complaints/new/", GIVEN | {"look_line": "999999"}), 422)
    assert "no look on that line" in page
    assert "June Ellery" in page


def test_whom_it_is_about_neither_sees_nor_finds_it(office):
    made = complained(office, links=Links(members=(office.member(SUPERVISOR),)))
    boss = office.browser(SUPERVISOR)
    assert made.number not in text(boss.get("/complaints/"))
    assert "about you" in text(boss.get(f"/complaints/{made.pk}/"), 403)
    for each in ("show", "letter", "link", "decide"):
        assert boss.post(f"/complaints/{made.pk}/{each}/", DECISION).status_code == 403
    assert WORDS in text(office.browser(AUDITOR).post(f"/complaints/{made.pk}/show/"))


def test_an_operator_is_refused_and_a_letter_that_never_came_is_not_found(office):
    made = complained(office)
    assert office.browser(OPERATOR).get("/complaints/").status_code == 403
    assert office.browser(OPERATOR).get("/complaints/new/").status_code == 403
    assert office.browser(SUPERVISOR).post(f"/complaints/{made.pk}/letter/").status_code == 404
    assert office.browser(SUPERVISOR).get("/complaints/99/").status_code == 404
