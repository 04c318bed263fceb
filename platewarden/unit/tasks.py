"""Canvass tasks on this unit: the signed sheet in force, what the crew said to each, and the track of one that was accepted.

A sheet is one file, replaced whole or not at all, like the roster: an older number, the same number with other contents, another
unit's or another signer's is not put in force. A task that is over is asked no more, whatever the clock of the office says.

A track is made only while a member of the shift that runs has accepted a task, and ends with “done”, “cannot”, its time, its
withdrawal or the shift: the next shift is asked anew. Spots are a few seconds apart; a page of them goes into the spool every
twenty seconds, signed and sealed, and with the answer that ends it.

Known gap: a cut of the power loses the spots of the last twenty seconds.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from platewarden.exchange.read_report import Place
from platewarden.exchange.seal import SigningKey, open_message
from platewarden.exchange.task_answer import LONGEST_REASON, Said, TaskAnswer
from platewarden.exchange.task_sheet import CanvassTask, TaskSheet
from platewarden.exchange.track_page import SPOTS_AT_MOST, Spot, TrackPage
from platewarden.exchange.wire import Kind
from platewarden.ground import apart_m
from platewarden.policy.refusal import Malformed, Stale, Tampered, Unavailable
from platewarden.unit.editions import may_replace, replace_file
from platewarden.unit.outcome import STREAM
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.shift import Shift
from platewarden.unit.spool import Draft, Spool

__all__ = ["FILE", "Asked", "Tasks"]

FILE: Final = "tasks.sheet"
PAGE_EVERY: Final = timedelta(seconds=20)
SPOT_EVERY: Final = timedelta(seconds=15)
SPOT_AFTER_M: Final = 8.0
LOOK_EVERY_S: Final = 1.0
OVER: Final = "This canvass is over, or the office has withdrawn it."


@dataclass(frozen=True)
class Asked:
    """A task, and what was said to it last."""

    task: CanvassTask
    said: Said | None = None
    shift_id: UUID | None = None
    because: str = ""

    def by(self, shift: Shift | None) -> Said | None:
        """What this shift has said to it: an earlier shift's yes is nobody's now."""
        return self.said if shift is not None and self.shift_id == shift.shift_id else None


@dataclass
class Tasks:
    """The tasks of one unit. Used by the transfer, the screen and the track at once."""

    data: Path
    find_key: Callable[[bytes], bytes | None]
    spool: Spool
    key: SigningKey
    version: int = 0
    """Rises with every change."""
    rung: int = 0
    """Rises whenever something new is asked."""
    _sheet: TaskSheet | None = None
    _raw: bytes = b""
    _spots: dict[int, list[Spot]] = field(default_factory=dict)
    """What no page has yet."""
    _way: dict[int, list[tuple[datetime, Place]]] = field(default_factory=dict)
    """The whole track of what this shift accepted, to be drawn on the car's screen."""
    _turn: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        path = self.data / FILE
        if path.exists():
            self._raw = path.read_bytes()
            self._sheet = self._open(self._raw)

    @property
    def number(self) -> int:
        """Of the sheet in force; 0 before the first."""
        return self._sheet.number if self._sheet else 0

    # down

    def take(self, raw: bytes, *, ordered: int = 0) -> bool:
        """Put a sheet that came from the office in force. False if it is already; raises, and keeps the old, if it may not be."""
        came = self._open(raw)
        with self._turn:
            if not may_replace("canvass task", held=self.number, came=came.number, ordered=ordered, same=raw == self._raw):
                return False
            known = {each.number for each in self._sheet.tasks} if self._sheet else set()
            replace_file(self.data / FILE, raw)
            self._raw, self._sheet = raw, came
            self.version += 1
            self.rung += any(each.number not in known for each in came.tasks)
            self._forget_answers()
        return True

    def _open(self, raw: bytes) -> TaskSheet:
        sheet = TaskSheet.from_body(open_message(raw, Kind.TASK_SHEET, self.find_key).body)
        if sheet.unit_key_id != self.key.key_id:
            raise Tampered("These canvass tasks are another unit’s. Tell the Administrative Supervisor.")
        return sheet

    def _forget_answers(self) -> None:
        """Of tasks that are asked no more."""
        kept = {_mark(each.number) for each in self._sheet.tasks} if self._sheet else set()
        gone = [name for (name,) in self.spool.rows("select name from mark where name like 'task:%'") if name not in kept]
        for name in gone:
            self.spool.write("delete from mark where name = ?", name)

    # what stands

    def standing(self, at: datetime) -> list[Asked]:
        """What is asked now, and not done; the newest first."""
        with self._turn:
            tasks = self._sheet.tasks if self._sheet else ()
            asked = [self._asked(each) for each in tasks if at < each.until]
        return sorted((each for each in asked if each.said is not Said.DONE), key=lambda each: -each.task.number)

    def find(self, number: int, at: datetime) -> Asked:
        """The task of this number; Stale when it is over or withdrawn."""
        found = next((each for each in self.standing(at) if each.task.number == number), None)
        if found is None:
            raise Stale(OVER)
        return found

    def _asked(self, task: CanvassTask) -> Asked:
        marked = self.spool.marked(_mark(task.number))
        if marked is None:
            return Asked(task)
        said, shift_id, because = json.loads(marked)
        return Asked(task, Said(said), UUID(shift_id), because)

    # up

    def answer(self, number: int, said: Said, because: str, *, by: Shift, at: datetime) -> None:
        """What the crew says, signed and in the spool when this returns, with the last of the track if that ends."""
        because = " ".join(because.split())[:LONGEST_REASON] if said is Said.CANNOT else ""
        with self._turn:
            asked = self.find(number, at)
            before = asked.by(by)
            if said is before:
                return
            if said is Said.CANNOT and len(because) < 3:
                raise Malformed("Say in a few words why it cannot be done.")
            if said is Said.DONE and before is not Said.ACCEPTED:
                raise Stale("This canvass was not accepted on this shift. Accept it first.")

            def write(sequence: int) -> bytes:
                answer = TaskAnswer(self.key.key_id, sequence, number, said, because, by.shift_id, by.member, at)
                return answer.signed(self.key)

            def note(database: sqlite3.Connection) -> None:
                database.execute(
                    "insert into mark values (?, ?) on conflict (name) do update set value = excluded.value",
                    (_mark(number), json.dumps([said.value, str(by.shift_id), because])),
                )

            drafts = [] if said is Said.ACCEPTED else self._page(number, has_limit=False)
            self.spool.keep([*drafts, Draft(STREAM, write, urgency=1, has_limit=False)], at=at, beside=note)
            self._spots.pop(number, None)
            self._way.pop(number, None)
            self.version += 1

    def follow(self, where: Where, shift: Shift | None, at: datetime) -> None:
        """Where the unit is now, for every task that this shift has accepted; pages that are due go into the spool."""
        with self._turn:
            running = {each.task.number for each in self.standing(at) if each.by(shift) is Said.ACCEPTED}
            for number in running:
                self._add(number, where, at)
            for number, spots in list(self._spots.items()):
                if number in running and at - spots[0].at < PAGE_EVERY and len(spots) < SPOTS_AT_MOST:
                    continue
                try:
                    self.spool.keep(self._page(number), at=at)
                except Unavailable:  # the disk is full, which is said elsewhere: the newest spots wait for room
                    del spots[: -SPOTS_AT_MOST + 1]
                else:
                    del self._spots[number]
            for number in self._way.keys() - running:
                del self._way[number]

    def way(self, number: int) -> list[Place]:
        """Where this unit has driven for a task on this shift."""
        with self._turn:
            return [place for _, place in self._way.get(number, ())]

    def _add(self, number: int, where: Where, at: datetime) -> None:
        place = where.place
        if place is None:
            return
        seen_at = at - timedelta(seconds=place.fix_age_s)
        way = self._way.setdefault(number, [])
        if way:
            before_at, before = way[-1]
            if seen_at <= before_at or (
                seen_at - before_at < SPOT_EVERY and apart_m(place.lat, place.lon, before.lat, before.lon) < SPOT_AFTER_M
            ):
                return
        way.append((seen_at, place))
        spot = Spot(seen_at, float(place.lat), float(place.lon), float(place.accuracy_m))
        self._spots.setdefault(number, []).append(spot)

    def _page(self, number: int, *, has_limit: bool = True) -> list[Draft]:
        spots = tuple(self._spots.get(number, ()))

        def write(sequence: int) -> bytes:
            return TrackPage(self.key.key_id, sequence, number, spots).signed(self.key)

        return [Draft(STREAM, write, urgency=1, has_limit=has_limit)] if spots else []

    @contextmanager
    def following(
        self, where: Callable[[], Where], shift: Callable[[], Shift | None], clock: Callable[[], datetime]
    ) -> Iterator[None]:
        """Follow once a second, in a thread of its own, until the block ends."""
        done = threading.Event()

        def look() -> None:
            while not done.wait(LOOK_EVERY_S):
                with suppress(Unavailable):  # a disk that is broken is said by the recorder
                    self.follow(where(), shift(), clock())

        thread = threading.Thread(target=look, name="track", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=5)
            self.follow(NOWHERE, None, clock())


def _mark(number: int) -> str:
    return f"task:{number}"
