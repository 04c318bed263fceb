"""From the sign-in page to a bound person and out again, as a browser does it."""

from __future__ import annotations

import hashlib

import psycopg
import pytest

from platewarden.server.access.testing import WRONG, clock, give_code, give_password, new_browser
from platewarden.server.people.models import Member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR

__all__ = ["clock"]


@pytest.fixture
def signed_in(office, clock):
    browser = new_browser()
    assert give_password(browser, OPERATOR, office.handed[OPERATOR].password).headers["location"] == "/sign-in/code/"
    assert browser.get("/sign-in/code/").status_code == 200
    answer = give_code(browser, clock.code())
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    return browser


def person(browser) -> bytes:
    return bytes.fromhex(browser.cookies["person"].value)


def test_the_notice_before_use_stands_beside_the_form(office):
    page = new_browser().get("/sign-in/").content.decode()
    for said in ("Official law enforcement business only", "Everything you look at is recorded", "you agree to this monitoring"):
        assert said in page
    assert page.index("Before you sign in") < page.index('name="login"')


def test_password_alone_is_nobody(office):
    browser = new_browser()
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    assert "person" not in browser.cookies
    assert browser.get("/").headers["location"].startswith("/sign-in/")
    assert office.ask_owner("select count(*) from office.signed_in") == [(0,)]


def test_password_and_code_bind_the_person(office, signed_in):
    rows = office.ask_owner("select cookie_sha256, member_number, ended_at, until_at - signed_in_at from office.signed_in")
    assert [(bytes(cookie), number, ended) for cookie, number, ended, _ in rows] == [
        (hashlib.sha256(person(signed_in)).digest(), OPERATOR, None)
    ]
    assert 11.9 * 3600 < rows[0][3].total_seconds() < 12.1 * 3600
    assert office.ledger()[-1] == ("access.sign_in", OPERATOR)
    assert b"Rosa Vega" in signed_in.get("/").content


def test_the_cookies_are_for_this_browser_this_session_and_no_script(signed_in):
    for name in ("person", "sessionid"):
        cookie = signed_in.cookies[name]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Strict"
        assert cookie["max-age"] == ""
        assert cookie["expires"] == ""


def test_a_look_stands_in_the_name_of_who_signed_in(office, signed_in):
    office.receive(office.car(), "AB12345")
    office.seal()
    signed_in.post("/purpose/", {"purpose": "warrant", "reference": "26-004117", "next": "/"})
    assert b"AB12345" in signed_in.post("/reads/search/", {"plate": "AB12345", "span": "week"}).content
    assert office.ask_owner("select member_number, purpose, act from office.access_record") == [
        (OPERATOR, "warrant", "reads.search")
    ]


@pytest.mark.parametrize("path", ["/sign-out/", "/lock/"])
def test_signing_out_ends_the_binding_in_the_database_too(office, signed_in, path):
    key = person(signed_in)
    answer = signed_in.post(path)
    assert answer.status_code == 302
    assert signed_in.cookies["person"].value == ""
    assert office.ask_owner("select ended_at is null from office.signed_in") == [(False,)]
    assert office.ledger()[-1] == ("access.sign_out", OPERATOR)
    assert signed_in.get("/").headers["location"].startswith("/sign-in/")
    office.seal()
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
        app.execute("select * from office.open_access(%s, 'reads.search', 'p', 'r', '{}')", [key])


def test_a_get_signs_nobody_out(office, signed_in):
    signed_in.get("/sign-out/")
    assert signed_in.get("/lock/").status_code == 405
    assert signed_in.get("/").status_code == 200


def test_a_second_sign_in_is_a_second_binding_with_its_own_key(office, signed_in, clock):
    other = new_browser()
    give_password(other, OPERATOR, office.handed[OPERATOR].password)
    assert give_code(other, clock.next_code()).status_code == 302
    assert person(other) != person(signed_in)
    other.post("/sign-out/")
    assert signed_in.get("/").status_code == 200
    assert office.ask_owner("select count(*) from office.signed_in where ended_at is null") == [(1,)]


def test_the_session_gets_a_new_name_at_sign_in(office, clock):
    browser = new_browser()
    browser.get("/sign-in/")
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    before = browser.cookies["sessionid"].value
    give_code(browser, clock.code())
    assert browser.cookies["sessionid"].value != before


def test_who_left_does_not_sign_in(office, clock):
    Member.objects.filter(number=OPERATOR).update(is_active=False)
    browser = new_browser()
    answer = give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    assert answer.headers.get("location", "/sign-in/inactive/") == "/sign-in/inactive/"
    give_code(browser, clock.code())
    assert browser.get("/").headers["location"].startswith("/sign-in/")
    assert office.ask_owner("select count(*) from office.signed_in") == [(0,)]


def test_a_forwarded_address_is_not_believed(office):
    browser = new_browser("10.0.0.7")
    browser.post(
        "/sign-in/", {"login": OPERATOR, "password": WRONG}, HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_REAL_IP="203.0.113.9"
    )
    assert office.ask_owner("select address from office.access_failure") == [("10.0.0.7",)]


def test_sign_in_leads_to_our_own_pages_only(office, clock):
    browser = new_browser()
    password = office.handed[SUPERVISOR].password
    answer = browser.post(
        "/sign-in/?next=https://elsewhere.example/", {"login": SUPERVISOR, "password": password, "next": "//elsewhere.example"}
    )
    assert answer.headers["location"].startswith("/sign-in/code/")
    assert give_code(browser, clock.code()).headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    ["/signup/", "/sign-up/", "/accounts/signup/", "/password/reset/", "/admin/", "/accounts/login/", "/second-factor/deactivate/"],
)
def test_there_is_no_other_way_in(office, path):
    assert new_browser().get(path).status_code in (302, 404)
    assert office.browser(SUPERVISOR).get(path).status_code == 404
