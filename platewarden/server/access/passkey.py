"""Passkeys: a second factor beside the password that no other site can ask for and nobody can read over a shoulder.

The sign-in library checks challenge and signature. Here stands what it leaves open: the answer comes from our own origin, not from one
below or beside it; the key asked its owner for a PIN, a finger or a face; its count goes up, so that a copy is noticed; a wrong answer
counts as a wrong password does. The password stays: a passkey alone signs nobody in (427.6(a)).

Known gap: keys that live in several places at once count nothing, so a copy of one of those is not noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import error as NotWhole  # noqa: N812  it stands among the errors below
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from platewarden.server.access.lockout import LOCKED, address_of, count_failure, is_locked
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.people.models import Member

AT_MOST = 10
LONGEST_NAME, LARGEST_ANSWER = 40, 16_384
NOT_TAKEN = "This passkey was not taken. Try once more, or use another second factor."
COPIED = (
    "This passkey's count went backwards: there may be a copy of it. It was refused. Use another second factor, remove this passkey, and "
    "tell the supervisor."
)
ENOUGH = f"You have {AT_MOST} passkeys. Remove one that you no longer use first."
THERE_ALREADY = "This passkey is set up already."
# What a stranger's bytes can raise in the libraries that take them apart.
NOT_UNDERSTOOD = (
    ValidationError,  # of the library: its sentence speaks of codes
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    NotWhole,
    InvalidSignature,
    UnsupportedAlgorithm,
)


def our_origin() -> str:
    """What the browser's address bar says of this office, as browsers write it."""
    parts = urlsplit(settings.CONFIG.public_origin)
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def answer_field() -> forms.JSONField:
    """What the browser fills in. Whatever is wrong with it, the member reads one sentence."""
    return forms.JSONField(widget=forms.HiddenInput, error_messages={"required": NOT_TAKEN, "invalid": NOT_TAKEN})


def _understood(credential: Any, parse: Callable[[Any], Any]) -> Any:
    """A browser's answer taken apart; refused unless a page of ours asked, and the key asked its owner."""
    try:
        said = parse(credential).response.client_data
        if said.origin != our_origin() or said.cross_origin:
            raise ValidationError(NOT_TAKEN)
        return parse(credential)
    except NOT_UNDERSTOOD as error:
        raise ValidationError(NOT_TAKEN) from error


def _not_too_large(form: Any) -> None:
    if len(form.data.get("credential", "")) > LARGEST_ANSWER:
        raise ValidationError(NOT_TAKEN)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey with its name. Refused: one that is there already, more than ten, an answer to another page."""

    user: Member
    credential = answer_field()

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise ValidationError(f"A name has at most {LONGEST_NAME} printable characters.")
        return name or "Passkey"

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if not credential:
            return dict(self.cleaned_data)
        _not_too_large(self)
        answer = _understood(credential, auth.parse_registration_response)
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= AT_MOST:
            raise ValidationError(ENOUGH)
        if auth.get_authenticator_by_credential_id(self.user, answer.raw_id):
            raise ValidationError(THERE_ALREADY)
        try:
            return dict(super().clean())
        except NOT_UNDERSTOOD as error:
            raise ValidationError(NOT_TAKEN) from error


class CountedPasskey:
    """Refuses a locked member before it looks at the answer, and counts a wrong one."""

    user: Member
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        member = self.user
        if is_locked(member.number):
            raise ValidationError(LOCKED)
        try:
            _not_too_large(self)
            answer = _understood(self.cleaned_data["credential"], auth.parse_authentication_response)
            authenticator = self._checked()
            _count_up(authenticator, answer.response.authenticator_data.counter)
        except ValidationError:
            count_failure(member.number, factor="passkey", address=address_of(context.request))
            raise
        return authenticator

    def _checked(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NOT_UNDERSTOOD as error:
            raise ValidationError(NOT_TAKEN) from error


class AuthenticateByPasskeyForm(CountedPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    credential = answer_field()


class ReauthenticateByPasskeyForm(CountedPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The proof asked again, in a session."""

    credential = answer_field()


def _count_up(authenticator: Authenticator, counted: int) -> None:
    """Keeps a passkey's count, which only goes up. Keys that do not count say nought, always."""
    role = sign_in_alias()
    with transaction.atomic(using=role):
        row = Authenticator.objects.using(role).select_for_update().filter(pk=authenticator.pk).first()
        if row is None:  # removed in the same moment
            raise ValidationError(NOT_TAKEN)
        before = row.data.get("counted", row.wrap().authenticator_data.counter)
        if (counted or before) and counted <= before:
            raise ValidationError(COPIED)
        row.data["counted"] = counted
        row.save(update_fields=["data"])
