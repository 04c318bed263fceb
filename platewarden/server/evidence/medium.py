"""A portable medium: whether it takes a package, writing it, and reading back what was written.

Order: the encrypted file is written beside its name, fsynced, read back from the medium and compared file by file; only then it gets its
name, and beside it what a clerk needs: the office's signed note of it, the verifier, and how to open it. Nothing on a medium is in the
clear but these, and no plate stands in them. A medium that is full, locked, or pulled out leaves a file ending in `.part`, which the
next package removes.

The file is a ZIP with AES-256 (WinZip's AE-2), so that a clerk needs 7-Zip or WinZip, or the verifier itself. AE-2 makes its keys from
the passphrase in 1,000 rounds only; the passphrase is 160 random bits, so that is no weakness. Names of files inside show in the clear:
they are numbers.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyzipper

from platewarden.durable import put
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.config import ServerConfig

SPARE = 4 * 1024 * 1024  # what stands beside the package, and what a file system takes for itself
CHUNK = 1024 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT}
LOCKED = {errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True)
class Written:
    """What came back from the medium: the file's length and SHA-512."""

    size_bytes: int
    sha512: str


def must_take(medium: Path, config: ServerConfig, *, any_folder: bool) -> None:
    """Refuses what is no folder, not writable, inside the office's own data, or on the office's own disk."""
    if not medium.is_dir():
        raise Malformed(f"There is no medium at {medium}. Plug it in, let it mount, and name its folder.")
    if medium.resolve().is_relative_to(config.data.resolve()):
        raise Malformed(f"{medium} lies inside the office's own data. Name the folder of a portable medium.")
    if medium.stat().st_dev == config.data.stat().st_dev and not any_folder:
        raise Malformed(
            f"{medium} lies on the disk of the office's own data, so it is no portable medium. Is it mounted?"
            " Add --any-folder if somebody copies the package onto a medium by hand."
        )
    with _says_why(medium):
        for left in medium.glob(".E-*.zip.part"):
            left.unlink()
        trial = medium / ".platewarden-writes"
        trial.write_bytes(b"")
        trial.unlink()


def must_hold(medium: Path, size_bytes: int) -> None:
    """Refuses a medium with too little room, before anything is written."""
    free = shutil.disk_usage(medium).free
    if free < size_bytes + SPARE:
        raise Unavailable(
            f"The medium has {free / 1e6:,.0f} MB free, and the package takes about {(size_bytes + SPARE) / 1e6:,.0f} MB."
            " Take a larger one, or name a shorter time. Nothing was written."
        )


def write_package(
    medium: Path,
    number: str,
    passphrase: str,
    fill: Callable[[Callable[[str, bytes], None]], dict[str, str]],
    *,
    progress: Callable[[str], None],
) -> Written:
    """Writes the package as one encrypted file and reads it back. `fill(put)` puts its files and returns their SHA-512 by name.

    Unavailable when the medium is full, locked, pulled out, changed, or gives back something else than it was given.
    """
    part = medium / f".{number}.zip.part"
    with _says_why(medium):
        try:
            with part.open("wb") as raw:
                digests = _zipped(raw, number, passphrase, fill)
                raw.flush()
                os.fsync(raw.fileno())
            progress("reading back")
            written = _read_back(part, number, passphrase, digests)
            part.replace(medium / f"{number}.zip")
            _flush(medium)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    return written


def _zipped(
    raw: BinaryIO, number: str, passphrase: str, fill: Callable[[Callable[[str, bytes], None]], dict[str, str]]
) -> dict[str, str]:
    zipped = pyzipper.AESZipFile(raw, "w", encryption=pyzipper.WZ_AES)
    zipped.setpassword(passphrase.encode())
    try:
        digests = fill(lambda name, content: zipped.writestr(f"{number}/{name}", content))
        zipped.close()
    except BaseException:
        zipped.fp = None  # else it writes an end onto a medium that gave up, and says that instead of why
        raise
    return digests


def leave_beside(medium: Path, files: dict[str, bytes]) -> None:
    """What stands beside the package, in the clear."""
    with _says_why(medium):
        for name, content in files.items():
            put(medium / name, content, mode=0o644)


def take_away(medium: Path, number: str) -> None:
    """What a package that failed left under its name: nothing opens it any more, and a check of the medium would stop at it."""
    for name in (f"{number}.zip", f"{number}.txt"):
        with suppress(OSError):
            (medium / name).unlink()


def _read_back(path: Path, number: str, passphrase: str, digests: dict[str, str]) -> Written:
    whole = hashlib.sha512()
    with path.open("rb") as raw:
        os.posix_fadvise(raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # from the medium, not from this machine's memory
        while chunk := raw.read(CHUNK):
            whole.update(chunk)
        size = raw.tell()
        try:
            with pyzipper.AESZipFile(raw) as zipped:
                zipped.setpassword(passphrase.encode())
                found = {
                    name.removeprefix(f"{number}/"): hashlib.sha512(zipped.read(name)).hexdigest() for name in zipped.namelist()
                }
        except (pyzipper.BadZipFile, RuntimeError, ValueError) as error:
            raise Unavailable(DID_NOT_COME_BACK) from error
    if found != digests:
        raise Unavailable(DID_NOT_COME_BACK)
    return Written(size, whole.hexdigest())


DID_NOT_COME_BACK = (
    "What the medium gives back is not what was written onto it: it is worn, or smaller than it says. Nothing counts as written."
    " Throw the medium away and take another one."
)


@contextmanager
def _says_why(medium: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            because = "it is full. Take a larger one, or free it"
        elif error.errno in LOCKED:
            because = "it is write-protected, or not yours to write. Unlock it"
        else:
            because = f"it does not answer ({error.strerror}). Was it pulled out, or changed for another one? Plug it in again"
        raise Unavailable(
            f"The medium {medium} took no package: {because}, and run this again. Nothing counts as written."
        ) from error


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
