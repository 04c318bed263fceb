"""A BOLO made here: asked by one member, in force only when a second one approves, gone when it expires.

Refused: an expiry past the department's longest, approving one's own, deciding twice.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import NewEntry, add_entries
from platewarden.server.hotlists.models import Bolo, BoloState
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do

# A silent BOLO (surveillance, interdiction) is for who decides on it and who investigates; patrol sees none but its own.
SEE_SILENT = frozenset({Duty.SUPERVISOR, Duty.DESIGNEE, Duty.INVESTIGATOR, Duty.LIST_MANAGER})


def enter(entry: NewEntry, *, by: Member) -> Bolo:
    """Enters a BOLO; it waits for the second member. Recorded as `hotlists.bolo`, its words in the erasable content."""
    if refusal := may_do(by, Act.HOTLISTS_BOLO, now()):
        raise Refused(refusal)
    longest, at = department().bolo_longest_days, now()
    ends_at = entry.expires_at
    if ends_at is None or not at < ends_at <= at + timedelta(days=longest):
        raise Malformed(f"A BOLO ends on a date in the future, at most {longest} days from now. Correct the date.")
    if len(entry.reason.strip()) < 8:
        raise Malformed("Say in a few words why this vehicle is looked for.")
    if not entry.reference.strip():
        raise Malformed("A BOLO needs the number of its case. Give it.")
    entry = replace(entry, entry_id=uuid.uuid4(), author=by.number)
    with transaction.atomic():
        add_entries([entry], load=None, loaded_at=at)
        bolo = Bolo.objects.create(
            entry_id=entry.entry_id, author=str(by), author_number=by.number, entered_at=at, expires_at=ends_at
        )
        record(
            Act.HOTLISTS_BOLO,
            by=Signer(by.number, by.name),
            about={"entry": entry.entry_id},
            content={
                "plate": entry.text,
                "state": entry.state,
                "category": entry.category,
                "reference": entry.reference,
                "reason": entry.reason,
            },
        )
    return bolo


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


def decide(bolo_id: int, *, by: Member, approve: bool) -> Bolo:
    """Approves or refuses a waiting BOLO. Stale when it was decided meanwhile."""
    with transaction.atomic():
        bolo = Bolo.objects.select_for_update().filter(pk=bolo_id).first()
        if bolo is None:
            raise Unknown("There is no such BOLO. Look at the list again.")
        if refusal := may_decide(bolo, by):
            raise Refused(refusal)
        if bolo.state != BoloState.WAITING:
            raise Stale(f"This BOLO was decided already ({bolo.get_state_display().lower()}). Look at the list again.")
        if approve and bolo.expires_at <= now():
            raise Stale("This BOLO has run out while it waited. Have it entered again with a later date.")
        bolo.state = BoloState.APPROVED if approve else BoloState.REFUSED
        bolo.decided_at, bolo.decided_by = now(), str(by)
        bolo.save(update_fields=["state", "decided_at", "decided_by"])
        record(Act.HOTLISTS_BOLO_DECIDED, by=Signer(by.number, by.name), about={"entry": bolo.entry_id, "state": bolo.state})
        if approve:
            ask_for_edition(by=Signer(by.number, by.name))
    return bolo


def withdraw(bolo_id: int, *, by: Member, because: str, with_its_incident: bool = False) -> Bolo:
    """Ends a BOLO that waits or is in force. By its author or who decides on BOLOs; with its incident, by who may close that."""
    if refusal := may_do(by, Act.HOTLISTS_WITHDRAW, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why this vehicle is not looked for any more.")
    with transaction.atomic():
        bolo = Bolo.objects.select_for_update().filter(pk=bolo_id).first()
        if bolo is None:
            raise Unknown("There is no such BOLO. Look at the list again.")
        if not with_its_incident and bolo.author_number != by.number and may_do(by, Act.HOTLISTS_BOLO_DECIDED, now()):
            raise Refused(Refusal(Clause.LISTED_PURPOSES, "Its author withdraws a BOLO, or who decides on BOLOs. Ask one of them."))
        if bolo.state not in (BoloState.WAITING, BoloState.APPROVED):
            raise Stale(f"This BOLO has ended already ({bolo.get_state_display().lower()}). Look at the list again.")
        was_in_force = bolo.state == BoloState.APPROVED
        bolo.state = BoloState.WITHDRAWN
        bolo.save(update_fields=["state"])
        record(
            Act.HOTLISTS_WITHDRAW,
            by=Signer(by.number, by.name),
            about={"entry": bolo.entry_id},
            content={"because": because.strip()[:200]},
        )
        if was_in_force:
            ask_for_edition(by=Signer(by.number, by.name))
    return bolo
