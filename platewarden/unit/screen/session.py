"""Who is at the screen: a cookie that sign-on or unlocking binds to this shift, and a token in every form.

Only digests of cookies are kept, in memory; a restart, a sign-off or the next shift makes each of them worthless. The token is
made from the cookie with a key of this process, so that a page of somebody else can neither read nor guess it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import uuid
from dataclasses import dataclass, field
from typing import Final

__all__ = ["COOKIE", "Sessions"]

COOKIE: Final = "platewarden_screen"
AT_MOST: Final = 64


@dataclass
class Sessions:
    """The sessions of this process."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _bound: dict[bytes, uuid.UUID] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @staticmethod
    def new() -> str:
        """A cookie that opens nothing yet."""
        return secrets.token_hex(32)

    def bind(self, shift_id: uuid.UUID) -> str:
        """A new cookie for whoever just proved themselves, good for this shift. An older one is never raised."""
        cookie = self.new()
        with self._turn:
            self._bound = {digest: held for digest, held in self._bound.items() if held == shift_id}
            while len(self._bound) >= AT_MOST:
                del self._bound[next(iter(self._bound))]
            self._bound[_digest(cookie)] = shift_id
        return cookie

    def is_bound(self, cookie: str, shift_id: uuid.UUID | None) -> bool:
        """Whether this cookie was bound to the shift that runs."""
        with self._turn:
            return shift_id is not None and self._bound.get(_digest(cookie)) == shift_id

    def token(self, cookie: str) -> str:
        """What a form of this cookie's page carries."""
        return hmac.new(self._key, cookie.encode(), hashlib.sha256).hexdigest()

    def fits(self, cookie: str, token: str) -> bool:
        return hmac.compare_digest(self.token(cookie).encode(), token.encode())


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
