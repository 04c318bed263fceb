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
from platewarden.server.access.login import PERSON_COOKIE, person_key
from platewarden.server.access.second_factor import has_second_factor, used_second_factor
from platewarden.server.access.session import is_over
from platewarden.server.clock import now
from platewarden.server.people.models import Member
from platewarden.server.people.training import must_be_trained
from platewarden.server.web.translator import refused


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
        module = getattr(view, "__module__", "")
        if not member.is_active or is_over(request, view):
            get_adapter(request).logout(request)
            messages.warning(request, "You were signed out: thirty minutes without input, or twelve hours since sign-in.")
            return redirect("account_login")
        is_set_up = has_second_factor(member)
        if module.startswith("allauth."):
            is_setting_up = request.resolver_match is not None and request.resolver_match.url_name == "mfa_activate_totp"
            return redirect("web:home") if is_set_up and is_setting_up else None
        if not is_set_up:
            return redirect("mfa_activate_totp")
        if not used_second_factor(request) or person_key(request) is None:
            get_adapter(request).logout(request)
            messages.info(request, "Sign in with your second factor.")
            return redirect("account_login")
        if not getattr(view, "before_training", False) and (refusal := must_be_trained(member, now())):
            return refused(request, Refused(refusal))
        return ask_again(request)
