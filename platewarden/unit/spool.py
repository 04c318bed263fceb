"""The spool: the car's durable queue of signed messages. Only a signed receipt with the same digest frees one.

A message is waiting -> sent -> receipted -> gone. Its bytes are sealed to the office's key before they touch the disk, so
that neither the car nor a thief can open them again; the database beside them holds sequence numbers, digests, sizes and
times, and never a plate. A read is wrapped once more, under the key of its day (`day_keys`).

Three things on the disk: `spool.db` (SQLite, WAL, synchronous=FULL: one fsync at every commit), `messages/`, one sealed
file a message, and `keys/`, one file a day. **The row is the truth**: a file or key without a row was never kept, and is
removed at the next start.

Order of steps when a message is kept (several at once are kept all or not at all):

1. BEGIN IMMEDIATE; take the next sequence number of the stream, from the row that counts them.
2. Write and sign the message with that number; take its digest; seal it. Refuse if the limit or the disk is full.
   A read: INSERT its day if it is the first of it, and make the day's key, durable before anything is wrapped with it.
3. Create the sealed file under a name with its digest, write it, fsync it.
4. fsync the folder, so that the name is as durable as the bytes.
5. INSERT the row, move the counter, COMMIT (fsync). From here on the message is kept, and may be sent.

A cut before the end of 5 leaves a file nobody asks for, and the number unused: no gap, and nothing has left the car.
A cut after it leaves a kept message. Nothing is sent before 5, so a number never leaves the car with two digests.

Order when a receipt comes:

1. UPDATE the row to receipted where stream, number *and digest* are the receipt's, count its outcome, COMMIT (fsync).
2. Unlink the file; fsync the folder.
3. DELETE the row; COMMIT. A cut between any two of these is finished by the next start.

Order when a day is past retention (`bury`; whether it is, `expiry` decides, by a trusted clock only):

1. In one transaction: keep the signed tombstone (its own steps are those above), UPDATE the day's messages to expired and
   the day to ending, COMMIT. From here on they never go up, and the tombstone will; no clock is asked any more.
2. Destroy the day's key: overwrite it, fsync, unlink, fsync the folder.
3. Unlink the messages' files; fsync the folder.
4. DELETE the rows and the day; COMMIT. A cut between any two of these is finished by the next start.

Order when some of a day's messages are spared, because hours of it are held (`spare`), before that day is buried:

1. BEGIN IMMEDIATE; INSERT a day of its own, and make that day's key, durable.
2. Of each message: open it with the old day's key, wrap it with the new one under another name, write it, fsync; fsync the folder.
3. UPDATE the rows to the new day, COMMIT. From here on they belong there; before, they belong to the old day.
4. Unlink the old files; fsync the folder. A cut leaves files that nobody asks for; the next start removes them.

A read's day is the UTC day on which it was kept, never before it was seen. While the clock is not sure (`trusted_clock`), a
read lies under a key without a date, and gets the day on which the clock was sure again: it can only be older than that.

A message that the office will not take as it is stands aside as quarantined: never freed, said aloud, tried once more at
each start. One process holds a spool (`spool.lock`); inside it, one lock makes the recorder and the transfer take turns.

Known gap: when a commit fails because the disk broke (not because it was full), SQLite may or may not have it; the file
is left, so either answer is whole, but the reading was then told to be not kept and may be kept all the same.
Known gap: a spool restored from an old copy counts from the old number; the office answers that with “tampered”.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from platewarden.exchange.seal import digest
from platewarden.policy.refusal import Unavailable
from platewarden.unit.day_keys import DayKeys

__all__ = ["WITH_PLATES", "Buried", "Counts", "Draft", "Message", "Spool", "SpoolFull"]

SCHEMA = """
create table if not exists stream (name text primary key, last_sequence integer not null) strict;
create table if not exists day (
    name text primary key, last_on text, state text not null check (state in ('open', 'ending'))
) strict;
create table if not exists message (
    stream text not null references stream, sequence integer not null, digest blob not null, size integer not null,
    urgency integer not null, state text not null check (state in ('waiting', 'sent', 'receipted', 'quarantined', 'expired')),
    kept_at text not null, because text not null default '', day text references day, primary key (stream, sequence)
) strict;
create index if not exists message_day on message (day);
create index if not exists message_next on message (urgency, sequence) where state in ('waiting', 'sent');
create table if not exists tally (stream text not null, outcome text not null, messages integer not null, primary key (stream, outcome)) strict;
create table if not exists mark (name text primary key, value text not null) strict;
create table if not exists journal_line (
    number integer primary key, at text not null, member text, act text not null, about text, purpose text, reference text
) strict;
"""

WITH_PLATES = frozenset({"read"})
"""Streams whose messages hold plates: they lie under the key of their day, and die with it."""

HELD = "held-"
"""How the name of a day begins whose messages were taken out of another because a hold may name them."""
SPARED_AT_ONCE = 50
"""Messages taken out of a day in one step: the recorder gets its turn between two."""
COLUMNS = "stream, sequence, digest, size, state, day"
DISK_FULL = "The disk of this unit is full: recording has stopped. Connect to the office to empty the spool, or free the disk."
FULL = {errno.ENOSPC, errno.EDQUOT}


class SpoolFull(Unavailable):
    """The spool is full: recording has stopped. Nothing kept is lost. Connect to the office to empty it."""


@dataclass(frozen=True)
class Draft:
    """A message to be kept. `write(sequence)` gives its signed bytes; `urgency` 0 goes up first (hits), 1 the journal, 2 the rest."""

    stream: str
    write: Callable[[int], bytes]
    urgency: int = 2
    has_limit: bool = True
    """False for the journal: limit and reserve are there so that it can always be written."""


@dataclass(frozen=True)
class Message:
    """A message that the spool holds."""

    stream: str
    sequence: int
    digest: bytes
    size: int
    state: str
    day: str | None = None
    """Name of the day whose key it lies under; None where it holds no plate."""

    @property
    def file(self) -> str:
        held = f"-{self.day}" if self.day and self.day.startswith(HELD) else ""
        return f"{self.stream}-{self.sequence:012d}-{self.digest.hex()[:16]}{held}.sealed"


@dataclass(frozen=True)
class Buried:
    """What of one stream ends with a day: the numbers, in ranges from the lowest."""

    stream: str
    day: date
    ranges: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)


@dataclass(frozen=True)
class Counts:
    """How full the spool is, and what became of all that ever was in it."""

    waiting: int = 0
    sent: int = 0
    receipted: int = 0
    quarantined: int = 0
    bytes: int = 0
    last_sequence: dict[str, int] = field(default_factory=dict)
    freed: dict[str, dict[str, int]] = field(default_factory=dict)
    """Stream -> outcome -> how many the office has receipted so."""

    @property
    def unsent(self) -> int:
        """Messages the office has not receipted yet, and may still take."""
        return self.waiting + self.sent


class Spool:
    """The queue in one folder. `seal` turns signed bytes into bytes that only the office can open."""

    def __init__(self, folder: Path, *, seal: Callable[[bytes], bytes], limit_bytes: int, reserve_bytes: int = 0) -> None:
        self.folder = folder
        self.messages = folder / "messages"
        self.limit_bytes = limit_bytes
        self.reserve_bytes = reserve_bytes
        self.is_sure: Callable[[datetime], bool] = lambda _: False
        """Whether the clock that says this time may date a read; `transfer` puts its trusted clock here."""
        self.hits_kept = 0
        """How many hits were kept since it was opened."""
        self._bytes: int | None = None
        """What `message` holds in bytes, once it was counted: a sum over a month's backlog at every read is too slow."""
        self._seal = seal
        self._keys = DayKeys(folder / "keys")
        self._turn = threading.RLock()
        self._held = os.open(folder, os.O_RDONLY)
        self._lock = os.open(folder / "spool.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            os.close(self._held)
            raise Unavailable("Another “platewarden unit run” is using this data folder. Stop it first.") from error
        self._database = _connect(folder / "spool.db")
        with self._writing():
            self._recover()

    @classmethod
    def create(cls, folder: Path) -> None:
        """Make an empty spool. Done once, at enrolment: a spool that is missing later is never quietly made anew."""
        for each in ("messages", "keys"):
            (folder / each).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        os.close(os.open(folder / "spool.db", os.O_RDWR | os.O_CREAT, 0o600))
        database = _connect(folder / "spool.db")
        database.executescript(SCHEMA)
        database.close()
        _fsync_folder(folder)
        _fsync_folder(folder.parent)

    @classmethod
    def open(cls, folder: Path, *, seal: Callable[[bytes], bytes], limit_bytes: int, reserve_bytes: int = 0) -> Spool:
        """The spool of an enrolled unit, with what a cut left behind put in order."""
        if not (folder / "spool.db").exists():
            raise Unavailable(
                "The spool of this unit is gone, and with it the count of its reads. Enrol the unit anew, and tell the office."
            )
        return cls(folder, seal=seal, limit_bytes=limit_bytes, reserve_bytes=reserve_bytes)

    def close(self) -> None:
        with self._turn:
            self._database.close()
            os.close(self._lock)
            os.close(self._held)

    # keeping

    def keep(
        self, drafts: Sequence[Draft], *, at: datetime, beside: Callable[[sqlite3.Connection], None] | None = None
    ) -> tuple[int, ...]:
        """Keep all drafts, or none; returns their sequence numbers once they are durable. `beside` writes in the same transaction.

        Raises SpoolFull when the limit, the reserve or the disk is reached: then nothing of them is kept.
        """
        stored: list[Path] = []
        try:
            with self._writing():
                sequences = self._keep(drafts, at, stored)
                if beside:
                    beside(self._database)
        except BaseException as error:
            if type(error) is not Unavailable:  # a broken disk may yet have the row: then its file must stay
                for path in stored:
                    path.unlink(missing_ok=True)
            raise
        self.hits_kept += sum(draft.urgency == 0 for draft in drafts)
        return sequences

    def _keep(self, drafts: Sequence[Draft], at: datetime, stored: list[Path]) -> tuple[int, ...]:
        held = self._bytes
        if held is None:
            held = int(self._database.execute("select coalesce(sum(size), 0) from message").fetchone()[0])
        sequences = []
        for draft in drafts:
            message, sealed = self._write(draft, at)
            held += len(sealed)
            if draft.has_limit:
                self._must_fit(held, len(sealed))
            stored.append(self.messages / message.file)
            _store(stored[-1], sealed)
            self._database.execute(
                "insert into message (stream, sequence, digest, size, urgency, state, kept_at, day)"
                " values (?, ?, ?, ?, ?, 'waiting', ?, ?)",
                (
                    message.stream,
                    message.sequence,
                    message.digest,
                    message.size,
                    draft.urgency,
                    at.astimezone(UTC).isoformat(),
                    message.day,
                ),
            )
            sequences.append(message.sequence)
        if stored:
            _fsync_folder(self.messages)
        self._bytes = held
        return tuple(sequences)

    def _must_fit(self, held: int, more: int) -> None:
        if held > self.limit_bytes:
            limit = f"{self.limit_bytes / 1_000_000:g} MB"
            raise SpoolFull(f"The spool holds its limit of {limit}: recording has stopped. Connect to the office to empty it.")
        if shutil.disk_usage(self.folder).free - more < self.reserve_bytes:
            raise SpoolFull(DISK_FULL)

    def _write(self, draft: Draft, at: datetime) -> tuple[Message, bytes]:
        self._database.execute("insert into stream values (?, 0) on conflict do nothing", (draft.stream,))
        self._database.execute("update stream set last_sequence = last_sequence + 1 where name = ?", (draft.stream,))
        sequence = self.last_sequence(draft.stream)
        raw = draft.write(sequence)
        sealed = self._seal(raw)
        message = Message(draft.stream, sequence, digest(raw), len(sealed), "waiting")
        if draft.stream in WITH_PLATES:
            day = self._day(at)
            sealed = self._keys.wrap(day, sealed, bound_to=message.file)
            message = replace(message, day=day, size=len(sealed))
        return message, sealed

    def _day(self, at: datetime) -> str:
        """Name of the day that a read of this moment belongs to, its key made if it is the first."""
        if self.is_sure(at):
            name = last_on = at.astimezone(UTC).date().isoformat()
            row = self._database.execute("select name from day where name = ? and state = 'open'", (name,)).fetchone()
        else:
            name, last_on = f"undated-{self._undated() + 1:06d}", None
            row = self._database.execute("select name from day where last_on is null and state = 'open'").fetchone()
        if row:
            return str(row[0])
        self._database.execute("insert into day values (?, ?, 'open')", (name, last_on))
        self._keys.make(name)
        return name

    def _undated(self) -> int:
        rows = self._database.execute("select name from day where name like 'undated-%'").fetchall()
        return max((int(str(name).rpartition("-")[2]) for (name,) in rows), default=0)

    # sending

    def last_sequence(self, stream: str) -> int:
        """The number of the newest message of a stream; 0 before the first."""
        with self._turn:
            row = self._database.execute("select last_sequence from stream where name = ?", (stream,)).fetchone()
        return int(row[0]) if row else 0

    def outgoing(self, limit: int = 64, *, fresh_since: datetime | None = None) -> list[Message]:
        """What should go up now: hits first, then the journal, then the rest, each from the oldest.

        Hits that were kept since `fresh_since` go before all others, the newest first: somebody may still be near them.
        """
        waiting = f"select {COLUMNS} from message where state in ('waiting', 'sent')"  # noqa: S608 - texts of this file
        with self._turn:
            rows = self._database.execute(f"{waiting} order by urgency, sequence limit ?", (limit,)).fetchall()
            if fresh_since is not None:
                since = fresh_since.astimezone(UTC).isoformat()
                fresh = self._database.execute(
                    f"{waiting} and urgency = 0 and kept_at >= ? order by sequence desc limit ?", (since, limit)
                ).fetchall()
                rows = [*fresh, *(row for row in rows if row not in fresh)][:limit]
        return [Message(*row) for row in rows]

    def sealed(self, message: Message) -> bytes | None:
        """The sealed bytes of a message; None if its file or its day's key is gone, which is then quarantined and said."""
        because = "its file is missing from the disk"
        with suppress(FileNotFoundError):
            stored = (self.messages / message.file).read_bytes()
            sealed = self._keys.unwrap(message.day, stored, bound_to=message.file) if message.day else stored
            if sealed is not None:
                return sealed
            because = "it does not open with the key of its day"
        self.quarantine(message, because=because)
        return None

    def oldest_unsent(self, stream: str) -> tuple[int, datetime] | None:
        """The lowest number that waits on a stream, and since when the oldest of it waits."""
        with self._turn:
            row = self._database.execute(
                "select min(sequence), min(kept_at) from message where stream = ? and state in ('waiting', 'sent', 'quarantined')",
                (stream,),
            ).fetchone()
        return None if row[0] is None else (int(row[0]), datetime.fromisoformat(str(row[1])))

    def mark_sent(self, message: Message) -> None:
        """It may be at the office from now on."""
        if message.state == "waiting":
            self._move(message, "sent", because="")

    def quarantine(self, message: Message, *, because: str) -> None:
        """The office does not take this one as it is. It stays, beside the queue, until it is receipted after all."""
        self._move(message, "quarantined", because=because)

    def _move(self, message: Message, state: str, *, because: str) -> None:
        with self._writing():
            self._database.execute(
                "update message set state = ?, because = ? where stream = ? and sequence = ? and state in ('waiting', 'sent')",
                (state, because, message.stream, message.sequence),
            )

    # forgetting

    def receipt(self, stream: str, sequence: int, same: bytes, *, outcome: str) -> bool:
        """The office has receipted this number with this digest. False, and nothing freed, unless both are this spool's."""
        with self._writing():
            found = self._database.execute(
                "update message set state = 'receipted'"
                " where stream = ? and sequence = ? and digest = ? and state not in ('receipted', 'expired')",
                (stream, sequence, same),
            ).rowcount
            if found:
                self._database.execute(
                    "insert into tally values (?, ?, 1) on conflict (stream, outcome) do update set messages = messages + 1",
                    (stream, outcome),
                )
        return found == 1

    def forget(self) -> int:
        """Remove what is receipted: the files, then the rows. Returns how many are gone."""
        with self._writing():
            return self._forget()

    def _forget(self) -> int:
        rows = self._database.execute(f"select {COLUMNS} from message where state = 'receipted'").fetchall()  # noqa: S608
        gone = [Message(*row) for row in rows]
        self._bytes = None if gone else self._bytes
        for message in gone:
            (self.messages / message.file).unlink(missing_ok=True)
        if gone:
            _fsync_folder(self.messages)
            self._database.executemany(
                "delete from message where stream = ? and sequence = ?", [(m.stream, m.sequence) for m in gone]
            )
        return len(gone)

    def settle(self, today: date) -> None:
        """The clock is sure now: what was kept while it was not cannot have been seen later than today."""
        if self.rows("select 1 from day where last_on is null"):
            self.write("update day set last_on = ? where last_on is null", today.isoformat())

    def days_past(self, first_kept: date) -> list[str]:
        """The days on which the last read is older than the first day that is still kept."""
        rows = self.rows("select name from day where last_on < ? and state = 'open' order by last_on", first_kept.isoformat())
        return [str(name) for (name,) in rows]

    def spare(self, day: str, is_held: Callable[[datetime], bool]) -> bool:
        """Take out of a past day what was kept in hours that are held. True when nothing is left that must end: all of it is held already.

        What does not open with its day's key is left to end with it.
        """
        with self._turn:
            rows = self._database.execute(
                f"select {COLUMNS}, kept_at from message where day = ? and state in ('waiting', 'sent', 'quarantined')",  # noqa: S608
                (day,),
            ).fetchall()
        held = [Message(*row[:-1]) for row in rows if is_held(datetime.fromisoformat(str(row[-1])))]
        if held and len(held) == len(rows) and day.startswith(HELD):
            return True
        for first in range(0, len(held), SPARED_AT_ONCE):
            self._take_out(day, held[first : first + SPARED_AT_ONCE])
        return False

    def _take_out(self, day: str, held: list[Message]) -> None:
        old: list[Path] = []
        stored: list[Path] = []
        try:
            with self._writing():
                name = self._held_day(day)
                for message in held:
                    path = self.messages / message.file
                    sealed = self._keys.unwrap(day, path.read_bytes(), bound_to=message.file) if path.exists() else None
                    if sealed is None:
                        continue
                    spared = replace(message, day=name)
                    wrapped = self._keys.wrap(name, sealed, bound_to=spared.file)
                    stored.append(self.messages / spared.file)
                    _store(stored[-1], wrapped)
                    self._database.execute(
                        "update message set day = ?, size = ? where stream = ? and sequence = ?",
                        (name, len(wrapped), message.stream, message.sequence),
                    )
                    old.append(path)
                if stored:
                    _fsync_folder(self.messages)
        except BaseException:
            for path in stored:
                path.unlink(missing_ok=True)
            raise
        for path in old:
            path.unlink(missing_ok=True)
        if old:
            _fsync_folder(self.messages)

    def _held_day(self, day: str) -> str:
        """A day of its own for what is spared of another, with its key."""
        (last_on,) = self._database.execute("select last_on from day where name = ?", (day,)).fetchone()
        (count,) = self._database.execute(
            "select coalesce(max(cast(substr(name, ?) as integer)), 0) from day where name like ?",
            (len(HELD) + 12, f"{HELD}{last_on}-%"),
        ).fetchone()
        name = f"{HELD}{last_on}-{int(count) + 1:06d}"
        self._database.execute("insert into day values (?, ?, 'open')", (name, last_on))
        self._keys.make(name)
        return name

    def bury(self, day: str, tombstone: Callable[[Buried], Sequence[Draft]], *, at: datetime) -> int:
        """End a day: keep its tombstone, destroy its key, remove its files. Returns how many messages ended unsent."""
        stored: list[Path] = []
        count = 0
        with self._writing():
            for ends in self._ending(day):
                self._keep(tombstone(ends), at, stored)
                count += ends.count
            self._database.execute("update message set state = 'expired' where day = ? and state <> 'receipted'", (day,))
            self._database.execute("update day set state = 'ending' where name = ?", (day,))
        with self._writing():
            self._finish_days()
        return count

    def end_spent_days(self, today: date) -> None:
        """A day that is over and has nothing left waiting needs no key any more."""
        spent = self.rows(
            "select name from day where last_on < ? and not exists (select 1 from message where message.day = day.name)",
            today.isoformat(),
        )
        if spent:
            with self._writing():
                self._database.executemany("update day set state = 'ending' where name = ?", spent)
            with self._writing():
                self._finish_days()

    def _ending(self, day: str) -> list[Buried]:
        rows = self._database.execute(
            "select stream, sequence, last_on from message join day on day.name = message.day"
            " where day = ? and message.state in ('waiting', 'sent', 'quarantined') order by stream, sequence",
            (day,),
        ).fetchall()
        return [
            Buried(stream, date.fromisoformat(rows[0][2]), _ranges([each[1] for each in rows if each[0] == stream]))
            for stream in sorted({each[0] for each in rows})
        ]

    def _finish_days(self) -> None:
        names = [str(row[0]) for row in self._database.execute("select name from day where state = 'ending'").fetchall()]
        for name in names:
            self._keys.destroy(name)
            rows = self._database.execute(f"select {COLUMNS} from message where day = ?", (name,)).fetchall()  # noqa: S608
            for row in rows:
                (self.messages / Message(*row).file).unlink(missing_ok=True)
            if rows:
                _fsync_folder(self.messages)
            self._bytes = None
            self._database.execute("delete from message where day = ?", (name,))
            self._database.execute("delete from day where name = ?", (name,))

    def _recover(self) -> None:
        """Finish what a cut interrupted, and give what was quarantined one more try."""
        self._forget()
        self._finish_days()
        for name in self._keys.names() - {str(row[0]) for row in self._database.execute("select name from day").fetchall()}:
            self._keys.destroy(name)
        rows = self._database.execute(f"select {COLUMNS} from message").fetchall()  # noqa: S608
        kept = {Message(*row).file for row in rows}
        strays = [path for path in self.messages.iterdir() if path.name not in kept]
        for path in strays:
            path.unlink()
        if strays:
            _fsync_folder(self.messages)
        self._database.execute("update message set state = 'waiting', because = '' where state = 'quarantined'")

    # saying how it is

    def counts(self) -> Counts:
        with self._turn:
            return _counts(self._database)

    @classmethod
    def look(cls, folder: Path) -> tuple[Counts, dict[str, str]]:
        """Counts and marks of a spool that another process may be using. Changes nothing."""
        try:
            database = sqlite3.connect(f"file:{folder / 'spool.db'}?mode=ro", uri=True)
        except sqlite3.OperationalError as error:
            raise Unavailable("The spool of this unit cannot be read. Is the data folder right, and the unit enrolled?") from error
        try:
            return _counts(database), dict(database.execute("select name, value from mark").fetchall())
        finally:
            database.close()

    @classmethod
    def look_at_oldest(cls, folder: Path, stream: str) -> datetime | None:
        """Since when the oldest unsent message of a stream waits, in a spool that another process may be using."""
        database = sqlite3.connect(f"file:{folder / 'spool.db'}?mode=ro", uri=True)
        try:
            row = database.execute(
                "select min(kept_at) from message where stream = ? and state in ('waiting', 'sent', 'quarantined')", (stream,)
            ).fetchone()
        finally:
            database.close()
        return datetime.fromisoformat(str(row[0])) if row[0] else None

    def mark(self, name: str, value: str) -> None:
        """Write down one small fact that a restart must not lose, such as the time of the last contact."""
        with self._writing():
            self._database.execute(
                "insert into mark values (?, ?) on conflict (name) do update set value = excluded.value", (name, value)
            )

    def marked(self, name: str) -> str | None:
        """The fact that `mark` wrote down."""
        rows = self.rows("select value from mark where name = ?", name)
        return str(rows[0][0]) if rows else None

    def rows(self, question: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of one question to the database, for `journal`, whose lines lie in the same file."""
        with self._turn:
            return self._database.execute(question, values).fetchall()

    def write(self, statement: str, *values: object) -> None:
        """One durable statement, for `journal`."""
        with self._writing():
            self._database.execute(statement, values)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it durable at the end, or nothing of it."""
        with self._turn:
            try:
                self._database.execute("begin immediate")
                yield
                self._database.execute("commit")
            except BaseException as error:
                self._bytes = None
                if self._database.in_transaction:
                    with suppress(sqlite3.Error):
                        self._database.execute("rollback")
                if isinstance(error, OSError | sqlite3.Error):
                    raise _disk(error) from error
                raise


def _disk(error: OSError | sqlite3.Error) -> Unavailable:
    code = error.errno if isinstance(error, OSError) else None
    if code in FULL or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return SpoolFull(DISK_FULL)
    name = errno.errorcode.get(code, "error") if code else type(error).__name__
    return Unavailable(f"The spool cannot write to its disk ({name}): recording has stopped. Have the disk of this unit looked at.")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute("pragma foreign_keys = on")
    except sqlite3.Error as error:
        raise _disk(error) from error
    return database


def _store(path: Path, sealed: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        rest = memoryview(sealed)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ranges(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    """Sorted numbers as ranges."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def _counts(database: sqlite3.Connection) -> Counts:
    states = dict(database.execute("select state, count(*) from message group by state").fetchall())
    freed: dict[str, dict[str, int]] = {}
    for stream, outcome, messages in database.execute("select stream, outcome, messages from tally"):
        freed.setdefault(stream, {})[outcome] = messages
    return Counts(
        waiting=states.get("waiting", 0),
        sent=states.get("sent", 0),
        receipted=states.get("receipted", 0),
        quarantined=states.get("quarantined", 0),
        bytes=database.execute("select coalesce(sum(size), 0) from message").fetchone()[0],
        last_sequence=dict(database.execute("select name, last_sequence from stream").fetchall()),
        freed=freed,
    )
