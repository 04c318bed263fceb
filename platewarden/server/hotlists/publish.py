"""Editions: numbered, dated, signed, sent to units. Asked for by whoever changed what is looked for, made by the worker.

Order of making one: entries read in one statement, file written and flushed under its final name, then the row that names it
commits. A crash between leaves a file nobody names; the next run writes it again under the same number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from platewarden.durable import put
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry, build
from platewarden.exchange.seal import digest
from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.models import EditionAsk, HotlistEdition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import OFFICE, Signer, record


def ask_for_edition(*, by: Signer) -> None:
    """In the caller's transaction: what is looked for has changed, so an edition is due."""
    EditionAsk.objects.create(asked_at=now(), asked_by=str(by))


def edition_file(number: int) -> Path:
    return Path(settings.CONFIG.data / "editions" / f"{number}.hotlist")


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
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(4270006)")
            if not cursor.fetchone()[0]:
                return None
        # What was asked before the entries are read: an ask that commits meanwhile is for the next edition, whatever its number.
        due = list(EditionAsk.objects.filter(edition=None).order_by("-pk"))
        if not due:
            return None
        last = due[0]
        newest = HotlistEdition.objects.order_by("-number").first()
        number = newest.number + 1 if newest else 1
        at = now()
        entries = _in_force()
        content = build(number, at, entries, office_signing_key())
        edition_file(number).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        put(edition_file(number), content)
        edition = HotlistEdition.objects.create(
            number=number, made_at=at, asked_by=last.asked_by, entries=len(entries), digest=digest(content)
        )
        EditionAsk.objects.filter(pk__in=[ask.pk for ask in due]).update(edition=number)
        record(Act.HOTLISTS_PUBLISH, by=OFFICE, about={"edition": number, "entries": len(entries), "sha256": digest(content).hex()})
    return edition


def newest_edition() -> HotlistEdition | None:
    return HotlistEdition.objects.order_by("-number").first()


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
