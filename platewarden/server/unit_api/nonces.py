"""The office's nonces: a contact repeats one, so that how fresh it is never hangs on the unit's own clock.

A nonce is the office's time in microseconds (8 bytes), and a MAC over it (16 bytes) with a key that only this server has;
nothing is kept for it. It is good for a minute, and for one contact of a unit: the next must bring a newer one.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from platewarden.exchange.wire import from_microseconds, microseconds
from platewarden.policy.refusal import Stale
from platewarden.server.clock import now

GOOD_FOR: Final = timedelta(minutes=1)
MAC_BYTES: Final = 16
NOT_OURS: Final = "This contact does not repeat a nonce of this office. Ask for a new one and say it again."


def give_nonce() -> bytes:
    """A nonce of this moment."""
    moment = microseconds(now()).to_bytes(8, "big")
    return moment + _mac(moment)


def given_at(nonce: bytes) -> datetime:
    """When this office gave the nonce out. Stale when it did not, or longer ago than a minute."""
    moment, mac = nonce[:8], nonce[8:]
    if len(moment) != 8 or not hmac.compare_digest(mac, _mac(moment)):
        raise Stale(NOT_OURS)
    at = from_microseconds(int.from_bytes(moment, "big"))
    if not timedelta(0) <= now() - at <= GOOD_FOR:
        raise Stale("This contact repeats an old nonce. Ask for a new one and say it again; a replay is refused.")
    return at


def _mac(moment: bytes) -> bytes:
    return salted_hmac("platewarden.unit_api.nonces", moment, algorithm="sha256").digest()[:MAC_BYTES]
