"""With whom data are shared is stated once a day, signed, and names a login that is not the program's own."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.ledger import chain
from platewarden.server.ledger.publish import publish
from platewarden.server.people.training import today
from platewarden.server.proof import sharing as module
from platewarden.server.proof.check import State
from platewarden.server.proof.day import keep_today
from platewarden.server.proof.models import Sharing
from platewarden.server.proof.sharing import HEAD, newest_statement, said_in, state_if_due, state_today, strange_logins
from platewarden.server.proof.testing import checked, worker_was_round
from platewarden.transparency.note import sign_note

TOOL = Path(__file__).parents[4] / "tools" / "verify.py"


@pytest.fixture(scope="module")
def outsider():
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def stated(office) -> Sharing:
    with office.as_role("purge"):
        return state_today()


def test_a_day_is_stated_once_and_stands_in_the_ledger(office):
    assert newest_statement() is None
    kept = stated(office)
    with office.as_role("purge"):
        assert state_today().pk == kept.pk, "a second worker finds the first one's"
        assert state_if_due() is None
    said = said_in(kept)
    assert (said["day"], said["partners"], said["strange_logins"]) == (today(now()).isoformat(), [], 0)
    assert "has standing access" in said["statement"]
    ((body,),) = office.ask_owner("select body from office.ledger_leaf where act = 'proof.sharing'")
    about = json.loads(body)["about"]
    assert about == {
        "day": said["day"],
        "partners": 0,
        "strange_logins": 0,
        "sha256": hashlib.sha256(kept.note.encode()).hexdigest(),
    }


def test_an_outsider_checks_it_and_a_changed_one_is_refused(office, outsider, tmp_path, capsys):
    kept = stated(office)
    office.seal()
    file, key = tmp_path / "sharing-statement.txt", str(chain.verifier())
    file.write_text(kept.note)
    with office.as_role("purge"):
        publish(tmp_path / "published", entries=True)
    assert outsider.main([str(tmp_path / "published"), "--key", key, "--statement", str(file)]) == 0
    assert "Partners: none." in capsys.readouterr().out
    file.write_text(kept.note.replace('"partners": []', '"partners": ["Someone"]'))
    assert outsider.main(["--key", key, "--statement", str(file)]) == 1
    other = json.dumps(said_in(kept) | {"partners": ["Someone"]})
    file.write_text(sign_note(f"{HEAD}\n{other}\n", module._signer()))
    assert outsider.main(["--key", key, "--statement", str(file)]) == 0, "the department can sign what it likes"
    assert "Partners: Someone." in capsys.readouterr().out
    assert outsider.main([str(tmp_path / "published"), "--key", key, "--statement", str(file)]) == 1, "and not after the ledger"
    file.write_text((tmp_path / "published" / "checkpoint").read_text())
    assert outsider.main(["--key", key, "--statement", str(file)]) == 1, "a checkpoint is no statement"


@pytest.mark.parametrize("right", ["select (agency) on office.release_releaserequest", "pg_read_all_data"])
def test_a_login_that_is_not_the_programs_own_is_counted(office, right):
    with office.database.connect("postgres") as root:
        root.execute("create role strange_visitor login")
        try:
            root.execute(f"grant {right} to strange_visitor")
            with office.as_role("purge"):
                assert strange_logins() == ["strange_visitor"]
            kept = stated(office)
            assert "1 of the database's logins" in said_in(kept)["statement"]
            row = {each.name: each for each in checked(office)[Clause.RELEASE_TO_AGENCIES].rows}["sharing_stated"]
            assert row.state is State.AT_RISK
        finally:
            root.execute("drop owned by strange_visitor")
            root.execute("drop role strange_visitor")
    with office.as_role("purge"):
        assert strange_logins() == []


@pytest.mark.parametrize(
    "violation",
    [
        "update office.proof_sharing set note = replace(note, 'has standing', 'had standing')",
        "delete from office.proof_sharing",
        "update office.proof_sharing set day = day - 3",
        "update office.ledger_leaf set body = replace(body, s.day::text, (s.day - 9)::text) from office.proof_sharing s where act = 'proof.sharing'",
    ],
)
def test_a_statement_that_is_missing_or_changed_turns_its_clause_red(office, violation):
    worker_was_round(office)
    with office.as_role("purge"):
        keep_today()
    assert checked(office)[Clause.RELEASE_TO_AGENCIES].state is not State.BROKEN
    with office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute(violation)
    row = {each.name: each for each in checked(office)[Clause.RELEASE_TO_AGENCIES].rows}["sharing_stated"]
    assert row.wrong >= 1
    assert row.first.startswith("sharing statement of ")


def test_nobody_changes_a_statement(office):
    stated(office)
    with office.database.connect("owner") as owner, pytest.raises(Exception, match="append-only"):
        owner.execute("update office.proof_sharing set note = ''")
