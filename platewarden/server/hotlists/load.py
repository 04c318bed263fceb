"""Loading a source's list: the whole file becomes a numbered load in force, or is refused whole with its line numbers.

Refused: wrong columns, bad encoding, empty or impossible plates, the same plate and state twice, the same file again, and a
list that shrinks by more than the department's share, or grows past ten times. The load in force stays in force. Read line by
line, checked before the first row is written; a function of the database puts it in force and takes the earlier one out.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection, transaction

from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import NewEntry, add_entries, approach_of, category_of, plate_or_pattern, state_of
from platewarden.server.hotlists.models import Load, LoadState, Source
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department

NEEDED = ["plate", "state", "category", "reference"]
ALLOWED = [*NEEDED, "reason", "approach", "caution", "urgent", "expires"]
FAULTS_SHOWN = 20
MOST_GROWTH = 10


@dataclass(frozen=True)
class Fault:
    """What is wrong on which line of the file; line 1 is the header."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"


class ListRefused(Malformed):
    """The list was refused whole. The one in force stays in force."""

    exit_code = 1

    def __init__(self, source: str, faults: list[Fault]) -> None:
        first = "; ".join(str(fault) for fault in faults[:3])
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        super().__init__(
            f"The list “{source}” was refused whole: {first}{more}. The list in force stays. Correct the file and load it again."
        )
        self.faults = faults


def load_list(content: bytes, *, source_name: str, by: Signer) -> Load:
    """Takes a CSV in. Refuses it whole with its faults (recorded as `hotlists.load_refused`), or puts it in force."""
    source_name = _name_of(source_name)
    digest = hashlib.sha256(content).digest()
    entries, faults = parse(content, author=source_name)
    load = None if faults else _put_in_force(entries, faults, source_name, digest, by)
    if load is None:
        record(
            Act.HOTLISTS_LOAD_REFUSED,
            by=by,
            about={"source": source_name, "faults": len(faults)},
            content={"first": str(faults[0])},
        )
        raise ListRefused(source_name, faults)
    return load


def _name_of(source: str) -> str:
    name = " ".join(source.split())
    if not name or len(name) > 60:
        raise Malformed("A list needs the name of its source, at most 60 characters.")
    return name


def _put_in_force(entries: list[NewEntry], faults: list[Fault], source_name: str, digest: bytes, by: Signer) -> Load | None:
    """The load in force, or None with what speaks against it added to the faults. One list of a source after the other."""
    with transaction.atomic():
        load = _filled(entries, faults, source_name, digest, by)
        if load is not None:
            with connection.cursor() as cursor:
                cursor.execute("select office.put_in_force(%s, %s, %s)", [load.pk, by.number, by.name])
            load.refresh_from_db()
    return load


def _filled(entries: list[NewEntry], faults: list[Fault], source_name: str, digest: bytes, by: Signer) -> Load | None:
    """A load with its entries, not in force yet."""
    source, _ = Source.objects.get_or_create(name=source_name, defaults={"created_at": now()})
    Source.objects.select_for_update().get(pk=source.pk)
    faults += _against_the_one_in_force(source_name, digest, len(entries))
    if faults:
        return None
    loaded_at = now()
    with connection.cursor() as cursor:
        cursor.execute("select office.open_load(%s, %s, %s, %s)", [source.pk, digest, str(by), loaded_at])
        load = Load.objects.get(pk=cursor.fetchone()[0])
    add_entries(entries, load=load.pk, loaded_at=loaded_at)
    return load


@dataclass(frozen=True)
class Changes:
    """What a file would change: entries by plate or pattern and state."""

    added: int
    gone: int
    same: int


def compare(content: bytes, *, source_name: str, by: Signer) -> Changes:
    """What a list would change if it were loaded. Nothing is kept; the same faults are refused."""
    source_name = _name_of(source_name)
    entries, faults = parse(content, author=source_name)
    with transaction.atomic():
        load = None if faults else _filled(entries, faults, source_name, hashlib.sha256(content).digest(), by)
        if load is None:
            raise ListRefused(source_name, faults)
        with connection.cursor() as cursor:
            cursor.execute("select added, gone, same from plates.load_changes(%s)", [load.pk])
            changes = Changes(*cursor.fetchone())
        transaction.set_rollback(True)
    return changes


def _against_the_one_in_force(source_name: str, digest: bytes, count: int) -> list[Fault]:
    loads = Load.objects.filter(source__name=source_name)
    if earlier := loads.filter(digest=digest).order_by("-number").first():
        if earlier.state == LoadState.IN_FORCE:
            return [Fault(1, "this very file was loaded before and is in force")]
        return [Fault(1, f"this very file was loaded before, as number {earlier.number}; two members can put that load back")]
    in_force = loads.filter(state=LoadState.IN_FORCE).first()
    share = department().shrink_refused_percent
    if in_force and in_force.entries >= 10 and count * 100 < in_force.entries * (100 - share):
        return [
            Fault(1, f"it holds {count} entries where the list in force holds {in_force.entries}: more than {share} % are gone")
        ]
    if in_force and in_force.entries >= 10 and count > in_force.entries * MOST_GROWTH:
        return [
            Fault(
                1,
                f"it holds {count} entries where the list in force holds {in_force.entries}: more than {MOST_GROWTH} times as many",
            )
        ]
    return []


def parse(content: bytes, *, author: str) -> tuple[list[NewEntry], list[Fault]]:
    """The entries of a CSV and its faults, at most 20 of them. Nothing is written."""
    text = _text_of(content)
    return ([], [text]) if isinstance(text, Fault) else _rows_of(text, author)


def _text_of(content: bytes) -> str | Fault:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Fault(line, "the file is not UTF-8 text here; save it as UTF-8 CSV")
    if "\0" in text:
        return Fault(text[: text.index("\0")].count("\n") + 1, "the file holds a zero byte; it is not a CSV")
    return text if text.strip() else Fault(1, "the file is empty")


def _rows_of(text: str, author: str) -> tuple[list[NewEntry], list[Fault]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        faults = _header_faults(list(rows.fieldnames or []))
    except csv.Error as error:
        return [], [Fault(1, f"this is not a CSV line ({error})")]
    entries: list[NewEntry] = []
    known: dict[tuple[str, str | None], int] = {}
    if faults:
        return [], faults
    try:
        for row in rows:
            if len(faults) >= FAULTS_SHOWN:
                break
            line = rows.line_num
            try:
                entry = _entry(row, author)
            except Malformed as error:
                faults.append(Fault(line, error.message))
                continue
            first = known.setdefault((entry.text, entry.state), line)
            if first != line:
                faults.append(Fault(line, f"the same plate and state stand on line {first} already"))
            entries.append(entry)
    except csv.Error as error:
        faults.append(Fault(rows.reader.line_num, f"this is not a CSV line ({error})"))
    if not entries and not faults:
        faults.append(Fault(1, "the list holds no entry"))
    return entries, faults


def _header_faults(columns: list[str]) -> list[Fault]:
    missing = [each for each in NEEDED if each not in columns]
    unknown = [each for each in columns if each not in ALLOWED]
    faults = []
    if missing:
        faults.append(Fault(1, f"the column {' and '.join(missing)} is missing; the first line names the columns"))
    if unknown:
        faults.append(Fault(1, f"the column “{unknown[0][:30]}” is not known; known are {', '.join(ALLOWED)}"))
    if len(set(columns)) != len(columns):
        faults.append(Fault(1, "a column is named twice"))
    return faults


def _entry(row: dict[str, str | None], author: str) -> NewEntry:
    if None in row or None in row.values():
        raise Malformed("the number of fields differs from the header's")
    given = {name: (value or "").strip() for name, value in row.items()}
    text, is_pattern = plate_or_pattern(given["plate"])
    reference = given["reference"]
    if not reference or len(reference) > 60:
        raise Malformed("the reference (case or source number) is missing or longer than 60 characters")
    reason = given.get("reason", "")
    if len(reason) > 500:
        raise Malformed("the reason is longer than 500 characters")
    return NewEntry(
        entry_id=uuid.uuid4(),
        text=text,
        is_pattern=is_pattern,
        state=state_of(given["state"]),
        category=category_of(given["category"]),
        approach=approach_of(given.get("approach", "")),
        caution=_yes(given.get("caution", ""), "caution"),
        urgent=_yes(given.get("urgent", ""), "urgent"),
        reason=reason,
        reference=reference,
        author=author,
        expires_at=_moment(given.get("expires", "")),
    )


def _yes(raw: str, name: str) -> bool:
    if raw.lower() in ("", "no", "n", "0", "false"):
        return False
    if raw.lower() in ("yes", "y", "1", "true"):
        return True
    raise Malformed(f"{name} is “{raw[:20]}”; write yes or no")


def _moment(raw: str) -> datetime | None:
    if not raw:
        return None
    zone = department().time_zone
    with contextlib.suppress(ValueError):
        return datetime.combine(date.fromisoformat(raw), time(23, 59, 59), zone)  # a day is looked for to its end
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise Malformed(f"expires is “{raw[:30]}”; write the last day, such as 2026-12-31") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
