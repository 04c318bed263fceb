"""A file put durably in the place of what its name held: all of it or nothing of it. For car, office and witness alike.

Order of steps: write it beside under a name of its own, fsync it, rename it, fsync the folder. A cut leaves the old file or the new
one. It stands outside the wings, for none of them may import all the others; it knows nothing of what it writes.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["put"]


def put(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Writes it; the folder is there. Raises OSError, with what the name held before still in its place."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
