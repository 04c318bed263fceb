"""The editions in force on this unit: the hot list and the roster, each one file, each replaced whole or not at all.

A newer edition signed by the pinned office takes the place of the older. Never the other way: an older number, the same
number with other contents, or another signer's edition leaves the one in force where it is, and says so.
"""

from __future__ import annotations

from pathlib import Path

from platewarden.durable import put
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
    try:
        put(path, raw)
    except OSError as error:
        raise Unavailable(f"“{path.name}” cannot be written ({error.strerror}). Free the disk of this unit.") from error
