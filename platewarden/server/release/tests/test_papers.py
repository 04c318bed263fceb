"""The letter of referral, and the receipt."""

from __future__ import annotations

import hashlib
import json

from platewarden.server.people.testing import DESIGNEE
from platewarden.server.release.hand_over import hand_over
from platewarden.server.release.models import AgencyKind, ReleaseReceipt
from platewarden.server.release.papers import receipt_pdf, referral_pdf
from platewarden.server.release.testing import PERMIT, by_law, granted, opened, received, sealed
from platewarden.server.release.views import facts_of, facts_of_receipt
from platewarden.server.retention.testing import request_of


def test_it_is_a_tagged_pdf_and_names_no_vehicle(office):
    facts = facts_of(received(office, agency_kind=AgencyKind.PRIVATE))
    assert "AB12345" not in str(facts)
    assert facts["clause"] == "427.7"
    made = referral_pdf(facts)
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made


def test_the_receipt_is_a_paper_too(office, reads, agency_key):
    asked = granted(office)
    hand_over(request_of(office, DESIGNEE), sealed(office, asked, to=agency_key).pk, to_whom="Det. Mara Quist", way="in person")
    made = receipt_pdf(facts_of_receipt(ReleaseReceipt.objects.get()))
    assert made.startswith(b"%PDF-")
    assert b"AB12345" not in made


def test_the_receipt_and_the_package_name_the_instrument_of_who_is_no_agency(office, reads, agency_key):
    package = sealed(office, granted(office, **by_law()), to=agency_key)
    inside = opened(package, agency_key)
    assert b"Permitted by law: Written consent" in inside["READ-ME.txt"]
    assert json.loads(inside["release.json"])["instrument_sha256"] == hashlib.sha256(PERMIT).hexdigest()
    assert inside["cover.pdf"].startswith(b"%PDF-")
    hand_over(request_of(office, DESIGNEE), package.pk, to_whom="Ina Wolff", way="in person")
    facts = facts_of_receipt(ReleaseReceipt.objects.get())
    assert facts["permitted_by"] == "Written consent of the vehicle's owner: consent of Ada Marsh, 11/20/2026"
    assert receipt_pdf(facts).startswith(b"%PDF-")
