"""Five failures lock a number: by password, by code or both, from anywhere, in any spelling, known or not, until released."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from platewarden.server.access.lockout import LOCKED, count_failure, failures_since, is_locked, release
from platewarden.server.access.testing import WRONG, clock, give_code, give_password, new_browser
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import enrol_member
from platewarden.server.people.testing import OPERATOR, SUPERVISOR

DANA = Signer(SUPERVISOR, "Dana Whitfield")
__all__ = ["clock"]


def words(answer) -> str:
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def fail(office, number=OPERATOR, times=5, address="10.0.0.7"):
    for _ in range(times):
        answer = give_password(new_browser(address), number, WRONG)
    return answer


def test_five_wrong_passwords_lock_also_with_the_right_one_and_from_another_address(office):
    fail(office, times=4)
    assert not is_locked(OPERATOR)
    fail(office, times=1)
    assert is_locked(OPERATOR)
    for address in ("10.0.0.7", "192.0.2.9"):
        answer = give_password(new_browser(address), OPERATOR, office.handed[OPERATOR].password)
        assert answer.status_code == 200
        assert LOCKED in words(answer)
    acts = [act for act, _ in office.ledger()]
    assert acts.count("access.failed") == 5
    assert acts.count("access.locked") == 1


def test_the_sign_in_librarys_own_limiter_does_not_stand_in_front_of_it(office):
    """It counts in the memory of one process, and forgets; what it refused would be in no ledger."""
    answers = [words(fail(office, times=1)) for _ in range(7)]
    assert sum(LOCKED in answer for answer in answers) >= 2
    assert len({answer for answer in answers if LOCKED not in answer}) == 1  # nothing but “wrong” before


def test_four_failures_from_four_addresses_are_four_failures(office):
    for last in range(4):
        fail(office, times=1, address=f"192.0.2.{last}")
    assert not is_locked(OPERATOR)
    fail(office, times=1, address="192.0.2.200")
    assert is_locked(OPERATOR)


def test_a_number_of_nobody_is_answered_and_locked_just_the_same(office):
    known = [words(fail(office, OPERATOR, times=1)) for _ in range(6)]
    unknown = [words(fail(office, "7777", times=1)) for _ in range(6)]
    assert known == [answer.replace("7777", OPERATOR) for answer in unknown]
    assert is_locked("7777")


def test_spelling_a_number_in_other_ways_gives_no_more_tries(office):
    with office.as_role("owner"):
        enrol_member(number="AB-12", name="Jo Lind", by=DANA)
    for spelled in ("AB-12", "ab-12", "Ab-12", " aB-12", "AB-12 "):
        give_password(new_browser(), spelled, WRONG)
    assert is_locked("AB-12")
    assert is_locked(" ab-12")


def test_a_lock_lasts_until_it_is_released_and_counts_anew_from_there(office):
    fail(office)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.access_lock set since_at = since_at - interval '9 days'")
        superuser.execute("update office.access_failure set at = at - interval '9 days'")
    assert is_locked(OPERATOR)
    fail(office, times=1)  # refused before the password is looked at
    assert release(OPERATOR, by=DANA)
    assert office.ledger()[-1] == ("people.unlock", SUPERVISOR)
    assert not is_locked(OPERATOR)
    assert not release(OPERATOR, by=DANA)
    answer = give_password(new_browser(), OPERATOR, office.handed[OPERATOR].password)
    assert answer.headers["location"] == "/sign-in/code/"
    fail(office, times=4)
    assert not is_locked(OPERATOR)
    fail(office, times=1)
    assert is_locked(OPERATOR)


def test_failures_of_longer_ago_than_fifteen_minutes_do_not_count(office):
    fail(office, times=4)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.access_failure set at = at - interval '16 min'")
    fail(office, times=4)
    assert not is_locked(OPERATOR)
    fail(office, times=1)
    assert is_locked(OPERATOR)


def test_wrong_codes_lock_also_for_the_right_code(office, clock):
    browser = new_browser()
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    for _ in range(5):
        assert give_code(browser, clock.wrong_code()).status_code == 200
    assert is_locked(OPERATOR)
    answer = give_code(browser, clock.code())
    assert answer.status_code == 200
    assert LOCKED in words(answer)
    assert "person" not in browser.cookies
    assert LOCKED in words(give_password(new_browser("192.0.2.9"), OPERATOR, office.handed[OPERATOR].password))


def test_passwords_and_codes_count_together(office, clock):
    fail(office, times=3)
    browser = new_browser()
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    give_code(browser, clock.wrong_code())
    assert not is_locked(OPERATOR)
    give_code(browser, clock.wrong_code())
    assert is_locked(OPERATOR)


@pytest.mark.parametrize(("path", "field"), [("/again/code/", "code"), ("/again/", "password")])
def test_guessing_in_a_stolen_session_counts_too(office, clock, path, field):
    browser = office.browser(OPERATOR)
    guess = clock.wrong_code() if field == "code" else WRONG
    for _ in range(5):
        assert browser.post(path, {field: guess}).status_code == 200
    assert is_locked(OPERATOR)
    right = clock.code() if field == "code" else office.handed[OPERATOR].password
    answer = browser.post(path, {field: right})
    assert answer.status_code == 200
    assert LOCKED in words(answer)


def test_the_next_sign_in_is_told_of_failures_before_it(office):
    since = now() - timedelta(minutes=1)
    fail(office, times=2)
    assert failures_since(OPERATOR, since) == 2
    assert "2" in words(office.browser(OPERATOR).get("/"))


def test_nobody_but_the_sign_in_login_can_undo_a_lock(office):
    import psycopg

    fail(office)
    for login in ("app", "ingest", "purge"):
        with office.database.connect(login) as conn:
            for statement in (
                "delete from office.access_lock",
                "update office.access_lock set released_at = now()",
                "delete from office.access_failure",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement)
    with office.database.connect("login") as conn:
        for statement in (
            "delete from office.access_lock",
            "delete from office.access_failure",
            "update office.access_failure set at = 'epoch'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)


def test_an_absurdly_long_number_is_counted_and_nothing_breaks(office):
    for _ in range(5):
        count_failure("9" * 5000, factor="password", address="x" * 500)
    assert is_locked("9" * 5000)
    assert give_password(new_browser(), "9" * 200, WRONG).status_code == 200
