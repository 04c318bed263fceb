"""My record: one's own lines, newest first, page by page, and nobody else's."""

from __future__ import annotations

import re

from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.views import PAGE
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR

ROSA = Signer(OPERATOR, "Rosa Vega")


def test_it_shows_ones_own_lines_and_no_others(office):
    record(Act.ACCESS_PURPOSE, by=ROSA, purpose="routine-patrol")
    mine, theirs = office.browser(OPERATOR).get("/ledger/mine/"), office.browser(LIST_MANAGER).get("/ledger/mine/")
    assert b"A member stated a purpose." in mine.content
    assert b"A member stated a purpose." not in theirs.content


def test_it_never_shows_what_was_searched_for(office):
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    browser.post("/reads/search/", {"plate": "AB12345", "span": "week"})
    page = browser.get("/ledger/mine/")
    assert b"A member looked for the reads of one plate." in page.content
    assert b"AB12345" not in page.content


def test_older_lines_stand_on_the_next_page_and_none_twice(office):
    for _ in range(PAGE + 5):
        record(Act.ACCESS_PURPOSE, by=ROSA, purpose="routine-patrol")
    browser = office.browser(OPERATOR)
    first = browser.get("/ledger/mine/")
    link = re.search(r'href="(\?before=\d+)"', first.content.decode())
    second = browser.get(f"/ledger/mine/{link[1]}")
    sealed = [int(number) for page in (first, second) for number in re.findall(r"no\. (\d+)", page.content.decode())]
    assert first.content.count(b"<tr>") - 1 == PAGE
    assert sealed == sorted(set(sealed), reverse=True)
    assert second.content.count(b"A member stated a purpose.") == 5


def test_an_address_made_up_by_hand_starts_at_the_newest(office):
    record(Act.ACCESS_PURPOSE, by=ROSA, purpose="routine-patrol")
    browser = office.browser(OPERATOR)
    for made_up in ("x", "-1", "9" * 30, "1;drop"):
        page = browser.get("/ledger/mine/", {"before": made_up})
        assert page.status_code == 200
        assert b"Newest first" in page.content
