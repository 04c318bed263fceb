"""Every clause is in the table, with its state and its denominators; whatever is done behind the program's back turns its clause red."""

from __future__ import annotations

import json
import threading
import time
import uuid

import pytest
from django.db import connections

from platewarden.cli.testing import desk_of
from platewarden.exchange.seal import seal_to
from platewarden.policy.clauses import Clause
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.people.testing import OPERATOR, UNTRAINED
from platewarden.server.proof.check import State, as_json
from platewarden.server.proof.measures import JOBS
from platewarden.server.proof.testing import broken, checked, worker_was_round
from platewarden.server.reads.forget import forget_key
from platewarden.server.reads.images import stored_key
from platewarden.server.retention.testing import day_ago, open_past


def test_where_nothing_happened_yet_it_says_no_data_and_never_kept(office):
    worker_was_round(office)
    table = checked(office)
    assert list(table) == list(Clause)
    assert broken(table) == {}
    assert table[Clause.TRAINING_BEFORE_USE].state is State.KEPT, "the cast was trained on the record"
    assert table[Clause.NO_UNAUTHORIZED_PURPOSE].state is State.NO_DATA
    assert table[Clause.AUDITS].state is State.NO_DATA
    for each in table.values():
        counted = sum(row.of for row in each.rows if not row.is_mechanism)
        assert (each.state is State.NO_DATA) == (counted == 0), each.clause


def test_in_a_busy_office_every_clause_is_kept_with_its_denominator(busy_office):
    table = checked(busy_office)
    assert broken(table) == {}
    states = {clause.value: each.state.value for clause, each in table.items()}
    assert {clause: state for clause, state in states.items() if state != "kept"} == {
        "partial-plates": "at risk",  # reported an hour ago, and not entered yet
    }
    looks = {row.name: row for row in table[Clause.TRAINING_BEFORE_USE].rows}["looks_trained"]
    assert looks.said == f"{looks.of} of {looks.of} looks with a trained member on the day"
    assert looks.of >= 3
    told = as_json(table.values())
    assert len(told["clauses"]) == len(Clause)
    assert told["counts"] == {"kept": 26, "at risk": 1, "no data": 0, "broken": 0}
    for name in ("audits_in_time", "audits_as_drawn", "audits_signed_by_another", "sheets_judged_by_another", "findings_answered"):
        assert {row.name: row for row in table[Clause.AUDITS].rows}[name].of >= 1, name


# Violations ---------------------------------------------------------------------------------------------------------------


def look(conn, *, number=OPERATOR, purpose="criminal-investigation", reference="26-004117", line=None):
    """A look that a superuser writes past the desk, with its line in the ledger unless another's is named. Returns its line's number."""
    access = uuid.uuid4()
    if line is None:
        (line,) = conn.execute(
            "select office.ledger_write('reads.search', %s, 'Somebody', %s, jsonb_build_object('access', %s::text),"
            " jsonb_build_object('reference', %s::text, 'terms', '{}'::jsonb))",
            [number, purpose, str(access), reference],
        ).fetchone()
    with conn.transaction():
        conn.execute(
            "insert into office.access_record values (%s, 'platewarden_app', pg_current_xact_id(), now(), now(),"
            " coalesce((select id from office.people_member where number = %s), 9999), %s, 'Somebody', %s, 'reads.search', %s)",
            [access, number, number, purpose, line],
        )
        conn.execute("insert into plates.access_terms values (%s, now(), %s, '{}')", [access, reference])
    return f"ledger line {line}"


def by_sql(text, record):
    """Statements, with the triggers asleep as a superuser can have them, and the record that must be named."""

    def act(conn, _office):
        conn.execute("set session_replication_role = replica")
        for statement in text.split(";;"):
            conn.execute(statement)
        return record

    return act


def a_day_of(parent, ago, record):
    def act(_conn, office):
        open_past(office.database, ago, parents=(parent,))
        return record.format(day=day_ago(ago))

    return act


def by_look(**facts):
    return lambda conn, _office: look(conn, **facts)


def a_look_without_a_line(conn, _office):
    (other,) = conn.execute("select min(leaf_id) from office.ledger_leaf where act = 'people.assign'").fetchone()
    return look(conn, line=other)


def a_sign_on_for_no_purpose(conn, _office):
    (line,) = conn.execute("select office.ledger_write('unit.sign_on', '1042', 'Rosa Vega', 'an errand', null, null)").fetchone()
    return f"ledger line {line}"


def a_trimmed_ledger(conn, _office):
    conn.execute("set session_replication_role = replica")
    conn.execute(
        "delete from office.ledger_leaf where leaf_id = (select max(leaf_id) from office.ledger_leaf where act = 'access.sign_out')"
    )
    return "The tree of size"


VIOLATIONS = {
    "a look by nobody of the department": (Clause.OFFICIAL_USE_ONLY, by_look(number="6666")),
    "a scene past its schedule": (Clause.PRIVACY_RECOGNIZED, a_day_of("reads", 20, "overview_pictures of {day}")),
    "a BOLO that its author approved": (
        Clause.LISTED_PURPOSES,
        by_sql("update office.hotlists_bolo set decided_by = author where id = 1", "BOLO 1"),
    ),
    "a BOLO without an end": (
        Clause.LISTED_PURPOSES,
        by_sql("update office.hotlists_bolo set expires_at = now() + interval '900 days'", "BOLO 1"),
    ),
    "a list that nobody loaded": (
        Clause.LISTED_PURPOSES,
        by_sql("update office.hotlists_load set digest = '\\x00'", "load 1"),
    ),
    "a unit that an operator enrolled": (
        Clause.SUPERVISOR_MANAGES,
        by_sql("update office.equipment_unit set enrolled_by = '1042 Rosa Vega'", "unit "),
    ),
    "a duty that nobody gave": (
        Clause.ASSIGNED_MEMBERS,
        by_sql(
            "insert into office.people_assignment (id, member_id, duty, given_by, since_at)"
            " overriding system value select 777, id, 'operator', '', now() from office.people_member where number = '1099'",
            "duty 777",
        ),
    ),
    "a look for a purpose that is none": (Clause.NO_UNAUTHORIZED_PURPOSE, by_look(purpose="curiosity")),
    "a shift for a purpose that is none": (Clause.LAW_ENFORCEMENT_BUSINESS, a_sign_on_for_no_purpose),
    "a patrol without its shift": (Clause.PATROL_AND_INVESTIGATION, by_look(purpose="routine-patrol", reference="tonight")),
    "a major incident without a decision": (
        Clause.CANVASS,
        by_sql(
            "update office.investigations_incident set canvass_ordered = null, opened_at = now() - interval '3 days' where is_major",
            "incident 1",
        ),
    ),
    "a partial plate that nobody entered": (
        Clause.PARTIAL_PLATES,
        by_sql("update office.investigations_incident set partial_at = now() - interval '3 days' where not is_major", "incident 2"),
    ),
    "a look by an untrained member": (Clause.TRAINING_BEFORE_USE, by_look(number=UNTRAINED)),
    "a shift by an untrained member": (
        Clause.TRAINING_BEFORE_USE,
        by_sql("update office.equipment_signedon set member_number = '1077'", "sign-on 1"),
    ),
    "an authorization that nobody gave": (
        Clause.CONFIDENTIAL_DATA,
        by_sql("update office.people_authorization set source = 'Gang file', member_id = '1001'", "authorization 1"),
    ),
    "a stop without a verification": (
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        by_sql("update office.alerts_verification set answer = 'pending' where alert_id = 1", "disposition 1"),
    ),
    "a stop that nobody reviewed": (
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        by_sql(
            "delete from office.alerts_dispositionreview;;"
            "update office.alerts_disposition set at = now() - interval '8 days' where for_review",
            "disposition 3",
        ),
    ),
    "a stop reviewed by who made it": (
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        by_sql("update office.alerts_dispositionreview set by = '1042 Rosa Vega'", "disposition 3"),
    ),
    "a review that the ledger does not know": (
        Clause.VERIFY_BEFORE_ENFORCEMENT,
        by_sql("update office.alerts_dispositionreview set is_in_order = false", "disposition 3"),
    ),
    "a unit that sends nothing": (
        Clause.TRANSFER_TO_STORAGE,
        by_sql("update office.equipment_unit set unsent_since = now() - interval '2 days'", "unit "),
    ),
    "a schedule that one person changed": (
        Clause.RETENTION_SCHEDULE,
        by_sql("""update office.people_policyedition set schedule = schedule || '{"search_terms": 100}'""", "policy edition 1, search_terms"),
    ),
    "an edition that nobody signed": (
        Clause.RETENTION_SCHEDULE,
        by_sql(
            "insert into office.people_policyedition (number, text, schedule, in_force_at, signed_by)"
            " select 2, text, schedule, now(), '' from office.people_policyedition",
            "policy edition 2",
        ),
    ),
    "a day purged too early": (
        Clause.RETENTION_SCHEDULE,
        by_sql(
            "with line as (select current_date - 3 as day, office.ledger_write('retention.purge', null, 'the night round', '',"
            " jsonb_build_object('purge', 1, 'kind', 'reads', 'day', current_date - 3, 'purged', 0), null) as leaf_id)"
            " insert into office.retention_chunk (kind, day, schedule_days, at, purged, spared, spared_by, unreadable, keys, leaf_id, purge_id)"
            " select 'reads', day, 30, now(), 0, 0, '[]', 0, '[]', leaf_id, 1 from line",
            "purge 1, reads of ",
        ),
    ),
    "alerts past their schedule": (Clause.PURGE, a_day_of("hit", 44, "alerts of {day}")),
    "a purge without a certificate": (Clause.PURGE, by_sql("delete from office.retention_certificate", "purge 1")),
    "a hold that names nothing": (Clause.HOLD, by_sql("delete from plates.hold_scope", "hold H-00001")),
    "held reads that were not booked": (
        Clause.BOOKED_EVIDENCE,
        by_sql("update office.retention_hold set book_by = current_date - 2", "hold H-00001"),
    ),
    "a look without its line": (Clause.ACCESS_DOCUMENTED, a_look_without_a_line),
    "a trimmed ledger": (Clause.ACCESS_DOCUMENTED, a_trimmed_ledger),
    "a look without its case": (Clause.LEGITIMATE_PURPOSE, by_look(reference="because")),
    "a late audit": (
        Clause.AUDITS,
        by_sql(
            "update office.audits_audit set signed_at = null, signed_by_number = '', sign_by = now() - interval '1 hour'",
            "audit A-0001",
        ),
    ),
    "an audit that did not open": (
        Clause.AUDITS,
        by_sql(
            "update office.audits_audit set since = since - interval '31 days', due_at = due_at - interval '31 days'",
            "the audit due on ",
        ),
    ),
    "an audit signed off from within its sample": (
        Clause.AUDITS,
        by_sql("update office.audits_audit set signed_by_number = '1042'", "audit A-0001"),
    ),
    "an audit that was erased": (
        Clause.AUDITS,
        by_sql("delete from office.audits_sheet;;delete from office.audits_audit", "audit A-0001"),
    ),
    "a look taken out of a sample": (
        Clause.AUDITS,
        by_sql("delete from office.audits_sheet where position = 2", "audit A-0001"),
    ),
    "a look judged by who made it": (
        Clause.AUDITS,
        by_sql(
            "alter table office.audits_sheet drop constraint nobody_judges_their_own_look;;"
            "update office.audits_sheet set judged_by_number = member_number where position = 2",
            "audit A-0001, look 2",
        ),
    ),
    "a finding that became none": (
        Clause.AUDITS,
        by_sql("update office.audits_sheet set judgement = 'in order', follow_up_by = null where position = 1", "audit A-0001, look 1"),
    ),
    "a finding that waits too long": (
        Clause.AUDITS,
        by_sql("update office.audits_sheet set follow_up_by = current_date - 2 where position = 1", "audit A-0001, look 1"),
    ),
    "an answer that the member did not give": (
        Clause.AUDITS,
        by_sql("update office.audits_sheet set answered_at = now() where position = 1", "audit A-0001, look 1"),
    ),
    "a release to a newspaper": (
        Clause.RELEASE_TO_AGENCIES,
        by_sql(
            "alter table office.release_releaserequest drop constraint release_only_to_agencies;;"
            "update office.release_releaserequest set agency_kind = 'private' where state = 'approved'",
            "request R-00001",
        ),
    ),
    "a release for an instrument that is not on file": (
        Clause.RELEASE_TO_AGENCIES,
        by_sql(
            "update office.release_releaserequest set agency_kind = 'private', permit_sha256 = repeat('0', 64) where state = 'approved'",
            "request R-00001",
        ),
    ),
    "a complaint that waits too long": (
        Clause.NO_UNAUTHORIZED_PURPOSE,
        by_sql("update office.complaints_complaint set due_on = current_date - 3 where decided_at is null", "complaint C-00001"),
    ),
    "a complaint decided by whom it is about": (
        Clause.NO_UNAUTHORIZED_PURPOSE,
        by_sql("update office.complaints_complaint set members = '[\"1001\"]' where decided_at is not null", "complaint C-00002"),
    ),
    "a complaint without what it says": (
        Clause.NO_UNAUTHORIZED_PURPOSE,
        by_sql("delete from plates.complaint_paper where complaint_id = 1", "complaint C-00001"),
    ),
    "a request for no purpose": (
        Clause.WRITTEN_REQUEST,
        by_sql("update office.release_releaserequest set purpose = ' ' where id = 2", "request R-00002"),
    ),
    "another letter": (Clause.WRITTEN_REQUEST, by_sql("update plates.release_paper set letter = '\\x00' where request_id = 2", "request R-00002")),
    "a release of another file": (
        Clause.RELEASE_TO_AGENCIES,
        by_sql("update office.release_releasereceipt set sha256 = repeat('0', 64)", "request R-00001"),
    ),
    "a release of reads that nobody named": (
        Clause.RELEASE_TO_AGENCIES,
        by_sql("update office.release_releasepackage set reads = reads + 1", "request R-00001"),
    ),
    "reads named by who took the request in": (
        Clause.RELEASE_REVIEWED,
        by_sql("update office.release_releasegrant set named_by_number = '1002'", "request R-00001"),
    ),
    "a missing receipt": (Clause.RELEASE_ON_FILE, by_sql("delete from office.release_releasereceipt", "request R-00001")),
    "an unreviewed release": (
        Clause.RELEASE_REVIEWED,
        by_sql("update office.release_releaserequest set state = 'approved', decided_by_number = '1042', decided_at = now(), decided_because = 'x' where id = 2", "request R-00002"),
    ),
    "a request that waits too long": (
        Clause.RELEASE_REVIEWED,
        by_sql("update office.release_releaserequest set due_on = current_date - 3 where id = 2", "request R-00002"),
    ),
    "a missing letter": (Clause.RELEASE_ON_FILE, by_sql("delete from plates.release_paper where request_id = 1", "request R-00001")),
    "a newspaper's request that was not referred": (
        Clause.REFERRED_TO_RECORDS,
        by_sql("update office.release_releaserequest set state = 'waiting' where id = 3", "request R-00003"),
    ),
    "a text of the policy that was changed": (
        Clause.LEGITIMATE_PURPOSE,
        by_sql("insert into office.people_policytext (number, text, digest, in_force_on, entered_by, entered_at) values (1, 'x', 'x', '2026-01-01', '1001', now())", "policy text 1"),
    ),
    "a right that nobody listed": (
        Clause.SAFEGUARDED,
        by_sql("grant select on plates.hash_key to platewarden_app", "right plates.hash_key select app is on no list"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_turns_exactly_its_clause_red_with_its_record(busy_office, name):
    clause, act = VIOLATIONS[name]
    with busy_office.database.connect("postgres") as conn:
        record = act(conn, busy_office)
    found = broken(checked(busy_office))
    assert list(found) == [clause.value], found
    assert any(first.startswith(record) for first in found[clause.value]), (record, found)


def a_job_that_stands(name):
    def act(conn, _office):
        conn.execute("delete from office.proof_jobrun where name = %s", [name])
        return f"{name} was never done"

    return act


# Mechanisms ---------------------------------------------------------------------------------------------------------------

MECHANISMS = {
    "the ledger's trigger is gone": (
        Clause.ACCESS_DOCUMENTED,
        by_sql("drop trigger append_only on office.ledger_leaf", "trigger office.ledger_leaf append_only is missing"),
    ),
    "the file's trigger is off": (
        Clause.RELEASE_ON_FILE,
        by_sql(
            "alter table office.release_releaserequest disable trigger on_file",
            "trigger office.release_releaserequest on_file is switched off",
        ),
    ),
    "a trigger does something else": (
        Clause.ACCESS_DOCUMENTED,
        by_sql(
            "create or replace function office.refuse_change() returns trigger language plpgsql as 'begin return new; end'",
            "function office.refuse_change does something else than was shipped",
        ),
    ),
    "a door is gone": (
        Clause.OFFICIAL_USE_ONLY,
        by_sql("drop function plates.reads_by_plate(uuid)", "function plates.reads_by_plate is missing"),
    ),
    "the gate stands open": (
        Clause.OFFICIAL_USE_ONLY,
        by_sql(
            "create or replace function office.pass_gate(the_access uuid, the_act text) returns jsonb language sql"
            " as 'select terms from plates.access_terms where access_id = the_access'",
            "function office.pass_gate does something else than was shipped",
        ),
    ),
    "a door has the caller's rights": (
        Clause.RELEASE_REVIEWED,
        by_sql(
            "alter function office.decide_release(bytea, bigint, boolean, text, text) security invoker",
            "function office.decide_release has other powers than were shipped",
        ),
    ),
    "a function that nobody shipped": (
        Clause.SAFEGUARDED,
        by_sql(
            "create function plates.peek() returns setof plates.reads language sql as 'select * from plates.reads';;"
            "revoke execute on function plates.peek() from public",
            "function plates.peek is not one of ours",
        ),
    ),
    "a right is taken away": (
        Clause.RELEASE_REVIEWED,
        by_sql(
            "revoke execute on function office.decide_release(bytea, bigint, boolean, text, text) from platewarden_app",
            "right office.decide_release(bytea, bigint, boolean, text, text) execute app was taken away",
        ),
    ),
    "anybody may ask for holds": (
        Clause.HOLD,
        by_sql("grant select on office.retention_hold to public", "right office.retention_hold select public is on no list"),
    ),
    "a constraint is gone": (
        Clause.RELEASE_REVIEWED,
        by_sql(
            "alter table office.release_releaserequest drop constraint release_reviewed_by_another_member",
            "constraint office.release_releaserequest release_reviewed_by_another_member is missing",
        ),
    ),
    "a constraint says nothing": (
        Clause.HOLD,
        by_sql(
            "alter table office.retention_hold drop constraint hold_has_an_authority;;"
            "alter table office.retention_hold add constraint hold_has_an_authority check (true)",
            "constraint office.retention_hold hold_has_an_authority says something else than was shipped",
        ),
    ),
    "audits may be deleted": (
        Clause.AUDITS,
        by_sql("drop trigger kept on office.audits_audit", "trigger office.audits_audit kept is missing"),
    ),
    "whoever likes signs audits": (
        Clause.AUDITS,
        by_sql(
            "create or replace function office.sign_audit(cookie bytea, the_audit bigint, the_summary text) returns void language sql"
            " as 'update office.audits_audit set signed_at = now() where id = the_audit'",
            "function office.sign_audit does something else than was shipped",
        ),
    ),
    "nobody can judge": (
        Clause.AUDITS,
        by_sql(
            "revoke execute on function office.judge_sheet(bytea, bigint, text, boolean, boolean, text, text, date) from platewarden_app",
            "right office.judge_sheet(bytea, bigint, text, boolean, boolean, text, text, date) execute app was taken away",
        ),
    ),
    "one member alone may be twice the supervisor": (
        Clause.ASSIGNED_MEMBERS,
        by_sql(
            "drop index office.one_supervisor_at_a_time", "constraint office.people_assignment one_supervisor_at_a_time is missing"
        ),
    ),
    "a row of the schedule is gone": (
        Clause.RETENTION_SCHEDULE,
        by_sql("update office.people_policyedition set schedule = schedule - 'search_terms'", "policy edition 1, search_terms"),
    ),
    "the clock jumped": (
        Clause.PURGE,
        by_sql("update office.retention_clockwatch set unexplained_s = 99999", "the server's clock jumped or stood"),
    ),
    **{
        f"the job {name} does not run": (
            clause,
            a_job_that_stands(name),
        )
        for name, (clause, _) in JOBS.items()
    },
    "the sealer stands still": (
        Clause.ACCESS_DOCUMENTED,
        by_sql(
            "update office.proof_jobrun set done_at = done_at - interval '1 hour' where name = 'ledger.seal'",
            "ledger.seal was last done",
        ),
    ),
    "a measurement is gone": (
        Clause.SAFEGUARDED,
        by_sql("drop function office.proof_day(timestamptz) cascade", "function office.proof_day is missing"),
    ),
}


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_that_is_gone_turns_its_clause_red(busy_office, name):
    clause, act = MECHANISMS[name]
    with busy_office.database.connect("postgres") as conn:
        record = act(conn, busy_office)
    found = broken(checked(busy_office))
    assert any(first.startswith(record) for first in found[clause.value]), found
    if name != "a measurement is gone":  # then what it measures says so too
        assert list(found) == [clause.value], found


def test_a_day_whose_trigger_is_off_is_found(busy_office):
    with busy_office.database.connect("postgres") as conn:
        (day,) = conn.execute(
            "select min(c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'plates.ledger_content'::regclass"
        ).fetchone()
        conn.execute(f"alter table plates.{day} disable trigger append_only")
    assert broken(checked(busy_office)) == {
        "access-documented": [f"trigger plates.ledger_content on its days is missing or off on plates.{day}"]
    }


def test_a_key_of_an_ended_day_that_still_lies_there_is_found(busy_office):
    with busy_office.database.connect("postgres") as conn:
        conn.execute("set session_replication_role = replica")
        (unit, day) = conn.execute(
            "update office.gone set at = at - interval '2 hours' where kind = 'pictures' returning (select min(id::text) from office.equipment_unit), day"
        ).fetchone()
    stored_key(f"{day}/{unit}.plate", make=True)
    assert broken(checked(busy_office)) == {"purge": [f"pictures of {day}"]}
    forget_key(f"{day}/{unit}.plate")
    assert broken(checked(busy_office)) == {}


def test_it_runs_while_reads_come_in(busy_office):
    car, sent, stop = busy_office.car(), [], threading.Event()
    reports = [seal_to(office_sealing_key().public_bytes, car.report(f"LM{n:05}").signed(car.key)) for n in range(200)]

    def drive():
        sent.extend(busy_office.door(raw).status_code for raw in reports if not stop.is_set())
        connections.close_all()

    busy_office.seal()
    with busy_office.at_the_door():
        driving = threading.Thread(target=drive)
        driving.start()
        while not sent:
            time.sleep(0.05)
        done = desk_of(busy_office).run("check", "--json")
        stop.set()
        driving.join()
    assert done.returncode == 0, [row for each in json.loads(done.stdout)["clauses"] for row in each["rows"] if row["wrong"]]
    assert set(sent) == {200}
    assert len(sent) > 5
