"""A member sees where they are signed in and ends it; a manager ends a member's; nobody else sees or ends anything."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.test import RequestFactory

from platewarden.server.access.login import browser_of
from platewarden.server.access.signed_in import forget_sign_ins
from platewarden.server.access.testing import clock, give_code, give_password, new_browser
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED
from platewarden.server.retention.clock_watch import tick

__all__ = ["clock"]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_out(browser, path="/") -> bool:
    answer = browser.get(path)
    return answer.status_code == 302 and answer.headers["location"].startswith("/sign-in/")


def open_ids(office, number=OPERATOR):
    return [
        row[0]
        for row in office.ask_owner(
            "select id from office.signed_in where member_number = %s and ended_at is null order by id", number
        )
    ]


def test_the_page_says_when_from_where_with_what_and_last_input(office, clock):
    browser = new_browser("192.0.2.9")
    browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    give_password(browser, OPERATOR, office.handed[OPERATOR].password)
    give_code(browser, clock.code())
    page = browser.get("/my-sign-in/").content.decode()
    for said in ("192.0.2.9", "Firefox, Windows", "authenticator app", "This one"):
        assert said in page
    assert "Mozilla" not in page
    assert office.ask_owner("select count(*) from office.signed_in where browser like '%%Mozilla%%'") == [(0,)]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, ChromeOS"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("<script>alert(1)</script>", "unknown program"),
        ("", "unknown program"),
    ],
)
def test_a_browser_is_a_few_words(says, words):
    assert browser_of(RequestFactory().get("/", HTTP_USER_AGENT=says)) == words


def test_what_a_member_does_is_noted_as_last_input(office):
    browser = office.browser(OPERATOR)
    assert office.ask_owner("select last_input_at from office.signed_in") == [(None,)]
    session = browser.session
    session["last_input_at"] -= 60
    session.save()
    browser.get("/")
    assert office.ask_owner("select last_input_at > now() - interval '10 s' from office.signed_in") == [(True,)]


def test_one_is_ended_from_another_and_opens_nothing_any_more(office):
    lost, here = office.browser(OPERATOR), office.browser(OPERATOR)
    key = bytes.fromhex(lost.cookies["person"].value)
    first, second = open_ids(office)
    assert here.post("/my-sign-in/end/", {"id": first}).status_code == 302
    assert open_ids(office) == [second]
    assert office.ledger()[-1] == ("access.ended", OPERATOR)
    assert is_out(lost)
    assert is_out(lost, "/reads/search/")
    assert not is_out(here)
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
        app.execute("select * from office.open_access(%s, 'reads.search', 'p', 'r', '{}')", [key])


def test_all_others_are_ended_at_once_and_this_one_stays(office):
    others = [office.browser(OPERATOR) for _ in range(3)]
    here, colleague = office.browser(OPERATOR), office.browser(SUPERVISOR)
    here.post("/my-sign-in/end/")
    assert all(is_out(other) for other in others)
    assert not is_out(here)
    assert not is_out(colleague)
    before = office.ledger()
    here.post("/my-sign-in/end/")  # twice: nothing left to end, no second line
    assert [act for act in office.ledger()[len(before) :] if act[0] == "access.ended"] == []


def test_a_manager_sees_and_ends_a_members_sign_ins(office):
    officer, manager = office.browser(OPERATOR), office.browser(DESIGNEE)
    page = manager.get(f"/sign-ins/{OPERATOR}/")
    assert page.status_code == 200
    assert b"Rosa Vega" in page.content
    assert manager.post(f"/sign-ins/{OPERATOR}/end/").status_code == 302
    assert is_out(officer)
    assert not is_out(manager)
    assert office.ledger()[-2:].count(("access.ended", DESIGNEE)) == 1


@pytest.mark.parametrize("who", [OPERATOR, OUTSIDER, AUDITOR])
def test_nobody_else_sees_or_ends_a_colleagues(office, who):
    colleague, other = office.browser(SUPERVISOR), office.browser(who)
    theirs = open_ids(office, SUPERVISOR)[0]
    assert other.get(f"/sign-ins/{SUPERVISOR}/").status_code == 403
    assert other.post(f"/sign-ins/{SUPERVISOR}/end/", {"id": theirs}).status_code == 403
    other.post("/my-sign-in/end/", {"id": theirs})  # an id that is not one's own
    assert open_ids(office, SUPERVISOR) == [theirs]
    assert not is_out(colleague)


def test_the_database_refuses_without_the_duty_whatever_the_application_says(office):
    office.browser(SUPERVISOR)
    key = bytes.fromhex(office.browser(OPERATOR).cookies["person"].value)
    with office.database.connect("app") as app:
        for question in ("select * from office.sign_ins(%s, %s)", "select office.end_sign_ins(%s, %s, null)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(question, [key, SUPERVISOR])
            app.rollback()
            with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
                app.execute(question, [b"x" * 32, SUPERVISOR])
            app.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select * from office.signed_in")
    assert len(open_ids(office, SUPERVISOR)) == 1


@pytest.mark.parametrize("rubbish", ["x", "-1", "1;drop", "9" * 30])
def test_an_id_that_is_none_is_unknown(office, rubbish):
    assert office.browser(OPERATOR).post("/my-sign-in/end/", {"id": rubbish}).status_code == 404


def test_a_number_of_nobody_is_unknown_to_a_manager(office):
    assert office.browser(SUPERVISOR).get("/sign-ins/7777/").status_code == 404


def test_the_untrained_end_their_own_too(office):
    lost, here = office.browser(UNTRAINED), office.browser(UNTRAINED)
    here.post("/my-sign-in/end/")
    assert open_ids(office, UNTRAINED) != []
    assert is_out(lost)


def test_a_binding_that_is_over_by_the_database_is_over(office):
    browser = office.browser(OPERATOR)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.signed_in set until_at = now() - %s", [timedelta(seconds=1)])
    assert is_out(browser)


def forget(office) -> int:
    with office.as_role("purge"):
        tick()
        return forget_sign_ins()


def test_what_ended_long_ago_is_forgotten_and_the_newest_of_each_member_stays(office):
    for number in (OPERATOR, OPERATOR, OPERATOR, SUPERVISOR):
        office.browser(number)
    with office.database.connect("owner") as owner:
        first, second, _ = open_ids(office)
        owner.execute(
            "update office.signed_in set signed_in_at = now() - interval '92 days', until_at = now() - interval '91 days'"
        )
        owner.execute(
            "update office.signed_in set signed_in_at = now() - interval '90 days', until_at = now() - interval '89 days' where id > %s",
            [first],
        )
    assert forget(office) == 1
    assert first not in open_ids(office)
    assert second in open_ids(office), "not ninety days yet"
    with office.database.connect("owner") as owner:
        owner.execute(
            "update office.signed_in set until_at = now() - interval '91 days', signed_in_at = now() - interval '1 day' * (200 - id)"
        )
    assert forget(office) == 1
    assert forget(office) == 0
    assert len(open_ids(office)) == len(open_ids(office, SUPERVISOR)) == 1


def test_nothing_is_forgotten_by_a_clock_that_is_not_believed(office):
    office.browser(OPERATOR)
    office.browser(OPERATOR)
    forget(office)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.signed_in set until_at = now() - interval '91 days'")
        superuser.execute("update office.retention_clockwatch set unexplained_s = 9000000")
    with office.as_role("purge"):
        assert forget_sign_ins() == 0


def test_the_pages_login_forgets_nothing(office):
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select office.forget_sign_ins()")
