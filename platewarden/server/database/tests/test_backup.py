"""The file of a backup: sealed, whole or refused, and nothing readable in it. The way back is tests/stories/test_a_restored_backup.py."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from platewarden.exchange.seal import SealingKey
from platewarden.policy.refusal import Malformed, Tampered, Unavailable
from platewarden.server.database import backup
from platewarden.server.database.backup import CHUNK, RECOVERY, make_backup, make_recovery_key

RECOVERY_KEY = SealingKey.generate()


def sealed(content: bytes) -> bytes:
    raw = io.BytesIO()
    writer = backup._Sealing(raw, RECOVERY_KEY.public_bytes)
    for at in range(0, len(content), 100_000):
        writer.write(content[at : at + 100_000])
    writer.finish()
    return raw.getvalue()


def opened(raw: bytes, key: SealingKey = RECOVERY_KEY) -> bytes:
    return backup._Opening(io.BytesIO(raw), key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
def test_what_was_sealed_opens_as_it_was(size):
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_a_cut_a_changed_a_reordered_or_a_longer_file_does_not_open():
    raw = sealed(b"AB12345" * 400_000)
    size = CHUNK + 16 + 4
    start = len(raw) - 2 * size - (7 * 400_000 - 2 * CHUNK + 16 + 4)
    first, second = raw[start : start + size], raw[start + size : start + 2 * size]
    wrong = [
        raw[:-1],
        raw[: start + size],
        raw[: start + 2 * size],
        raw[:start] + second + first + raw[start + 2 * size :],
        raw[:start] + first + first + raw[start + 2 * size :],
        raw + raw[start:],
        raw + b"x",
        raw[:40],
        *(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in (30, start + 2, start + 900, len(raw) - 1)),
    ]
    for each in wrong:
        with pytest.raises((Tampered, Malformed)):
            opened(each)
    assert b"AB12345" not in raw


def test_another_key_does_not_open_it_and_another_file_is_no_backup():
    with pytest.raises(Tampered):
        opened(sealed(b"content"), SealingKey.generate())
    with pytest.raises(Malformed, match="no backup"):
        opened(b"something else entirely")


def test_the_recovery_key_is_made_once_and_its_private_half_is_not_kept_here(database, tmp_path):
    config = database.config
    made = make_recovery_key(config, tmp_path)
    assert made == tmp_path / RECOVERY
    private = SealingKey.load(made)
    kept = (config.data / "secrets" / "recovery.public").read_bytes()
    assert kept == private.public_bytes
    assert not [path for path in config.data.rglob("*") if path.is_file() and path.read_bytes() == made.read_bytes()]
    with pytest.raises(Malformed, match="already"):
        make_recovery_key(config, tmp_path)
    with pytest.raises(Unavailable):
        make_recovery_key(database.cluster.config_for("another"), Path("/nowhere"))


def test_without_a_recovery_key_or_over_another_file_nothing_is_written(database, tmp_path):
    connect = lambda: database.connect("owner")
    with pytest.raises(Malformed, match="no recovery key"):
        make_backup(database.config, tmp_path / "a.backup", connect=connect)
    make_recovery_key(database.config, tmp_path)
    manifest = make_backup(database.config, tmp_path / "a.backup", connect=connect)
    assert set(manifest["rows"]) == set(manifest["tables"])
    assert "office.django_session" not in manifest["tables"]
    assert manifest["tables"].index("office.ledger_leaf") < manifest["tables"].index("office.ledger_sealed")
    with pytest.raises(Malformed, match="never written over"):
        make_backup(database.config, tmp_path / "a.backup", connect=connect)
    with pytest.raises(Unavailable):
        make_backup(database.config, tmp_path / "nowhere" / "a.backup", connect=connect)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a.backup", RECOVERY])
