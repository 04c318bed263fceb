"""A member's own lines, without words, newest first, page by page."""

from __future__ import annotations

from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.read import lines_of, sign_ins_of
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.testing import AUDITOR, OPERATOR

ROSA = Signer(OPERATOR, "Rosa Vega")


def test_a_member_sees_their_own_lines_and_nobody_elses(office):
    record(Act.ALERTS_VERIFY, by=Signer(AUDITOR, "Ada Brandt"))
    leaf = record(Act.ALERTS_DISPOSE, by=ROSA, purpose="stolen-vehicle", content={"plate": "AB12345"})
    (line,) = lines_of(OPERATOR)
    assert (line.leaf, line.act, line.purpose) == (leaf, "alerts.dispose", "stolen-vehicle")
    assert line.sentence == Act.ALERTS_DISPOSE.sentence
    assert "AB12345" not in str(line)


def test_a_line_shows_its_place_once_it_is_sealed(office):
    record(Act.ALERTS_DISPOSE, by=ROSA)
    assert lines_of(OPERATOR)[0].sealed is None
    office.seal()
    assert lines_of(OPERATOR)[0].sealed is not None


def test_lines_come_newest_first_page_by_page_with_none_lost(office):
    written = [record(Act.ALERTS_DISPOSE, by=ROSA) for _ in range(7)]
    first = lines_of(OPERATOR, at_most=3)
    second = lines_of(OPERATOR, before=first[-1].leaf, at_most=3)
    third = lines_of(OPERATOR, before=second[-1].leaf, at_most=3)
    assert [line.leaf for line in (*first, *second, *third)] == written[::-1]


def test_the_last_two_sign_ins_are_told(office):
    for _ in range(3):
        record(Act.ACCESS_SIGN_IN, by=ROSA)
    newest, before = sign_ins_of(OPERATOR)
    assert newest > before
    assert sign_ins_of(AUDITOR) == []


def test_a_look_stands_on_the_members_own_page(office):
    browser = office.browser(OPERATOR)
    browser.post("/reads/search/", {"plate": "AB12345", "span": "week"})
    page = browser.get("/ledger/mine/")
    assert Act.READS_SEARCH.sentence in page.content.decode()
    assert b"AB12345" not in page.content
