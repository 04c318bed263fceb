"""Completed trainings from a file: looked at whole, shown before anything is entered, entered whole or not at all.

A CSV file with the columns member, course, completed_on and expires_on. One row that is wrong refuses the file, and every wrong row is named
by its line. What is on file already is passed over, so that the same file twice adds nothing. Each training is entered by the act that
enters one (`training`), under the name of who brought the file, and a line of its own keeps the file's digest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Completion, Member
from platewarden.server.people.training import enter_completion, today

COLUMNS = ("member", "course", "completed_on", "expires_on")
MOST_BYTES = 300_000
NAMED_AT_MOST = 50


@dataclass(frozen=True)
class Line:
    """One row of the file that can be entered."""

    number: int
    member: Member
    course: str
    completed_on: date
    expires_on: date


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line."""

    number: int
    because: str


@dataclass(frozen=True)
class Plan:
    """What a file would do: trainings that are new, how many are on file already, and what is wrong with it."""

    new: tuple[Line, ...]
    known: int
    wrong: tuple[Wrong, ...]
    digest: str


def plan_of(raw: bytes, *, by: Signer) -> Plan:
    """Looks at a file and changes nothing. Malformed when it is no such file at all; what is wrong with rows stands in the plan."""
    header, rows = _rows_of(raw)
    members = {member.number: member for member in Member.objects.all()}
    on_file = {
        (number, course, completed): expires
        for number, course, completed, expires in Completion.objects.values_list(
            "member__number", "course", "completed_on", "expires_on"
        )
    }
    new: list[Line] = []
    wrong: list[Wrong] = []
    lines: dict[tuple[str, str, date], int] = {}
    known = 0
    for number, row in rows:
        if not any(field.strip() for field in row):
            continue
        try:
            line = _line(number, dict(zip(header, row, strict=True)) if len(row) == len(header) else None, members, by)
        except Malformed as error:
            wrong.append(Wrong(number, error.message))
            continue
        key = (line.member.number, line.course, line.completed_on)
        if key in lines:
            wrong.append(Wrong(number, f"The same training stands on line {lines[key]} already."))
        elif on_file.get(key, line.expires_on) != line.expires_on:
            wrong.append(
                Wrong(number, f"This training is on file, valid until {on_file[key]:%m/%d/%Y}. Correct one of them by hand.")
            )
        elif key in on_file:
            known += 1
        else:
            new.append(line)
        lines.setdefault(key, number)
    if not lines and not wrong:
        raise Malformed("The file has no training in it. Bring one with at least one line below the columns.")
    return Plan(tuple(new), known, tuple(wrong), hashlib.sha256(raw).hexdigest())


def _rows_of(raw: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the rows below them with the line on which each ends: a field in quotes may hold several."""
    if len(raw) > MOST_BYTES:
        raise Malformed(f"The file has {len(raw):,} bytes; {MOST_BYTES:,} are taken at once. Split it.")
    try:
        read = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(read.line_num, row) for row in read]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed("This is no CSV file in UTF-8. Save the sheet as “CSV UTF-8”, and bring that.") from error
    header = [name.strip().lower() for name in rows[0][1]] if rows else []
    if sorted(header) != sorted(COLUMNS):
        raise Malformed(f"The first line names the columns {', '.join(COLUMNS)}, each once. Correct it.")
    return header, rows[1:]


def _line(number: int, row: dict[str, str] | None, members: dict[str, Member], by: Signer) -> Line:
    if row is None:
        raise Malformed(f"This line does not have {len(COLUMNS)} fields.")
    given = row["member"].strip().upper()
    member = members.get(given)
    if member is None or not member.is_active:
        raise Malformed(f"There is no member {given[:12] or 'without a number'} here.")
    if member.number == by.number:
        raise Malformed("Somebody else enters your own training. Take the line out.")
    course = " ".join(row["course"].split())
    if not 0 < len(course) <= 120 or not course.isprintable():
        raise Malformed("Name the course in 1 to 120 printable characters.")
    completed_on, expires_on = _day(row["completed_on"]), _day(row["expires_on"])
    if completed_on > today(now()):
        raise Malformed("This training is completed in the future.")
    if expires_on < completed_on:
        raise Malformed("This training ends before it was completed.")
    return Line(number, member, course, completed_on, expires_on)


def _day(given: str) -> date:
    """A day as 2026-11-02 or 11/02/2026."""
    text = given.strip()
    try:
        if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
            return date(int(found[3]), int(found[1]), int(found[2]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Malformed(f"“{text[:20]}” is not a day. Write it as 2026-11-02 or 11/02/2026.")


def faults_of(plan: Plan) -> str:
    """What is wrong with a file, line by line, as one text."""
    named = [f"Line {each.number}: {each.because}" for each in plan.wrong[:NAMED_AT_MOST]]
    more = len(plan.wrong) - len(named)
    return "\n".join([*named, *([f"And {more} more lines."] if more else [])])


def take_in(raw: bytes, *, by: Signer) -> Plan:
    """Enters what is new in a file, all of it or nothing, and returns what was done. Looked at again here: a preview is no promise.

    Refused whole when a line is wrong. Two files at once are taken one after the other; a file without anything new leaves no line.
    """
    with transaction.atomic():
        list(Member.objects.select_for_update().order_by("pk").values_list("pk"))
        plan = plan_of(raw, by=by)
        if plan.wrong:
            raise Malformed(f"Nothing was entered: {len(plan.wrong)} of the file's lines are wrong.\n{faults_of(plan)}")
        for line in plan.new:
            enter_completion(line.member, course=line.course, completed_on=line.completed_on, expires_on=line.expires_on, by=by)
        if plan.new:
            record(Act.PEOPLE_TRAINING_FILE, by=by, about={"digest": plan.digest, "entered": len(plan.new), "known": plan.known})
    return plan
