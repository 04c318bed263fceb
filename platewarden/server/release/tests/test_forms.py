"""What is wrong stands at its field."""

from __future__ import annotations

import pytest
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


WITHIN = {"hold_since": "2026-11-01T00:00", "hold_until": "2026-11-21T00:00", "hold_reference": "26-004117"}
ORDERED = GIVEN | {"basis": "court order", "instrument": "order of 11/20/2026"}


def test_a_court_order_says_what_is_held(office):
    form = ReceiveForm(ORDERED | WITHIN | {"hold_plate": "ab 12345"}, letter())
    assert form.is_valid(), form.errors
    assert form.new().to_hold.named.plate == "AB12345"
    assert ReceiveForm(ORDERED | WITHIN | {"hold_plate": "AB?2*"}, letter()).is_valid()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"hold_plate": "AB12345"}, "from when and to when"),
        (WITHIN | {"hold_lat": "42.2"}, "one of the two"),
        (WITHIN | {"hold_plate": "AB12345", "hold_reference": "?"}, "no case or action number"),
    ],
)
def test_a_hold_that_says_too_little_stands_at_its_field(office, given, words):
    form = ReceiveForm(ORDERED | given, letter())
    assert not form.is_valid()
    assert words in str(form.errors)
