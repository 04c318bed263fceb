"""One run of the unit: the parts put together, the member signed on, the watch kept, and the account of it at the end.

Refused before anything is read: a unit that is not enrolled or was revoked, and a member who may not operate it. The
office is asked once for the newest roster and hot list before sign-on; out of reach, those on the disk are in force.

With the car's own screen, members sign on there; between two shifts no camera is open.
"""

from __future__ import annotations

import dataclasses
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from platewarden.exchange.read_report import NoPlace
from platewarden.policy.refusal import PlatewardenError, Refusal, Refused, Tampered, Unavailable
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.unit.alarm import Alarm, Alert
from platewarden.unit.board import Board, Card
from platewarden.unit.cameras import open_cameras, places_of
from platewarden.unit.config import UnitConfig, load_config
from platewarden.unit.enrolment import SPOOL, Enrolment, load_enrolment
from platewarden.unit.holds import Holds
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link
from platewarden.unit.outcome import Outcomes
from platewarden.unit.pairing import settle
from platewarden.unit.place import NOWHERE, Where, Whereabouts, source_of, surveyed
from platewarden.unit.pulse import RunState, pulsing
from platewarden.unit.reporting import STREAM
from platewarden.unit.roster import Roster
from platewarden.unit.screen.app import Screen
from platewarden.unit.screen.paired import LaptopDoor
from platewarden.unit.screen.serve import serving
from platewarden.unit.shift import Shift, Stated
from platewarden.unit.spool import Counts, Spool
from platewarden.unit.station import Station
from platewarden.unit.stick import find_key
from platewarden.unit.streets import Streets
from platewarden.unit.strip import CameraState, Strip, look
from platewarden.unit.tasks import Tasks
from platewarden.unit.transfer import Transfer
from platewarden.unit.typed import Typed
from platewarden.unit.video import FrameCounts
from platewarden.unit.watch import Tally, Watch

__all__ = ["Account", "end", "run_shift"]


@dataclass(frozen=True)
class Account:
    """What a run did, and what still waits."""

    tally: Tally
    before: Counts
    after: Counts
    other_files: int
    hotlist_edition: int
    roster_edition: int
    shift: Shift | None
    """The last one; none when nobody signed on."""
    refusal: Refusal | None
    seconds: float

    def outcomes(self) -> dict[str, int]:
        """How the office receipted the reads of this run, and of earlier ones that waited."""
        before, after = self.before.freed.get(STREAM, {}), self.after.freed.get(STREAM, {})
        return {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}

    def as_json(self) -> dict[str, object]:
        return {
            **dataclasses.asdict(self.tally),
            "other_files": self.other_files,
            "receipted": sum(self.outcomes().values()),
            "waiting": self.after.unsent,
            "refused": self.after.quarantined,
            "outcomes": self.outcomes(),
            "hotlist_edition": self.hotlist_edition,
            "roster_edition": self.roster_edition,
            "shift_id": str(self.shift.shift_id) if self.shift else None,
            "seconds": round(self.seconds, 1),
        }


def run_shift(
    data: Path,
    source: Path | str | None,
    stated: Stated | None,
    *,
    engine: str | None,
    once: bool,
    wait_s: float,
    clock: Callable[[], datetime],
    timer: Callable[[], float],
    chance: random.Random,
    screen: TextIO,
    as_json: bool = False,
    screen_port: int | None = None,
    is_deployed: bool = False,
    sticks: str | None = None,
    told_to_stop: Callable[[Callable[[], None]], None] = lambda _: None,
) -> Account:
    """From sign-on to the empty spool. `told_to_stop` is given the function that ends the run in order.

    With `screen_port` the car's own screen is served on this machine: members sign on there, one shift after the other, and
    nothing is read between them. Without it, `stated` signs on, and the run is that one shift. With `is_deployed` a fixed post
    runs under its deployment order.
    """
    began = timer()
    config = load_config(data)
    enrolment = load_enrolment(data, config)
    open_cameras(config, source, clock=clock, chance=chance, say=_unsaid, once=once).close()  # refused before anybody signs on
    recognizer = Recognizer(open_engine(engine or config.engine))
    certificate = data / config.certificate if config.certificate else None
    with ExitStack() as last:
        spool = last.enter_context(closing(_spool(data, config, enrolment)))
        link = last.enter_context(Link(config.server, certificate=certificate))
        before = spool.counts()
        settle(data, at=clock(), journal=Journal(spool, enrolment.key), spool=spool)
        station = _station(data, sticks or config.sticks, enrolment, spool, clock=clock, timer=timer, chance=chance)
        shows = station.take if screen_port is not None else _nothing
        alarm = Alarm(screen, as_json=as_json, authorized=station.authorized, beside=shows)
        transfer = _transfer(config, enrolment, spool, link, station, clock=clock, chance=chance, alarm=alarm)
        run = _Run(station, transfer)
        last.enter_context(pulsing(data, run.state, run.counts))
        last.enter_context(station.tasks.following(station.place, lambda: station.shift, clock))
        told_to_stop(run.stop)
        streets = _streets(data, config, alarm.say)
        if screen_port is not None:
            address = last.enter_context(serving(_screen(run, config, enrolment, screen_port, streets), screen_port))
            alarm.say(f"The screen of this car is at {address}, on this machine only.")
            if (network := config.car_network_at()) is not None:
                door = LaptopDoor(data, network, screen_port, station.journal, spool, clock, alarm.say)
                last.enter_context(door.open())
        if is_deployed:
            _sign_on(lambda: station.deploy(enrolment.key.key_id, has_place=config.latitude is not None), transfer)
        elif stated is not None:
            _sign_on(lambda: station.sign_on(stated), transfer)
        while (shift := run.next_shift()) is not None:
            camera = open_cameras(config, source, clock=clock, chance=chance, say=alarm.say, once=once)
            run.counted = camera.counts
            watch = Watch(
                camera=camera,
                recognizer=recognizer,
                hotlist=transfer.hotlist,
                alarm=alarm,
                spool=spool,
                journal=transfer.journal,
                transfer=transfer,
                shift=shift,
                key=enrolment.key,
                clock=clock,
                timer=timer,
                where=_where(config, streets),
                places=places_of(config, streets),
                aims={each.name: each.aim_deg for each in config.cameras if each.aim_deg is not None},
                counted=camera.counts,
                stale_after=timedelta(hours=station.department.stale_after_hours),
            )
            with closing(camera), _following(config, watch, clock, streets):
                run.watch(watch, wait_s)
            run.other_files += camera.other_files
            if once or screen_port is None or transfer.refusal:
                break
        return Account(
            tally=run.tally,
            before=before,
            after=spool.counts(),
            other_files=run.other_files,
            hotlist_edition=transfer.hotlist.number,
            roster_edition=transfer.roster.number,
            shift=run.shift,
            refusal=transfer.refusal,
            seconds=timer() - began,
        )


@dataclass
class _Run:
    """The shifts of one run, one after the other."""

    station: Station
    transfer: Transfer
    tally: Tally = field(default_factory=Tally)
    other_files: int = 0
    shift: Shift | None = None
    """The last that ran."""
    counted: Callable[[], Mapping[str, FrameCounts]] = dict
    """What became of the frames of the cameras that were opened last."""
    _watch: Watch | None = None
    _told: threading.Event = field(default_factory=threading.Event)

    def counts(self) -> Mapping[str, FrameCounts]:
        """Of the cameras that are open, or were last."""
        return self.counted()

    def state(self) -> RunState:
        """What the run says of itself, for the pulse."""
        crew, refusal = self.station.crew, self.transfer.refusal
        return RunState(
            crew=tuple(each.name for each in crew),
            until=crew[0].until if crew else None,
            failures=self.transfer.failures,
            refusal=refusal.because if refusal else "",
        )

    def stop(self) -> None:
        """End the watch after the shot it is at, and the run with it."""
        self._told.set()
        self.station.wake()
        if self._watch is not None:
            self._watch.stop()

    def next_shift(self) -> Shift | None:
        """The shift that somebody signed on to. Meanwhile nothing is read, but what waits goes up and new lists come down."""
        while not self._told.is_set() and self.transfer.refusal is None:
            shift = self.station.shift or self.station.wait(min(self.transfer.wait_s(), 5.0))
            if shift is not None:
                return shift
            with suppress(Unavailable):  # the disk is full; what goes up makes room
                self.transfer.round()
        return None

    def watch(self, watch: Watch, wait_s: float) -> None:
        """One shift, from the watch's beginning to its sign-off."""
        self._watch, self.shift = watch, watch.shift
        self.station.begins(watch.stop)
        self.station.where = lambda: watch.where
        if self._told.is_set():
            watch.stop()
        try:
            watch.run(wait_s=wait_s)
        finally:
            self._watch = None
            self.station.over()
        for each in dataclasses.fields(Tally):
            so_far, more = getattr(self.tally, each.name), getattr(watch.tally, each.name)
            if each.name == "cameras":
                for camera, counted in more.items():
                    so_far[camera] = dict(Counter(so_far.get(camera, {})) + Counter(counted))
            else:
                setattr(self.tally, each.name, max(so_far, more) if each.name.startswith("slowest") else so_far + more)


def _unsaid(_: str) -> None:
    """Cameras that were opened to see whether they are there have nothing to say yet."""


def _nothing(_: Alert) -> None:
    """Without a screen an alert stands on the terminal alone."""


def _station(
    data: Path,
    sticks: str,
    enrolment: Enrolment,
    spool: Spool,
    *,
    clock: Callable[[], datetime],
    timer: Callable[[], float],
    chance: random.Random,
) -> Station:
    return Station(
        roster=Roster(data, enrolment.find_key),
        hotlist=Hotlist(data, enrolment.find_key),
        journal=Journal(spool, enrolment.key),
        spool=spool,
        board=Board(),
        tasks=Tasks(data, enrolment.find_key, spool, enrolment.key),
        clock=clock,
        timer=timer,
        new_id=lambda: uuid.UUID(bytes=chance.randbytes(16), version=4),
        find_key=lambda number: find_key(sticks, number),
    )


def _screen(run: _Run, config: UnitConfig, enrolment: Enrolment, port: int, streets: Streets | None) -> Screen:
    station, transfer = run.station, run.transfer

    def strip() -> Strip:
        counts, runs = run.counted(), station.shift is not None
        names = [each.name for each in config.cameras] or [config.camera]
        cameras = [
            CameraState(
                name,
                is_running=runs and (name not in counts or counts[name].is_running),
                dropped=counts[name].dropped if name in counts else 0,
            )
            for name in names
        ]
        stale_after = timedelta(hours=station.department.stale_after_hours)
        return look(
            enrolment.unit_name, transfer, station.spool, station.hotlist, cameras, stale_after=stale_after, at=station.clock()
        )

    return Screen(
        station=station,
        outcomes=Outcomes(station.board, station.spool, enrolment.key),
        typed=Typed(station.hotlist, station.journal, station.spool, enrolment.key, station.new_id),
        strip=strip,
        port=port,
        car_network=str(config.car_network_at() or ""),
        streets=streets,
    )


def end(account: Account) -> None:
    """Nothing, if all is well; otherwise the reason why this run did not end well."""
    if account.refusal:
        raise Refused(account.refusal)
    if account.after.quarantined:
        raise Tampered(
            f"{account.after.quarantined} messages stand aside that the office will not take. Tell the Administrative Supervisor."
        )
    if account.tally.not_recorded:
        raise Unavailable(f"{account.tally.not_recorded} readings were not recorded: the spool or the disk was full.")
    if account.after.unsent:
        raise Unavailable(f"{account.after.unsent} messages wait for the office, and are safe. They go up with the next run.")


def _spool(data: Path, config: UnitConfig, enrolment: Enrolment) -> Spool:
    return Spool.open(
        data / SPOOL,
        seal=enrolment.seal,
        limit_bytes=config.spool_limit_mb * 1_000_000,
        reserve_bytes=config.disk_reserve_mb * 1_000_000,
    )


def _transfer(
    config: UnitConfig,
    enrolment: Enrolment,
    spool: Spool,
    link: Link,
    station: Station,
    *,
    clock: Callable[[], datetime],
    chance: random.Random,
    alarm: Alarm,
) -> Transfer:
    transfer = Transfer(
        link=link,
        enrolment=enrolment,
        spool=spool,
        journal=station.journal,
        hotlist=station.hotlist,
        roster=station.roster,
        tasks=station.tasks,
        holds=Holds(station.tasks.data, enrolment.find_key, enrolment.key.key_id),
        clock=clock,
        chance=chance,
        say=alarm.say,
        contact_every_s=config.contact_every_s,
        longest_wait_s=config.longest_wait_s,
        roster_came=lambda: _say(station.reconsider(), alarm),
        where=station.place,
        withdrawn_came=lambda gone: _say_withdrawn(station.board.withdraw(gone), alarm),
    )
    transfer.contact()
    if transfer.refusal:
        raise Refused(transfer.refusal)
    return transfer


def _say_withdrawn(cards: Sequence[Card], alarm: Alarm) -> None:
    for card in cards:
        again = "The office's correction was taken back: it stands again. Verify before acting."
        alarm.say(f"Alert {card.number}. {card.withdrawn or again}")


def _say(sentence: str, alarm: Alarm) -> None:
    if sentence:
        alarm.say(sentence)


def _sign_on(sign_on: Callable[[], Shift], transfer: Transfer) -> None:
    try:
        sign_on()
    except Refused:
        transfer.round()  # the office learns of it at once, if it can be reached
        raise


@contextmanager
def _following(config: UnitConfig, watch: Watch, clock: Callable[[], datetime], streets: Streets | None) -> Iterator[None]:
    """While the watch runs, the satellite receiver says where it is, and what time."""
    source, trusted = source_of(config.gps), watch.transfer.trusted
    if source is None:
        yield
        return
    whereabouts = Whereabouts(
        source,
        oldest_s=config.gps_oldest_s,
        seconds=trusted.seconds,
        say=watch.alarm.say,
        hear_time=lambda said: trusted.hear_satellites(said, at=clock()),
        streets=streets,
    )
    watch.where = Where(None, NoPlace.NOT_HEARD)
    whereabouts.follow(lambda where: setattr(watch, "where", where))
    try:
        yield
    finally:
        whereabouts.close()


def _where(config: UnitConfig, streets: Streets | None) -> Where:
    if config.latitude is None or config.longitude is None:
        return NOWHERE
    return surveyed(config.latitude, config.longitude, config.place_accuracy_m, streets)


def _streets(data: Path, config: UnitConfig, say: Callable[[str], None]) -> Streets | None:
    """The department's road file. A bad one is said, and the unit runs without names of crossings."""
    if not config.streets:
        return None
    try:
        return Streets.load(data / config.streets)
    except PlatewardenError as error:
        say(f"{error.message} Reads name no crossing meanwhile.")
        return None
