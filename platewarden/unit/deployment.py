"""A deployment order: the paper under which a fixed post or a trailer runs with nobody at it. Signed by the office, with the roster.

It names the responsible member, the place, the purpose with its number, who ordered it and until when it stands before it is
reviewed. Past that day, before its own, or without a responsible member who may operate today by the same roster, the post does
not run: refused with the clause, and the office's ledger has the refusal. A car has no surveyed place in its `unit.toml`, and so
runs with a member signed on. An order that the office withdrew is not in the next roster, and the post ends there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal, Refused, Unavailable
from platewarden.unit.journal import Journal
from platewarden.unit.shift import Shift, may_operate, may_state, must_be_in_force

__all__ = ["begin", "may_stand"]

NOT_ON_ROSTER = Refusal(
    Clause.ASSIGNED_MEMBERS, "The responsible member of the deployment order is not on the roster. Ask for a new order."
)
NO_PLACE = Refusal(
    Clause.SUPERVISOR_MANAGES,
    "A unit without a surveyed place in its unit.toml is a car, and runs with a member signed on. Sign on, or have its place surveyed.",
)
NO_ORDER = Refusal(
    Clause.SUPERVISOR_MANAGES,
    "The office has given this post no deployment order. Ask the Administrative Supervisor for one; it comes with the roster.",
)


def begin(
    unit_key_id: bytes,
    roster: RosterEdition | None,
    department: Department,
    *,
    has_place: bool,
    at: datetime,
    shift_id: UUID,
    journal: Journal,
) -> tuple[Shift, DeploymentOrder]:
    """The post runs, once the journal has it. Refused with the clause; the refusal is in the journal too."""
    if roster is None:
        raise Unavailable("This unit holds no roster yet, so no order can be checked. Connect it to the office once.")
    order = roster.order_of(unit_key_id)
    known = next((each for each in roster.members if order and each.number == order.member), None)
    refusal = must_be_in_force(roster, at) or (None if has_place else NO_PLACE)
    refusal = refusal or may_stand(order, known, department, at)
    if order is None or known is None or refusal is not None:
        journal.write("deployment.refused", at=at, member=known.number if known else None, about=shift_id)
        raise Refused(refusal or NOT_ON_ROSTER)
    journal.write(
        "deployment.begun", at=at, member=known.number, about=shift_id, purpose=order.purpose, reference=order.reference or None
    )
    last_day = min(order.review_on, known.trained_until or order.review_on)
    until = datetime.combine(last_day + timedelta(days=1), time(), department.time_zone)
    return Shift(shift_id, known.number, known.name, order.purpose, order.reference, at, until), order


def may_stand(order: DeploymentOrder | None, known: RosterMember | None, department: Department, at: datetime) -> Refusal | None:
    """Refuses what is no order today: none given, past its review, before its day, or nobody who may answer for it."""
    today = at.astimezone(department.time_zone).date()
    if order is None:
        return NO_ORDER
    return (
        _is_dated(order, today)
        or (may_operate(known, on=today) if known else NOT_ON_ROSTER)
        or may_state(department, order.purpose, order.reference)
    )


def _is_dated(order: DeploymentOrder, today: date) -> Refusal | None:
    if today > order.review_on:
        said = f"The deployment order was to be reviewed by {order.review_on:%Y-%m-%d}, and stands no longer."
        return Refusal(Clause.SUPERVISOR_MANAGES, f"{said} Ask the Administrative Supervisor for a new one.")
    if today < order.ordered_on:
        return Refusal(
            Clause.SUPERVISOR_MANAGES, f"The deployment order begins on {order.ordered_on:%Y-%m-%d}. Wait, or set the clock."
        )
    return None
