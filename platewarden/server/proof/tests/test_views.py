"""How the policy stands, for those who manage or audit: every clause, and behind each what was counted."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR
from platewarden.server.proof.day import keep_today
from platewarden.server.proof.testing import worker_was_round


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
