"""The bundle of a check: an outsider makes the same table from it alone; whatever is changed in it is refused; it names nobody's plate."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Unavailable
from platewarden.server.ledger import chain
from platewarden.server.ledger.publish import publish
from platewarden.server.proof import bundle as module
from platewarden.server.proof.bundle import HEAD, STATEMENT, write_bundle
from platewarden.server.proof.check import as_json
from platewarden.server.proof.day import keep_today
from platewarden.server.proof.testing import checked, worker_was_round
from platewarden.transparency.note import NoteSigner, sign_note

TOOL = Path(__file__).parents[4] / "tools" / "verify.py"
CHANGES = 200
KNOWN = (
    "AB12345",
    "CD54321",
    "EF65432",
    "GH76543",
    "JK87654",
    "LM98765",
    "26-004117",
    "26-004118",
    "26-004119",
    "2A-1123",
    "LS-26-0417",
)


@pytest.fixture(scope="module")
def outsider():
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


@pytest.fixture
def made(busy_office, tmp_path) -> Path:
    """A bundle of a busy office whose table of the day is sealed."""
    return written(busy_office, tmp_path / "bundle")


def written(office, folder: Path, *, day: bool = True) -> Path:
    if day:
        with office.as_role("purge"):
            keep_today()
        office.seal()
    with office.as_role("purge"):
        write_bundle(folder)
    return folder


def asked(outsider, *words) -> int:
    return outsider.main(["--key", str(chain.verifier()), *map(str, words)])


def signed_again(folder: Path, **changed: str) -> None:
    """What the department itself could do: other contents, under its own signature."""
    for name, text in changed.items():
        (folder / f"{name}.json").write_text(text)
    said = json.loads((folder / STATEMENT).read_text().partition("\n")[2].rpartition("\n\n")[0])
    said["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in said["files"]}
    (folder / STATEMENT).write_text(sign_note(f"{HEAD}\n{json.dumps(said)}\n", module._signer()))


def test_an_outsider_makes_the_same_table_from_the_bundle_alone(busy_office, made, outsider, capsys):
    assert asked(outsider, "--bundle", made) == 0
    told = capsys.readouterr().out
    for clause, each in checked(busy_office).items():
        assert f"{each.number:<9} {clause.value:<26} {each.state}\n" in told
    assert "26 kept" in told
    assert "stands in line" in told
    assert told.endswith("HOLDS.\n")


def test_its_table_is_the_checks_own_with_every_count_and_record(busy_office, tmp_path):
    with busy_office.database.connect("postgres") as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("update office.hotlists_bolo set decided_by = author")
    folder = written(busy_office, tmp_path / "bundle", day=False)
    table, own = json.loads((folder / "table.json").read_text()), as_json(checked(busy_office).values())
    assert table["counts"]["broken"] == 1
    for told, now in zip(table["clauses"], own["clauses"], strict=True):
        for a, b in zip(told["rows"], now["rows"], strict=True):
            # the ledger grows by what the check itself asks; nothing else does
            assert a == b or a["name"] == "ledger"
        assert told["state"] == now["state"]


def test_a_broken_clause_is_broken_for_the_outsider_too(busy_office, tmp_path, outsider, capsys):
    with busy_office.database.connect("postgres") as conn:
        conn.execute("update office.retention_hold set book_by = current_date - 2")
        conn.execute("drop trigger kept on office.audits_audit")
        conn.execute("drop function office.proof_bolos_end(jsonb)")
    folder = written(busy_office, tmp_path / "bundle", day=False)
    assert asked(outsider, "--bundle", folder) == 0
    told = capsys.readouterr().out
    for clause in (Clause.BOOKED_EVIDENCE, Clause.AUDITS, Clause.LISTED_PURPOSES):
        assert f"{clause.value:<26} broken" in told
    assert "No day's table was in the sealed ledger yet." in told


def test_where_nothing_happened_it_says_no_data(office, tmp_path, outsider, capsys):
    worker_was_round(office)
    assert asked(outsider, "--bundle", written(office, tmp_path / "bundle", day=False)) == 0
    assert f"{Clause.AUDITS.value:<26} no data" in capsys.readouterr().out


def test_before_anything_is_sealed_there_is_none(office, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "newest_checkpoint", lambda: None)
    with office.as_role("purge"), pytest.raises(Unavailable, match="Nothing is sealed yet"):
        write_bundle(tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_with_the_published_ledger_its_checkpoint_is_the_beginning_of_the_book(busy_office, made, outsider, tmp_path):
    with busy_office.as_role("purge"):
        publish(tmp_path / "published")
    assert asked(outsider, tmp_path / "published", "--bundle", made) == 0


def test_no_plate_search_case_or_picture_is_in_it(busy_office, made):
    numbers = {text for (text,) in busy_office.ask_owner("select reference from plates.access_terms")}
    terms = {value for (text,) in busy_office.ask_owner("select terms::text from plates.access_terms") for value in _words(text)}
    assert numbers
    assert {"CD54321", "EF65432"} <= terms
    raw = b"\n".join(each.read_bytes() for each in made.iterdir())
    assert len(raw) > 10_000
    assert not [word for word in {*KNOWN, *numbers, *terms} if word and word.encode() in raw]
    for mark in (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"/9j/"):
        assert mark not in raw


def _words(terms: str) -> list[str]:
    """The plates and partial plates that were asked for."""
    return [value for name, value in json.loads(terms).items() if name in ("plate", "pattern") and value]


def test_nobody_follows_a_record_from_bundle_to_bundle(busy_office, made, tmp_path):
    other = written(busy_office, tmp_path / "other", day=False)
    rows = [
        {row for each in json.loads((folder / "clause-training-before-use.json").read_text())["counted"] for row in each.get("rows", ()) if not row.startswith(("function", "trigger", "constraint", "right"))}
        for folder in (made, other)
    ]  # fmt: skip
    assert len(rows[0]) == len(rows[1]) > 5
    assert not rows[0] & rows[1]


def test_any_byte_changed_is_refused(made, outsider, capsys):
    names, random_ = sorted(each.name for each in made.iterdir()), random.Random(427)
    for n in range(CHANGES):
        place = made / names[n % len(names)]
        before = place.read_bytes()
        at = random_.randrange(len(before))
        place.write_bytes(before[:at] + bytes([before[at] ^ (1 << random_.randrange(8))]) + before[at + 1 :])
        assert asked(outsider, "--bundle", made) == 1, (place.name, at)
        assert capsys.readouterr().out.startswith("DOES NOT HOLD. ")
        place.write_bytes(before)
    assert asked(outsider, "--bundle", made) == 0


def test_a_file_gone_cut_or_slipped_in_is_refused(made, outsider, tmp_path, capsys):
    for name in [each.name for each in made.iterdir()]:
        for change in (Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-7])):
            copy = tmp_path / "copy"
            shutil.copytree(made, copy)
            change(copy / name)
            assert asked(outsider, "--bundle", copy) == 1
            assert name in capsys.readouterr().out
            shutil.rmtree(copy)
    (made / "clause-kindness.json").write_text("{}")
    assert asked(outsider, "--bundle", made) == 1
    assert "clause-kindness.json was slipped into" in capsys.readouterr().out


def test_another_key_is_refused(made, outsider, capsys):
    stranger = NoteSigner(chain.origin(), Ed25519PrivateKey.generate()).verifier
    assert outsider.main(["--key", str(stranger), "--bundle", str(made)]) == 1
    assert "is not signed with the key you gave" in capsys.readouterr().out


def test_a_department_that_signs_another_table_than_its_rows_is_found_out(made, outsider, capsys):
    table = json.loads((made / "table.json").read_text())
    (partial,) = (each for each in table["clauses"] if each["clause"] == "partial-plates")
    assert partial["state"] == "at risk"
    partial["state"] = "kept"
    table["counts"] |= {"kept": 27, "at risk": 0}
    signed_again(made, table=json.dumps(table))
    assert asked(outsider, "--bundle", made) == 1
    assert "says that partial-plates is kept; its rows say at risk" in capsys.readouterr().out
    (late,) = (row for row in partial["rows"] if row["late"])
    late |= {"late": 0, "state": "kept", "records": []}
    signed_again(made, table=json.dumps(table))
    assert asked(outsider, "--bundle", made) == 1
    assert "do not give what its table says" in capsys.readouterr().out


def test_a_department_that_signs_another_day_is_found_out_by_its_ledger(made, outsider, capsys):
    day = json.loads((made / "day.json").read_text())
    signed_again(made, day=json.dumps(day | {"checked_at": "2026-01-01T00:00:00+00:00"}))
    assert asked(outsider, "--bundle", made) == 1
    assert "is not the table that line" in capsys.readouterr().out


def test_a_folder_that_is_there_already_is_refused(busy_office, made, tmp_path):
    before = {each.name: each.read_bytes() for each in made.iterdir()}
    with busy_office.as_role("purge"):
        with pytest.raises(Unavailable, match="is there already"):
            write_bundle(made)
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable, match="cannot be made"):
            write_bundle(tmp_path / "file" / "bundle")
    assert {each.name: each.read_bytes() for each in made.iterdir()} == before


def test_one_that_was_cut_is_no_bundle(busy_office, tmp_path, outsider, monkeypatch, capsys):
    put, done = module.put, []

    def cut(path, content, **facts):
        if len(done) == 5:
            raise OSError(28, "No space left on device")
        done.append(path)
        put(path, content, **facts)

    monkeypatch.setattr(module, "put", cut)
    with pytest.raises(Unavailable, match="No space left"):
        written(busy_office, tmp_path / "bundle", day=False)
    assert asked(outsider, "--bundle", tmp_path / "bundle") == 1
    assert "statement.txt is missing" in capsys.readouterr().out
