"""Data is shared only with law enforcement or prosecutorial agencies, or as otherwise permitted by law."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.release.models import AgencyKind, ReleaseRequest, RequestState
from platewarden.server.release.testing import by_law, received
from tests.clauses.conftest import text_of

DECISION = {"decision": "approve", "because": "one vehicle, one theft"}


@pytest.mark.parametrize("kind", [AgencyKind.LAW_ENFORCEMENT, AgencyKind.PROSECUTORIAL])
def test_a_law_enforcement_or_prosecutorial_agency_is_reviewed_and_can_be_approved(office, kind):
    made = received(office, agency_kind=kind)
    assert "is approved" in text_of(office.browser(SUPERVISOR).post(f"/release/{made.pk}/decide/", DECISION, follow=True))


def test_anybody_else_is_approved_only_with_the_instrument_by_which_a_law_permits_it(office):
    boss = office.browser(SUPERVISOR)
    referred, permitted = received(office, **by_law(permit=None)), received(office, **by_law())
    assert boss.post(f"/release/{referred.pk}/decide/", DECISION).status_code == 409
    page = text_of(boss.post(f"/release/{permitted.pk}/decide/", DECISION, follow=True))
    assert "is approved" in page
    assert permitted.permit_sha256 in page


def test_not_even_the_owner_of_the_database_approves_it_for_anybody_else(office):
    made = received(office, by=DESIGNEE, agency_kind=AgencyKind.PRIVATE)
    with office.database.connect("owner") as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "update office.release_releaserequest set state = 'approved', decided_at = now(), decided_because = 'x',"
            " decided_by_number = '1001' where id = %s",
            [made.pk],
        )
    assert ReleaseRequest.objects.get().state == RequestState.REFERRED
