"""What the office does by itself, and when. One page; each job stands beside the act it calls.

Runs in a process of its own (`platewarden worker`), whose login can seal, open days and read match parts, and reads no plate.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.db import close_old_connections, connections

from platewarden.server.access.dormant import disable_dormant
from platewarden.server.access.signed_in import forget_sign_ins
from platewarden.server.audits.sample import step
from platewarden.server.database.migrate import open_days
from platewarden.server.equipment.deploy import orders_in_force
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.inbox import take_in
from platewarden.server.hotlists.publish import make_edition_if_asked, remove_old_files
from platewarden.server.investigations.task import end_tracks, forget_places
from platewarden.server.ledger.chain import Sealer
from platewarden.server.people.roster import make_roster_if_due
from platewarden.server.proof.day import keep_day_if_due
from platewarden.server.proof.job_runs import note_done
from platewarden.server.proof.sharing import state_if_due
from platewarden.server.reads.gather import gather_if_due
from platewarden.server.retention.clock_watch import tick
from platewarden.server.retention.purge import Night, reads_are_due

log = logging.getLogger("platewarden.jobs")
TICK_S = 0.25


@dataclass
class Job:
    """An act and how often it is asked, in seconds. One that takes long runs aside: nothing may keep the ledger from being sealed."""

    name: str
    every_s: float
    act: Callable[[], object]
    aside: bool = False
    due_at: float = 0.0
    failures: int = field(default=0)
    running: threading.Thread | None = None


def round_of_jobs() -> list[Job]:
    sealer = Sealer()
    return [
        Job("ledger.seal", 0.5, sealer.seal),
        Job("days.open", 3600.0, open_days),
        Job("people.roster", 2.0, lambda: make_roster_if_due(office_signing_key(), orders_in_force())),
        Job("hotlists.publish", 0.5, make_edition_if_asked, aside=True),
        Job("hotlists.files", 600.0, remove_old_files),
        Job("hotlists.inbox", 30.0, take_in, aside=True),
        Job("audits.step", 5.0, step, aside=True),
        Job("retention.clock", 60.0, tick),
        Job("investigations.tracks", 600.0, end_tracks),
        Job("investigations.places", 600.0, forget_places),
        Job("access.dormant", 3600.0, disable_dormant),
        Job("access.sign_ins", 3600.0, forget_sign_ins),
        Job("retention.night", 1.0, Night(sealer).step),
        Job("reads.gather", 60.0, lambda: gather_if_due(unless=reads_are_due), aside=True),
        Job("proof.sharing", 60.0, state_if_due),
        Job("proof.day", 60.0, keep_day_if_due, aside=True),
    ]


def run() -> None:
    """Runs the jobs until it is told to stop. A job that fails is said and counted, and asked again; the others go on."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs = round_of_jobs()
    while not stopping:
        for job in jobs:
            if time.monotonic() >= job.due_at:
                (_ask_aside if job.aside else _ask)(job)
        time.sleep(TICK_S)
    jobs[0].act()  # the last leaves are sealed before the lights go out


def _ask_aside(job: Job) -> None:
    if job.running is None or not job.running.is_alive():
        job.running = threading.Thread(target=_ask_and_close, args=[job], name=job.name, daemon=True)
        job.running.start()


def _ask_and_close(job: Job) -> None:
    try:
        _ask(job)
    finally:
        connections.close_all()


def _ask(job: Job) -> None:
    try:
        job.act()
        note_done(job.name)
    except Exception:
        job.failures += 1
        log.exception("%s failed for the %s. time; trying again", job.name, job.failures)
        close_old_connections()
        job.due_at = time.monotonic() + max(job.every_s, 2.0)
    else:
        job.due_at = time.monotonic() + job.every_s
