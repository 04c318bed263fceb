"""Members look at data for legitimate purposes only, such as a specific case or action."""

from __future__ import annotations

import json

import pytest

from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of


@pytest.mark.parametrize("number", ["", "my own", "004117"])
def test_an_investigation_without_its_case_number_opens_nothing(office, number):
    browser = office.browser(OPERATOR, purpose=None)
    answer = browser.post("/purpose/", {"purpose": "criminal-investigation", "reference": number})
    assert answer.status_code == 422
    assert "needs a case number such as 26-004117" in text_of(answer)
    assert browser.get("/reads/search/")["Location"].startswith("/purpose/")


def test_every_look_carries_its_purpose_and_its_case(office):
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR, purpose=None)
    browser.post("/purpose/", {"purpose": "criminal-investigation", "reference": "26-004117"})
    office.seal()
    assert browser.post("/reads/search/", {"plate": "AB12345", "span": "week"}).status_code == 200
    ((body,),) = office.ask_owner("select body from office.ledger_leaf where act = 'reads.search'")
    assert json.loads(body)["purpose"] == "criminal-investigation"
    assert office.ask_owner("select purpose from office.access_record where act = 'reads.search'") == [("criminal-investigation",)]
    assert office.ask_owner("select reference from plates.access_terms t join office.access_record r using (access_id)") == [
        ("26-004117",)
    ]
