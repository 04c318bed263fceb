"""Whatever goes wrong becomes a page with a sentence and its status; without the database even that needs none."""

from __future__ import annotations

import io
import logging

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Tampered, Unavailable, Unknown
from platewarden.server.equipment.models import Unit
from platewarden.server.people.testing import OPERATOR, UNTRAINED
from platewarden.server.web import views
from platewarden.server.web.logs import JsonLines
from platewarden.server.web.translator import DATABASE_AWAY


@pytest.fixture
def broken(monkeypatch):
    """Home, with something going wrong in the middle of it."""

    def breaks(with_what) -> None:
        def instead(*_given):
            if isinstance(with_what, BaseException):
                raise with_what
            return with_what()

        monkeypatch.setattr(views, "lines_of", instead)

    return breaks


@pytest.fixture
def log(monkeypatch):
    """What the server's own handler writes meanwhile."""
    (handler,) = (each for each in logging.getLogger().handlers if isinstance(each.formatter, JsonLines))
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unknown("There is no such thing here."), 404),
        (Stale("Somebody was faster. Look again."), 409),
        (Malformed("This is not written as it should be."), 400),
        (Unavailable("Not right now. Try again."), 503),
        (Tampered("A digest does not hold."), 500),
    ],
)
def test_each_of_our_errors_is_its_own_page(office, broken, error, status):
    broken(error)
    answer = office.browser(OPERATOR).get("/")
    assert answer.status_code == status
    assert error.message.encode() in answer.content
    assert b"Traceback" not in answer.content


def test_a_refusal_names_the_clause_and_is_recorded_without_its_words_in_the_line(office, broken):
    broken(Refused(Refusal(Clause.PURGE, "This was forgotten on its day.")))
    answer = office.browser(OPERATOR).get("/")
    assert answer.status_code == 403
    assert b"427.5" in answer.content
    assert b"This was forgotten on its day." in answer.content
    assert office.ledger()[-1] == ("access.refused", OPERATOR)
    body = office.ask_owner("select body from office.ledger_leaf order by leaf_id desc limit 1")[0][0]
    assert "forgotten" not in body
    assert '"clause": "purge"' in body


def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal_and_does_not_claim_it_was(office):
    browser = office.browser(UNTRAINED)
    with office.database.connect("postgres") as superuser:
        superuser.execute(
            "revoke execute on function office.ledger_append(text, text, text, text, jsonb, jsonb) from platewarden_app"
        )
    answer = browser.get("/")
    assert answer.status_code == 403
    assert b"427.4(d)" in answer.content
    assert b"The refusal is recorded" not in answer.content


def test_an_address_that_leads_nowhere_is_the_same_page_for_everybody(office):
    for browser in (office.browser(OPERATOR), office.browser()):
        answer = browser.get("/nowhere/AB12345/")
        assert answer.status_code == 404
        assert b"AB12345" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/alerts/999999/",
        "/alerts/99999999999999999999999/",
        "/reads/00000000-0000-0000-0000-000000000000/2026-01-01T00:00:00+00:00/",
    ],
)
def test_what_is_not_there_is_not_found(office, path):
    assert office.browser(OPERATOR).get(path).status_code == 404


def test_what_nobody_translated_is_a_page_without_particulars(office, broken, log):
    broken(ValueError("AB12345 password=hunter2"))
    answer = office.browser(OPERATOR).get("/")
    assert answer.status_code == 500
    for secret in (b"AB12345", b"hunter2", b"ValueError", b"Traceback"):
        assert secret not in answer.content
    said = log.getvalue()
    assert "ValueError" in said
    assert "AB12345" not in said
    assert "hunter2" not in said


def test_a_database_that_goes_away_in_the_middle_of_a_page_is_said_and_then_mended(office, broken):
    browser = office.browser(OPERATOR)

    def pull_the_plug():
        with office.database.connect("postgres") as superuser:
            superuser.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename ~ '_(app|login)$'"
            )
        return Unit.objects.count()

    broken(pull_the_plug)
    answer = browser.get("/")
    assert answer.status_code == 503
    assert DATABASE_AWAY.encode() in answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    broken(lambda: None)
    for each in connections.all():
        each.close()
    assert browser.get("/").status_code == 200


def test_a_database_that_is_not_there_at_all_is_said_too(office):
    browser = office.browser(OPERATOR)
    for alias in ("default", "login"):
        connections[alias].close()
        connections[alias].settings_dict["PORT"] = 1
    for path in ("/", "/sign-in/", "/reads/search/", "/nowhere/"):
        answer = browser.get(path)
        assert answer.status_code == 503, path
        assert DATABASE_AWAY.encode() in answer.content
        assert "Content-Security-Policy" in answer.headers


def test_a_form_of_another_site_changes_nothing(office):
    from django.test import Client

    browser = office.browser(OPERATOR)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = browser.cookies
    before = office.ledger()
    answer = strict.post("/purpose/", {"purpose": "warrant", "reference": "26-004117"})
    assert answer.status_code == 403
    assert b"no longer valid" in answer.content
    assert strict.post("/sign-out/").status_code == 403
    assert office.ledger() == before


def test_a_host_that_is_not_ours_gets_nothing(office):
    answer = office.browser(OPERATOR).get("/", SERVER_NAME="elsewhere.example")
    assert answer.status_code == 400
    assert b"Rosa" not in answer.content


def test_the_databases_own_error_reaches_neither_page_nor_log_with_a_plate(office, broken, log):
    def fail():
        with connections["default"].cursor() as cursor:
            cursor.execute("select 'AB12345'::uuid")

    broken(fail)
    answer = office.browser(OPERATOR).get("/")
    assert answer.status_code == 500
    assert b"AB12345" not in answer.content
    assert "InvalidTextRepresentation" in log.getvalue()
    assert "AB12345" not in log.getvalue()
