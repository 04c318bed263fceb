"""A BOLO made here: asked by one member, in force only when a second one approves, gone when it expires or is withdrawn.

Each act is a function of the database. Who enters, approves and extends is known there by the key of the sign-in, so that no second
member can be made up; who withdraws is named by the application, for to look no more opens nothing.
Refused: an expiry past the department's longest, approving or extending one's own, deciding twice, ending what has ended.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest

from platewarden.plate.text import PlateText
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.person import as_the_person, ask_as_the_person, said_plainly
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import NewEntry, as_row
from platewarden.server.hotlists.models import Bolo, BoloState, Step
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do

# A silent BOLO (surveillance, interdiction) is for who decides on it and who investigates; patrol sees none but its own.
SEE_SILENT = frozenset({Duty.SUPERVISOR, Duty.DESIGNEE, Duty.INVESTIGATOR, Duty.LIST_MANAGER})


@dataclass(frozen=True)
class Entered:
    """A BOLO that waits, and how many entries in force look like its plate. Silent ones are not counted."""

    bolo: Bolo
    alike: int


def enter(request: HttpRequest, entry: NewEntry) -> Entered:
    """Enters a BOLO; it waits for the second member. Recorded as `hotlists.bolo`, its words in the erasable content."""
    if refusal := may_do(_member(request), Act.HOTLISTS_BOLO, now()):
        raise Refused(refusal)
    _must_end_in_time(entry.expires_at)
    if len(entry.reason.strip()) < 8:
        raise Malformed("Say in a few words why this vehicle is looked for.")
    if not entry.reference.strip():
        raise Malformed("A BOLO needs the number of its case. Give it.")
    row = {**as_row(entry), "entry_id": str(uuid.uuid4())}
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select bolo, alike from office.enter_bolo(%s, %s::jsonb, %s)", [key, json.dumps(row), entry.expires_at])
        bolo_id, alike = cursor.fetchone()
    return Entered(Bolo.objects.get(pk=bolo_id), alike)


def may_count_alike(member: Member) -> Refusal | None:
    """Refuses who does not decide on BOLOs: a count says, without a line in the ledger, whether a plate is looked for."""
    return may_do(member, Act.HOTLISTS_BOLO_DECIDED, now())


def count_alike(request: HttpRequest, plate: PlateText) -> int:
    """How many entries in force look like a plate that is being typed. No entry of them; silent ones are not counted."""
    if refusal := may_count_alike(_member(request)):
        raise Refused(refusal)
    return int(ask_as_the_person(request, "count_alike(%s, %s)", plate.text))


def _must_end_in_time(ends_at: datetime | None) -> None:
    longest, at = department().bolo_longest_days, now()
    if ends_at is None or not at < ends_at <= at + timedelta(days=longest):
        raise Malformed(f"A BOLO ends on a date in the future, at most {longest} days from now. Correct the date.")


def sees_silent(duties: frozenset[str]) -> bool:
    """Whether members with these duties are shown silent BOLOs of others."""
    return bool(duties & {duty.value for duty in SEE_SILENT})


def may_decide(bolo: Bolo, member: Member) -> Refusal | None:
    """Refuses the author, and whoever lacks the duty."""
    if refusal := may_do(member, Act.HOTLISTS_BOLO_DECIDED, now()):
        return refusal
    if bolo.author_number == member.number:
        return Refusal(Clause.LISTED_PURPOSES, "A second member decides on a BOLO, never its author. Ask a colleague.")
    return None


def may_withdraw(bolo: Bolo, member: Member) -> Refusal | None:
    """Refuses whoever neither entered it nor decides on BOLOs."""
    if refusal := may_do(member, Act.HOTLISTS_WITHDRAW, now()):
        return refusal
    if bolo.author_number != member.number and may_do(member, Act.HOTLISTS_BOLO_DECIDED, now()):
        return Refusal(Clause.LISTED_PURPOSES, "Its author withdraws a BOLO, or who decides on BOLOs. Ask one of them.")
    return None


def decide(request: HttpRequest, bolo_id: int, *, approve: bool) -> Bolo:
    """Approves or refuses a waiting BOLO. Stale when it was decided meanwhile. Recorded as `hotlists.bolo_decided`."""
    bolo = _known(bolo_id)
    if refusal := may_decide(bolo, _member(request)):
        raise Refused(refusal)
    if bolo.state != BoloState.WAITING:
        raise Stale(f"This BOLO was decided already ({bolo.get_state_display().lower()}). Look at the list again.")
    if approve and bolo.expires_at <= now():
        raise Stale("This BOLO has run out while it waited. Have it entered again with a later date.")
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.decide_bolo(%s, %s, %s)", [key, bolo_id, approve])
    return _known(bolo_id)


def extend(request: HttpRequest, bolo_id: int, *, until: datetime) -> Bolo:
    """Gives a BOLO in force a later end; a second member does, as for an approval. Recorded as `hotlists.extend`."""
    bolo = _known(bolo_id)
    if refusal := may_decide(bolo, _member(request)):
        raise Refused(refusal)
    if not bolo.is_in_force(now()):
        raise Stale("This BOLO is not in force. Have it entered again.")
    _must_end_in_time(until)
    if until <= bolo.expires_at:
        raise Malformed("A later end lies after the present one. Correct the date, or end the BOLO.")
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.extend_bolo(%s, %s, %s)", [key, bolo_id, until])
    return _known(bolo_id)


def withdraw(bolo_id: int, *, by: Member, because: str, how: Step = Step.CANCELLED, with_its_incident: bool = False) -> Bolo:
    """Ends a BOLO that waits or is in force. By its author or who decides on BOLOs; with its incident, by who may close that.

    Refused without a reason; Stale when it has ended already. Recorded as `hotlists.withdraw`.
    """
    bolo = _known(bolo_id)
    if refusal := may_do(by, Act.HOTLISTS_WITHDRAW, now()) if with_its_incident else may_withdraw(bolo, by):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why this vehicle is not looked for any more.")
    if bolo.state not in (BoloState.WAITING, BoloState.APPROVED):
        raise Stale(f"This BOLO has ended already ({bolo.get_state_display().lower()}). Look at the list again.")
    with said_plainly(), connection.cursor() as cursor:
        cursor.execute(
            "select office.withdraw_bolo(%s, %s, %s, %s, %s)",
            [by.number, by.name, bolo_id, (Step.CLOSED if with_its_incident else how).value, because.strip()[:200]],
        )
    return _known(bolo_id)


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)
    return request.user


def _known(bolo_id: int) -> Bolo:
    bolo = Bolo.objects.filter(pk=bolo_id).first()
    if bolo is None:
        raise Unknown("There is no such BOLO. Look at the list again.")
    return bolo
