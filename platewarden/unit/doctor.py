"""The doctor: one look at everything a shift hangs on, each with what to do. Works with no network, also while the unit runs.

A line is *ok*, *look* (the unit works, somebody should see to it) or *broken* (it does not, or it breaks a promise). Nothing
is changed by looking, and nothing leaves the machine but one question to the office's door, which need not answer.
"""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from platewarden.exchange.read_report import NoPlace
from platewarden.policy.department import load_department
from platewarden.policy.refusal import PlatewardenError
from platewarden.recognition.picture import Picture
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.unit.config import FILE as CONFIG
from platewarden.unit.config import UnitConfig, load_config
from platewarden.unit.enrolment import GRANT, KEY, SPOOL, load_enrolment
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.link import Link
from platewarden.unit.pairing import FILE as LAPTOP
from platewarden.unit.pairing import SEEN, load
from platewarden.unit.place import Receiver, source_of
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Counts, Spool
from platewarden.unit.streets import Streets
from platewarden.unit.trusted_clock import ANCHOR, FLOOR, OFF_BY, machine_run, machine_seconds

__all__ = ["Finding", "State", "clock_of", "disk_of", "examine", "laptop_of", "lists_of", "spool_of"]

SLOW_MS = 500
PICTURES = 5
LINES_OF_A_RECEIVER = 40
AGAIN = "Pair it again: platewarden unit pair --help"


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do if it is not well."""

    what: str
    state: State
    says: str
    do: str = ""


def examine(
    data: Path,
    sources: list[Path],
    *,
    at: datetime,
    timer: Callable[[], float],
    engine: str | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Finding]:
    """The whole report. Stops early only when the unit is not set up at all."""
    try:
        config = load_config(data)
        enrolment = load_enrolment(data, config)
    except PlatewardenError as error:
        return [Finding("enrolment", State.BROKEN, error.message, "Enrol the unit: platewarden unit enrol --help")]
    looks: list[Callable[[], Iterator[Finding]]] = [
        lambda: iter([Finding("enrolment", State.OK, f"“{enrolment.unit_name}”, enrolled; the office's key is the pinned one.")]),
        lambda: _rights(data),
        lambda: _cameras(sources),
        lambda: clock_of(data, at),
        lambda: disk_of(data, config),
        lambda: spool_of(data, config, at),
        lambda: lists_of(Hotlist(data, enrolment.find_key), Roster(data, enrolment.find_key), at),
        lambda: laptop_of(data, config, at),
        lambda: _link(data, config),
        lambda: _speed(engine or config.engine, timer),
        lambda: _place(data, config),
    ]
    found: list[Finding] = []
    for done, look in enumerate(looks):
        progress(done, len(looks))
        try:
            found += list(look())
        except PlatewardenError as error:
            found.append(Finding("the unit", State.BROKEN, error.message, "Do what the sentence says, then look again."))
    progress(len(looks), len(looks))
    return found


def _rights(data: Path) -> Iterator[Finding]:
    paths = [
        data,
        data / CONFIG,
        data / KEY,
        data / LAPTOP,
        data / GRANT,
        data / SPOOL,
        data / SPOOL / "keys",
        data / SPOOL / "spool.db",
    ]
    open_to_others = [path.name for path in paths if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    others = [name for name in open_to_others if not name.endswith(".db") or data.stat().st_mode & 0o077]
    if {KEY, LAPTOP, data.name} & {*others}:
        do = f"chmod 700 {data.name}; chmod 600 {data.name}/{KEY} {data.name}/{LAPTOP}"
        yield Finding("keys and rights", State.BROKEN, f"Others on this machine may read: {', '.join(others)}.", do)
    elif not os.access(data, os.W_OK):
        yield Finding(
            "keys and rights", State.BROKEN, "The data folder cannot be written.", "Run as its owner, or mount it writable."
        )
    else:
        yield Finding("keys and rights", State.OK, "Only the owner may read key, lists and spool.")


def _cameras(sources: list[Path]) -> Iterator[Finding]:
    if not sources:
        yield Finding("cameras", State.LOOK, "No source was named, so none was tried.", "Name one: --source FOLDER")
    for source in sources:
        if source.exists() and os.access(source, os.R_OK):
            yield Finding(f"camera {source.name}", State.OK, "It is there, and may be read.")
        else:
            yield Finding(f"camera {source.name}", State.BROKEN, "It is not there, or may not be read.", "Check plug and path.")


def clock_of(data: Path, at: datetime) -> Iterator[Finding]:
    """The clock, against what the office said of the time."""
    _, marks = Spool.look(data / SPOOL)
    anchor, floor = marks.get(ANCHOR, "").split(), marks.get(FLOOR)
    if len(anchor) == 3 and anchor[0] == machine_run():
        off = at - (datetime.fromisoformat(anchor[2]) + timedelta(seconds=machine_seconds() - float(anchor[1])))
        if abs(off) <= OFF_BY:
            yield Finding("clock", State.OK, f"{off.total_seconds():+.1f} s against what the office said and was counted since.")
        else:
            says = f"{off.total_seconds():+.0f} s against what the office said. Nothing is destroyed for its age on such a clock."
            yield Finding("clock", State.BROKEN, says, "Set the clock (chrony, or date --utc --set).")
    elif floor and at < datetime.fromisoformat(floor) - OFF_BY:
        yield Finding("clock", State.BROKEN, f"It is before {floor[:16]} UTC, which was confirmed once.", "Set the clock.")
    else:
        says = "Neither the office nor the satellites have confirmed it since this machine started."
        yield Finding("clock", State.LOOK, says, "Connect to the office once; until then nothing is destroyed for its age.")


def disk_of(data: Path, config: UnitConfig) -> Iterator[Finding]:
    """How much room there is."""
    free = shutil.disk_usage(data).free // 1_000_000
    if free <= config.disk_reserve_mb:
        says = f"{free} MB free, and {config.disk_reserve_mb} MB are kept for the journal: nothing is recorded."
        yield Finding("disk", State.BROKEN, says, "Free the disk, or connect to the office.")
    elif free < config.disk_reserve_mb * 4:
        yield Finding("disk", State.LOOK, f"{free} MB free.", "Connect to the office soon.")
    else:
        yield Finding("disk", State.OK, f"{free} MB free.")


def spool_of(data: Path, config: UnitConfig, at: datetime) -> Iterator[Finding]:
    """What waits, and since when."""
    counts, marks = Spool.look(data / SPOOL)
    hours = int(marks.get("deadline_hours", load_department().transfer_deadline_hours))
    yield _spool_itself(counts, config)
    oldest = Spool.look_at_oldest(data / SPOOL, "read")
    if oldest is not None and at - oldest > timedelta(hours=hours):
        says = f"Reads since {oldest:%Y-%m-%d %H:%M} UTC wait; the department's deadline is {hours} hours."
        yield Finding("transfer", State.BROKEN, says, "Connect to the office, or: platewarden unit export MEDIUM")
    else:
        yield Finding("transfer", State.OK, f"No read waits longer than {hours} hours.")


def _spool_itself(counts: Counts, config: UnitConfig) -> Finding:
    share = counts.bytes / (config.spool_limit_mb * 1_000_000)
    says = f"{counts.unsent} waiting, {counts.quarantined} aside, {counts.bytes // 1_000_000} MB of {config.spool_limit_mb} MB."
    if counts.quarantined:
        return Finding(
            "spool", State.BROKEN, says, "What stands aside the office would not take: tell the Administrative Supervisor."
        )
    if share > 0.8:
        return Finding("spool", State.LOOK, says, "It is nearly full: connect to the office, or export to a medium.")
    return Finding("spool", State.OK, says)


def lists_of(hotlist: Hotlist, roster: Roster, at: datetime) -> Iterator[Finding]:
    """The editions in force, and their age."""
    hours = roster.department.stale_after_hours
    age = int(hotlist.age(at).total_seconds() // 3600)
    says = f"Edition {hotlist.number}, {hotlist.count} entries, {age} hours old."
    if not hotlist.number:
        yield Finding(
            "hot list", State.LOOK, "There is none yet: the unit reads and warns of nothing.", "Connect to the office once."
        )
    elif age >= hours:
        yield Finding("hot list", State.LOOK, f"{says} Alerts say STALE.", "Connect to the office.")
    else:
        yield Finding("hot list", State.OK, says)
    if roster.edition is None:
        yield Finding("roster", State.BROKEN, "There is none yet: nobody can sign on.", "Connect to the office once.")
    elif roster.edition.valid_until < at:
        says = f"Edition {roster.number} was valid until {roster.edition.valid_until:%Y-%m-%d %H:%M} UTC: nobody can sign on."
        yield Finding("roster", State.BROKEN, says, "Connect to the office.")
    else:
        says = f"Edition {roster.number}, {len(roster.edition.members)} members, valid until {roster.edition.valid_until:%Y-%m-%d %H:%M} UTC."
        is_short = roster.edition.valid_until - at < timedelta(days=1)
        yield Finding("roster", State.LOOK if is_short else State.OK, says, "Connect to the office today." if is_short else "")


def laptop_of(data: Path, config: UnitConfig, at: datetime) -> Iterator[Finding]:
    """Whether a laptop is paired, until when, and when it was seen last."""
    pairing, network = load(data), config.car_network_at()
    if pairing is None:
        where = f", so nothing listens at {network}" if network else "; the screen is served on this machine only"
        yield Finding("laptop", State.OK, f"None is paired{where}.")
        return
    _, marks = Spool.look(data / SPOOL)
    seen = f"last seen {marks[SEEN][:16].replace('T', ' ')} UTC" if marks.get(SEEN) else "never seen"
    says = f"“{pairing.laptop}”, paired by {pairing.member}, until {pairing.until:%Y-%m-%d}; {seen}."
    if at >= pairing.until:
        yield Finding("laptop", State.LOOK, f"The pairing of {says} It is over, and the laptop is refused.", AGAIN)
    elif pairing.address != str(network):
        says = f"{says} It was paired for {pairing.address}; {CONFIG} says {network or 'nothing'}, so it is not answered."
        yield Finding("laptop", State.LOOK, says, AGAIN)
    elif pairing.until - at < timedelta(days=14):
        yield Finding("laptop", State.LOOK, says, AGAIN)
    else:
        yield Finding("laptop", State.OK, says)


def _link(data: Path, config: UnitConfig) -> Iterator[Finding]:
    certificate = data / config.certificate if config.certificate else None
    with Link(config.server, certificate=certificate, timeout_s=3.0) as link:
        reply = link.get("/unit/v1/nonce")
    if reply.is_yes:
        yield Finding("office", State.OK, f"It answers at {config.server}.")
    else:
        yield Finding("office", State.LOOK, reply.sentence, "Nothing is lost meanwhile. Check network and address.")


def _speed(engine: str, timer: Callable[[], float]) -> Iterator[Finding]:
    recognizer, picture = Recognizer(open_engine(engine)), _drawn()
    recognizer.recognise(picture)  # the first is slower: it warms up
    began = timer()
    for _ in range(PICTURES):
        recognizer.recognise(picture)
    each_ms = round(1000 * (timer() - began) / PICTURES)
    height, width = picture.pixels.shape[:2]
    says = f"{each_ms} ms a picture of {width} x {height}, with “{engine}”."
    if each_ms > SLOW_MS:
        yield Finding("recognition", State.LOOK, says, "Is something else busy on this machine? An alert may take over a second.")
    else:
        yield Finding("recognition", State.OK, says)


def _drawn() -> Picture:
    """A street that was never there: dark, with one made-up plate."""
    canvas = Image.fromarray(np.full((720, 1280, 3), 70, np.uint8))
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((420, 250, 860, 560), fill=(40, 60, 110))
    pen.rectangle((560, 440, 720, 510), fill="white", outline="black", width=3)
    pen.text((575, 448), "PW 4270", fill="black", font=ImageFont.load_default(38))
    pixels = np.asarray(canvas)
    return Picture("drawn", pixels)


def _place(data: Path, config: UnitConfig) -> Iterator[Finding]:
    streets = Streets.load(data / config.streets) if config.streets else None
    if config.latitude is not None and config.longitude is not None:
        yield Finding("place", State.OK, f"Surveyed: {_where(config.latitude, config.longitude, streets)}.")
        return
    source = source_of(config.gps)
    if source is None:
        yield Finding(
            "place", State.LOOK, "No receiver and no surveyed place: reads say that there was no position.", f"Set gps in {CONFIG}."
        )
        return
    receiver, said = Receiver(machine_seconds), ""
    try:
        for number, line in enumerate(source.lines(threading.Event())):
            if receiver.hear(line) or number >= LINES_OF_A_RECEIVER:
                break
    except OSError as error:
        receiver.because = NoPlace.NO_ANSWER
        said = f" ({error.strerror or type(error).__name__})"
    if receiver.fix is None:
        yield Finding("place", State.LOOK, f"No fix: {receiver.because}{said}.", "Is the aerial under the sky, and gpsd running?")
    else:
        says = f"{_where(receiver.fix.lat, receiver.fix.lon, streets)}, within {receiver.fix.accuracy_m:.0f} m."
        yield Finding("place", State.OK, says)


def _where(lat: float, lon: float, streets: Streets | None) -> str:
    crossing = streets.crossing(lat, lon) if streets else None
    return f"{lat:.4f}, {lon:.4f}" + (f" ({crossing})" if crossing else "")
