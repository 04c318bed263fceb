"""Data is reached only through a password-protected login that documents every access by name, date and time."""

from __future__ import annotations

from datetime import timedelta

from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.exchange.seal import seal_to
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.people.testing import OPERATOR
from tests.clauses.conftest import text_of

LOOK = {"plate": "AB12345", "span": "week"}


def test_a_password_alone_lets_nobody_in(office):
    browser = office.browser()
    browser.post("/sign-in/", {"login": OPERATOR, "password": office.handed[OPERATOR].password})
    assert browser.get("/reads/search/").status_code == 302


def test_a_wrong_password_lets_nobody_in_and_is_counted(office):
    browser = office.browser()
    browser.post("/sign-in/", {"login": OPERATOR, "password": "a guess of somebody's"})
    assert browser.get("/reads/search/").status_code == 302
    assert ("access.failed", None) in office.ledger()


def test_every_look_is_in_the_ledger_by_name_date_and_time(office):
    office.receive(office.car(), "AB12345")
    before = now()
    office.browser(OPERATOR).post("/reads/search/", LOOK)
    ((name, number, at, shown),) = office.ask_owner(
        "select r.member_name, r.member_number, l.at, s.shown from office.access_record r"
        " join office.ledger_leaf l using (leaf_id) join office.access_shown s using (access_id) where r.act = 'reads.search'"
    )
    assert (name, number, shown) == ("Rosa Vega", OPERATOR, 1)
    assert before - timedelta(seconds=2) <= at <= now() + timedelta(seconds=2)


def test_what_was_shown_in_a_car_comes_into_the_same_ledger(office):
    car = office.car()
    shown = JournalLine(at=now(), member=OPERATOR, act="alert.shown", about=None)
    page = JournalPage(unit_key_id=car.key.key_id, sequence=1, lines=(shown,))
    raw = seal_to(office_sealing_key().public_bytes, page.signed(car.key))
    assert office.post_to_door("journal", raw).status_code == 200
    assert office.ledger()[-1] == ("unit.alert_shown", OPERATOR)


def test_what_cannot_be_written_down_is_not_shown(office):
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    with office.database.connect("owner") as owner:
        owner.execute("alter table office.ledger_leaf add constraint full_disk check (false) not valid")
    answer = browser.post("/reads/search/", LOOK)
    assert answer.status_code >= 500
    assert "AB12345" not in text_of(answer)
    assert office.ask_owner("select count(*) from office.access_record") == [(0,)]


def test_the_member_sees_what_was_recorded(office):
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    browser.post("/reads/search/", LOOK)
    assert "A member looked for the reads of one plate." in text_of(browser.get("/ledger/mine/"))
