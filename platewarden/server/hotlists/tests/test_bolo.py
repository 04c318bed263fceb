"""A BOLO: entered by one member, in force by a second, until a date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import decide, enter, withdraw
from platewarden.server.hotlists.lookup import proposals
from platewarden.server.hotlists.models import Bolo, BoloState, EditionAsk
from platewarden.server.hotlists.testing import bolo_in_force, looked_for, new_entry
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, OPERATOR, SUPERVISOR


def test_it_is_in_force_when_a_second_member_approves_it(office):
    bolo = enter(new_entry("AB12345"), by=office.member(OPERATOR))
    assert (bolo.state, bolo.author_number) == (BoloState.WAITING, OPERATOR)
    assert not looked_for(office, "AB12345")
    assert not EditionAsk.objects.exists()
    decided = decide(bolo.pk, by=office.member(DESIGNEE), approve=True)
    assert (decided.state, decided.decided_by) == (BoloState.APPROVED, "1002 Luis Ortega")
    assert looked_for(office, "AB12345")
    assert EditionAsk.objects.count() == 1
    assert office.ledger()[-2:] == [("hotlists.bolo", OPERATOR), ("hotlists.bolo_decided", DESIGNEE)]
    assert "AB12345" not in str(office.ask_owner("select body from office.ledger_leaf"))


def test_the_author_cannot_approve_it_nor_refuse_it(office):
    bolo = enter(new_entry("AB12345"), by=office.member(SUPERVISOR))
    for approve in (True, False):
        with pytest.raises(Refused) as refused:
            decide(bolo.pk, by=office.member(SUPERVISOR), approve=approve)
        assert refused.value.clause == Clause.LISTED_PURPOSES
    assert not looked_for(office, "AB12345")


def test_it_refuses_members_without_the_duty(office):
    for number in (AUDITOR, LAPSED):
        with pytest.raises(Refused):
            enter(new_entry("AB12345"), by=office.member(number))
    assert not Bolo.objects.exists()
    bolo = enter(new_entry("AB12345"), by=office.member(SUPERVISOR))
    for number in (OPERATOR, AUDITOR, LAPSED):
        with pytest.raises(Refused):
            decide(bolo.pk, by=office.member(number), approve=True)


def test_what_was_decided_is_stale(office):
    bolo = enter(new_entry("AB12345"), by=office.member(OPERATOR))
    decide(bolo.pk, by=office.member(SUPERVISOR), approve=False)
    with pytest.raises(Stale, match="refused"):
        decide(bolo.pk, by=office.member(DESIGNEE), approve=True)
    assert not looked_for(office, "AB12345")
    with pytest.raises(Unknown):
        decide(4711, by=office.member(DESIGNEE), approve=True)


def test_of_two_who_decide_at_once_one_is_told_to_look_again(office):
    bolo = enter(new_entry("AB12345"), by=office.member(OPERATOR))
    members = [office.member(SUPERVISOR), office.member(DESIGNEE)]

    def approve(by):
        try:
            return decide(bolo.pk, by=by, approve=True)
        except Stale:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(approve, members))
    assert sum(each is not None for each in done) == 1
    assert EditionAsk.objects.count() == 1


def test_it_refuses_an_end_that_is_past_missing_or_too_far(office):
    longest = timedelta(days=department().bolo_longest_days)
    for wrong in (None, now() - timedelta(seconds=1), now() + longest + timedelta(minutes=1)):
        with pytest.raises(Malformed, match="at most"):
            enter(new_entry("AB12345", expires_at=wrong), by=office.member(OPERATOR))
    enter(new_entry("AB12345", expires_at=now() + longest - timedelta(minutes=1)), by=office.member(OPERATOR))
    assert Bolo.objects.count() == 1


def test_it_refuses_one_without_a_reason_or_a_case(office):
    for wrong in ({"reason": " "}, {"reason": "because"}, {"reference": " "}):
        with pytest.raises(Malformed):
            enter(new_entry("AB12345", **wrong), by=office.member(OPERATOR))
    assert not Bolo.objects.exists()


def test_one_that_ran_out_while_it_waited_is_not_approved(office):
    bolo = enter(new_entry("AB12345"), by=office.member(OPERATOR))
    with office.as_role("owner"):
        Bolo.objects.filter(pk=bolo.pk).update(expires_at=now())
    with pytest.raises(Stale, match="run out"):
        decide(bolo.pk, by=office.member(SUPERVISOR), approve=True)


def test_a_pattern_and_an_unknown_state_are_looked_for_as_stated(office):
    bolo_in_force("?7B?4*", state=None)
    with office.as_role("ingest"):
        (found,) = proposals(["X"])
    assert (found.looked_for.text, found.looked_for.is_pattern, found.looked_for.state) == ("?7B?4*", True, None)


def form(office, **changes):
    ends = now().astimezone(department().time_zone).date() + timedelta(days=changes.pop("days", 7))
    return {
        "plate": "7b? 4*",
        "state": "unknown",
        "category": "wanted_vehicle",
        "reference": "26-004117",
        "reason": "Seen leaving a burglary.",
        "approach": "stop",
        "expires_on": ends.isoformat(),
        **changes,
    }


def test_the_pages_enter_it_show_it_and_let_a_second_member_approve_it(office):
    rosa, luis, ada = office.browser(OPERATOR), office.browser(DESIGNEE), office.browser(AUDITOR)
    assert rosa.post("/lists/bolos/new/", form(office)).status_code == 302
    bolo = Bolo.objects.get()
    path = f"/lists/bolos/{bolo.entry_id}/approve/"
    assert b"7B?4*" in luis.get("/lists/bolos/").content
    assert rosa.post(path).status_code == 403
    assert ada.get("/lists/bolos/").status_code == 403
    assert luis.post(path).status_code == 302
    assert luis.post(path).status_code == 409
    assert luis.post(path.replace(str(bolo.entry_id), "00000000-0000-4000-8000-000000000000")).status_code == 404
    assert office.ledger().count(("hotlists.bolos", DESIGNEE)) == 1


def test_the_form_says_what_is_wrong_and_stores_nothing(office):
    rosa = office.browser(OPERATOR)
    wrong = [
        {"plate": "A*"},
        {"plate": "ÄB1"},
        {"plate": ""},
        {"state": ""},
        {"state": "QQ"},
        {"category": ""},
        {"reference": ""},
        {"reason": ""},
        {"expires_on": "soon"},
    ]
    for changes in wrong:
        assert rosa.post("/lists/bolos/new/", form(office, **changes)).status_code == 422, changes
    assert rosa.post("/lists/bolos/new/", form(office, days=-1)).status_code == 400
    assert rosa.post("/lists/bolos/new/", form(office, days=4000)).status_code == 400
    assert not Bolo.objects.exists()
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(0,)]


def test_it_is_withdrawn_by_its_author_and_cars_hear_of_it(office):
    bolo = decide(enter(new_entry("AB12345"), by=office.member(OPERATOR)).pk, by=office.member(DESIGNEE), approve=True)
    assert withdraw(bolo.pk, by=office.member(OPERATOR), because="the vehicle was found").state == BoloState.WITHDRAWN
    assert not looked_for(office, "AB12345")
    assert EditionAsk.objects.count() == 2
    assert office.ledger()[-1] == ("hotlists.withdraw", OPERATOR)
    with pytest.raises(Stale, match="withdrawn"):
        withdraw(bolo.pk, by=office.member(OPERATOR), because="the vehicle was found")


def test_a_bolo_that_waits_is_withdrawn_without_an_edition_and_nobody_approves_it_then(office):
    bolo = enter(new_entry("AB12345"), by=office.member(OPERATOR))
    withdraw(bolo.pk, by=office.member(SUPERVISOR), because="entered for the wrong case")
    assert not EditionAsk.objects.exists()
    with pytest.raises(Stale):
        decide(bolo.pk, by=office.member(DESIGNEE), approve=True)


def test_somebody_elses_bolo_is_withdrawn_by_who_decides_only_and_with_a_reason(office):
    bolo = enter(new_entry("AB12345"), by=office.member(SUPERVISOR))
    with pytest.raises(Refused):
        withdraw(bolo.pk, by=office.member(OPERATOR), because="I know the driver")
    with pytest.raises(Malformed):
        withdraw(bolo.pk, by=office.member(SUPERVISOR), because=" ")
    with pytest.raises(Unknown):
        withdraw(bolo.pk + 1, by=office.member(SUPERVISOR), because="entered for the wrong case")
    with pytest.raises(Refused):
        withdraw(bolo.pk, by=office.member(LAPSED), because="entered for the wrong case")
    bolo.refresh_from_db()
    assert bolo.state == BoloState.WAITING
