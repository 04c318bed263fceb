"""Signing in at the command line: number, password and second factor, counted by the same lockout as the pages.

What a command decides is signed by a named, trained member, never by whoever holds the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal, Refused
from platewarden.server.access.lockout import LOCKED, count_failure, is_locked
from platewarden.server.access.login import PERSON_COOKIE, bind_person, unbind_person
from platewarden.server.access.second_factor import USED, use_once
from platewarden.server.people.models import Member

NOT_THEM = Refusal(Clause.ACCESS_DOCUMENTED, "Member number, password or code do not fit. Nothing was done.")


def sign_in_at_console(number: str, password: str, code: str) -> Member:
    """The member behind number, password and code. Refused alike whichever of them is wrong; five failures lock."""
    number = number.strip().upper()
    if is_locked(number):
        raise Refused(Refusal(Clause.ACCESS_DOCUMENTED, LOCKED))
    member = Member.objects.filter(number=number, is_active=True).first()
    if member is None:
        Member().set_password(password)  # the same work as for a member that exists
        count_failure(number, factor="password", address="console")
        raise Refused(NOT_THEM)
    authenticator = Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).first()
    fits = member.check_password(password)
    if authenticator is None or not authenticator.wrap().validate_code(code) or not fits:
        count_failure(number, factor="console", address="console")
        raise Refused(NOT_THEM)
    try:
        use_once(member, code)
    except ValidationError as error:
        raise Refused(Refusal(Clause.ACCESS_DOCUMENTED, USED)) from error
    return member


@contextmanager
def person_at_console(member: Member) -> Iterator[HttpRequest]:
    """A request of a member who signed in at the console, bound to the person like a browser's, for the length of a block.

    What takes a request (the front desk, a purpose, an act that the database does for a person) takes this one.
    """
    request = HttpRequest()
    request.user = member
    request.session = {}  # type: ignore[assignment]  # it ends with the block
    request.META["REMOTE_ADDR"] = "console"
    bind_person(request, member)
    request.COOKIES[PERSON_COOKIE] = request.person_cookie_to_set  # type: ignore[attr-defined]
    try:
        yield request
    finally:
        unbind_person(request)
