"""Opening an audit that is due, and drawing its sample: the office's own round does both, and chooses nothing.

The rules of the sample are written into the ledger when the audit opens. The seed is the digest of the first checkpoint that is signed
after that, a text that nobody could know before, and that whoever keeps the published ledger has. Anybody can draw the same looks again:
`drawn_from` does it from what the audit and the looks' own identities say.

Notable choices:

- A few looks with equal chances, so that no pattern of looking is safe; a few more weighted, so that what stands out is seen more often.
- A weighted lot is a number below 2^40 divided by the look's weight, in whole numbers: the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from platewarden.server.audits.models import Audit
from platewarden.server.people.editions import department


def step() -> int | None:
    """Opens the audit that is due, or draws the one that waits for its seed. The number of what it did something to."""
    waiting = Audit.objects.filter(drawn_at=None).order_by("pk").first()
    if waiting is not None:
        return waiting.pk if draw(waiting.pk) is not None else None
    return open_due()


def open_due() -> int | None:
    """Recorded as `audits.open`. None when none is due."""
    rules = department()
    no_case = sorted(name for name, purpose in rules.purposes.items() if purpose.number == "shift")
    return _number("select office.open_audit(%s, %s)", [no_case, rules.time_zone.key])


def draw(audit_id: int) -> int | None:
    """How many looks were drawn; None while the checkpoint is not signed, or when it was drawn already. Recorded as `audits.draw`."""
    return _number("select office.draw_audit(%s)", [audit_id])


def _number(statement: str, values: list[Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()[0]
    return int(found) if found is not None else None


@dataclass(frozen=True)
class DrawnAgain:
    """The identities of the looks that a seed draws."""

    at_random: tuple[str, ...]
    by_weight: tuple[str, ...]


def drawn_from(seed: str, weights: Mapping[str, int], rules: Mapping[str, Any]) -> DrawnAgain:
    """The sample, drawn again outside the database: of looks by identity, each with its weight."""
    first = sorted(weights, key=lambda look: (_lot(seed, "random", look), look))[: rules["audit_random_looks"]]
    others = weights.keys() - set(first)
    second = sorted(others, key=lambda look: (_lot(seed, "weighted", look) * 1_000_000 // weights[look], look))
    return DrawnAgain(tuple(first), tuple(second[: rules["audit_weighted_looks"]]))


def _lot(seed: str, kind: str, look: str) -> int:
    return int(hashlib.sha256(f"{seed} {kind} {look}".encode()).hexdigest()[:10], 16)
