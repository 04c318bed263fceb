"""Stands before every page: second factor set up, person bound, not idle, trained, proof asked again. Exempt views say so, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from platewarden.policy.refusal import Refused
from platewarden.server.access.again import ask_again
from platewarden.server.access.login import PERSON_COOKIE, is_bound, person_key
from platewarden.server.access.second_factor import has_app, has_second_factor, used_second_factor
from platewarden.server.access.session import is_over
from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.people.training import must_be_trained
from platewarden.server.web.translator import refused

# Where a first second factor is set up, and what that session may open before it ends: its recovery codes, and the way out.
SETTING_UP = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
JUST_SET_UP = frozenset({"mfa_view_recovery_codes", "account_reauthenticate"})


class Gate:
    """The middleware. Anonymous visitors were sent to sign-in before it is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if key := getattr(request, "person_cookie_to_set", None):
            response.set_cookie(
                PERSON_COOKIE,
                key,
                secure=settings.CONFIG.is_tls,
                httponly=True,
                samesite="Strict",
            )
        if not request.user.is_authenticated and PERSON_COOKIE in request.COOKIES:
            response.delete_cookie(PERSON_COOKIE, samesite="Strict")
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:  # noqa: PLR0911 - one gate after another
        member = request.user
        if not isinstance(member, Member):
            return None
        member.ask_once()
        name = request.resolver_match.url_name if request.resolver_match else ""
        is_library = getattr(view, "__module__", "").startswith("allauth.")
        before = request.session.get("last_input_at")
        if not member.is_active or is_over(request, view):
            get_adapter(request).logout(request)
            messages.warning(request, "You were signed out: thirty minutes without input, or twelve hours since sign-in.")
            return redirect("account_login")
        bound = request.session.get("person")  # none in a session that was opened to set a first second factor up
        if bound and not is_bound(bound, touched=request.session.get("last_input_at") != before):
            get_adapter(request).logout(request)
            messages.warning(request, "This sign-in was ended, by you elsewhere or by a manager. Sign in again.")
            return redirect("account_login")
        if not has_second_factor(member):
            return None if is_library or name in SETTING_UP else redirect("mfa_activate_totp")
        if not used_second_factor(request) or person_key(request) is None:
            if name == "account_logout" or (name in JUST_SET_UP and request.session.get("set_up_here")):
                return None
            get_adapter(request).logout(request)
            messages.info(request, "Sign in with your second factor.")
            return redirect("account_login")
        if name == "mfa_activate_totp" and has_app(member):
            return redirect("web:home")
        if is_library:
            return None
        if not getattr(view, "before_training", False) and (refusal := must_be_trained(member, now())):
            return refused(request, Refused(refusal))
        return ask_again(request)
