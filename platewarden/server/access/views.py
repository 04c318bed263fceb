"""The purpose page, and the lock button."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from platewarden.server.access.forms import PurposeForm
from platewarden.server.access.purpose import state_purpose, stated_purpose
from platewarden.server.access.session import before_training
from platewarden.server.people.editions import department


def needs_purpose(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Sends a member without a stated purpose to the purpose page first, and back afterwards."""

    @functools.wraps(view)
    def asked_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if stated_purpose(request) is None:
            back = request.get_full_path() if request.method == "GET" else reverse("web:home")
            return redirect(f"{reverse('access:purpose')}?{urlencode({'next': back})}")
        return view(request, *args, **kwargs)

    return asked_first


@require_http_methods(["GET", "POST"])
def purpose(request: HttpRequest) -> HttpResponseBase:
    form = PurposeForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        state_purpose(request, name=form.cleaned_data["purpose"], reference=form.cleaned_data["reference"])
        back = form.cleaned_data["next"]
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return redirect(back if back and is_ours else "web:home")
    context = {"form": form, "purposes": department().purposes.values(), "stated": stated_purpose(request)}
    return render(request, "access/purpose.html", context, status=422 if form.errors else 200)


@before_training
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The lock button: signs out at once."""
    get_adapter(request).logout(request)
    return redirect("account_login")


@before_training
@require_POST
def touch(_request: HttpRequest) -> HttpResponse:
    """A page that stays open says that a key or the screen was touched: input, so the session goes on (see session.py)."""
    return HttpResponse(status=204)
