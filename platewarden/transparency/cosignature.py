"""A witness's signature under a checkpoint, as c2sp.org/tlog-cosignature has it (cosignature/v1, Ed25519).

It says: this is a checkpoint of that log, and it goes on from every earlier one that I have signed. What is signed is the time
and the checkpoint; the time (seconds since 1970) stands before the signature::

    — <witness name> <base64(key id u32 | time u64 | signature)>

The key's type is 0x04, so its id is another than that of the same key under a log's name.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platewarden.policy.refusal import Malformed, Tampered
from platewarden.transparency.note import NoteSignature, must_be_key_name, parse_note

__all__ = ["Cosigner", "CosignerKey", "cosigned", "cosigned_at"]

_COSIGNATURE: Final = b"\x04"


@dataclass(frozen=True)
class CosignerKey:
    """A witness's public key, under its name. Written `name+hex key id+base64(0x04 | public key)`."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        must_be_key_name(self.name)
        if len(self.public) != 32:
            raise Malformed("The public key of a witness has 32 bytes. Take it from where the witness publishes it.")

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:4]

    @classmethod
    def parse(cls, written: str) -> CosignerKey:
        """The key of a written one. Refused: another form, a log's key, an id that isn't the key's."""
        name, _, rest = written.strip().partition("+")
        _, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise Malformed("This is not a witness's key of the form name+id+key. Copy it whole.") from error
        if raw[:1] != _COSIGNATURE or len(raw) != 33 or str(cls(name, raw[1:])) != written.strip():
            raise Malformed("This is not a witness's key of the form name+id+key, or its id is not its own. Copy it whole.")
        return cls(name, raw[1:])

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_COSIGNATURE + self.public).decode()}"


@dataclass(frozen=True)
class Cosigner:
    """A witness's private key, under its name."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def key(self) -> CosignerKey:
        return CosignerKey(self.name, self.private.public_key().public_bytes_raw())


def cosigned(note: str, witness: Cosigner, at: datetime) -> str:
    """The note with the witness's line. Whoever cosigns has opened it and checked that it goes on from what was cosigned before."""
    text, _ = parse_note(note)
    seconds = int(at.timestamp())
    signature = witness.private.sign(_message(text, seconds))
    return note + str(NoteSignature(witness.name, witness.key.key_id, seconds.to_bytes(8, "big") + signature))


def cosigned_at(note: str, witness: CosignerKey) -> datetime | None:
    """When the witness signed the note; None when it did not. Tampered when its line doesn't hold."""
    text, signatures = parse_note(note)
    theirs = [each.signature for each in signatures if (each.name, each.key_id) == (witness.name, witness.key_id)]
    times = []
    for raw in theirs:
        seconds = int.from_bytes(raw[:8], "big")
        try:
            Ed25519PublicKey.from_public_bytes(witness.public).verify(raw[8:], _message(text, seconds))
            times.append(datetime.fromtimestamp(seconds, UTC))
        except (InvalidSignature, ValueError, OverflowError, OSError) as error:
            raise Tampered(
                f"The signature of the witness {witness.name} does not hold: the checkpoint was changed. Keep it, and ask the witness."
            ) from error
    return max(times, default=None)


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
