"""By hand: what a unit has written onto a portable medium. Only what a signed manifest names is believed to be there.

A medium holds, in `platewarden/`, the office's public key (`office.pub`: whose medium it is) and a folder a unit: its public
key (`unit.pub`), manifests by number, and each message as one sealed file, the same bytes that the line would have carried.
The office writes its signed receipts beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.receipt import Stream
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["FILES_AT_MOST", "FOLDER", "OFFICE", "UNIT", "MediumFile", "MediumManifest", "manifest_name", "receipts_name"]

FILES_AT_MOST: Final = 10_000
FOLDER: Final = "platewarden"
OFFICE: Final = "office.pub"
UNIT: Final = "unit.pub"


def manifest_name(number: int) -> str:
    return f"manifest-{number:06d}.signed"


def receipts_name(number: int) -> str:
    return f"receipts-{number:06d}.signed"


@dataclass(frozen=True)
class MediumFile:
    """One message on the medium: its stream and number, the digest of its signed bytes, size and SHA-256 of its file."""

    stream: str
    sequence: int
    digest: bytes
    size: int
    sha256: bytes

    def __post_init__(self) -> None:
        must(self.stream in set(Stream), "A manifest names a stream that there is not. Write it anew.")
        must(1 <= self.sequence <= 2**53, "A manifest names a number that is not 1 or more. Write it anew.")
        must(len(self.digest) == 32 and len(self.sha256) == 32, "A digest in a manifest has 32 bytes. Write it anew.")
        must(1 <= self.size <= 2**40, "A manifest names a file of no size. Write it anew.")

    @property
    def name(self) -> str:
        """Made of what is signed, so that no manifest can point elsewhere on the disk."""
        return f"{self.stream}-{self.sequence:012d}-{self.digest.hex()[:16]}.sealed"


@dataclass(frozen=True)
class MediumManifest(Message):
    """The files that one unit has written whole onto a medium for one office."""

    kind: ClassVar[Kind] = Kind.MEDIUM_MANIFEST

    unit_key_id: bytes
    office_key_id: bytes
    number: int
    made_at: datetime
    files: tuple[MediumFile, ...]

    def __post_init__(self) -> None:
        must(len(self.unit_key_id) == 16, "A unit's key id has 16 bytes. Write the manifest anew.")
        must(len(self.office_key_id) == 16, "An office's key id has 16 bytes. Write the manifest anew.")
        must(1 <= self.number <= 999_999, "The number of a manifest is not from 1 to 999,999. Write it anew.")
        from_microseconds(microseconds(self.made_at))
        must(1 <= len(self.files) <= FILES_AT_MOST, f"A manifest has 1 to {FILES_AT_MOST} files. Write several.")
        must(len({each.name for each in self.files}) == len(self.files), "A manifest names a file twice. Write it anew.")

    def to_body(self) -> bytes:
        return encode_body(
            {
                "unit_key_id": self.unit_key_id,
                "office_key_id": self.office_key_id,
                "number": self.number,
                "made_at": microseconds(self.made_at),
                "files": [
                    {
                        "stream": str(each.stream),
                        "sequence": each.sequence,
                        "digest": each.digest,
                        "size": each.size,
                        "sha256": each.sha256,
                    }
                    for each in self.files
                ],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> MediumManifest:
        fields = Fields.of(body, cls.kind)
        manifest = cls(
            unit_key_id=fields.octets("unit_key_id"),
            office_key_id=fields.octets("office_key_id"),
            number=fields.integer("number"),
            made_at=fields.moment("made_at"),
            files=tuple(map(_file, fields.each("files", at_most=FILES_AT_MOST))),
        )
        fields.done()
        return manifest


def _file(fields: Fields) -> MediumFile:
    found = MediumFile(
        stream=fields.text("stream"),
        sequence=fields.integer("sequence"),
        digest=fields.octets("digest"),
        size=fields.integer("size"),
        sha256=fields.octets("sha256"),
    )
    fields.done()
    return found
