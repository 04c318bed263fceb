"""The transfer: reports and journal pages up, hot list, roster, canvass tasks and holds down, over a line that is often not there.

Only a receipt frees a message: signed by the pinned office, naming this unit, the number, and the digest of what was sent.
No status does, not even 200. What the other answers mean:

======================  ==================================================================================
no answer, 5xx, other   nothing is freed; tried again, each time later, with chance in the pause
400, 413, 422           the office will not take this one as it is: it stands aside, aloud, and is not lost
403                     the office refuses this unit: the transfer stops, aloud, and nothing is freed
409                     a contact that is not the newest: said, and the reports go up all the same
======================  ==================================================================================

A contact begins by asking for the office's nonce and repeats it, so that a wrong clock keeps nobody from being heard; the
office's signed answer is what the clock is judged by (`trusted_clock`). In every round reads past retention end (`expiry`).

A report from a clock that is a day off is receipted `clock`: the office has it on its list, so it is freed. One bad clock
never jams a spool. Reports do not wait for a contact, and a contact does not wait for reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from platewarden.exchange.contact import Contact, Orders, Withdrawn
from platewarden.exchange.receipt import Outcome, Receipt
from platewarden.exchange.seal import open_message
from platewarden.exchange.track_page import Spot
from platewarden.exchange.wire import Kind, decode_body
from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Refusal, Stale, Tampered, Unknown
from platewarden.unit.enrolment import Enrolment
from platewarden.unit.expiry import RETENTION, Expiry
from platewarden.unit.expiry import STREAM as TOMBSTONE
from platewarden.unit.holds import Holds
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import STREAM as JOURNAL
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link, Reply
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Message, Spool, SpoolFull
from platewarden.unit.tasks import Tasks
from platewarden.unit.trusted_clock import TrustedClock, machine_run, machine_seconds

__all__ = ["DEADLINE", "Chance", "Transfer", "deadline"]

DRIFT_SAID_FROM = timedelta(minutes=2)
DOORS = {"read": "/unit/v1/reports", JOURNAL: "/unit/v1/journal", TOMBSTONE: "/unit/v1/tombstones", "field": "/unit/v1/field"}
DEADLINE = "deadline_hours"
FRESH = timedelta(minutes=1)
"""A hit younger than this goes up before older ones."""
ASIDE = {400, 413, 422}
NOT_BELIEVED = (Malformed, Tampered, Unknown)


class Chance(Protocol):
    """Where chance comes from: `random.Random` and `secrets.SystemRandom` both do."""

    def uniform(self, a: float, b: float) -> float: ...

    def randbytes(self, n: int) -> bytes: ...


def deadline(spool: Spool) -> timedelta:
    """Within what time a read should have gone up: as the office last said, or as the department file in this program does."""
    said = spool.marked(DEADLINE)
    return timedelta(hours=int(said) if said else load_department().transfer_deadline_hours)


class _Fate(Enum):
    FREED = auto()
    ASIDE = auto()
    LATER = auto()


@dataclass
class Transfer:
    """One unit's transfer. `round` is one attempt at everything; `wait_s` says how long to wait for the next."""

    link: Link
    enrolment: Enrolment
    spool: Spool
    journal: Journal
    hotlist: Hotlist
    roster: Roster
    tasks: Tasks
    holds: Holds
    clock: Callable[[], datetime]
    chance: Chance
    say: Callable[[str], None]
    contact_every_s: float = 30.0
    longest_wait_s: float = 300.0
    refusal: Refusal | None = None
    """Set once the office refuses this unit; the transfer has stopped."""
    failures: int = 0
    """Rounds in a row that the office did not answer."""
    roster_came: Callable[[], None] = lambda: None
    """Called once a newer roster is in force."""
    where: Callable[[], Where] = lambda: NOWHERE
    """Where the unit is, while somebody is signed on to it."""
    withdrawn_came: Callable[[Sequence[Withdrawn]], None] = lambda _: None
    """Called at every contact, with what the office withdrew of this unit's alerts."""
    seconds: Callable[[], float] = machine_seconds
    """The machine's counter, which nobody can set."""
    run: str = field(default_factory=machine_run)
    trusted: TrustedClock = field(init=False)
    expiry: Expiry = field(init=False)
    _contact_due_at: datetime | None = None
    _said: set[str] = field(default_factory=set)
    _is_late: bool = False

    def __post_init__(self) -> None:
        self.trusted = TrustedClock(self.spool, self.seconds, self.run)
        self.expiry = Expiry(self.spool, self.enrolment.key, self.trusted, self.say, self.holds)
        self.spool.is_sure = self.trusted.is_sure

    def round(self) -> bool:
        """Contact if it is due, what is past retention ended, then everything that waits, hits first. True when the office took part."""
        self._close_page()
        well = self.contact() if self._contact_is_due() else True
        self._end_what_is_past()
        well = not self.refusal and self._carry_up() and well
        if well and self.failures:
            self._said.clear()
            self.say("The office answers again.")
        self.failures = 0 if well else self.failures + 1
        self._say_if_late()
        return well

    def _end_what_is_past(self) -> None:
        with suppress(SpoolFull):  # no room for a tombstone: then nothing ends, and what goes up now makes room
            self.expiry.look(self.clock())

    def _say_if_late(self) -> None:
        """The department's deadline for reads to be at the office: past it, the unit says so, once until it is empty."""
        oldest = self.spool.oldest_unsent("read")
        is_late = oldest is not None and self.clock() - oldest[1] > deadline(self.spool)
        if oldest is not None and is_late and not self._is_late:
            hours = deadline(self.spool) // timedelta(hours=1)
            self.say(
                f"Reads of {oldest[1]:%Y-%m-%d %H:%M} UTC still wait: the department’s deadline of {hours} hours is past. Connect to the office."
            )
        self._is_late = is_late

    def _close_page(self) -> None:
        try:
            self.journal.close_page(at=self.clock())
        except SpoolFull as error:  # its lines wait in the database; what goes up now makes room
            self._say_once(error.message)

    def wait_s(self) -> float:
        """The pause before the next round: doubles with each failure, with chance in it so that cars do not come in step."""
        if not self.failures:
            return 1.0
        longest = min(self.longest_wait_s, 2.0 ** min(self.failures, 16))
        return longest * self.chance.uniform(0.5, 1.0)

    # contact

    def contact(self) -> bool:
        """Say where this unit stands; fetch what the office's orders name. False when it did not answer."""
        office_nonce = self._office_nonce()
        if office_nonce is None:
            return False
        at = self.clock()
        asked, nonce = self._contact(at, office_nonce)
        reply = self.link.post("/unit/v1/contact", asked)
        if reply.status == 409:
            self._say_once(f"The office takes this unit’s contact for an old one ({reply.sentence})")
            self._contact_due_at = at + timedelta(seconds=self.longest_wait_s)
            return True
        if not reply.is_yes:
            self._no(reply)
            return False
        try:
            orders = Orders.from_body(self._opened(reply, Kind.ORDERS))
        except NOT_BELIEVED as error:
            self._say_once(f"The office’s orders are not believed: {error.message}")
            return False
        if orders.nonce != nonce:
            self._say_once("The office’s orders answer another contact, and are not believed.")
            return False
        self._contact_due_at = at + timedelta(seconds=self.contact_every_s)
        self._note(at, orders)
        self.withdrawn_came(orders.withdrawn)
        fetched = [
            self._fetch("hot list", "/unit/v1/hotlist", self.hotlist, orders.hotlist_edition),
            self._fetch("roster", "/unit/v1/roster", self.roster, orders.roster_edition),
            self._fetch("canvass task", "/unit/v1/tasks", self.tasks, orders.task_sheet),
            self._fetch("hold notice", "/unit/v1/holds", self.holds, orders.hold_notice),
        ]
        return all(fetched)

    def _office_nonce(self) -> bytes | None:
        """Fresh from the office; None when it does not answer as the office does."""
        reply = self.link.get("/unit/v1/nonce")
        if not reply.is_yes:
            self._no(reply)
            return None
        try:
            nonce = decode_body(reply.body).get("nonce")
        except Malformed as error:
            self._say_once(f"The office’s nonce is not believed: {error.message}")
            return None
        return nonce if isinstance(nonce, bytes) and 16 <= len(nonce) <= 64 else None

    def _contact_is_due(self) -> bool:
        at = self.clock()
        due = self._contact_due_at
        # a clock set back must not silence a unit until it has caught up
        return due is None or at >= due or due - at > timedelta(seconds=max(self.contact_every_s, self.longest_wait_s))

    def _contact(self, at: datetime, office_nonce: bytes) -> tuple[bytes, bytes]:
        nonce = self.chance.randbytes(16)
        oldest = self.spool.oldest_unsent("read")
        place = self.where().place
        contact = Contact(
            unit_key_id=self.enrolment.key.key_id,
            at=at,
            nonce=nonce,
            hotlist_edition=self.hotlist.number,
            roster_edition=self.roster.number,
            spooled=self.spool.counts().unsent,
            last_sequence=self.spool.last_sequence("read"),
            office_nonce=office_nonce,
            lowest_unsent=oldest[0] if oldest else 0,
            unsent_since=oldest[1] if oldest else None,
            clock=self.trusted.standing(at).state,
            task_sheet=self.tasks.number,
            spot=Spot(at - timedelta(seconds=place.fix_age_s), float(place.lat), float(place.lon), float(place.accuracy_m))
            if place
            else None,
        )
        return contact.signed(self.enrolment.key), nonce

    def _note(self, at: datetime, orders: Orders) -> None:
        drift = at - orders.office_at
        self.trusted.hear_office(orders.office_at)
        for name, figure in ((RETENTION, orders.retention_days), (DEADLINE, orders.deadline_hours)):
            if self.spool.marked(name) != str(figure):
                self.spool.mark(name, str(figure))
        self.spool.mark("contact_at", at.isoformat())
        self.spool.mark("drift_s", f"{drift.total_seconds():.0f}")
        if abs(drift) > DRIFT_SAID_FROM:
            way = "ahead of" if drift > timedelta(0) else "behind"
            self._say_once(f"The clock of this unit is {_long(abs(drift))} {way} the office’s. Set it: reads carry its time.")

    def _fetch(self, what: str, door: str, held: Hotlist | Roster | Tasks | Holds, ordered: int) -> bool:
        if ordered <= held.number:
            if ordered < held.number:
                self._say_once(f"The office orders {what} edition {ordered}; the newer edition {held.number} stays in force here.")
            return True
        if held is self.hotlist and held.number and self._fetch_changes(ordered):
            return True
        reply = self._ask(door)
        if reply is None:
            return False
        if not reply.is_yes:
            self._no(reply)
            return False
        try:
            if held.take(reply.body, ordered=ordered) and held is self.roster:
                self.roster_came()
        except (*NOT_BELIEVED, Stale) as error:
            self._say_once(f"The {what} that came is not put in force: {error.message}")
            return False
        return True

    def _fetch_changes(self, ordered: int) -> bool:
        """Whether the edition ordered was made from what changed. If not, it is fetched whole: nothing is lost but the way."""
        reply = self._ask("/unit/v1/hotlist/changes")
        if reply is None or not reply.is_yes:
            return False
        try:
            steps = decode_body(reply.body).get("steps")
            if not isinstance(steps, list) or not all(isinstance(step, bytes) for step in steps):
                return False
            return self.hotlist.take_changes(steps, ordered=ordered)
        except (*NOT_BELIEVED, Stale):
            return False

    def _ask(self, door: str) -> Reply | None:
        """The office's reply to a contact at this door; None when it gave no nonce."""
        office_nonce = self._office_nonce()
        if office_nonce is None:
            return None
        asked, _ = self._contact(self.clock(), office_nonce)
        return self.link.post(door, asked)

    # up

    def _carry_up(self) -> bool:
        """Every message that waits. Stops at the first that the office does not answer."""
        while batch := self.spool.outgoing(fresh_since=self.clock() - FRESH):
            hits = self.spool.hits_kept
            for message in batch:
                if self._carry(message) is _Fate.LATER:
                    self.spool.forget()
                    return False
                if self.spool.hits_kept != hits:
                    break  # a hit came meanwhile: it doesn't wait for what is left of the batch
            self.spool.forget()
        return True

    def _carry(self, message: Message) -> _Fate:
        sealed = self.spool.sealed(message)
        if sealed is None:
            self.say(f"{_named(message)} is missing from the disk and cannot be sent. Tell the office.")
            return _Fate.ASIDE
        with suppress(SpoolFull):  # a disk without a free byte must still be emptied
            self.spool.mark_sent(message)
        reply = self.link.post(DOORS[message.stream], sealed)
        if reply.is_yes:
            return self._freed(message, reply)
        if reply.status in ASIDE:
            return self._aside(message, reply.sentence)
        self._no(reply)
        return _Fate.LATER

    def _freed(self, message: Message, reply: Reply) -> _Fate:
        try:
            receipt = Receipt.from_body(self._opened(reply, Kind.RECEIPT))
        except NOT_BELIEVED as error:
            self._say_once(f"The office’s receipt is not believed, and frees nothing: {error.message}")
            return _Fate.LATER
        if receipt.unit_key_id != self.enrolment.key.key_id:
            self._say_once("The office’s receipt is for another unit, and frees nothing here.")
            return _Fate.LATER
        freed = False
        for item in receipt.items:
            if self.spool.receipt(item.stream, item.sequence, item.digest, outcome=item.outcome.value):
                freed = freed or (item.stream, item.sequence) == (message.stream, message.sequence)
                if item.outcome is Outcome.CLOCK:
                    self._say_once(
                        "The office has put a read of this unit on its list because of its time. Check the clock of this unit."
                    )
        if not freed:
            self._say_once(f"The office’s receipt does not name {_named(message)} with its digest, and does not free it.")
            return _Fate.LATER
        return _Fate.FREED

    def _aside(self, message: Message, sentence: str) -> _Fate:
        self.spool.quarantine(message, because=sentence)
        self.say(f"{_named(message)} stands aside, not lost: the office says “{sentence}” Tell the Administrative Supervisor.")
        return _Fate.ASIDE

    # what the office says

    def _opened(self, reply: Reply, kind: Kind) -> bytes:
        return open_message(reply.body, kind, self.enrolment.find_key).body

    def _no(self, reply: Reply) -> None:
        if reply.status == 403:
            self.refusal = Refusal(
                reply.clause or Clause.SUPERVISOR_MANAGES,
                f"The office refuses this unit: {reply.sentence} Recording and transfer have stopped, and nothing that waits is lost."
                " Ask the Administrative Supervisor.",
            )
        self._say_once(reply.sentence)

    def _say_once(self, sentence: str) -> None:
        """A car that is out of reach for an hour says so once."""
        if sentence not in self._said:
            self._said.add(sentence)
            self.say(sentence)


def _named(message: Message) -> str:
    return f"{message.stream.capitalize()} {message.sequence}"


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
