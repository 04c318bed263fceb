"""Plate data and pictures are for official use of the department, and not open to public review."""

from __future__ import annotations

from platewarden.server.people.testing import OUTSIDER
from tests.clauses.conftest import text_of

LOOK = {"plate": "AB12345", "span": "week"}


def test_the_public_is_sent_to_sign_in_and_sees_no_read(office):
    office.receive(office.car(), "AB12345")
    for answer in (office.browser().post("/reads/search/", LOOK), office.browser().get("/alerts/")):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
        assert "AB12345" not in text_of(answer)


def test_a_member_without_a_duty_that_looks_sees_no_read(office):
    office.receive(office.car(), "AB12345")
    answer = office.browser(OUTSIDER).post("/reads/search/", LOOK)
    assert answer.status_code == 403
    assert "AB12345" not in text_of(answer)


def test_a_page_is_kept_by_no_browser_and_no_search_engine(office):
    answer = office.browser("1042").get("/reads/search/")
    assert "no-store" in answer["Cache-Control"]
    assert b'name="robots" content="noindex"' in answer.content
