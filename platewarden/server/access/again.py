"""Proof asked again: before an act that counts, a member gives password or second factor once more, unless that was minutes ago.

A session left open is enough to look in its owner's name, which is recorded; it is not enough to give a duty, open a source or
let a hold go. What was filled in is not kept while the member proves: a page's fields may hold a plate, and sessions hold none.

Known gap: who fills in a form for longer than the proof lasts does so twice; pages of such forms ask before they open.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from platewarden.server.clock import now

LASTS = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
NOTHING_DONE = "Nothing was done yet. Confirm it is you, then do it once more."

# What counts, by the name of its address, and the page a member comes back to. The test of this file knows every other address.
ACTS = {
    "access:judge": "access:tripped",
    "access:protect": "access:tripped",
    "access:factor_remove": "mfa_index",
    "access:enable": "access:locked_out",
    "access:release": "access:locked_out",
    "access:reset_ask": "access:locked_out",
    "access:reset_confirm": "access:locked_out",
    "alerts:note_sent": "alerts:notes",
    "alerts:note_not_needed": "alerts:notes",
    "alerts:review_one": "alerts:review_queue",
    "alerts:review_stop": "alerts:review_queue",
    "alerts:review_correction": "alerts:review_queue",
    "complaints:decided": "complaints:complaint",
    "people:enrol": "people:enrol",
    "people:training_file": "people:training_file",
    "people:training_file_enter": "people:training_file",
    "people:policy_new": "people:policy_new",
    "people:give": "people:member",
    "people:relieve": "people:member",
    "people:hand_over": "people:member",
    "people:train": "people:member",
    "people:authorize": "people:member",
    "people:withdraw": "people:member",
    "people:leave": "people:member",
    "equipment:approve": "equipment:units",
    "equipment:deployment_new": "equipment:deployment_new",
    "equipment:deployment_withdraw": "equipment:units",
    "hotlists:bolo_approve": "hotlists:bolos",
    "hotlists:bolo_extend": "hotlists:bolos",
    "hotlists:back_sign": "hotlists:lists",
    "hotlists:source_new": "hotlists:source_new",
    "hotlists:source": "hotlists:source",
    "hotlists:source_exclude": "hotlists:source",
    "hotlists:source_take_up": "hotlists:source",
    "hotlists:source_sign": "hotlists:lists",
    "investigations:export": "investigations:incident",
    "investigations:cosign_sign": "investigations:cosigns",
    "retention:confirm_clock": "retention:overview",
    "retention:schedule_new": "retention:schedule_new",
    "retention:schedule_sign": "retention:schedule_change",
    "retention:hold_release": "retention:hold",
    "evidence:passphrase": "evidence:package",
    "evidence:destroy": "evidence:package",
    "reads:export": "reads:search",
    "release:decided": "release:asked",
    "release:named": "release:asked",
    "release:fulfilled": "release:asked",
    "audits:sign": "audits:audit",
    "audits:plan_sign": "audits:plan",
    "proof:public_fix": "proof:public",
}
# Long forms: asked before the page opens, so that nobody fills one in for nothing.
PAGES = frozenset(
    {
        "people:enrol",
        "people:policy_new",
        "people:training_file",
        "equipment:deployment_new",
        "hotlists:source_new",
        "retention:schedule_new",
    }
)


def is_recent(request: HttpRequest) -> bool:
    """True when this session gave password or second factor within the last minutes; a sign-in is such a proof."""
    given = [each.get("at", 0.0) for each in request.session.get("account_authentication_methods", [])]
    return 0 <= now().timestamp() - max(given, default=0.0) < LASTS.total_seconds()


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """Sends a member without a recent proof to the page that asks for it, and back afterwards. None where nothing is asked."""
    match = request.resolver_match
    if match is None:
        return None
    is_page = match.view_name in PAGES and request.method in ("GET", "HEAD")
    is_act = match.view_name in ACTS and not is_page and request.method not in ("GET", "HEAD")
    if not (is_page or is_act) or is_recent(request):
        return None
    if is_act:
        messages.warning(request, NOTHING_DONE)
    back = request.get_full_path() if is_page else page_of(match.view_name, match.kwargs)
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def page_of(act: str, named: dict[str, Any]) -> str:
    """The page of an act: of the one thing it names, or the list that the thing stands in."""
    try:
        return reverse(ACTS[act], kwargs=named)
    except NoReverseMatch:
        return reverse(ACTS[act])
