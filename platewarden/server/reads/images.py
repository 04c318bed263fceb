"""Pictures: append-only packs per day, unit, view and hour; AES-256-GCM for each picture; the key of a day, unit and view outside
the database. Overview and plate pictures end on schedules of their own, so each view has its own key.

Order of keeping one: the key file is durable, then the picture's bytes are durable at their offset, then (by the caller)
the row that points at them commits. A crash between leaves bytes nobody points at; they die with their pack.
Each key is wrapped by the department's picture key. Destroying the key file forgets every picture of that day, unit and
view at once (`forget.py`). A picture under a hold is put under a key of its own, in a file of its own, before that.

Known gap: the wrapped keys lie on the same machine as the packs; a copy of the whole data folder opens both.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.config import write_own_file

log = logging.getLogger("platewarden.reads")
NONCE = 12
HELD = "held"


@dataclass(frozen=True)
class Pointer:
    """Where a picture lies. `length` is bytes of nonce, ciphertext and tag; `key` names the key of its day, unit and view."""

    view: str
    pack: str
    offset: int
    length: int
    key: str

    @classmethod
    def from_row(cls, row: dict[str, object]) -> Pointer:
        return cls(str(row["view"]), str(row["pack"]), int(str(row["offset"])), int(str(row["length"])), str(row["key"]))

    def as_row(self) -> dict[str, object]:
        return asdict(self)

    def held(self, read_id: uuid.UUID) -> Pointer:
        """Where it lies when a hold keeps it beyond its day: a file and a key of its own, found without a row."""
        name = f"{HELD}/{self.pack.split('/')[0]}/{read_id}.{self.view}"
        return Pointer(self.view, f"{name}.pack", 0, self.length, name)


def keep_picture(content: bytes, *, view: str, read_id: uuid.UUID, unit_id: uuid.UUID, captured_at: datetime) -> Pointer:
    """Encrypts and appends one picture, durably. Unavailable when the disk is full."""
    day, hour = f"{captured_at:%Y-%m-%d}", f"{captured_at:%H}"
    key_name = f"{day}/{unit_id}.{view}"
    try:
        box = AESGCM(stored_key(key_name, make=True))
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + box.encrypt(nonce, content, _bound_to(read_id, view))
        pack = Path(day) / str(unit_id) / f"{hour}.{view}.pack"
        offset = _append(settings.CONFIG.data / "pictures" / pack, sealed)
    except OSError as error:
        raise Unavailable(
            "A picture cannot be stored on this disk right now. Nothing was kept; the unit will send it again."
        ) from error
    except InvalidTag as error:
        raise Tampered("A picture key does not answer to the department's key. Tell the Administrative Supervisor.") from error
    return Pointer(view, str(pack), offset, len(sealed), key_name)


@dataclass(frozen=True)
class NotThere:
    """Why a picture cannot be shown: it is gone, or its bytes do not answer to its key."""

    because: str
    is_tampered: bool


def find_picture(row: dict[str, object], read_id: uuid.UUID) -> bytes | NotThere:
    """The picture behind a pointer that a door returned, or why it cannot be shown: a read is shown without it.

    A picture that a hold kept beyond its day lies in another place.
    """
    pointer = Pointer.from_row(row)
    held = pointer.held(read_id)
    try:
        return _opened(held if (settings.CONFIG.data / "pictures" / held.pack).exists() else pointer, read_id)
    except OSError:
        return NotThere("The picture or its key is not on this server any more.", is_tampered=False)
    except InvalidTag:
        log.error("the %s picture of read %s does not answer to its key", pointer.view, read_id)  # noqa: TRY400 - no stack to tell
        return NotThere("A stored picture does not answer to its key. Tell the Administrative Supervisor.", is_tampered=True)


def _opened(pointer: Pointer, read_id: uuid.UUID) -> bytes:
    box = AESGCM(stored_key(pointer.key, make=False))
    with (settings.CONFIG.data / "pictures" / pointer.pack).open("rb") as pack:
        pack.seek(pointer.offset)
        sealed = pack.read(pointer.length)
    # A pack that was cut gives fewer bytes than a nonce has: that is no picture of this key either.
    nonce = sealed[:NONCE].ljust(NONCE, b"\0")
    return box.decrypt(nonce, sealed[NONCE:], _bound_to(read_id, pointer.view))


def open_picture(row: dict[str, object], read_id: uuid.UUID) -> bytes:
    """The picture behind a pointer, for who cannot do without it. Tampered or Unavailable otherwise."""
    found = find_picture(row, read_id)
    if isinstance(found, NotThere):
        raise (Tampered if found.is_tampered else Unavailable)(found.because)
    return found


def keep_beyond_its_day(row: dict[str, object], read_id: uuid.UUID) -> bool:
    """Puts a held picture under a key of its own, durably, and reads it back. False when it cannot be opened any more.

    Again, it is only read back. Unavailable when the disk is full, with the picture still where it was.
    """
    pointer = Pointer.from_row(row)
    held = pointer.held(read_id)
    try:
        content, kept = _opened_or_none(pointer, read_id), _opened_or_none(held, read_id)
        if content is None:
            if kept is None:
                log.error("the held %s picture of read %s cannot be opened, and so not be kept", pointer.view, read_id)
            return kept is not None
        if kept == content:
            return True
        box, nonce = AESGCM(stored_key(held.key, make=True)), secrets.token_bytes(NONCE)
        path = settings.CONFIG.data / "pictures" / held.pack
        _make_folder(path.parent)
        write_own_file(path, nonce + box.encrypt(nonce, content, _bound_to(read_id, pointer.view)), replace=True)
        kept = _opened_or_none(held, read_id)
    except OSError as error:
        raise Unavailable("A held picture cannot be kept on this disk right now. Nothing was purged; free some space.") from error
    if kept != content:
        raise Unavailable("A held picture did not come back from the disk as it was written. Nothing was purged; check the disk.")
    return True


def _opened_or_none(pointer: Pointer, read_id: uuid.UUID) -> bytes | None:
    with contextlib.suppress(FileNotFoundError, InvalidTag):
        return _opened(pointer, read_id)
    return None


def _bound_to(read_id: uuid.UUID, view: str) -> bytes:
    return read_id.bytes + view.encode()


def _append(path: Path, sealed: bytes) -> int:
    is_new = not path.exists()
    _make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        offset = os.lseek(handle, 0, os.SEEK_END)
        try:
            written = 0
            while written < len(sealed):
                written += os.write(handle, sealed[written:])
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, offset)
            raise
    finally:
        os.close(handle)
    if is_new:
        _give_to_owner(path)
        _flush_folder(path.parent)
    return offset


def _make_folder(folder: Path) -> None:
    """Makes the folder, durably: its name is on disk in the folder above it, and so upwards."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    _give_to_owner(folder)
    _flush_folder(folder.parent)


def _give_to_owner(path: Path) -> None:
    """What a command of root's makes belongs to whoever the data folder belongs to: the server's processes run as that user."""
    if os.geteuid() == 0:
        owner = settings.CONFIG.data.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored_key(name: str, *, make: bool) -> bytes:
    """The 32 bytes of a name in the key store, outside the database and its backups; made when it is not there, or FileNotFoundError."""
    path = settings.CONFIG.data / "keys" / f"{name}.key"
    wrapper = AESGCM(settings.CONFIG.read_secret("pictures.key"))
    if make and not path.exists():
        _make_folder(path.parent)
        nonce = secrets.token_bytes(NONCE)
        _write_once(path, nonce + wrapper.encrypt(nonce, AESGCM.generate_key(256), name.encode()))
    wrapped = path.read_bytes()
    return wrapper.decrypt(wrapped[:NONCE], wrapped[NONCE:], name.encode())


def _write_once(path: Path, content: bytes) -> None:
    """Whole and durable under its name, or not there; the first of two at once wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            os.write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        _give_to_owner(draft)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _flush_folder(path.parent)
