"""Portable media, the unit's side: the same sealed messages onto a stick, and what the office receipted off it again.

Nothing is freed because it is on a medium; only the office's signed receipt frees, as on the line. Carrying by hand and
over the line may cross in any order: the office keeps each number once, and a receipt for what is gone here changes nothing.

Order when messages are written: each file under a name ending in `.part`, fsync, rename; every 200 files, and at the end,
fsync the folder, then the signed manifest that names them, in the same way. Only what a manifest names is believed: a medium
that is pulled out in the middle holds files that nobody asks for, and the next export goes on where it stopped.

Order when receipts come back: the spool frees (durably) what they name; then the files that are not in the spool any more
go from the medium, then receipts and manifests that name nothing that is left.

Known gap: what is on a medium does not expire there. It is sealed to the office, which receipts what is too old as expired.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platewarden.exchange.medium_manifest import (
    FOLDER,
    OFFICE,
    UNIT,
    MediumFile,
    MediumManifest,
    manifest_name,
    receipts_name,
)
from platewarden.exchange.receipt import Receipt
from platewarden.exchange.seal import open_message
from platewarden.exchange.wire import Kind, message_length
from platewarden.policy.refusal import Malformed, Tampered, Unavailable
from platewarden.unit.enrolment import Enrolment
from platewarden.unit.spool import Message, Spool

__all__ = ["Carried", "export", "take_receipts"]

FILES_A_MANIFEST = 200
ROOM_FOR_A_MANIFEST = 1_000_000
EVERYTHING = 1_000_000_000


@dataclass(frozen=True)
class Carried:
    """What one export or import did."""

    written: int = 0
    already_there: int = 0
    freed: int = 0
    waiting: int = 0


def export(
    medium: Path,
    *,
    enrolment: Enrolment,
    spool: Spool,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Carried:
    """Write everything that waits onto the medium; first take what receipts are on it."""
    with _said_plainly(medium):
        own = _own_folder(medium, enrolment)
        freed = _take_receipts(own, enrolment, spool)
        there = {each.name: each.sha256 for _, manifest in _manifests(own, enrolment) for each in manifest.files}
        waiting = spool.outgoing(EVERYTHING)
        ahead = [message for message in waiting if not _is_whole(own / message.file, there.get(message.file))]
        writer = _Writer(own, enrolment, clock)
        try:
            for done, message in enumerate(ahead):
                progress(done, len(ahead))
                sealed = spool.sealed(message)
                if sealed is not None:
                    spool.mark_sent(message)  # it may be at the office from now on
                    writer.write(message, sealed)
        finally:
            writer.close_manifest()
        progress(len(ahead), len(ahead))
    return Carried(writer.written, len(waiting) - len(ahead), freed, spool.counts().unsent)


def take_receipts(medium: Path, *, enrolment: Enrolment, spool: Spool) -> Carried:
    """Free what the office has receipted on this medium, and make room on it."""
    with _said_plainly(medium):
        freed = _take_receipts(_own_folder(medium, enrolment), enrolment, spool)
    return Carried(freed=freed, waiting=spool.counts().unsent)


class _Writer:
    """Files, and after each batch of them the manifest that names them."""

    def __init__(self, own: Path, enrolment: Enrolment, clock: Callable[[], datetime]) -> None:
        self._own, self._enrolment, self._clock = own, enrolment, clock
        self._batch: list[MediumFile] = []
        self.written = 0

    def write(self, message: Message, sealed: bytes) -> None:
        if shutil.disk_usage(self._own).free < len(sealed) + ROOM_FOR_A_MANIFEST:
            raise OSError(errno.ENOSPC, "No space left on the medium")
        _put(self._own / message.file, sealed)
        sha256 = hashlib.sha256(sealed).digest()
        self._batch.append(MediumFile(message.stream, message.sequence, message.digest, len(sealed), sha256))
        self.written += 1
        if len(self._batch) == FILES_A_MANIFEST:
            self.close_manifest()

    def close_manifest(self) -> None:
        if not self._batch or not self._own.exists():
            return
        _fsync(self._own)
        numbers = [int(path.name[9:15]) for path in self._own.glob("manifest-*.signed")]
        manifest = MediumManifest(
            unit_key_id=self._enrolment.key.key_id,
            office_key_id=self._enrolment.office_key_id,
            number=max(numbers, default=0) + 1,
            made_at=self._clock(),
            files=tuple(self._batch),
        )
        _put(self._own / manifest_name(manifest.number), manifest.signed(self._enrolment.key))
        _fsync(self._own)
        self._batch = []


def _own_folder(medium: Path, enrolment: Enrolment) -> Path:
    """This unit's folder on the medium. Refused: a medium of another department."""
    if not medium.is_dir():
        raise Malformed(f"“{medium.name}” is not a folder: is the medium put in, and mounted there?")
    whose = medium / FOLDER / OFFICE
    if whose.exists() and whose.read_bytes() != enrolment.office_signing:
        raise Malformed("This is a medium of another department. Use one of your own; nothing was written on it.")
    own = medium / FOLDER / enrolment.key.key_id.hex()
    own.mkdir(parents=True, exist_ok=True)
    for path, public in ((whose, enrolment.office_signing), (own / UNIT, enrolment.key.public_bytes)):
        if not path.exists() or path.read_bytes() != public:
            _put(path, public)
    for part in own.glob("*.part"):  # of a medium that was pulled out
        part.unlink()
    return own


def _take_receipts(own: Path, enrolment: Enrolment, spool: Spool) -> int:
    freed = 0
    for path in sorted(own.glob("receipts-*.signed")):
        for receipt in _receipts(path.read_bytes(), enrolment, path.name):
            for item in receipt.items:
                freed += spool.receipt(item.stream, item.sequence, item.digest, outcome=item.outcome.value)
    spool.forget()
    held = {message.file for message in spool.outgoing(EVERYTHING)}
    for path, manifest in list(_manifests(own, enrolment)):
        left = [each.name for each in manifest.files if each.name in held]
        for each in manifest.files:
            if each.name not in held:
                (own / each.name).unlink(missing_ok=True)
        if not left:
            (own / receipts_name(manifest.number)).unlink(missing_ok=True)
            path.unlink()
    _fsync(own)
    return freed


def _receipts(raw: bytes, enrolment: Enrolment, name: str) -> Iterator[Receipt]:
    """The receipts of one file, each signed by the pinned office and for this unit; otherwise nothing is freed by it."""
    while raw:
        length = message_length(raw)
        receipt = Receipt.from_body(open_message(raw[:length], Kind.RECEIPT, enrolment.find_key).body)
        if receipt.unit_key_id != enrolment.key.key_id:
            raise Tampered(f"“{name}” on the medium is another unit’s, and frees nothing here. Tell the Administrative Supervisor.")
        yield receipt
        raw = raw[length:]


def _manifests(own: Path, enrolment: Enrolment) -> Iterator[tuple[Path, MediumManifest]]:
    find_key = {enrolment.key.key_id: enrolment.key.public_bytes}.get
    for path in sorted(own.glob("manifest-*.signed")):
        yield path, MediumManifest.from_body(open_message(path.read_bytes(), Kind.MEDIUM_MANIFEST, find_key).body)


def _is_whole(path: Path, sha256: bytes | None) -> bool:
    """Whether a manifest names the file, and it is what was written."""
    try:
        return sha256 is not None and hashlib.sha256(path.read_bytes()).digest() == sha256
    except FileNotFoundError:
        return False


@contextmanager
def _said_plainly(medium: Path) -> Iterator[None]:
    """What a medium does wrong, in a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(
                f"The medium “{medium.name}” is full. What its manifests name is whole; carry it to the office, or go on with another."
            ) from error
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise Unavailable(f"The medium “{medium.name}” cannot be written: it is read-only, or not yours. Unlock it.") from error
        raise Unavailable(
            f"The medium “{medium.name}” was removed or does not answer ({error.strerror}). Nothing is freed; put it in and run this again."
        ) from error


def _put(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)
    part.replace(path)


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
