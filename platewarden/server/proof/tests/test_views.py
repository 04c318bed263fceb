"""How the policy stands, for those who manage or audit: every clause, and behind each what was counted."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.proof.day import keep_today
from platewarden.server.proof.models import YearTold
from platewarden.server.proof.sharing import state_today
from platewarden.server.proof.testing import worker_was_round, year_ago


@pytest.mark.parametrize("number", [SUPERVISOR, DESIGNEE, AUDITOR])
def test_every_clause_stands_there_with_its_count(office, number):
    worker_was_round(office)
    with office.as_role("purge"):
        keep_today()
    page = office.browser(number, purpose=None).get("/policy/").content.decode()
    for clause in Clause:
        assert f"/policy/{clause.value}/" in page
    assert "8 of 8 duties given on the record" in page
    assert "0 broken" not in page
    assert "Broken" in page, "the days"


def test_behind_a_clause_stand_its_records_and_what_to_do(office):
    worker_was_round(office)
    with office.database.connect("owner") as owner:
        owner.execute(
            "insert into office.people_assignment (member_id, duty, given_by, since_at)"
            " select id, 'operator', '', now() from office.people_member where number = '1099'"
        )
        owner.execute("delete from office.proof_jobrun where name = 'ledger.seal'")
    browser = office.browser(AUDITOR, purpose=None)
    page = browser.get("/policy/assigned-members/").content.decode()
    assert "8 of 9 duties given on the record" in page
    assert "Take the duty away, and have the supervisor give it." in page
    page = browser.get("/policy/access-documented/").content.decode()
    assert "ledger.seal was never done" in page
    assert "nothing to count: lines of the ledger" in page, "before the day's first check"
    assert browser.get("/policy/no-such-clause/").status_code == 404


def test_it_is_given_out_as_a_paper(office):
    worker_was_round(office)
    browser = office.browser(AUDITOR, purpose=None)
    assert 'href="/policy/policy.pdf"' in browser.get("/policy/").content.decode()
    answer = browser.get("/policy/policy.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="policy-')
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize("number", [OPERATOR, LIST_MANAGER])
def test_nobody_else_sees_it(office, number):
    for address in ("/policy/", "/policy/hold/", "/policy/policy.pdf"):
        answer = office.browser(number, purpose=None).get(address)
        assert answer.status_code == 403
        assert b"427.3" in answer.content


def test_what_the_public_is_told_is_fixed_from_a_page_once_and_given_out(office):
    year_ago(office)
    with office.as_role("purge"):
        state_today()
    year = today(now()).year - 1
    browser = office.browser(DESIGNEE, purpose=None)
    page = browser.get("/policy/public/").content.decode()
    assert f"Fix the figures of {year}" in page
    assert "No agency, company or network outside this department has standing access" in page
    for name in ("all.zip", f"figures-{year}.csv", "sharing-statement.txt"):
        assert browser.get(f"/policy/public/{year}/{name}").status_code == 503, "nothing to give away yet"
    assert b"A preview." in browser.get(f"/policy/public/{year}/index.html").content
    assert browser.post(f"/policy/public/{year}/fix/").status_code == 302
    assert browser.post(f"/policy/public/{year}/fix/").status_code == 302, "twice is once"
    assert YearTold.objects.count() == 1
    assert f"All files of {year}" in browser.get("/policy/public/").content.decode()
    assert browser.get(f"/policy/public/{year}/all.zip").content.startswith(b"PK")
    for name, kind in (
        ("index.html", "text/html"),
        ("style.css", "text/css"),
        (f"figures-{year}.csv", "text/csv"),
        ("ledger-key.txt", "text/plain"),
    ):
        answer = browser.get(f"/policy/public/{year}/{name}")
        assert answer["Content-Type"].startswith(kind)
        assert b"A preview." not in answer.content
    for address in (f"{year}/other.txt", f"{year}/..%2fsecrets", f"{year - 1}/index.html", f"{year + 2}/index.html"):
        assert browser.get(f"/policy/public/{address}").status_code == 404
    assert b"is not over" in browser.post(f"/policy/public/{year + 1}/fix/").content


def test_who_audits_sees_what_the_public_is_told_and_does_not_fix_it(office):
    year_ago(office)
    year = today(now()).year - 1
    browser = office.browser(AUDITOR, purpose=None)
    page = browser.get("/policy/public/").content.decode()
    assert f"Preview of {year}" in page
    assert "<button" not in page.partition('id="years"')[2].partition("</table>")[0]
    assert browser.post(f"/policy/public/{year}/fix/").status_code == 403
    assert not YearTold.objects.exists()
    for address in ("", f"{year}/index.html", f"{year}/all.zip"):
        assert office.browser(OPERATOR, purpose=None).get(f"/policy/public/{address}").status_code == 403
    assert "No year is over yet" not in page
