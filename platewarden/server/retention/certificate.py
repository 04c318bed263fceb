"""The certificate of a purge: what ended, what was spared and for whom, signed, for anybody to check without this system.

A signed note (c2sp.org/signed-note), under the ledger's key with a name of its own: a line that says what it is, then JSON. In it
stand every day that ended with its counts, the names of the keys that were destroyed, the holds that spared something with their
authority, the ledger's signed checkpoints before and after, and of each day the place of its line in the ledger. `tools/verify.py`
checks signature and sums, and each line against a published ledger. Plain words say what a certificate cannot promise.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import newest_checkpoint, signer
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import PolicyEdition
from platewarden.server.retention.models import Certificate, Chunk, Hold, Purge, number_of
from platewarden.transparency.note import NoteSigner, sign_note

HEAD = "platewarden purge certificate v1"
LIMITS = (
    "Reads that were released to an agency or written onto portable media before are not reached by a purge.",
    "Backups made before hold the rows of days that ended since, until their own rotation; of the pictures they hold what no key opens.",
    "The key store lies on the same machine. A copy of it made before, a snapshot, or a disk that never writes in place may hold a key's bytes.",
    "The database's files of these days are unlinked; what the disk does with their blocks is not in this program's hands.",
)


def certificate_signer() -> NoteSigner:
    """The ledger's key under another name: a certificate is never taken for a checkpoint."""
    ledger = signer()
    return NoteSigner(f"{ledger.name}/certificates", ledger.private)


def certify(purge: Purge) -> Certificate:
    """Signs what the purge did and ends it, in one transaction. Asked again, it returns the certificate there is."""
    chunks = list(Chunk.objects.filter(purge=purge).order_by("pk"))
    with transaction.atomic():
        ended_at = now()
        if not Purge.objects.filter(pk=purge.pk, ended_at=None).update(ended_at=ended_at):
            return Certificate.objects.get(purge=purge)
        purge.ended_at = ended_at
        body = json.dumps(_said(purge, chunks), indent=1, sort_keys=True, ensure_ascii=False)
        made = Certificate.objects.create(
            purge=purge,
            made_at=ended_at,
            purged=sum(chunk.purged for chunk in chunks),
            spared=sum(chunk.spared for chunk in chunks),
            note=sign_note(f"{HEAD}\n{body}\n", certificate_signer()),
        )
        record(
            Act.RETENTION_CERTIFY,
            by=OFFICE,
            about={"purge": purge.pk, "certificate": made.pk, "purged": made.purged, "spared": made.spared},
        )
    return made


def _said(purge: Purge, chunks: list[Chunk]) -> dict[str, Any]:
    assert purge.ended_at is not None
    sparing = sorted({hold for chunk in chunks for hold, _ in chunk.spared_by})
    holds = Hold.objects.in_bulk(sparing)
    places = _places([chunk.leaf_id for chunk in chunks])
    edition = PolicyEdition.objects.in_force(purge.began_at)
    return {
        "department": department().name,
        "purge": purge.pk,
        "began_at": purge.began_at.isoformat(timespec="milliseconds"),
        "ended_at": purge.ended_at.isoformat(timespec="milliseconds"),
        "asked_by": purge.asked_by,
        "policy_edition": edition.number if edition else None,
        "ended": [
            {
                "kind": chunk.kind,
                "day": chunk.day.isoformat() if chunk.day else None,
                "schedule_days": chunk.schedule_days,
                "purged": chunk.purged,
                "spared": chunk.spared,
                "spared_by": [[number_of(hold), count] for hold, count in chunk.spared_by],
                "unreadable": chunk.unreadable,
                "keys_destroyed": chunk.keys,
                "ledger_index": places[chunk.leaf_id],
            }
            for chunk in chunks
        ],
        "purged": sum(chunk.purged for chunk in chunks),
        "spared": sum(chunk.spared for chunk in chunks),
        "holds": [
            {
                "number": number_of(pk),
                "ground": holds[pk].ground,
                "authority": holds[pk].authority,
                "reference": holds[pk].reference,
                "placed_by": holds[pk].placed_by,
                "placed_at": holds[pk].placed_at.isoformat(timespec="seconds"),
            }
            for pk in sparing
        ],
        "ledger_before": purge.checkpoint_before,
        "ledger_after": newest_checkpoint() or "",
        "limits": list(LIMITS),
    }


def _places(leaves: list[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("select leaf_id, tree_index from office.ledger_sealed where leaf_id = any (%s)", [leaves])
        return dict(cursor.fetchall())


def said_in(note: str) -> dict[str, Any]:
    """What a certificate says, for its page. The note is this office's own."""
    text = note[: note.rindex("\n\n")]
    head, _, body = text.partition("\n")
    assert head == HEAD
    said: dict[str, Any] = json.loads(body)
    return said
