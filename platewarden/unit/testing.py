"""For tests: an office on the loopback that speaks the office's side of the line, and can be told to misbehave.

It keeps what it receives in memory, by the rules of the real one: a unit must be approved, a sequence number is kept once,
the same number with another digest is tampered. `misbehave(path, what)` makes the next answer on a path something else.
"""

from __future__ import annotations

import random
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from platewarden.exchange import hotlist_edition
from platewarden.exchange.alert_outcome import AlertOutcome
from platewarden.exchange.contact import Contact, Orders, Withdrawn
from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.edition_delta import delta
from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.field_entry import FieldEntry
from platewarden.exchange.hold_notice import HoldNotice, Span
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry
from platewarden.exchange.journal_page import JournalPage
from platewarden.exchange.read_report import CarHit, NoPlace, Passing, ReadReport
from platewarden.exchange.receipt import Outcome, Receipt, ReceiptItem
from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.exchange.seal import SealingKey, SigningKey, fingerprint, key_id_of, open_message
from platewarden.exchange.shift_key import key_file_name, key_file_text
from platewarden.exchange.shift_secret import make_verifier
from platewarden.exchange.task_answer import TaskAnswer
from platewarden.exchange.task_sheet import CanvassTask, TaskSheet
from platewarden.exchange.tombstone import Tombstone
from platewarden.exchange.track_page import TrackPage
from platewarden.exchange.wire import Kind, encode_body, open_envelope
from platewarden.plate.match import Tier
from platewarden.policy.department import load_department
from platewarden.policy.refusal import PlatewardenError
from platewarden.unit.config import UnitConfig
from platewarden.unit.enrolment import SPOOL, Enrolment, enrol
from platewarden.unit.holds import Holds
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Draft, Spool
from platewarden.unit.tasks import Tasks
from platewarden.unit.transfer import Transfer

NAMES = UUID("8f4c2a1e-5a0f-4c53-9d7b-0d2f4d1c8f10")
NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)  # noon at the department
SECRET = "blue heron at dusk"  # made up
KEY = b"of sixteen bytes"  # on the member's stick

FIELD_KINDS: dict[Kind, type[AlertOutcome | FieldEntry | TaskAnswer | TrackPage]] = {
    each.kind: each for each in (AlertOutcome, FieldEntry, TaskAnswer, TrackPage)
}
Answer = tuple[int, bytes]


@lru_cache
def verifier() -> bytes:
    """Of `SECRET` with `KEY`; made once, for it is slow on purpose."""
    return make_verifier(SECRET, KEY)


def member(number: str = "4417", name: str = "Officer Ines Okafor", **changes: Any) -> RosterMember:
    row = {"duties": ("operator",), "trained_until": date(2026, 12, 31), "verifier": verifier(), **changes}
    return RosterMember(number=number, name=name, **row)


def plug_in(folder: Path, number: str = "4417") -> str:
    """A stick with this member's key, under `folder`; returns what `sticks` in unit.toml says of it."""
    (folder / "stick").mkdir(parents=True, exist_ok=True)
    (folder / "stick" / key_file_name(number)).write_text(key_file_text(number, KEY))
    return str(folder)


def deployment_order(**changes: Any) -> DeploymentOrder:
    row = {
        "number": 1,
        "unit_key_id": bytes(16),
        "member": "4417",
        "place": "Park Avenue at Sheridan Road",
        "purpose": "stolen-property",
        "reference": "26-004117",
        "ordered_by": "1001 Dana Whitfield",
        "ordered_on": date(2026, 3, 1),
        "review_on": date(2026, 3, 10),
        **changes,
    }
    return DeploymentOrder(**row)


def canvass_task(number: int = 1, **changes: Any) -> CanvassTask:
    row = {
        "incident": "26-004117",
        "what": "Robbery",
        "place": "Central Ave & Second St",
        "lat": 42.1817,
        "lon": -87.8003,
        "radius_m": 500,
        "corners": (),
        "instruction": "Red pickup, right headlight broken. Alleys and parking decks too.",
        "asked_by": "1077 Rosa Lind",
        "asked_at": NOON,
        "until": NOON + timedelta(hours=1),
        **changes,
    }
    return CanvassTask(number=number, **row)


def entry(text: str, state: str | None = "IL", **changes: Any) -> EditionEntry:
    row = {
        "is_pattern": "?" in text or "*" in text,
        "category": Category.STOLEN_VEHICLE,
        "approach": Approach.STOP,
        "caution": False,
        "urgent": False,
        "expires_at": None,
        **changes,
    }
    return EditionEntry(entry_id=uuid5(NAMES, f"{text} {state}"), text=text, state=state, **row)


class Office:
    """The office's side of the line, in memory. Start it with `serving()`."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOON) -> None:
        self.clock = clock
        self.key = SigningKey.generate()
        self.sealing = SealingKey.generate()
        self.approved: set[bytes] = set()
        self.refused: set[bytes] = set()
        self.publics: dict[bytes, bytes] = {}
        self.asked: list[str] = []
        self.contacts: list[Contact] = []
        self.received: list[tuple[str, int, bytes]] = []
        self.reports: dict[int, ReadReport] = {}
        self.pages: dict[int, JournalPage] = {}
        self.field: list[AlertOutcome | FieldEntry | TaskAnswer | TrackPage] = []
        self.digests: dict[tuple[str, int], bytes] = {}
        self.hotlist: bytes = b""
        self.hotlist_number = 0
        self.withdrawn: tuple[Withdrawn, ...] = ()
        self.changes: dict[int, bytes] = {}  # by the edition that they change into the newest
        self.roster: bytes = b""
        self.roster_number = 0
        self.tasks: bytes = b""
        self.task_number = 0
        self.holds: bytes = b""
        self.hold_number = 0
        self.approve_all = True
        self.retention_days = 30
        self.tombstones: dict[int, Tombstone] = {}
        self._nonces = 0
        self._odd: dict[str, list[Callable[[BaseHTTPRequestHandler, bytes], Answer | None]]] = {}
        self.server = ""

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key.public_bytes)

    def publish_hotlist(self, number: int, entries: Sequence[EditionEntry], *, key: SigningKey | None = None) -> bytes:
        before, number_before = self.hotlist, self.hotlist_number
        self.hotlist = hotlist_edition.build(number, self.clock() - timedelta(hours=1), entries, key or self.key)
        self.changes = {number_before: delta(before, self.hotlist)} if before else {}
        self.hotlist_number = number
        return self.hotlist

    def publish_roster(
        self, number: int, members: Sequence[RosterMember], *, key: SigningKey | None = None, **changes: Any
    ) -> bytes:
        row = {
            "made_at": self.clock(),
            "valid_until": self.clock() + timedelta(days=7),
            "policy_edition": 1,
            "policy": load_department().text,
            **changes,
        }
        self.roster = RosterEdition(number=number, members=tuple(members), **row).signed(key or self.key)
        self.roster_number = number
        return self.roster

    def publish_tasks(
        self, number: int, tasks: Sequence[CanvassTask], *, unit: bytes | None = None, key: SigningKey | None = None
    ) -> bytes:
        """The tasks of the one unit that is enrolled, or of another."""
        sheet = TaskSheet(unit or next(iter(self.approved)), number, self.clock(), tuple(tasks))
        self.tasks = sheet.signed(key or self.key)
        self.task_number = number
        return self.tasks

    def publish_holds(self, number: int, *spans: Span, unit: bytes | None = None, key: SigningKey | None = None) -> bytes:
        """What is held for the one unit that is enrolled, or for another."""
        notice = HoldNotice(unit or next(iter(self.approved)), number, self.clock(), spans)
        self.holds = notice.signed(key or self.key)
        self.hold_number = number
        return self.holds

    def misbehave(self, path: str, *answers: Callable[[BaseHTTPRequestHandler, bytes], Answer | None] | int) -> None:
        """Answer the next requests on `path` so. A status is answered as the office says no; None hangs up."""
        for each in answers:
            self._odd.setdefault(path, []).append(_says_no(each) if isinstance(each, int) else each)

    def answer(self, handler: BaseHTTPRequestHandler, path: str, body: bytes) -> Answer | None:
        self.asked.append(path)
        odd = self._odd.get(path)
        if odd:
            return odd.pop(0)(handler, body)
        try:
            return self._doors()[path](body)
        except PlatewardenError as error:
            return error.status if error.status != 500 else 422, no(error.message)

    def _doors(self) -> dict[str, Callable[[bytes], Answer]]:
        return {
            "/unit/v1/office": lambda _: (
                200,
                encode_body({"signing_public": self.key.public_bytes, "sealing_public": self.sealing.public_bytes}),
            ),
            "/unit/v1/enrol": self._enrol,
            "/unit/v1/nonce": lambda _: (200, encode_body({"nonce": self.nonce()})),
            "/unit/v1/contact": self._contact,
            "/unit/v1/hotlist": lambda body: self._known(body, Kind.CONTACT) or (200, self.hotlist),
            "/unit/v1/hotlist/changes": self._changed,
            "/unit/v1/roster": lambda body: self._known(body, Kind.CONTACT) or (200, self.roster),
            "/unit/v1/tasks": lambda body: self._known(body, Kind.CONTACT) or (200, self.tasks),
            "/unit/v1/holds": lambda body: self._known(body, Kind.CONTACT) or (200, self.holds),
            "/unit/v1/reports": lambda body: self._kept("read", body),
            "/unit/v1/journal": lambda body: self._kept("journal", body),
            "/unit/v1/tombstones": lambda body: self._kept("tombstone", body),
            "/unit/v1/field": self._kept_field,
        }

    def nonce(self) -> bytes:
        """A number that rises, as the office's nonces do; the newest is good for one contact."""
        self._nonces += 1
        return self._nonces.to_bytes(16, "big")

    def _enrol(self, body: bytes) -> Answer:
        asked = EnrolmentRequest.opened(body)
        key_id = key_id_of(asked.signing_public)
        self.publics[key_id] = asked.signing_public
        if key_id in self.refused:
            return 403, no("This unit was refused.", "supervisor-manages")
        if self.approve_all:
            self.approved.add(key_id)
        if key_id not in self.approved:
            return 202, b""
        grant = EnrolmentGrant(
            unit_id=uuid5(NAMES, asked.name),
            unit_key_id=key_id,
            unit_name=asked.name,
            office_signing_public=self.key.public_bytes,
            office_sealing_public=self.sealing.public_bytes,
            granted_at=self.clock(),
        )
        return 200, grant.signed(self.key)

    def _known(self, body: bytes, kind: Kind) -> Answer | None:
        key_id = open_message(body, kind, self.publics.get).key_id
        if key_id in self.approved:
            return None
        return 403, no("This unit was revoked on 2026-03-01.", "supervisor-manages")

    def _contact(self, body: bytes) -> Answer:
        refused = self._known(body, Kind.CONTACT)
        if refused:
            return refused
        contact = Contact.from_body(open_message(body, Kind.CONTACT, self.publics.get).body)
        if self.contacts and contact.office_nonce <= self.contacts[-1].office_nonce:
            return 409, no("This contact is not newer than the last one.")
        self.contacts.append(contact)
        orders = Orders(
            at=contact.at,
            nonce=contact.nonce,
            hotlist_edition=self.hotlist_number,
            roster_edition=self.roster_number,
            office_at=self.clock(),
            retention_days=self.retention_days,
            deadline_hours=24,
            task_sheet=self.task_number,
            hold_notice=self.hold_number,
            withdrawn=self.withdrawn,
        )
        return 200, orders.signed(self.key)

    def _changed(self, body: bytes) -> Answer:
        if refused := self._known(body, Kind.CONTACT):
            return refused
        contact = Contact.from_body(open_message(body, Kind.CONTACT, self.publics.get).body)
        step = self.changes.get(contact.hotlist_edition)
        return (200, encode_body({"steps": [step]})) if step else (404, no("What changed is not kept."))

    def _kept(self, stream: str, body: bytes) -> Answer:
        raw = self.sealing.unseal(body)
        kinds: dict[str, type[ReadReport | JournalPage | Tombstone]] = {
            "read": ReadReport,
            "journal": JournalPage,
            "tombstone": Tombstone,
        }
        said, opened = kinds[stream].verified(raw, self.publics.get)
        if opened.key_id not in self.approved:
            return 403, no("This unit was revoked on 2026-03-01.", "supervisor-manages")
        before = self.digests.get((stream, said.sequence))
        if before not in (None, opened.digest):
            return 422, no("This number came before with another digest.")
        outcome = Outcome.ALREADY_KEPT if before else Outcome.KEPT
        self.digests[stream, said.sequence] = opened.digest
        self.received.append((stream, said.sequence, opened.digest))
        if isinstance(said, ReadReport):
            if abs(said.captured_at - self.clock()) > timedelta(hours=12):
                outcome = Outcome.CLOCK
            self.reports[said.sequence] = said
        elif isinstance(said, Tombstone):
            self.tombstones[said.sequence] = said
        else:
            self.pages[said.sequence] = said
        return 200, self.receipt(opened.key_id, stream, said.sequence, opened.digest, outcome)

    def _kept_field(self, body: bytes) -> Answer:
        raw = self.sealing.unseal(body)
        kind = open_envelope(raw).kind
        opened = open_message(raw, kind, self.publics.get)
        said = FIELD_KINDS[kind].from_body(opened.body)
        if ("field", said.sequence) not in self.digests:
            self.field.append(said)
        self.digests["field", said.sequence] = opened.digest
        return 200, self.receipt(opened.key_id, "field", said.sequence, opened.digest)

    def receipt(self, unit: bytes, stream: str, sequence: int, same: bytes, outcome: Outcome = Outcome.KEPT) -> bytes:
        item = ReceiptItem(stream=stream, sequence=sequence, digest=same, outcome=outcome)
        return Receipt(unit_key_id=unit, items=(item,), received_at=self.clock()).signed(self.key)


def _says_no(status: int) -> Callable[[BaseHTTPRequestHandler, bytes], Answer | None]:
    return lambda _handler, _body: (status, no(f"The office says {status}."))


def no(sentence: str, clause: str | None = None) -> bytes:
    return encode_body({"error": sentence, "clause": clause})


class Ticker:
    """A clock that stands still until it is moved. `at` sets it, as a person might; `wait` lets true time pass."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.counted = 1000.0

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        """The machine's counter: only time that passes moves it."""
        return self.counted

    def wait(self, span: timedelta) -> None:
        self.at += span
        self.counted += span.total_seconds()


@dataclass
class Car:
    """Car 12, enrolled through the front door; its parts as a run puts them together."""

    data: Path
    office: Office
    clock: Ticker
    enrolment: Enrolment
    config: UnitConfig
    spool: Spool
    journal: Journal
    hotlist: Hotlist
    roster: Roster
    tasks: Tasks
    transfer: Transfer
    said: list[str]

    def keep_read(self, text: str = "7ABC123", *, hit: bool = False, captured_at: datetime | None = None) -> int:
        """A read in the spool, with no picture."""
        at = captured_at or self.clock()
        key = self.enrolment.key
        hits = (CarHit(uuid5(NAMES, text), Tier.FULL, ()),) if hit else ()

        def report(sequence: int) -> bytes:
            return read_report(key.key_id, sequence, text, at, hits).signed(key)

        return self.spool.keep([Draft("read", report, 0 if hit else 2)], at=at)[0]


def read_report(unit: bytes, sequence: int, text: str, at: datetime, hits: tuple[CarHit, ...] = ()) -> ReadReport:
    return ReadReport(
        unit_key_id=unit,
        sequence=sequence,
        captured_at=at,
        passing=Passing.at(at),
        camera="front",
        text=text,
        state=None,
        state_confidence=None,
        confidence=0.9,
        characters=(),
        candidates=(),
        corners=None,
        place=None,
        no_place=NoPlace.NO_RECEIVER,
        engine="painted",
        member="4417",
        shift_id=None,
        hotlist_edition=0,
        hits=hits,
        pictures=(),
    )


@contextmanager
def car_12(data: Path, office: Office, *, limit_bytes: int = 50_000_000) -> Iterator[Car]:
    """Car 12 of a serving office, enrolled."""
    clock = Ticker(office.clock())
    said: list[str] = []
    config = UnitConfig(name="car 12", server=office.server, office=office.fingerprint)
    with Link(office.server, timeout_s=2) as link:
        enrolment = enrol(data, config, link, clock=clock, pause=lambda _: None, tries=1, say=lambda _: None)
        with closing(Spool.open(data / SPOOL, seal=enrolment.seal, limit_bytes=limit_bytes)) as spool:
            journal = Journal(spool, enrolment.key)
            hotlist, roster = Hotlist(data, enrolment.find_key), Roster(data, enrolment.find_key)
            tasks = Tasks(data, enrolment.find_key, spool, enrolment.key)
            transfer = Transfer(
                link,
                enrolment,
                spool,
                journal,
                hotlist,
                roster,
                tasks,
                Holds(data, enrolment.find_key, enrolment.key.key_id),
                clock,
                random.Random(12),  # noqa: S311
                said.append,
                seconds=clock.seconds,
                run="test",
            )
            yield Car(data, office, clock, enrolment, config, spool, journal, hotlist, roster, tasks, transfer, said)


@contextmanager
def serving(office: Office, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The office's address, while it answers."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # one answer, one segment

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = office.answer(self, self.path, body)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        office.server = f"https://localhost:{server.server_port}" if tls else f"http://127.0.0.1:{server.server_port}"
        yield office.server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
