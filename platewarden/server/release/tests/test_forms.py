"""What is wrong stands at its field."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from platewarden.server.release.forms import DecideForm, FindForm, ReceiveForm
from platewarden.server.release.rules import LARGEST_LETTER
from platewarden.server.release.testing import LETTER

GIVEN = {
    "agency": "Lakeside Police Department",
    "agency_kind": "law enforcement",
    "agency_state": "il",
    "requester": "Det. Mara Quist",
    "purpose": "armed robbery",
    "basis": "official purpose",
    "asked": "Reads of AB12345 on 11/20/2026",
}


def letter(content=LETTER):
    return {"letter": SimpleUploadedFile("letter.pdf", content, content_type="application/pdf")}


def test_a_whole_one_becomes_a_request(office):
    form = ReceiveForm(GIVEN, letter())
    assert form.is_valid(), form.errors
    assert (form.new().agency_state, form.new().letter) == ("IL", LETTER)


def test_each_of_the_three_is_asked_for_and_the_letter(office):
    form = ReceiveForm({}, {})
    assert {"agency", "requester", "purpose", "letter", "asked"} <= set(form.errors)


def test_a_large_letter_is_said_at_its_field(office):
    assert "10 MB" in str(ReceiveForm(GIVEN, letter(b"x" * (LARGEST_LETTER + 1))).errors["letter"])


def test_narrowing_says_to_what():
    assert "only" in DecideForm({"decision": "narrow", "because": "one day is enough"}).errors
    assert DecideForm({"decision": "deny", "because": "of no case here"}).is_valid()


def test_nothing_is_needed_to_find():
    assert FindForm({}).is_valid()
