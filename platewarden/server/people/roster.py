"""The roster for cars: who may operate, trained until when, and what answers to their shift secret. Numbered, signed.

A unit checks sign-on against it with no network. It is remade when members, duties or training change, and every day.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import connection, transaction

from platewarden.exchange.roster_edition import Authorization, RosterEdition, RosterMember
from platewarden.exchange.seal import SigningKey
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.models import Member, PolicyEdition, RosterIssue
from platewarden.server.people.training import today

VALID = timedelta(days=7)
RENEW = timedelta(days=1)


def make_roster_if_due(key: SigningKey) -> RosterIssue | None:
    """Makes the next roster when something in it changed or the newest is a day old; None otherwise."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(4270008)")
            if not cursor.fetchone()[0]:
                return None
        newest = RosterIssue.objects.order_by("-number").first()
        members = _members()
        mark = _mark(members)
        if newest and newest.mark == mark and newest.made_at > now() - RENEW:
            return None
        at, number = now(), newest.number + 1 if newest else 1
        policy = PolicyEdition.objects.order_by("-number").first()
        edition = RosterEdition(
            number=number, made_at=at, valid_until=at + VALID, policy_edition=policy.number if policy else 0, members=members
        )
        issue = RosterIssue.objects.create(
            number=number, made_at=at, valid_until=at + VALID, message=edition.signed(key), mark=mark
        )
        record(Act.PEOPLE_ROSTER, by=OFFICE, about={"roster": number, "members": len(members)})
    return issue


def _members() -> tuple[RosterMember, ...]:
    at = now()
    return tuple(
        RosterMember(
            number=member.number,
            name=member.name,
            duties=tuple(sorted(member.duties_on(at))),
            trained_until=member.trained_until(),
            verifier=bytes(member.shift_verifier or b""),  # there is one: the query asks for it
            authorized=tuple(
                Authorization(each.source, today(each.until_at - timedelta(microseconds=1)))
                for each in member.authorizations.in_force(at).order_by("source")
            ),
        )
        for member in Member.objects.filter(is_active=True).exclude(shift_verifier=None).order_by("number")
    )


def _mark(members: tuple[RosterMember, ...]) -> bytes:
    return hashlib.sha256(repr(members).encode()).digest()
