"""The letter to the agency of a wrong entry: the entry, what is wrong and who found it, and nothing of the read."""

from __future__ import annotations

from platewarden.server.alerts import views
from platewarden.server.alerts.note import write
from platewarden.server.alerts.papers import letter_pdf
from platewarden.server.alerts.tests.test_note import FOUND, WORDS, wrong_alert
from platewarden.server.people.testing import OPERATOR, SUPERVISOR


def test_the_letter_says_what_the_agency_needs_and_nothing_of_the_read(office, monkeypatch):
    note = write(wrong_alert(office).pk, **FOUND, by=office.member(OPERATOR))
    seen = []
    monkeypatch.setattr(views, "letter_pdf", lambda facts: seen.append(facts) or b"%PDF-")
    office.browser(SUPERVISOR).get(f"/alerts/notes/{note.pk}/letter/")
    (facts,) = seen
    assert (facts["plate"], facts["state"], facts["reference"], facts["agency"]) == ("AB12345", "Illinois", "SV-77", "State Police")
    assert (facts["words"], facts["found_by"]) == (WORDS, str(office.member(OPERATOR)))
    assert facts["wrong"].startswith("The entry is out of date")
    assert "Car 12" not in str(facts)


def test_it_is_a_tagged_pdf_whatever_was_written():
    names = "department written number agency source plate state category reference vehicle held wrong words found_by clause"
    made = letter_pdf(dict.fromkeys(names.split(), '#panic("x") *bold* $1 \\ “quoted” @label'))
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
