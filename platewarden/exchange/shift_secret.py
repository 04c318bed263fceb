"""The shift secret: what a member types in the car. Never the office password, for its verifier rides in every car.

A verifier is `version u8 = 1 | salt (16) | scrypt (32)`, scrypt (RFC 7914) with n = 2^15, r = 8, p = 1: some 32 MB and a tenth
of a second for each try. Whoever steals a car's disk can try secrets at that price; therefore the unit also limits tries, and
the office can set a new secret at any time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from platewarden.policy.refusal import Malformed

__all__ = ["VERIFIER_BYTES", "make_verifier", "must_be_verifier", "secret_fits"]

VERIFIER_BYTES: Final = 49

_VERSION: Final = b"\x01"
_SALT: Final = 16


def make_verifier(secret: str) -> bytes:
    """A new verifier of this secret, salted. Refused: an empty secret."""
    return _verifier(secret, secrets.token_bytes(_SALT))


def secret_fits(secret: str, verifier: bytes) -> bool:
    """Is this the secret? Compared in constant time; an empty secret never fits."""
    must_be_verifier(verifier)
    return bool(secret) and hmac.compare_digest(_verifier(secret, verifier[1 : 1 + _SALT]), verifier)


def must_be_verifier(verifier: bytes) -> None:
    """Refuse what is not a verifier of this version."""
    if len(verifier) != VERIFIER_BYTES or verifier[:1] != _VERSION:
        raise Malformed("The verifier of a shift secret is not of the version that this side knows. Set the shift secret anew.")


def _verifier(secret: str, salt: bytes) -> bytes:
    if not secret:
        raise Malformed("The shift secret is empty. Choose one.")
    spelled = unicodedata.normalize("NFC", secret).encode()
    return _VERSION + salt + hashlib.scrypt(spelled, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
