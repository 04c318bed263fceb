"""check: as text with what to do, as one JSON object, and the exit status says when a clause is broken."""

from __future__ import annotations

import json

from platewarden.cli.testing import desk_of
from platewarden.policy.clauses import Clause
from platewarden.server.proof.testing import busy

SECRET = ("AB12345", "CD54321", "EF65432", "GH76543", "JK87654", "26-004117", "26-004118", "2A-1123", "LS-26-0417")


def test_it_says_every_clause_with_its_number_and_counts(office, tmp_path):
    busy(office)
    desk = desk_of(office)
    done = desk.run("check", "--json")
    told = json.loads(done.stdout)
    assert [row for each in told["clauses"] for row in each["rows"] if row["wrong"]] == []
    assert done.returncode == 0, done.stderr
    assert [each["clause"] for each in told["clauses"]] == [clause.value for clause in Clause]
    assert told["counts"]["broken"] == 0
    text = desk.run("check", "--all")
    assert text.returncode == 0
    assert "427.4(d)  training-before-use" in text.stdout
    assert "27 clauses: 26 kept, 1 at risk, 0 broken, 0 no data." in text.stdout
    assert not [secret for secret in SECRET if secret in done.stdout + text.stdout], "no plate, no case, no shift"

    done = desk.run("check", "--bundle", str(tmp_path / "bundle"), "--pdf", str(tmp_path / "policy.pdf"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bundle" / "statement.txt").is_file()
    assert (tmp_path / "policy.pdf").read_bytes().startswith(b"%PDF-")
    done = desk.run("check", "--pdf", str(tmp_path / "gone" / "policy.pdf"))
    assert "cannot be written" in done.stderr
    again = desk.run("check", "--bundle", str(tmp_path / "bundle"))
    assert again.returncode != 0
    assert "is there already" in again.stderr

    with office.database.connect("owner") as owner:
        owner.execute("update office.retention_hold set book_by = current_date - 2")
    done = desk.run("check")
    assert done.returncode == 1
    assert "0 of 1 standing holds booked within their deadline" in done.stdout
    assert "first: hold H-00001" in done.stdout
    assert "platewarden evidence package" in done.stdout
