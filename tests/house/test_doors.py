"""Every address: an anonymous visitor is sent to sign-in, an untrained member is refused with the clause; exempt ones are listed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from platewarden.server.people.testing import UNTRAINED
from platewarden.server.unit_api import urls as door

WITHOUT_SIGN_IN = {
    "account_login": "it is the sign-in",
    "mfa_authenticate": "it is the sign-in's second half",
    "account_inactive": "says why somebody cannot sign in",
    "watch:live": "says that the process is there, for a load balancer",
    "watch:ready": "says whether a look would be answered, for a load balancer",
    "watch:figures": "there for whoever brings the token of the server's disk",
    "account_logout": "leaving is always allowed; whoever left already is sent home",
}
# The sign-in library's own pages show no plate data, and a member needs them before any training.
BEFORE_TRAINING = {
    "account_reauthenticate": "asks for the password again",
    "mfa_reauthenticate": "asks for the code again",
    "mfa_activate_totp": "nobody comes further without a second factor",
    "mfa_generate_recovery_codes": "part of setting up the second factor",
    "mfa_view_recovery_codes": "part of setting up the second factor",
    "mfa_add_webauthn": "sets up a passkey, also the first second factor",
    "mfa_reauthenticate_webauthn": "asks for the passkey again",
    "mfa_index": "a member's own second factors and sessions",
    "access:factor_name": "as above",
    "access:end_mine": "ends one's own sign-ins",
    "access:factor_remove": "as above: a lost phone is not left standing until the training is over",
    "audits:mine": "whoever looked untrained answers for it; it shows no plate",
    "audits:answer": "as above",
    "people:policy": "the policy is read before any training; it shows no plate",
    "people:policy_text": "as above",
    "people:acknowledge": "as above",
    "access:lock": "leaving is always allowed",
    "access:touch": "says that somebody is there; answers nothing",
}
GIVEN = {"int": "1", "uuid": str(uuid.UUID(int=12)), "str": "2026-01-01T00:00:00+00:00", "slug": "a", "path": "a", "number": "1042"}


def addresses(resolver: URLResolver | None = None, before: str = "/", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Name, address with made-up values, pattern."""
    for each in (resolver or get_resolver("platewarden.server.urls")).url_patterns:
        route = str(each.pattern)
        for name, converter in each.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            route = route.replace(f"<{kind}:{name}>", GIVEN[kind])
        if isinstance(each, URLResolver):
            yield from addresses(each, before + route, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}", before + route, each


def test_every_address_has_a_name_and_a_shape_that_is_known() -> None:
    listed = list(addresses())
    assert len(listed) > 30
    assert all(name and "<" not in address for name, address, _ in listed)


def test_exempt_views_are_those_on_the_lists_and_no_others() -> None:
    without = {name for name, _, pattern in addresses() if not getattr(pattern.callback, "login_required", True)}
    assert without == set(WITHOUT_SIGN_IN)
    untrained = {
        name
        for name, _, pattern in addresses()
        if getattr(pattern.callback, "before_training", False) or pattern.callback.__module__.startswith("allauth.")
    }
    assert untrained - set(WITHOUT_SIGN_IN) == set(BEFORE_TRAINING)


def test_an_anonymous_visitor_is_sent_to_sign_in_from_everywhere(office) -> None:
    visitor = office.browser()
    for name, address, _ in addresses():
        for answer in (visitor.get(address), visitor.post(address)):
            sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            assert sent_away or name in WITHOUT_SIGN_IN, f"{name} answered {answer.status_code}"


def test_an_untrained_member_is_refused_with_the_clause_everywhere(office) -> None:
    member = office.browser(UNTRAINED)
    for name, address, _ in addresses():
        if name in WITHOUT_SIGN_IN or name in BEFORE_TRAINING:
            continue
        for answer in (member.get(address), member.post(address)):
            assert (answer.status_code, b"427.4(d)" in answer.content) == (403, True), name


def test_the_pages_process_has_no_door_for_cars_and_the_cars_no_pages(office) -> None:
    for pattern in door.urlpatterns:
        assert office.browser("1042").get(f"/{pattern.pattern}").status_code == 404
    assert office.post_to_door("../../reads/search/", b"").status_code == 404


def test_the_cars_door_answers_nobody_who_did_not_sign(office) -> None:
    """Its two addresses without a signature give the office's public keys, and a nonce."""
    for pattern in door.urlpatterns:
        path = str(pattern.pattern).removeprefix("unit/v1/")
        answer = office.post_to_door(path, b"not a message")
        assert answer.status_code == (405 if path in {"office", "nonce"} else 400), path
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
