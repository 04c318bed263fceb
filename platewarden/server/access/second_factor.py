"""The second factor: its secret encrypted in the database, its codes counted by the lockout and accepted once.

Without the library's own hook for failed codes, wrong codes would lock nobody (seen by trying).
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as LibraryForm
from allauth.mfa.base.forms import ReauthenticateForm as LibraryReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Unknown
from platewarden.server.access.lockout import LOCKED, address_of, count_failure, is_locked
from platewarden.server.access.models import UsedCode
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LAST_ONE = Refusal(
    Clause.ACCESS_DOCUMENTED,
    "This is your only second factor, and nobody signs in without one. Set up another, then remove this one.",
)
USED = "This code was used already. Wait for the next one."


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are encrypted with a key from the data folder, never stored in clear."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is wrong. Enter the one that the app shows now."
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Member) -> str:
        return user.number

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the office's own name, whatever name a request came under."""
        return {"id": urlsplit(settings.CONFIG.public_origin).hostname or "", "name": "Platewarden"}

    def get_public_key_credential_user_entity(self, user: Member) -> dict[str, Any]:
        return {"id": str(user.pk).encode(), "display_name": user.name, "name": user.number}

    def generate_authenticator_name(self, _user: Member, _type: str) -> str:
        return ""

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """No mail leaves this server."""


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(settings.CONFIG.read_secret("second-factor.key")))


class CountedCode:
    """Refuses a locked member before it looks at the code, counts a wrong one, and takes none twice."""

    user: Member

    def clean_code(self) -> str:
        member = self.user
        if is_locked(member.number):
            raise ValidationError(LOCKED)
        try:
            with transaction.atomic(
                using=sign_in_alias()
            ):  # the library locks a recovery code's row, and opens it on another login
                code = str(super().clean_code())  # type: ignore[misc]
        except ValidationError:
            count_failure(member.number, factor="code", address=address_of(context.request))
            raise
        use_once(member, code)
        return code


class AuthenticateForm(CountedCode, LibraryForm):  # type: ignore[misc]
    """Asks for the code at sign-in."""


class ReauthenticateForm(CountedCode, LibraryReauthenticateForm):  # type: ignore[misc]
    """Asks for a code again, in a session: whoever stole one may not guess at leisure either."""


def use_once(member: Member, code: str) -> None:
    """Takes a code once. Written in another way (“123 456”) it is still the same code."""
    role, at = sign_in_alias(), now()
    hashed = hashlib.sha256(normalize_user_code(code).encode()).digest()
    period = int(at.timestamp()) // 30
    used = UsedCode.objects.using(role).filter(member_id=member.pk, code_sha256=hashed, period__gte=period - 3)
    try:
        with transaction.atomic(using=role):
            if used.exists():
                raise ValidationError(USED)
            UsedCode.objects.using(role).create(member_id=member.pk, code_sha256=hashed, period=period, at=at)
    except IntegrityError as error:
        raise ValidationError(USED) from error


def has_second_factor(member: Member) -> bool:
    """True with an authenticator app or a passkey. Recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=member, type__in=FACTORS).exists())


def has_app(member: Member) -> bool:
    return bool(Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).exists())


def factors_of(member: Member) -> list[Authenticator]:
    """App and passkeys of a member, oldest first."""
    return list(Authenticator.objects.filter(user=member, type__in=FACTORS).order_by("pk"))


def rename(member: Member, factor_id: int, name: str) -> None:
    """Gives a passkey of one's own another name."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise Malformed("A passkey needs a name of 1 to 40 printable characters.")
    role = sign_in_alias()
    with transaction.atomic(using=role):
        own = Authenticator.objects.using(role).select_for_update().filter(user=member, type=Authenticator.Type.WEBAUTHN)
        passkey = own.filter(pk=factor_id).first()
        if passkey is None:
            raise Unknown("You have no such passkey.")
        passkey.data["name"] = name
        passkey.save(update_fields=["data"])


def remove(member: Member, factor_id: int) -> None:
    """Removes an app or a passkey of one's own, never the last one. Recorded as `access.second_factor_removed`."""
    role = sign_in_alias()
    with transaction.atomic(using=role):
        own = list(Authenticator.objects.using(role).select_for_update().filter(user=member, type__in=FACTORS).order_by("pk"))
        factor = next((each for each in own if each.pk == factor_id), None)
        if factor is None:
            raise Unknown("You have no such second factor.")
        if len(own) == 1:
            raise Refused(LAST_ONE)
        factor.delete()
        record(
            Act.ACCESS_SECOND_FACTOR_REMOVED,
            by=Signer(member.number, member.name),
            about={"member": member.number, "factor": factor.type},
            using=role,
        )


def used_second_factor(request: HttpRequest) -> bool:
    """True when this session was opened with a second factor."""
    methods = request.session.get("account_authentication_methods", [])
    return any(each.get("method") == "mfa" for each in methods)


def factor_used(request: HttpRequest) -> str:
    """The second factor that this session was opened with, as the ledger says it."""
    methods = request.session.get("account_authentication_methods", [])
    types = [str(each.get("type", "totp")) for each in methods if each.get("method") == "mfa"]
    return types[-1] if types else "totp"
