"""Deployment orders: given by a manager for one unit, one at a time, withdrawn, and gone from the roster with that."""

from __future__ import annotations

import dataclasses
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.equipment.deploy import NewOrder, order, orders_in_force, withdraw
from platewarden.server.equipment.enrol import revoke
from platewarden.server.equipment.models import Deployment
from platewarden.server.equipment.testing import enrol_car
from platewarden.server.people.testing import DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.people.training import today


@pytest.fixture
def post(office):
    with office.as_role("owner"):
        return enrol_car("Post 3", by=office.member(SUPERVISOR))


def new(post, **changes):
    row = {
        "unit_id": post.unit.pk,
        "member": OPERATOR,
        "place": "Park Avenue at Sheridan Road",
        "purpose": "stolen-property",
        "reference": "26-004117",
        "review_on": today(now()) + timedelta(days=30),
    }
    return NewOrder(**{**row, **changes})


def in_force(office):
    with office.as_role("purge"):
        return orders_in_force()


def test_an_order_is_in_force_for_its_unit_and_in_the_ledger(office, post):
    given = order(new(post), by=office.member(SUPERVISOR))
    (standing,) = in_force(office)
    assert (standing.number, standing.unit_key_id, standing.member) == (given.pk, post.key.key_id, OPERATOR)
    assert (standing.place, standing.review_on) == ("Park Avenue at Sheridan Road", today(now()) + timedelta(days=30))
    assert standing.ordered_by == f"{SUPERVISOR} Dana Whitfield"
    assert office.ledger()[-1] == ("equipment.deployed", SUPERVISOR)


def test_another_order_withdraws_the_one_before(office, post):
    order(new(post), by=office.member(SUPERVISOR))
    second = order(new(post, place="Central Avenue"), by=office.member(DESIGNEE))
    assert [each.number for each in in_force(office)] == [second.pk]
    assert [act for act, _ in office.ledger()[-2:]] == ["equipment.deployment_ended", "equipment.deployed"]


def test_withdrawn_once_however_often(office, post):
    given = order(new(post), by=office.member(SUPERVISOR))
    for _ in range(2):
        withdraw(given.pk, by=office.member(SUPERVISOR))
    assert in_force(office) == ()
    assert [act for act, _ in office.ledger()].count("equipment.deployment_ended") == 1
    with pytest.raises(Unknown):
        withdraw(given.pk + 1, by=office.member(SUPERVISOR))


def test_a_revoked_unit_and_a_past_review_are_not_in_the_roster(office, post):
    given = order(new(post, review_on=today(now())), by=office.member(SUPERVISOR))
    assert len(in_force(office)) == 1
    with office.as_role("owner"):
        Deployment.objects.filter(pk=given.pk).update(review_on=today(now()) - timedelta(days=1))
    assert in_force(office) == ()
    order(new(post), by=office.member(SUPERVISOR))
    revoke(post.unit.pk, by=office.member(SUPERVISOR))
    assert in_force(office) == ()
    with pytest.raises(Unknown, match="no such unit"):
        order(new(post), by=office.member(SUPERVISOR))


@pytest.mark.parametrize(
    ("changes", "by", "error", "clause"),
    [
        ({}, OPERATOR, Refused, Clause.ASSIGNED_MEMBERS),
        ({}, LIST_MANAGER, Refused, Clause.ASSIGNED_MEMBERS),
        ({"member": OUTSIDER}, SUPERVISOR, Refused, Clause.ASSIGNED_MEMBERS),
        ({"member": LAPSED}, SUPERVISOR, Refused, Clause.TRAINING_BEFORE_USE),
        ({"member": "9999"}, SUPERVISOR, Refused, Clause.ASSIGNED_MEMBERS),
        ({"purpose": "curiosity"}, SUPERVISOR, Refused, Clause.NO_UNAUTHORIZED_PURPOSE),
        ({"purpose": "department-action", "reference": "AA-26-031"}, SUPERVISOR, Refused, Clause.NO_UNAUTHORIZED_PURPOSE),
        ({"reference": ""}, SUPERVISOR, Refused, Clause.LEGITIMATE_PURPOSE),
        ({"place": "  "}, SUPERVISOR, Malformed, None),
        ({"place": "a\x00b"}, SUPERVISOR, Malformed, None),
        ({"unit_id": uuid.UUID(int=1)}, SUPERVISOR, Unknown, None),
    ],
)
def test_it_is_refused_and_nothing_is_kept(office, post, changes, by, error, clause):
    lines = len(office.ledger())
    with pytest.raises(error) as refused:
        order(new(post, **changes), by=office.member(by))
    if clause:
        assert refused.value.clause is clause
    assert len(office.ledger()) == lines
    assert not Deployment.objects.exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_review_lies_within_a_year_from_today(office, post, days):
    with pytest.raises(Refused, match="366 days"):
        order(new(post, review_on=today(now()) + timedelta(days=days)), by=office.member(SUPERVISOR))


def test_of_two_at_once_one_stands(office, post):
    def give(by):
        try:
            return order(new(post), by=office.member(by))
        except Stale as refused:
            return refused
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        list(both.map(give, (SUPERVISOR, DESIGNEE)))
    assert Deployment.objects.filter(withdrawn_at=None).count() == 1


def test_the_page_gives_and_withdraws_an_order(office, post):
    browser = office.browser(SUPERVISOR)
    assert "No post runs under an order" in browser.get("/units/").content.decode()
    form = {**dataclasses.asdict(new(post)), "unit": post.unit.pk, "review_on": f"{today(now()) + timedelta(days=3):%Y-%m-%d}"}
    assert browser.post("/units/deployments/new/", {**form, "place": ""}).status_code == 422
    kept = browser.post("/units/deployments/new/", {**form, "reference": "", "place": "Central Avenue"})
    assert kept.status_code == 422
    assert "needs a case number" in kept.content.decode()
    assert "Central Avenue" in kept.content.decode()
    assert browser.post("/units/deployments/new/", form).status_code == 302
    page = browser.get("/units/").content.decode()
    assert "Park Avenue at Sheridan Road" in page
    given = Deployment.objects.get()
    assert browser.post(f"/units/deployments/{given.pk}/withdraw/").status_code == 302
    assert "No post runs under an order" in browser.get("/units/").content.decode()


def test_the_page_is_closed_to_who_may_not_order(office, post):
    browser = office.browser(OPERATOR)
    assert browser.get("/units/deployments/new/").status_code == 403
    assert "Give a deployment order" not in browser.get("/units/").content.decode()
