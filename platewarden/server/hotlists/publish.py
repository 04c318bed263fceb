"""Editions: numbered, dated, signed, sent to units. Asked for by whoever changed what is looked for, made by the worker.

One is also due when an entry of the newest ran out, so that no unit carries it on. Beside each edition lies what changed since the one
before; files of older editions are removed, for they hold plates that nobody looks for any more.

Order of making one: entries read in one statement, file written and flushed under its final name, then the row that names it
commits. A crash between leaves a file nobody names; the next run writes it again under the same number.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from platewarden.durable import put
from platewarden.exchange.edition_delta import delta
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry, build
from platewarden.exchange.seal import digest
from platewarden.policy.refusal import Tampered, Unavailable, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.models import EditionAsk, HotlistEdition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import OFFICE, Signer, record

KEPT_S = 24 * 3600.0
MOST_STEPS = 500
MOST_CHANGED = 24 * 2**20


def ask_for_edition(*, by: Signer) -> None:
    """In the caller's transaction: what is looked for has changed, so an edition is due."""
    EditionAsk.objects.create(asked_at=now(), asked_by=str(by))


def edition_file(number: int) -> Path:
    return Path(settings.CONFIG.data / "editions" / f"{number}.hotlist")


def changes_file(number: int) -> Path:
    """What makes this edition of the one before it."""
    return edition_file(number).with_suffix(".changes")


def changes_since(number: int) -> list[bytes]:
    """What turns edition `number` into the newest, step by step. Unknown when it is not kept, or no shorter than the edition itself."""
    newest = newest_edition()
    steps = range(number + 1, newest.number + 1) if newest else range(0)
    try:
        found = [changes_file(step).read_bytes() for step in steps] if 0 < len(steps) <= MOST_STEPS else []
        whole = edition_file(newest.number).stat().st_size if newest else 0
    except OSError:
        found = []
    if not found or sum(map(len, found)) > min(whole, MOST_CHANGED):
        raise Unknown("What changed since this edition is not kept. Fetch the edition whole.")
    return found


def edition_bytes(edition: HotlistEdition) -> bytes:
    """The edition's file, whole, as it was signed."""
    try:
        content = edition_file(edition.number).read_bytes()
    except OSError as error:
        raise Unavailable(
            f"The file of hotlist edition {edition.number} cannot be read. Ask for a new edition at the office."
        ) from error
    if digest(content) != bytes(edition.digest):
        raise Tampered(
            f"The file of hotlist edition {edition.number} is not the one that was made. Tell the Administrative Supervisor."
        )
    return content


def make_edition_if_asked() -> HotlistEdition | None:
    """Makes the next edition when one is due; None otherwise. The worker calls it; two at once make one."""
    edition = _made_if_asked()
    if edition is not None:
        _write_changes(edition.number)
        remove_old_files()
    return edition


def _write_changes(number: int) -> None:
    before = edition_file(number - 1)
    if before.exists():
        put(changes_file(number), delta(before.read_bytes(), edition_file(number).read_bytes()))


def remove_old_files() -> None:
    """Only the newest edition is given out; what changed is kept for a day, for the units that were away that long."""
    newest = newest_edition()
    folder = edition_file(0).parent
    for file in folder.iterdir() if newest and folder.is_dir() else ():
        is_old = file.stem.isdecimal() and int(file.stem) < newest.number  # type: ignore[union-attr]  # there is one, or no file is asked
        if is_old and (file.suffix == ".hotlist" or time.time() - file.stat().st_mtime > KEPT_S):
            file.unlink(missing_ok=True)


def _made_if_asked() -> HotlistEdition | None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(4270006)")
            if not cursor.fetchone()[0]:
                return None
        # What was asked before the entries are read: an ask that commits meanwhile is for the next edition, whatever its number.
        due = list(EditionAsk.objects.filter(edition=None).order_by("-pk"))
        newest = newest_edition()
        if not due and not (newest and _ran_out_since(newest.made_at)):
            return None
        asked_by = due[0].asked_by if due else "an entry ran out"
        number = newest.number + 1 if newest else 1
        at = now()
        entries = _in_force()
        content = build(number, at, entries, office_signing_key())
        edition_file(number).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        put(edition_file(number), content)
        edition = HotlistEdition.objects.create(
            number=number, made_at=at, asked_by=asked_by, entries=len(entries), digest=digest(content)
        )
        EditionAsk.objects.filter(pk__in=[ask.pk for ask in due]).update(edition=number)
        record(Act.HOTLISTS_PUBLISH, by=OFFICE, about={"edition": number, "entries": len(entries), "sha256": digest(content).hex()})
    return edition


def newest_edition() -> HotlistEdition | None:
    return HotlistEdition.objects.order_by("-number").first()


def _ran_out_since(at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select plates.ran_out_since(%s)", [at])
        return bool(cursor.fetchone()[0])


def _in_force() -> list[EditionEntry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select entry_id, text, is_pattern, state, category, approach, caution, urgent, expires_at, confidential from plates.edition_entries()"
        )
        return [_entry(row) for row in cursor]


def _entry(row: tuple[Any, ...]) -> EditionEntry:
    entry_id, text, is_pattern, state, category, approach, caution, urgent, expires_at, confidential = row
    return EditionEntry(
        entry_id=entry_id,
        text=text,
        is_pattern=is_pattern,
        state=state,
        category=Category(category),
        approach=Approach(approach),
        caution=caution,
        urgent=urgent,
        expires_at=expires_at,
        confidential=confidential,
    )
