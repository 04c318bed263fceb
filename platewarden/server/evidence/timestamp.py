"""An outside time for a package (RFC 3161): whoever runs a time-stamping authority says that they saw its manifest, and when.

It is asked for with an address, by the member who makes the package; nothing is sent but the SHA-512 of the manifest. The answer rides in
the package as it came, and the office signs that it does. Who the authority is, and whether its signature holds, a clerk asks
`openssl ts -verify` with the authority's own certificate: neither the office nor our verifier vouches for strangers.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from platewarden.policy.refusal import Malformed, Unavailable

LONGEST_ANSWER = 64 * 1024
PATIENCE_S = 20


@dataclass(frozen=True)
class Stamp:
    """The authority's answer, byte for byte, and the time that it says."""

    raw: bytes
    said_at: datetime


def stamps_by(address: str) -> Callable[[bytes], Stamp]:
    """What asks the authority at this address to stamp some bytes. Malformed when it is no address."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Malformed(f"“{address[:80]}” is no address of a time-stamping authority. It begins with https:// or http://.")
    return lambda content: _asked(address, content)


def _asked(address: str, content: bytes) -> Stamp:
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response  # noqa: PLC0415
    except ImportError as error:
        raise Unavailable("An outside time needs one package more. Run: pip install 'platewarden[timestamp]'") from error
    asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA512).cert_request(cert_request=True).build()
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        address, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            raw = answer.read(LONGEST_ANSWER)
    except (urllib.error.URLError, OSError) as error:
        raise Unavailable(
            "The time-stamping authority does not answer. Try again, or make the package without --timestamp."
        ) from error
    try:
        found = decode_timestamp_response(raw)
        said = found.tst_info
        fits = (found.status, said.nonce, said.message_imprint.message) == (0, asked.nonce, hashlib.sha512(content).digest())
    except ValueError as error:
        raise Unavailable("The time-stamping authority gave no time stamp. Is this its address?") from error
    if not fits:
        raise Unavailable("The time-stamping authority stamped something else than it was asked to. Take another one.")
    return Stamp(raw, said.gen_time.astimezone(UTC) if said.gen_time.tzinfo else said.gen_time.replace(tzinfo=UTC))
