"""The shift secret: what a member types in the car, and the key that the member carries. Never the office password.

A verifier is `version u8 | salt (16) | tag (32)`. With version 1 the tag is scrypt (RFC 7914; n = 2^15, r = 8, p = 1: some 32 MB and
a tenth of a second for each try) of the secret. With version 2 it is HMAC-SHA256 over that, under the member's key: 128 random bits
in a file on the member's own stick (`shift_key`). Verifiers ride in every car. Whoever steals a car's disk can try secrets against
version 1 at scrypt's price; against version 2 there is nothing to try without the stick (decision 0007).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from platewarden.policy.refusal import Malformed

__all__ = ["KEY_BYTES", "VERIFIER_BYTES", "asks_for_key", "make_verifier", "must_be_verifier", "secret_fits"]

VERIFIER_BYTES: Final = 49
KEY_BYTES: Final = 16

_ALONE: Final = b"\x01"
_WITH_KEY: Final = b"\x02"
_SALT: Final = 16


def make_verifier(secret: str, key: bytes = b"") -> bytes:
    """A new verifier of this secret, salted, and bound to the key if there is one. Refused: an empty secret, a key of another length."""
    return _verifier(secret, secrets.token_bytes(_SALT), key)


def secret_fits(secret: str, verifier: bytes, key: bytes = b"") -> bool:
    """Are these the secret, and the key that the verifier asks for? In constant time; an empty secret never fits.

    The work is the same whether a key is asked for, given or missing.
    """
    must_be_verifier(verifier)
    bound = asks_for_key(verifier)
    tried = _verifier(secret or "-", verifier[1 : 1 + _SALT], (key or bytes(KEY_BYTES)) if bound else b"")
    return hmac.compare_digest(tried, verifier) and bool(secret) and (bool(key) or not bound)


def asks_for_key(verifier: bytes) -> bool:
    """Does it take the member's key, beside the secret?"""
    return verifier[:1] == _WITH_KEY


def must_be_verifier(verifier: bytes) -> None:
    """Refuse what is not a verifier of a version known here."""
    if len(verifier) != VERIFIER_BYTES or verifier[:1] not in {_ALONE, _WITH_KEY}:
        raise Malformed("The verifier of a shift secret is not of a version that this side knows. Set the shift secret anew.")


def _verifier(secret: str, salt: bytes, key: bytes) -> bytes:
    if not secret:
        raise Malformed("The shift secret is empty. Choose one.")
    if key and len(key) != KEY_BYTES:
        raise Malformed("The key beside a shift secret has 16 bytes. Hand out a new one.")
    spelled = unicodedata.normalize("NFC", secret).encode()
    tag = hashlib.scrypt(spelled, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return _WITH_KEY + salt + hmac.digest(key, tag, "sha256") if key else _ALONE + salt + tag
