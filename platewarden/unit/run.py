"""One run of the unit: the parts put together, the member signed on, the watch kept, and the account of it at the end.

Refused before anything is read: a unit that is not enrolled or was revoked, and a member who may not operate it. The
office is asked once for the newest roster and hot list before sign-on; out of reach, those on the disk are in force.
"""

from __future__ import annotations

import dataclasses
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from platewarden.exchange.read_report import Place
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Refusal, Refused, Tampered, Unavailable
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.unit.alarm import Alarm
from platewarden.unit.cameras import open_cameras, places_of
from platewarden.unit.config import UnitConfig, load_config
from platewarden.unit.enrolment import SPOOL, Enrolment, load_enrolment
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link
from platewarden.unit.place import Whereabouts, source_of
from platewarden.unit.reporting import STREAM
from platewarden.unit.roster import Roster
from platewarden.unit.shift import Shift, Stated, sign_on
from platewarden.unit.spool import Counts, Spool
from platewarden.unit.transfer import Transfer
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
    shift: Shift
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
            "shift_id": str(self.shift.shift_id),
            "seconds": round(self.seconds, 1),
        }


def run_shift(
    data: Path,
    source: Path | str | None,
    stated: Stated,
    *,
    engine: str | None,
    once: bool,
    wait_s: float,
    clock: Callable[[], datetime],
    timer: Callable[[], float],
    chance: random.Random,
    screen: TextIO,
    as_json: bool = False,
    told_to_stop: Callable[[Callable[[], None]], None] = lambda _: None,
) -> Account:
    """From sign-on to the empty spool. `told_to_stop` is given the function that ends the watch in order."""
    began = timer()
    config = load_config(data)
    enrolment = load_enrolment(data, config)
    alarm = Alarm(screen, as_json=as_json)
    camera = open_cameras(config, source, clock=clock, chance=chance, say=alarm.say, once=once)
    recognizer = Recognizer(open_engine(engine or config.engine))
    certificate = data / config.certificate if config.certificate else None
    with closing(camera), closing(_spool(data, config, enrolment)) as spool, Link(config.server, certificate=certificate) as link:
        before = spool.counts()
        transfer = _transfer(data, config, enrolment, spool, link, clock=clock, chance=chance, alarm=alarm)
        shift = _sign_on(stated, transfer, clock, chance)
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
            place=_place(config),
            places=places_of(config),
            counted=camera.counts,
            stale_after=timedelta(hours=load_department().stale_after_hours),
        )
        told_to_stop(watch.stop)
        with _following(config, watch, clock):
            watch.run(wait_s=wait_s)
        return Account(
            tally=watch.tally,
            before=before,
            after=spool.counts(),
            other_files=camera.other_files,
            hotlist_edition=transfer.hotlist.number,
            roster_edition=transfer.roster.number,
            shift=shift,
            refusal=transfer.refusal,
            seconds=timer() - began,
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
    data: Path,
    config: UnitConfig,
    enrolment: Enrolment,
    spool: Spool,
    link: Link,
    *,
    clock: Callable[[], datetime],
    chance: random.Random,
    alarm: Alarm,
) -> Transfer:
    transfer = Transfer(
        link=link,
        enrolment=enrolment,
        spool=spool,
        journal=Journal(spool, enrolment.key),
        hotlist=Hotlist(data, enrolment.find_key),
        roster=Roster(data, enrolment.find_key),
        clock=clock,
        chance=chance,
        say=alarm.say,
        contact_every_s=config.contact_every_s,
        longest_wait_s=config.longest_wait_s,
    )
    transfer.contact()
    if transfer.refusal:
        raise Refused(transfer.refusal)
    return transfer


def _sign_on(stated: Stated, transfer: Transfer, clock: Callable[[], datetime], chance: random.Random) -> Shift:
    try:
        return sign_on(
            transfer.roster.edition,
            load_department(),
            stated,
            at=clock(),
            shift_id=uuid.UUID(bytes=chance.randbytes(16), version=4),
            journal=transfer.journal,
            spool=transfer.spool,
        )
    except Refused:
        transfer.round()  # the office learns of it at once, if it can be reached
        raise


@contextmanager
def _following(config: UnitConfig, watch: Watch, clock: Callable[[], datetime]) -> Iterator[None]:
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
    )
    whereabouts.follow(lambda place: setattr(watch, "place", place))
    try:
        yield
    finally:
        whereabouts.close()


def _place(config: UnitConfig) -> Place | None:
    if config.latitude is None or config.longitude is None:
        return None
    return Place(config.latitude, config.longitude, config.place_accuracy_m, None, 0.0)
