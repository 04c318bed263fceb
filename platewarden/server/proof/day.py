"""How every clause stood, kept once a day: the table, and in the ledger its counts and its digest.

The worker's job runs aside, so that the ledger goes on being sealed while all of it is recomputed. Cut in the middle, nothing was kept and
the next worker looks again; of two workers at once the first one's table stands.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.db import IntegrityError, transaction

from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.training import today
from platewarden.server.proof.check import as_json, check
from platewarden.server.proof.measures import JOBS
from platewarden.server.proof.models import DaysCheck, JobRun


def is_kept(day: date) -> bool:
    return DaysCheck.objects.filter(day=day).exists()


def keep_today() -> DaysCheck:
    """Checks every clause and keeps how each stood. Returns what stands, which may be what another worker kept first."""
    day = today(now())
    told = as_json(check())
    text = json.dumps(told, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        with transaction.atomic():
            kept = DaysCheck.objects.create(day=day, made_at=now(), text=text, sha256=digest)
            record(Act.PROOF_DAY, by=OFFICE, about={"day": day, "counts": told["counts"], "sha256": digest})
    except IntegrityError:
        return DaysCheck.objects.get(day=day)
    return kept


def keep_day_if_due() -> DaysCheck | None:
    """The day's check, where there is none yet. Not before every job of the worker was done once: they are looked at."""
    if is_kept(today(now())) or set(JOBS) - set(JobRun.objects.values_list("name", flat=True)):
        return None
    return keep_today()
