"""A purpose is one of the department's list, with its number, for a time; it is written before anything is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.access.purpose import state_purpose, stated_purpose
from platewarden.server.access.testing import asked
from platewarden.server.clock import now
from platewarden.server.people.testing import OPERATOR


def request(office):
    return asked(office.member(OPERATOR), purpose=None, key=None)


def test_a_purpose_lasts_minutes_and_a_patrol_a_shift(office):
    one = request(office)
    stated = state_purpose(one, name="criminal-investigation", reference=" 26-004117 ")
    assert stated_purpose(one) == stated
    assert stated.reference == "26-004117"
    assert timedelta(0) < stated.until - now() <= timedelta(hours=1)
    patrol = state_purpose(one, name="routine-patrol", reference="2a-1123")
    assert patrol.reference == "2A-1123"
    assert timedelta(hours=6) < patrol.until - now() <= timedelta(hours=16)


def test_it_stands_in_the_ledger_and_its_number_in_the_erasable_words(office):
    state_purpose(request(office), name="criminal-investigation", reference="26-004117")
    assert office.ledger()[-1] == ("access.purpose", OPERATOR)
    assert "26-004117" not in office.ask_owner("select body from office.ledger_leaf order by leaf_id desc limit 1")[0][0]
    assert "26-004117" in office.ask_owner("select body from plates.ledger_content order by leaf_id desc limit 1")[0][0]


@pytest.mark.parametrize(
    ("name", "reference", "clause"),
    [
        ("curiosity", "26-004117", Clause.NO_UNAUTHORIZED_PURPOSE),
        ("", "", Clause.NO_UNAUTHORIZED_PURPOSE),
        ("criminal-investigation", "", Clause.LEGITIMATE_PURPOSE),
        ("criminal-investigation", "2A-1123", Clause.LEGITIMATE_PURPOSE),
        ("criminal-investigation", "26-004117\n; a neighbor", Clause.LEGITIMATE_PURPOSE),
        ("routine-patrol", "26-004117", Clause.LEGITIMATE_PURPOSE),
    ],
)
def test_anything_else_is_refused_and_nothing_is_written(office, name, reference, clause):
    before, one = office.ledger(), request(office)
    with pytest.raises(Refused) as refused:
        state_purpose(one, name=name, reference=reference)
    assert refused.value.clause is clause
    assert stated_purpose(one) is None
    assert office.ledger() == before


def test_a_purpose_that_is_over_is_none(office):
    past = now() - timedelta(seconds=1)
    one = asked(office.member(OPERATOR), purpose=["warrant", "Active warrant", "26-004117", past.timestamp()], key=None)
    assert stated_purpose(one) is None


def test_a_page_of_plates_asks_for_it_first_and_comes_back(office):
    browser = office.browser(OPERATOR, purpose=None)
    for path in ("/reads/search/", "/alerts/", "/lists/bolos/"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (
            302,
            f"/purpose/?next=%2F{path.strip('/').replace('/', '%2F')}%2F",
        )
    answer = browser.post("/purpose/", {"purpose": "warrant", "reference": "26-004117", "next": "/reads/search/"})
    assert answer.headers["location"] == "/reads/search/"
    assert browser.get("/reads/search/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example"]
)
def test_it_sends_nobody_to_another_site(office, elsewhere):
    answer = office.browser(OPERATOR).post("/purpose/", {"purpose": "warrant", "reference": "26-004117", "next": elsewhere})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
