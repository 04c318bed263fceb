"""The watch: the unit's loop, on one page. camera -> reading -> match -> alarm -> spool; the transfer runs beside it.

Each shot is taken through the whole walk before the next. A photograph is a read of each plate on it. The frames of a video are
followed: one read a passage, made when it is over; the alarm comes at the first word on it, and once for each entry. When later
frames make another text likely, so that an entry is no longer answered, that is said.

The alarm comes before anything that waits for a disk or a network, except the one journal line that says to whom it was shown. A
full spool stops recording aloud, and never the alarm. The transfer has a thread of its own, so that a slow office delays no alert.

These are the two loops of the unit that catch what nobody foresaw: they count it, say so, and go on.

Known gap: an alert whose journal line could not be written (the disk is full) is shown all the same, and said as such.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from platewarden.exchange import read_report
from platewarden.exchange.hotlist_edition import EditionEntry
from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Answer
from platewarden.policy.refusal import PlatewardenError, Unavailable
from platewarden.recognition.picture import NotAPicture, Picture
from platewarden.recognition.recognizer import Recognizer
from platewarden.recognition.result import Reading, Unreadable
from platewarden.recognition.track import Passage, Told, Tracker
from platewarden.unit.alarm import Alarm, Alert
from platewarden.unit.camera import Camera, Shot
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.passages import Follower
from platewarden.unit.pictures import scale
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.reporting import Seen, Taken, passing_of, pictures_at, pictures_of, seen_plate
from platewarden.unit.shift import Shift, sign_off
from platewarden.unit.spool import Draft, Spool
from platewarden.unit.transfer import Transfer
from platewarden.unit.video import FrameCounts, FrameShot

__all__ = ["Tally", "Watch"]

HURRY_S = 2.0
"""At the end of a watch the office is tried at least this often."""
SHORTEST_S, LONGEST_S = 0.004, 0.5
"""How long to wait for the next shot: little while frames come, longer the longer none did."""
QUIET_S = 5.0
ACCOUNT_EVERY_S = 60.0


@dataclass
class Tally:
    """What this watch did, counted: every shot and every plate is in exactly one line of each kind."""

    photos: int = 0
    """Photographs taken. Each is one of: with readings or unreadable plates, `empty`, `bad_pictures`, `errors`."""
    readings: int = 0
    """Of photographs, one for each plate; of videos, one for each passage."""
    unreadable: int = 0
    """Plates of photographs, and passages, that could not be read."""
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
    frames: int = 0
    """Frames of videos that were looked at."""
    passages: int = 0
    """Of videos: each is one of `readings` or `unreadable`."""
    corrections: int = 0
    """Alerts whose entry the later frames of the passage did not answer."""
    cameras: dict[str, dict[str, int]] = field(default_factory=dict)
    """Of each video camera: what became of its frames."""


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
    where: Where = NOWHERE
    places: Mapping[str, Where] = field(default_factory=dict)
    """Of cameras that have a place of their own."""
    aims: Mapping[str, float] = field(default_factory=dict)
    """Which way cameras look, in degrees from the front of the unit, where that is known."""
    counted: Callable[[], Mapping[str, FrameCounts]] = dict
    """What became of the frames of each video camera."""
    stale_after: timedelta = timedelta(hours=24)
    tally: Tally = field(default_factory=Tally)
    _told: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)
    _recording: bool = True
    _followers: dict[str, Follower] = field(default_factory=dict)
    _account_s: float | None = None

    def run(self, *, wait_s: float) -> None:
        """Until the camera or the shift is over; then sign off, and give the transfer `wait_s` to empty the spool."""
        carrier = threading.Thread(target=self._carry, name="transfer", daemon=True)
        carrier.start()
        try:
            pause_s = SHORTEST_S
            while not self._is_over():
                shot = self.camera.next_shot()
                if shot is None:
                    self._look_at_quiet()
                    self._told.wait(pause_s)
                    pause_s = min(LONGEST_S, 1.5 * pause_s)
                else:
                    pause_s = SHORTEST_S
                    self._take(shot)
        finally:
            self._finish()
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
        self._tell_account(shot)
        began = self.timer()
        try:
            picture = shot.open()
            if isinstance(picture, NotAPicture):
                self.tally.bad_pictures += 1
                self.alarm.say(picture.because)
                return
            found = self.recognizer.recognise(picture)
            if isinstance(shot, FrameShot):
                self._follow(shot, picture, found, began)
            else:
                self._walk(shot, picture, found, began)
        except Exception as error:  # noqa: BLE001  one bad shot must not end a shift
            self.tally.errors += 1
            self.alarm.say(_unforeseen("A shot was left out", error))

    def _tell_account(self, shot: Shot) -> None:
        """Counts the shot; now and then says how many there were."""
        tally = self.tally
        if not isinstance(shot, FrameShot):
            tally.photos += 1
            if tally.photos % 25 == 0:
                self.alarm.say(f"{tally.photos} shots, {tally.readings} readings, {tally.alerts_shown} alerts so far.")
            return
        tally.frames += 1
        now = self.timer()
        if self._account_s is None:
            self._account_s = now
        elif now - self._account_s >= ACCOUNT_EVERY_S:
            self._account_s = now
            self.alarm.say(f"{tally.passages} passages, {tally.readings} readings, {tally.alerts_shown} alerts so far.")
            for name, each in self.counted().items():
                self.alarm.say(f"Camera “{name}”: {each.frames} frames, {each.dropped} dropped, {each.bad} bad, {each.cuts} cuts.")

    def _walk(self, shot: Shot, picture: Picture, found: tuple[Reading | Unreadable, ...], began: float) -> None:
        """One photograph, from its readings to the spool."""
        where = self._where(shot.camera)
        readings = [each for each in found if isinstance(each, Reading)]
        self.tally.readings += len(readings)
        self.tally.unreadable += len(found) - len(readings)
        self.tally.empty += not found
        hits = [self.hotlist.hits(seen_plate(each), at=shot.captured_at) for each in readings]
        for reading, answered in zip(readings, hits, strict=True):
            views = pictures_at(picture, reading.corners) if answered else ()
            for hit in answered:
                self._warn(shot, reading, hit, views, began, where)
        all_views = pictures_of(picture, readings)
        self._keep(
            [
                Seen(shot, reading, answered, views, scale(picture), self.shift, where, self.hotlist.number).draft(self.key)
                for reading, answered, views in zip(readings, hits, all_views, strict=True)
            ]
        )

    def _follow(self, shot: FrameShot, picture: Picture, found: tuple[Reading | Unreadable, ...], began: float) -> None:
        """One frame: what it says of the passages that it shows, and the reads of those that are over."""
        follower = self._followers.setdefault(shot.camera, Follower(shot.camera, Tracker(self.recognizer.together)))
        if follower.is_another_size(picture):
            self._state(follower, follower.finish())
        where = self._where(shot.camera)
        step = follower.see(shot, picture, found, now_s=began, where=where)
        for told in step.told:
            self._hear(follower, shot, picture, told, began, where)
        self._state(follower, step.passages)

    def _hear(  # noqa: PLR0917  what one frame brings
        self, follower: Follower, shot: FrameShot, picture: Picture, told: Told, began: float, where: Where
    ) -> None:
        """The first word on a passage, or another one: warn of each entry once, and say when one is no longer answered."""
        hits = self.hotlist.hits(seen_plate(told.reading), at=shot.captured_at)
        self._correct(follower, told.passage, {entry.entry_id for entry, _ in hits})
        fresh = follower.not_told(told.passage, hits)
        views = pictures_at(picture, told.reading.corners) if fresh else ()
        for hit in fresh:
            follower.tell(told.passage, hit[0], shown=self._warn(shot, told.reading, hit, views, began, where))

    def _correct(self, follower: Follower, passage: int, answered: set[UUID]) -> None:
        for _ in range(follower.no_longer(passage, answered)):
            self.tally.corrections += 1
            self.alarm.say(
                f"Correction, camera “{follower.camera}”: later frames make another plate likely for a vehicle that was alerted; "
                "the entry is no longer answered. Look at the picture again."
            )

    def _state(self, follower: Follower, passages: Sequence[Passage]) -> None:
        """The reads of passages that are over, into the spool."""
        drafts = []
        for passage in passages:
            best = follower.take(passage)
            self.tally.passages += 1
            if passage.reading is None:
                self.tally.unreadable += 1
                continue
            self.tally.readings += 1
            reading, views = passage.reading, best.pictures()
            hits = self.hotlist.hits(seen_plate(reading), at=best.captured_at)
            self._correct(follower, passage.number, {entry.entry_id for entry, _ in hits})
            for hit in follower.not_told(passage.number, hits):
                shown = self._warn(best, reading, hit, views, self.timer(), best.where)
                follower.tell(passage.number, hit[0], shown=shown)
            passing = passing_of(passage, best, best.where, self.aims.get(best.camera))
            seen = Seen(best, reading, hits, views, best.scale, self.shift, best.where, self.hotlist.number, passing)
            drafts.append(seen.draft(self.key))
        self._keep(drafts)

    def _look_at_quiet(self) -> None:
        """Cameras that send nothing: what they followed is over in time."""
        now = self.timer()
        for follower in self._followers.values():
            if now - follower.heard_s > QUIET_S:
                self._state_safely(follower, follower.quiet(now_s=now))

    def _finish(self) -> None:
        for follower in self._followers.values():
            self._state_safely(follower, follower.finish())
        self.tally.cameras = {name: {**asdict(each)} for name, each in self.counted().items()}

    def _state_safely(self, follower: Follower, passages: Sequence[Passage]) -> None:
        try:
            self._state(follower, passages)
        except Exception as error:  # noqa: BLE001  the sign-off must come whatever happens
            self.tally.errors += 1
            self.alarm.say(_unforeseen("Passages were left out", error))

    def _where(self, camera: str) -> Where:
        return self.places.get(camera, self.where)

    def _warn(  # noqa: PLR0917  everything an alert is made of
        self,
        shot: Taken,
        reading: Reading,
        hit: tuple[EditionEntry, Answer],
        views: Sequence[read_report.Picture],
        began: float,
        where: Where,
    ) -> bool:
        """True when it was shown; a silent one is not."""
        entry, answer = hit
        self.tally.hits += 1
        age = self.hotlist.age(self.clock())
        shown = {view.view: view.content for view in views}
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
            shown.get("plate"),
            shown.get("overview"),
            where,
        )
        if not alert.is_shown:
            self.tally.silent += 1
            return False
        try:
            self.journal.write("alert.shown", at=self.clock(), member=self.shift.member, about=entry.entry_id)
        except Unavailable as error:
            self.alarm.say(f"This alert is not in the journal: {error.message}")
        self.alarm.show(alert)
        self.tally.alerts_shown += 1
        self.tally.slowest_alert_ms = max(self.tally.slowest_alert_ms, round(1000 * (self.timer() - began)))
        return True

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
