"""The letter of referral."""

from __future__ import annotations

from platewarden.server.release.models import AgencyKind
from platewarden.server.release.papers import referral_pdf
from platewarden.server.release.testing import received
from platewarden.server.release.views import facts_of


def test_it_is_a_tagged_pdf_and_names_no_vehicle(office):
    facts = facts_of(received(office, agency_kind=AgencyKind.PRIVATE))
    assert "AB12345" not in str(facts)
    assert facts["clause"] == "427.7"
    made = referral_pdf(facts)
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
