"""The watch: the unit's loop, on one page. camera -> reading -> match -> alarm -> spool; the transfer runs beside it.

Each shot is taken through the whole walk before the next. The alarm comes before anything that waits for a disk or a
network, except the one journal line that says to whom it was shown. A full spool stops recording aloud, and never the
alarm. The transfer has a thread of its own, so that a slow office delays no alert.

These are the two loops of the unit that catch what nobody foresaw: they count it, say so, and go on.

Known gap: an alert whose journal line could not be written (the disk is full) is shown all the same, and said as such.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.exchange.read_report import Place
from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Answer
from platewarden.policy.refusal import PlatewardenError, Unavailable
from platewarden.recognition.picture import NotAPicture, Picture
from platewarden.recognition.recognizer import Recognizer
from platewarden.recognition.result import Reading, Unreadable
from platewarden.unit.alarm import Alarm, Alert
from platewarden.unit.camera import Camera, Shot
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.pictures import scale
from platewarden.unit.reporting import Seen, pictures_of, seen_plate
from platewarden.unit.shift import Shift, sign_off
from platewarden.unit.spool import Draft, Spool
from platewarden.unit.transfer import Transfer

__all__ = ["Tally", "Watch"]

HURRY_S = 2.0
"""At the end of a watch the office is tried at least this often."""


@dataclass
class Tally:
    """What this watch did, counted: every shot and every plate is in exactly one line of each kind."""

    photos: int = 0
    """Shots taken. Each is one of: with readings or unreadable plates, `empty`, `bad_pictures`, `errors`."""
    readings: int = 0
    unreadable: int = 0
    empty: int = 0
    bad_pictures: int = 0
    errors: int = 0
    hits: int = 0
    alerts_shown: int = 0
    silent: int = 0
    spooled: int = 0
    """Readings that the spool has kept as reads."""
    not_recorded: int = 0
    """Readings that a full disk did not take."""
    slowest_alert_ms: int = 0
    """From the shot to its alert, recognition included."""


@dataclass
class Watch:
    """One shift at one camera."""

    camera: Camera
    recognizer: Recognizer
    hotlist: Hotlist
    alarm: Alarm
    spool: Spool
    journal: Journal
    transfer: Transfer
    shift: Shift
    key: SigningKey
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    place: Place | None = None
    stale_after: timedelta = timedelta(hours=24)
    tally: Tally = field(default_factory=Tally)
    _told: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)
    _recording: bool = True

    def run(self, *, wait_s: float) -> None:
        """Until the camera or the shift is over; then sign off, and give the transfer `wait_s` to empty the spool."""
        carrier = threading.Thread(target=self._carry, name="transfer", daemon=True)
        carrier.start()
        try:
            while not self._is_over():
                shot = self.camera.next_shot()
                if shot is None:
                    self._told.wait(0.5)
                else:
                    self._take(shot)
        finally:
            self._sign_off()
            self._empty_the_spool(wait_s)
            self._done.set()
            self._wake.set()
            carrier.join(timeout=15)

    def stop(self) -> None:
        """End the watch after the shot it is at."""
        self._told.set()

    def _is_over(self) -> bool:
        if self.clock() >= self.shift.until:
            self.alarm.say("This shift is over. Sign on again to go on.")
            return True
        return self._told.is_set() or self.camera.is_over() or self.transfer.refusal is not None

    def _take(self, shot: Shot) -> None:
        self.tally.photos += 1
        if self.tally.photos % 25 == 0:
            self.alarm.say(f"{self.tally.photos} shots, {self.tally.readings} readings, {self.tally.alerts_shown} alerts so far.")
        began = self.timer()
        try:
            picture = shot.open()
            if isinstance(picture, NotAPicture):
                self.tally.bad_pictures += 1
                self.alarm.say(picture.because)
                return
            found = self.recognizer.recognise(picture)
            self._walk(shot, picture, found, began)
        except Exception as error:  # noqa: BLE001  one bad shot must not end a shift
            self.tally.errors += 1
            self.alarm.say(_unforeseen("A shot was left out", error))

    def _walk(self, shot: Shot, picture: Picture, found: tuple[Reading | Unreadable, ...], began: float) -> None:
        """One shot, from its readings to the spool."""
        readings = [each for each in found if isinstance(each, Reading)]
        self.tally.readings += len(readings)
        self.tally.unreadable += len(found) - len(readings)
        self.tally.empty += not found
        hits = [self.hotlist.hits(seen_plate(each), at=shot.captured_at) for each in readings]
        for reading, answered in zip(readings, hits, strict=True):
            for entry, answer in answered:
                self._warn(shot, reading, entry, answer, began)
        views = pictures_of(picture, readings)
        self._keep(
            [
                Seen(shot, reading, answered, views_of, scale(picture), self.shift, self.place, self.hotlist.number).draft(self.key)
                for reading, answered, views_of in zip(readings, hits, views, strict=True)
            ]
        )

    def _warn(self, shot: Shot, reading: Reading, entry: EditionEntry, answer: Answer, began: float) -> None:
        self.tally.hits += 1
        age = self.hotlist.age(self.clock())
        alert = Alert(
            entry,
            answer,
            reading.text,
            reading.state,
            shot.camera,
            shot.captured_at,
            self.hotlist.number,
            age,
            age > self.stale_after,
        )
        if not alert.is_shown:
            self.tally.silent += 1
            return
        try:
            self.journal.write("alert.shown", at=self.clock(), member=self.shift.member, about=entry.entry_id)
        except Unavailable as error:
            self.alarm.say(f"This alert is not in the journal: {error.message}")
        self.alarm.show(alert)
        self.tally.alerts_shown += 1
        self.tally.slowest_alert_ms = max(self.tally.slowest_alert_ms, round(1000 * (self.timer() - began)))

    def _keep(self, drafts: list[Draft]) -> None:
        if not drafts:
            return
        try:
            self.spool.keep(drafts, at=self.clock())
        except Unavailable as error:
            self.tally.not_recorded += len(drafts)
            if self._recording:
                self.alarm.say(error.message)
            self._recording = False
            return
        self.tally.spooled += len(drafts)
        if not self._recording:
            self.alarm.say(f"Recording again. {self.tally.not_recorded} readings were not recorded.")
        self._recording = True
        if not self.transfer.failures:  # news cuts a pause short only while the office answers
            self._wake.set()

    def _sign_off(self) -> None:
        try:
            sign_off(self.shift, at=self.clock(), journal=self.journal)
        except Unavailable as error:
            self.alarm.say(f"The sign-off is not in the journal: {error.message}")

    def _empty_the_spool(self, wait_s: float) -> None:
        """Wait, at most `wait_s`, until the office has receipted everything that it may take."""
        began = nudged = self.timer()
        self._wake.set()
        while not self.transfer.refusal and (now := self.timer()) < began + wait_s:
            if not self.spool.counts().unsent and not self.journal.waits():
                return
            if now >= nudged + HURRY_S:
                nudged = now
                self._wake.set()
            self._done.wait(0.02)

    def _carry(self) -> None:
        """The transfer's loop."""
        while not self._done.is_set() and not self.transfer.refusal:
            self._wake.clear()
            try:
                self.transfer.round()
            except Exception as error:  # noqa: BLE001  the transfer must outlive what nobody foresaw
                self.transfer.failures += 1
                self.alarm.say(_unforeseen("The transfer stumbled", error))
            self._wake.wait(self.transfer.wait_s())


def _unforeseen(what: str, error: Exception) -> str:
    """In its own words only if they are ours: others may hold a plate."""
    if isinstance(error, PlatewardenError):
        return error.message
    return f"{what}: {type(error).__name__}. Tell the office, with the time."
