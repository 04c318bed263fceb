"""Day keys: every read in the spool is encrypted once more, under the key of its day. Destroying that key forgets the day.

A read is sealed to the office's key already, so the car cannot open it. Around that lies AES-256-GCM under 32 random bytes
in one file a day, `keys/2026-03-02.key` (0600), bound to the message's own name. When a day is past retention its key is
destroyed first and its files are unlinked after: what a flash disk still holds of the files opens for nobody, the office
included.

* A key is made: write it, fsync it, fsync the folder. Only then is anything wrapped with it.
* A key is destroyed: overwrite it with zeros, fsync it, unlink it, fsync the folder.

Known gap: a flash disk may keep the block that held the 32 bytes until it is erased. Whoever reads it from the chip has then
what a thief of the car had before: reads sealed to the office's key.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["DayKeys"]

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
HEADER: Final = b"PD\x01"


class DayKeys:
    """The keys of the days whose reads wait, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, AESGCM] = {}

    def make(self, name: str) -> None:
        """A fresh key, durable when this returns. One of that name is replaced: nothing kept rests on it yet."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._open.pop(name, None)
        _write(self._path(name), secrets.token_bytes(KEY_BYTES))
        self._fsync()

    def names(self) -> set[str]:
        """The days whose keys are there."""
        return {path.stem for path in self._folder.glob("*.key")}

    def wrap(self, name: str, sealed: bytes, *, bound_to: str) -> bytes:
        """The bytes, so that they open only with this day's key and under their own name."""
        box = self._box(name)
        assert box is not None  # the caller made it, or its row says that it is there
        nonce = secrets.token_bytes(NONCE_BYTES)
        return HEADER + nonce + box.encrypt(nonce, sealed, bound_to.encode())

    def unwrap(self, name: str, wrapped: bytes, *, bound_to: str) -> bytes | None:
        """What was wrapped; None when the key is gone, or the bytes are not what was wrapped with it."""
        box, start = self._box(name), len(HEADER)
        if box is None or wrapped[:start] != HEADER or len(wrapped) < start + NONCE_BYTES:
            return None
        nonce = wrapped[start : start + NONCE_BYTES]
        with suppress(InvalidTag):
            return box.decrypt(nonce, wrapped[start + NONCE_BYTES :], bound_to.encode())
        return None

    def destroy(self, name: str) -> None:
        """Make a day's key gone. Repeating it changes nothing."""
        self._open.pop(name, None)
        path = self._path(name)
        if path.exists():
            _write(path, bytes(KEY_BYTES))
            path.unlink()
            self._fsync()

    def _box(self, name: str) -> AESGCM | None:
        if name not in self._open:
            try:
                key = self._path(name).read_bytes()
            except FileNotFoundError:
                return None
            if len(key) != KEY_BYTES:
                return None
            self._open[name] = AESGCM(key)
        return self._open[name]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"

    def _fsync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(path: Path, key: bytes) -> None:
    """In place, so that the old bytes are overwritten where they stand."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(file, key)
        os.ftruncate(file, len(key))
        os.fsync(file)
    finally:
        os.close(file)
