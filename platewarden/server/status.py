"""How the server is, in figures without a plate: for the `status` command."""

from __future__ import annotations

from typing import Any

from django.db import connection

import platewarden
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit, UnitState
from platewarden.server.hotlists.publish import newest_edition
from platewarden.server.people.models import Member, PolicyEdition


def status_now() -> dict[str, Any]:
    """Version, policy edition, members, units, edition, alerts, ledger."""
    edition = newest_edition()
    policy = PolicyEdition.objects.in_force(now())
    with connection.cursor() as cursor:
        cursor.execute("select count(*), office.ledger_is_behind() from office.ledger_leaf")
        leaves, is_behind = cursor.fetchone()
        cursor.execute("select max(tree_size), max(sealed_at) from office.ledger_checkpoint")
        sealed, sealed_at = cursor.fetchone()
        cursor.execute("show server_version")
        version = cursor.fetchone()[0]
    return {
        "version": platewarden.__version__,
        "postgresql": version,
        "policy_edition": policy.number if policy else None,
        "members": Member.objects.filter(is_active=True).count(),
        "units_enrolled": Unit.objects.filter(state=UnitState.ENROLLED).count(),
        "hotlist_edition": edition.number if edition else None,
        "hotlist_made_at": edition.made_at if edition else None,
        "alerts_open": Alert.objects.open().count(),
        "ledger_leaves": leaves,
        "ledger_sealed": sealed or 0,
        "ledger_sealed_at": sealed_at,
        "ledger_is_behind": is_behind,
    }
