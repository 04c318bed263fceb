"""The roster for cars: who may operate, trained until when, and what answers to their shift secret. Numbered, signed.

A unit checks sign-on against it with no network. It is remade when members, duties, training, the policy or the deployment
orders of fixed posts change, and every day.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import connection, transaction

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.roster_edition import Authorization, RosterEdition, RosterMember
from platewarden.exchange.seal import SigningKey
from platewarden.exchange.shift_secret import asks_for_key
from platewarden.policy.department import load_department
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.models import Member, PolicyEdition, RosterIssue
from platewarden.server.people.training import today

VALID = timedelta(days=7)
RENEW = timedelta(days=1)


def make_roster_if_due(key: SigningKey, orders: tuple[DeploymentOrder, ...] = ()) -> RosterIssue | None:
    """Makes the next roster when something in it changed or the newest is a day old; None otherwise."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(4270008)")
            if not cursor.fetchone()[0]:
                return None
        newest = RosterIssue.objects.order_by("-number").first()
        policy = PolicyEdition.objects.in_force(now())
        if policy is None:
            return None  # the department is not set up yet
        members = _members(takes_key=load_department(text=policy.text).car_key)
        mark = hashlib.sha256(repr((members, policy.number, orders)).encode()).digest()
        if newest and newest.mark == mark and newest.made_at > now() - RENEW:
            return None
        at, number = now(), newest.number + 1 if newest else 1
        edition = RosterEdition(
            number=number,
            made_at=at,
            valid_until=at + VALID,
            policy_edition=policy.number,
            policy=policy.text,
            members=members,
            orders=orders,
        )
        issue = RosterIssue.objects.create(
            number=number, made_at=at, valid_until=at + VALID, message=edition.signed(key), mark=mark
        )
        record(Act.PEOPLE_ROSTER, by=OFFICE, about={"roster": number, "members": len(members), "orders": len(orders)})
    return issue


def _members(*, takes_key: bool) -> tuple[RosterMember, ...]:
    """Those with a shift secret. One that was handed out without a key stays at home where the policy asks for keys."""
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
        if not takes_key or asks_for_key(bytes(member.shift_verifier or b""))
    )
