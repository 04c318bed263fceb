"""A witness's line says when, and holds for this checkpoint alone."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platewarden.policy.refusal import Malformed, Tampered
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.cosignature import Cosigner, CosignerKey, cosigned, cosigned_at
from platewarden.transparency.note import NoteSigner, open_note, parse_note

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def log():
    return NoteSigner("platewarden/test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def witness():
    return Cosigner("example.org/auditor", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


@pytest.fixture
def note(log):
    return Checkpoint("platewarden/test", 7, bytes(32)).signed(log)


def test_a_cosigned_note_says_when_and_is_still_the_logs(note, log, witness):
    both = cosigned(note, witness, AT)
    assert cosigned_at(both, witness.key) == AT
    assert open_note(both, log.verifier)[1] == (log.verifier,)
    assert Checkpoint.of_note(both, log.verifier).size == 7


def test_what_is_signed_is_what_the_specification_says(note, witness):
    text, signatures = parse_note(cosigned(note, witness, AT))
    raw = signatures[-1].signature
    assert int.from_bytes(raw[:8], "big") == int(AT.timestamp())
    message = f"cosignature/v1\ntime {int(AT.timestamp())}\n".encode() + text.encode()
    Ed25519PublicKey.from_public_bytes(witness.key.public).verify(raw[8:], message)


def test_a_note_that_it_did_not_sign_has_no_time(note, witness):
    assert cosigned_at(note, witness.key) is None


def test_the_newest_of_its_lines_counts(note, witness):
    later = AT.replace(year=2027)
    assert cosigned_at(cosigned(cosigned(note, witness, later), witness, AT), witness.key) == later


def test_a_line_of_another_checkpoint_does_not_hold(note, log, witness):
    line = cosigned(note, witness, AT)[len(note) :]
    other = Checkpoint("platewarden/test", 8, bytes(32)).signed(log)
    with pytest.raises(Tampered, match="does not hold"):
        cosigned_at(other + line, witness.key)


def test_a_key_is_written_and_read(witness):
    assert CosignerKey.parse(str(witness.key)) == witness.key


@pytest.mark.parametrize("spoil", [lambda key: key[:-4], lambda key: key.replace("+", "-"), lambda key: "x" + key, lambda _key: ""])
def test_a_spoilt_key_is_refused(witness, spoil):
    with pytest.raises(Malformed):
        CosignerKey.parse(spoil(str(witness.key)))


def test_a_logs_key_is_no_witness(log):
    with pytest.raises(Malformed, match="not a witness's key"):
        CosignerKey.parse(str(log.verifier))


def test_a_key_has_32_bytes():
    with pytest.raises(Malformed, match="32 bytes"):
        CosignerKey("example.org/auditor", b"short")
