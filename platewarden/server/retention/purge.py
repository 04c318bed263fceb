"""The purge: every day that is due ends, whole or not at all, and a certificate says so.

One step at a time, so that the worker seals the ledger between two steps, and a kill between any two of them loses nothing:

1. Of a day's pictures: those under a hold are put under keys of their own and read back; then the database ends the day for that
   view (a hold that came meanwhile is seen there, and the step is done again); then the day's keys are destroyed and its packs go.
2. Of a day's reads, then of its alerts: the database moves what is held, counts, and drops the partitions, in one transaction with
   the line in the ledger. It waits 200 ms for whoever is reading there, at most, and tries again.
3. Entries of lists that are in force no more, and contents of the ledger.
4. When no day is due: files that a killed step left, what only released holds had kept, and the write-ahead log's old segments.
5. The certificate, once the last line is sealed.

What is due, and whether the clock is to be believed, the database decides again in every step. Two purges at once are one: each
step takes its turn, and whoever comes finds the other's work done. The worker's login can end days and cannot see a plate.

Known gap: a read that comes late, in a held time, after its pictures' own schedule, is kept without them.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from django.db import IntegrityError, OperationalError, connection, transaction

from platewarden.exchange.read_report import View
from platewarden.policy.refusal import Refused, Unavailable
from platewarden.server.clock import now
from platewarden.server.ledger.chain import Sealer, newest_checkpoint
from platewarden.server.people.editions import department
from platewarden.server.people.models import PolicyEdition
from platewarden.server.reads.forget import days_with_pictures, forget_held, forget_pictures, held_pictures, keys_of
from platewarden.server.reads.gather import send_home
from platewarden.server.reads.images import keep_beyond_its_day
from platewarden.server.reads.intake import KIND_OF_VIEW
from platewarden.server.retention.certificate import certify
from platewarden.server.retention.clock_watch import must_believe, tick
from platewarden.server.retention.models import Certificate, Kind, Purge

log = logging.getLogger("platewarden.retention")
BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
VIEW_OF = {Kind(kind): view for view, kind in KIND_OF_VIEW.items()}
NIGHT_BEGINS_AT = 2  # o'clock at the department
AT_ONCE = 20  # held pictures kept in one step: the worker seals the ledger between two steps
TRIES = 3  # of one step to get at a busy day, for the same reason
PATIENCE_S = 60.0  # of a command at the console
OVERDUE_AFTER = timedelta(hours=24)  # a night round later, what is still there is overdue


@dataclass(frozen=True)
class Due:
    """A day of a kind whose time is up, and since when."""

    kind: Kind
    day: date
    since: datetime


def days_due() -> list[Due]:
    """What is to be purged now, in the order in which it ends."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, day, due_at from plates.days_due()")
        return [Due(Kind(kind), day, due_at) for kind, day, due_at in cursor]


def reads_are_due() -> bool:
    """Whether a day of reads is to be purged now."""
    return any(each.kind is Kind.READS for each in days_due())


def days_overdue() -> list[Due]:
    """What a night round should have ended and did not: red on the first page.

    An entry of a list is due from the moment it is in force no more, of which nothing is noted: it is overdue when a night round has passed.
    """
    due = days_due()
    if not due:
        return []
    last = Purge.objects.exclude(ended_at=None).order_by("-pk").values_list("ended_at", flat=True).first()
    lists_since = max(filter(None, (last, PolicyEdition.objects.order_by("number").values_list("in_force_at", flat=True).first())))
    return [
        each
        for each in due
        if (max(each.since, lists_since) if each.kind is Kind.LIST_ENTRIES else each.since) < now() - OVERDUE_AFTER
    ]


@dataclass
class Round:
    """A purge under way, wherever it stands: its state is in the database and on the disk, this only remembers what it kept."""

    sealer: Sealer
    is_busy: bool = False
    """The last step found searches or cars at the day that is to end; it is asked again."""
    _kept: dict[tuple[Kind, date], dict[str, bool]] = field(default_factory=dict)

    def begin(self, *, asked_by: str) -> Purge:
        """Begins a purge, or goes on with the one that is under way. Refused while the clock is not believed."""
        tick()
        if refusal := must_believe():
            raise Refused(refusal)
        under_way = Purge.objects.filter(ended_at=None).first()
        if under_way is not None:
            return under_way
        self.sealer.seal()
        try:
            with transaction.atomic():
                return Purge.objects.create(began_at=now(), asked_by=asked_by, checkpoint_before=newest_checkpoint() or "")
        except IntegrityError:
            return Purge.objects.get(ended_at=None)

    def step(self) -> Certificate | None:
        """One step of the purge under way, of a few seconds at most; its certificate when that was the last."""
        purge = Purge.objects.filter(ended_at=None).first()
        if purge is None:
            return None
        tick()
        with _turn() as is_mine:
            if not is_mine:  # another process is at it: its step is as good as ours
                time.sleep(0.1)
                return None
            purge.refresh_from_db()
            if purge.ended_at is not None:
                return Certificate.objects.get(purge=purge)
            try:
                self.is_busy = False
                return self._go_on(purge)
            except OperationalError as error:
                if not isinstance(error.__cause__, BUSY):
                    raise
                self.is_busy = True
        return None

    def _go_on(self, purge: Purge) -> Certificate | None:
        due = days_due()
        if due:
            self._end(purge, due[0])
            return None
        _clear_pictures()
        _patiently("select plates.end_released(%s)", [purge.pk])
        _clear_held()
        _let_the_log_go()
        return self._finish(purge)

    def _end(self, purge: Purge, due: Due) -> None:
        view = VIEW_OF.get(due.kind)
        if view is None:
            _patiently("select plates.end_day(%s, %s, %s, %s, 0, '[]')", [purge.pk, due.kind.value, due.day, []])
            return
        kept = self._kept.setdefault((due.kind, due.day), {})
        waiting = [row for row in held_of(due.day, view) if str(row[0]) not in kept]
        for read_id, pointer in waiting[:AT_ONCE]:
            kept[str(read_id)] = pointer is None or keep_beyond_its_day(pointer, read_id)
        if len(waiting) > AT_ONCE:
            return
        bad = sum(not is_kept for is_kept in kept.values())
        ended = _patiently(
            "select plates.end_day(%s, %s, %s, %s::uuid[], %s, %s::jsonb)",
            [purge.pk, due.kind.value, due.day, list(kept), bad, json.dumps(keys_of(due.day, view))],
        )
        if ended is not None:  # otherwise a hold came meanwhile: its pictures are kept in the next step
            forget_pictures(due.day, view)
            self._kept.pop((due.kind, due.day))

    def _finish(self, purge: Purge) -> Certificate | None:
        """Signs the certificate when the last line is sealed."""
        self.sealer.seal()
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from office.retention_chunk c where c.purge_id = %s"
                " and not exists (select from office.ledger_sealed s where s.leaf_id = c.leaf_id)",
                [purge.pk],
            )
            if cursor.fetchone()[0]:
                return None
        return certify(purge)


def run(sealer: Sealer, *, asked_by: str) -> Iterator[int]:
    """A whole purge, step by step: after each step how many days are still due; ends when its certificate is signed."""
    under_way = Round(sealer)
    under_way.begin(asked_by=asked_by)
    yield len(days_due())
    went_on_at = time.monotonic()
    while under_way.step() is None:
        if not under_way.is_busy:
            went_on_at = time.monotonic()
        elif time.monotonic() - went_on_at > PATIENCE_S:
            raise Unavailable(
                "Searches or cars keep a day busy that is to end. The night round goes on with it when they are done."
            )
        if not Purge.objects.filter(ended_at=None).exists():
            return
        yield len(days_due())


@dataclass
class Night:
    """The night round of the worker: once a day, after two o'clock at the department, or when the server is up again."""

    sealer: Sealer
    _round: Round | None = None
    _said: bool = False

    def step(self) -> None:
        if Purge.objects.filter(ended_at=None).exists() or self._is_time():
            if refusal := must_believe():
                if not self._said:
                    log.warning("%s", refusal.because)
                self._said = True
                return
            self._said = False
            self._round = self._round or Round(self.sealer)
            self._round.begin(asked_by="the night round")
            self._round.step()

    def _is_time(self) -> bool:
        if not PolicyEdition.objects.exists():
            return False
        here = now().astimezone(department().time_zone)
        last = Purge.objects.order_by("-began_at").first()
        return here.hour >= NIGHT_BEGINS_AT and (last is None or last.began_at.astimezone(here.tzinfo).date() < here.date())


@contextmanager
def _turn() -> Iterator[bool]:
    """This process's turn at the purge, for one step."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(4270011)")
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(4270011)")


def _patiently(statement: str, values: Sequence[Any]) -> Any:
    """Asks a few times while somebody reads or writes where a day is to end, for a second at most."""
    for _ in range(TRIES - 1):
        try:
            return _ask(statement, values)
        except OperationalError as error:
            if not isinstance(error.__cause__, BUSY):
                raise
        send_home()
        time.sleep(0.1)
    return _ask(statement, values)


def _ask(statement: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def held_of(day: date, view: View) -> list[tuple[uuid.UUID, dict[str, object] | None]]:
    """Held reads of a day, each with the pointer of its picture of a view, or None when it has none."""
    with connection.cursor() as cursor:
        cursor.execute("select read_id, pictures from plates.held_of_day(%s)", [day])
        rows = [(read_id, json.loads(pictures) if isinstance(pictures, str) else pictures) for read_id, pictures in cursor]
    return [(read_id, next((each for each in pictures if each["view"] == view.value), None)) for read_id, pictures in rows]


def _clear_pictures() -> None:
    """What a killed step left: keys and packs of days that ended, or that are due and have no reads."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, day from office.gone")
        gone = set(cursor.fetchall())
        cursor.execute("select day from plates.days_kept() where kind = 'reads'")
        with_reads = {day for (day,) in cursor}
        for kind, view in VIEW_OF.items():
            for day in days_with_pictures(view):
                cursor.execute("select office.due_at(%s, %s) <= clock_timestamp()", [kind.value, day])
                is_due = cursor.fetchone()[0]
                if (kind.value, day) in gone or (is_due and day not in with_reads):
                    forget_pictures(day, view)


def _clear_held() -> None:
    """Pictures that only released holds had kept. No hold is placed meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(4270010)")
        try:
            still: dict[date, set[object]] = {}
            for day, read_id in held_pictures():
                if day not in still:
                    cursor.execute("select read_id from plates.held_of_day(%s)", [day])
                    still[day] = {row[0] for row in cursor}
                if read_id not in still[day]:
                    forget_held(day, read_id)
        finally:
            cursor.execute("select pg_advisory_unlock(4270010)")


def _let_the_log_go() -> None:
    """A new segment of the write-ahead log, and a checkpoint that removes the old ones."""
    with connection.cursor() as cursor:
        cursor.execute("select office.let_the_log_go()")
