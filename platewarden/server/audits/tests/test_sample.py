"""An audit opens itself when due, once; its rules are in the ledger before its seed exists; its sample can be drawn again by anybody."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import psycopg
import pytest

from platewarden.server.audits.models import Audit, Drawn, Sheet
from platewarden.server.audits.plan import next_audit
from platewarden.server.audits.sample import draw, drawn_from, open_due, step
from platewarden.server.audits.testing import audit_of, fall_due, look_for, opened
from platewarden.server.clock import now
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR

PATROL = ("routine-patrol", "2A-1123")
MANY = [f"AB{number}" for number in range(12300, 12340)]


def test_none_opens_before_its_day(office):
    with office.as_role("purge"):
        assert step() is None
    assert not Audit.objects.exists()
    assert next_audit().due_at - next_audit().since == timedelta(days=30)


def test_one_that_is_due_opens_itself_once_and_the_next_is_due_after_it(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    assert [act for act, _ in office.ledger() if act.startswith("audits.")] == ["audits.open", "audits.draw"]
    assert next_audit().since == made.due_at
    with office.as_role("purge"):
        assert step() is None
        assert open_due() is None
    assert Audit.objects.count() == 1


def test_two_rounds_at_once_open_one(office):
    fall_due(office)
    with office.database.connect("purge") as one, office.database.connect("purge") as other, one.transaction():
        assert one.execute("select office.open_audit('{}', 'America/Chicago')").fetchone()[0]
        other.execute("set lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("select office.open_audit('{}', 'America/Chicago')")
    with office.as_role("purge"):
        assert open_due() is None


def test_an_office_that_stood_still_opens_an_audit_of_each_period(office):
    fall_due(office, days=75)
    first, second = opened(office), opened(office)
    assert second.since == first.due_at
    assert first.is_late(now())
    assert second.due_at < now()
    with office.as_role("purge"):
        assert step() is None


def test_nothing_is_drawn_before_a_checkpoint_is_signed_after_the_opening(office):
    look_for(office, OPERATOR, "AB12345")
    office.seal()
    fall_due(office)
    with office.as_role("purge"):
        made = step()
        assert draw(made) is None
        assert step() is None
    assert Audit.objects.get().drawn_at is None
    office.seal()
    with office.as_role("purge"):
        assert draw(made) == 1
        assert draw(made) is None  # once


def test_the_seed_is_the_digest_of_the_first_checkpoint_after_the_opening(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    office.seal()
    index = office.ask_owner("select tree_index from office.ledger_sealed where leaf_id = %s", made.leaf_id)[0][0]
    size, note = office.ask_owner(
        "select tree_size, note from office.ledger_checkpoint where tree_size > %s order by tree_size limit 1", index
    )[0]
    assert (made.tree_size, made.seed) == (size, hashlib.sha256(note.encode()).hexdigest())
    body = json.loads(office.ask_owner("select body from office.ledger_leaf where leaf_id = %s", made.leaf_id)[0][0])
    assert body["about"]["rules"] == made.rules  # known before the seed was


def test_anybody_draws_the_same_looks_again(office):
    look_for(office, OPERATOR, *MANY)
    look_for(office, SUPERVISOR, "XY10001", "XY10002", purpose=PATROL)
    made = audit_of(office)
    weights = {
        str(look): weight
        for look, weight in office.ask_owner(
            "select access_id, weight from office.looks_weighed(%s, %s, %s)", made.since, made.due_at, json.dumps(made.rules)
        )
    }
    assert made.looks == len(weights) == 42
    assert hashlib.sha256(" ".join(sorted(weights)).encode()).hexdigest() == made.looks_sha256
    again = drawn_from(made.seed, weights, made.rules)
    for kind, looks in ((Drawn.RANDOM, again.at_random), (Drawn.WEIGHTED, again.by_weight)):
        assert {str(each.access_id) for each in made.sheets.filter(drawn=kind)} == set(looks)
        assert len(looks) == 15
    assert made.sheets.count() == 30


def test_another_seed_draws_others_and_weight_makes_a_look_likelier():
    weights = {f"look {number}": 10 if number < 20 else 1 for number in range(400)}
    rules = {"audit_random_looks": 10, "audit_weighted_looks": 10}
    heavy = {"at_random": 0, "by_weight": 0}
    for number in range(100):
        again = drawn_from(str(number), weights, rules)
        heavy["at_random"] += sum(weights[look] == 10 for look in again.at_random)
        heavy["by_weight"] += sum(weights[look] == 10 for look in again.by_weight)
    assert 20 < heavy["at_random"] < 90  # 50 expected of 1,000
    assert 270 < heavy["by_weight"] < 400  # about 330
    assert drawn_from("a", weights, rules) != drawn_from("b", weights, rules)


def test_looks_are_marked_by_the_rules_and_multiplied(office):
    look_for(office, OPERATOR, *["AB12345"] * 4)  # the fourth trips the wire
    look_for(office, SUPERVISOR, "XY10001", purpose=PATROL)
    look_for(office, DESIGNEE, *MANY[:25])
    made = audit_of(office)
    marked = {(sheet.member_number, sheet.marks_line, sheet.weight) for sheet in made.sheets.all()}
    assert (SUPERVISOR, "Names no case, Patrol, signed on to no unit", 6) in marked
    assert (OPERATOR, "Tripped a wire", 8) in marked
    assert {line for number, line, _ in marked if number == DESIGNEE} == {"Many looks that day"}


def test_a_look_of_somebody_who_was_not_trained_by_then_is_marked_and_said(office):
    look_for(office, OPERATOR, "AB12345")
    office.ask_owner(
        "update office.people_completion c set entered_at = clock_timestamp() from office.people_member m"
        " where m.id = c.member_id and m.number = %s returning 1",
        OPERATOR,
    )
    (sheet,) = audit_of(office).sheets.all()
    assert not sheet.trained
    assert "Untrained that day" in sheet.marks_line


def test_a_period_without_looks_is_an_audit_without_sheets(office):
    made = audit_of(office)
    assert (made.looks, made.sheets.count()) == (0, 0)
    assert made.looks_sha256 == hashlib.sha256(b"").hexdigest()


def test_the_auditors_own_looks_in_an_audit_are_not_of_the_next_ones(office):
    look_for(office, OPERATOR, "AB12345")
    audit_of(office)
    assert not Sheet.objects.filter(act="audits.look").exists()


@pytest.mark.parametrize("login", ["app", "login", "ingest"])
def test_nobody_but_the_round_opens_or_draws(office, login):
    fall_due(office)
    with office.database.connect(login) as conn:
        for call in ("open_audit('{}', 'UTC')", "draw_audit(1)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"select office.{call}")


def test_an_audit_and_its_sheets_are_not_deleted_even_by_the_owner(office):
    look_for(office, OPERATOR, "AB12345")
    audit_of(office)
    for statement in ("delete from office.audits_sheet", "delete from office.audits_audit", "truncate office.audits_sheet cascade"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.ask_owner(statement)
