"""How every clause stood is kept once a day, with its digest in the ledger."""

from __future__ import annotations

import hashlib
import json

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.people.training import today
from platewarden.server.proof import day
from platewarden.server.proof.models import DaysCheck
from platewarden.server.proof.testing import worker_was_round


def test_a_day_is_kept_once_with_its_digest_in_the_ledger(office):
    worker_was_round(office)
    with office.as_role("purge"):
        kept = day.keep_today()
        assert day.keep_today().pk == kept.pk, "a second worker finds the first one's"
    assert kept.day == today(now())
    told = json.loads(kept.text)
    assert [each["clause"] for each in told["clauses"]] == [clause.value for clause in Clause]
    assert told["counts"]["broken"] == 0
    ((body,),) = office.ask_owner("select body from office.ledger_leaf where act = 'proof.day'")
    about = json.loads(body)["about"]
    assert about["sha256"] == kept.sha256 == hashlib.sha256(kept.text.encode()).hexdigest()
    assert about["counts"] == told["counts"]


def test_the_worker_keeps_a_day_once_and_not_before_its_jobs_were_done(office):
    with office.as_role("purge"):
        assert day.keep_day_if_due() is None, "the other jobs have their first turn before"
    worker_was_round(office)
    with office.as_role("purge"):
        assert day.keep_day_if_due().day == today(now())
        assert day.keep_day_if_due() is None, "the day is kept"
    assert DaysCheck.objects.count() == 1
