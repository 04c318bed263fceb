"""Signed notes, as c2sp.org/signed-note has them: a text, an empty line, and one line for each signature.

::

    — <key name> <base64(key id u32 | signature)>

Only Ed25519 (type 0x01): the signature is over the text with its last newline; the key id is the first four bytes of
SHA-256(name | 0x0A | 0x01 | public key). Lines of keys nobody here knows are left alone; if a known key's line fails,
the whole note is refused. A verifier key is written `name+hex key id+base64(0x01 | public key)`, as everywhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platewarden.policy.refusal import Malformed, Tampered, Unknown

__all__ = [
    "NoteSignature",
    "NoteSigner",
    "NoteVerifier",
    "cosign",
    "must_be_key_name",
    "must_be_text",
    "open_note",
    "parse_note",
    "sign_note",
]

_ED25519: Final = b"\x01"
_DASH: Final = "— "
_MOST_LINES: Final = 100
_MOST_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True)
class NoteVerifier:
    """A key that is believed under a name."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        must_be_key_name(self.name)
        if len(self.public) != 32:
            raise Malformed("The public key of a note's signer has 32 bytes. Take it from where the signer publishes it.")

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @classmethod
    def parse(cls, written: str) -> NoteVerifier:
        """The verifier of a written key. Refused: another form or type, an id that isn't the key's."""
        name, _, rest = written.strip().partition("+")
        identity, _, encoded = rest.partition("+")
        key = _decoded(encoded)
        if key is None or key[:1] != _ED25519 or not identity:
            raise Malformed("This is not a verifier key of the form name+id+key with an Ed25519 key. Copy it whole.")
        verifier = cls(name, key[1:])
        if verifier.key_id.hex() != identity:
            raise Malformed("The id in this verifier key is not the key's. Copy it whole.")
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True)
class NoteSigner:
    """A private key that signs under a name."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        must_be_key_name(self.name)

    @property
    def verifier(self) -> NoteVerifier:
        return NoteVerifier(self.name, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True)
class NoteSignature:
    """One signature line, not checked."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


def sign_note(text: str, *signers: NoteSigner) -> str:
    """The note with a line of each signer. Refused: a text that isn't one (see `must_be_text`), nobody to sign it."""
    must_be_text(text)
    if not signers:
        raise Malformed("A note needs at least one signer. Name one.")
    return text + "\n" + "".join(str(_signature(text, signer)) for signer in signers)


def cosign(note: str, signer: NoteSigner) -> str:
    """The note with one more line. Whoever cosigns has opened it first."""
    text, _ = parse_note(note)
    return note + str(_signature(text, signer))


def parse_note(note: str) -> tuple[str, tuple[NoteSignature, ...]]:
    """Text and signature lines of a note, nothing checked. Malformed when it isn't a note."""
    split = note.rfind("\n\n")
    if split < 0 or not note.endswith("\n") or len(note) > _MOST_CHARACTERS:
        raise Malformed("This is not a signed note: text, empty line, signature lines. Fetch it again, whole.")
    text, lines = note[: split + 1], note[split + 2 :].removesuffix("\n").split("\n")
    must_be_text(text)
    if len(lines) > _MOST_LINES:
        raise Malformed(f"The note has more than {_MOST_LINES} signature lines. Fetch it again.")
    return text, tuple(map(_line, lines))


def open_note(note: str, *known: NoteVerifier) -> tuple[str, tuple[NoteVerifier, ...]]:
    """The text of a note and who of the known signed it.

    Malformed when it isn't a note, Unknown when no known key signed it, Tampered when a known key's signature doesn't hold.
    """
    text, signatures = parse_note(note)
    signed = [verifier for verifier in known if _is_signed(text, signatures, verifier)]
    if not signed:
        raise Unknown("The note is not signed by a key that is known here. Check the key's name and the key.")
    return text, tuple(signed)


def must_be_key_name(name: str) -> None:
    """Refuse a key name that is empty, or has a space, a plus or a control character."""
    if not name or "+" in name or not name.isprintable() or any(character.isspace() for character in name) or not _is_utf8(name):
        raise Malformed(
            "The name of a note's key is empty, or has a space or a plus in it. Give it a name such as example.org/log."
        )


def must_be_text(text: str) -> None:
    """Refuse a text that doesn't end in a newline, or has control characters or what UTF-8 can't spell."""
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text) or not _is_utf8(text):
        raise Malformed("The text of a note ends in a newline and has no control characters. Correct it.")


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _signature(text: str, signer: NoteSigner) -> NoteSignature:
    return NoteSignature(signer.name, signer.verifier.key_id, signer.private.sign(text.encode()))


def _line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = _decoded(encoded)
    if not line.startswith(_DASH) or decoded is None or len(decoded) < 5:
        raise Malformed("A signature line of the note is not of the form “— name signature”. Fetch it again, whole.")
    must_be_key_name(name)
    return NoteSignature(name, decoded[:4], decoded[4:])


def _is_signed(text: str, signatures: Sequence[NoteSignature], verifier: NoteVerifier) -> bool:
    theirs = [each for each in signatures if (each.name, each.key_id) == (verifier.name, verifier.key_id)]
    for each in theirs:
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(each.signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise Tampered(
                f"The signature of {verifier.name} on the note does not hold: it was changed. Stop, and tell the Administrative Supervisor."
            ) from error
    return bool(theirs)


def _decoded(encoded: str) -> bytes | None:
    """Base64, its one spelling only."""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == encoded else None
