"""A second copy of the picture keys, on another medium, kept in step: a purge that destroyed a key destroys it there too.

The copies are wrapped as the keys are, so this folder alone opens nothing; with a backup and the recovery key it brings pictures back. A key
that is missing here without its day having ended, or its hold, is never taken from the copy: then this store has lost it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection

from platewarden.exchange.read_report import View
from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.config import own_folder, write_own_file
from platewarden.server.reads.forget import destroy
from platewarden.server.reads.images import HELD
from platewarden.server.reads.intake import KIND_OF_VIEW


@dataclass(frozen=True)
class Copied:
    """How many keys were added to the copy, and destroyed in it."""

    added: int
    destroyed: int


def copy_keys(target: Path) -> Copied:
    """Brings the copy in step. Tampered when keys are missing here that no purge destroyed; Unavailable when the medium cannot be written."""
    source = Path(settings.CONFIG.data) / "keys"
    here = {path.relative_to(source) for path in source.rglob("*.key")}
    try:
        there = {path.relative_to(target) for path in target.rglob("*.key")}
        lost = sorted(str(name) for name in there - here if not _has_ended(name))
        if lost:
            raise Tampered(
                f"{len(lost)} picture keys are in the copy and not here, and no purge destroyed them ({lost[0]}). The copy was left as it is."
            )
        for name in sorted(here - there):
            folder = target
            for part in name.parts[:-1]:
                folder = own_folder(folder / part)
            write_own_file(target / name, (source / name).read_bytes(), replace=True)
        for name in sorted(there - here):
            destroy(target / name)
    except OSError as error:
        raise Unavailable(
            f"The copy of the keys in {target} cannot be brought in step ({error.strerror}). Check the medium."
        ) from error
    return Copied(len(here - there), len(there - here))


def bring_keys_back(source: Path, data: Path) -> int:
    """Puts the keys of a copy in place, in a store that has none of them."""
    names = sorted(path.relative_to(source) for path in source.rglob("*.key"))
    for name in names:
        folder = data / "keys"
        for part in name.parts[:-1]:
            folder = own_folder(folder / part, like=data)
        write_own_file(data / "keys" / name, (source / name).read_bytes(), replace=True)
    return len(names)


def _has_ended(name: Path) -> bool:
    """Whether a purge destroyed this key: its day and view ended, or no hold names its read any more."""
    day, view = date.fromisoformat(name.parts[-2]), name.name.split(".")[-2]
    with connection.cursor() as cursor:
        if name.parts[0] == HELD:
            cursor.execute("select read_id::text from plates.held_of_day(%s)", [day])
            return name.name.split(".")[0] not in {read_id for (read_id,) in cursor}
        cursor.execute("select exists (select from office.gone where kind = %s and day = %s)", [KIND_OF_VIEW[View(view)], day])
        return bool(cursor.fetchone()[0])
