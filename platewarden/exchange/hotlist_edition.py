"""Down: a numbered, dated edition of what is looked for; one file that a car maps into memory and never loads.

The file is a signed header message, then the body it vouches for:

::

    header   message of kind 4: number, made_at, plates, patterns, confidential, body_sha256
    plates   one record of 42 bytes each, sorted by (fold, text, state, id): fold here is of the text, nothing else is stored
    patterns one record of 56 bytes each, sorted by (pattern, state, id)

    record   text 12 (pattern 26), zero-padded ASCII | state 2 (zero: not known) | category u8 | approach u8 |
             flags u8 (1 caution, 2 urgent) | source u8 | expires_at i64 (microseconds since 1970 UTC; 0: never) | entry id 16

`confidential` names the confidential sources; an entry's source byte counts in them from 1, and 0 is a source that is not
confidential. `Edition.open` checks the signature, then the digest of the whole body, before anything is answered. A fold is then found by
binary search, twenty steps in a million, when a filter in memory has not said no before; patterns lie in an index (`plate.proposals`). Both
*propose*, and `plate.match` decides. Only the match part of an entry is here: no reason, no person, no case.

Known gap: the file is checked when it is opened and believed while it is mapped; it is replaced by renaming, never in place
(a file cut short under a map ends the process).
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from platewarden.exchange.message import Fields, must
from platewarden.exchange.seal import FindKey, SigningKey, open_message, sign_message
from platewarden.exchange.wire import (
    HEADER_BYTES,
    Kind,
    decode_body,
    encode_body,
    from_microseconds,
    message_length,
    microseconds,
    open_envelope,
)
from platewarden.plate.likeness import FOLD_FROM, FOLD_TO
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.proposals import Proposals
from platewarden.plate.text import PlateText, must_be_state
from platewarden.policy.refusal import Malformed, Tampered, Unavailable

__all__ = ["PATTERN_BYTES", "PLATE_BYTES", "Approach", "Category", "Edition", "EditionEntry", "build", "parts_of"]


class Category(StrEnum):
    """Why an entry is looked for: the listed purposes of the policy."""

    STOLEN_VEHICLE = "stolen_vehicle"
    WANTED_VEHICLE = "wanted_vehicle"
    STOLEN_PLATE = "stolen_plate"
    MISSING_PERSON = "missing_person"
    ACTIVE_WARRANT = "active_warrant"
    HOMELAND_SECURITY = "homeland_security"
    ELECTRONIC_SURVEILLANCE = "electronic_surveillance"
    SUSPECT_INTERDICTION = "suspect_interdiction"
    STOLEN_PROPERTY = "stolen_property"


class Approach(StrEnum):
    """How to act on a hit, as the entry says."""

    STOP = "stop"
    DO_NOT_STOP = "do_not_stop"
    NOTIFY = "notify"
    SILENT = "silent"


_CATEGORIES: Final = {
    1: Category.STOLEN_VEHICLE,
    2: Category.WANTED_VEHICLE,
    3: Category.STOLEN_PLATE,
    4: Category.MISSING_PERSON,
    5: Category.ACTIVE_WARRANT,
    6: Category.HOMELAND_SECURITY,
    7: Category.ELECTRONIC_SURVEILLANCE,
    8: Category.SUSPECT_INTERDICTION,
    9: Category.STOLEN_PROPERTY,
}
_APPROACHES: Final = {1: Approach.STOP, 2: Approach.DO_NOT_STOP, 3: Approach.NOTIFY, 4: Approach.SILENT}
_CATEGORY_NUMBERS: Final = {category: number for number, category in _CATEGORIES.items()}
_APPROACH_NUMBERS: Final = {approach: number for number, approach in _APPROACHES.items()}
_CAUTION: Final = 1
_URGENT: Final = 2
_MOST_SOURCES: Final = 255

_PLATE: Final = struct.Struct(">12s2sBBBBq16s")
_PATTERN: Final = struct.Struct(">26s2sBBBBq16s")
PLATE_BYTES: Final = _PLATE.size
PATTERN_BYTES: Final = _PATTERN.size
_TEXT_BYTES: Final = 12
_AT_ONCE: Final = 50_000
_FOLD: Final = bytes.maketrans(FOLD_FROM.encode(), FOLD_TO.encode())


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """The match part of an entry, and how to act on a hit."""

    entry_id: uuid.UUID
    text: str
    is_pattern: bool
    state: str | None
    category: Category
    approach: Approach
    caution: bool
    urgent: bool
    expires_at: datetime | None
    confidential: str | None = None
    """Name of its confidential source: a member who is not authorized for it is told the plate, the place, and to contact dispatch."""

    def __post_init__(self) -> None:
        if self.is_pattern:
            PartialPlate(self.text)
        else:
            PlateText(self.text)
        must_be_state(self.state)
        _must_be_source(self.confidential)
        if self.expires_at is not None:
            from_microseconds(microseconds(self.expires_at))


def build(number: int, made_at: datetime, entries: Iterable[EditionEntry], key: SigningKey) -> bytes:
    """The file of an edition, signed. The same entries in any order give the same bytes."""
    plates: list[bytes] = []
    patterns: list[bytes] = []
    entries = list(entries)
    confidential = sorted({entry.confidential for entry in entries if entry.confidential is not None})
    must(
        len(confidential) <= _MOST_SOURCES,
        f"An edition has at most {_MOST_SOURCES} confidential sources. Load related lists as one source.",
    )
    sources: dict[str | None, int] = {None: 0, **{name: at for at, name in enumerate(confidential, start=1)}}
    for entry in entries:
        if entry.is_pattern:
            patterns.append(_record(_PATTERN, entry, sources))
        else:
            plates.append(_record(_PLATE, entry, sources))
    plates.sort(key=lambda record: (record[:_TEXT_BYTES].translate(_FOLD), record))
    patterns.sort()
    body = b"".join([*plates, *patterns])
    must(1 <= number <= 2**53, "The number of a hotlist edition is not 1 or more. Number it.")
    header = encode_body(
        {
            "number": number,
            "made_at": microseconds(made_at),
            "plates": len(plates),
            "patterns": len(patterns),
            "confidential": confidential,
            "body_sha256": hashlib.sha256(body).digest(),
        }
    )
    return sign_message(Kind.HOTLIST_EDITION, header, key) + body


def parts_of(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """The header message, the records of plates and those of patterns. Cut apart only: nothing is verified. Malformed when it is no edition."""
    start = message_length(raw)
    header = decode_body(open_envelope(raw[:start]).body)
    plates = header.get("plates")
    end = start + plates * _PLATE.size if isinstance(plates, int) and plates >= 0 else len(raw) + 1
    must(end <= len(raw), "These bytes are not a hotlist edition. Fetch it again.")
    return raw[:start], raw[start:end], raw[end:]


class Edition:
    """An edition, open: its number, date and count, and which entries a fold proposes."""

    def __init__(self, header: bytes, content: bytes | mmap.mmap, start: int, body_sha256: bytes) -> None:
        fields = Fields.of(header, Kind.HOTLIST_EDITION)
        self.number = fields.integer("number")
        self.made_at = fields.moment("made_at")
        self.plates = fields.integer("plates")
        self.patterns = fields.integer("patterns")
        self.confidential = fields.texts("confidential", at_most=_MOST_SOURCES)
        """Names of the confidential sources that its entries come from."""
        said = fields.octets("body_sha256")
        fields.done()
        must(
            1 <= self.number <= 2**53 and self.plates >= 0 and self.patterns >= 0,
            "A hotlist edition has a number of 1 or more, and no count below 0. Fetch it again.",
        )
        if len(content) != start + self.plates * _PLATE.size + self.patterns * _PATTERN.size or said != body_sha256:
            raise Tampered(
                f"Hotlist edition {self.number} is not what its signed header says: it was cut or changed. Fetch it again; if it stays so, tell the Administrative Supervisor."
            )
        must(
            list(self.confidential) == sorted(set(self.confidential)),
            "The sources of a hotlist edition are not in order. Fetch it again.",
        )
        for name in self.confidential:
            _must_be_source(name)
        self._content = content
        self._start = start

    @classmethod
    def open(cls, source: Path | bytes, find_key: FindKey) -> Edition:
        """An edition from its file (mapped, not loaded) or its bytes. Refused: signer not known, signature or digest that doesn't hold."""
        if isinstance(source, bytes):
            start, header = _header(source, find_key)
            return cls(header, source, start, hashlib.sha256(memoryview(source)[start:]).digest())
        try:
            with source.open("rb") as file:
                first = file.read(HEADER_BYTES)
                start, header = _header(first + file.read(message_length(first) - HEADER_BYTES), find_key)
                body_sha256 = hashlib.file_digest(file, "sha256").digest()
                return cls(header, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), start, body_sha256)
        except OSError as error:
            raise Unavailable(
                f"The hotlist file “{source.name}” cannot be read ({error.strerror}). Fetch the edition again."
            ) from error

    @property
    def count(self) -> int:
        """Entries in all."""
        return self.plates + self.patterns

    def prepare(self) -> None:
        """Make now what the first question would make: a second's work with a million entries."""
        assert self._proposed

    def proposals(self, folds: Iterable[str]) -> list[EditionEntry]:
        """Entries whose text has one of these folds, then patterns that one answers. Proposed only: `plate.match` decides."""
        plates, patterns = self._proposed.of(folds)
        found = [entry for fold in dict.fromkeys(plates) for entry in self._of_fold(fold)] if plates else []
        if patterns:
            found += map(self._patterns.__getitem__, patterns)
        return found

    def entries(self) -> Iterator[EditionEntry]:
        """All entries, in the file's order."""
        yield from (self._plate(at) for at in range(self.plates))
        yield from self._patterns

    def _of_fold(self, fold: str) -> Iterator[EditionEntry]:
        wanted = fold.encode("ascii", "replace").ljust(_TEXT_BYTES, b"\0")
        at = bisect_left(range(self.plates), wanted, key=self._fold)
        while at < self.plates and self._fold(at) == wanted:
            yield self._plate(at)
            at += 1

    def _fold(self, at: int) -> bytes:
        start = self._start + at * _PLATE.size
        return self._content[start : start + _TEXT_BYTES].translate(_FOLD)

    def _plate(self, at: int) -> EditionEntry:
        return _entry(_PLATE.unpack_from(self._content, self._start + at * _PLATE.size), self.confidential, is_pattern=False)

    @cached_property
    def _proposed(self) -> Proposals:
        return Proposals(self._folds(), self.plates, [entry.text for entry in self._patterns])

    def _folds(self) -> Iterator[str]:
        """The fold of every plate; two entries of one fold say it twice."""
        end = self._start + self.plates * _PLATE.size
        step = _AT_ONCE * _PLATE.size
        for start in range(self._start, end, step):
            part = self._content[start : min(start + step, end)].translate(_FOLD).decode("latin-1")
            for at in range(0, len(part), _PLATE.size):
                yield part[at : at + _TEXT_BYTES].rstrip("\0")

    @cached_property
    def _patterns(self) -> tuple[EditionEntry, ...]:
        tail = self._start + self.plates * _PLATE.size
        return tuple(
            _entry(_PATTERN.unpack_from(self._content, tail + at * _PATTERN.size), self.confidential, is_pattern=True)
            for at in range(self.patterns)
        )


def _header(raw: bytes, find_key: FindKey) -> tuple[int, bytes]:
    """Where the body starts, and the verified header message's body."""
    start = message_length(raw)
    return start, open_message(raw[:start], Kind.HOTLIST_EDITION, find_key).body


def _must_be_source(name: str | None) -> None:
    must(
        name is None or (0 < len(name) <= 60 and name.isprintable()),
        "The name of a source has 1 to 60 printable characters. Correct it.",
    )


def _record(layout: struct.Struct, entry: EditionEntry, sources: Mapping[str | None, int]) -> bytes:
    return layout.pack(
        entry.text.encode("ascii"),
        (entry.state or "").encode("ascii"),
        _CATEGORY_NUMBERS[entry.category],
        _APPROACH_NUMBERS[entry.approach],
        _CAUTION * entry.caution + _URGENT * entry.urgent,
        sources[entry.confidential],
        0 if entry.expires_at is None else microseconds(entry.expires_at),
        entry.entry_id.bytes,
    )


def _entry(
    record: tuple[bytes, bytes, int, int, int, int, int, bytes], confidential: Sequence[str], *, is_pattern: bool
) -> EditionEntry:
    text, state, category, approach, flags, source, expires_at, entry_id = record
    known = category in _CATEGORIES and approach in _APPROACHES
    if not known or flags > _CAUTION + _URGENT or source > len(confidential):
        raise Malformed(
            "The hotlist edition has an entry that this side does not understand. Bring both sides to the same version."
        )
    return EditionEntry(
        entry_id=uuid.UUID(bytes=entry_id),
        text=text.rstrip(b"\0").decode("ascii", "replace"),
        is_pattern=is_pattern,
        state=state.rstrip(b"\0").decode("ascii", "replace") or None,
        category=_CATEGORIES[category],
        approach=_APPROACHES[approach],
        caution=bool(flags & _CAUTION),
        urgent=bool(flags & _URGENT),
        expires_at=from_microseconds(expires_at) if expires_at else None,
        confidential=confidential[source - 1] if source else None,
    )
