"""Messages of every kind, byte for byte: the contract between car and office.

`wire/<name>.bin` holds the bytes, `wire/<name>.json` the same message for people and for other programs. They are made from
fixed keys and fixed times; nothing in them is real. `python -m tests.vectors.make` writes what is not there yet.

A file that is there is never written again: bytes that change are another wire, and need another version byte. To make a
vector anew while nothing is in use yet, delete its files and say why in the commit.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from platewarden.exchange.alert_outcome import AlertOutcome, Disposed, Returned, Sighting
from platewarden.exchange.contact import ClockState, Contact, Orders, Withdrawn
from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.field_entry import FieldAct, FieldEntry
from platewarden.exchange.hold_notice import HoldNotice, Span
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry, build
from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.exchange.medium_manifest import MediumFile, MediumManifest
from platewarden.exchange.message import Message
from platewarden.exchange.read_report import Across, Along, CarHit, NoPlace, Passing, Picture, Place, ReadReport
from platewarden.exchange.receipt import Outcome, Receipt, ReceiptItem
from platewarden.exchange.roster_edition import Authorization, RosterEdition, RosterMember
from platewarden.exchange.seal import SealingKey, SigningKey, digest, seal_to
from platewarden.exchange.task_answer import Said, TaskAnswer
from platewarden.exchange.task_sheet import CanvassTask, TaskSheet
from platewarden.exchange.tombstone import Tombstone, Why
from platewarden.exchange.track_page import Spot, TrackPage
from platewarden.exchange.wire import Kind, decode_body, message_length, open_envelope
from platewarden.plate.match import Candidate, Doubt, Tier
from platewarden.policy.correction import Misread
from platewarden.policy.verification import Answered, EyeSaw, Ground, Verified
from platewarden.policy.verification import Outcome as CameOfIt

FOLDER = Path(__file__).parent / "wire"

UNIT = SigningKey.from_seed(bytes(range(32)))
OFFICE = SigningKey.from_seed(bytes(range(32, 64)))
OFFICE_SEALING = SealingKey.from_seed(bytes(range(64, 96)))
KEYS = {key.key_id: key.public_bytes for key in (UNIT, OFFICE)}

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LATER = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)
SHIFT = UUID("00000000-0000-4000-8000-000000000001")
ENTRIES = [UUID(f"00000000-0000-4000-8000-0000000001{number:02}") for number in range(10)]
SPOT = Spot(AT, 42.1817, -87.8003, 4.0)
VERIFIER = b"\x01" + bytes(range(16)) + bytes(range(32))
VERIFIER_WITH_KEY = b"\x02" + bytes(range(16)) + bytes(range(32))

REPORT = ReadReport(
    unit_key_id=UNIT.key_id,
    sequence=7,
    captured_at=AT,
    passing=Passing(AT - timedelta(seconds=1.5), AT + timedelta(seconds=0.5), Along.TOWARDS, Across.LEFT, 225.0),
    camera="front",
    text="A8C1234",
    state="IL",
    state_confidence=0.75,
    confidence=0.9375,
    characters=(0.99, 0.5, 0.98, 0.97, 0.96, 0.95, 1.0),
    candidates=(Candidate("ABC1234", 0.4375),),
    corners=((10.0, 20.5), (110.0, 21.0), (110.0, 71.0), (10.0, 70.5)),
    place=Place(
        lat=42.1817, lon=-87.8003, accuracy_m=3.5, heading_deg=270.0, fix_age_s=0.25, crossing="Central Ave & Green Bay Rd"
    ),
    no_place=None,
    engine="rapidocr",
    member="117",
    shift_id=SHIFT,
    hotlist_edition=3,
    hits=(CarHit(ENTRIES[0], Tier.POSSIBLE, (Doubt.CONFUSABLE, Doubt.STATE_NOT_LISTED)),),
    pictures=(
        Picture("overview", "image/jpeg", b"\xff\xd8 an overview \xff\xd9"),
        Picture("plate", "image/jpeg", b"\xff\xd8 a plate \xff\xd9"),
    ),
)

MESSAGES: dict[str, tuple[Message, SigningKey]] = {
    "read_report": (REPORT, UNIT),
    "read_report-bare": (
        ReadReport(
            unit_key_id=UNIT.key_id,
            sequence=1,
            captured_at=AT,
            passing=Passing.at(AT),
            camera="rear",
            text="7",
            state=None,
            state_confidence=None,
            confidence=0.0,
            characters=(),
            candidates=(),
            corners=None,
            place=None,
            no_place=NoPlace.FEW_SATELLITES,
            engine="rapidocr",
            member=None,
            shift_id=None,
            hotlist_edition=0,
            hits=(),
            pictures=(),
        ),
        UNIT,
    ),
    "journal_page": (
        JournalPage(
            UNIT.key_id,
            2,
            (
                JournalLine(AT, "117", "shift.sign_on", SHIFT, "routine-patrol", "2A-1123"),
                JournalLine(AT, "117", "alert.shown", ENTRIES[0]),
                JournalLine(AT, "117", "alert.acknowledged", ENTRIES[0]),
                JournalLine(LATER, None, "shift.refused", None),
                JournalLine(LATER, "117", "shift.sign_off", SHIFT),
            ),
        ),
        UNIT,
    ),
    "receipt": (
        Receipt(
            UNIT.key_id,
            (
                ReceiptItem("read", 7, digest(REPORT.signed(UNIT)), Outcome.KEPT),
                ReceiptItem("read", 8, bytes(32), Outcome.ALREADY_KEPT),
                ReceiptItem("read", 9, bytes(32), Outcome.EXPIRED),
                ReceiptItem("read", 10, bytes(32), Outcome.CLOCK),
                ReceiptItem("journal", 2, bytes(32), Outcome.KEPT),
            ),
            LATER,
        ),
        OFFICE,
    ),
    "roster_edition": (
        RosterEdition(
            number=4,
            made_at=AT,
            valid_until=LATER,
            policy_edition=1,
            policy="[department]\nname = 'made up'\n",
            members=(
                RosterMember(
                    "117",
                    "Pat Operator",
                    ("operator",),
                    date(2026, 12, 31),
                    VERIFIER,
                    (Authorization("State gang file", date(2026, 6, 30)),),
                ),
                RosterMember("204", "Sam Untrained", (), None, VERIFIER_WITH_KEY),
            ),
            orders=(
                DeploymentOrder(
                    number=9,
                    unit_key_id=UNIT.key_id,
                    member="117",
                    place="Park Avenue at Sheridan Road",
                    purpose="stolen-property",
                    reference="26-004117",
                    ordered_by="1001 Dana Whitfield",
                    ordered_on=date(2026, 1, 2),
                    review_on=date(2026, 2, 1),
                ),
            ),
        ),
        OFFICE,
    ),
    "enrolment_request": (EnrolmentRequest("car 12", UNIT.public_bytes, AT), UNIT),
    "enrolment_grant": (
        EnrolmentGrant(UUID(int=12), UNIT.key_id, "car 12", OFFICE.public_bytes, OFFICE_SEALING.public_bytes, LATER),
        OFFICE,
    ),
    "contact": (Contact(UNIT.key_id, AT, bytes(range(16)), 3, 4, 5, 7, bytes(range(24)), 2, AT, ClockState.OFFICE, 6, SPOT), UNIT),
    "orders": (
        Orders(AT, bytes(range(16)), 4, 4, LATER, 30, 24, 6, 8, (Withdrawn(UUID(int=13), UUID(int=14), AT, Misread.CHARACTERS),)),
        OFFICE,
    ),
    "hold_notice": (HoldNotice(UNIT.key_id, 8, AT, (Span(AT, LATER, LATER + timedelta(days=60)),)), OFFICE),
    "task_sheet": (
        TaskSheet(
            UNIT.key_id,
            6,
            AT,
            (
                CanvassTask(
                    number=12,
                    incident="26-004117",
                    what="Robbery",
                    place="Central Ave & Second St",
                    lat=42.1817,
                    lon=-87.8003,
                    radius_m=500,
                    corners=((-87.81, 42.17), (-87.79, 42.17), (-87.8, 42.19)),
                    instruction="Alleys and the parking decks too",
                    asked_by="1077 Rosa Lind",
                    asked_at=AT,
                    until=LATER,
                ),
            ),
        ),
        OFFICE,
    ),
    "task_answer-accepted": (TaskAnswer(UNIT.key_id, 4, 12, Said.ACCEPTED, "", SHIFT, "117", AT), UNIT),
    "task_answer-cannot": (TaskAnswer(UNIT.key_id, 5, 12, Said.CANNOT, "On another call", SHIFT, "117", LATER), UNIT),
    "track_page": (TrackPage(UNIT.key_id, 6, 12, (SPOT, Spot(LATER, 42.1819, -87.8005, 5.0))), UNIT),
    "medium_manifest": (
        MediumManifest(
            UNIT.key_id,
            OFFICE.key_id,
            3,
            AT,
            (MediumFile("read", 7, bytes(32), 1234, bytes(32)), MediumFile("tombstone", 1, bytes(32), 99, bytes(32))),
        ),
        UNIT,
    ),
    "tombstone": (
        Tombstone(UNIT.key_id, 1, "read", date(2025, 11, 30), ((1, 4), (9, 9)), AT, 30, ClockState.OFFICE, Why.RETENTION),
        UNIT,
    ),
    "alert_outcome-returned": (
        AlertOutcome(
            unit_key_id=UNIT.key_id,
            sequence=1,
            sightings=(Sighting("front", AT), Sighting("rear", AT + timedelta(seconds=90))),
            entry_id=ENTRIES[0],
            shift_id=SHIFT,
            member="117",
            at=LATER,
            returned=Returned(
                Verified(EyeSaw.SAME, EyeSaw.SAME, EyeSaw.CANNOT_TELL, Answered.CONFIRMS), "radio", "active, stolen, 10-99", LATER
            ),
            disposed=None,
        ),
        UNIT,
    ),
    "alert_outcome-disposed": (
        AlertOutcome(
            unit_key_id=UNIT.key_id,
            sequence=2,
            sightings=(Sighting("front", AT),),
            entry_id=ENTRIES[0],
            shift_id=SHIFT,
            member="117",
            at=LATER,
            returned=None,
            disposed=Disposed(CameOfIt.STOP, Ground.VERIFIED, ""),
        ),
        UNIT,
    ),
    "field_entry-query": (
        FieldEntry(
            unit_key_id=UNIT.key_id,
            sequence=3,
            entry_id=ENTRIES[8],
            act=FieldAct.QUERY,
            text="ABC1234",
            state=None,
            category=None,
            reason="",
            found=1,
            purpose="routine-patrol",
            reference="2A-1123",
            shift_id=SHIFT,
            member="117",
            at=LATER,
        ),
        UNIT,
    ),
    "field_entry-voice": (
        FieldEntry(
            unit_key_id=UNIT.key_id,
            sequence=4,
            entry_id=ENTRIES[9],
            act=FieldAct.VOICE,
            text="AB?1234",
            state="IL",
            category=Category.WANTED_VEHICLE,
            reason="armed robbery, Central Avenue",
            found=0,
            purpose="routine-patrol",
            reference="",
            shift_id=SHIFT,
            member="117",
            at=LATER,
        ),
        UNIT,
    ),
}


def _entry(number: int, text: str, state: str | None, **more: Any) -> EditionEntry:
    plain: dict[str, Any] = {
        "is_pattern": False,
        "category": Category.STOLEN_VEHICLE,
        "approach": Approach.STOP,
        "caution": False,
        "urgent": False,
        "expires_at": None,
    }
    return EditionEntry(entry_id=ENTRIES[number], text=text, state=state, **(plain | more))


EDITION_ENTRIES = [
    _entry(0, "ABC1234", None),
    _entry(1, "A8C1234", "IL", category=Category.WANTED_VEHICLE, caution=True, urgent=True, expires_at=LATER),
    _entry(2, "7", "WI", category=Category.STOLEN_PLATE, approach=Approach.NOTIFY),
    _entry(3, "ZZ99ZZ", "MX", category=Category.ELECTRONIC_SURVEILLANCE, approach=Approach.SILENT, confidential="State gang file"),
    _entry(4, "QQQQQQQQQQQQ", "ON", category=Category.MISSING_PERSON, approach=Approach.DO_NOT_STOP, urgent=True),
    _entry(5, "?7B?4*", "IL", is_pattern=True, category=Category.SUSPECT_INTERDICTION, expires_at=LATER),
    _entry(6, "*A*B*C*D*E*F*G*H*I*J*K*L*", None, is_pattern=True, category=Category.STOLEN_PROPERTY),
]
EDITION = build(3, AT, EDITION_ENTRIES, OFFICE)


def vectors() -> dict[str, bytes]:
    """Every message that is the same each time it is made, by name. A sealed one is not: it stands as it was first made."""
    return {**{name: message.signed(key) for name, (message, key) in MESSAGES.items()}, "hotlist_edition": EDITION}


def in_words(raw: bytes) -> dict[str, Any]:
    """A message for people: bytes as hex, everything else as it is."""
    envelope = open_envelope(raw[: message_length(raw)])
    words = {
        "kind": envelope.kind.words,
        "key_id": envelope.key_id.hex(),
        "signature": envelope.signature.hex(),
        "sha256": digest(raw).hex(),
        "body": _plain(decode_body(envelope.body)),
    }
    if behind := raw[message_length(raw) :]:
        words["records" if envelope.kind is Kind.HOTLIST_EDITION else "pictures"] = behind.hex()
    return words


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    made = {**vectors(), "sealed_read_report": seal_to(OFFICE_SEALING.public_bytes, REPORT.signed(UNIT))}
    for name, raw in made.items():
        path = FOLDER / f"{name}.bin"
        if path.exists():
            print(f"{path.name}: is there, left as it is")
            continue
        path.write_bytes(raw)
        if name in vectors():
            path.with_suffix(".json").write_text(json.dumps(in_words(raw), indent=1) + "\n", "utf-8")
        print(f"{path.name}: written, {len(raw)} bytes")


if __name__ == "__main__":
    main()
