"""Sign-in and sign-out: what the sign-in library calls, and the second cookie that binds the person in the database.

After password and second factor a random key goes out as a cookie; its SHA-256 goes, by the sign-in role, into a table that
only `open_access` reads. Stealing the database connection or injecting SQL does not let anybody look in another's name.

The one listener of the house stands here: the sign-in library says that a second factor was set up, and it is recorded.

Known gap: hostile code in this file could write a row for anybody; the ledger would show the sign-in.
Known gap: SQL that is injected into a page cannot change a password or a second factor (database/logins.py), but it can still
insert a member of its own; the ledger has no enrolment of that one.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_reset
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.http import HttpRequest

from platewarden.server.access.lockout import LOCKED, address_of, count_failure, is_locked
from platewarden.server.access.second_factor import factor_used, has_second_factor, used_second_factor
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member

LONGEST = timedelta(hours=12)
PERSON_COOKIE = "__Host-person" if settings.CONFIG.is_tls else "person"


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes self-registration, counts failures, and writes who signed in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The member number or the password is wrong.",
        "incorrect_password": "The password is wrong.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if is_locked(str(credentials.get("username", ""))):
            raise ValidationError(LOCKED)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        count_failure(str(credentials.get("username", "")), factor="password", address=address_of(request))

    def login(self, request: HttpRequest, user: Member) -> None:
        super().login(request, user)
        request.session["signed_in_at"] = request.session["last_input_at"] = now().timestamp()
        if used_second_factor(request):
            bind_person(request, user)

    def logout(self, request: HttpRequest) -> None:
        unbind_person(request)
        super().logout(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002
        return username.strip().upper()

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Setting up the first second factor comes right after the password; everything later asks for it again."""
        member = context.request.user
        if app == "allauth.mfa" and isinstance(member, Member) and not has_second_factor(member):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """No mail leaves this server."""


# What a browser says of itself, in a department's words; the first that fits. Nothing else of it is kept.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
MACHINES = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> str:
    """A few words for a browser and its machine, such as “Firefox, Windows”."""
    says = str(request.META.get("HTTP_USER_AGENT", ""))[:400]
    words = [next((word for mark, word in known if mark in says), "") for known in (BROWSERS, MACHINES)]
    return ", ".join(filter(None, words)) or "unknown program"


def bind_person(request: HttpRequest, member: Member) -> None:
    """Makes the second cookie and stores its SHA-256. Recorded as `access.sign_in`."""
    key = secrets.token_bytes(32)
    role = sign_in_alias()
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        cursor.execute(
            "insert into office.signed_in (cookie_sha256, member_id, member_number, member_name, until_at, address, browser, factor,"
            " last_input_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                hashlib.sha256(key).digest(),
                member.pk,
                member.number,
                member.name,
                now() + LONGEST,
                address_of(request),
                browser_of(request),
                factor_used(request),
                now(),
            ],
        )
        record(
            Act.ACCESS_SIGN_IN,
            by=Signer(member.number, member.name),
            about={"factor": factor_used(request)},
            content={"address": address_of(request)},
            using=role,
        )
    request.session["person"] = hashlib.sha256(key).hexdigest()
    request.person_cookie_to_set = key.hex()  # type: ignore[attr-defined]


def is_bound(hashed: str, *, touched: bool = False) -> bool:
    """True while a binding stands, by its key's SHA-256: not ended from elsewhere, not over. What its member does is noted."""
    if not hashed:
        return False
    role, at = sign_in_alias(), now()
    standing = "cookie_sha256 = %s and ended_at is null and until_at > %s"
    with connections[role].cursor() as cursor:
        if touched:
            cursor.execute(f"update office.signed_in set last_input_at = %s where {standing}", [at, bytes.fromhex(hashed), at])  # noqa: S608
            return bool(cursor.rowcount)
        cursor.execute(f"select from office.signed_in where {standing}", [bytes.fromhex(hashed), at])
        return cursor.fetchone() is not None


def unbind_person(request: HttpRequest) -> None:
    """Ends the binding of this browser. Recorded as `access.sign_out`."""
    key = person_key(request)
    member = request.user
    if key is None or not isinstance(member, Member):
        return
    role = sign_in_alias()
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        cursor.execute(
            "update office.signed_in set ended_at = %s where cookie_sha256 = %s and ended_at is null",
            [now(), hashlib.sha256(key).digest()],
        )
        if cursor.rowcount:
            record(Act.ACCESS_SIGN_OUT, by=Signer(member.number, member.name), using=role)


def second_factor_set_up(request: HttpRequest, user: Member, authenticator: Authenticator, **_rest: Any) -> None:
    """A member set up an authenticator app, a passkey or new recovery codes. Recorded as `access.second_factor`.

    A session that was opened without a second factor may see its recovery codes, and no more (web/gate.py).
    """
    if not used_second_factor(request):
        request.session["set_up_here"] = True
    record(
        Act.ACCESS_SECOND_FACTOR,
        by=Signer(user.number, user.name),
        about={"member": user.number, "factor": authenticator.type},
        content={"address": address_of(request)},
        using=sign_in_alias(),
    )


for _said in (authenticator_added, authenticator_reset):
    _said.connect(second_factor_set_up, dispatch_uid="access.second_factor")


def person_key(request: HttpRequest) -> bytes | None:
    """The second cookie's bytes, or None when it is missing, not ours, or was handed to another session than this one."""
    try:
        key = bytes.fromhex(request.COOKIES.get(PERSON_COOKIE, ""))
    except ValueError:
        return None
    return key if hashlib.sha256(key).hexdigest() == request.session.get("person") else None
