"""A shift: who operates this unit, and for what purpose. Signed on here, offline, against the signed roster edition.

A car with nobody signed on does not read a plate. Whoever signs on is on the roster with the number and the shift secret
that fit, has the operator's duty, has training that is valid today, and states a purpose of the department's closed list.
Otherwise the refusal names the clause. Sign-on, sign-off and every refusal are lines of the journal before they take effect.

An unknown number and a wrong secret get the same answer, after the same work. Five wrong tries in fifteen minutes close
sign-on under that number until the fifteen minutes are over.

Where the policy asks for a car key, the secret counts only with the key on the member's stick, which is kept in memory until
sign-off: so the screen unlocks with the secret alone, and whoever steals the disk has nothing to try secrets against (decision 0007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.exchange.shift_secret import asks_for_key, make_verifier, secret_fits
from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal, Refused, Unavailable
from platewarden.unit.journal import Journal
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Spool

__all__ = [
    "DUTY",
    "Shift",
    "Stated",
    "attest",
    "leave",
    "may_operate",
    "may_state",
    "must_be_in_force",
    "prove",
    "sign_off",
    "sign_on",
    "sign_on_beside",
]

DUTY = "operator"
TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
CLOCK_BEHIND = timedelta(hours=1)
"""A clock that is further behind than this is no clock to check a training by."""
DO_NOT_FIT = Refusal(
    Clause.ACCESS_DOCUMENTED, "The number and the shift secret do not fit. Check both; the office can set a new secret."
)
CLOSED = Refusal(
    Clause.ACCESS_DOCUMENTED, "Too many wrong tries: sign-on under this number is closed for fifteen minutes. Tell the office."
)
NO_KEY = Refusal(Clause.ACCESS_DOCUMENTED, "There is no stick with the key of this number. Plug in your stick, and sign on again.")
SECRET_ALONE = Refusal(
    Clause.ACCESS_DOCUMENTED,
    "This shift secret has no key, and the policy asks for one. Ask the office for a new secret with its stick.",
)
BESIDE_ONESELF = Refusal(
    Clause.ACCESS_DOCUMENTED, "You are signed on to this shift already. The second member signs on with their own number."
)


@dataclass(frozen=True)
class Stated:
    """What a member states to sign on."""

    member: str
    secret: str = field(repr=False)
    purpose: str
    reference: str = ""
    key: bytes = field(default=b"", repr=False)
    """Of the member's stick, when one is plugged in."""


@dataclass(frozen=True)
class Shift:
    """One member on one unit, from sign-on to sign-off."""

    shift_id: UUID
    member: str
    name: str
    purpose: str
    reference: str
    signed_on_at: datetime
    until: datetime
    authorized: frozenset[str] = frozenset()
    """Confidential sources that the member may see, as the roster says."""
    key: bytes = field(default=b"", repr=False)
    """Of the member's stick, for unlocking."""


def may_operate(member: RosterMember, *, on: date) -> Refusal | None:
    """Refuses a member without the operator's duty, or without training that is valid on the day."""
    if DUTY not in member.duties:
        return Refusal(
            Clause.ASSIGNED_MEMBERS,
            f"{member.name} has not been assigned the duty “{DUTY}”. Ask the Administrative Supervisor to assign it.",
        )
    if member.trained_until is None:
        return Refusal(
            Clause.TRAINING_BEFORE_USE,
            f"{member.name} has not completed department-approved ALPR training. Complete it before operating this unit.",
        )
    if member.trained_until < on:
        return Refusal(
            Clause.TRAINING_BEFORE_USE,
            f"The ALPR training of {member.name} ran out on {member.trained_until:%Y-%m-%d}. Renew it before operating this unit.",
        )
    return None


def may_state(department: Department, purpose: str, reference: str) -> Refusal | None:
    """Refuses a purpose that is not on the closed list, not for driving, or without the number that it asks for."""
    stated = department.purposes.get(purpose)
    on_patrol = [name for name, each in department.purposes.items() if each.number != "action"]
    if stated is None:
        return Refusal(
            Clause.NO_UNAUTHORIZED_PURPOSE,
            f"“{purpose[:40]}” is not a purpose of this department. State one of: {', '.join(on_patrol)}.",
        )
    if stated.number == "action":
        return Refusal(
            Clause.LAW_ENFORCEMENT_BUSINESS,
            f"“{stated.label}” is a purpose at the desk, not in a car. State one of: {', '.join(on_patrol)}.",
        )
    if stated.number == "shift" and not reference:
        return None  # the shift that is being signed on is the number
    return stated.may_carry(reference)


def sign_on(
    roster: RosterEdition | None,
    department: Department,
    stated: Stated,
    *,
    at: datetime,
    shift_id: UUID,
    journal: Journal,
    spool: Spool,
) -> Shift:
    """A shift, once the journal has it. Refused with the clause; the refusal is in the journal too."""
    if roster is None:
        raise Unavailable("This unit holds no roster yet, so nobody can sign on. Connect it to the office once.")
    known = next((each for each in roster.members if each.number == stated.member), None)
    refusal = must_be_in_force(roster, at) or must_have_key(department, stated.key)
    refusal = refusal or _fits(known, stated.secret, stated.key, at, spool)
    if known is not None and refusal is None:
        today = at.astimezone(department.time_zone).date()
        refusal = (
            _bound_to_key(department, known)
            or may_operate(known, on=today)
            or may_state(department, stated.purpose, stated.reference)
        )
    if known is None or refusal is not None:
        journal.write("shift.refused", at=at, member=known.number if known else None, about=shift_id)
        raise Refused(refusal or DO_NOT_FIT)
    journal.write(
        "shift.sign_on", at=at, member=known.number, about=shift_id, purpose=stated.purpose, reference=stated.reference or None
    )
    until = at + timedelta(hours=department.shift_hours)
    sources = known.sources_on(at.astimezone(department.time_zone).date())
    return Shift(shift_id, known.number, known.name, stated.purpose, stated.reference, at, until, sources, stated.key)


def sign_on_beside(
    shift: Shift,
    roster: RosterEdition | None,
    department: Department,
    stated: Stated,
    *,
    at: datetime,
    journal: Journal,
    spool: Spool,
) -> Shift:
    """The second member of a shift that stands: its purpose is the first one's. Refused like the first, and journaled."""
    known = next((each for each in roster.members if each.number == stated.member), None) if roster else None
    refusal = BESIDE_ONESELF if stated.member == shift.member else must_be_in_force(roster, at) if roster else DO_NOT_FIT
    refusal = refusal or must_have_key(department, stated.key)
    refusal = refusal or _fits(known, stated.secret, stated.key, at, spool)
    if known is not None and refusal is None:
        refusal = _bound_to_key(department, known) or may_operate(known, on=at.astimezone(department.time_zone).date())
    if known is None or refusal is not None:
        journal.write("shift.join_refused", at=at, member=known.number if known else None, about=shift.shift_id)
        raise Refused(refusal or DO_NOT_FIT)
    journal.write("shift.joined", at=at, member=known.number, about=shift.shift_id)
    sources = known.sources_on(at.astimezone(department.time_zone).date())
    return replace(shift, member=known.number, name=known.name, signed_on_at=at, authorized=sources, key=stated.key)


def prove(
    crew: Sequence[Shift],
    roster: RosterEdition | None,
    stated: Stated,
    *,
    at: datetime,
    journal: Journal,
    spool: Spool,
) -> Shift:
    """Which of those signed on this is, by their secret; to unlock the screen. Whoever left the roster meanwhile is refused.

    The stick may have been pulled out: its key is in memory. One that is plugged in counts before that, for the office may have handed
    out a new one.
    """
    mine = next((each for each in crew if each.member == stated.member), None)
    known = next((each for each in roster.members if each.number == stated.member), None) if roster and mine else None
    refusal = _fits(known, stated.secret, stated.key or (mine.key if mine else b""), at, spool)
    if mine is None or refusal is not None:
        journal.write("screen.unlock_refused", at=at, member=mine.member if mine else None, about=crew[0].shift_id)
        raise Refused(refusal or DO_NOT_FIT)
    journal.write("screen.unlocked", at=at, member=mine.member, about=mine.shift_id)
    return mine


def attest(roster: Roster, stated: Stated, *, at: datetime, journal: Journal, spool: Spool) -> str:
    """The number of a member who proves, outside a shift, that they may operate this unit: to pair a laptop. Refused as a sign-on is, and journaled."""
    edition, department = roster.edition, roster.department
    if edition is None:
        raise Unavailable("This unit holds no roster yet, so nobody can pair a laptop. Connect it to the office once.")
    known = next((each for each in edition.members if each.number == stated.member), None)
    refusal = must_be_in_force(edition, at) or must_have_key(department, stated.key)
    refusal = refusal or _fits(known, stated.secret, stated.key, at, spool)
    if known is not None and refusal is None:
        refusal = _bound_to_key(department, known) or may_operate(known, on=at.astimezone(department.time_zone).date())
    if known is None or refusal is not None:
        journal.write("laptop.pair_refused", at=at, member=known.number if known else None)
        raise Refused(refusal or DO_NOT_FIT)
    return known.number


def leave(partner: Shift, *, at: datetime, journal: Journal) -> None:
    """The second member is off the shift; the first goes on."""
    journal.write("shift.left", at=at, member=partner.member, about=partner.shift_id)


def sign_off(shift: Shift, *, at: datetime, journal: Journal) -> None:
    """The shift is over."""
    journal.write("shift.sign_off", at=at, member=shift.member, about=shift.shift_id)


def must_be_in_force(roster: RosterEdition, at: datetime) -> Refusal | None:
    """Refuses a roster past its last day, and a clock that stands before it was made."""
    if at < roster.made_at - CLOCK_BEHIND:
        said = f"The clock of this unit says {at:%Y-%m-%d %H:%M} UTC, before roster edition {roster.number} was made."
        return Refusal(Clause.TRAINING_BEFORE_USE, f"{said} Set the clock: training cannot be checked against a wrong day.")
    if at <= roster.valid_until:
        return None
    said = f"Roster edition {roster.number} was valid until {roster.valid_until:%Y-%m-%d %H:%M} UTC."
    return Refusal(Clause.TRAINING_BEFORE_USE, f"{said} Connect to the office for a newer one before signing on.")


def must_have_key(department: Department, key: bytes) -> Refusal | None:
    """Without a stick nothing is tried, whoever it is: the answer does not say whether there is such a number."""
    return NO_KEY if department.car_key and not key else None


def _bound_to_key(department: Department, known: RosterMember) -> Refusal | None:
    return SECRET_ALONE if department.car_key and not asks_for_key(known.verifier) else None


def _fits(known: RosterMember | None, secret: str, key: bytes, at: datetime, spool: Spool) -> Refusal | None:
    mark = f"tries:{known.number}" if known else "tries:unknown"
    recent = [each for each in _times(spool, mark) if at - each < TRIES_WITHIN]
    if len(recent) >= TRIES:
        return CLOSED
    if known is None:
        make_verifier(secret or "-")  # the same work as for a number that is known
    elif secret_fits(secret, known.verifier, key):
        spool.mark(mark, "")
        return None
    spool.mark(mark, " ".join(each.astimezone(UTC).isoformat() for each in [*recent, at]))
    return DO_NOT_FIT


def _times(spool: Spool, mark: str) -> list[datetime]:
    rows = spool.rows("select value from mark where name = ?", mark)
    return [datetime.fromisoformat(each) for each in str(rows[0][0]).split()] if rows else []
