"""Other requests are processed under the Records Maintenance and Release Policy."""

from __future__ import annotations

import pytest

from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.release.models import AgencyKind
from platewarden.server.release.testing import received
from tests.clauses.conftest import text_of


@pytest.mark.parametrize("kind", [AgencyKind.COURT, AgencyKind.GOVERNMENT, AgencyKind.PRIVATE])
def test_a_request_of_anybody_else_is_referred_with_a_letter_and_closed(office, kind):
    made = received(office, agency="The Lakeside Courier", agency_kind=kind)
    browser = office.browser(DESIGNEE)
    assert "Referred to Records" in text_of(browser.get(f"/release/{made.pk}/"))
    assert browser.get(f"/release/{made.pk}/referral.pdf").content.startswith(b"%PDF-")
    decision = {"decision": "approve", "because": "they asked nicely"}
    assert office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", decision).status_code == 409
