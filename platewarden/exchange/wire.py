"""The wire: the envelope around every message, and the one way of writing a body. Unknown is refused.

::

    offset  0        2            3          4         5            21            25        25 + n
            "PW"     version u8   suite u8   kind u8   key id (16)  length n u32  body (n)  signature (64)

Numbers are big-endian. Suite 1 is Ed25519; another byte makes room for another signature. `seal` writes and checks the
signature; nobody parses a body whose signature has not been checked, but for the one message that brings its own key.

A body is deterministic CBOR (RFC 8949, 4.2): one map with text keys; inside it null, booleans, integers of 64 bits, finite
floats, bytes, text, arrays and maps. Tags, indefinite lengths, duplicate keys, bytes after the end and every spelling
that is not the shortest are refused: decoding encodes again and compares. Times are integers, microseconds since 1970 UTC.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final, NoReturn

import cbor2

from platewarden.policy.refusal import Malformed

__all__ = [
    "DEEPEST",
    "HEADER_BYTES",
    "MAX_MESSAGE",
    "Envelope",
    "Kind",
    "decode_body",
    "encode_body",
    "from_microseconds",
    "message_length",
    "microseconds",
    "open_envelope",
]

MAX_MESSAGE: Final = 32 * 1024 * 1024
"""No message is larger, in bytes."""

DEEPEST: Final = 12
"""No body nests deeper."""

VERSION: Final = 5
"""1 had no passage, crossing or reason for no place in a read, and one confidential mark for all sources; 2 no policy and no orders
in a roster, and shift secrets without a key; 3 the pictures inside what a read's signature covers, and not their digests; 4 no canvass
tasks, no holds for units, and no place of the unit in a contact."""
SUITE_ED25519: Final = 1
SIGNATURE_BYTES: Final = 64

_MAGIC: Final = b"PW"
_HEADER: Final = struct.Struct(">2sBBB16sI")
HEADER_BYTES: Final = _HEADER.size
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = 1_000_000
_LAST_MOMENT: Final = 253_402_300_800 * _SECOND - 1
_INTEGERS: Final = range(-(2**63), 2**63)


class Kind(IntEnum):
    """What a message is. A number is never given to another kind."""

    READ_REPORT = 1
    JOURNAL_PAGE = 2
    RECEIPT = 3
    HOTLIST_EDITION = 4
    ROSTER_EDITION = 5
    ENROLMENT_REQUEST = 6
    ENROLMENT_GRANT = 7
    CONTACT = 8
    ORDERS = 9
    TOMBSTONE = 11
    MEDIUM_MANIFEST = 12
    ALERT_OUTCOME = 16
    FIELD_ENTRY = 17
    TASK_SHEET = 18
    TASK_ANSWER = 19
    TRACK_PAGE = 20
    HOLD_NOTICE = 21

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


def message_length(start: bytes) -> int:
    """How long the message is that these first bytes begin; Malformed when they are not a message's header."""
    if len(start) < _HEADER.size or start[:2] != _MAGIC:
        raise Malformed("These bytes do not begin with a message of this exchange. Send them whole, as they were signed.")
    length = _HEADER.size + int(_HEADER.unpack_from(start)[-1]) + SIGNATURE_BYTES
    if length > MAX_MESSAGE:
        raise Malformed(f"The message says that it has {length} bytes; the most is {MAX_MESSAGE}. Send less at once.")
    return length


@dataclass(frozen=True)
class Envelope:
    """A message taken apart, its signature not checked yet."""

    kind: Kind
    key_id: bytes
    body: bytes
    signature: bytes

    @property
    def header(self) -> bytes:
        return _HEADER.pack(_MAGIC, VERSION, SUITE_ED25519, self.kind, self.key_id, len(self.body))

    def to_bytes(self) -> bytes:
        return self.header + self.body + self.signature


def open_envelope(raw: bytes) -> Envelope:
    """Take a message apart. Refused: not ours, another version or suite, an unknown kind, too short, too long."""
    if len(raw) > MAX_MESSAGE:
        raise Malformed(f"The message has {len(raw)} bytes; the most is {MAX_MESSAGE}. Send less at once.")
    if len(raw) < _HEADER.size + SIGNATURE_BYTES or raw[:2] != _MAGIC:
        raise Malformed("These bytes are not a message of this exchange. Send them whole, as they were signed.")
    _, version, suite, number, key_id, length = _HEADER.unpack_from(raw)
    if version != VERSION:
        raise Malformed(f"The message is of version {version}; this side knows {VERSION}. Bring both sides to the same version.")
    if suite != SUITE_ED25519:
        raise Malformed(
            f"The message is signed by suite {suite}; this side knows {SUITE_ED25519}. Bring both sides to the same version."
        )
    if number not in {kind.value for kind in Kind}:
        raise Malformed(f"The message is of kind {number}, which this side does not know. Bring both sides to the same version.")
    if len(raw) != _HEADER.size + length + SIGNATURE_BYTES:
        raise Malformed("The message does not have the length it says. Send it whole.")
    end = _HEADER.size + length
    return Envelope(Kind(number), key_id, bytes(raw[_HEADER.size : end]), bytes(raw[end:]))


def encode_body(fields: dict[str, Any]) -> bytes:
    """The one spelling of a body. Refused: a value of a kind that the wire does not have."""
    _must_be_plain(fields)
    try:
        body = cbor2.dumps(fields, canonical=True)
    except UnicodeEncodeError as error:
        raise Malformed("A text in the message has a character that UTF-8 can't spell. Leave it out.") from error
    if len(body) > MAX_MESSAGE:
        raise Malformed(f"The body has {len(body)} bytes; the most is {MAX_MESSAGE}. Send less at once.")
    return body


def decode_body(body: bytes) -> dict[str, Any]:
    """The map a body spells. Refused: everything but the one spelling that `encode_body` would give it."""
    if len(body) > MAX_MESSAGE:
        raise Malformed(f"The body has {len(body)} bytes; the most is {MAX_MESSAGE}. Send less at once.")
    try:
        found = cbor2.loads(
            body,
            max_depth=DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
            semantic_decoders=_NO_TAGS,
            tag_hook=_refuse_tag,
        )
    except Exception as error:  # whatever a parser of strangers' bytes raises, the answer is the same
        raise Malformed("The body of the message is not CBOR as this exchange writes it. Send it as it was signed.") from error
    if not isinstance(found, dict):
        raise Malformed("The body of the message is not one map. Send it as it was signed.")
    if encode_body(found) != body:
        raise Malformed("The body of the message is not in its one deterministic spelling. Send it as it was signed.")
    return found


def microseconds(moment: datetime) -> int:
    """A time as the wire has it."""
    if moment.tzinfo is None:
        raise Malformed("A time on the wire needs its time zone. Give an aware time.")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    """The time that the wire means. Refused: before 1970 or after 9999."""
    if not 0 <= value <= _LAST_MOMENT:
        raise Malformed("A time in the message is before 1970 or after 9999. Check the clock of the sender.")
    return _EPOCH + timedelta(microseconds=value)


def _must_be_plain(value: object, depth: int = 0) -> None:
    if value is None or type(value) in (bytes, str, bool):
        return
    if type(value) is int and value in _INTEGERS:
        return
    if type(value) is float and math.isfinite(value):
        return
    if isinstance(value, dict | list | tuple) and depth < DEEPEST:
        if isinstance(value, dict) and not all(type(name) is str for name in value):
            raise Malformed("A map in the message has a key that is not text. Send it as it was signed.")
        for each in value.values() if isinstance(value, dict) else value:
            _must_be_plain(each, depth + 1)
        return
    raise Malformed("The message holds a value that the wire does not have, or nests too deep. Send it as it was signed.")


def _refuse_tag(*_: object) -> NoReturn:
    raise ValueError("no tags")


class _NoTags(dict[int, Callable[..., Any]]):
    """Every tag is refused before what it tags is looked at: some cost a decoder minutes."""

    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, _: int) -> Callable[..., Any]:
        return _refuse_tag

    def get(self, _: int, default: object = None) -> Callable[..., Any]:  # noqa: ARG002
        return _refuse_tag


_NO_TAGS: Final = _NoTags()
