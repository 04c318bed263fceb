"""The station: who is signed on to this unit, who touches it, and whether its screen is locked. Shared by run and screen.

Nobody signed on: nothing is read, and the screen offers sign-on alone. After the department's minutes without a touch the
screen locks: alerts go on showing, with their sound; verification, queries and the shift's list wait for the secret of a
member who is signed on. Each change is a line of the journal before it takes effect.

With two members signed on, whoever touches takes the screen over by name with one tap, which is a line of its own.
Known gap: that tap asks for no secret. Two members in one car are trusted not to sign for each other; the line shows it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal, Refused, Stale, Unavailable, Unknown
from platewarden.unit.alarm import Alert
from platewarden.unit.board import Board
from platewarden.unit.deployment import begin, may_stand
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.roster import Roster
from platewarden.unit.shift import Shift, Stated, leave, may_operate, prove, sign_on, sign_on_beside
from platewarden.unit.spool import Spool
from platewarden.unit.tasks import Tasks

__all__ = ["Station"]

NOBODY = Refusal(Clause.ACCESS_DOCUMENTED, "Nobody is signed on to this unit. Sign on first.")
LOCKED = Refusal(
    Clause.ACCESS_DOCUMENTED, "The screen is locked. Unlock it with your shift secret; alerts go on showing meanwhile."
)


@dataclass
class Station:
    """One unit's place for its crew."""

    roster: Roster
    hotlist: Hotlist
    journal: Journal
    spool: Spool
    board: Board
    tasks: Tasks
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    new_id: Callable[[], uuid.UUID]
    find_key: Callable[[str], bytes] = lambda _: b""
    """The key of a member's stick, if it is plugged in."""
    where: Callable[[], Where] = lambda: NOWHERE
    """Where the unit is now."""
    version: int = 0
    """Rises whenever somebody signs on or off, takes over, locks or unlocks."""
    _crew: tuple[Shift, ...] = ()
    _acting: str = ""
    _unit_key_id: bytes = b""
    _order: int | None = None
    """Number of the deployment order that a post runs under."""
    _is_ended: bool = False
    """By a newer roster, perhaps before its watch began."""
    _is_locked: bool = False
    _touched_s: float = 0.0
    _turn: threading.RLock = field(default_factory=threading.RLock)
    _news: threading.Event = field(default_factory=threading.Event)
    _end: Callable[[], None] = lambda: None

    @property
    def department(self) -> Department:
        """The policy in force here, as the roster brought it."""
        return self.roster.department

    # who is here

    @property
    def crew(self) -> tuple[Shift, ...]:
        """Those signed on: none, one, or two."""
        with self._turn:
            return self._crew

    @property
    def shift(self) -> Shift | None:
        """The shift that runs, by its first member."""
        with self._turn:
            return self._crew[0] if self._crew else None

    @property
    def acting(self) -> Shift | None:
        """The member who touches the screen now."""
        with self._turn:
            return next((each for each in self._crew if each.member == self._acting), None)

    @property
    def is_locked(self) -> bool:
        with self._turn:
            if self._crew and not self._is_locked and self.timer() - self._touched_s >= self._idle_s:
                self._lock()
            return self._is_locked

    @property
    def idle_minutes(self) -> int:
        return self.department.car_lock_minutes

    @property
    def _idle_s(self) -> float:
        return timedelta(minutes=self.department.car_lock_minutes).total_seconds()

    def hand(self) -> Shift:
        """The member whose hand this is. Refused while nobody is signed on, and while the screen is locked."""
        with self._turn:
            acting = self.acting
            if acting is None:
                raise Refused(NOBODY)
            if self.is_locked:
                raise Refused(LOCKED)
            self._touched_s = self.timer()
            return acting

    def authorized(self) -> frozenset[str]:
        """The confidential sources that everybody who sees this screen may see: what one may not see is not shown to two."""
        crew = self.crew
        return frozenset.intersection(*(each.authorized for each in crew)) if crew else frozenset()

    def place(self) -> Where:
        """Where the unit is now, while somebody is signed on to it; else nobody is told."""
        return self.where()

    # signing on and off

    def sign_on(self, stated: Stated) -> Shift:
        """The first member; what the run waits for. Stale when a shift runs already."""
        with self._turn:
            if self._crew:
                raise Stale("A shift runs on this unit already. Sign on beside it, or end it first.")
            shift = sign_on(
                self.roster.edition,
                self.department,
                replace(stated, key=self.find_key(stated.member)),
                at=self.clock(),
                shift_id=self.new_id(),
                journal=self.journal,
                spool=self.spool,
            )
            self._begin(shift)
        return shift

    def deploy(self, unit_key_id: bytes, *, has_place: bool) -> Shift:
        """A fixed post under its order: nobody is at its screen, and its responsible member answers for it."""
        with self._turn:
            shift, order = begin(
                unit_key_id,
                self.roster.edition,
                self.department,
                has_place=has_place,
                at=self.clock(),
                shift_id=self.new_id(),
                journal=self.journal,
            )
            self._begin(shift)
            self._unit_key_id, self._order = unit_key_id, order.number
        return shift

    def reconsider(self) -> str:
        """A newer roster is in force: whoever may not operate by it is off this unit now. Says what was done, or nothing.

        Written first, as `shift.ended`; then the second member is off, or the watch ends as by a sign-off. A roster that lacks the
        order of a post, or holds another, ends the post.
        """
        with self._turn:
            roster = self.roster.edition
            if roster is None or not self._crew or self._is_ended:
                return ""
            at = self.clock()
            today = at.astimezone(self.department.time_zone).date()
            known = {each.number: each for each in roster.members}
            gone = [each for each in self._crew if each.member not in known or may_operate(known[each.member], on=today)]
            if self._order is not None and not gone:
                order = roster.order_of(self._unit_key_id)
                is_same = order is not None and order.number == self._order
                refused = may_stand(order, known.get(self._crew[0].member), self.department, at)
                gone = [] if is_same and refused is None else [self._crew[0]]
            for each in gone:
                with suppress(Unavailable):  # a disk that is full keeps nobody on
                    self.journal.write("shift.ended", at=at, member=each.member, about=each.shift_id)
            first, end = self._crew[0], self._end
            if gone and first not in gone:
                self._partner_off()
                return f"By the newest roster {gone[0].name} may not operate this unit, and is off the shift."
            self._is_ended = bool(gone)
        if not gone:
            return ""
        end()
        return f"By the newest roster {first.name} may not operate this unit: the shift ends."

    def _begin(self, shift: Shift) -> None:
        self.board.empty()
        self._crew, self._acting, self._is_locked, self._touched_s = (shift,), shift.member, False, self.timer()
        self._order, self._is_ended = None, False
        self._changed()

    def join(self, number: str, secret: str) -> Shift:
        """The second member, beside the first. They have the screen from now on."""
        with self._turn:
            self.hand()
            if len(self._crew) == 2:
                raise Stale("Two members are signed on already. One of them leaves first.")
            partner = sign_on_beside(
                self._crew[0],
                self.roster.edition,
                self.department,
                Stated(number, secret, self._crew[0].purpose, key=self.find_key(number)),
                at=self.clock(),
                journal=self.journal,
                spool=self.spool,
            )
            self._crew, self._acting = (*self._crew, partner), partner.member
            self._changed()
        return partner

    def leave(self) -> None:
        """The second member is off; the first goes on."""
        with self._turn:
            self.hand()
            if len(self._crew) < 2:
                raise Unknown("No second member is signed on.")
            self._partner_off()

    def _partner_off(self) -> None:
        leave(self._crew[1], at=self.clock(), journal=self.journal)
        self._crew = self._crew[:1]
        self._acting = self._crew[0].member
        self._changed()

    def take_over(self, number: str) -> None:
        """The other member touches the screen from now on. A line of the journal, by name."""
        with self._turn:
            self.hand()
            if number == self._acting:
                return
            if number not in {each.member for each in self._crew}:
                raise Unknown("This member is not signed on here.")
            self.journal.write("screen.touched", at=self.clock(), member=number, about=self._crew[0].shift_id)
            self._acting = number
            self._changed()

    def sign_off(self) -> None:
        """End the shift: the watch stops after the picture it is at, and writes the sign-off."""
        with self._turn:
            self.hand()
            end = self._end
        end()

    def over(self) -> None:
        """The watch has signed the shift off: nobody is here, and nothing of it stays in memory."""
        with self._turn:
            if len(self._crew) == 2:
                leave(self._crew[1], at=self.clock(), journal=self.journal)
            self._crew, self._acting, self._is_locked = (), "", False
            self._end = lambda: None
            self.where = lambda: NOWHERE
            self.board.empty()
            self.hotlist.forget_voiced()
            self._changed()

    # locking

    def lock(self) -> None:
        with self._turn:
            if not self._crew:
                raise Refused(NOBODY)
            if not self._is_locked:
                self._lock()

    def _lock(self) -> None:
        """Locked first: a journal that cannot be written keeps no screen open."""
        self._is_locked = True
        self._changed()
        self.journal.write("screen.locked", at=self.clock(), member=self._acting or None, about=self._crew[0].shift_id)

    def unlock(self, number: str, secret: str) -> Shift:
        """One of those signed on proves it is them; the screen is theirs."""
        with self._turn:
            if not self._crew:
                raise Refused(NOBODY)
            mine = prove(
                self._crew,
                self.roster.edition,
                Stated(number, secret, self._crew[0].purpose, key=self.find_key(number)),
                at=self.clock(),
                journal=self.journal,
                spool=self.spool,
            )
            self._is_locked, self._acting, self._touched_s = False, mine.member, self.timer()
            self._changed()
        return mine

    # for the run

    def take(self, alert: Alert) -> None:
        """An alert for the screen. The watch has written whom it was shown to; here the second member is written too.

        A journal that cannot be written keeps back no alert, here as in the watch.
        """
        with self._turn:
            for other in self._crew[1:]:
                with suppress(Unavailable):
                    self.journal.write("alert.shown", at=self.clock(), member=other.member, about=alert.entry.entry_id)
            self.board.take(alert)

    def begins(self, end: Callable[[], None]) -> None:
        """The watch of this shift runs; `end` stops it in order, at once if a roster ended the shift meanwhile."""
        with self._turn:
            self._end = end
            is_ended = self._is_ended
        if is_ended:
            end()

    def wait(self, wait_s: float) -> Shift | None:
        """The shift, as soon as somebody signed on, or None after this long."""
        self._news.wait(wait_s)
        self._news.clear()
        return self.shift

    def wake(self) -> None:
        """Let `wait` return now."""
        self._news.set()

    def _changed(self) -> None:
        self.version += 1
        self._news.set()
