"""The table on paper: tagged, every clause in it, what is wrong with its record and what to do, and nobody's plate."""

from __future__ import annotations

from platewarden.policy.clauses import Clause
from platewarden.server.proof.papers import policy_facts, policy_pdf
from platewarden.server.proof.testing import checked

MADE = {"made_by": "1090 Ada Brandt", "ledger": "The ledger was not recomputed yet."}


def test_every_clause_is_in_it_with_what_was_counted(busy_office):
    found = list(checked(busy_office).values())
    facts = policy_facts(found, **MADE)
    assert [each["sentence"] for each in facts["clauses"]] == [clause.sentence for clause in Clause]
    assert facts["counts"] == "27 clauses: 0 broken, 1 at risk, 26 kept, 0 no data"
    assert [each["number"] for each in facts["todo"]] == ["427.4(c)"]
    assert all(each["said"] for each in facts["clauses"])
    assert not [word for word in ("AB12345", "CD54321", "26-004117", "2A-1123") if word in str(facts)]
    pdf = policy_pdf(found, **MADE)
    assert pdf.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf


def test_what_is_broken_stands_with_its_first_record_and_what_to_do(busy_office):
    with busy_office.database.connect("owner") as owner:
        owner.execute("update office.retention_hold set book_by = current_date - 2")
    found = list(checked(busy_office).values())
    (late,) = (each for each in policy_facts(found, **MADE)["todo"] if each["state"] == "broken")
    assert (late["first"], late["todo"]) == ("hold H-00001", "Write the package and book it: platewarden evidence package.")
    assert policy_pdf(found, **MADE).startswith(b"%PDF-")
