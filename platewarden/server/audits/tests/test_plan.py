"""The plan is changed by two members, one of them an auditor, and by nothing else; the next audit opens by it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError

from platewarden.policy.refusal import Malformed, Refused, Stale
from platewarden.server.audits import plan
from platewarden.server.audits.models import PlanChange, PlanState
from platewarden.server.audits.testing import audit_of, fall_due, opened
from platewarden.server.clock import now
from platewarden.server.people.editions import department
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of

WHY = "the board asked for one every fortnight"


def ask(office, number=SUPERVISOR, **figures):
    return plan.ask(request_of(office, number), figures or {"audit_every_days": 14, "audit_random_looks": 30}, because=WHY)


def test_a_manager_asks_and_an_auditor_signs_and_it_is_the_next_edition(office):
    change = ask(office)
    assert department().audits["audit_every_days"] == 30
    assert plan.decide(request_of(office, AUDITOR), change, sign=True) == 2
    edition = PolicyEdition.objects.get(number=2)
    assert "audit_every_days = 14" in edition.text
    assert edition.signed_by == "1001 Dana Whitfield and 1090 Ada Brandt"
    before = PolicyEdition.objects.get(number=1).text.splitlines()
    changed = [line for line, old in zip(edition.text.splitlines(), before, strict=True) if line != old]
    assert changed == ["audit_every_days = 14", "audit_random_looks = 30"]
    assert (plan.next_audit().due_at - plan.next_audit().since).days == 14
    assert [act for act, _ in office.ledger()][-2:] == ["audits.plan", "audits.plan_decided"]


def test_an_auditor_asks_and_a_manager_signs(office):
    change = ask(office, AUDITOR)
    assert plan.decide(request_of(office, DESIGNEE), change, sign=True) == 2


def test_nobody_signs_what_they_asked_for_nor_two_managers(office, monkeypatch):
    change = ask(office)
    for number in (SUPERVISOR, DESIGNEE, OPERATOR):
        with pytest.raises(Refused):
            plan.decide(request_of(office, number), change, sign=True)
    monkeypatch.setattr(plan, "may_decide_plan", lambda *_: None)
    for number in (SUPERVISOR, DESIGNEE, OPERATOR):
        with pytest.raises(ProgrammingError, match="one of the two is an auditor"):
            plan.decide(request_of(office, number), change, sign=True)


def test_an_operator_asks_for_none(office, monkeypatch):
    with pytest.raises(Refused):
        ask(office, OPERATOR)
    monkeypatch.setattr(plan, "may_do", lambda *_: None)
    with pytest.raises(ProgrammingError, match="needs a duty"):
        ask(office, OPERATOR)


def test_one_change_waits_at_a_time_and_is_decided_once(office):
    change = ask(office)
    with pytest.raises(Stale):
        ask(office, AUDITOR, audit_every_days=60)
    assert plan.decide(request_of(office, AUDITOR), change, sign=False) is None
    assert PlanChange.objects.get().state == PlanState.REFUSED
    with pytest.raises(Stale):
        plan.decide(request_of(office, AUDITOR), change, sign=True)
    assert PolicyEdition.objects.count() == 1


@pytest.mark.parametrize("figures", [{"audit_every_days": 30}, {"audit_every_days": 0}, {"audit_random_looks": 9999}])
def test_figures_that_change_nothing_or_cannot_be_are_refused(office, figures):
    with pytest.raises(Malformed):
        ask(office, **figures)


def test_without_a_reason_it_is_refused(office):
    with pytest.raises(Malformed):
        plan.ask(request_of(office, AUDITOR), {"audit_every_days": 14}, because="ok")


@pytest.mark.parametrize("figures", ['{"reads": 9999}', '{"audit_every_days": "1\\nreads = 9"}', '{"audit_every_days": 0}'])
def test_the_database_takes_no_other_line_of_the_policy(office, figures):
    request = request_of(office, AUDITOR)
    with pytest.raises(ProgrammingError, match="no figures of the plan"):
        plan.ask_as_the_person(request, "ask_audit_plan(%s, %s::jsonb, %s, %s)", figures, 1, WHY)


def test_an_audit_keeps_the_plan_that_it_opened_with(office):
    made = audit_of(office)
    plan.decide(request_of(office, AUDITOR), ask(office, audit_random_looks=99), sign=True)
    made.refresh_from_db()
    assert made.rules["audit_random_looks"] == 15
    office.ask_owner(
        "update office.audits_audit set due_at = due_at - interval '31 d', since = since - interval '31 d' returning 1"
    )
    assert opened(office).rules["audit_random_looks"] == 99


def test_it_is_behind_when_an_audit_is_late_or_did_not_open(office):
    assert not plan.is_behind(now())
    fall_due(office, days=31)
    assert plan.is_behind(now())
    made = opened(office)
    assert not plan.is_behind(now())
    office.ask_owner("update office.audits_audit set sign_by = clock_timestamp() - interval '1 s' returning 1")
    assert plan.is_behind(now())
    assert made.number == "A-0001"


def test_the_auditors_are_those_with_the_duty(office):
    assert [each.number for each in plan.auditors(now())] == [AUDITOR]


def test_the_pages_login_cannot_write_a_change_itself(office):
    ask(office)
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("update office.audits_planchange set state = 'signed'")
