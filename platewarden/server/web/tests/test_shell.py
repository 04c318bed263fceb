"""What the frame of every page says about the member and the day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Assignment, Member
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.web.shell import Shell, counted


def shell_of(office, number, session=None):
    return Shell(SimpleNamespace(user=office.member(number), session=session or {}))


def test_it_names_the_member_the_duties_and_the_purpose(office):
    until = (now() + timedelta(minutes=5)).timestamp()
    shell = shell_of(office, OPERATOR, {"purpose": ["criminal-investigation", "Criminal investigation", "26-004117", until]})
    assert (shell.member_name, shell.member_number) == ("Rosa Vega", OPERATOR)
    assert shell.duties_line == "Investigator, Operator"
    assert shell.purpose.reference == "26-004117"
    assert shell.department.short_name == "Highland Park PD"


def test_without_a_duty_it_says_so(office):
    assert shell_of(office, OUTSIDER).duties_line == "no duty today"


def test_before_sign_in_it_knows_nobody(office):
    assert office.browser().get("/sign-in/").status_code == 200
    shell = Shell(SimpleNamespace(user=AnonymousUser(), session={}))
    assert (shell.member_name, shell.duties, shell.purpose, shell.waiting, shell.idle_until) == ("", frozenset(), None, {}, None)


def test_it_tells_when_one_was_here_last(office):
    for _ in range(2):
        record(Act.ACCESS_SIGN_IN, by=Signer(OPERATOR, "Rosa Vega"))
    shell = shell_of(office, OPERATOR)
    assert now() - shell.last_sign_in_at < timedelta(minutes=5)
    assert shell.failed_since == 0


def test_it_says_until_when_the_session_lasts_without_input(office):
    shell = shell_of(office, OPERATOR, {"last_input_at": now().timestamp()})
    assert timedelta(minutes=29) < shell.idle_until - now() <= timedelta(minutes=30)


def test_it_counts_what_waits_for_the_member(office):
    unit = office.car().unit
    with office.as_role("owner"):
        for number, silent in enumerate((False, True)):
            one = uuid.UUID(int=number)
            facts = {"captured_at": now(), "raised_at": now(), "unit": unit, "tier": "full", "urgent": False, "silent": silent}
            Alert.objects.create(hit_id=one, read_id=one, **facts)
    assert shell_of(office, SUPERVISOR).waiting["alerts"] == 2
    assert shell_of(office, LIST_MANAGER).waiting["alerts"] == 1, "a silent one is not told to everybody"


def test_what_the_menu_does_not_show_is_not_counted(office):
    assert set(shell_of(office, OPERATOR).waiting) == {"alerts", "cosigns", "answers", "retention"}
    assert set(shell_of(office, LIST_MANAGER).waiting) == {"alerts", "cosigns", "answers", "bolos", "retention"}
    assert {"units", "bolos", "audits", "locked_out"} < set(shell_of(office, SUPERVISOR).waiting)


def test_sets_are_counted_in_one_statement_and_an_empty_one_is_nought(office):
    with CaptureQueriesContext(connection) as asked:
        found = counted(
            {"none": Alert.objects.none(), "alerts": Alert.objects.open(), "members": Member.objects.filter(is_active=True)}
        )
    assert len(asked) == 1
    assert found == {"none": 0, "alerts": 0, "members": Member.objects.filter(is_active=True).count()}


def test_a_search_page_asks_little_besides_its_search(office):
    rosa = office.browser(OPERATOR)
    rosa.post("/reads/search/", {"plate": "AB1??", "span": "week"})
    with CaptureQueriesContext(connection) as asked:
        assert rosa.post("/reads/search/", {"plate": "AC1??", "span": "week"}).status_code == 200
    assert len(asked) <= 11, "its menu, member and policy are asked for once each"


def test_a_duty_that_is_taken_away_is_gone_at_the_next_page(office):
    rosa = office.browser(OPERATOR)
    assert rosa.get("/reads/search/").status_code == 200
    with office.as_role("owner"):
        Assignment.objects.filter(member__number=OPERATOR).update(until_at=now())
    assert rosa.post("/reads/search/", {"plate": "AC1??", "span": "week"}).status_code == 403
