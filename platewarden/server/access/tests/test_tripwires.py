"""Tripwires, and the documented cases of this field: at which look each is raised, and at which it is stopped."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.access.desk import open_access
from platewarden.server.access.login import person_key
from platewarden.server.access.models import Judgement, Rule, Tripped
from platewarden.server.access.tripwires import judge, may_judge, protect, shown_to, what_was_asked
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.testing import keep_past, open_past, request_of

NOTE = "case confirmed with Det. Novak"


def look(office, request, plate):
    """One search, as the page does it up to the door."""
    office.seal()
    terms = {"plate": plate, "from": "2026-01-01T00:00:00+00:00", "to": "2027-01-01T00:00:00+00:00", "limit": 10}
    return open_access(request, Act.READS_SEARCH, terms)


def at_desk(office, number):
    """A member's request; one sign-in in a test."""
    desks = office.__dict__.setdefault("desks", {})
    if number not in desks:
        desks[number] = request_of(office, number)
    return desks[number]


def looks(office, number, plate, times):
    """How many of so many looks were let through."""
    request, through = at_desk(office, number), 0
    for _ in range(times):
        try:
            look(office, request, plate)
        except Refused:
            continue
        through += 1
    return through


def raised(rule=None):
    return [(each.rule, each.member_number, each.count) for each in Tripped.objects.order_by("pk") if rule in (None, each.rule)]


@pytest.fixture
def figures(office):
    return department().tripwires


def test_an_officer_who_looks_at_one_family_108_times_is_raised_at_the_fourth_and_stopped_after_the_eighth(office, figures):
    """Orange City, 2024: 69 looks at a former partner, 24 at her mother, 15 at her father."""
    through = [looks(office, OPERATOR, plate, times) for plate, times in (("EXWIFE1", 69), ("MOTHER1", 24), ("FATHER1", 15))]
    assert through == [figures["same_plate_refused_after"]] * 3 == [8, 8, 8]
    assert raised("same plate") == [("same plate", OPERATOR, 4), ("same plate", OPERATOR, 8)] * 3
    assert shown_to(office.member(SUPERVISOR)) == list(Tripped.objects.order_by("pk"))


def test_179_looks_for_an_investigation_are_sixteen_and_raised_four_times(office):
    """Milwaukee: 179 looks in two months at two people, the reason always “investigation”: here a case number is asked for first."""
    page = office.browser(OPERATOR, purpose=None)
    answer = page.post("/purpose/", {"purpose": "criminal-investigation", "reference": "investigation", "next": ""})
    assert answer.status_code == 422
    assert looks(office, OPERATOR, "PARTNER", 124) + looks(office, OPERATOR, "RIVAL22", 55) == 16
    assert len(raised("same plate")) == 4


def test_228_looks_of_the_chief_are_the_auditors_to_judge_and_not_the_managers(office):
    """Sedgwick: 228 looks of a chief. Who manages is raised to the auditor alone."""
    assert looks(office, SUPERVISOR, "EXWIFE1", 228) == 8
    assert {each.to_auditor for each in Tripped.objects.all()} == {True}
    assert shown_to(office.member(DESIGNEE)) == []
    assert len(shown_to(office.member(AUDITOR))) == 2
    first = Tripped.objects.order_by("pk")[0]
    with pytest.raises(Refused, match="auditor's to judge"):
        judge(request_of(office, DESIGNEE), first, Judgement.IN_ORDER, NOTE)
    key = person_key(at_desk(office, DESIGNEE))
    with pytest.raises(DatabaseError, match="somebody else judges"), connection.cursor() as cursor:
        cursor.execute("select office.judge_tripped(%s, %s, 'in order', 'x')", [key, first.pk])


def test_looks_that_were_judged_in_order_open_the_plate_again(office):
    assert looks(office, OPERATOR, "AB12345", 12) == 8
    fourth, eighth = Tripped.objects.order_by("pk")
    judge(request_of(office, DESIGNEE), fourth, Judgement.FOLLOW_UP, NOTE)
    assert looks(office, OPERATOR, "AB12345", 1) == 0
    judge(request_of(office, SUPERVISOR), eighth, Judgement.IN_ORDER, NOTE)
    assert looks(office, OPERATOR, "AB12345", 12) == 8
    assert len(raised("same plate")) == 4
    assert ("access.judge", SUPERVISOR) in office.ledger()


def test_other_members_and_other_plates_are_counted_apart(office):
    for n in range(9):
        assert looks(office, OPERATOR, f"PLATE{n}", 3) == 3
    assert looks(office, DESIGNEE, "PLATE1", 3) == 3
    assert raised() == []


def test_a_look_at_one_read_counts_for_its_plate(office):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        kept = keep_past(car, "AB12345", 20)
    assert looks(office, OPERATOR, "AB12345", 3) == 3
    request = request_of(office, OPERATOR)
    open_access(request, Act.READS_LOOK, {"read": str(kept.read_id), "captured_at": kept.report.captured_at.isoformat()})
    assert raised() == [("same plate", OPERATOR, 4)]


def test_a_refused_look_is_one_sentence_with_its_clause_and_in_the_ledger(office):
    looks(office, OPERATOR, "AB12345", 8)
    answer = office.browser(OPERATOR).post("/reads/search/", {"plate": "AB12345", "span": "week"})
    assert answer.status_code == 403
    assert "somebody else judges that it is in order" in answer.content.decode()
    assert office.ledger()[-1] == ("access.refused", OPERATOR)


def test_a_protected_plate_is_raised_at_the_first_look_and_listed_nowhere(office):
    assert protect(request_of(office, SUPERVISOR), PlateText.parse("SAFE123"), on=True)
    assert not protect(request_of(office, DESIGNEE), PlateText.parse("SAFE123"), on=True)
    assert looks(office, OPERATOR, "SAFE123", 1) == 1
    assert raised() == [("protected plate", OPERATOR, 1)]
    assert protect(request_of(office, AUDITOR), PlateText.parse("SAFE123"), on=False)
    assert looks(office, DESIGNEE, "SAFE123", 1) == 1
    assert len(raised()) == 1
    assert not office.ask_owner("select body from office.ledger_leaf where act = 'access.protect' and body like '%%SAFE123%%'")
    for login in ("app", "login", "ingest", "purge"):
        with office.database.connect(login) as conn, pytest.raises(Exception, match="permission denied"):
            conn.execute("select * from office.access_protected")


def test_a_plate_with_a_star_behind_it_counts_like_a_plate(office):
    request = at_desk(office, OPERATOR)
    for _ in range(8):
        office.seal()
        open_access(request, Act.READS_PATTERN, {"pattern": "AB12345*", "like": "AB12345%", "grams": []})
    with pytest.raises(Refused, match="somebody else judges"):
        open_access(request, Act.READS_PATTERN, {"pattern": "AB12345*", "like": "AB12345%", "grams": []})
    assert raised() == [("same plate", OPERATOR, 4), ("same plate", OPERATOR, 8)]


def test_a_search_that_names_hardly_anything_is_raised(office):
    request = request_of(office, OPERATOR)
    open_access(request, Act.READS_PATTERN, {"pattern": "?7*", "like": "_7%", "grams": []})
    open_access(request, Act.READS_PATTERN, {"pattern": "AB*", "like": "AB%", "grams": []})
    assert raised() == [("wide search", OPERATOR, 1)]


def test_very_many_looks_in_a_day_are_raised_once(office, figures):
    for n in range(figures["looks_a_day"] + 5):
        looks(office, OPERATOR, f"P{n:05}", 1)
    assert raised() == [("many looks", OPERATOR, figures["looks_a_day"])]


def test_many_sign_ins_at_once_are_raised_once_a_day(office, figures):
    for n in range(figures["sign_ins_at_once"] + 2):
        look(office, request_of(office, OPERATOR), f"PLATE{n}")
    assert raised("sign-ins at once") == [("sign-ins at once", OPERATOR, figures["sign_ins_at_once"] + 1)]


def test_nobody_judges_their_own_looks_or_without_the_duty_or_twice_or_without_a_reason(office):
    looks(office, OPERATOR, "AB12345", 4)
    tripped = Tripped.objects.get()
    assert may_judge(tripped, office.member(OPERATOR)) is not None
    with pytest.raises(Refused):
        judge(request_of(office, OUTSIDER), tripped, Judgement.IN_ORDER, NOTE)
    with pytest.raises(Malformed, match="on what your judgement rests"):
        judge(request_of(office, DESIGNEE), tripped, Judgement.IN_ORDER, "ok")
    judge(request_of(office, DESIGNEE), tripped, Judgement.IN_ORDER, NOTE)
    with pytest.raises(Stale, match="judged this already"):
        judge(request_of(office, SUPERVISOR), tripped, Judgement.IN_ORDER, NOTE)


def test_whoever_judges_sees_what_was_asked_and_that_is_a_look_of_its_own(office):
    looks(office, OPERATOR, "AB12345", 4)
    tripped = Tripped.objects.get()
    page = office.browser(SUPERVISOR).get(f"/looks/{tripped.pk}/asked/").content.decode()
    assert page.count(">AB12345<") == 4
    assert page.count('<td class="pw-mono">26-004117</td>') == 4
    assert "This one" in page
    assert office.ledger()[-1] == ("access.review", SUPERVISOR)
    assert office.browser(OPERATOR).get(f"/looks/{tripped.pk}/asked/").status_code == 403
    assert office.browser(SUPERVISOR).get("/looks/4711/asked/").status_code == 404


def test_what_a_manager_asked_is_shown_to_the_auditor_alone_by_the_database_too(office):
    looks(office, SUPERVISOR, "AB12345", 4)
    tripped = Tripped.objects.get()
    action = ("department-action", "AA-26-031")
    assert "AB12345" in office.browser(AUDITOR, purpose=action).get(f"/looks/{tripped.pk}/asked/").content.decode()
    assert office.browser(DESIGNEE).get(f"/looks/{tripped.pk}/asked/").status_code == 403
    access = open_access(at_desk(office, DESIGNEE), Act.ACCESS_REVIEW, {"tripped": tripped.pk})
    with pytest.raises(DatabaseError, match="somebody else judges"):
        what_was_asked(access)


def test_the_member_is_not_told(office):
    looks(office, OPERATOR, "AB12345", 4)
    page = office.browser(OPERATOR).get("/ledger/").content.decode()
    assert "tripped" not in page
    assert office.browser(OPERATOR).get("/looks/").status_code == 403


def test_the_page_shows_what_waits_and_takes_a_judgement(office):
    looks(office, OPERATOR, "AB12345", 8)
    browser = office.browser(SUPERVISOR)
    page = browser.get("/looks/").content.decode()
    assert "Rosa Vega" in page
    assert "further ones are refused" in page
    assert "AB12345" not in page
    last = Tripped.objects.order_by("-pk")[0]
    assert browser.post(f"/looks/{last.pk}/", {"judgement": "", "note": ""}).status_code == 422
    short = browser.post(f"/looks/{last.pk}/", {"judgement": "in order", "note": "fine"})
    assert short.status_code == 422
    assert 'value="fine"' in short.content.decode()
    assert "who confirmed the case" in short.content.decode()
    answer = browser.post(f"/looks/{last.pk}/", {"judgement": "in order", "note": NOTE}, follow=True)
    assert "Judged, in your name." in answer.content.decode()
    assert browser.post("/looks/4711/", {"judgement": "in order", "note": NOTE}).status_code == 404
    assert (
        "It is protected from now on."
        in browser.post("/looks/protected/", {"plate": "SAFE123", "on": "on"}, follow=True).content.decode()
    )
    assert browser.post("/looks/protected/", {"plate": "!", "on": "on"}).status_code == 422
    assert {each.value for each in Rule} >= {rule for rule, _, _ in raised()}
