"""A code counts once, wherever and however it is written; its secret is nothing without the key outside the database."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import ValidationError

from platewarden.server.access.second_factor import USED, has_second_factor, use_once
from platewarden.server.access.testing import clock, give_code, give_password, new_browser
from platewarden.server.people.testing import OPERATOR, OUTSIDER, SEED, SUPERVISOR

__all__ = ["clock"]


def at_the_code_page(office, number=OPERATOR):
    browser = new_browser()
    assert give_password(browser, number, office.handed[number].password).headers["location"] == "/sign-in/code/"
    return browser


@pytest.mark.parametrize("written", ["{0}{1}", "{0} {1}", "{0}-{1}", " {0}{1} ", "{0}.{1}"])
def test_a_code_is_taken_once_across_processes_however_it_is_written(office, clock, written):
    first, second = at_the_code_page(office), at_the_code_page(office)
    assert give_code(first, clock.code()).status_code == 302
    cache.clear()  # the sign-in library remembers used codes in the memory of one process; this is another one
    answer = give_code(second, written.format(clock.code()[:3], clock.code()[3:]))
    assert answer.status_code == 200
    assert USED.encode() in answer.content
    assert "person" not in second.cookies
    assert give_code(second, clock.next_code()).status_code == 302


def test_the_same_digits_of_another_member_are_another_code(office):
    rosa, dana = office.member(OPERATOR), office.member(SUPERVISOR)
    use_once(rosa, "123456")
    use_once(dana, "123456")
    with pytest.raises(ValidationError):
        use_once(rosa, "123 456")


def test_of_two_that_bring_one_code_at_once_the_database_takes_one(office):
    """The row is the judge, not the look before it."""
    with office.database.connect("login") as conn:
        conn.execute("insert into office.access_usedcode (member_id, code_sha256, period, at) values (1, '\\x01', 1, now())")
        with pytest.raises(Exception, match="a_code_once"):
            conn.execute("insert into office.access_usedcode (member_id, code_sha256, period, at) values (1, '\\x01', 1, now())")


def test_secrets_are_encrypted_in_the_database(office):
    rows = office.ask_owner("select data::text from office.mfa_authenticator")
    assert len(rows) >= 8
    assert all(SEED not in data for (data,) in rows)
    assert len({data for (data,) in rows}) == len(rows)  # the same secret never looks the same
    adapter = get_adapter()
    assert adapter.decrypt(adapter.encrypt(SEED)) == SEED


def test_a_secret_altered_in_the_database_opens_nothing(office, clock):
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.mfa_authenticator set data = jsonb_build_object('secret', %s::text)", [SEED])
    answer = give_code(at_the_code_page(office), clock.code())
    assert answer.status_code == 500
    assert SEED.encode() not in answer.content


def test_a_code_of_another_half_minute_is_wrong(office, clock):
    browser = at_the_code_page(office)
    old = clock.code()
    clock.next_code()
    assert give_code(browser, old).status_code == 200
    assert give_code(browser, clock.code()).status_code == 302


def test_nobody_gets_to_the_code_page_without_the_password(office, clock):
    browser = new_browser()
    assert browser.get("/sign-in/code/").headers["location"].startswith("/sign-in/")
    assert give_code(browser, clock.code()).headers["location"].startswith("/sign-in/")
    assert "person" not in browser.cookies


def test_who_has_no_second_factor_sets_one_up_and_signs_in_with_it(office, clock):
    with office.database.connect("postgres") as superuser:
        superuser.execute("delete from office.mfa_authenticator where user_id = %s", [office.member(OUTSIDER).pk])
    assert not has_second_factor(office.member(OUTSIDER))
    browser = new_browser()
    give_password(browser, OUTSIDER, office.handed[OUTSIDER].password)
    for path in ("/", "/reads/search/", "/alerts/", "/ledger/mine/", "/purpose/"):
        assert browser.get(path).headers["location"] == "/second-factor/"
    assert "person" not in browser.cookies
    assert browser.get("/second-factor/").status_code == 200
    seed = browser.session["mfa.totp.secret"]
    assert browser.post("/second-factor/", {"code": clock.wrong_code()}).status_code == 200
    answer = browser.post("/second-factor/", {"code": clock.code(seed)})
    assert answer.status_code == 302, answer.content
    assert has_second_factor(office.member(OUTSIDER))
    assert ("access.second_factor", OUTSIDER) in office.ledger()
    assert browser.get("/").headers["location"] == "/sign-in/"  # this session was opened without it
    again = at_the_code_page(office, OUTSIDER)
    clock.period += 1
    assert give_code(again, clock.code(seed)).status_code == 302


def test_a_second_factor_that_is_there_cannot_be_set_up_over_it(office):
    browser = office.browser(OPERATOR)
    for answer in (browser.get("/second-factor/"), browser.post("/second-factor/", {"code": "123456"})):
        assert (answer.status_code, answer.headers["location"]) == (302, "/")
