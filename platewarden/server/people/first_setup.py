"""The first day: the department's policy as edition 1, its Administrative Supervisor and a second approver. Once, never again.

Nothing opens before both are there: every act that needs two people needs these two. Their one-time credentials are returned
to be shown once; they are kept nowhere, and the first sign-in asks for a second factor.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.database.migrate import open_days
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import CONSOLE, record
from platewarden.server.people.assign import assign
from platewarden.server.people.editions import store_first_edition
from platewarden.server.people.enrol import Credentials, enrol_member
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.training import enter_completion

ALREADY = Refusal(
    Clause.SUPERVISOR_MANAGES,
    "This department is set up already. Its supervisor manages people from the pages; setup cannot be run twice.",
)


@dataclass(frozen=True)
class FirstMember:
    """Somebody who is there from the first day. `trained_on` is when the approved training was completed."""

    number: str
    name: str
    duty: Duty
    trained_on: date


def set_up_department(policy_text: str, supervisor: FirstMember, approver: FirstMember) -> dict[str, Credentials]:
    """Stores the policy and takes the first two members on. Refused once there is any member. Returns credentials by number."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(4270010)")
        if Member.objects.exists():
            raise Refused(ALREADY)
        edition = store_first_edition(policy_text, signed_by="setup")
        open_days()
        record(
            Act.PEOPLE_SETUP,
            by=CONSOLE,
            about={"policy_edition": edition.number, "sha256": hashlib.sha256(edition.text.encode()).hexdigest()},
        )
        return {first.number: _take_on(first) for first in (supervisor, approver)}


def _take_on(first: FirstMember) -> Credentials:
    member, handed = enrol_member(number=first.number, name=first.name, by=CONSOLE)
    assign(member, first.duty, by=CONSOLE)
    enter_completion(
        member,
        course="ALPR operator course, department-approved",
        completed_on=first.trained_on,
        expires_on=first.trained_on + timedelta(days=365),
        by=CONSOLE,
    )
    return handed


def is_set_up() -> bool:
    return Member.objects.exists()
