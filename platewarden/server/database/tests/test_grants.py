"""The rights in force are the committed list, table by table, column by column, function by function; nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps

from platewarden.server.database.grants import FUNCTIONS, LOGINS, OFFICE, PLATES
from platewarden.server.proof.measures import MEASURES

TABLES = {"office": OFFICE, "plates": PLATES}
# Called by doors only; nobody may call them from outside.
MEASUREMENTS = {f"office.proof_{measure.name}(jsonb)" for row in MEASURES.values() for measure in row}
INNER = MEASUREMENTS | {
    "office.ledger_facts(text)",
    "office.proof_said(text)",
    "office.proof_day(timestamp with time zone)",
    "office.proof_held(text, text[], timestamp with time zone)",
    "office.proof_near(timestamp with time zone, timestamp with time zone)",
    "office.proof_wrote(text, text[], timestamp with time zone)",
    "office.proof_purposes()",
    "office.proof_numbers(boolean)",
    "office.proof_days(text[])",
    "office.edition_is_due(text)",
    "office.bolo_step(bigint, office.signed_in, text, timestamp with time zone)",
    "office.pass_gate(uuid, text)",
    "office.note_shown(uuid, integer)",
    "office.ledger_write(text, text, text, text, jsonb, jsonb)",
    "office.refuse_change()",
    "office.must_be_verified()",  # of the trigger on dispositions: as whoever writes
    "plates.spanned()",
    "plates.may_see_source(bigint, text)",
    "office.days_of(text)",
    "office.feel(uuid, office.signed_in, text, jsonb, bytea)",
    "office.looks_unjudged(bigint, bytea)",
    "office.policy_figure(text)",
    "office.hash_of_look(text, jsonb)",
    "office.known_characters(text)",
    "plates.answering(jsonb)",
    "office.looks_weighed(timestamp with time zone, timestamp with time zone, jsonb)",
    "office.lot_of(text, text, uuid)",
    "office.has_seen_sheet(bigint, bigint)",
    "plates.area_of(jsonb)",
    "plates.around(jsonb)",
    "plates.in_scene(jsonb, timestamp with time zone, double precision, double precision)",
    "office.trip(text, uuid, office.signed_in, integer)",
    "plates.keyed(text)",
    "plates.plate_of_read(uuid, timestamp with time zone)",
    "office.has_duty(office.signed_in, text[])",
    "office.release_has_duty(text, text[])",
    "office.complained_about(jsonb, bigint, bigint, bigint)",
    "office.any_manages(jsonb)",
    "office.person_of(bytea)",
    "office.note_booked(office.signed_in, bigint, bigint, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint, text)",
    "plates.looks_at(plates.reads[])",
    "plates.drop_day(text, date)",
    "plates.days_over()",
    "plates.forget_gathered(date)",
    "plates.end_again(text, date)",
    "plates.in_scope(plates.hold_scope, timestamp with time zone, uuid, text, uuid, double precision, double precision)",
    "plates.is_held(plates.reads_held)",
    "plates.is_wanted(plates.hotlist_entry)",
    "plates.keep_no_samples(text)",
    "plates.kind_of(text)",
    "plates.list_has_ended(date)",
    "plates.make_span(date, text[])",
    "plates.metres(double precision, double precision, double precision, double precision)",
    "plates.named_by_holds(timestamp with time zone, timestamp with time zone)",
    "plates.note_correction(uuid, uuid, timestamp with time zone, integer, text, text, text, text, integer[])",
    "plates.said_of(uuid, timestamp with time zone)",
    "plates.reads_kept(uuid[], timestamp with time zone, timestamp with time zone)",
    "plates.names_held(plates.hold_scope, plates.reads_held)",
    "plates.scoped(plates.hold_scope, timestamp with time zone, timestamp with time zone)",
    "plates.scoped_hits(plates.hold_scope, timestamp with time zone, timestamp with time zone)",
    "plates.standing_scopes()",
}
# They end days, or change a row of the office for a person who is known by the key of a sign-in: the door's role does neither.
OWNERS = {
    "measure",
    "measure_rows",
    "public_counts",
    "strange_logins",
    "ensure_span",
    "note_late",
    "gather_is_due",
    "begin_gathering",
    "gather",
    "end_day",
    "end_released",
    "ask_cosign",
    "hold_notice",
    "keep_held",
    "keep_track",
    "end_tracks",
    "ask_schedule",
    "cosign",
    "book_evidence",
    "evidence_written",
    "has_duty",
    "sign_ins",
    "end_sign_ins",
    "disable_dormant",
    "forget_sign_ins",
    "enable_member",
    "ask_factor_reset",
    "decide_factor_reset",
    "judge_tripped",
    "protect_plate",
    "clock_tick",
    "confirm_clock",
    "decide_schedule",
    "let_the_log_go",
    "release_hold",
    "receive_release",
    "receive_compelled",
    "decide_release",
    "release_has_duty",
    "release_sealed",
    "hand_over_release",
    "complained_about",
    "any_manages",
    "receive_complaint",
    "link_complaint",
    "decide_complaint",
    "review_disposition",
    "review_found",
    "open_load",
    "put_in_force",
    "ask_back",
    "decide_back",
    "enter_bolo",
    "count_alike",
    "decide_bolo",
    "extend_bolo",
    "withdraw_bolo",
    "next_audit",
    "open_audit",
    "draw_audit",
    "judge_sheet",
    "answer_sheet",
    "close_sheet",
    "sign_audit",
    "ask_audit_plan",
    "decide_audit_plan",
}
LETTER = {"select": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE"}


@pytest.fixture(scope="module")
def superuser(cluster) -> Iterator:
    """One database for all of these tests: they only look."""
    own = cluster.fresh()
    with own.connect("postgres") as conn:
        yield conn
    cluster.drop(own)


def listed() -> tuple[set, set]:
    """(schema, table, login, right) and (schema, table, column, login, right) as the list says."""
    whole, columns = set(), set()
    for schema, tables in TABLES.items():
        for table, rights in tables.items():
            for login, what in rights.items():
                for right, names in re.findall(r"(select|insert|update|delete)\s*(?:\(([^)]*)\))?", what):
                    if names:
                        columns |= {(schema, table, name.strip(), login, LETTER[right]) for name in names.split(",")}
                    else:
                        whole.add((schema, table, login, LETTER[right]))
    return whole, columns


RELATIONS = """
select n.nspname, c.relname, coalesce(substr(r.rolname, 13), 'public'), x.privilege_type
from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) x left join pg_roles r on r.oid = x.grantee
where n.nspname in ('office', 'plates', 'public') and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and x.grantee <> c.relowner
"""
COLUMNS = """
select n.nspname, c.relname, a.attname, coalesce(substr(r.rolname, 13), 'public'), x.privilege_type
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
     aclexplode(a.attacl) x left join pg_roles r on r.oid = x.grantee
where n.nspname in ('office', 'plates', 'public') and x.grantee <> c.relowner
"""
CALLS = """
select n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')', coalesce(substr(r.rolname, 13), 'public')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
     aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x left join pg_roles r on r.oid = x.grantee
where n.nspname in ('office', 'plates', 'public') and x.grantee <> p.proowner
"""


def spelled(function: str) -> str:
    """As the catalog writes it."""
    for short, long in (
        ("timestamptz", "timestamp with time zone"),
        (r"\bint\b", "integer"),
        ("float8", "double precision"),
    ):
        function = re.sub(short, long, function)
    return function


def test_rights_on_tables_and_sequences_are_the_listed_ones(superuser):
    live = {row for row in superuser.execute(RELATIONS).fetchall() if row[2] != "door"}
    assert live == listed()[0]


def test_rights_on_columns_are_the_listed_ones(superuser):
    assert set(superuser.execute(COLUMNS).fetchall()) == listed()[1]


def test_rights_on_functions_are_the_listed_ones(superuser):
    live = {row for row in superuser.execute(CALLS).fetchall() if row[1] not in ("owner", "door")}
    assert live == {(spelled(function), login) for function, logins in FUNCTIONS.items() for login in logins}


def test_rights_on_schemas_are_usage_and_nothing_else(superuser):
    live = superuser.execute(
        "select n.nspname, coalesce(substr(r.rolname, 13), 'public'), x.privilege_type from pg_namespace n, aclexplode(n.nspacl) x "
        "left join pg_roles r on r.oid = x.grantee where n.nspname in ('office', 'plates', 'public') and x.grantee <> n.nspowner"
    ).fetchall()
    assert set(live) == {(schema, role, "USAGE") for schema in ("office", "plates") for role in (*LOGINS, "door")}


def test_everybody_who_is_just_anybody_has_nothing(superuser):
    for question in (RELATIONS, COLUMNS, CALLS):
        assert not [row for row in superuser.execute(question).fetchall() if "public" in row[1:]]
    entry = "select has_database_privilege('public', current_database(), r) from unnest('{connect,create,temporary}'::text[]) r"
    assert set(superuser.execute(entry).fetchall()) == {(False,)}


def test_nobody_may_hand_a_right_on(superuser):
    grantable = superuser.execute(
        "select count(*) from (select (aclexplode(relacl)).is_grantable g, (aclexplode(relacl)).grantee w, relowner o from pg_class "
        "where relnamespace::regnamespace::text in ('office', 'plates')) s where g and w <> o"
    ).fetchone()
    assert grantable == (0,)


def test_a_table_to_come_gives_nobody_anything(superuser):
    rows = superuser.execute(
        "select r.rolname, d.defaclobjtype, x.grantee, x.privilege_type from pg_default_acl d join pg_roles r on r.oid = d.defaclrole,"
        " aclexplode(d.defaclacl) x where x.grantee <> d.defaclrole"
    ).fetchall()
    assert rows == []


def test_no_login_has_a_right_on_plates_but_the_cars_door_to_insert():
    assert PLATES == {"reads": {"ingest": "insert"}, "plate_seen": {"ingest": "insert"}}


def test_the_doors_own_role_looks_and_adds_and_never_changes(superuser):
    rights = {row for row in superuser.execute(RELATIONS).fetchall() if row[2] == "door"}
    assert {right for *_, right in rights} == {"SELECT", "INSERT", "DELETE"}
    assert [row[:2] for row in rights if row[3] == "DELETE"] == [("office", "ledger_unsealed")]
    assert not [row for row in superuser.execute(COLUMNS).fetchall() if row[3] == "door"]
    owned = superuser.execute("select count(*) from pg_class where relowner = 'platewarden_door'::regrole").fetchone()
    assert owned == (0,)


def test_every_table_is_on_the_list_or_is_nobodys(superuser):
    rows = superuser.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname in ('office', 'plates', 'public') and c.relkind in ('r', 'p', 'v') and not c.relispartition"
    ).fetchall()
    nobodys = {(schema, table) for schema, table in rows if table not in TABLES.get(schema, {})}
    assert nobodys == {
        ("office", "access_record"),
        ("office", "access_shown"),
        ("office", "reserved_act"),
        ("office", "looked_at"),
        ("plates", "canvass_track"),
        ("plates", "correction"),
        ("plates", "correction_held"),
        ("plates", "corrections"),
        ("plates", "corrected"),
        ("plates", "gathered"),
        ("plates", "gathered_day"),
        ("plates", "hash_key"),
        ("plates", "late_day"),
        ("plates", "access_terms"),
        ("plates", "alert_note"),
        ("plates", "alert_note_held"),
        ("plates", "entries_in_force"),
        ("plates", "hit"),
        ("plates", "hit_held"),
        ("plates", "hold_scope"),
        ("plates", "hotlist_entry"),
        ("plates", "ledger_content"),
        ("plates", "reads_held"),
        ("plates", "release_paper"),
        ("plates", "complaint_paper"),
        ("plates", "release_paper_scope"),
        ("plates", "release_paper_read"),
    } | {("office", table) for table in unused()}
    assert {(schema, table) for schema, tables in TABLES.items() for table in tables} <= set(rows)


def unused() -> set[str]:
    """Tables that a library brings and nobody here uses."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ("auth", "contenttypes", "account", "mfa", "sessions") and model._meta.db_table not in OFFICE
    }


def test_every_table_of_a_room_is_on_the_list():
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("platewarden.") and model._meta.managed
    }
    assert ours - set(OFFICE) == set()
    assert len(ours) > 15


def test_every_function_is_on_the_list_or_is_an_inner_one(superuser):
    live = {
        row[0]
        for row in superuser.execute(
            "select n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' from pg_proc p "
            "join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('office', 'plates', 'public')"
        ).fetchall()
    }
    assert live == {spelled(function) for function in FUNCTIONS} | INNER


def test_every_function_with_more_rights_than_its_caller_has_its_search_path_pinned(superuser):
    rows = superuser.execute(
        "select p.proname, p.proconfig, p.proowner::regrole::text from pg_proc p where p.prosecdef "
        "and p.pronamespace in ('office'::regnamespace, 'plates'::regnamespace)"
    ).fetchall()
    assert len(rows) > 15
    for name, settings, owner in rows:
        assert "search_path=pg_catalog, pg_temp" in (settings or []), name
        assert owner == ("platewarden_owner" if name in OWNERS else "platewarden_door"), name


def test_every_function_of_a_login_has_the_doors_rights_or_none_that_matter(superuser):
    """A listed function without rights of its own could only be a pure one."""
    rows = superuser.execute(
        "select p.proname from pg_proc p where not p.prosecdef and p.pronamespace in ('office'::regnamespace, 'plates'::regnamespace)"
    ).fetchall()
    inner = {function.split(".")[1].split("(")[0] for function in INNER}
    assert {name for (name,) in rows} <= inner | {"fold"}


def test_every_door_that_answers_with_plates_passes_the_gate(superuser):
    """What the pages' login may call either takes a record, or returns nothing about plates."""
    rows = superuser.execute(
        "select p.proname, pg_get_function_result(p.oid), p.prosrc like '%pass_gate(the_access%', p.prosrc like '%note_shown(the_access%' "
        "from pg_proc p where p.pronamespace = 'plates'::regnamespace and has_function_privilege('platewarden_app', p.oid, 'execute')"
    ).fetchall()
    doors = {name for name, _, gate, note in rows if gate and note}
    assert doors == {
        "reads_by_plate",
        "plates_by_pattern",
        "read_by_id",
        "alert_cards",
        "ask_state",
        "reconcile_stops",
        "correct_read",
        "bolos",
        "place_hold",
        "hold_scopes",
        "held_evidence",
        "looks_to_judge",
        "count_around",
        "vehicles_around",
        "canvass_tracks",
        "cosign_asked",
        "release_papers",
        "name_release",
        "release_reads",
        "complaint_papers",
        "audited_look",
    }
    assert {(name, result) for name, result, gate, _ in rows if not gate} == {
        ("fold", "text"),  # of a text that the caller has already
        ("add_entries", "integer"),
        ("load_changes", "TABLE(added integer, gone integer, same integer)"),  # counts
        ("write_alert_note", "void"),
        ("keep_return", "boolean"),
        ("write_corrected_hit", "TABLE(is_urgent boolean, is_silent boolean, of_source bigint)"),  # what kind of entry, no plate
        ("days_kept", "TABLE(kind text, day date, rows bigint)"),  # counts
        ("days_due", "TABLE(kind text, day date, due_at timestamp with time zone)"),
        ("purge_preview", "TABLE(day date, rows bigint, held bigint)"),
    }
