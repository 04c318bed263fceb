"""A read's whole life, told on this machine: setup, enrolment, a BOLO of two members, a shift, hits, alerts, a refusal,
verification, disposition, a search, and the ledger checked at the end. Nothing is pretended: what is counted is asked of the
database, the unit and the pages; what did not happen counts nought.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from platewarden.demo import cast
from platewarden.demo.cast import Player
from platewarden.demo.scenes import write_scenes
from platewarden.demo.visitor import Console, NotAsTold, Visitor, refusal_of
from platewarden.exchange.shift_key import key_file_name
from platewarden.policy.department import load_department
from platewarden.policy.refusal import PlatewardenError, Unavailable
from platewarden.recognition.picture import SUFFIXES, NotAPicture, look_at
from platewarden.recognition.recognizer import Recognizer
from platewarden.recognition.result import Reading
from platewarden.server.config import ServerConfig, socket_folder
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.setup import set_up
from platewarden.server.serve import serving
from platewarden.unit.config import load_config, write_config

SHIFT = "2A-1123"
CASE = "26-004117"
STANDS_AT = (42.1817, -87.8003)
SCENES = 12
TRIED_FIRST = 25
LOOKED_FOR_EVERY = 6  # with a person watching, every sixth car is the one on the list
Say = Callable[[str, str], None]
T = TypeVar("T")


@dataclass
class Told:
    """What happened, in figures. `demo --once --json` prints it."""

    photos: int = 0
    readings: int = 0
    reads_stored: int = 0
    reads_receipted: int = 0
    hits: int = 0
    alerts_shown: int = 0
    verifications: int = 0
    dispositions: int = 0
    refusals: int = 0
    ledger_verified: bool = False
    clauses_kept: int = 0
    clauses_broken: int = 0
    seconds: float = 0.0
    photos_without_plate: int = 0
    photos_unreadable: int = 0
    photos_not_pictures: int = 0
    searches: int = 0
    ledger_leaves: int = 0
    what_went_wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Did the whole story happen?"""
        every = self.photos > 0 and self.readings > 0 and self.hits > 0 and self.alerts_shown > 0
        acted = self.verifications > 0 and self.dispositions > 0 and self.refusals > 0 and self.searches > 0
        kept = self.reads_stored == self.reads_receipted == self.readings
        return every and acted and kept and self.ledger_verified and not self.what_went_wrong

    def as_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Stage:
    """Everything that runs: the server, the cast, where the pictures are, and the plate that is looked for."""

    config: ServerConfig
    players: dict[str, Player]
    photos: Path
    folder: Path
    wanted: str
    wanted_photo: Path


@dataclass(frozen=True)
class Department:
    """A department that was set up in a folder and is not open: its cast, the pictures, and the plate that is looked for."""

    folder: Path
    players: dict[str, Player]
    photos: Path
    wanted: str
    wanted_photo: Path

    @property
    def office(self) -> Path:
        return self.folder / "office"


@contextmanager
def stage(photos: Path | None, say: Say, *, for_people: bool = False) -> Iterator[Stage]:
    """A department set up from nothing in a folder of its own, serving; gone afterwards."""
    with own_folder() as folder, opened(set_up_department(folder, photos, say), say, for_people=for_people) as at:
        yield at


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for a department, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pw-demo-", dir="/tmp"))
    try:
        folder.chmod(0o711)  # the database's own user passes through; every folder inside is closed to others
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def set_up_department(folder: Path, photos: Path | None, say: Say) -> Department:
    """Pictures, database, keys and cast, in this folder."""
    pictures = _pictures(photos, folder, say)
    wanted, wanted_photo = _one_plate(pictures, say)
    data = folder / "office"
    data.mkdir(mode=0o700)
    ServiceUser.find(may_create=True, say=lambda line: say("database/embedded.py", line)).claim(data)
    server = EmbeddedServer(data, may_create_user=True, say=lambda line: say("database/embedded.py", line))
    with server.running():
        say("database/embedded.py", "PostgreSQL 18 runs on a private socket, for this demo only.")
        config = set_up(data, server=server, say=lambda line: say("database/setup.py", line))
        say("database/setup.py", "Six roles, two schemas, every key made here; the application's role has no right on plates.")
        players = _cast(config)
        say("people/first_setup.py", f"{len(players)} members, each with a password and a second factor made just now.")
    return Department(folder, players, pictures, wanted, wanted_photo)


@contextmanager
def opened(department: Department, say: Say, *, for_people: bool = False) -> Iterator[Stage]:
    """The department's pages, its door and its worker, until the block ends."""
    web, intake = _free_port(8427 if for_people else 0), _free_port(8428 if for_people else 0)
    config = ServerConfig.load(department.office)
    config = replace(
        config,
        database=replace(config.database, host=str(socket_folder(department.office))),
        web_port=web,
        intake_port=intake,
        public_origin=f"http://localhost:{web}",
    )
    config.save()
    with (
        EmbeddedServer(department.office, may_create_user=True, say=lambda line: say("database/embedded.py", line)).running(),
        serving(config),
    ):
        say("serve.py", f"Pages at {config.public_origin}; the unit's door on port {intake}; the worker seals the ledger.")
        yield Stage(config, department.players, department.photos, department.folder, department.wanted, department.wanted_photo)


def _pictures(photos: Path | None, folder: Path, say: Say) -> Path:
    if photos is not None:
        if not photos.is_dir() or not any(each.suffix.lower() in SUFFIXES for each in photos.iterdir()):
            raise Unavailable(f"There are no pictures in {photos}. Give a folder of photographs, or none to have scenes drawn.")
        return photos
    scenes = folder / "scenes"
    scenes.mkdir()
    chance = random.Random(427)  # noqa: S311  the same scenes each time
    letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
    plates = [
        (
            "".join(chance.choices(letters, k=2)) + "".join(chance.choices(digits, k=5)),
            chance.choice(("IL", "IL", "WI", "IN", None)),
        )
        for _ in range(SCENES)
    ]
    write_scenes(scenes, plates, seed=427)
    say("demo/scenes.py", f"{SCENES} street scenes drawn with made-up plates.")
    return scenes


def _one_plate(pictures: Path, say: Say) -> tuple[str, Path]:
    """The text of one plate, and its picture, that the engine reads with confidence: it goes on the list, so that something is found."""
    recognizer = Recognizer()
    best: Reading | None = None
    found = pictures
    for path in sorted(each for each in pictures.iterdir() if each.suffix.lower() in SUFFIXES)[:TRIED_FIRST]:
        picture = look_at(path)
        if isinstance(picture, NotAPicture):
            continue
        for reading in recognizer.recognise(picture):
            if isinstance(reading, Reading) and (best is None or reading.confidence > best.confidence):
                best, found = reading, path
        if best is not None and best.confidence > 0.9:
            break
    if best is None:
        raise Unavailable(f"No plate can be read in the first {TRIED_FIRST} pictures of {pictures}. Give photographs with plates.")
    say(
        "recognition/recognizer.py",
        "One picture was read beforehand. Its plate is put on the list, so that there is something to find.",
    )
    return best.text, found


def _cast(config: ServerConfig) -> dict[str, Player]:
    environment = {
        **os.environ,
        "PLATEWARDEN_DATA": str(config.data),
        "PLATEWARDEN_PROCESS": "owner",
        "DJANGO_SETTINGS_MODULE": "platewarden.server.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.demo.cast"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unavailable(f"The cast could not be taken on: {done.stderr.strip().splitlines()[-1]}")
    return {row["number"]: Player(**{**row, "duties": tuple(row["duties"])}) for row in json.loads(done.stdout)}


def _free_port(wished: int) -> int:
    for port in (wished, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unavailable("No port is free on this machine.")


# What the office does before the shift


def prepare_office(at: Stage, supervisor: Visitor, designee: Visitor, investigator: Visitor, say: Say) -> Path:
    """A list, a BOLO by two members, a unit enrolled by fingerprint. Returns the unit's folder, ready for a shift."""
    unit = at.folder / "car-12"
    with _enrolling(at, supervisor, unit, say):
        supervisor.must_move(
            supervisor.send("/lists/load/", source=cast.LIST_SOURCE, upload=("stolen.csv", _made_up_list())),
            "loading a list",
        )
        say("hotlists/load.py", "A list of 40 made-up plates is loaded whole and in force.")
        ends = datetime.now(load_department().time_zone).date() + timedelta(days=7)
        investigator.state_purpose("criminal-investigation", CASE)
        investigator.must_move(
            investigator.send(
                "/lists/bolos/new/",
                plate=at.wanted,
                state="unknown",
                category="wanted_vehicle",
                reference=CASE,
                reason="Vehicle seen leaving a burglary; driver to be identified.",
                approach="stop",
                urgent="on",
                expires_on=ends.isoformat(),
            ),
            "entering a BOLO",
        )
        say(
            "hotlists/bolo.py",
            f"{investigator.player.name} enters a BOLO for the plate read beforehand; it waits for a second member.",
        )
        designee.state_purpose("criminal-investigation", CASE)
        entry = re.search(r"/lists/bolos/([0-9a-f-]{36})/approve/", designee.page("/lists/bolos/"))
        if not entry:
            raise NotAsTold("The BOLO does not wait for the second member.")
        designee.must_move(designee.send(f"/lists/bolos/{entry.group(1)}/approve/"), "approving the BOLO")
        say("hotlists/bolo.py", f"{designee.player.name} approves it: now it is in force.")
    latitude, longitude = STANDS_AT  # there is no satellite receiver: the car stands where a fixed post would
    write_config(unit, replace(load_config(unit), latitude=latitude, longitude=longitude))
    say("unit/place.py", "Car 12 stands at a made-up place, so that the reads can be found around an incident.")
    return unit


def _made_up_list() -> bytes:
    chance = random.Random(1)  # noqa: S311
    rows = {f"{''.join(chance.choices('ABCDEFGHJKLMNP', k=3))}{chance.randrange(1000, 9999)}" for _ in range(40)}
    lines = [
        "plate,state,category,reference",
        *(f"{plate},IL,stolen_vehicle,SV-{number:05}" for number, plate in enumerate(sorted(rows))),
    ]
    return "\n".join(lines).encode()


@contextmanager
def _enrolling(at: Stage, supervisor: Visitor, unit: Path, say: Say) -> Iterator[None]:
    """Runs `platewarden unit enrol` beside the block, approves it as the supervisor would, and waits for its end."""
    units = supervisor.page("/units/")
    office = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b", units)
    if not office:
        raise NotAsTold("The units page does not show the office's fingerprint.")
    door = f"http://localhost:{at.config.intake_port}"
    asking = _platewarden(
        "unit",
        "enrol",
        "--data",
        str(unit),
        "--server",
        door,
        "--name",
        "Car 12",
        "--office",
        office.group(0),
        "--wait",
        "60",
        "--json",
    )
    try:
        ask = _wait_for(lambda: re.search(r"/units/requests/(\d+)/approve/", supervisor.page("/units/")), "the unit's request")
        say("unit/enrolment.py", "Car 12 made its own key and asks to be enrolled; it checked the office's fingerprint.")
        supervisor.must_move(supervisor.send(f"/units/requests/{ask.group(1)}/approve/"), "approving the unit")
        say("equipment/enrol.py", f"{supervisor.player.name} compared the fingerprint and approved it.")
        yield
        _, words = asking.communicate(timeout=60)
        if asking.returncode != 0:
            raise NotAsTold(f"The unit was not enrolled: {words.strip().splitlines()[-1] if words.strip() else 'no reason given'}")
    finally:
        if asking.poll() is None:
            asking.kill()
            asking.wait()


def _platewarden(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "platewarden", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def _wait_for(look: Callable[[], T | None], what: str, at_most_s: float = 60.0) -> T:
    patience = time.monotonic() + at_most_s
    while (found := look()) is None:
        if time.monotonic() > patience:
            raise NotAsTold(f"Waited {at_most_s:.0f} seconds for {what}.")
        time.sleep(0.3)
    return found


def edition_is_out(visitor: Visitor) -> bool | None:
    """True once an edition with the BOLO stands on the lists page."""
    return None if "A new edition is being made" in visitor.page("/lists/") else True


# The shift


def shift_command(at: Stage, unit: Path, source: Path, *extra: str) -> list[str]:
    """The command line of Rosa Vega's shift in car 12. Her shift secret goes by a file of hers, its key by her stick."""
    secret = at.folder / "shift-secret"
    secret.touch(mode=0o600)
    secret.write_text(at.players[cast.OPERATOR].shift_secret)
    stick = at.folder / "sticks" / "vega"
    stick.mkdir(parents=True, exist_ok=True)
    (stick / key_file_name(cast.OPERATOR)).write_text(at.players[cast.OPERATOR].key_file)
    return [
        "unit", "run", "--data", str(unit), "--source", str(source), "--member", cast.OPERATOR, "--purpose", "routine-patrol",
        "--reference", SHIFT, "--secret-file", str(secret), "--sticks", str(stick.parent), "--json", *extra,
    ]  # fmt: skip


def drive_once(at: Stage, unit: Path, told: Told, say: Say) -> None:
    """One shift over every picture, until the spool is empty."""
    say(
        "unit/shift.py",
        f"{at.players[cast.OPERATOR].name} signs on to car 12 with number, shift secret and stick, checked without a network.",
    )
    with _platewarden(*shift_command(at, unit, at.photos, "--once")) as driving:
        progress = threading.Thread(target=_count_lines, args=(driving, say), daemon=True)
        progress.start()
        assert driving.stdout is not None
        out = driving.stdout.read()
        driving.wait()
        progress.join()
    if driving.returncode != 0 or not out.strip():
        raise NotAsTold(f"The shift ended with status {driving.returncode}.")
    counted = json.loads(out.strip().splitlines()[-1])
    told.photos = counted["photos"]
    told.readings = counted["readings"]
    told.reads_receipted = counted["receipted"]
    told.photos_without_plate, told.photos_unreadable = counted["empty"], counted["unreadable"]
    told.photos_not_pictures = counted["bad_pictures"]
    say(
        "unit/watch.py",
        f"{told.photos} pictures, {told.readings} readings; the office receipted {told.reads_receipted}; the car forgot them.",
    )


def _count_lines(driving: subprocess.Popen[str], say: Say) -> None:
    assert driving.stderr is not None
    for line in driving.stderr:
        if '"alert"' in line or "verify before" in line.lower():
            say("unit/alarm.py", "Alert in the car: verify before acting.")


# What the members do with the alert


def act_on_alert(number: int, operator: Visitor, told: Told, say: Say) -> None:
    """Tries to close it as a stop at once (refused), then acknowledges, verifies and closes it."""
    operator.state_purpose("routine-patrol", SHIFT)
    operator.must_move(operator.send(f"/alerts/{number}/acknowledge/"), "acknowledging")
    too_soon = operator.send(f"/alerts/{number}/dispose/", outcome="stop made", ground="verified", because="")
    if refusal := refusal_of(too_soon):
        told.refusals += 1
        say("alerts/rules.py", f"“Stop made” at once is refused under {refusal[0]}: {refusal[1]}")
    here = datetime.now(load_department().time_zone).strftime("%H:%M")
    operator.must_move(
        operator.send(
            f"/alerts/{number}/verify/",
            characters="same",
            state="same",
            vehicle="same",
            source="LEADS",
            reference="DEMO-0001",
            answer="confirms",
            returned_at=here,
            note="",
        ),
        "verifying",
    )
    say(
        "alerts/verify.py",
        "Characters, state and vehicle compared by eye; the typed return confirms plate, state and an active entry.",
    )
    operator.must_move(
        operator.send(f"/alerts/{number}/dispose/", outcome="stop made", ground="verified", because=""), "closing the alert"
    )
    say("alerts/dispose.py", "Now “stop made” is taken.")


def untrained_is_refused(untrained: Visitor, told: Told, say: Say) -> None:
    untrained.sign_in()
    if refusal := refusal_of(untrained.look("/reads/search/")):
        told.refusals += 1
        say("people/training.py", f"{untrained.player.name} signs in without training: refused under {refusal[0]}: {refusal[1]}")


def search(at: Stage, operator: Visitor, told: Told, say: Say) -> None:
    operator.state_purpose("criminal-investigation", CASE)
    answer = operator.send("/reads/search/", plate=at.wanted, span="all")
    if answer.status_code == 200 and "/reads/" in answer.text and "data:image/jpeg" in answer.text:
        told.searches += 1
        say(
            "reads/search.py",
            f"{operator.player.name} states a purpose with a case number and finds the plate's reads, with pictures.",
        )


# What is asked at the end


def count_facts(at: Stage, told: Told) -> None:
    """Counts in the database, as its owner: numbers only."""
    with psycopg.connect(at.config.conninfo("owner"), autocommit=True) as owner:
        for name, what in (
            ("reads_stored", "plates.reads"),
            ("hits", "plates.hit"),
            ("verifications", "office.alerts_verification"),
            ("dispositions", "office.alerts_disposition"),
        ):
            row = owner.execute(f"select count(*) from {what}").fetchone()  # noqa: S608  names of this list
            assert row is not None
            setattr(told, name, row[0])


def verify_ledger(at: Stage, told: Told, say: Say) -> None:
    """`platewarden ledger verify`, as anyone at the office would run it."""
    time.sleep(1.5)  # the worker seals what came last
    asked = _platewarden("ledger", "verify", "--data", str(at.config.data), "--json")
    out, words = asked.communicate(timeout=120)
    try:
        found: dict[str, Any] = json.loads(out)
    except ValueError:
        told.what_went_wrong.append(words.strip()[-300:])
        return
    told.ledger_verified = bool(found["holds"]) and asked.returncode == 0
    told.ledger_leaves = found["leaves"]
    told.what_went_wrong += found["wrong"]
    say("ledger/chain.py", f"{found['leaves']} ledger lines under {found['checkpoints']} signed checkpoints: the ledger holds.")


def check_policy(at: Stage, told: Told, say: Say) -> None:
    """`platewarden check`, as the supervisor would have it run."""
    asked = _platewarden("check", "--data", str(at.config.data), "--json")
    out, words = asked.communicate(timeout=120)
    try:
        found: dict[str, Any] = json.loads(out)
    except ValueError:
        told.what_went_wrong.append(words.strip()[-300:])
        return
    counts = found["counts"]
    told.clauses_kept, told.clauses_broken = counts["kept"], counts["broken"]
    for each in found["clauses"]:
        told.what_went_wrong += [f"{each['clause']}: {row['records'][0]}" for row in each["rows"] if row["wrong"]]
    say(
        "proof/check.py",
        f"{len(found['clauses'])} clauses of the policy: {counts['kept']} kept, {counts['broken']} broken, {counts['no data']} without data yet.",
    )


def tell_once(photos: Path | None, say: Say) -> Told:
    """The whole story without a person."""
    began, told = time.monotonic(), Told()
    try:
        with stage(photos, say) as at, ExitStack() as last:
            people = {number: last.enter_context(Visitor(at.config.public_origin, player)) for number, player in at.players.items()}
            for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.DISPATCHER, cast.OPERATOR, cast.INVESTIGATOR):
                people[number].sign_in()
            say("access/login.py", "Five members sign in with password and second factor.")
            unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], say)
            _wait_for(lambda: edition_is_out(people[cast.SUPERVISOR]), "the hotlist edition")
            say("hotlists/publish.py", "The worker made a signed edition; the car fetches it at its next contact.")
            people[cast.DISPATCHER].state_purpose("routine-patrol", SHIFT)
            console = Console(people[cast.DISPATCHER])
            console.start()
            drive_once(at, unit, told, say)
            _wait_for(lambda: console.shown or None, "an alert on the console")
            say("alerts/stream.py", f"{people[cast.DISPATCHER].player.name}'s console showed {len(console.shown)} live alert(s).")
            act_on_alert(console.shown[0], people[cast.OPERATOR], told, say)
            untrained_is_refused(people[cast.UNTRAINED], told, say)
            search(at, people[cast.OPERATOR], told, say)
            console.stop()
            count_facts(at, told)
            told.alerts_shown = len(console.shown)
            verify_ledger(at, told, say)
            check_policy(at, told, say)
    except PlatewardenError as error:
        told.what_went_wrong.append(error.message)
    told.seconds = round(time.monotonic() - began, 1)
    return told


# With a person


def tell_live(
    photos: Path | None, say: Say, show: Callable[[Stage], None], *, stopped: Callable[[], bool], every_s: float = 4.0
) -> None:
    """Sets everything up, shows where to look, and lets car 12 drive past the pictures again and again until told to stop."""
    with stage(photos, say, for_people=True) as at, ExitStack() as last:
        people = {number: last.enter_context(Visitor(at.config.public_origin, at.players[number])) for number in at.players}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], say)
        _wait_for(lambda: edition_is_out(people[cast.SUPERVISOR]), "the hotlist edition")
        show(at)
        street = at.folder / "street"
        street.mkdir()
        port = _free_port(8430)
        driving = _platewarden(*shift_command(at, unit, street, "--screen", str(port)))
        secret = at.players[cast.OPERATOR].shift_secret
        say("unit/screen/app.py", f"The car's own screen: http://127.0.0.1:{port}, unlocked with the shift secret “{secret}”.")
        last.callback(_end, driving)
        threading.Thread(target=_count_lines, args=(driving, say), daemon=True).start()
        _drive_past(at, street, driving, stopped, every_s)


def _drive_past(at: Stage, street: Path, driving: subprocess.Popen[str], stopped: Callable[[], bool], every_s: float) -> None:
    """Puts the next picture on the street every few seconds, as a camera would; takes the older ones away."""
    pictures = sorted(each for each in at.photos.iterdir() if each.suffix.lower() in SUFFIXES)
    passed = 0
    while not stopped():
        if driving.poll() is not None:
            raise NotAsTold(f"The shift ended with status {driving.returncode}.")
        picture = at.wanted_photo if passed % LOOKED_FOR_EVERY == 0 else pictures[passed % len(pictures)]
        passed += 1
        draft = street / f"{passed:06}.part"
        shutil.copyfile(picture, draft)
        draft.rename(street / f"{passed:06}{picture.suffix.lower()}")
        for old in sorted(street.iterdir())[:-20]:
            old.unlink()
        time.sleep(every_s)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
