"""The published ledger: what an outsider checks, with a tool that shares no code with ours. Whatever is changed in it is found."""

from __future__ import annotations

import ast
import contextlib
import fcntl
import importlib.util
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.ledger import chain
from platewarden.server.ledger.publish import LOCK, publish
from platewarden.server.ledger.tests.test_chain import tamper, write
from platewarden.transparency.note import NoteSigner
from platewarden.transparency.tiles import tiles
from platewarden.transparency.tree import root_of

TOOL = Path(__file__).parents[4] / "tools" / "verify.py"
CHANGES = 1000


def tool():
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def outsider():
    return tool()


@pytest.fixture
def key(office, tmp_path) -> Path:
    with office.as_role("purge"):
        written = f"{chain.verifier()}\n"
    place = tmp_path / "ledger-key.txt"
    place.write_text(written)
    return place


def published(office, folder: Path, *, entries: bool = False):
    with office.as_role("purge"):
        return publish(folder, entries=entries)


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file() and each.name != LOCK}


@pytest.fixture
def folder(office, tmp_path) -> Path:
    """A book of more than one tile, published twice."""
    place = tmp_path / "published"
    write(5)
    office.seal()
    published(office, place, entries=True)
    write(300)
    office.seal()
    published(office, place, entries=True)
    return place


# What is published


def test_what_was_published_holds_for_an_outsider(folder, key, outsider, capsys):
    assert outsider.main([str(folder), "--key", str(key)]) == 0
    told = capsys.readouterr().out
    assert told.endswith("HOLDS.\n")
    assert "305  alerts.dispose" in told


def test_without_entries_it_has_nothing_but_hashes_and_signatures(office, tmp_path, key, outsider, capsys):
    write(3)
    office.seal()
    published(office, tmp_path / "hashes")
    assert not (tmp_path / "hashes" / "tile" / "entries").exists()
    assert outsider.main([str(tmp_path / "hashes"), "--key", str(key)]) == 0
    assert "hashes only" in capsys.readouterr().out
    everything = b"".join(files(tmp_path / "hashes").values())
    assert b"1001" not in everything
    assert b"dispose" not in everything


def test_entries_tell_no_content(folder):
    assert b"AB1234" not in b"".join(files(folder).values())


def test_publishing_again_writes_nothing_that_is_there(office, folder):
    before = files(folder)
    assert published(office, folder, entries=True).files == 0
    assert files(folder) == before


def test_a_partial_tile_goes_when_its_full_one_is_there(folder):
    names = files(folder).keys()
    assert "tile/0/000" in names
    assert not [name for name in names if name.startswith("tile/0/000.p/")]


def test_two_do_not_publish_to_one_folder_at_once(office, folder):
    with (folder / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="somebody else"):
            published(office, folder, entries=True)
    published(office, folder, entries=True)


def test_a_folder_that_cannot_be_made_is_said(office, tmp_path):
    write(1)
    office.seal()
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        published(office, tmp_path / "file" / "below")


# What is refused


def test_a_folder_that_has_the_lines_goes_on_having_them(office, folder, key, outsider):
    write(3)
    office.seal()
    before = files(folder)
    with pytest.raises(Unavailable, match="Add --entries"):
        published(office, folder)
    assert files(folder) == before
    published(office, folder, entries=True)
    assert outsider.main([str(folder), "--key", str(key)]) == 0


def test_a_rewritten_ledger_is_not_published_over_what_was(office, folder, key, outsider):
    before = files(folder)
    tamper(
        office,
        "update office.ledger_leaf set body = replace(body, '\"n\": 2', '\"n\": 7'), leaf_hash = leaf_hash where act = 'alerts.dispose'",
    )
    with pytest.raises(Tampered, match=r"is not the beginning|does not answer"):
        published(office, folder, entries=True)
    assert files(folder) == before
    assert outsider.main([str(folder), "--key", str(key)]) == 0


def test_a_folder_of_another_ledger_is_refused(office, folder, monkeypatch):
    other = NoteSigner("platewarden/elsewhere", Ed25519PrivateKey.generate())
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(chain.Checkpoint("platewarden/elsewhere", 1, bytes(32)).signed(other))
    with pytest.raises(Tampered, match="not signed by this ledger's key"):
        published(office, folder, entries=True)
    (folder / "checkpoint").write_text(note)
    published(office, folder, entries=True)


def test_a_full_tile_that_was_changed_is_refused(office, folder):
    tile = folder / "tile" / "0" / "000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(Tampered, match="says something else than today's ledger"):
        published(office, folder, entries=True)


# What the outsider's tool finds


@pytest.mark.slow
def test_every_change_of_one_byte_is_found(folder, key, outsider, capsys):
    chance = random.Random(427)
    whole = files(folder)
    places = [(name, at) for name, content in whole.items() for at in range(len(content))]
    missed = []
    for name, at in chance.sample(places, CHANGES):
        changed = bytearray(whole[name])
        changed[at] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(changed)
        if outsider.main([str(folder), "--key", str(key)]) != 1:
            missed.append((name, at))
        (folder / name).write_bytes(whole[name])
    capsys.readouterr()
    assert missed == []
    assert outsider.main([str(folder), "--key", str(key)]) == 0


def test_every_file_that_is_missing_or_cut_is_found(folder, key, outsider, capsys):
    whole = files(folder)
    earlier = {
        name for name in whole if name.startswith("checkpoints/")
    }  # one less to compare with: nothing that is shown is wrong
    for name in whole.keys() - earlier - {"key"}:
        (folder / name).unlink()
        assert outsider.main([str(folder), "--key", str(key)]) in (1, 2), name
        (folder / name).write_bytes(whole[name][:-1])
        assert outsider.main([str(folder), "--key", str(key)]) == 1, name
        (folder / name).write_bytes(whole[name])
    assert outsider.main([str(folder), "--key", str(key)]) == 0


def test_lines_that_change_places_are_found(folder, key, outsider, capsys):
    tile = folder / "tile" / "0" / "000"
    raw = tile.read_bytes()
    tile.write_bytes(raw[32:64] + raw[:32] + raw[64:])
    assert outsider.main([str(folder), "--key", str(key)]) == 1
    assert "reordered" in capsys.readouterr().out


def test_a_publishing_that_was_cut_off_at_any_file_holds_and_is_repeated(office, tmp_path, key, outsider, monkeypatch, capsys):
    """Whoever copies the folder at any instant has a book that holds: the earlier one until the new checkpoint stands."""
    from platewarden.server.ledger import publish as module

    place = tmp_path / "published"
    write(5)
    office.seal()
    published(office, place, entries=True)
    write(300)
    office.seal()
    whole = module._write

    class Cut(Exception):
        pass

    for most in range(12):
        folder = tmp_path / f"cut-{most}"
        shutil.copytree(place, folder)
        left = iter(range(most))

        def until_cut(where, content, left=left):
            if next(left, None) is None:
                raise Cut
            return whole(where, content)

        monkeypatch.setattr(module, "_write", until_cut)
        with contextlib.suppress(Cut):
            published(office, folder, entries=True)
        assert outsider.main([str(folder), "--key", str(key)]) == 0, (most, capsys.readouterr().out)
        monkeypatch.setattr(module, "_write", whole)
        published(office, folder, entries=True)
        assert outsider.main([str(folder), "--key", str(key)]) == 0
        again = tmp_path / f"whole-{most}"
        shutil.copytree(place, again)
        published(office, again, entries=True)
        assert files(folder) == files(again)


def test_a_file_of_no_tree_is_not_looked_at_and_said(folder, key, outsider, capsys):
    (folder / "tile" / "0" / "009").write_bytes(bytes(8192))
    assert outsider.main([str(folder), "--key", str(key)]) == 0
    assert "1 files are of a later publishing" in capsys.readouterr().out


def test_a_book_that_was_written_anew_is_found_by_whoever_kept_a_checkpoint(office, folder, key, outsider, tmp_path, capsys):
    """Whoever holds the ledger's key can sign another book. Not one that begins as the old one did."""
    kept = tmp_path / "kept.txt"
    shutil.copy(folder / "checkpoint", kept)
    with office.as_role("purge"):
        signer = chain.signer()
    leaves = [chain.leaf_hash(f"another line {n}".encode()) for n in range(400)]
    other = tmp_path / "anew"
    for each in tiles(leaves):
        (other / each.path).parent.mkdir(parents=True, exist_ok=True)
        (other / each.path).write_bytes(each.content)
    (other / "checkpoint").write_text(chain.Checkpoint(signer.name, 400, root_of(leaves)).signed(signer))
    assert outsider.main([str(other), "--key", str(key)]) == 0
    assert outsider.main([str(other), "--key", str(key), "--seen", str(kept)]) == 1
    assert "The book was rewritten" in capsys.readouterr().out


def test_a_book_that_was_cut_back_is_found_by_whoever_kept_a_checkpoint(office, folder, key, outsider, tmp_path, capsys):
    kept = tmp_path / "kept.txt"
    shutil.copy(folder / "checkpoint", kept)
    short = tmp_path / "short"
    shutil.copytree(folder / "checkpoints", short / "checkpoints")
    first = min((short / "checkpoints").iterdir(), key=lambda each: int(each.name))
    for each in list((short / "checkpoints").iterdir()):
        if each != first:
            each.unlink()
    size = int(first.name)
    (short / "checkpoint").write_bytes(first.read_bytes())
    tile = short / "tile" / "0" / "000.p"
    tile.mkdir(parents=True)
    (tile / str(size)).write_bytes((folder / "tile" / "0" / "000").read_bytes()[: size * 32])
    assert outsider.main([str(short), "--key", str(key)]) == 0
    assert outsider.main([str(short), "--key", str(key), "--seen", str(kept)]) == 1
    assert "cut back" in capsys.readouterr().out


def test_another_key_is_not_believed(folder, outsider, tmp_path, capsys):
    other = NoteSigner("platewarden/elsewhere", Ed25519PrivateKey.generate()).verifier
    assert outsider.main([str(folder), "--key", str(other)]) == 1
    assert outsider.main([str(folder), "--key", "not+a+key"]) == 2
    assert outsider.main([str(folder), "--key", str(tmp_path / "nothing.txt")]) == 2
    assert "CANNOT BE CHECKED" in capsys.readouterr().out


def test_a_folder_without_a_checkpoint_cannot_be_checked(tmp_path, key, outsider, capsys):
    assert outsider.main([str(tmp_path), "--key", str(key)]) == 2


def test_the_tool_is_one_file_that_shares_nothing_with_ours():
    imported = {
        (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
        for node in ast.walk(ast.parse(TOOL.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_tool_explains_itself_and_runs_alone(folder, key, tmp_path):
    shutil.copy(TOOL, tmp_path / "verify.py")
    told = subprocess.run([sys.executable, "-I", "verify.py", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "What it cannot tell" in told.stdout
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", str(folder), "--key", str(key)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "HOLDS.")


def test_the_published_lines_are_the_sealed_ones(office, folder):
    raw = (folder / "tile" / "entries" / "000").read_bytes()
    first = json.loads(raw[2 : 2 + int.from_bytes(raw[:2], "big")])
    ((body,),) = office.ask_owner(
        "select body from office.ledger_sealed join office.ledger_leaf using (leaf_id) where tree_index = 0"
    )
    assert first == json.loads(body)
