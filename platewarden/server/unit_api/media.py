"""Portable media, the office's side: each message goes through the same door as over the line, and its receipt onto the medium.

Nothing here opens a read. A file is compared with the manifest that the unit signed, then sent to this machine's own door
for cars, whose answer decides: kept, already kept, refused. Receipts are the door's own signed bytes. A medium may be read
twice, halfway, or after the line was there first: the door keeps each number once.

Order: the receipts of a manifest are written beside it under a name ending in `.part`, fsynced, renamed, the folder fsynced. A
medium pulled out in between is put in again, and the same command goes on.

Whatever came of it, one line of the ledger says who took in which medium, how many messages were receipted, and how many were not
taken. Known gap: the line comes at the end; a process that is killed in between leaves the receipts of the door and no line.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final

from platewarden.durable import put
from platewarden.exchange.medium_manifest import FOLDER, OFFICE, UNIT, MediumFile, MediumManifest, receipts_name
from platewarden.exchange.receipt import Stream
from platewarden.exchange.seal import key_id_of, open_message
from platewarden.exchange.wire import Kind, decode_body
from platewarden.policy.refusal import Malformed, PlatewardenError, Refused, Unavailable
from platewarden.server.clock import now
from platewarden.server.config import ServerConfig
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

DOORS: Final = {Stream.READ: "reports", Stream.JOURNAL: "journal", Stream.TOMBSTONE: "tombstones", Stream.FIELD: "field"}
NOT_OURS: Final = "“{}” is not a medium of this department: {}. Nothing was taken from it."


@dataclass
class Taken:
    """What came of one medium. What is wrong is said file by file; the rest is taken all the same."""

    units: int = 0
    receipted: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Door:
    """This machine's door for cars."""

    config: ServerConfig

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request(method, f"/unit/v1/{path}", body, {"Content-Type": "application/octet-stream", "Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise Unavailable(
                "The server's door for cars does not answer. Start it with “platewarden serve”, then run this again."
            ) from error
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self.config.certificate is None:
            return HTTPConnection("127.0.0.1", self.config.intake_port, timeout=60)
        context = ssl.create_default_context(cafile=str(self.config.certificate))
        context.check_hostname = False  # this very machine, and this very certificate
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return HTTPSConnection("127.0.0.1", self.config.intake_port, timeout=60, context=context)


def import_medium(medium: Path, door: Door, *, by: Member, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Taken:
    """Takes a medium in, by a member who may, and writes that down, also when it was broken off. Refused: duty, training."""
    if refusal := may_do(by, Act.UNIT_MEDIUM, now()):
        raise Refused(refusal)
    taken, whole = Taken(), False
    try:
        take_medium(medium, door, taken=taken, progress=progress)
        whole = True
    finally:
        record(
            Act.UNIT_MEDIUM,
            by=Signer(by.number, by.name),
            about={
                "medium": medium.name[:60],
                "units": taken.units,
                "receipted": taken.receipted,
                "not_taken": len(taken.wrong),
                "whole": whole,
            },
        )
    return taken


def take_medium(
    medium: Path,
    door: Door,
    *,
    taken: Taken | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Taken:
    """Every message that a signed manifest on the medium names goes through the door; its receipts go onto the medium."""
    taken = Taken() if taken is None else taken
    office = _office(door)
    try:
        units = _units(medium, office)
        manifests = [(folder, path) for folder in units for path in sorted(folder.glob("manifest-*.signed"))]
        taken.units = len(units)
        for done, (folder, path) in enumerate(manifests):
            progress(done, len(manifests))
            try:
                manifest = _opened(folder, path, office)
            except PlatewardenError as error:
                taken.wrong.append(f"{path.name}: {error.message}")
                continue
            receipts = _carry(folder, manifest, door, taken)
            if receipts:
                put(folder / receipts_name(manifest.number), b"".join(receipts))
        progress(len(manifests), len(manifests))
    except OSError as error:
        raise Unavailable(
            f"The medium “{medium.name}” cannot be read or written ({error.strerror}). Is it full, locked, or pulled out?"
            " What was taken is kept; run this again and its receipts are written."
        ) from error
    return taken


def _office(door: Door) -> bytes:
    status, body = door.ask("GET", "office")
    public = decode_body(body).get("signing_public") if status == 200 else None
    if not isinstance(public, bytes):
        raise Unavailable("What answers at this server's door for cars is not the office. Is another program on its port?")
    return public


def _units(medium: Path, office: bytes) -> list[Path]:
    whose = medium / FOLDER / OFFICE
    if not medium.is_dir() or not whose.exists():
        raise Malformed(NOT_OURS.format(medium.name, f"there is no {FOLDER}/{OFFICE} on it"))
    if whose.read_bytes() != office:
        raise Malformed(NOT_OURS.format(medium.name, "it was written for another office"))
    return sorted(path for path in (medium / FOLDER).iterdir() if path.is_dir() and (path / UNIT).exists())


def _opened(folder: Path, path: Path, office: bytes) -> MediumManifest:
    """The manifest, signed by the key that the folder is named after; whether that unit is enrolled, the door knows."""
    public = (folder / UNIT).read_bytes()
    manifest = MediumManifest.from_body(
        open_message(path.read_bytes(), Kind.MEDIUM_MANIFEST, {bytes.fromhex(folder.name): public}.get).body
    )
    if manifest.office_key_id != key_id_of(office) or manifest.unit_key_id != key_id_of(public):
        raise Malformed("It names another office or another unit than the folder it lies in. Ask whoever carried it.")
    return manifest


def _carry(folder: Path, manifest: MediumManifest, door: Door, taken: Taken) -> list[bytes]:
    receipts = []
    for each in manifest.files:
        wrong = _is_wrong(folder, each)
        if wrong is None:
            status, body = door.ask("POST", DOORS[Stream(each.stream)], (folder / each.name).read_bytes())
            if status == 200:
                receipts.append(body)
                taken.receipted += 1
                continue
            wrong = _sentence(status, body)
            if status >= 500:
                raise Unavailable(f"{wrong} Run this again; nothing is lost.")
        taken.wrong.append(f"{each.name}: {wrong}")
        if wrong and "enrol" in wrong:  # every other file of this unit would be told the same
            break
    return receipts


def _is_wrong(folder: Path, each: MediumFile) -> str | None:
    try:
        found = (folder / each.name).read_bytes()
    except FileNotFoundError:
        # The unit removes what it knows to be receipted before it removes the manifest.
        return "it is not on the medium."
    if len(found) != each.size or hashlib.sha256(found).digest() != each.sha256:
        return "it is not what the unit wrote: cut, or changed. It was not taken; the unit still has it."
    return None


def _sentence(status: int, body: bytes) -> str:
    try:
        said = decode_body(body).get("error")
    except Malformed:
        said = None
    return said if isinstance(said, str) else f"the door answered {status}."
