"""The cast: the members that every test knows. Taken on through the front door."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import date, timedelta

from allauth.mfa.totp.internal.auth import TOTP

from platewarden.policy.department import load_department
from platewarden.server.clock import now
from platewarden.server.ledger.write import CONSOLE, Signer
from platewarden.server.people.assign import assign
from platewarden.server.people.enrol import enrol_member
from platewarden.server.people.first_setup import FirstMember, set_up_department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.shift_secret import ShiftCredentials, hand_out
from platewarden.server.people.training import enter_completion, today

SUPERVISOR, DESIGNEE, OPERATOR, UNTRAINED, LAPSED, AUDITOR, LIST_MANAGER, OUTSIDER = (
    "1001",
    "1002",
    "1042",
    "1077",
    "1078",
    "1090",
    "1050",
    "1099",
)
SEED = base64.b32encode(b"a seed of tests only").decode()


@dataclass(frozen=True)
class Handed:
    """What a member of the cast was handed."""

    password: str = field(repr=False)
    shift_secret: str = field(repr=False)
    shift_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Role:
    """A member of the cast: duties, and for how many days from now the training is valid (None: never trained)."""

    number: str
    name: str
    duties: tuple[Duty, ...]
    trained_days: int | None


OTHERS = (
    Role(OPERATOR, "Rosa Vega", (Duty.OPERATOR, Duty.INVESTIGATOR), 300),
    Role(UNTRAINED, "Ben Adler", (Duty.OPERATOR,), None),
    Role(LAPSED, "Kim Sato", (Duty.OPERATOR,), -1),
    Role(AUDITOR, "Ada Brandt", (Duty.AUDITOR,), 300),
    Role(LIST_MANAGER, "Tom Okafor", (Duty.LIST_MANAGER,), 300),
    Role(OUTSIDER, "Sam Hale", (), 300),
)


def make_cast(policy_text: str | None = None) -> dict[str, Handed]:
    """Sets the department up and takes everybody on, under the shipped policy or another text; returns what they were handed. The owner must be logged in."""
    day = now().date() - timedelta(days=60)
    handed = set_up_department(
        policy_text or load_department().text,
        FirstMember(SUPERVISOR, "Dana Whitfield", Duty.SUPERVISOR, day),
        FirstMember(DESIGNEE, "Luis Ortega", Duty.DESIGNEE, day),
    )
    for role in OTHERS:
        member, handed[role.number] = enrol_member(number=role.number, name=role.name, by=CONSOLE)
        for duty in role.duties:
            assign(member, duty, by=CONSOLE)
        if role.trained_days is not None:
            train(member, until=today(now()) + timedelta(days=role.trained_days))
    given = {}
    for member in Member.objects.all():
        TOTP.activate(member, SEED)
        shift = ShiftCredentials.new()
        hand_out(member, shift, by=CONSOLE)
        given[member.number] = Handed(handed[member.number].password, shift.secret, shift.key)
    return given


def train(member: Member, *, until: date, using: str = "default") -> None:
    enter_completion(
        member,
        course="ALPR operator course",
        completed_on=until - timedelta(days=365),
        expires_on=until,
        by=Signer(SUPERVISOR, "Dana Whitfield"),
        using=using,
    )
