"""Before what counts a member proves again who they are: every address that changes something is on the list or says why not."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse

from platewarden.server.access.again import ACTS, LASTS, NOTHING_DONE, PAGES, page_of
from platewarden.server.access.testing import WRONG, clock
from platewarden.server.clock import now
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR

__all__ = ["clock"]

A_LOOK = "a look: purpose and Access are asked, and it is in the ledger before anything is shown"
IN_THE_FIELD = "in the field seconds count; it is recorded by name"
TO_REFUSE = "to refuse or withdraw opens nothing"
LIBRARY = "the sign-in library asks for the proof by itself, or this is the proof"
CUSTODY = "says where a package lies that was made already; it opens nothing"
AN_ASK = "asks only; a second member signs, with a proof"
NOT_ASKED = {
    "account_login": LIBRARY,
    "mfa_authenticate": LIBRARY,
    "account_inactive": LIBRARY,
    "account_logout": "leaving is always allowed",
    "account_reauthenticate": LIBRARY,
    "mfa_reauthenticate": LIBRARY,
    "mfa_activate_totp": LIBRARY,
    "mfa_generate_recovery_codes": LIBRARY,
    "mfa_view_recovery_codes": LIBRARY,
    "mfa_add_webauthn": LIBRARY,
    "mfa_reauthenticate_webauthn": LIBRARY,
    "access:factor_name": "a word for oneself",
    "access:end_mine": "to end a sign-in opens nothing",
    "access:end_theirs": "as above",
    "access:reset_refuse": TO_REFUSE,
    "access:purpose": "every look's first step; nothing is open by it alone",
    "people:acknowledge": "says that oneself has read the policy",
    "access:lock": "leaving is always allowed",
    "access:touch": "answers nothing",
    "reads:search": A_LOOK,
    "alerts:acknowledge": IN_THE_FIELD,
    "alerts:ask": IN_THE_FIELD,
    "alerts:verify": IN_THE_FIELD,
    "alerts:dispose": IN_THE_FIELD,
    "alerts:correct": IN_THE_FIELD,
    "alerts:take_back": IN_THE_FIELD,
    "alerts:note_write": "waits for a manager, who sends it with a proof",
    "alerts:note_acknowledged": "what the agency said; it opens nothing",
    "alerts:stops": A_LOOK,
    "equipment:refuse": TO_REFUSE,
    "equipment:revoke": "a stolen unit is shut out at once",
    "hotlists:load": "a list is loaded every day from a file; one that shrinks too much is refused",
    "hotlists:publish": "sends to cars what is in force already",
    "hotlists:bolo_new": AN_ASK,
    "hotlists:bolo_alike": "a count for who decides on BOLOs; it shows no entry",
    "hotlists:bolo_refuse": TO_REFUSE,
    "hotlists:bolo_withdraw": TO_REFUSE,
    "hotlists:back": AN_ASK,
    "hotlists:back_refuse": TO_REFUSE,
    "hotlists:source_refuse": TO_REFUSE,
    "retention:schedule_refuse": TO_REFUSE,
    "retention:hold_new": "keeps what a court may need; its release is asked",
    "retention:hold_review": "says that a hold stands",
    "evidence:book": CUSTODY,
    "evidence:hand_on": CUSTODY,
    "evidence:hand_back": CUSTODY,
    "release:on_file": "finds requests again; what one asks for is not shown",
    "release:new": AN_ASK,
    "release:show": "what a request asks for: its line is in the ledger with it, and no read is shown",
    "release:letter": "as above",
    "release:permit": "as above",
    "complaints:new": "keeps what somebody says, and spares what it is about",
    "complaints:link": "adds what was found out; nothing is taken away",
    "complaints:show": "what a complaint says: its line is in the ledger with it, and no read is shown",
    "complaints:letter": "as above",
    "complaints:answer": "as above",
    "release:handed_over": CUSTODY,
    "audits:plan": AN_ASK,
    "audits:plan_refuse": TO_REFUSE,
    "audits:show": A_LOOK,
    "audits:judge": "a judgement of one look; the signature under the audit is asked",
    "audits:close": "what came of one finding",
    "audits:answer": "a member's own words about their own look",
    "investigations:incident_new": "opens a page to look from; each look asks for purpose and Access",
    "investigations:around": A_LOOK,
    "investigations:cosign_asked": A_LOOK,
    "investigations:ask_cosign": AN_ASK,
    "investigations:cosign_refuse": TO_REFUSE,
    "investigations:watch": AN_ASK,
    "investigations:decide": "a judgement of one vehicle in one incident, by name",
    "investigations:ask_cars": AN_ASK,
    "investigations:withdraw_car": TO_REFUSE,
    "investigations:coverage": A_LOOK,
    "investigations:coverage_again": A_LOOK,
    "investigations:close": "ends an incident and its watches",
}


def may_be_posted(view) -> bool:
    """False for a view that its decorator keeps to GET."""
    while view is not None:
        allowed = inspect.getclosurevars(view).nonlocals.get("request_method_list") if inspect.isfunction(view) else None
        if allowed is not None:
            return "POST" in allowed
        view = getattr(view, "__wrapped__", None)
    return True


def posts(resolver=None, space: str = ""):
    """The name of every address of the pages that takes a POST."""
    for each in (resolver or get_resolver("platewarden.server.urls")).url_patterns:
        if hasattr(each, "url_patterns"):
            yield from posts(each, f"{each.namespace}:" if each.namespace else space)
        elif may_be_posted(each.callback):
            yield f"{space}{each.name}"


def later(browser, how_long=LASTS + timedelta(seconds=1)):
    """The same session, some minutes after its last proof."""
    session = browser.session
    at = (now() - how_long).timestamp()
    session["account_authentication_methods"] = [{"method": each, "at": at} for each in ("password", "mfa")]
    session.save()
    return browser


def give_duty(browser, number=OUTSIDER):
    return browser.post(f"/people/{number}/duty/", {"duty": Duty.OPERATOR.value})


def asked(number=OUTSIDER) -> str:
    return f"/again/?next=%2Fpeople%2F{number}%2F"


def has_duty(office, number=OUTSIDER) -> bool:
    return Duty.OPERATOR.value in office.member(number).duties_on(now())


def test_every_address_that_changes_something_is_asked_or_says_why_not():
    every = set(posts())
    assert len(every) > 40
    assert set(ACTS) <= every
    assert every - set(ACTS) - set(NOT_ASKED) == set(), "put it into ACTS, or into NOT_ASKED with the reason"
    assert not set(ACTS) & set(NOT_ASKED)
    assert set(NOT_ASKED) <= every


def test_every_act_leads_back_to_a_page():
    given = {"number": "1042", "request_id": 1, "order_id": 1, "entry_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
    given |= dict.fromkeys(
        (
            "factor_id",
            "reset_id",
            "tripped_id",
            "audit_id",
            "change_id",
            "hold_id",
            "package_id",
            "cosign_id",
            "ask_id",
            "disposition_id",
            "source_id",
            "note_id",
            "alert_id",
            "year",
            "incident_id",
            "complaint_id",
        ),
        1,
    )
    by_name = {
        f"{space}:{name}": inner for space, (_, inner) in get_resolver().namespace_dict.items() for name in inner.reverse_dict
    }
    for act in ACTS:
        _, params = by_name[act].reverse_dict.getlist(act.split(":")[1])[0][0][0]
        assert page_of(act, {name: given[name] for name in params}).startswith("/")
    assert all(reverse(page) for page in PAGES)


def test_right_after_sign_in_nothing_is_asked(office):
    assert give_duty(office.browser(SUPERVISOR)).headers["location"] == f"/people/{OUTSIDER}/"
    assert has_duty(office)


def test_minutes_later_nothing_is_done_and_the_page_says_so(office):
    browser = later(office.browser(SUPERVISOR))
    before = office.ledger()
    assert give_duty(browser).headers["location"] == asked()
    assert not has_duty(office)
    assert office.ledger() == before
    page = browser.get(asked())
    assert NOTHING_DONE.encode() in page.content
    assert b"Confirm it is you" in page.content


def test_just_within_the_time_it_is_not_asked(office):
    give_duty(later(office.browser(SUPERVISOR), LASTS - timedelta(seconds=20)))
    assert has_duty(office)


def test_a_proof_from_the_future_is_none(office):
    assert give_duty(later(office.browser(SUPERVISOR), timedelta(minutes=-2))).headers["location"] == asked()


def test_a_session_that_never_says_when_it_proved_is_asked(office):
    browser = office.browser(SUPERVISOR)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
    session.save()
    assert give_duty(browser).headers["location"] == asked()


def test_the_password_opens_it_and_leads_back(office):
    browser = later(office.browser(SUPERVISOR))
    give_duty(browser)
    answer = browser.post("/again/", {"password": office.handed[SUPERVISOR].password, "next": f"/people/{OUTSIDER}/"})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/people/{OUTSIDER}/")
    assert not has_duty(office)  # nothing is done by itself: the member does it once more
    give_duty(browser)
    assert has_duty(office)


def test_the_second_factor_opens_it_too_but_no_code_twice(office, clock):
    browser = later(office.browser(SUPERVISOR))
    answer = browser.post("/again/code/", {"code": clock.next_code(), "next": "/people/"})
    assert answer.headers["location"] == "/people/"
    give_duty(browser)
    assert has_duty(office)
    later(browser)
    assert browser.post("/again/code/", {"code": clock.code(), "next": "/people/"}).status_code == 200
    assert give_duty(browser, OPERATOR).headers["location"] == asked(OPERATOR)


def test_wrong_passwords_are_counted_and_lock(office):
    browser = later(office.browser(SUPERVISOR))
    for _ in range(5):
        assert browser.post("/again/", {"password": WRONG, "next": "/people/"}).status_code == 200
    right = {"password": office.handed[SUPERVISOR].password, "next": "/people/"}
    assert browser.post("/again/", right).status_code == 200
    assert give_duty(browser).headers["location"] == asked()
    assert not has_duty(office)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_it_leads_to_no_other_site(office, elsewhere):
    browser = later(office.browser(SUPERVISOR))
    answer = browser.post("/again/", {"password": office.handed[SUPERVISOR].password, "next": elsewhere})
    assert answer.status_code in (302, 400)
    assert "evil" not in answer.headers.get("location", "")
    assert "javascript" not in answer.headers.get("location", "")


def test_the_proof_of_one_browser_is_none_in_another(office):
    first, second = later(office.browser(SUPERVISOR)), later(office.browser(SUPERVISOR))
    first.post("/again/", {"password": office.handed[SUPERVISOR].password, "next": "/people/"})
    assert give_duty(second).headers["location"] == asked()


def test_a_colleagues_password_proves_nothing(office):
    browser = later(office.browser(SUPERVISOR))
    assert browser.post("/again/", {"password": office.handed[DESIGNEE].password, "next": "/people/"}).status_code == 200
    assert give_duty(browser).headers["location"] == asked()


def test_a_long_form_asks_before_it_opens(office):
    browser = later(office.browser(SUPERVISOR))
    for page in PAGES:
        answer = browser.get(reverse(page))
        assert answer.status_code == 302, page
        assert answer.headers["location"].startswith("/again/?next="), page
    assert browser.get("/people/").status_code == 200
    assert browser.get(f"/people/{OUTSIDER}/").status_code == 200


def test_what_was_filled_in_is_not_kept(office):
    browser = later(office.browser(SUPERVISOR))
    browser.post("/looks/protected/", {"plate": "ZQ98765", "on": "on"})
    assert "ZQ98765" not in str(dict(browser.session.items()))


def test_looking_goes_on_without_it(office):
    browser = later(office.browser(OPERATOR))
    assert browser.post("/reads/search/", {"plate": "AB12345", "span": "week"}).status_code == 200
    assert browser.get("/alerts/").status_code == 200
