"""Home, and the way a whole look goes: from the car's door to a page."""

from __future__ import annotations

from platewarden.server.people.testing import OPERATOR, UNTRAINED


def test_home_shows_the_members_duties(office):
    answer = office.browser(OPERATOR).get("/")
    assert answer.status_code == 200
    assert b"Rosa Vega" in answer.content


def test_a_read_that_came_in_is_found_by_its_plate(office):
    car = office.car()
    receipt = office.receive(car, "AB12345")
    assert receipt.items[0].outcome == "kept"
    answer = office.browser(OPERATOR).post("/reads/search/", {"plate": "ab 12345", "span": "week"})
    assert answer.status_code == 200
    assert b"AB12345" in answer.content
    assert ("reads.search", OPERATOR) in office.ledger()


def test_an_untrained_member_is_refused_with_the_clause(office):
    answer = office.browser(UNTRAINED).get("/")
    assert answer.status_code == 403
    assert b"427.4(d)" in answer.content
    assert ("access.refused", UNTRAINED) in office.ledger()
