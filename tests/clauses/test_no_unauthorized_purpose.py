"""Nobody uses, or lets others use, equipment or records for an unauthorized purpose."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.people.testing import OPERATOR, UNTRAINED


def test_a_purpose_that_is_not_the_departments_opens_nothing(office):
    browser = office.browser(OPERATOR, purpose=None)
    assert browser.post("/purpose/", {"purpose": "curiosity", "reference": "26-004117"}).status_code == 422
    assert browser.get("/alerts/")["Location"].startswith("/purpose/")
    assert ("access.purpose", OPERATOR) not in office.ledger()


def test_a_purpose_that_is_not_the_departments_starts_no_car(sign_on_in_car):
    with pytest.raises(Refused) as refused:
        sign_on_in_car(OPERATOR, purpose="curiosity", reference="")
    assert refused.value.clause is Clause.NO_UNAUTHORIZED_PURPOSE


def test_nobody_starts_a_car_with_anothers_secret(office, sign_on_in_car):
    with pytest.raises(Refused, match="do not fit"):
        sign_on_in_car(OPERATOR, secret=office.handed[UNTRAINED].shift_secret)


def test_nobody_looks_with_anothers_sign_in(office):
    """A copied session without the second cookie, or with another member's, opens nothing."""
    mine, theirs = office.browser(OPERATOR), office.browser("1001")
    mine.cookies["person"] = theirs.cookies["person"].value
    office.receive(office.car(), "AB12345")
    office.seal()
    answer = mine.post("/reads/search/", {"plate": "AB12345", "span": "week"})
    assert answer.status_code == 302
    assert ("reads.search", OPERATOR) not in office.ledger()
    assert ("reads.search", "1001") not in office.ledger()
