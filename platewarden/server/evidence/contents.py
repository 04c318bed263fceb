"""What lies in a package: each read as it is kept, the car's signed words, its pictures, who looked at it, and the lines of the ledger that
say so, each with its proof. Everything a stranger needs to check it, but for the office's key.

Returns from official databases, and what the lists say of a plate, are not in it: they have rules of their own.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.db import connection
from django.template import engines
from django.utils import timezone

from platewarden.policy.correction import Misread
from platewarden.server.equipment.models import Unit
from platewarden.server.evidence.bag import Bag
from platewarden.server.evidence.models import Package
from platewarden.server.evidence.papers import summary_pdf
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import verifier
from platewarden.server.ledger.proof import Proofs
from platewarden.server.people.editions import department
from platewarden.server.reads.images import NotThere, find_picture
from platewarden.server.reads.search import corrected_to
from platewarden.server.reads.spreadsheet import as_csv

# What members look at in cars stands under the entry of the list that the car's hit answered, not under the read.
IN_CARS = (
    Act.UNIT_ALERT_SHOWN,
    Act.UNIT_ALERT_ACKNOWLEDGED,
    Act.UNIT_ALERT_OPENED,
    Act.UNIT_ALERT_COPIED,
    Act.UNIT_PICTURE_OPENED,
)
LIMITS = (
    "Looks whose terms were erased on schedule are not listed any more: nobody can tell which read they were at. Their lines stay in the ledger.",
    "In cars, members look at alerts: such a look is listed with every read of that car that the alert can stand for.",
    "A picture that had gone on its own schedule before the hold is named in the car's signed words, and not here.",
    "The reading is as the car made it; where members corrected it, what they said stands beside it and is not signed by the car.",
)
VIEWS = {"overview": "overview.jpg", "plate": "plate.jpg"}


@dataclass(frozen=True)
class Row:
    """A read as the door gave it out."""

    seen: dict[str, Any]
    signed: bytes | None
    looks: tuple[dict[str, Any], ...]
    entries: frozenset[str]

    @property
    def read_id(self) -> uuid.UUID:
        return uuid.UUID(self.seen["read_id"])

    @property
    def captured_at(self) -> datetime:
        return datetime.fromisoformat(self.seen["captured_at"])


@dataclass(frozen=True)
class InCar:
    """A look in a car: its line, and what the car said of it."""

    leaf: int
    act: str
    member: str
    at: datetime
    entry: str


def rows_of(given: Iterable[dict[str, Any]]) -> list[Row]:
    return [
        Row(
            each["seen"],
            bytes(each["signed"]) if each["signed"] is not None else None,
            tuple(each["looks"]),
            frozenset(each["entries"]),
        )
        for each in given
    ]


def looks_in_cars(rows: list[Row]) -> dict[uuid.UUID, list[InCar]]:
    """Of each read, the looks in its own car at an alert that it can stand for, after it was captured."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select l.leaf_id, l.act, coalesce(l.member_number || ' ', '') || (l.body::jsonb ->> 'name'), l.body::jsonb -> 'about'
            from office.ledger_leaf l
            where l.act = any (%s) and l.at >= %s and l.body::jsonb -> 'about' ->> 'about' = any (%s)
            order by l.leaf_id
            """,
            [[act.value for act in IN_CARS], min(row.captured_at for row in rows), [each for row in rows for each in row.entries]],
        )
        told: dict[str, list[InCar]] = defaultdict(list)
        for leaf, act, member, about in cursor:
            said = json.loads(about) if isinstance(about, str) else about
            told[said["unit"]].append(InCar(leaf, act, member, datetime.fromisoformat(said["at"]), said["about"]))
    return {
        row.read_id: [each for each in told[row.seen["unit_id"]] if each.entry in row.entries and each.at >= row.captured_at]
        for row in rows
    }


def lines_to_prove(package: Package, rows: list[Row], in_cars: dict[uuid.UUID, list[InCar]], access_leaf: int) -> set[int]:
    """The lines of the ledger that the package speaks of."""
    leaves = (
        {access_leaf}
        | {each["leaf"] for row in rows for each in row.looks}
        | {each.leaf for some in in_cars.values() for each in some}
    )
    units = {row.seen["unit_id"] for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(
            "select leaf_id from office.ledger_leaf where (act = %s and (body::jsonb -> 'about' ->> 'hold')::bigint = %s)"
            " or (act = %s and body::jsonb -> 'about' ->> 'unit' = any (%s))",
            [Act.RETENTION_HOLD.value, package.hold_id, Act.EQUIPMENT_APPROVED.value, list(units)],
        )
        return leaves | {leaf for (leaf,) in cursor}


@dataclass
class Contents:
    """A package's contents, put into a bag one after the other; no more than one picture is in memory at a time."""

    package: Package
    rows: list[Row]
    in_cars: dict[uuid.UUID, list[InCar]]
    proofs: Proofs
    pictures: int = 0

    def put_into(self, bag: Bag, *, progress: Callable[[int, int], None]) -> None:
        names = {str(unit.pk): unit for unit in Unit.objects.filter(pk__in={row.seen["unit_id"] for row in self.rows})}
        places = {line.leaf_id: line.index for line in self.proofs.lines}
        told = []
        for done, row in enumerate(self.rows):
            progress(done, len(self.rows))
            told.append(self._put_read(bag, row, names, places))
        progress(len(self.rows), len(self.rows))
        about = self.about()
        bag.add("package.json", _json(about))
        bag.add("reads.json", _json(told))
        bag.add("reads.csv", as_csv(COLUMNS, told))
        bag.add("units.json", _json([_unit(each) for each in names.values()]))
        bag.add("ledger.json", _json(self._ledger()))
        page = {"package": self.package, "hold": self.package.hold, "reads": told, "about": about, "limits": LIMITS}
        bag.add("open-me.html", _view(page))
        bag.add("summary.pdf", summary_pdf(about, told))
        bag.add("verify.py", verifier_file())

    def about(self) -> dict[str, Any]:
        """What the package is, in numbers and names; no plate."""
        package, hold = self.package, self.package.hold
        return {
            "package": package.number,
            "department": department().name,
            "hold": hold.number,
            "ground": hold.get_ground_display(),
            "authority": hold.authority,
            "reference": hold.reference,
            "since": package.since.isoformat(),
            "since_local": _local(package.since),
            "until": package.until.isoformat(),
            "until_local": _local(package.until),
            "made_by": package.made_by,
            "made_at": package.made_at.isoformat(timespec="seconds"),
            "made_local": _local(package.made_at),
            "time_zone": str(department().time_zone),
            "reads": len(self.rows),
            "pictures": self.pictures,
            "looks": sum(len(row.looks) + len(self.in_cars[row.read_id]) for row in self.rows),
            "ledger_size": self.proofs.size,
            "ledger_root": self.proofs.root.hex(),
            "ledger_key": str(verifier()),
            "limits": list(LIMITS),
        }

    def _put_read(self, bag: Bag, row: Row, units: dict[str, Unit], places: dict[int, int]) -> dict[str, Any]:
        folder = f"reads/{row.read_id}"
        if row.signed is not None:
            bag.add(f"{folder}/capture.bin", row.signed)
        unit = units.get(row.seen["unit_id"])
        seen = {name: value for name, value in row.seen.items() if name not in ("pictures", "shift_id", "read_id", "unit_id")}
        return {
            "read_id": str(row.read_id),
            "unit_id": row.seen["unit_id"],
            "unit": unit.name if unit else "a unit no longer listed",
            **seen,
            **corrected_to(row.seen["corrections"]),
            "corrections": [_correction(each) for each in row.seen["corrections"]],
            "local_time": _local(row.captured_at),
            "capture": f"{folder}/capture.bin" if row.signed is not None else None,
            "pictures": [self._put_picture(bag, row, folder, pointer) for pointer in row.seen["pictures"]],
            "looks": self._looks(row, places),
        }

    def _put_picture(self, bag: Bag, row: Row, folder: str, pointer: dict[str, Any]) -> dict[str, Any]:
        found = find_picture(pointer, row.read_id)
        if isinstance(found, NotThere):
            return {"view": pointer["view"], "file": None, "missing": found.because}
        name = f"{folder}/{VIEWS[pointer['view']]}"
        bag.add(name, found)
        self.pictures += 1
        return {"view": pointer["view"], "file": name, "missing": None}

    def _looks(self, row: Row, places: dict[int, int]) -> list[dict[str, Any]]:
        office = [
            {
                "line": places[each["leaf"]],
                "act": each["act"],
                "what": Act(each["act"]).sentence,
                "at": each["at"],
                "member": each["member"],
                "purpose": each["purpose"],
                "salt": each["salt"],
                "content": each["content"],
            }
            for each in row.looks
        ]
        cars = [
            {
                "line": places[each.leaf],
                "act": each.act,
                "what": Act(each.act).sentence,
                "at": each.at.isoformat(),
                "member": each.member,
                "purpose": "",
                "salt": None,
                "content": None,
            }
            for each in self.in_cars[row.read_id]
        ]
        looks = sorted(office + cars, key=lambda look: datetime.fromisoformat(look["at"]))
        return [{**look, "local_time": _local(datetime.fromisoformat(look["at"]))} for look in looks]

    def _ledger(self) -> dict[str, Any]:
        lines = [
            {"index": each.index, "line": each.body, "proof": [step.hex() for step in each.path]} for each in self.proofs.lines
        ]
        return {"checkpoint": self.proofs.checkpoint, "key": str(verifier()), "lines": lines}


def _correction(said: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(said["at"])
    return {**said, "what": Misread(said["because"]).label, "local_time": _local(at)}


def _local(at: datetime) -> str:
    return timezone.localtime(at, department().time_zone).strftime("%m/%d/%Y %H:%M:%S %Z")


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": str(unit.pk),
        "name": unit.name,
        "key": bytes(unit.signing_public).hex(),
        "key_id": bytes(unit.key_id).hex(),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


COLUMNS = (
    "plate",
    "state",
    "corrected_plate",
    "corrected_state",
    "captured_at",
    "local_time",
    "unit",
    "camera",
    "lat",
    "lon",
    "crossing",
    "confidence",
    "member_number",
    "read_id",
)


def _view(page: dict[str, Any]) -> bytes:
    """The page for a browser: one file, nothing from elsewhere, no script. Its place is a medium, not this server."""
    text = files("platewarden.server.evidence").joinpath("papers", "open_me.html").read_text("utf-8")
    return engines["django"].from_string(text).render(page).encode()


def verifier_file() -> bytes:
    """The outsider's own tool, carried onto the medium."""
    return files("platewarden.server.evidence").joinpath("papers", "verifier").read_bytes()
