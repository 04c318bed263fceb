"""An earlier load of a source put back in force after a bad one: asked by one member, signed by the supervisor or designee.

Both are known to the database by the keys of their sign-ins. Refused: a load that was never in force or is, signing what oneself
asked for, and a load whose entries the schedule has ended.
"""

from __future__ import annotations

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.person import as_the_person
from platewarden.server.clock import now
from platewarden.server.hotlists.models import BackAsk, BackState, Load, LoadState
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


def ask_back(request: HttpRequest, load_id: int, *, because: str) -> BackAsk:
    """Asks to put an earlier load back. Recorded as `hotlists.back`, the reason in the erasable content."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.HOTLISTS_BACK, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words what is wrong with the list in force.")
    load = Load.objects.filter(pk=load_id).first()
    if load is None:
        raise Unknown("There is no such load. Look at the lists again.")
    if load.state != LoadState.SUPERSEDED:
        raise Stale("Only a load that was in force and is not can be put back. Look at the lists again.")
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.ask_back(%s, %s, %s)", [key, load_id, because.strip()[:200]])
        return BackAsk.objects.get(pk=cursor.fetchone()[0])


def may_decide_back(ask: BackAsk, member: Member) -> Refusal | None:
    """Refuses who asked for it, and whoever lacks the duty."""
    if refusal := may_do(member, Act.HOTLISTS_BACK_DECIDED, now()):
        return refusal
    if ask.asked_by_number == member.number:
        return Refusal(Clause.LISTED_PURPOSES, "A second member puts a list back, never the one who asked for it. Ask a colleague.")
    return None


def decide_back(request: HttpRequest, ask_id: int, *, sign: bool) -> BackAsk:
    """Puts the load back, or refuses to. Recorded as `hotlists.back_decided`; an edition is due when it was put back."""
    member = request.user
    assert isinstance(member, Member)
    ask = BackAsk.objects.filter(pk=ask_id).first()
    if ask is None:
        raise Unknown("Nobody asked for this. Look at the lists again.")
    if refusal := may_decide_back(ask, member):
        raise Refused(refusal)
    if ask.state != BackState.WAITING:
        raise Stale("This was decided already. Look at the lists again.")
    try:
        with as_the_person(request) as key, connection.cursor() as cursor:
            cursor.execute("select office.decide_back(%s, %s, %s)", [key, ask_id, sign])
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.ObjectNotInPrerequisiteState):
            raise Stale("This load's entries are not all kept any more. Load the file of its source again.") from error
        raise
    ask.refresh_from_db()
    return ask
