"""The shift secret for cars, handed out in person with the member's stick. A new one ends the one before at the next roster.

When a car or a stick is stolen, or a member is signed on in two units, the office hands out a new one at once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from platewarden.durable import put
from platewarden.exchange.shift_key import key_file_name, key_file_text
from platewarden.exchange.shift_secret import KEY_BYTES, make_verifier
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.enrol import speakable
from platewarden.server.people.models import Member


@dataclass(frozen=True)
class ShiftCredentials:
    """What a member signs on to a car with: the secret to type, and the key on the stick. Kept nowhere at the office."""

    secret: str = field(repr=False)
    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> ShiftCredentials:
        return cls(secret=speakable(4), key=secrets.token_bytes(KEY_BYTES))


def hand_out(member: Member, credentials: ShiftCredentials, *, by: Signer) -> None:
    """These count from the next roster on, and the ones before no longer. Refused for a member who left."""
    verifier = make_verifier(credentials.secret, credentials.key)
    with transaction.atomic():
        if not Member.objects.filter(pk=member.pk, is_active=True).update(shift_verifier=verifier):
            raise Malformed(f"{member.number} is no longer a member. Only members get a shift secret.")
        record(Act.PEOPLE_SHIFT_SECRET, by=by, about={"member": member.number})


def write_key_file(stick: Path, number: str, key: bytes) -> Path:
    """The key, durably on the stick that is mounted there; a key of the same number that was on it is replaced."""
    path = stick / key_file_name(number)
    try:
        put(path, key_file_text(number, key).encode())
    except OSError as error:
        raise Unavailable(
            f"The key file cannot be written onto the stick ({error.strerror}). Plug it in, name the folder where it is mounted, and try again."
        ) from error
    return path
