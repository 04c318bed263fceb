"""The key file on a member's stick: what the member has, beside the shift secret that the member knows.

One small text file, `platewarden-shift-NUMBER.key`: a line that says what it is, the member's number, 16 bytes in base32 and a
check of both. It opens nothing by itself, and says nothing of plates. A stick may hold the keys of several members.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from platewarden.exchange.shift_secret import KEY_BYTES
from platewarden.policy.refusal import Malformed

__all__ = ["LONGEST", "key_file_name", "key_file_text", "key_of"]

LONGEST: Final = 400
"""No key file is longer, in bytes."""

_FIRST: Final = "platewarden shift key 1"
_NUMBER: Final = re.compile(r"[A-Z0-9-]{2,12}")


def key_file_name(number: str) -> str:
    """What the file of this member is called. Malformed for what is no member number: it becomes part of a path."""
    if not _NUMBER.fullmatch(number):
        raise Malformed(f"“{number[:20]}” is not a member number: two to twelve capital letters, digits or hyphens.")
    return f"platewarden-shift-{number}.key"


def key_file_text(number: str, key: bytes) -> str:
    """The contents of the file."""
    key_file_name(number)
    return "\n".join((_FIRST, number, base64.b32encode(key).decode(), _check(number, key))) + "\n"


def key_of(number: str, raw: bytes) -> bytes:
    """The key in a file of this member. Malformed when it is not one, is another member's, or is damaged."""
    damaged = Malformed("The key file on the stick is not whole. Ask the office for a new key.")
    if len(raw) > LONGEST:
        raise damaged
    try:
        first, whose, spelled, check = raw.decode("ascii").splitlines()
        key = base64.b32decode(spelled)
    except (UnicodeDecodeError, ValueError) as error:
        raise damaged from error
    if first != _FIRST or len(key) != KEY_BYTES or check != _check(whose, key):
        raise damaged
    if whose != number:
        raise Malformed(f"The key file on the stick is another member's. Plug in the stick of {number}.")
    return key


def _check(number: str, key: bytes) -> str:
    return hashlib.sha256(f"{_FIRST} {number} ".encode() + key).hexdigest()[:16]
