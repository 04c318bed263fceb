"""A year of audits in numbers: for the yearly report, its plot and its CSV. Small counts are left out, so that no number points at a member.

A count from 1 to 4 is said as "fewer than 5". Where one count of a column is left out, so is the column's sum, or it could be worked out.
And whether members who hold a duty are trained today, by name: that paper is for the department.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from platewarden.server.audits.models import Audit, CaseAnswer, Sheet, SheetJudgement
from platewarden.server.people.editions import department
from platewarden.server.people.models import ACCESS_DUTIES, Duty, Member
from platewarden.server.people.training import today

SMALL = 5
FEWER = f"fewer than {SMALL}"
FEWER_IN_PART = "left out"
COLUMNS = (
    ("looks", "Looks of the period"),
    ("drawn", "Drawn"),
    ("findings", "Findings"),
    ("no_case", "Case not found"),
    ("misfit", "Purpose did not fit"),
    ("wrong_person", "Not for this member"),
    ("untrained", "Untrained that day"),
    ("unsettled", "Findings still open"),
)
OPEN_COUNTS = frozenset({"looks", "drawn"})  # of everybody: they point at nobody


@dataclass(frozen=True)
class AuditRow:
    """One audit of the year: its days, and its counts by the names of COLUMNS."""

    number: str
    since: date
    until: date
    sign_by: date
    signed_on: date | None
    is_late: bool
    counts: dict[str, int]

    def said(self, name: str) -> str:
        return said(name, self.counts[name])

    @property
    def cells(self) -> list[str]:
        return [self.said(name) for name, _ in COLUMNS]


def said(name: str, count: int) -> str:
    """A count as the report says it."""
    return FEWER if name not in OPEN_COUNTS and 0 < count < SMALL else str(count)


def rows_of(year: int, at: datetime) -> list[AuditRow]:
    """The audits that were due in a year, oldest first."""
    zone = department().time_zone
    first, last = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    return [
        _row(audit, at)
        for audit in Audit.objects.filter(due_at__gte=first, due_at__lt=last).order_by("due_at").prefetch_related("sheets")
    ]


def _row(audit: Audit, at: datetime) -> AuditRow:
    sheets: list[Sheet] = list(audit.sheets.all())
    zone = department().time_zone

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return AuditRow(
        number=audit.number,
        since=day(audit.since),
        until=day(audit.due_at),
        sign_by=day(audit.sign_by),
        signed_on=day(audit.signed_at) if audit.signed_at else None,
        is_late=(audit.signed_at or at) > audit.sign_by,
        counts={
            "looks": audit.looks or 0,
            "drawn": len(sheets),
            "findings": sum(each.judgement == SheetJudgement.FINDING for each in sheets),
            "no_case": sum(each.case_exists == CaseAnswer.NO for each in sheets),
            "misfit": sum(each.purpose_fits is False for each in sheets),
            "wrong_person": sum(each.right_person is False for each in sheets),
            "untrained": sum(not each.trained for each in sheets),
            "unsettled": sum(each.follow_up_by is not None and each.closed_at is None for each in sheets),
        },
    )


def sums(rows: list[AuditRow]) -> list[str]:
    """The sums of the columns; none where a part of one is left out."""
    return [
        FEWER_IN_PART if any(row.said(name) == FEWER for row in rows) else said(name, sum(row.counts[name] for row in rows))
        for name, _ in COLUMNS
    ]


def as_csv(rows: list[AuditRow]) -> str:
    """The same as a table for other programs."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["Audit", "Looks from", "Looks until", "Sign off by", "Signed off", "Late", *(label for _, label in COLUMNS)])
    for row in rows:
        days = [row.since, row.until, row.sign_by, row.signed_on or ""]
        writer.writerow([row.number, *days, "yes" if row.is_late else "no", *row.cells])
    writer.writerow(["All", "", "", "", "", sum(row.is_late for row in rows), *sums(rows)])
    return made.getvalue()


@dataclass(frozen=True)
class TrainedRow:
    """A member with a duty, and until when they are trained."""

    number: str
    name: str
    duties: str
    trained_until: date | None
    is_trained: bool
    opens_plate_data: bool


def trained_rows(at: datetime) -> list[TrainedRow]:
    """Everybody who holds a duty today."""
    rows = []
    for member in Member.objects.filter(is_active=True).order_by("number"):
        if duties := member.duties_on(at):
            until = member.trained_until()
            rows.append(
                TrainedRow(
                    member.number,
                    member.name,
                    ", ".join(sorted(Duty(each).label for each in duties)),
                    until,
                    until is not None and until >= today(at),
                    bool(duties & {each.value for each in ACCESS_DUTIES}),
                )
            )
    return rows
