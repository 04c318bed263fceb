"""The attack list of sign-in: what people try who have no password, half of one, or somebody else's browser. All of it is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from platewarden.server.access.second_factor import factors_of
from platewarden.server.access.testing import (
    WRONG,
    Stick,
    clock,
    give_code,
    give_password,
    new_browser,
    options_on,
    prove,
    set_up_passkey,
)
from platewarden.server.access.tests.test_again import posts
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR
from tests.house.test_doors import addresses

__all__ = ["clock"]
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "///evil.example/",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://localhost@evil.example/",
    " //evil.example",
    "/%09/evil.example",
)


def leads_away(answer) -> bool:
    place = answer.headers.get("location", "/")
    return not place.startswith("/") or place.startswith(("//", "/\\"))


def test_a_session_that_somebody_else_prepared_is_not_the_one_signed_in_with(office, clock):
    prepared = new_browser()
    prepared.get("/sign-in/")
    give_password(prepared, OUTSIDER, office.handed[OUTSIDER].password)  # the attacker's own half sign-in
    fixed = prepared.cookies["sessionid"].value
    victim = new_browser()
    victim.cookies["sessionid"] = fixed
    give_password(victim, OPERATOR, office.handed[OPERATOR].password)
    assert give_code(victim, clock.code()).status_code == 302
    assert victim.cookies["sessionid"].value != fixed
    assert prepared.get("/").headers["location"].startswith("/sign-in/")


def test_an_invented_session_name_is_not_taken_over(office, clock):
    browser = new_browser()
    browser.cookies["sessionid"] = "attackerchosen0123456789abcdefgh"
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    give_code(browser, clock.code())
    assert browser.cookies["sessionid"].value != "attackerchosen0123456789abcdefgh"


def test_the_code_of_one_member_does_not_finish_the_sign_in_of_another(office, clock):
    browser = new_browser()
    give_password(browser, OUTSIDER, office.handed[OUTSIDER].password)
    browser.post("/sign-in/code/", {"code": clock.code(), "login": SUPERVISOR, "user": office.member(SUPERVISOR).pk})
    assert office.ledger()[-1] == ("access.sign_in", OUTSIDER)


def test_every_address_that_takes_a_post_refuses_one_without_the_pages_token(office):
    """Sign-in and the way out included: nobody signs another browser in or out."""
    browser = office.browser(SUPERVISOR)
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", raise_request_exception=False)
    strict.cookies = browser.cookies
    by_name = {name: address for name, address, _ in addresses()}
    pretended = ({}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_REFERER": "https://evil.example/"})
    token = {"csrfmiddlewaretoken": "x" * 64}
    assert [name for name in posts() for each in pretended if strict.post(by_name[name], token, **each).status_code != 403] == []
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("place", ELSEWHERE)
def test_no_step_of_sign_in_leads_to_another_site(office, clock, place):
    browser = new_browser()
    password = office.handed[OPERATOR].password
    asked = f"/sign-in/?next={quote(place)}"
    answers = [browser.get(asked), browser.post(asked, {"login": OPERATOR, "password": password, "next": place})]
    answers.append(browser.post(f"/sign-in/code/?next={quote(place)}", {"code": clock.code(), "next": place}))
    answers.append(browser.get(asked))  # signed in already
    answers.append(browser.post("/purpose/", {"purpose": "warrant", "reference": "26-004117", "next": place}))
    answers.append(browser.post(f"/again/?next={quote(place)}", {"password": password, "next": place}))
    answers.append(browser.post(f"/again/code/?next={quote(place)}", {"code": clock.next_code(), "next": place}))
    answers.append(browser.post(f"/sign-out/?next={quote(place)}", {"next": place}))
    assert not [answer.headers.get("location") for answer in answers if leads_away(answer)]
    assert not [answer for answer in answers if answer.status_code >= 500]


@pytest.mark.parametrize("place", ELSEWHERE[:4])
def test_a_passkey_leads_to_no_other_site_either(office, place):
    browser = office.browser(OPERATOR)
    prove(browser, office.handed[OPERATOR].password)
    stick = Stick()
    set_up_passkey(browser, stick)
    path = f"/again/passkey/?next={quote(place)}"
    answer = browser.post(path, {"credential": stick.get(options_on(browser.get(path))), "next": place})
    assert answer.status_code in (302, 400)
    assert not leads_away(answer)


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_X_REAL_IP": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9;host=evil.example"},
        {"HTTP_CLIENT_IP": "203.0.113.9"},
        {"HTTP_TRUE_CLIENT_IP": "203.0.113.9"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_an_address_in_a_header_gives_no_more_tries_and_stands_nowhere(office, header):
    for _ in range(5):
        new_browser("10.0.0.7").post("/sign-in/", {"login": OPERATOR, "password": WRONG}, **header)
    assert office.ask_owner("select distinct address from office.access_failure") == [("10.0.0.7",)]
    assert office.ask_owner("select count(*) from office.access_lock") == [(1,)]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:8427", "localhost:8427@evil.example"])
def test_another_host_is_no_host_of_ours(office, host):
    browser = new_browser()
    assert browser.get("/sign-in/", HTTP_HOST=host).status_code == 400
    answer = browser.get("/sign-in/", HTTP_X_FORWARDED_HOST=host)
    assert answer.status_code == 200
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize(
    "header",
    [{"REMOTE_USER": SUPERVISOR}, {"HTTP_REMOTE_USER": SUPERVISOR}, {"HTTP_X_REMOTE_USER": SUPERVISOR}, {"HTTP_AUTHORIZATION": "Basic MTAwMTp4"}],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_a_name_in_a_header_is_nobody(office, header):
    assert new_browser().get("/people/", **header).headers["location"].startswith("/sign-in/")


@pytest.mark.parametrize("override", ["GET", "DELETE", "PUT"])
def test_no_other_method_is_put_in_a_posts_place(office, override):
    browser = office.browser(OPERATOR)
    answer = browser.get("/lock/", HTTP_X_HTTP_METHOD_OVERRIDE="POST", QUERY_STRING="_method=POST")
    assert answer.status_code == 405
    assert browser.generic(override, "/my-sign-in/end/").status_code == 405


def test_a_code_is_taken_once_for_sign_in_and_proof_together(office, clock):
    browser = new_browser()
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    used = clock.code()
    assert give_code(browser, used).status_code == 302
    assert browser.post("/again/code/", {"code": used, "next": "/"}).status_code == 200
    second = new_browser()
    give_password(second, OPERATOR, office.handed[OPERATOR].password)
    assert give_code(second, used).status_code == 200
    assert "person" not in second.cookies


def test_a_sign_in_with_a_number_of_nobody_costs_the_same_work(office, monkeypatch):
    """No stopwatch: what is asserted is that the hasher is asked as often, with the same strength."""
    asked: list[tuple[int, int, int]] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def counted(of):
        def also(self, *args, **kwargs):
            asked.append((self.time_cost, self.memory_cost, self.parallelism))
            return of(self, *args, **kwargs)

        return also

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted(encode))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted(verify))
    work = []
    for number in (OPERATOR, "7777"):
        asked.clear()
        give_password(new_browser(), number, WRONG)
        work.append(list(asked))
    assert work[0] == work[1]
    assert len(work[0]) == 1


def test_fields_that_no_form_has_change_nothing(office):
    browser = office.browser(OPERATOR)
    prove(browser, office.handed[OPERATOR].password)
    stick = Stick()
    more = {
        "user": office.member(SUPERVISOR).pk,
        "user_id": office.member(SUPERVISOR).pk,
        "type": "totp",
        "is_active": "",
        "passwordless": "on",
    }
    page = browser.get("/second-factor/passkey/")
    browser.post("/second-factor/passkey/", {"name": "x", "credential": stick.new(options_on(page)), **more})
    assert len(factors_of(office.member(OPERATOR))) == 2
    assert len(factors_of(office.member(SUPERVISOR))) == 1
    passkey = factors_of(office.member(OPERATOR))[1]
    browser.post(f"/my-sign-in/{passkey.pk}/name/", {"name": "y", "data": "{}", **more})
    assert factors_of(office.member(OPERATOR))[1].type == "webauthn"


@pytest.mark.parametrize("who", [OPERATOR, AUDITOR, OUTSIDER])
def test_the_numbers_of_others_sign_ins_factors_and_resets_open_nothing(office, who):
    office.browser(SUPERVISOR)
    office.browser(DESIGNEE).post("/locked-out/reset/", {"number": "1050", "because": "Phone lost, at the desk"})
    browser = office.browser(who)
    before = office.ask_owner("select count(*) from office.mfa_authenticator")
    for n in range(1, 12):
        assert browser.post(f"/locked-out/reset/{n}/confirm/").status_code in (403, 409)
        if n not in {each.pk for each in factors_of(office.member(who))}:
            assert browser.post(f"/my-sign-in/{n}/remove/").status_code == 404
        browser.post("/my-sign-in/end/", {"id": n})
    assert office.ask_owner("select count(*) from office.mfa_authenticator") == before
    assert office.ask_owner("select count(*) from office.signed_in where ended_at is not null") == [(0,)]


def test_many_sign_ins_at_once_are_each_their_own_and_all_listed(office):
    browsers = [office.browser(OPERATOR) for _ in range(6)]
    page = browsers[0].get("/my-sign-in/").content.decode()
    assert page.count("End it") == 5
    browsers[0].post("/my-sign-in/end/")
    assert [each.get("/").status_code for each in browsers] == [200, 302, 302, 302, 302, 302]
