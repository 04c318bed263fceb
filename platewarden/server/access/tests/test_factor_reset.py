"""A lost second factor is reset by two, never for oneself; and a locked number is released from the page."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.server.access.factor_reset import A_SECOND
from platewarden.server.access.lockout import NOT_ONESELF, is_locked
from platewarden.server.access.models import FactorReset, ResetState
from platewarden.server.access.second_factor import has_second_factor
from platewarden.server.access.testing import WRONG, clock, give_code, give_password, new_browser
from platewarden.server.access.tests.test_again import later
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import assign
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED

__all__ = ["clock"]
BECAUSE = "Phone lost; she stands at the desk"


def ask(browser, number=OPERATOR, because=BECAUSE):
    return browser.post("/locked-out/reset/", {"number": number, "because": because})


def waiting(number=OPERATOR):
    return FactorReset.objects.get(member_number=number, state=ResetState.WAITING)


def key_of(browser) -> bytes:
    return bytes.fromhex(browser.cookies["person"].value)


def test_one_asks_another_confirms_and_the_member_starts_anew(office, clock):
    officer, first, second = office.browser(OPERATOR), office.browser(DESIGNEE), office.browser(SUPERVISOR)
    assert ask(first).status_code == 302
    assert has_second_factor(office.member(OPERATOR))  # nothing happened yet
    assert BECAUSE.encode() in second.get("/locked-out/").content
    assert second.post(f"/locked-out/reset/{waiting().pk}/confirm/").status_code == 302
    assert not has_second_factor(office.member(OPERATOR))
    assert officer.get("/").headers["location"].startswith("/sign-in/")
    assert office.ask_owner("select count(*) from office.signed_in where member_number = %s and ended_at is null", OPERATOR) == [
        (0,)
    ]
    acts = office.ledger()
    assert ("access.reset_asked", DESIGNEE) in acts
    assert ("access.reset_decided", SUPERVISOR) in acts
    anew = new_browser()
    give_password(anew, OPERATOR, office.handed[OPERATOR].password)
    assert anew.get("/").headers["location"] == "/second-factor/"


def test_an_old_session_with_its_cookie_opens_nothing_after_the_reset(office):
    officer, first, second = office.browser(OPERATOR), office.browser(DESIGNEE), office.browser(SUPERVISOR)
    ask(first)
    second.post(f"/locked-out/reset/{waiting().pk}/confirm/")
    for path in ("/second-factor/passkey/", "/second-factor/", "/reads/search/"):  # whoever holds phone and session is not first
        assert officer.get(path).headers["location"].startswith("/sign-in/"), path
    assert not has_second_factor(office.member(OPERATOR))


def test_nobody_confirms_what_they_asked_nor_for_themselves(office):
    first = office.browser(SUPERVISOR)
    ask(first)
    answer = first.post(f"/locked-out/reset/{waiting().pk}/confirm/")
    assert answer.status_code == 403
    assert A_SECOND.because.encode() in answer.content
    assert ask(first, SUPERVISOR).status_code == 403
    ask(office.browser(SUPERVISOR), DESIGNEE)
    answer = office.browser(DESIGNEE).post(f"/locked-out/reset/{waiting(DESIGNEE).pk}/confirm/")
    assert answer.status_code == 403
    assert NOT_ONESELF.because.encode() in answer.content
    assert has_second_factor(office.member(OPERATOR))
    assert has_second_factor(office.member(DESIGNEE))


@pytest.mark.parametrize("who", [OPERATOR, UNTRAINED, AUDITOR, OUTSIDER])
def test_without_the_duty_nobody_asks_confirms_or_releases(office, who):
    ask(office.browser(SUPERVISOR), "1050")
    browser, reset = office.browser(who), waiting("1050")
    for path, fields in (
        ("/locked-out/", None),
        ("/locked-out/reset/", {"number": "1078", "because": BECAUSE}),
        (f"/locked-out/reset/{reset.pk}/confirm/", {}),
        (f"/locked-out/reset/{reset.pk}/refuse/", {}),
        ("/locked-out/release/", {"number": "1050"}),
    ):
        answer = browser.get(path) if fields is None else browser.post(path, fields)
        assert answer.status_code == 403, path
    assert waiting("1050").pk == reset.pk


def test_the_database_itself_wants_two_with_the_duty(office):
    officer, first = office.browser(OPERATOR), office.browser(SUPERVISOR)
    ask(first, OUTSIDER)
    reset = waiting(OUTSIDER).pk
    with office.database.connect("app") as app:
        for key, question, given in (
            (key_of(officer), "select office.ask_factor_reset(%s, %s, 'because')", "1050"),
            (key_of(officer), "select office.decide_factor_reset(%s, %s, true)", reset),
            (key_of(first), "select office.decide_factor_reset(%s, %s, true)", reset),
            (key_of(first), "select office.ask_factor_reset(%s, %s, 'because')", SUPERVISOR),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(question, [key, given])
            app.rollback()
        for question in (
            "insert into office.access_factorreset (member_number) values ('1042')",
            "update office.access_factorreset set asked_by_number = '9999'",
            "delete from office.mfa_authenticator",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(question)
            app.rollback()
    assert has_second_factor(office.member(OUTSIDER))


def test_a_custodian_asks_and_a_manager_confirms_but_not_the_other_way_round(office):
    assign(office.member(OUTSIDER), Duty.CUSTODIAN, by=Signer(SUPERVISOR, "Dana Whitfield"))
    custodian, manager = office.browser(OUTSIDER), office.browser(SUPERVISOR)
    assert ask(custodian).status_code == 302
    assert manager.post(f"/locked-out/reset/{waiting().pk}/confirm/").status_code == 302
    ask(manager, "1050")
    assert custodian.post(f"/locked-out/reset/{waiting('1050').pk}/confirm/").status_code == 403


def test_refused_changes_nothing_and_is_recorded(office):
    ask(office.browser(SUPERVISOR))
    reset = waiting()
    second = office.browser(DESIGNEE)
    assert second.post(f"/locked-out/reset/{reset.pk}/refuse/").status_code == 302
    assert has_second_factor(office.member(OPERATOR))
    assert office.ledger()[-1] == ("access.reset_decided", DESIGNEE)
    assert second.post(f"/locked-out/reset/{reset.pk}/confirm/").status_code == 409  # decided is decided
    assert second.post("/locked-out/reset/999/confirm/").status_code == 409


def test_one_waits_at_a_time_and_lapses_after_a_day(office):
    first, second = office.browser(SUPERVISOR), office.browser(DESIGNEE)
    ask(first)
    assert ask(second).status_code == 409
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.access_factorreset set asked_at = asked_at - interval '25 hours'")
    old = waiting()
    assert second.post(f"/locked-out/reset/{old.pk}/confirm/").status_code == 409
    assert has_second_factor(office.member(OPERATOR))
    assert ask(second).status_code == 302
    assert FactorReset.objects.get(pk=old.pk).state == ResetState.LAPSED


@pytest.mark.parametrize(
    ("number", "because"), [("", BECAUSE), ("7777", BECAUSE), (OPERATOR, ""), (OPERATOR, "short"), ("x" * 50, BECAUSE)]
)
def test_an_ask_that_is_not_whole_is_answered_at_the_field(office, number, because):
    assert ask(office.browser(SUPERVISOR), number, because).status_code == 422
    assert not FactorReset.objects.exists()


def test_minutes_after_the_last_proof_each_of_them_asks_again(office):
    ask(office.browser(DESIGNEE))
    browser = later(office.browser(SUPERVISOR))
    for path in (f"/locked-out/reset/{waiting().pk}/confirm/", "/locked-out/reset/", "/locked-out/release/"):
        assert browser.post(path).headers["location"].startswith("/again/?next=%2Flocked-out%2F"), path


def test_an_officer_who_is_locked_is_released_with_one_click_and_signs_in(office, clock):
    for _ in range(5):
        give_password(new_browser("192.0.2.9"), OPERATOR, WRONG)
    manager = office.browser(SUPERVISOR)
    home = manager.get("/").content.decode()
    assert "Locked out" in home  # from any page
    page = manager.get("/locked-out/").content.decode()
    for said in ("Rosa Vega", "192.0.2.9", "Release"):
        assert said in page
    assert manager.post("/locked-out/release/", {"number": OPERATOR}).status_code == 302
    assert not is_locked(OPERATOR)
    assert office.ledger()[-1] == ("people.unlock", SUPERVISOR)
    assert manager.post("/locked-out/release/", {"number": OPERATOR}).status_code == 302  # twice
    assert office.ledger().count(("people.unlock", SUPERVISOR)) == 1
    browser = new_browser()
    assert give_password(browser, OPERATOR, office.handed[OPERATOR].password).headers["location"] == "/sign-in/code/"
    assert give_code(browser, clock.code()).status_code == 302


def test_nobody_releases_their_own_number_in_any_spelling(office):
    manager = office.browser(SUPERVISOR)
    for _ in range(5):
        give_password(new_browser(), SUPERVISOR, WRONG)
    for spelled in (SUPERVISOR, f" {SUPERVISOR} "):
        assert manager.post("/locked-out/release/", {"number": spelled}).status_code == 403
    assert is_locked(SUPERVISOR)


def test_a_number_of_nobody_is_shown_as_such(office):
    strange = "7/7?<b>#"
    for _ in range(5):
        give_password(new_browser(), strange, WRONG)
    manager = office.browser(SUPERVISOR)
    page = manager.get("/locked-out/").content.decode()
    assert "nobody's number" in page
    assert "7/7?&lt;B&gt;#" in page
    assert "Locked out <span" not in page  # what anybody can make calls nobody to it
    assert manager.post("/locked-out/release/", {"number": strange}).status_code == 302
    assert not is_locked(strange)
