"""The made-up members of the demo department, taken on at the server's console with one-time credentials.

Run in a process of its own, as the owner, by `demo.story`: `python -m platewarden.demo.cast`. Prints one JSON object: what
each member would be handed in person. Second factors are set up here, so that the demo can print them as a picture.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Player:
    """A member of the cast and what they are handed. `key_file` is what stands on their stick; `seed` the second factor's secret, base32."""

    number: str
    name: str
    duties: tuple[str, ...]
    password: str
    shift_secret: str
    key_file: str
    seed: str
    is_trained: bool


SUPERVISOR = "1001"
DESIGNEE = "1002"
DISPATCHER = "1030"
OPERATOR = "1042"
INVESTIGATOR = "1060"
UNTRAINED = "1077"
AUDITOR = "1090"

CAST: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    (SUPERVISOR, "Dana Whitfield", ("supervisor",), True),
    (DESIGNEE, "Luis Ortega", ("designee",), True),
    (DISPATCHER, "Mina Park", ("dispatcher",), True),
    (OPERATOR, "Rosa Vega", ("operator", "investigator"), True),
    (INVESTIGATOR, "Nora Lindqvist", ("investigator",), True),
    (UNTRAINED, "Ben Adler", ("operator",), False),
    (AUDITOR, "Ada Brandt", ("auditor",), True),
)


LIST_SOURCE = "State stolen vehicles (made up)"


def describe_source(name: str) -> None:
    """The supervisor says that this source of lists is open to every operator; before that nothing of it is loaded."""
    from platewarden.server.hotlists.source import Described, describe  # noqa: PLC0415
    from platewarden.server.people.models import Member  # noqa: PLC0415

    describe(name, Described("State Police (made up)", is_confidential=False), by=Member.objects.get(number=SUPERVISOR))


def make_cast(policy_text: str) -> list[Player]:
    """Sets the department up with the first two, then takes the others on. The database's owner must be logged in."""
    from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415  needs Django to be set up

    from platewarden.exchange.shift_key import key_file_text  # noqa: PLC0415
    from platewarden.server.clock import now  # noqa: PLC0415
    from platewarden.server.ledger.acts import Act  # noqa: PLC0415
    from platewarden.server.ledger.write import CONSOLE, Signer, record  # noqa: PLC0415
    from platewarden.server.people.assign import assign  # noqa: PLC0415
    from platewarden.server.people.enrol import enrol_member  # noqa: PLC0415
    from platewarden.server.people.first_setup import FirstMember, set_up_department  # noqa: PLC0415
    from platewarden.server.people.models import Duty, Member  # noqa: PLC0415
    from platewarden.server.people.shift_secret import ShiftCredentials, hand_out  # noqa: PLC0415
    from platewarden.server.people.training import enter_completion  # noqa: PLC0415

    trained_on = (now() - timedelta(days=40)).date()
    first = [FirstMember(number, name, Duty(duties[0]), trained_on) for number, name, duties, _ in CAST[:2]]
    handed = set_up_department(policy_text, *first)
    supervisor = Signer(SUPERVISOR, CAST[0][1])
    for number, name, duties, is_trained in CAST[2:]:
        member, handed[number] = enrol_member(number=number, name=name, by=supervisor)
        for duty in duties:
            assign(member, Duty(duty), by=supervisor)
        if is_trained:
            enter_completion(
                member,
                course="ALPR operator course, department-approved",
                completed_on=trained_on,
                expires_on=trained_on + timedelta(days=365),
                by=supervisor,
            )
    players = []
    for number, name, duties, is_trained in CAST:
        member = Member.objects.get(number=number)
        seed = base64.b32encode(secrets.token_bytes(20)).decode()
        TOTP.activate(member, seed)
        record(Act.ACCESS_SECOND_FACTOR, by=CONSOLE, about={"member": number})
        shift = ShiftCredentials.new()
        hand_out(member, shift, by=supervisor)
        key_file = key_file_text(number, shift.key)
        players.append(Player(number, name, duties, handed[number].password, shift.secret, key_file, seed, is_trained))
    return players


def main() -> None:
    import django  # noqa: PLC0415

    from platewarden.policy.department import load_department  # noqa: PLC0415

    django.setup()
    players = make_cast(load_department().text)
    describe_source(LIST_SOURCE)
    print(json.dumps([asdict(player) for player in players]))  # noqa: T201


if __name__ == "__main__":
    main()
