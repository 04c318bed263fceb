"""The purpose page, the lock button, a member's own sign-in and passkeys, and the looks that somebody else judges."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.access import dormant, factor_reset, lockout, second_factor, signed_in, tripwires
from platewarden.server.access.forms import JudgementForm, ProtectForm, PurposeForm, ResetForm
from platewarden.server.access.models import Judgement, Tripped
from platewarden.server.access.purpose import state_purpose, stated_purpose
from platewarden.server.clock import now
from platewarden.server.database.logins import sign_in_alias
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do
from platewarden.server.people.training import before_training


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


class PasskeyAdd(AddWebAuthnView):  # type: ignore[misc]
    """A passkey and its line in the ledger: both or neither."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic(using=sign_in_alias()):
            return cast("HttpResponse", super().form_valid(form))

    def form_invalid(self, form: Any) -> HttpResponse:
        return cast("HttpResponse", self.render_to_response(self.get_context_data() | {"form": form}))


class PasskeyAgain(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """What is wrong is said on the page itself, which asks anew."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return cast("HttpResponse", self.render_to_response(self.get_context_data() | {"form": form}))


passkey_add = before_training(PasskeyAdd.as_view())
passkey_again = before_training(PasskeyAgain.as_view())


@before_training
@require_GET
def my_sign_in(request: HttpRequest) -> HttpResponse:
    """A member's own second factors, and where they are signed in."""
    member = request.user
    assert isinstance(member, Member)
    codes = Authenticator.objects.filter(user=member, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "factors": second_factor.factors_of(member),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "has_app": second_factor.has_app(member),
        "sign_ins": signed_in.sign_ins_of(request, member.number),
    }
    return render(request, "access/my_sign_in.html", context)


@before_training
@require_POST
def end_mine(request: HttpRequest) -> HttpResponse:
    """Ends one of one's own sign-ins, or all the others."""
    assert isinstance(request.user, Member)
    _end(request, request.user.number)
    return redirect("mfa_index")


@require_GET
def sign_ins(request: HttpRequest, number: str) -> HttpResponse:
    """Where a member is signed in, for a manager."""
    found = signed_in.sign_ins_of(request, number)
    context = {"rows": found, "whose": Member.objects.filter(number=number).first()}
    return render(request, "access/sign_ins.html", context)


@require_POST
def end_theirs(request: HttpRequest, number: str) -> HttpResponse:
    _end(request, number)
    return redirect("access:sign_ins", number)


def _end(request: HttpRequest, number: str) -> None:
    named = request.POST.get("id", "")
    if named and not (named.isdecimal() and len(named) < 19):
        raise Unknown("There is no such sign-in.")
    ended = signed_in.end_sign_ins(request, number, int(named) if named else None)
    messages.success(request, f"{ended} ended." if ended else "Nothing was ended: it was over already, or it is this one.")


@require_GET
def locked_out(request: HttpRequest) -> HttpResponse:
    """Who cannot sign in and may be let in again: locked, without a second factor, disabled."""
    return _locked_out_page(request)


def _locked_out_page(request: HttpRequest, *, form: ResetForm | None = None) -> HttpResponse:
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.PEOPLE_UNLOCK, now()):
        raise Refused(refusal)
    names = {each.number: each for each in Member.objects.all()}
    nobodys, how_many = lockout.locks_of_nobody()
    context = {
        "locks": [
            (each, names.get(each.number), lockout.tries_before(each), lockout.may_release(member, each.number))
            for each in [*lockout.locks(), *nobodys]
        ],
        "nobodys": how_many,
        "resets": [(each, names[each.member_number], factor_reset.may_decide(each, member)) for each in factor_reset.waiting()],
        "decided": factor_reset.decided(),
        "form": form or ResetForm(initial={"number": request.GET.get("number", "")[:12]}),
        "dormant": [(each, dormant.may_enable(member, each.number)) for each in dormant.dormant_members()],
        "days": department().dormant_days,
    }
    return render(request, "access/locked_out.html", context, status=422 if form else 200)


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Releases a locked number. It stands in the form: a stranger may have typed anything for one."""
    number = request.POST.get("number", "")
    member = request.user
    assert isinstance(member, Member)
    if refusal := lockout.may_release(member, number):
        raise Refused(refusal)
    if lockout.release(number, by=Signer(member.number, member.name)):
        messages.success(request, "Released: the number may sign in again.")
    else:
        messages.info(request, "It was not locked any more.")
    return redirect("access:locked_out")


@require_POST
def reset_ask(request: HttpRequest) -> HttpResponse:
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _locked_out_page(request, form=form)
    factor_reset.ask(request, form.cleaned_data["number"], because=form.cleaned_data["because"])
    messages.success(request, "Asked. A second member confirms it within a day.")
    return redirect("access:locked_out")


@require_POST
def reset_confirm(request: HttpRequest, reset_id: int) -> HttpResponse:
    ended = factor_reset.decide(request, reset_id, confirm=True)
    messages.success(request, f"Reset: {ended} sign-ins were ended. At the next sign-in the page asks for a new second factor.")
    return redirect("access:locked_out")


@require_POST
def reset_refuse(request: HttpRequest, reset_id: int) -> HttpResponse:
    factor_reset.decide(request, reset_id, confirm=False)
    messages.success(request, "Refused. Nothing was changed.")
    return redirect("access:locked_out")


@require_POST
def enable(request: HttpRequest, number: str) -> HttpResponse:
    dormant.enable(request, number)
    messages.success(request, f"{number} may sign in again.")
    return redirect("access:locked_out")


@before_training
@require_POST
def factor_name(request: HttpRequest, factor_id: int) -> HttpResponse:
    assert isinstance(request.user, Member)
    second_factor.rename(request.user, factor_id, request.POST.get("name", ""))
    messages.success(request, "Renamed.")
    return redirect("mfa_index")


@before_training
@require_POST
def factor_remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    assert isinstance(request.user, Member)
    second_factor.remove(request.user, factor_id)
    messages.success(request, "Removed: it opens nothing any more.")
    return redirect("mfa_index")


@before_training
@require_POST
def touch(_request: HttpRequest) -> HttpResponse:
    """A page that stays open says that a key or the screen was touched: input, so the session goes on (see session.py)."""
    return HttpResponse(status=204)


@require_GET
def tripped(request: HttpRequest) -> HttpResponse:
    """Looks that tripped a rule and wait for this member's judgement; and what was judged lately."""
    return _tripped_page(request)


@require_GET
@needs_purpose
def asked(request: HttpRequest, tripped_id: int) -> HttpResponseBase:
    """The same page with what was asked in one look: a look of its own, recorded."""
    found = Tripped.objects.filter(pk=tripped_id).first()
    if found is None:
        raise Unknown("There is no such look in the list.")
    access = tripwires.access_to_asked(request, found)
    return _tripped_page(request, asked=tripwires.what_was_asked(access), asked_of=found)


@require_POST
def judge(request: HttpRequest, tripped_id: int) -> HttpResponse:
    found = Tripped.objects.filter(pk=tripped_id).first()
    if found is None:
        raise Unknown("There is no such look in the list.")
    form = JudgementForm(request.POST)
    if not form.is_valid():
        return _tripped_page(request, form=form, wrong=found.pk)
    tripwires.judge(request, found, Judgement(form.cleaned_data["judgement"]), form.cleaned_data["note"])
    messages.success(request, "Judged, in your name.")
    return redirect("access:tripped")


@require_POST
def protect(request: HttpRequest) -> HttpResponse:
    form = ProtectForm(request.POST)
    if not form.is_valid():
        return _tripped_page(request, protect_form=form)
    on = form.cleaned_data["on"] == "on"
    changed = tripwires.protect(request, form.cleaned_data["plate"], on=on)
    words = {(True, True): "It is protected from now on.", (True, False): "It was protected already."}
    words |= {(False, True): "It is protected no more.", (False, False): "It was not protected."}
    messages.success(request, words[on, changed])
    return redirect("access:tripped")


def _tripped_page(request: HttpRequest, **more: Any) -> HttpResponse:
    member, at = request.user, now()
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.ACCESS_JUDGE, at):
        raise Refused(refusal)
    judged = Tripped.objects.exclude(judged_at=None).exclude(member_number=member.number).order_by("-judged_at")
    if Duty.AUDITOR.value not in member.duties_on(at):
        judged = judged.filter(to_auditor=False)
    context = {
        "rows": tripwires.shown_to(member),
        "judged": judged[:50],
        "figures": department().tripwires,
        "form": JudgementForm(),
        "protect_form": ProtectForm(),
        "wrong": None,
    }
    status = 422 if any(getattr(each, "errors", None) for each in more.values()) else 200
    return render(request, "access/tripped.html", context | more, status=status)
