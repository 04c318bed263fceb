"""After a restore: the purges that were made since the backup are made again, from their certificates.

A backup remembers days that have ended since. What is due by the schedule goes with the next purge anyway; what ended under a shorter
schedule, or only a certificate tells of, ends here. Each certificate's signature is checked with the office's own key. A day of
which a hold spared something that this database does not know of is not ended: the hold was placed after the backup, and is
named, so that it can be placed again first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from platewarden.policy.refusal import Tampered
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import CONSOLE, record
from platewarden.server.reads.forget import forget_pictures
from platewarden.server.reads.images import keep_beyond_its_day
from platewarden.server.reads.intake import KIND_OF_VIEW
from platewarden.server.retention.certificate import HEAD, certificate_signer, said_in
from platewarden.server.retention.models import Hold, Kind, number_of
from platewarden.server.retention.purge import held_of
from platewarden.transparency.note import open_note


@dataclass(frozen=True)
class Replayed:
    """What was ended again, and what waits for a hold to be placed again."""

    ended: tuple[tuple[str, date], ...]
    waiting: tuple[tuple[str, date, str], ...]


def replay(notes: list[str]) -> Replayed:
    """Ends again what the certificates say has ended. Tampered when one is not this office's."""
    ended: list[tuple[str, date]] = []
    waiting: list[tuple[str, date, str]] = []
    known = {number_of(pk) for pk in Hold.objects.values_list("pk", flat=True)}
    for note in notes:
        text, _ = open_note(note, certificate_signer().verifier)
        if not text.startswith(HEAD + "\n"):
            raise Tampered("This is signed, and is no certificate of a purge. Name the files that the retention page gave out.")
        for each in said_in(note)["ended"]:
            if each["day"] is None or each["kind"] == Kind.LIST_ENTRIES:
                continue
            day = date.fromisoformat(each["day"])
            missing = [hold for hold, _ in each["spared_by"] if hold not in known]
            if missing:
                waiting += [(each["kind"], day, hold) for hold in missing]
            elif _end(each["kind"], day):
                ended.append((each["kind"], day))
    with connection.cursor() as cursor:
        cursor.execute("select office.let_the_log_go()")  # the rows came back through the log
    return Replayed(tuple(ended), tuple(waiting))


def _end(kind: str, day: date) -> bool:
    """Ends a day of a kind as the owner, whatever the schedule here says; what a standing hold names is spared as ever."""
    views = [view for view, kind_of_view in KIND_OF_VIEW.items() if kind_of_view == kind]
    for view in views:
        for read_id, pointer in held_of(day, view):
            if pointer is not None:
                keep_beyond_its_day(pointer, read_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select plates.end_again(%s, %s)", [kind, day])
        has_ended = bool(cursor.fetchone()[0])
        if has_ended:
            record(Act.RETENTION_REPLAY, by=CONSOLE, about={"kind": kind, "day": day.isoformat()})
    for view in views:
        forget_pictures(day, view)
    return has_ended
