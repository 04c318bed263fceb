"""A ledger that only grows is signed. Whatever else it does raises an alarm, with what was found and what was seen before."""

import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.cosignature import cosigned_at
from platewarden.transparency.note import NoteSigner
from platewarden.transparency.tiles import tiles
from platewarden.transparency.tree import leaf_hash, root_of
from platewarden.witness.place import Folder
from platewarden.witness.watch import Alarm, Witness, make_key

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NAME = "platewarden/test"


class Log:
    """A published ledger, and whoever holds its key."""

    def __init__(self, folder):
        self.folder, self.signer = folder, NoteSigner(NAME, Ed25519PrivateKey.generate())

    def publish(self, size: int, *, of: str = "line", signer=None) -> Folder:
        leaves = [leaf_hash(f"{of} {n}".encode()) for n in range(size)]
        for each in tiles(leaves):
            (self.folder / each.path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / each.path).write_bytes(each.content)
        note = Checkpoint(NAME, size, root_of(leaves)).signed(signer or self.signer)
        (self.folder / "checkpoint").write_text(note)
        return Folder(self.folder)


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "published")


@pytest.fixture
def auditor(tmp_path):
    return make_key(tmp_path / "witness", "auditor.example.org")


@pytest.fixture
def witness(tmp_path, auditor, log):
    return Witness(tmp_path / "witness", log.signer.verifier, lambda: AT)


def kept(tmp_path) -> set[str]:
    return {each.name for each in (tmp_path / "witness" / "alarm").glob("*")}


def test_a_ledger_that_grows_is_signed_each_time(log, witness, auditor):
    first = witness.round(log.publish(3))
    again = witness.round(log.publish(3))
    later = witness.round(log.publish(700))
    assert [(each.size, each.before) for each in (first, again, later)] == [(3, None), (3, 3), (700, 3)]
    for each in (first, later):
        assert cosigned_at(each.cosigned.read_text(), auditor) == AT
    assert Checkpoint.of_note(later.cosigned.read_text(), log.signer.verifier).size == 700


def test_what_it_saw_survives_its_end(tmp_path, log, witness):
    witness.round(log.publish(300))
    another = Witness(tmp_path / "witness", log.signer.verifier, lambda: AT)
    assert another.round(log.publish(301)).before == 300


@pytest.mark.parametrize("size", [299, 300, 301, 900])
def test_a_ledger_that_was_rewritten_raises_an_alarm(tmp_path, log, witness, size):
    witness.round(log.publish(300))
    with pytest.raises(Alarm, match="went back" if size < 300 else "was rewritten"):
        witness.round(log.publish(size, of="another line"))
    assert kept(tmp_path) == {"now", "before", "what"}
    for name in ("now", "before"):  # both are signed by the department: that is the proof
        Checkpoint.of_note((tmp_path / "witness" / "alarm" / name).read_text(), log.signer.verifier)


def test_a_ledger_that_goes_back_raises_an_alarm(log, witness):
    witness.round(log.publish(300))
    with pytest.raises(Alarm, match="went back from 300 lines to 20"):
        witness.round(log.publish(20))


def test_another_key_raises_an_alarm(tmp_path, log, witness):
    with pytest.raises(Alarm, match="is not one that platewarden/test signed"):
        witness.round(log.publish(3, signer=NoteSigner(NAME, Ed25519PrivateKey.generate())))
    assert kept(tmp_path) == {"now", "what"}


def test_tiles_that_do_not_give_the_signed_root_raise_an_alarm(log, witness):
    place = log.publish(3)
    tile = log.folder / "tile" / "0" / "000.p" / "3"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(Alarm, match="do not give the root"):
        witness.round(place)


def test_after_an_alarm_nothing_is_signed_until_a_person_has_settled_it(tmp_path, log, witness):
    witness.round(log.publish(300))
    with pytest.raises(Alarm):
        witness.round(log.publish(20))
    with pytest.raises(Alarm, match="of an earlier round"):
        witness.round(log.publish(301))
    (tmp_path / "witness" / "alarm").rename(tmp_path / "settled")
    assert witness.round(log.publish(301)).before == 300


def test_what_cannot_be_fetched_is_no_alarm_and_is_not_signed(tmp_path, log, witness):
    place = log.publish(300)
    (log.folder / "tile" / "0" / "001.p" / "44").unlink()
    with pytest.raises(Unavailable, match="is not in"):
        witness.round(place)
    assert kept(tmp_path) == set()
    assert not (tmp_path / "witness" / "cosigned").exists()
    assert witness.round(log.publish(300)).before is None


def test_a_tile_that_was_cut_is_no_alarm(log, witness):
    place = log.publish(3)
    (log.folder / "tile" / "0" / "000.p" / "3").write_bytes(bytes(7))
    with pytest.raises(Malformed, match="has 7 bytes"):
        witness.round(place)


def test_the_key_is_its_owners_alone_and_never_made_twice(tmp_path, auditor):
    assert stat.S_IMODE((tmp_path / "witness" / "witness.key").stat().st_mode) == 0o600
    with pytest.raises(Unavailable, match="There is a witness"):
        make_key(tmp_path / "witness", "auditor.example.org")


def test_a_folder_without_a_witness_is_said(tmp_path, log):
    with pytest.raises(Unavailable, match="There is no witness"):
        Witness(tmp_path, log.signer.verifier, lambda: AT)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"cannot be written|There is a witness"):
        make_key(tmp_path / "file" / "below", "auditor.example.org")
