"""The check: for every clause of the policy its mechanisms and its measurements, and from them one state.

A clause is broken when a mechanism is gone or a record is wrong, at risk when something will be soon, kept when something was counted
and all of it is right. Where there is nothing to count it says "no data", never "kept". Nothing is changed, and no lock is taken that
anybody waits for: it runs beside cars that send and a purge that ends days.

Known gap: records that a superuser both changed and erased every trace of are not missed; the published ledger is what tells of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, connection

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.ledger.chain import check as check_ledger
from platewarden.server.people.editions import department
from platewarden.server.people.rules import DUTIES
from platewarden.server.proof.measures import JOBS, MEASURES, Measure, whose
from platewarden.server.proof.models import JobRun
from platewarden.server.proof.shipped import Part, parts
from platewarden.server.reads.forget import keys_of
from platewarden.server.reads.intake import KIND_OF_VIEW
from platewarden.server.retention.clock_watch import clock_now

log = logging.getLogger("platewarden.proof")
NAMED_AT_MOST = 10
NOT_MEASURED = "cannot be measured"
DATABASE = "database"
LEDGER = "ledger"
LEDGER_SENTENCE = "lines of the ledger sealed under signed checkpoints, and unchanged"


class State(StrEnum):
    """How a clause stands."""

    NO_DATA = "no data"
    KEPT = "kept"
    AT_RISK = "at risk"
    BROKEN = "broken"


@dataclass(frozen=True)
class Row:
    """One mechanism or measurement: how many there are, how many are wrong or will be soon, and the first of them."""

    name: str
    sentence: str
    of: int
    wrong: int
    late: int
    records: tuple[str, ...]
    todo: str
    is_mechanism: bool = False

    @property
    def state(self) -> State:
        if self.wrong:
            return State.BROKEN
        if self.late:
            return State.AT_RISK
        return State.KEPT if self.of else State.NO_DATA

    @property
    def said(self) -> str:
        """The count with its denominator, as a line."""
        if not self.of and not self.wrong:
            return f"nothing to count: {self.sentence}"
        soon = f"; {self.late} soon" if self.late else ""
        return f"{self.of - self.wrong} of {self.of} {self.sentence}{soon}"

    @property
    def first(self) -> str:
        return self.records[0] if self.records else ""


@dataclass(frozen=True)
class Checked:
    """A clause, the department's number for it, and everything that was asked about it."""

    clause: Clause
    number: str
    rows: tuple[Row, ...]

    @property
    def state(self) -> State:
        states = {row.state for row in self.rows}
        for worse in (State.BROKEN, State.AT_RISK):
            if worse in states:
                return worse
        return State.KEPT if any(row.of for row in self.rows if not row.is_mechanism) else State.NO_DATA


def check() -> list[Checked]:
    """Every clause, in the policy's order. Asked as the worker's login, which can count and see no plate."""
    return check_with(ledger_row(), parts(), measured)


def check_quickly(ledger: Row) -> list[Checked]:
    """The same for a page, which does not recompute the ledger: what is known of it is given."""
    return check_with(ledger, parts(), measured)


def check_with(ledger: Row, compared: Sequence[Part], measure: Callable[[Measure, str], Row]) -> list[Checked]:
    """The same from what was found of the ledger and of the database's parts, and from what takes each measurement."""
    mechanisms = _mechanisms(compared)
    numbers = _numbers()
    given = json.dumps({"duties": {act.value: sorted(duty.value for duty in duties) for act, duties in DUTIES.items()}})
    found = []
    for clause in Clause:
        rows = [*mechanisms.get(clause, ()), *(measure(each, given) for each in MEASURES.get(clause, ()))]
        if clause is Clause.ACCESS_DOCUMENTED:
            rows.append(ledger)
        found.append(Checked(clause, numbers[clause], tuple(rows)))
    return found


def _numbers() -> Mapping[Clause, str]:
    """The department's numbers. Somebody may have changed the edition in force into one that nobody can read: then the shipped ones, and
    the measurements of editions say which one it is.
    """
    try:
        return department().numbers
    except Malformed:
        log.exception("the edition of the policy in force cannot be read")
        return load_department().numbers


def as_json(found: Iterable[Checked]) -> dict[str, Any]:
    """The table as one object; no plate, search or case number is in it."""
    table = list(found)
    return {
        "checked_at": now().isoformat(),
        "counts": {state.value: sum(each.state is state for each in table) for state in State},
        "clauses": [
            {
                "clause": each.clause.value,
                "number": each.number,
                "sentence": each.clause.sentence,
                "state": each.state.value,
                "rows": [{**asdict(row), "records": list(row.records), "state": row.state.value} for row in each.rows],
            }
            for each in table
        ],
    }


# Measurements -------------------------------------------------------------------------------------------------------------


def measured(measure: Measure, given: str) -> Row:
    """One measurement, counted by the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select of, wrong, late, first_wrong, first_late from office.measure(%s, %s::jsonb)", [measure.name, given]
            )
            of, wrong, late, first_wrong, first_late = cursor.fetchone()
    except DatabaseError:
        log.exception("%s cannot be measured", measure.name)
        return not_measured(measure)
    return Row(measure.name, measure.sentence, of, wrong, late, tuple(first_wrong or first_late), measure.todo)


def not_measured(measure: Measure) -> Row:
    """What stands in the table of a measurement that the database refused."""
    return Row(measure.name, measure.sentence, 0, 1, 0, (NOT_MEASURED,), "Run `platewarden migrate`, then check again.")


def ledger_row() -> Row:
    """Every line, checkpoint and content recomputed; late while something waits for the sealer too long."""
    found = check_ledger()
    with connection.cursor() as cursor:
        cursor.execute("select office.ledger_is_behind()")
        is_behind = cursor.fetchone()[0]
    return Row(
        LEDGER,
        LEDGER_SENTENCE,
        found.leaves + found.unsealed,
        len(found.wrong),
        found.unsealed if is_behind else 0,
        tuple(each.sentence for each in found.wrong[:NAMED_AT_MOST]) or (("lines wait for the sealer",) if is_behind else ()),
        "Stop, run `platewarden ledger verify`, and tell the supervisor.",
    )


# Mechanisms ---------------------------------------------------------------------------------------------------------------


def _mechanisms(compared: Sequence[Part]) -> dict[Clause, list[Row]]:
    rows: dict[Clause, list[Row]] = {}
    of: dict[Clause, int] = {}
    faults: dict[Clause, list[str]] = {}
    for part in compared:
        clause = whose(part.name)
        of[clause] = of.get(clause, 0) + 1
        if part.fault:
            faults.setdefault(clause, []).append(f"{part.name} {part.fault}")
    for clause, count in of.items():
        wrong = faults.get(clause, [])
        rows[clause] = [
            Row(
                DATABASE,
                "functions, triggers, constraints and rights of the database as shipped",
                count,
                len(wrong),
                0,
                tuple(wrong[:NAMED_AT_MOST]),
                "Find out who changed the database. Bring it back with this version's own migrations, from a backup if need be.",
                is_mechanism=clause is not Clause.SAFEGUARDED,  # there, that it stands is what is measured
            )
        ]
    for clause, row in [*_jobs(), _clock(), _keys()]:
        rows.setdefault(clause, []).append(row)
    return rows


def _jobs() -> Iterable[tuple[Clause, Row]]:
    at, runs = now(), dict(JobRun.objects.values_list("name", "done_at"))
    for name, (clause, silent_s) in JOBS.items():
        last = runs.get(name)
        is_silent = last is None or at - last > timedelta(seconds=silent_s)
        said = f"{name} was last done {last:%Y-%m-%d %H:%M} UTC" if last else f"{name} was never done"
        yield (
            clause,
            Row(
                f"job {name}",
                "jobs of the worker done lately",
                1,
                int(is_silent),
                0,
                (said,) if is_silent else (),
                "Start the server (`platewarden serve`), and look at the worker's log.",
                is_mechanism=True,
            ),
        )


def _clock() -> tuple[Clause, Row]:
    is_trusted = clock_now().is_trusted
    return (
        Clause.PURGE,
        Row(
            "clock",
            "clocks that a purge believes",
            1,
            int(not is_trusted),
            0,
            () if is_trusted else ("the server's clock jumped or stood",),
            "Look at another clock, then confirm the date on the retention page.",
            is_mechanism=True,
        ),
    )


def _keys() -> tuple[Clause, Row]:
    """A day of pictures ended an hour ago, and a key of one of this office's units still opens them: they are not forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, day from office.gone where kind = any (%s) and at < now() - interval '1 hour' order by day",
            [list(KIND_OF_VIEW.values())],
        )
        ended = list(cursor.fetchall())
        cursor.execute("select id::text from office.equipment_unit")
        units = {unit for (unit,) in cursor}
    open_still = [
        f"{kind} of {day}"
        for view, kind in KIND_OF_VIEW.items()
        for what, day in ended
        if what == kind and units & {name.partition("/")[2].partition(".")[0] for name in keys_of(day, view)}
    ]
    return (
        Clause.PURGE,
        Row(
            "picture keys",
            "ended days of pictures whose keys are destroyed",
            len(ended),
            len(open_still),
            0,
            tuple(open_still[:NAMED_AT_MOST]),
            "Run `platewarden retention purge`: it destroys them.",
            is_mechanism=True,
        ),
    )
