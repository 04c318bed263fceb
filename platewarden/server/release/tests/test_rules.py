"""What makes a request a request, and what bars it."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.server.release.models import Basis
from platewarden.server.release.rules import LARGEST_LETTER, barred, must_be_a_letter, must_be_written
from platewarden.server.release.testing import LETTER, new_request


@pytest.mark.parametrize("missing", ["agency", "requester", "purpose"])
def test_without_one_of_the_three_it_is_no_request(missing):
    assert must_be_written(new_request(**{missing: "  "})).clause == Clause.WRITTEN_REQUEST


def test_with_all_three_it_is_one():
    assert must_be_written(new_request()) is None


def test_it_says_what_is_asked_for_and_on_what_it_rests():
    assert must_be_written(new_request(asked="all"))
    assert must_be_written(new_request(basis=Basis.STATUTE))
    assert must_be_written(new_request(basis=Basis.STATUTE, instrument="625 ILCS 5/2")) is None


@pytest.mark.parametrize("basis", [Basis.COURT_ORDER, Basis.SUBPOENA, Basis.DISCOVERY])
def test_what_compels_needs_a_hold(basis):
    assert must_be_written(new_request(basis=basis, instrument="of 11/20/2026")).clause == Clause.HOLD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.4 cut off",
        LETTER + b" " * LARGEST_LETTER + b"%%EOF",
        LETTER.replace(b"/Catalog", b"/Catalog/OpenAction 2 0 R"),
    ],
)
def test_a_letter_is_a_plain_pdf(content):
    assert must_be_a_letter(content)


def test_a_plain_pdf_is_one():
    assert must_be_a_letter(LETTER) is None


def test_the_departments_file_bars_prohibited_purposes_and_undeclared_agencies_of_other_states():
    here = load_department()
    assert barred(new_request(), here) == ""
    assert "declares in writing" in barred(new_request(agency_state="WI"), here)
    assert barred(new_request(agency_state="WI", has_declaration=True), here) == ""
    assert here.prohibited_purposes[0] in barred(new_request(prohibited=here.prohibited_purposes[0]), here)
