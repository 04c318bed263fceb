"""The department's own numbers and words: our clause -> their number, purposes, schedules, limits.

Read from one TOML file. What the policy decides is never a setting of the program: the file in the package is a template,
`platewarden setup` stores it as edition 1, and the edition in force is what rules are asked of.
Anything unknown or missing in the file refuses to load, with the key's name.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal

__all__ = ["AUDITS", "INSTRUMENTS", "Department", "Purpose", "load_department", "with_figures", "with_schedule"]

KINDS_OF_NUMBER = {"shift", "case", "action"}
# On what a request of anybody but an agency may rest, beside its letter.
INSTRUMENTS = {"statute", "court order", "subpoena", "discovery", "consent"}
KINDS_OF_DATA = {"overview_pictures", "pictures", "reads", "alerts", "search_terms", "list_entries"}
NEVER_SHORTER = ("overview_pictures", "pictures", "reads", "alerts")  # each is kept at most as long as the next
WORDS = {str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}
LONGEST_DAYS = 366 * 25  # what a statute of limitations can ask for; a longer one is a slip of the pen


@dataclass(frozen=True)
class Purpose:
    """A lawful reason to look, from the department's closed list."""

    name: str
    label: str
    number: str
    shape: str
    example: str
    clause: Clause

    def may_carry(self, reference: str) -> Refusal | None:
        """Refuses a case, action or shift number that is missing or not written as the department writes it."""
        if re.fullmatch(self.shape, reference):
            return None
        given = f"“{reference[:40]}” is not one" if reference else "none was given"
        return Refusal(
            Clause.LEGITIMATE_PURPOSE,
            f"“{self.label}” needs {'an' if self.number[0] in 'aeiou' else 'a'} {self.number} number such as {self.example}; {given}. State it and try again.",
        )


@dataclass(frozen=True)
class Department:
    """One edition of what the department has promised. Durations carry their unit in the name."""

    name: str
    short_name: str
    policy_title: str
    policy_number: str
    supervisor_title: str
    records_policy: str
    time_zone: ZoneInfo
    home_state: str
    numbers: dict[Clause, str]
    purposes: dict[str, Purpose]
    retention_days: dict[str, int]
    notice_days: int
    """A schedule that is shortened takes effect so many days after it was signed, at the earliest."""
    booking_days: int
    """What is held is to be booked into evidence within so many days."""
    hold_review_days: int
    booking_ends_hold: bool
    transfer_deadline_hours: int
    stale_after_hours: int
    bolo_longest_days: int
    shrink_refused_percent: int
    malformed_refused_percent: int
    """A list with more malformed rows is refused whole; below, they are left out and reported."""
    urgent_minutes: int
    routine_minutes: int
    access_minutes: int
    shift_hours: int
    car_lock_minutes: int
    dormant_days: int
    car_key: bool
    """A shift secret counts in a car only with the key on the member's own stick."""
    tripwires: dict[str, int]
    investigations: dict[str, int]
    release_response_days: int
    """A release request is answered within so many days."""
    declaration_outside_state: bool
    """An agency of another state declares that it serves no prohibited purpose."""
    prohibited_purposes: tuple[str, ...]
    permitted_by_law: frozenset[str]
    """With which instruments, attached, a request of anybody but an agency is reviewed and not referred. None listed: with none."""
    audits: dict[str, int]
    complaint_answer_days: int
    """A complaint is answered within so many days."""
    acknowledge_days: int
    """A text of the written policy is acknowledged within so many days of its first day."""
    acknowledgement_refuses_looks: bool
    """Whether looks are refused to a member who did not."""
    two_people: frozenset[str]
    text: str

    def number_of(self, clause: Clause) -> str:
        """The department's number for a clause, for example `427.4(d)`."""
        return self.numbers[clause]

    def say(self, refusal: Refusal) -> str:
        """A refusal as the department would print it: number, then the sentence."""
        return f"{self.number_of(refusal.clause)}: {refusal.because}"


# Figures of [tripwires], each with the most it can be. The database reads them from the edition in force.
TRIPWIRES = {
    "same_plate_looks": 1000,
    "same_plate_days": 366,
    "same_plate_refused_after": 1000,
    "looks_a_day": 10_000,
    "pattern_known_characters": 8,
    "sign_ins_at_once": 100,
}


# Figures of [investigations], likewise.
INVESTIGATIONS = {"cosign_above_vehicles": 100_000, "cosign_hours": 24 * 7, "partial_hours": 24 * 31}

# Figures of [audits], likewise; a weight of 1 makes a mark count for nothing.
AUDITS = {
    "audit_every_days": 366,
    "audit_sign_days": 366,
    "audit_answer_days": 366,
    "audit_random_looks": 500,
    "audit_weighted_looks": 500,
    "audit_many_looks": 10_000,
    "audit_weight_tripped": 100,
    "audit_weight_many_looks": 100,
    "audit_weight_no_case": 100,
    "audit_weight_off_shift": 100,
    "audit_weight_untrained": 100,
}


class _Table:
    """A TOML table that must be used up: missing and left-over keys are refused by name."""

    def __init__(self, where: str, rows: dict[str, Any], origin: str) -> None:
        self.where, self.rows, self.origin = where, dict(rows), origin

    def take(self, key: str, kind: type) -> Any:
        if key not in self.rows:
            raise Malformed(f"{self.origin}: [{self.where}] lacks “{key}”. Add it.")
        value = self.rows.pop(key)
        if type(value) is not kind:
            raise Malformed(f"{self.origin}: [{self.where}] {key} is not {WORDS[kind]}. Correct it.")
        return value

    def figure(self, key: str, *, most: int) -> int:
        """A whole number from 1 to `most`: nothing is kept for no days, and no access lasts for no minutes."""
        value: int = self.take(key, int)
        if not 1 <= value <= most:
            raise Malformed(f"{self.origin}: [{self.where}] {key} is {value}; it is a number from 1 to {most}. Correct it.")
        return value

    def words(self, key: str) -> list[str]:
        given = self.take(key, list)
        if not all(isinstance(each, str) for each in given):
            raise Malformed(f"{self.origin}: [{self.where}] {key} holds something that is no text. Correct it.")
        return list(given)

    def table(self, key: str) -> _Table:
        return _Table(key if self.where == "file" else f"{self.where}.{key}", self.take(key, dict), self.origin)

    def done(self) -> None:
        if self.rows:
            raise Malformed(f"{self.origin}: [{self.where}] has unknown “{min(self.rows)}”. Remove it.")


def load_department(path: Path | None = None, *, text: str | None = None) -> Department:
    """The department file at `path`, or `text` itself, or without either the template in the package."""
    origin = path.name if path else "department file"
    if text is None:
        try:
            packaged = resources.files("platewarden.policy") / "departments" / "highland_park.toml"
            text = path.read_text("utf-8") if path else packaged.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Malformed(f"{origin} cannot be read ({error.__class__.__name__}). Check the path and the file.") from error
    try:
        file = _Table("file", tomllib.loads(text), origin)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{origin} is not valid TOML: {error}.") from error
    return _department(file, text)


def _department(file: _Table, text: str) -> Department:
    about, lists, verification = file.table("department"), file.table("hot_lists"), file.table("verification")
    access, two, days = file.table("access"), file.table("two_people"), file.table("retention_days")
    clauses, purposes, transfer = file.table("clauses"), file.table("purposes"), file.table("transfer")
    retention, wires = file.table("retention"), file.table("tripwires")
    around, release, audits = file.table("investigations"), file.table("release"), file.table("audits")
    acknowledged, complaints = file.table("acknowledgement"), file.table("complaints")
    try:
        zone = ZoneInfo(about.take("time_zone", str))
    except (KeyError, ValueError) as error:
        raise Malformed(f"{file.origin}: [department] time_zone is not a known zone. Correct it.") from error
    department = Department(
        name=about.take("name", str),
        short_name=about.take("short_name", str),
        policy_title=about.take("policy_title", str),
        policy_number=about.take("policy_number", str),
        supervisor_title=about.take("supervisor_title", str),
        records_policy=about.take("records_policy", str),
        time_zone=zone,
        home_state=about.take("home_state", str),
        numbers={clause: clauses.take(clause.value, str) for clause in Clause},
        purposes={name: _purpose(name, purposes.table(name)) for name in list(purposes.rows)},
        retention_days=_schedule(days),
        notice_days=retention.figure("notice_days", most=366),
        booking_days=retention.figure("booking_days", most=366),
        hold_review_days=retention.figure("hold_review_days", most=366),
        booking_ends_hold=retention.take("booking_ends_hold", bool),
        transfer_deadline_hours=transfer.figure("deadline_hours", most=24 * 366),
        stale_after_hours=lists.figure("stale_after_hours", most=24 * 31),
        bolo_longest_days=lists.figure("bolo_longest_days", most=366),
        shrink_refused_percent=lists.figure("shrink_refused_percent", most=100),
        malformed_refused_percent=lists.figure("malformed_refused_percent", most=100),
        urgent_minutes=verification.figure("urgent_minutes", most=24 * 60),
        routine_minutes=verification.figure("routine_minutes", most=24 * 60),
        access_minutes=access.figure("minutes", most=24 * 60),
        shift_hours=access.figure("shift_hours", most=24),
        car_lock_minutes=access.figure("car_lock_minutes", most=60),
        dormant_days=access.figure("dormant_days", most=366),
        car_key=access.take("car_key", bool),
        tripwires={name: wires.figure(name, most=most) for name, most in TRIPWIRES.items()},
        investigations={name: around.figure(name, most=most) for name, most in INVESTIGATIONS.items()},
        release_response_days=release.figure("response_days", most=366),
        declaration_outside_state=release.take("declaration_outside_state", bool),
        prohibited_purposes=tuple(release.words("prohibited_purposes")),
        permitted_by_law=_instruments(release),
        complaint_answer_days=complaints.figure("answer_days", most=366),
        acknowledge_days=acknowledged.figure("acknowledge_days", most=366),
        acknowledgement_refuses_looks=acknowledged.take("refuses_looks", bool),
        audits={name: audits.figure(name, most=most) for name, most in AUDITS.items()},
        two_people=frozenset(two.words("acts")),
        text=text,
    )
    for table in (
        about,
        lists,
        verification,
        access,
        two,
        days,
        retention,
        clauses,
        purposes,
        transfer,
        wires,
        around,
        release,
        audits,
        acknowledged,
        complaints,
        file,
    ):
        table.done()
    _must_outlive_audits(department, file.origin)
    return department


def _must_outlive_audits(department: Department, origin: str) -> None:
    """What was asked in a look is kept until the audit of its period is to be signed: an audit of erased looks judges nothing."""
    kept, needed = (
        department.retention_days["search_terms"],
        department.audits["audit_every_days"] + department.audits["audit_sign_days"],
    )
    if kept < needed:
        raise Malformed(
            f"{origin}: [retention_days] search_terms is {kept}; an audit every {department.audits['audit_every_days']} days, signed within "
            f"{department.audits['audit_sign_days']}, needs the ledger's contents for {needed} days. Keep them longer, or audit more often."
        )


def _instruments(release: _Table) -> frozenset[str]:
    given = release.words("permitted_by_law")
    if unknown := sorted(set(given) - INSTRUMENTS):
        raise Malformed(
            f"{release.origin}: [{release.where}] permitted_by_law says “{unknown[0]}”; it knows {', '.join(sorted(INSTRUMENTS))}. Correct it."
        )
    return frozenset(given)


def _schedule(days: _Table) -> dict[str, int]:
    """Days by kind of data. Refused: a picture kept longer than its read, or a read longer than its alert."""
    known = {kind: days.figure(kind, most=LONGEST_DAYS) for kind in sorted(KINDS_OF_DATA)}
    for shorter, longer in pairwise(NEVER_SHORTER):
        if known[shorter] > known[longer]:
            raise Malformed(
                f"{days.origin}: [{days.where}] {shorter} ({known[shorter]}) is longer than {longer} ({known[longer]}). "
                "Pictures are kept at most as long as their read, and a read at most as long as its alert. Correct one of them."
            )
    return known


def with_schedule(text: str, changed: dict[str, int]) -> str:
    """A department file with other days in [retention_days], its other lines untouched. Malformed as `load_department` says."""
    return with_figures(text, "retention_days", changed)


def with_figures(text: str, table_name: str, changed: dict[str, int]) -> str:
    """A department file with other figures in one of its tables, its other lines untouched. Malformed as `load_department` says."""
    head, found, rest = text.partition(f"[{table_name}]")
    if not found:
        raise Malformed(f"department file: [file] lacks “{table_name}”. Add it.")
    table, bracket, tail = rest.partition("\n[")
    for name, figure in changed.items():
        table, count = re.subn(rf"(?m)^({re.escape(name)}\s*=\s*)\d+", rf"\g<1>{figure}", table)
        if count != 1:
            raise Malformed(f"department file: [{table_name}] says “{name}” {count} times. Correct it.")
    new = head + found + table + bracket + tail
    load_department(text=new)
    return new


def _purpose(name: str, row: _Table) -> Purpose:
    number = row.take("number", str)
    if number not in KINDS_OF_NUMBER:
        raise Malformed(f"{row.origin}: [{row.where}] number is “{number}”; it is one of {', '.join(sorted(KINDS_OF_NUMBER))}.")
    try:
        purpose = Purpose(
            name=name,
            label=row.take("label", str),
            number=number,
            shape=re.compile(row.take("shape", str)).pattern,
            example=row.take("example", str),
            clause=Clause(row.take("clause", str)),
        )
    except (re.error, ValueError) as error:
        raise Malformed(f"{row.origin}: [{row.where}] {error}. Correct it.") from error
    if purpose.may_carry(purpose.example):
        raise Malformed(f"{row.origin}: [{row.where}] example “{purpose.example}” does not fit its own shape. Correct one of them.")
    row.done()
    return purpose
