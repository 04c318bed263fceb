"""A session is over after thirty minutes without a person's input, or after twelve hours; a live page is no person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR, UNTRAINED


def ago(browser, **moments: timedelta):
    session = browser.session
    for name, how_long in moments.items():
        session[name] = (now() - how_long).timestamp()
    session.save()
    return browser


def is_out(browser, path="/") -> bool:
    answer = browser.get(path)
    return answer.status_code == 302 and answer.headers["location"].startswith("/sign-in/")


def test_it_is_over_after_thirty_minutes_without_input(office):
    assert not is_out(ago(office.browser(OPERATOR), last_input_at=timedelta(minutes=29)))
    browser = ago(office.browser(SUPERVISOR), last_input_at=timedelta(minutes=30, seconds=5))
    assert is_out(browser)
    assert office.ledger()[-1] == ("access.sign_out", SUPERVISOR)
    assert office.ask_owner("select count(*) from office.signed_in where member_number = %s and ended_at is null", SUPERVISOR) == [
        (0,)
    ]
    assert is_out(browser)


def test_it_is_over_after_twelve_hours_whatever_was_done(office):
    assert not is_out(ago(office.browser(OPERATOR), signed_in_at=timedelta(hours=11, minutes=59)))
    assert is_out(ago(office.browser(OPERATOR), signed_in_at=timedelta(hours=12, seconds=5)))


def test_a_session_that_never_says_when_it_began_is_over(office):
    browser = office.browser(OPERATOR)
    session = browser.session
    del session["signed_in_at"]
    session.save()
    assert is_out(browser)


def test_a_page_extends_it_and_so_does_a_touch(office):
    for call in (lambda browser: browser.get("/"), lambda browser: browser.post("/touch/")):
        browser = ago(office.browser(OPERATOR), last_input_at=timedelta(minutes=20))
        call(browser)
        assert now().timestamp() - browser.session["last_input_at"] < 60


@pytest.mark.parametrize("path", ["/alerts/stream/", "/alerts/1/strip/"])
def test_what_a_page_fetches_by_itself_does_not(office, path):
    browser = ago(office.browser(OPERATOR), last_input_at=timedelta(minutes=20))
    answer = browser.get(path)
    assert answer.status_code in (200, 404)
    assert now().timestamp() - browser.session["last_input_at"] > 19 * 60
    answer.close()


def test_neither_of_them_opens_for_a_session_that_is_over(office):
    for path in ("/alerts/stream/", "/alerts/1/strip/"):
        assert is_out(ago(office.browser(OPERATOR), last_input_at=timedelta(minutes=31)), path)


def test_without_the_persons_cookie_one_is_signed_out(office):
    browser = office.browser(OPERATOR)
    del browser.cookies["person"]
    assert is_out(browser)
    assert is_out(browser, "/reads/search/")


@pytest.mark.parametrize("forged", ["", "zz", "00", "00" * 32, "00" * 33])
def test_with_an_invented_one_too(office, forged):
    browser = office.browser(OPERATOR)
    browser.cookies["person"] = forged
    assert is_out(browser)


def test_with_a_colleagues_cookie_one_does_not_look_in_their_name(office):
    """A key that was taken from another browser opens nothing outside the session it was handed to."""
    colleague, thief = office.browser(SUPERVISOR), office.browser(OPERATOR)
    thief.cookies["person"] = colleague.cookies["person"].value
    assert is_out(thief, "/reads/search/")
    assert thief.post("/reads/search/", {"plate": "AB12345", "span": "week"}).status_code == 302
    assert office.ask_owner("select count(*) from office.access_record") == [(0,)]
    assert not is_out(colleague)


def test_a_session_without_the_second_factor_is_signed_out(office):
    browser = office.browser(OPERATOR)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password"}]
    session.save()
    assert is_out(browser)


def test_who_left_is_signed_out_at_the_next_page(office):
    browser = office.browser(OPERATOR)
    Member.objects.filter(number=OPERATOR).update(is_active=False)
    assert is_out(browser)


def test_the_untrained_see_the_refusal_everywhere_but_at_the_way_out(office):
    browser = office.browser(UNTRAINED)
    for path in (
        "/",
        "/reads/search/",
        "/alerts/",
        "/alerts/stream/",
        "/lists/",
        "/units/",
        "/people/",
        "/ledger/mine/",
        "/purpose/",
    ):
        answer = browser.get(path)
        assert answer.status_code == 403, path
        assert b"427.4(d)" in answer.content
    assert browser.post("/lock/").status_code == 302


def test_every_page_sends_a_stranger_to_sign_in(office):
    stranger = office.browser()
    for path in (
        "/",
        "/reads/search/",
        "/alerts/",
        "/alerts/stream/",
        "/alerts/1/",
        "/lists/",
        "/units/",
        "/people/",
        "/ledger/mine/",
        "/purpose/",
    ):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (302, "/sign-in/"), path
    assert stranger.post("/touch/").status_code == 302


def test_a_key_in_the_database_is_a_hash(office):
    browser = office.browser(OPERATOR)
    key = bytes.fromhex(browser.cookies["person"].value)
    stored = [bytes(cookie) for (cookie,) in office.ask_owner("select cookie_sha256 from office.signed_in")]
    assert stored == [hashlib.sha256(key).digest()]
