"""Authorization for a confidential source: granted by whom, why, until when; for one member and one source at a time.

Without it a hit from that source is “contact dispatch”, at the console and, by the roster, in the car.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department
from platewarden.server.people.models import Authorization, Member

ONESELF = Refusal(Clause.CONFIDENTIAL_DATA, "Nobody authorizes themselves for a confidential source. Ask the other approver.")


def authorize(member: Member, source: str, *, reason: str, until_on: date, by: Signer) -> Authorization:
    """Opens a source to a member until the end of that day. An earlier grant of the same source is replaced. Recorded."""
    if by.number == member.number:
        raise Refused(ONESELF)
    source, at, zone = " ".join(source.split()), now(), department().time_zone
    if not 0 < len(source) <= 60 or not source.isprintable():
        raise Malformed("Name the source as the hot lists name it, in 1 to 60 printable characters.")
    if not 8 <= len(reason.strip()) <= 200:
        raise Malformed("Say why the member needs this source, in 8 to 200 characters.")
    until_at = datetime.combine(until_on + timedelta(days=1), time(), zone)
    if not at < until_at <= at + timedelta(days=366):
        raise Malformed("An authorization ends on a day from today to a year from now. Correct the date.")
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        Authorization.objects.filter(member=member, source=source, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=str(by))
        granted = Authorization.objects.create(
            member=member, source=source, reason=reason.strip(), given_by=str(by), since_at=at, until_at=until_at
        )
        record(
            Act.PEOPLE_AUTHORIZE,
            by=by,
            about={"member": member.number, "source": source, "until": until_on.isoformat()},
            content={"reason": reason.strip()},
        )
    return granted


def withdraw(member: Member, source: str, *, by: Signer) -> bool:
    """Closes a source to a member from this moment; cars learn of it by the next roster. False when it was not open."""
    with transaction.atomic():
        ended = Authorization.objects.filter(member=member, source=source, withdrawn_at=None).update(
            withdrawn_at=now(), withdrawn_by=str(by)
        )
        if ended:
            record(Act.PEOPLE_WITHDRAW, by=by, about={"member": member.number, "source": source})
    return bool(ended)


def may_see(member: Member, source: str, at: datetime) -> Refusal | None:
    """Refuses a member who is not authorized for this confidential source."""
    if member.authorizations.in_force(at).filter(source=source).exists():
        return None
    return Refusal(
        Clause.CONFIDENTIAL_DATA,
        "This alert's source is confidential, and you are not authorized for it. Contact dispatch.",
    )
