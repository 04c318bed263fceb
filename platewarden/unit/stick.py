"""The member's stick: where a key file lies while it is plugged in. Looked for at each sign-on, and kept in memory until sign-off.

`sticks` in `unit.toml` names the folders under which the operating system mounts a medium: `/media` and `/run/media` on Debian. A
key file lies at the top of a medium, so it is at most two folders below those.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from platewarden.exchange.shift_key import LONGEST, key_file_name, key_of
from platewarden.policy.refusal import Malformed

__all__ = ["find_key"]

DEPTH = 2


def find_key(folders: str, number: str) -> bytes:
    """The key of this member on a stick that is plugged in; empty when there is none. Malformed when there is only a damaged one."""
    try:
        name = key_file_name(number)
    except Malformed:
        return b""  # nobody has such a number; sign-on will say so as it does of any that does not fit
    damaged: Malformed | None = None
    for folder in folders.split(":"):
        for raw in _files(Path(folder), name):
            try:
                return key_of(number, raw)
            except Malformed as error:
                damaged = error
    if damaged:
        raise damaged
    return b""


def _files(top: Path, name: str) -> Iterator[bytes]:
    """What stands in the files of this name at most `DEPTH` folders below; links are not followed, and what cannot be read is passed over."""
    if not top.is_absolute():
        return
    level = [top]
    for _ in range(DEPTH + 1):
        for folder in level:
            with suppress(OSError), os.fdopen(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    yield file.read(LONGEST + 1)
        level = [each for folder in level for each in _folders(folder)]


def _folders(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as found:
        return sorted(Path(each.path) for each in found if each.is_dir(follow_symlinks=False))
    return []
