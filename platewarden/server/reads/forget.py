"""How this room forgets pictures: the key is overwritten and unlinked, then the packs that only it opened.

The rows of reads end in the database, with the day's partition (`retention/sql`). Order here: the keys of the day and view, durably,
then the packs. Interrupted, the next round does the rest: it looks at what lies there, not at what was noted.

Known gap: a disk that never writes in place, a snapshot or a copy of the data folder may still hold the key's bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from platewarden.server.reads.images import HELD


def days_with_pictures(view: str) -> set[date]:
    """The days of which a key or a pack of this view lies on the disk."""
    found = {path.parent.name for path in _keys().glob(f"*/*.{view}.key*")}
    found |= {path.parent.parent.name for path in _packs().glob(f"*/*/*.{view}.pack")}
    return {date.fromisoformat(name) for name in found - {HELD}}


def keys_of(day: date, view: str) -> list[str]:
    """The names of the keys of a day and view that lie on the disk."""
    return sorted(f"{day:%Y-%m-%d}/{path.name.removesuffix('.key')}" for path in _keys().glob(f"{day:%Y-%m-%d}/*.{view}.key"))


def forget_pictures(day: date, view: str) -> None:
    """Destroys the keys of a day and view, and takes their packs away. Repeating it changes nothing."""
    for path in _keys().glob(f"{day:%Y-%m-%d}/*.{view}.key*"):  # a draft of a killed process, too, holds the key
        destroy(path)
    _flushed(_keys() / f"{day:%Y-%m-%d}")
    for path in _packs().glob(f"{day:%Y-%m-%d}/*/*.{view}.pack"):
        path.unlink(missing_ok=True)
    for folder in (*_packs().glob(f"{day:%Y-%m-%d}/*"), _packs() / f"{day:%Y-%m-%d}", _keys() / f"{day:%Y-%m-%d}"):
        _drop_if_empty(folder)


def held_pictures() -> Iterator[tuple[date, uuid.UUID]]:
    """Day and read of each picture that a hold kept beyond its day."""
    found = {(path.parent.name, path.name.split(".")[0]) for path in _keys().glob(f"{HELD}/*/*.key")}
    found |= {(path.parent.name, path.name.split(".")[0]) for path in _packs().glob(f"{HELD}/*/*.pack")}
    for day, read_id in sorted(found):
        yield date.fromisoformat(day), uuid.UUID(read_id)


def forget_held(day: date, read_id: uuid.UUID) -> None:
    """Destroys what a hold had kept of a read. Repeating it changes nothing."""
    keys, packs = _keys() / HELD / f"{day:%Y-%m-%d}", _packs() / HELD / f"{day:%Y-%m-%d}"
    for path in keys.glob(f"{read_id}.*.key*"):
        destroy(path)
    _flushed(keys)
    for path in packs.glob(f"*{read_id}.*.pack*"):
        path.unlink(missing_ok=True)
    for folder in (keys, packs):
        _drop_if_empty(folder)


def _keys() -> Path:
    return Path(settings.CONFIG.data) / "keys"


def _packs() -> Path:
    return Path(settings.CONFIG.data) / "pictures"


def forget_key(name: str) -> None:
    """Destroys one key of the store. Repeating it changes nothing."""
    path = _keys() / f"{name}.key"
    if path.exists():
        destroy(path)
        _flushed(path.parent)


def destroy(path: Path) -> None:
    """Overwrites a key file, durably, and unlinks it."""
    with path.open("r+b") as key:
        key.write(secrets.token_bytes(path.stat().st_size))
        key.flush()
        os.fsync(key.fileno())
    path.unlink(missing_ok=True)


def _flushed(folder: Path) -> None:
    if folder.is_dir():
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _drop_if_empty(folder: Path) -> None:
    """An empty folder goes; one in which something lies, or is just being written, stays."""
    with contextlib.suppress(OSError):
        folder.rmdir()
