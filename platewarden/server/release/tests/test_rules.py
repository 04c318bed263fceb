"""What makes a request a request, and what bars it."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import INSTRUMENTS, load_department
from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.people.testing import DESIGNEE
from platewarden.server.release.models import AgencyKind, Basis
from platewarden.server.release.rules import LARGEST_LETTER, barred, must_be_a_letter, must_be_permitted, must_be_written
from platewarden.server.release.testing import LETTER, by_law, new_request


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


def test_an_instrument_is_of_who_needs_one_and_of_a_kind_that_the_departments_file_lists(office):
    here, clerk = load_department(), Member.objects.get(number=DESIGNEE)

    def said(**changes):
        refusal = must_be_permitted(new_request(**by_law(**changes)), here, clerk, now())
        return refusal.because if refusal else ""

    assert said() == said(permit=None) == ""
    assert "needs no instrument" in said(agency_kind=AgencyKind.PROSECUTORIAL)
    assert "consent, court order, statute. This is none of them" in said(basis=Basis.SUBPOENA)
    assert "not a whole PDF" in said(permit=b"GIF89a")


def test_every_basis_but_the_official_purpose_can_be_listed():
    assert set(Basis) - {Basis.OFFICIAL} == set(INSTRUMENTS)
