"""Digests, signatures and sealing: who said it, that nobody changed it, and that only the office can open it.

* A signature (Ed25519, RFC 8032) covers a context string, every byte of the header and the body, so that a signature made
  for one kind, version or purpose is worth nothing for another. It is checked before the body is parsed.
* A key's id is the first 16 bytes of the SHA-256 of its 32 public bytes. Its *fingerprint* is for people: 100 bits of the
  same digest in letters and digits that can be told apart over the phone.
* Sealing is HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM). Whoever sealed a message can't open it again.

A sealed message: `"PS" | version u8 | suite u8 | encapsulated key (32) | ciphertext and tag`; the header is bound in as `info`.

Key files are PKCS #8 PEM, 0600, never overwritten: the order is write beside, fsync, link under the name, fsync the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from platewarden.exchange.wire import MAX_MESSAGE, Envelope, Kind, open_envelope
from platewarden.policy.refusal import Malformed, Stale, Tampered, Unavailable, Unknown

__all__ = [
    "FindKey",
    "Opened",
    "SealingKey",
    "SigningKey",
    "digest",
    "fingerprint",
    "key_id_of",
    "open_message",
    "seal_to",
    "sign_message",
]

FindKey = Callable[[bytes], bytes | None]
"""The public key of a key id, or None: whom this side believes."""

_SIGNED: Final = b"platewarden/exchange/signed/v1\x00"
_SEALED: Final = b"platewarden/exchange/sealed/v1\x00"
_SEALED_HEADER: Final = b"PS\x01\x01"
_SEALED_OVERHEAD: Final = len(_SEALED_HEADER) + 32 + 16
_SPEAKABLE: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HPKE: Final = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def digest(raw: bytes) -> bytes:
    """SHA-256 of the bytes."""
    return hashlib.sha256(raw).digest()


def key_id_of(public: bytes) -> bytes:
    """The 16 bytes by which the wire names a public key."""
    return digest(public)[:16]


def fingerprint(public: bytes) -> str:
    """A public key in five groups of four, for two people to compare over the phone. No I, L, O or U in it."""
    number = int.from_bytes(digest(public)[:13], "big") >> 4
    letters = "".join(_SPEAKABLE[number >> shift & 31] for shift in range(95, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, 20, 4))


@dataclass(frozen=True)
class Opened:
    """A message whose signature holds: its body, who signed it, the digest of the whole, and the signed bytes themselves."""

    body: bytes
    key_id: bytes
    digest: bytes
    signed: bytes


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key of a unit or of the office."""

    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """The key that 32 bytes give. For the vectors, and for nothing that is meant to stay secret."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """The key of a file that `save` wrote. Refused: no file, not such a key, a file that others may read."""
        private = _load(path)
        if not isinstance(private, Ed25519PrivateKey):
            raise Malformed(f"The file “{path.name}” holds no signing key. Put the right file back.")
        return cls(private)

    def save(self, path: Path) -> None:
        """Write the key, readable by its owner only. Refused: a file is there already."""
        _save(path, self.private)

    def sign(self, raw: bytes) -> bytes:
        """64 bytes over exactly these. For messages use `sign_message`, for notes `transparency.note`."""
        return self.private.sign(raw)

    @property
    def public_bytes(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.public_bytes)


def sign_message(kind: Kind, body: bytes, key: SigningKey) -> bytes:
    """The signed message around a body."""
    unsigned = Envelope(kind, key.key_id, body, b"")
    return Envelope(kind, key.key_id, body, key.sign(_covered(unsigned))).to_bytes()


def open_message(raw: bytes, kind: Kind, find_key: FindKey) -> Opened:
    """The body of a message of this kind, once its signature holds.

    Malformed when it isn't such a message, Unknown when nobody here knows the key, Tampered when the signature doesn't hold.
    """
    envelope = open_envelope(raw)
    if envelope.kind is not kind:
        raise Malformed(
            f"This is a message of the kind “{envelope.kind.words}”; a {kind.words} was expected. Send it to the right door."
        )
    public = find_key(envelope.key_id)
    if public is None:
        raise Unknown("The message is signed with a key that is not known here. Enrol the unit, or ask the office.")
    if len(public) != 32 or key_id_of(public) != envelope.key_id:
        raise Tampered(
            "The key kept for the signer of this message is not the one it names. Stop, and tell the Administrative Supervisor."
        )
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(envelope.signature, _covered(envelope))
    except (InvalidSignature, ValueError) as error:
        raise Tampered(
            f"The signature of this {kind.words} does not hold: it was changed, or signed by another key. Stop, and tell the Administrative Supervisor."
        ) from error
    return Opened(envelope.body, envelope.key_id, digest(raw), raw)


@dataclass(frozen=True)
class SealingKey:
    """The office's X25519 key, to which units seal what they carry."""

    private: X25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> SealingKey:
        return cls(X25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SealingKey:
        """The key that 32 bytes give. For the vectors, and for nothing that is meant to stay secret."""
        return cls(X25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path) -> SealingKey:
        """The key of a file that `save` wrote. Refused: no file, not such a key, a file that others may read."""
        private = _load(path)
        if not isinstance(private, X25519PrivateKey):
            raise Malformed(f"The file “{path.name}” holds no sealing key. Put the right file back.")
        return cls(private)

    def save(self, path: Path) -> None:
        """Write the key, readable by its owner only. Refused: a file is there already."""
        _save(path, self.private)

    @property
    def public_bytes(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.public_bytes)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed to this key. Malformed when it isn't sealed at all, Tampered when it doesn't open."""
        if len(sealed) > MAX_MESSAGE + _SEALED_OVERHEAD:
            raise Malformed(
                f"The sealed message has {len(sealed)} bytes; the most is {MAX_MESSAGE + _SEALED_OVERHEAD}. Send less at once."
            )
        if len(sealed) < _SEALED_OVERHEAD or sealed[:2] != _SEALED_HEADER[:2]:
            raise Malformed("These bytes are not a sealed message. Seal it to the office's key and send it whole.")
        if sealed[:4] != _SEALED_HEADER:
            raise Malformed(
                "The message is sealed in a version or suite that this side does not know. Bring both sides to the same version."
            )
        try:
            return _HPKE.decrypt(sealed[4:], self.private, info=_SEALED + sealed[:4])
        except (InvalidTag, ValueError) as error:
            raise Tampered(
                "The sealed message does not open: it was changed, or sealed to another office. Stop, and tell the Administrative Supervisor."
            ) from error


def seal_to(public: bytes, raw: bytes) -> bytes:
    """The bytes so that only the holder of this X25519 key can open them; each time different."""
    if len(raw) > MAX_MESSAGE:
        raise Malformed(f"The message has {len(raw)} bytes; the most is {MAX_MESSAGE}. Send less at once.")
    try:
        key = X25519PublicKey.from_public_bytes(public)
        return _SEALED_HEADER + _HPKE.encrypt(raw, key, info=_SEALED + _SEALED_HEADER)
    except ValueError as error:
        raise Malformed("This is not a key that a message can be sealed to. Fetch the office's sealing key again.") from error


def _covered(envelope: Envelope) -> bytes:
    return _SIGNED + envelope.header + envelope.body


def _save(path: Path, private: Ed25519PrivateKey | X25519PrivateKey) -> None:
    draft = path.with_name(path.name + ".new")
    try:
        with suppress(FileNotFoundError):
            draft.unlink()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError as error:
        raise Stale(f"There is a key file “{path.name}” already, and a key is never overwritten. Move it away first.") from error
    except OSError as error:
        raise Unavailable(
            f"The key file “{path.name}” cannot be written ({error.strerror}). Check the folder and the disk."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load(path: Path) -> object:
    try:
        if path.stat().st_mode & 0o077:
            raise Unavailable(
                f"Others on this machine may read the key file “{path.name}”. Make it readable by its owner only (mode 600)."
            )
        pem = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"The key file “{path.name}” cannot be read ({error.strerror}). Put it back, or restore it.") from error
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise Malformed(f"The file “{path.name}” holds no key. Put the right file back.") from error
