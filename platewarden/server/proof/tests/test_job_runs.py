"""The worker says of each job when it was done; not of one that failed, and not at every turn."""

from __future__ import annotations

from datetime import timedelta

from platewarden.server.clock import now
from platewarden.server.jobs import Job, _ask
from platewarden.server.proof import job_runs
from platewarden.server.proof.models import JobRun


def test_a_job_that_was_done_is_said_and_one_that_failed_is_not(office, monkeypatch):
    monkeypatch.setattr(job_runs, "_said", {})
    with office.as_role("purge"):
        _ask(Job("days.open", 1.0, lambda: None))
        _ask(Job("ledger.seal", 1.0, lambda: 1 / 0))
    assert [run.name for run in JobRun.objects.all()] == ["days.open"]


def test_it_is_said_every_twenty_seconds_at_most(office, monkeypatch):
    monkeypatch.setattr(job_runs, "_said", {})
    with office.as_role("purge"):
        job_runs.note_done("days.open")
        JobRun.objects.update(done_at=now() - timedelta(hours=1))
        job_runs.note_done("days.open")
        assert JobRun.objects.get().done_at < now() - timedelta(minutes=50)
        job_runs._said["days.open"] -= job_runs.EVERY_S
        job_runs.note_done("days.open")
    assert JobRun.objects.get().done_at > now() - timedelta(minutes=1)
