"""A deployment order: the paper under which a fixed post or a trailer runs with nobody at it. Dated, named, to be reviewed.

`deployment.toml` in the unit's folder names the responsible member, the place, the purpose with its number, who ordered it and
until when it stands before it is reviewed. Past that day, before its own, or without a responsible member who may operate
today by the signed roster, the post does not run: refused with the clause, and the office's ledger has the refusal. A car has no
surveyed place in its `unit.toml`, and so can have no order.

Known gap: the order is a file of the unit, not signed by the office. Whoever may write there can write one; the office sees the
post begin, by the responsible member's name, in its ledger.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Malformed, Refusal, Refused, Unavailable
from platewarden.unit.journal import Journal
from platewarden.unit.shift import Shift, may_operate, may_state, must_be_in_force

__all__ = ["FILE", "DeploymentOrder", "begin", "load_order"]

FILE = "deployment.toml"


@dataclass(frozen=True, kw_only=True)
class DeploymentOrder:
    """One order, as it was given."""

    member: str
    """Number of the responsible member, who is on the roster and may operate."""

    place: str
    """Where the post stands, in words."""

    purpose: str
    """From the department's closed list."""

    reference: str
    """The number that the purpose asks for."""

    ordered_by: str
    """Who ordered it, by name and duty."""

    ordered_on: date

    review_on: date
    """The last day on which the post runs without a new order."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and field.name != "reference" and not value.strip():
                raise Malformed(f"{FILE}: {field.name} is empty. Fill it in.")
        if self.review_on < self.ordered_on:
            raise Malformed(f"{FILE}: review_on lies before ordered_on. Correct one of them.")


def load_order(data: Path) -> DeploymentOrder:
    """The order in this folder. Refused by name: a key that is unknown, missing, or of another kind."""
    try:
        rows = tomllib.loads((data / FILE).read_text("utf-8"))
    except FileNotFoundError as error:
        raise Unavailable(f"There is no {FILE} in the data folder: this post has no deployment order. Ask for one.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{FILE} cannot be read ({type(error).__name__}). Check the file.") from error
    kinds = {each.name: date if each.name.endswith("_on") else str for each in fields(DeploymentOrder)}
    if unknown := sorted(set(rows) - set(kinds)):
        raise Malformed(f"{FILE}: unknown key “{unknown[0]}”. It knows: {', '.join(kinds)}.")
    for name, kind in kinds.items():
        if type(rows.get(name)) is not kind:
            raise Malformed(f"{FILE} lacks “{name}”, or it is not a {'date' if kind is date else 'text'}. Correct it.")
    return DeploymentOrder(**rows)


def begin(
    order: DeploymentOrder,
    roster: RosterEdition | None,
    department: Department,
    *,
    has_place: bool,
    at: datetime,
    shift_id: UUID,
    journal: Journal,
) -> Shift:
    """The post runs, once the journal has it. Refused with the clause; the refusal is in the journal too."""
    if roster is None:
        raise Unavailable("This unit holds no roster yet, so no order can be checked. Connect it to the office once.")
    today = at.astimezone(department.time_zone).date()
    known = next((each for each in roster.members if each.number == order.member), None)
    refusal = must_be_in_force(roster, at) or _may_stand(order, known, today, has_place=has_place)
    refusal = refusal or may_state(department, order.purpose, order.reference)
    if known is None or refusal is not None:
        journal.write("deployment.refused", at=at, member=known.number if known else None, about=shift_id)
        raise Refused(refusal or NOT_ON_ROSTER)
    journal.write(
        "deployment.begun", at=at, member=known.number, about=shift_id, purpose=order.purpose, reference=order.reference or None
    )
    last_day = min(order.review_on, known.trained_until or today)
    until = datetime.combine(last_day + timedelta(days=1), time(), department.time_zone)
    return Shift(shift_id, known.number, known.name, order.purpose, order.reference, at, until)


NOT_ON_ROSTER = Refusal(
    Clause.ASSIGNED_MEMBERS, "The responsible member of the deployment order is not on the roster. Ask for a new order."
)


def _may_stand(order: DeploymentOrder, known: RosterMember | None, today: date, *, has_place: bool) -> Refusal | None:
    if not has_place:
        said = "A unit without a surveyed place in its unit.toml is a car, and runs with a member signed on."
        return Refusal(Clause.SUPERVISOR_MANAGES, f"{said} Sign on, or have its place surveyed.")
    if today > order.review_on:
        said = f"The deployment order was to be reviewed by {order.review_on:%Y-%m-%d}, and stands no longer."
        return Refusal(Clause.SUPERVISOR_MANAGES, f"{said} Ask the Administrative Supervisor for a new one.")
    if today < order.ordered_on:
        return Refusal(
            Clause.SUPERVISOR_MANAGES, f"The deployment order begins on {order.ordered_on:%Y-%m-%d}. Wait, or set the clock."
        )
    return may_operate(known, on=today) if known else NOT_ON_ROSTER
