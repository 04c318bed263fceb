"""A BOLO: entered by one member, in force by a second, until a date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections

from platewarden.exchange.hotlist_edition import Approach
from platewarden.plate.text import PlateText
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.access.person import as_the_person
from platewarden.server.clock import now
from platewarden.server.hotlists.bolo import count_alike, extend, withdraw
from platewarden.server.hotlists.lookup import proposals
from platewarden.server.hotlists.models import Bolo, BoloState, EditionAsk, Step
from platewarden.server.hotlists.testing import as_member, bolo_in_force, decided, entered, list_in_force, looked_for
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR


def test_it_is_in_force_when_a_second_member_approves_it(office):
    bolo = entered("AB12345", by=OPERATOR)
    assert (bolo.state, bolo.author_number) == (BoloState.WAITING, OPERATOR)
    assert not looked_for(office, "AB12345")
    assert not EditionAsk.objects.exists()
    done = decided(bolo, by=DESIGNEE, approve=True)
    assert (done.state, done.decided_by) == (BoloState.APPROVED, "1002 Luis Ortega")
    assert looked_for(office, "AB12345")
    assert EditionAsk.objects.count() == 1
    assert [line for line in office.ledger() if line[0].startswith("hotlists")] == [
        ("hotlists.bolo", OPERATOR),
        ("hotlists.bolo_decided", DESIGNEE),
    ]
    assert "AB12345" not in str(office.ask_owner("select body from office.ledger_leaf"))


def test_the_author_cannot_approve_it_nor_refuse_it(office):
    bolo = entered("AB12345", by=SUPERVISOR)
    for approve in (True, False):
        with pytest.raises(Refused) as refused:
            decided(bolo, by=SUPERVISOR, approve=approve)
        assert refused.value.clause == Clause.LISTED_PURPOSES
    assert not looked_for(office, "AB12345")


def test_it_refuses_members_without_the_duty(office):
    for number in (AUDITOR, LAPSED):
        with pytest.raises(Refused):
            entered("AB12345", by=number)
    assert not Bolo.objects.exists()
    bolo = entered("AB12345", by=SUPERVISOR)
    for number in (OPERATOR, AUDITOR, LAPSED):
        with pytest.raises(Refused):
            decided(bolo, by=number, approve=True)


def test_what_was_decided_is_stale(office):
    bolo = entered("AB12345", by=OPERATOR)
    decided(bolo, by=SUPERVISOR, approve=False)
    with pytest.raises(Stale, match="refused"):
        decided(bolo, by=DESIGNEE, approve=True)
    assert not looked_for(office, "AB12345")
    with pytest.raises(Unknown):
        decided(Bolo(pk=4711), by=DESIGNEE)


def test_of_two_who_decide_at_once_one_is_told_to_look_again(office):
    bolo = entered("AB12345", by=OPERATOR)
    members = [SUPERVISOR, DESIGNEE]

    def approve(by):
        try:
            return decided(bolo, by=by)
        except Stale:
            return None
        finally:
            connections["default"].close()
            connections["login"].close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(approve, members))
    assert sum(each is not None for each in done) == 1
    assert EditionAsk.objects.count() == 1


def test_it_refuses_an_end_that_is_past_missing_or_too_far(office):
    longest = timedelta(days=department().bolo_longest_days)
    for wrong in (None, now() - timedelta(seconds=1), now() + longest + timedelta(minutes=1)):
        with pytest.raises(Malformed, match="at most"):
            entered("AB12345", by=OPERATOR, expires_at=wrong)
    entered("AB12345", by=OPERATOR, expires_at=now() + longest - timedelta(minutes=1))
    assert Bolo.objects.count() == 1


def test_it_refuses_one_without_a_reason_or_a_case(office):
    for wrong in ({"reason": " "}, {"reason": "because"}, {"reference": " "}):
        with pytest.raises(Malformed):
            entered("AB12345", by=OPERATOR, **wrong)
    assert not Bolo.objects.exists()


def test_one_that_ran_out_while_it_waited_is_not_approved(office):
    bolo = entered("AB12345", by=OPERATOR)
    with office.as_role("owner"):
        Bolo.objects.filter(pk=bolo.pk).update(expires_at=now())
    with pytest.raises(Stale, match="run out"):
        decided(bolo, by=SUPERVISOR, approve=True)


def test_a_pattern_and_an_unknown_state_are_looked_for_as_stated(office):
    bolo_in_force("?7B?4*", state=None)
    with office.as_role("ingest"):
        (found,) = proposals(["A78X4"])
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
    bolo = decided(entered("AB12345", by=OPERATOR), by=DESIGNEE)
    assert withdraw(bolo.pk, by=office.member(OPERATOR), because="the vehicle was found").state == BoloState.WITHDRAWN
    assert not looked_for(office, "AB12345")
    assert EditionAsk.objects.count() == 2
    assert office.ledger()[-1] == ("hotlists.withdraw", OPERATOR)
    with pytest.raises(Stale, match="withdrawn"):
        withdraw(bolo.pk, by=office.member(OPERATOR), because="the vehicle was found")


def test_a_bolo_that_waits_is_withdrawn_without_an_edition_and_nobody_approves_it_then(office):
    bolo = entered("AB12345", by=OPERATOR)
    withdraw(bolo.pk, by=office.member(SUPERVISOR), because="entered for the wrong case")
    assert not EditionAsk.objects.exists()
    with pytest.raises(Stale):
        decided(bolo, by=DESIGNEE, approve=True)


def test_somebody_elses_bolo_is_withdrawn_by_who_decides_only_and_with_a_reason(office):
    bolo = entered("AB12345", by=SUPERVISOR)
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


def extended(office, bolo, *, by, days):
    with as_member(by) as request:
        return extend(request, bolo.pk, until=now() + timedelta(days=days))


def test_a_later_end_is_given_by_a_second_member_and_stands_in_the_entry(office):
    bolo = bolo_in_force("AB12345")
    later = extended(office, bolo, by=DESIGNEE, days=20)
    assert later.expires_at > bolo.expires_at
    assert office.ask_owner("select expires_at from plates.hotlist_entry") == [(later.expires_at,)]
    assert [step.what for step in bolo.steps.all()] == [Step.ENTERED, Step.APPROVED, Step.EXTENDED]
    assert ("hotlists.extend", DESIGNEE) in office.ledger()
    assert EditionAsk.objects.count() == 2


def test_its_author_extends_it_not_nor_for_longer_than_the_department_says_nor_what_has_ended(office):
    bolo = bolo_in_force("AB12345")
    for by, days, error in (
        (SUPERVISOR, 20, Refused),
        (OPERATOR, 20, Refused),
        (DESIGNEE, 400, Malformed),
        (DESIGNEE, 1, Malformed),
    ):
        with pytest.raises(error):
            extended(office, bolo, by=by, days=days)
    withdraw(bolo.pk, by=office.member(SUPERVISOR), because="the vehicle was found", how=Step.RECOVERED)
    with pytest.raises(Stale):
        extended(office, bolo, by=DESIGNEE, days=20)
    assert [step.get_what_display() for step in bolo.steps.all()] == ["Entered", "Approved", "Recovered"]


def test_the_database_knows_the_second_member_by_the_key_and_takes_no_word_for_it(office):
    bolo = entered("AB12345", by=SUPERVISOR)
    with as_member(SUPERVISOR) as request:
        own = bytes.fromhex(request.COOKIES["person"])
        for statement, key in (
            ("select office.decide_bolo(%s, %s, true)", own),
            ("select office.decide_bolo(%s, %s, true)", b"x" * 32),
            ("select office.extend_bolo(%s, %s, now() + interval '9 days')", own),
        ):
            with pytest.raises(DatabaseError), connections["default"].cursor() as cursor:
                cursor.execute(statement, [key, bolo.pk])
    for statement in (
        "update office.hotlists_bolo set state = 'approved'",
        "insert into office.hotlists_bolostep (bolo_id, at, by, what, expires_at) values (1, now(), 'x', 'approved', now())",
        "select plates.add_entries(null, now(), '[]')",
        "select office.ledger_append('hotlists.bolo_decided', '1001', 'Dana Whitfield', '', '{}', '{}')",
    ):
        with pytest.raises(DatabaseError), connections["default"].cursor() as cursor:
            cursor.execute(statement)
    bolo.refresh_from_db()
    assert bolo.state == BoloState.WAITING


def test_entries_that_look_alike_are_counted_but_silent_ones_are_not(office):
    list_in_force("AB01234,IL,stolen_vehicle,SV-1")
    bolo_in_force("A801Z34", approach=Approach.SILENT)
    answer = office.browser(OPERATOR).post("/lists/bolos/new/", form(office, plate="ABO1234"), follow=True)
    assert b"Entries in force that look alike: 1." in answer.content
    assert b"look alike" not in office.browser(OPERATOR).post("/lists/bolos/new/", form(office, plate="XY99"), follow=True).content


def test_vehicle_and_instructions_stand_on_the_page(office):
    luis = office.browser(DESIGNEE)
    luis.post("/lists/bolos/new/", form(office, vehicle="gray Honda Civic", instructions="child on board"))
    page = office.browser(SUPERVISOR).get("/lists/bolos/").content
    assert b"gray Honda Civic" in page
    assert b"child on board" in page
    entry = Bolo.objects.get().entry_id
    dana = office.browser(SUPERVISOR)
    assert dana.post(f"/lists/bolos/{entry}/approve/").status_code == 302
    later = f"{now() + timedelta(days=20):%Y-%m-%d}"
    assert luis.post(f"/lists/bolos/{entry}/extend/", {"until": later}).status_code == 403
    assert dana.post(f"/lists/bolos/{entry}/extend/", {"until": "soon"}).status_code == 400
    assert dana.post(f"/lists/bolos/{entry}/extend/", {"until": later}).status_code == 302
    assert (
        office.browser(OPERATOR).post(f"/lists/bolos/{entry}/withdraw/", {"how": "recovered", "because": "found it"}).status_code
        == 403
    )
    assert dana.post(f"/lists/bolos/{entry}/withdraw/", {"how": "closed", "because": "found it again"}).status_code == 400
    assert dana.post(f"/lists/bolos/{entry}/withdraw/", {"how": "recovered", "because": "found it again"}).status_code == 302
    assert dana.post(f"/lists/bolos/{entry}/withdraw/", {"how": "recovered", "because": "found it again"}).status_code == 409
    assert b"Recovered" in office.browser(SUPERVISOR).get("/lists/bolos/").content


def test_entries_that_look_alike_are_counted_for_who_decides_on_bolos_and_for_nobody_else(office):
    """A count without a line in the ledger would tell an operator whether a plate is looked for."""
    list_in_force("ABO1234,IL,stolen_vehicle,SV-1", "AB01234,WI,stolen_vehicle,SV-2", "AB9*,IL,wanted_vehicle,SV-3")
    bolo_in_force("A801234", approach=Approach.SILENT)
    lines = office.ledger()
    for number in (LIST_MANAGER, SUPERVISOR, DESIGNEE):
        with as_member(number) as request:
            assert count_alike(request, PlateText.parse("A8O1234")) == 2
            assert count_alike(request, PlateText.parse("ZZZ9999")) == 0
    for number in (OPERATOR, AUDITOR, LAPSED):
        with as_member(number) as request, pytest.raises(Refused):
            count_alike(request, PlateText.parse("ABO1234"))
    assert [line for line in office.ledger()[len(lines) :] if line[0].startswith("hotlists")] == []
    with (
        as_member(OPERATOR) as request,
        as_the_person(request) as key,
        connections["default"].cursor() as cursor,
        pytest.raises(DatabaseError, match="needs a duty"),
    ):
        cursor.execute("select office.count_alike(%s, 'ABO1234')", [key])
