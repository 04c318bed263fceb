"""A passkey signs in beside the password, proves again, and answers to our own pages only; nothing else passes for one."""

from __future__ import annotations

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings

from platewarden.server.access.lockout import is_locked
from platewarden.server.access.passkey import COPIED, ENOUGH, NOT_TAKEN, THERE_ALREADY, our_origin
from platewarden.server.access.second_factor import LAST_ONE, factors_of
from platewarden.server.access.testing import (
    Stick,
    clock,
    give_code,
    give_password,
    new_browser,
    options_on,
    prove,
    set_up_passkey,
)
from platewarden.server.access.tests.test_again import give_duty, has_duty, later
from platewarden.server.people.testing import OPERATOR, OUTSIDER, SUPERVISOR

__all__ = ["clock"]


def with_passkey(office, number=OPERATOR, stick=None):
    """The member's stick, set up from a browser of theirs."""
    stick = stick or Stick()
    browser = office.browser(number)
    prove(browser, office.handed[number].password)
    answer = set_up_passkey(browser, stick)
    assert answer.status_code == 302, answer.content
    return stick, browser


def at_the_second_step(office, number=OPERATOR):
    browser = new_browser()
    assert give_password(browser, number, office.handed[number].password).headers["location"] == "/sign-in/code/"
    return browser


def use(browser, stick, path="/sign-in/code/", **changed):
    credential = stick.get(options_on(browser.get(path)))
    return browser.post(path, {"credential": credential, "next": "/people/"} | changed)


def said(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode()).replace("&#x27;", "'")


def test_it_is_set_up_named_and_recorded(office):
    with_passkey(office)
    assert [each.type for each in factors_of(office.member(OPERATOR))] == ["totp", "webauthn"]
    assert factors_of(office.member(OPERATOR))[1].wrap().name == "Stick"
    assert ("access.second_factor", OPERATOR) in office.ledger()
    page = office.browser(OPERATOR).get("/my-sign-in/")
    assert b"Stick" in page.content
    assert b"Authenticator app" in page.content


def test_it_signs_in_beside_the_password_and_binds_the_person(office):
    stick, _ = with_passkey(office)
    browser = at_the_second_step(office)
    answer = use(browser, stick)
    assert (answer.status_code, answer.headers["location"]) == (302, "/people/")
    assert "person" in browser.cookies
    assert browser.get("/reads/search/").status_code == 302  # to the purpose, not to sign-in
    assert office.ledger()[-1] == ("access.sign_in", OPERATOR)
    about = office.ask_owner("select body from office.ledger_leaf where act = 'access.sign_in' order by leaf_id desc limit 1")
    assert "webauthn" in about[0][0]


def test_a_passkey_alone_is_nobody(office):
    stick, _ = with_passkey(office)
    browser = new_browser()
    options = {"publicKey": {"challenge": "AAAA"}}
    for path in ("/sign-in/code/", "/again/passkey/", "/sign-in/"):
        assert browser.post(path, {"credential": stick.get(options)}).status_code in (200, 302)
    assert "person" not in browser.cookies
    assert browser.get("/").headers["location"].startswith("/sign-in/")


def test_proof_asked_again_is_given_by_passkey(office):
    stick, _ = with_passkey(office, SUPERVISOR)
    browser = later(office.browser(SUPERVISOR))
    give_duty(browser)
    assert not has_duty(office)
    assert b"/again/passkey/" in browser.get("/again/").content
    answer = use(browser, stick, "/again/passkey/")
    assert answer.headers["location"] == "/people/"
    give_duty(browser)
    assert has_duty(office)


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9999"},  # another program on the same machine
        {"origin": "https://localhost:8427"},
        {"origin": "http://sub.localhost:8427"},
        {"origin": "http://localhost"},
        {"origin": ""},
        {"site": "evil.example"},
        {"flags": 0x01},  # somebody touched it, nobody knows who
        {"flags": 0x04},
        {"credential_id": bytes(32)},
        {"key": Stick().key},
    ],
    ids=lambda each: f"{next(iter(each))} {next(iter(each.values()))}"[:40],
)
def test_an_answer_that_is_not_of_our_page_and_this_key_is_refused_and_counted(office, other):
    stick, _ = with_passkey(office)
    for name, value in other.items():
        setattr(stick, name, value)
    browser = at_the_second_step(office)
    answer = use(browser, stick)
    assert answer.status_code == 200
    assert NOT_TAKEN in said(answer)
    assert "person" not in browser.cookies
    assert office.ask_owner("select factor, address from office.access_failure") == [("passkey", "10.0.0.7")]


def test_an_answer_is_taken_once(office):
    stick, _ = with_passkey(office)
    first, second = at_the_second_step(office), at_the_second_step(office)
    page = first.get("/sign-in/code/")
    credential = stick.get(options_on(page))
    second.get("/sign-in/code/")
    assert second.post("/sign-in/code/", {"credential": credential}).status_code == 200  # another session asked another question
    assert first.post("/sign-in/code/", {"credential": credential}).status_code == 302
    first.post("/lock/")
    give_password(first, OPERATOR, office.handed[OPERATOR].password)
    assert first.post("/sign-in/code/", {"credential": credential}).status_code == 200
    assert "person" not in second.cookies


def test_an_older_question_of_the_same_session_is_not_answered(office):
    stick, _ = with_passkey(office)
    browser = at_the_second_step(office)
    old = options_on(browser.get("/sign-in/code/"))
    browser.get("/sign-in/code/")
    assert browser.post("/sign-in/code/", {"credential": stick.get(old)}).status_code == 200
    assert use(browser, stick).status_code == 302


def test_a_copy_of_a_key_is_noticed_by_its_count(office):
    stick, _ = with_passkey(office)
    assert use(at_the_second_step(office), stick).status_code == 302
    assert use(at_the_second_step(office), stick).status_code == 302
    stick.counter = 0  # the copy was made before
    answer = use(at_the_second_step(office), stick)
    assert answer.status_code == 200
    assert COPIED in said(answer)


def test_a_key_that_does_not_count_signs_in_again_and_again(office):
    stick, _ = with_passkey(office, stick=Stick(counts=False))
    for _ in range(2):
        assert use(at_the_second_step(office), stick).status_code == 302


def test_wrong_answers_lock_and_a_right_one_does_not_open_a_lock(office):
    stick, _ = with_passkey(office)
    browser = at_the_second_step(office)
    for _ in range(5):
        use(browser, Stick(credential_id=stick.credential_id))
    assert is_locked(OPERATOR)
    assert use(browser, stick).status_code == 200
    assert "person" not in browser.cookies


def test_a_colleagues_passkey_is_not_mine(office):
    stick, _ = with_passkey(office, SUPERVISOR)
    with_passkey(office, OPERATOR)
    assert use(at_the_second_step(office, OPERATOR), stick).status_code == 200
    later_on = later(office.browser(OPERATOR))
    assert use(later_on, stick, "/again/passkey/").status_code == 200


@pytest.mark.parametrize(
    "rubbish",
    ["", "{}", "[]", "null", "1", "{", '"x"', '{"id":"AA","rawId":"AA","response":{}}', "x" * 20_000]
    + [json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": each}) for each in (
        {"clientDataJSON": "AA", "attestationObject": "AA", "authenticatorData": "AA", "signature": "AA"},
        {"clientDataJSON": 7, "attestationObject": None, "authenticatorData": [], "signature": {}},
        {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AAAA", "signature": "AA"},
        {"clientDataJSON": "%%%", "attestationObject": "%%", "authenticatorData": "%%", "signature": "%%"},
    )],
    ids=range(13),
)  # fmt: skip
def test_rubbish_is_one_sentence_everywhere(office, rubbish):
    stick, browser = with_passkey(office)
    second = at_the_second_step(office)
    for who, path in ((second, "/sign-in/code/"), (browser, "/again/passkey/"), (browser, "/second-factor/passkey/")):
        who.get(path)
        answer = who.post(path, {"credential": rubbish, "name": "Stick"})
        assert answer.status_code == 200, (path, answer.content)
        assert NOT_TAKEN in said(answer), path
    assert len(factors_of(office.member(OPERATOR))) == 2
    assert use(second, stick).status_code == 302


@pytest.mark.parametrize("other", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"flags": 0x01}])
def test_what_is_set_up_is_of_our_page_and_asks_its_owner(office, other):
    browser = office.browser(OPERATOR)
    prove(browser, office.handed[OPERATOR].password)
    answer = set_up_passkey(browser, Stick(**other))
    assert answer.status_code == 200
    assert len(factors_of(office.member(OPERATOR))) == 1


def test_it_is_not_set_up_without_a_proof_just_now(office):
    browser = office.browser(OPERATOR)
    for answer in (browser.get("/second-factor/passkey/"), browser.post("/second-factor/passkey/", {"credential": "{}"})):
        assert answer.headers["location"].startswith("/again/")
    assert len(factors_of(office.member(OPERATOR))) == 1


def test_the_same_one_is_not_set_up_twice_and_not_more_than_ten(office):
    stick, browser = with_passkey(office)
    assert THERE_ALREADY in said(set_up_passkey(browser, stick))
    for _ in range(9):
        assert set_up_passkey(browser, Stick()).status_code == 302
    assert ENOUGH in said(set_up_passkey(browser, Stick()))


def test_a_line_that_cannot_be_written_sets_nothing_up(office, monkeypatch):
    browser = office.browser(OPERATOR)
    prove(browser, office.handed[OPERATOR].password)
    page = browser.get("/second-factor/passkey/")

    def away(*_args, **_kwargs):
        raise RuntimeError("the ledger is away")

    monkeypatch.setattr("platewarden.server.access.login.record", away)
    answer = browser.post("/second-factor/passkey/", {"credential": Stick().new(options_on(page))})
    assert answer.status_code == 500
    assert len(factors_of(office.member(OPERATOR))) == 1


def without_factor(office, number=OUTSIDER):
    with office.database.connect("postgres") as superuser:
        superuser.execute("delete from office.mfa_authenticator where user_id = %s", [office.member(number).pk])
    browser = new_browser()
    give_password(browser, number, office.handed[number].password)
    return browser


def test_it_can_be_the_first_second_factor(office):
    browser = without_factor(office)
    assert b"/second-factor/passkey/" in browser.get("/second-factor/").content
    stick = Stick()
    answer = set_up_passkey(browser, stick)
    assert answer.headers["location"] == "/second-factor/codes/"
    codes_page = browser.get("/second-factor/codes/")
    assert codes_page.headers["location"].startswith("/again/")  # the codes ask for the password again
    browser.post("/again/", {"password": office.handed[OUTSIDER].password, "next": "/second-factor/codes/"})
    assert browser.get("/second-factor/codes/").status_code == 200
    assert browser.get("/").headers["location"] == "/sign-in/"  # this session was opened without it
    again = at_the_second_step(office, OUTSIDER)
    assert use(again, stick).status_code == 302
    assert again.get("/my-sign-in/").status_code == 200


def test_a_session_from_before_the_second_factor_opens_nothing_more(office):
    """Somebody with the first password only must not put their own passkey beside the member's new one."""
    stranger, member = without_factor(office), new_browser()
    give_password(member, OUTSIDER, office.handed[OUTSIDER].password)
    assert set_up_passkey(member, Stick()).status_code == 302
    stranger.post("/again/", {"password": office.handed[OUTSIDER].password, "next": "/second-factor/codes/"})
    for path in ("/second-factor/passkey/", "/second-factor/codes/", "/second-factor/recovery/", "/second-factor/", "/my-sign-in/"):
        assert stranger.get(path).headers["location"].startswith("/sign-in/"), path
    assert len(factors_of(office.member(OUTSIDER))) == 1
    for path in ("/second-factor/passkey/", "/second-factor/recovery/", "/"):
        assert member.get(path).headers["location"].startswith("/sign-in/"), path
        give_password(member, OUTSIDER, office.handed[OUTSIDER].password)


def test_it_is_renamed_and_removed_but_never_the_last_factor(office):
    _, browser = with_passkey(office)
    app, passkey = factors_of(office.member(OPERATOR))
    assert browser.post(f"/my-sign-in/{passkey.pk}/name/", {"name": "  Key   ring "}).status_code == 302
    assert factors_of(office.member(OPERATOR))[1].wrap().name == "Key ring"
    assert browser.post(f"/my-sign-in/{passkey.pk}/name/", {"name": "x" * 41}).status_code == 400
    assert browser.post(f"/my-sign-in/{app.pk}/name/", {"name": "App"}).status_code == 404
    assert browser.post(f"/my-sign-in/{app.pk}/remove/").status_code == 302
    answer = browser.post(f"/my-sign-in/{passkey.pk}/remove/")
    assert answer.status_code == 403
    assert LAST_ONE.because in said(answer)
    assert browser.post(f"/my-sign-in/{app.pk}/remove/").status_code == 404
    assert [each.pk for each in factors_of(office.member(OPERATOR))] == [passkey.pk]
    acts = office.ledger()
    assert acts.count(("access.second_factor_removed", OPERATOR)) == 1


def test_removing_asks_again_who_it_is(office):
    _, browser = with_passkey(office)
    passkey = factors_of(office.member(OPERATOR))[1]
    answer = later(browser).post(f"/my-sign-in/{passkey.pk}/remove/")
    assert answer.headers["location"] == "/again/?next=%2Fmy-sign-in%2F"
    assert len(factors_of(office.member(OPERATOR))) == 2


def test_nobody_touches_a_colleagues_factors(office):
    with_passkey(office, SUPERVISOR)
    theirs = factors_of(office.member(SUPERVISOR))
    browser = office.browser(OPERATOR)
    for each in theirs:
        assert browser.post(f"/my-sign-in/{each.pk}/remove/").status_code == 404
        assert browser.post(f"/my-sign-in/{each.pk}/name/", {"name": "mine"}).status_code == 404
    assert [each.pk for each in factors_of(office.member(SUPERVISOR))] == [each.pk for each in theirs]


def test_a_removed_one_signs_nobody_in(office):
    stick, browser = with_passkey(office)
    options = options_on((second := at_the_second_step(office)).get("/sign-in/code/"))
    browser.post(f"/my-sign-in/{factors_of(office.member(OPERATOR))[1].pk}/remove/")
    assert second.post("/sign-in/code/", {"credential": stick.get(options)}).status_code == 200
    assert "person" not in second.cookies


def test_a_recovery_code_signs_in_once_and_never_again(office, clock):
    _, browser = with_passkey(office)
    codes = Authenticator.objects.get(user=office.member(OPERATOR), type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    assert give_code(at_the_second_step(office), codes[0]).status_code == 302
    clock.period += 100
    assert give_code(at_the_second_step(office), codes[0]).status_code == 200
    assert give_code(at_the_second_step(office), codes[1]).status_code == 302
    assert b"<strong>8</strong> left" in browser.get("/my-sign-in/").content


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("http://localhost:8427", "http://localhost:8427"),
        ("https://alpr.example.org", "https://alpr.example.org"),
        ("https://alpr.example.org:443", "https://alpr.example.org"),
        ("https://ALPR.example.org:8443", "https://alpr.example.org:8443"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(monkeypatch, told, written):
    monkeypatch.setattr(settings, "CONFIG", type("Config", (), {"public_origin": told}))
    assert our_origin() == written


def test_a_page_under_another_name_of_this_machine_asks_for_our_own(office):
    browser = office.browser(OPERATOR)
    prove(browser, office.handed[OPERATOR].password)
    page = browser.get("/second-factor/passkey/", SERVER_NAME="127.0.0.1")
    assert options_on(page)["publicKey"]["rp"]["id"] == "localhost"
    assert options_on(page)["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
