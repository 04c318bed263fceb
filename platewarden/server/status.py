"""How the server is, in figures without a plate: for the `status` command, and for the department's monitoring.

What is red is said in sentences that say what to do. A figure that could tell of a silent hit isn't here.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, Sum

import platewarden
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit, UnitState
from platewarden.server.hotlists.publish import newest_edition
from platewarden.server.people.models import Member, PolicyEdition
from platewarden.server.proof.measures import JOBS
from platewarden.server.proof.models import JobRun
from platewarden.server.retention.purge import days_overdue

SILENT_AFTER: Final = timedelta(hours=1)
LEAST_FREE: Final = 0.1
"""Of the disk under the data folder: pictures, and with the embedded database everything."""


def status_now() -> dict[str, Any]:
    """Version, policy edition, members, units, edition, alerts, ledger, jobs, disk; moments in UTC, sizes in bytes."""
    edition = newest_edition()
    policy = PolicyEdition.objects.in_force(now())
    enrolled = Unit.objects.filter(state=UnitState.ENROLLED)
    disk = shutil.disk_usage(settings.CONFIG.data)
    with connection.cursor() as cursor:
        cursor.execute("select count(*), office.ledger_is_behind() from office.ledger_leaf")
        leaves, is_behind = cursor.fetchone()
        cursor.execute("select max(tree_size), max(sealed_at) from office.ledger_checkpoint")
        sealed, sealed_at = cursor.fetchone()
        cursor.execute("select current_setting('server_version'), pg_database_size(current_database())")
        version, database_bytes = cursor.fetchone()
    return {
        "version": platewarden.__version__,
        "postgresql": version,
        "policy_edition": policy.number if policy else None,
        "members": Member.objects.filter(is_active=True).count(),
        "units_enrolled": enrolled.count(),
        "units_silent": enrolled.filter(last_contact_at__lt=now() - SILENT_AFTER).count(),
        "unit_last_contact_at": enrolled.aggregate(at=Max("last_contact_at"))["at"],
        "reads_waiting_in_units": enrolled.aggregate(reads=Sum("spooled"))["reads"] or 0,
        "hotlist_edition": edition.number if edition else None,
        "hotlist_made_at": edition.made_at if edition else None,
        "alerts_open": Alert.objects.open().filter(silent=False).count(),
        "days_overdue": len(days_overdue()),
        "ledger_leaves": leaves,
        "ledger_sealed": sealed or 0,
        "ledger_sealed_at": sealed_at,
        "ledger_is_behind": is_behind,
        "database_bytes": database_bytes,
        "disk_bytes": disk.total,
        "disk_free_bytes": disk.free,
        "jobs_done_at": dict(JobRun.objects.order_by("name").values_list("name", "done_at")),
    }


def red(facts: dict[str, Any], at: datetime) -> list[str]:
    """What somebody has to look at, a sentence each, out of what `status_now` told."""
    said = []
    if facts["ledger_is_behind"]:
        said.append("The ledger is not being sealed, so looks are refused. Is the worker running?")
    if facts["days_overdue"]:
        said.append(
            f"{facts['days_overdue']} days of data are past their schedule. Look at Retention, or run `platewarden retention purge`."
        )
    if facts["disk_free_bytes"] < LEAST_FREE * facts["disk_bytes"]:
        said.append("Less than a tenth of the disk under the data folder is free: when it is full, nothing is taken in any more.")
    runs = facts["jobs_done_at"]
    late = sorted(name for name, (_, silent_s) in JOBS.items() if name not in runs or at - runs[name] > timedelta(seconds=silent_s))
    if late:
        said.append(f"Not done lately: {', '.join(late)}. Is the worker running? Its log says what failed.")
    return said


def refuses_because() -> str | None:
    """Why this server could not answer a look just now; None when it could. One question to the database."""
    with connection.cursor() as cursor:
        cursor.execute("select office.ledger_is_behind()")
        return "The ledger is not being sealed." if cursor.fetchone()[0] else None
