"""The second factor: its secret encrypted in the database, its codes counted by the lockout and accepted once.

Without the library's own hook for failed codes, wrong codes would lock nobody (seen by trying).
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

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

from platewarden.server.access.lockout import LOCKED, count_failure, is_locked
from platewarden.server.access.models import UsedCode
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.people.models import Member

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
            code = str(super().clean_code())  # type: ignore[misc]
        except ValidationError:
            count_failure(member.number, factor="code", address="")
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
    return bool(Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).exists())


def used_second_factor(request: HttpRequest) -> bool:
    """True when this session was opened with a second factor."""
    methods = request.session.get("account_authentication_methods", [])
    return any(each.get("method") == "mfa" for each in methods)
