"""The editions in force on this unit: the hot list and the roster, each one file, each replaced whole or not at all.

A newer edition signed by the pinned office takes the place of the older. Never the other way: an older number, the same
number with other contents, or another signer's edition leaves the one in force where it is, and says so.

Order of steps: write the new file beside the old, fsync it, rename it over the old, fsync the folder. A cut leaves the old
edition or the new one.
"""

from __future__ import annotations

import os
from pathlib import Path

from platewarden.policy.refusal import Stale, Tampered, Unavailable

__all__ = ["may_replace", "replace_file"]


def may_replace(what: str, *, held: int, came: int, ordered: int, same: bool) -> bool:
    """Whether an edition that came is to be put in force; False if it already is. Raises for a step back."""
    if came < max(held, ordered):
        raise Stale(f"The office sent {what} edition {came}, older than {max(held, ordered)}. The one in force stays in force.")
    if came == held and not same:
        raise Tampered(
            f"There are two different {what} editions {came}. The one in force stays; tell the Administrative Supervisor."
        )
    return came > held


def replace_file(path: Path, raw: bytes) -> None:
    """Put `raw` durably in the place of what `path` held."""
    draft = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable(f"“{path.name}” cannot be written ({error.strerror}). Free the disk of this unit.") from error
