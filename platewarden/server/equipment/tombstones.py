"""Tombstones: what a unit says ended there, past retention and undelivered. Kept once, with its ledger line.

A tombstone frees nothing here and changes no read; the gap report (`reads.gaps`) reads the numbers. The same number with
other bytes is `Tampered`.
"""

from __future__ import annotations

from django.db import transaction

from platewarden.exchange import tombstone
from platewarden.exchange.receipt import Outcome
from platewarden.policy.refusal import Tampered
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import still_enrolled
from platewarden.server.equipment.models import Tombstone, Unit
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record


def keep_tombstone(said: tombstone.Tombstone, unit: Unit, digest: bytes) -> Outcome:
    """Keeps what a unit signed, and writes it in the ledger; again it is answered “already kept”."""
    with transaction.atomic():
        still_enrolled(bytes(unit.key_id))
        kept, is_new = Tombstone.objects.get_or_create(
            unit=unit,
            sequence=said.sequence,
            defaults={
                "digest": digest,
                "day": said.day,
                "reads": said.count,
                "ranges": [list(each) for each in said.ranges],
                "buried_at": said.buried_at,
                "clock": said.clock.value,
                "retention_days": said.retention_days,
                "received_at": now(),
            },
        )
        if is_new:
            record(
                Act.EQUIPMENT_TOMBSTONE,
                by=Signer(None, "the unit's door"),
                about={
                    "unit": unit.id,
                    "tombstone": said.sequence,
                    "day": said.day.isoformat(),
                    "reads": said.count,
                    "retention_days": said.retention_days,
                    "clock": said.clock.value,
                },
            )
    if bytes(kept.digest) != digest:
        raise Tampered(
            f"The unit sent tombstone {said.sequence} twice with different contents. Tell the Administrative Supervisor."
        )
    return Outcome.KEPT if is_new else Outcome.ALREADY_KEPT
