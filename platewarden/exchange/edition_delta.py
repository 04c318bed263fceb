"""Down: what makes one hotlist edition of the one before it, so that a car need not fetch a million entries for a changed one.

::

    delta    map: base_sha256 (of the old file), header (the new edition's signed header message), plates, patterns
    plates,  bytes: runs of the new records in their order, each: skip u32, copy u32, come u32, then `come` whole records.
    patterns A run leaves out `skip` old records, takes the next `copy`, then the ones that come with it.

Nothing here is signed, for nothing here is believed: what `apply` puts together has the new edition's own signed header, whose
digest is of the whole body. A delta that was cut, changed or made for another file gives an edition that does not open.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Final

from platewarden.exchange.hotlist_edition import PATTERN_BYTES, PLATE_BYTES, parts_of
from platewarden.exchange.message import must
from platewarden.exchange.wire import decode_body, encode_body
from platewarden.policy.refusal import Malformed, Tampered

__all__ = ["apply", "delta"]

_RUN: Final = struct.Struct(">III")


def delta(old: bytes, new: bytes) -> bytes:
    """What turns the old edition's file into the new one's. Both are files of `hotlist_edition.build`."""
    _, old_plates, old_patterns = parts_of(old)
    header, plates, patterns = parts_of(new)
    return encode_body(
        {
            "base_sha256": hashlib.sha256(old).digest(),
            "header": header,
            "plates": _runs(old_plates, plates, PLATE_BYTES),
            "patterns": _runs(old_patterns, patterns, PATTERN_BYTES),
        }
    )


def apply(old: bytes, raw: bytes) -> bytes:
    """The new edition's file, to be opened and verified as any. Malformed or Tampered when the delta is not one of this file."""
    fields = decode_body(raw)
    base, header, plates, patterns = (fields.pop(name, None) for name in ("base_sha256", "header", "plates", "patterns"))
    if fields or not all(isinstance(each, bytes) for each in (base, header, plates, patterns)):
        raise Malformed("These bytes are not what changed in a hotlist edition. Fetch the edition whole.")
    if base != hashlib.sha256(old).digest():
        raise Tampered("What changed was made for another hotlist edition than the one held. Fetch the edition whole.")
    _, old_plates, old_patterns = parts_of(old)
    return b"".join([header, *_applied(old_plates, plates, PLATE_BYTES), *_applied(old_patterns, patterns, PATTERN_BYTES)])


def _runs(old: bytes, new: bytes, size: int) -> bytes:
    """Records of both stand in one order, so a record that stays is found behind the one before it."""
    place = {old[at : at + size]: at // size for at in range(0, len(old), size)}
    runs: list[bytes] = []
    skip, copy, come = 0, 0, []
    end = 0  # the old record behind the last one copied
    for at in range(0, len(new), size):
        record = new[at : at + size]
        found = place.get(record, -1)
        if found < end:  # it comes
            come.append(record)
            continue
        if found > end or come:
            runs.append(_RUN.pack(skip, copy, len(come)) + b"".join(come))
            skip, copy, come = found - end, 0, []
        copy += 1
        end = found + 1
    runs.append(_RUN.pack(skip, copy, len(come)) + b"".join(come))
    return b"".join(runs)


def _applied(old: bytes, runs: bytes, size: int) -> Iterator[bytes]:
    at, end = 0, 0
    while at < len(runs):
        must(at + _RUN.size <= len(runs), "What changed in a hotlist edition was cut. Fetch the edition whole.")
        skip, copy, come = _RUN.unpack_from(runs, at)
        at += _RUN.size
        start = end + skip * size
        end = start + copy * size
        must(
            end <= len(old) and at + come * size <= len(runs), "What changed in a hotlist edition was cut. Fetch the edition whole."
        )
        yield old[start:end]
        yield runs[at : at + come * size]
        at += come * size
