"""The roles can do what they are for, and nothing else, on PostgreSQL 18 and 15 alike."""

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.config import LOGIN_ROLES
from platewarden.server.database.log_settings import check_log_settings
from platewarden.server.database.roles import ROLES, check_roles, database_part, roles_part, roles_sql, scram_verifier
from platewarden.server.database.testing import Cluster, Database, data_folder, engine

LOGINS = ("app", "login", "ingest", "purge")


@pytest.fixture(scope="module", params=["18", "15"])
def one(request):
    if request.param == "15" and not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        pytest.skip("Debian's PostgreSQL 15 isn't installed here")
    with data_folder("rol") as data:
        cluster = Cluster(data, engine(request.param))
        cluster.start()
        yield cluster
        cluster.server.stop()


@pytest.fixture(scope="module")
def db(one):
    """One database for all of these tests: they leave nothing behind that another would notice."""
    return one.fresh(migrated=False)


def test_the_verifier_is_the_one_of_the_standard():
    # RFC 7677's example: user "user", password "pencil".
    import base64

    verifier = scram_verifier("pencil", salt=base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), iterations=4096)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@pytest.mark.parametrize("password", ["", "Grün", "two\nlines"])
def test_a_password_that_servers_prepare_differently_is_refused(password):
    with pytest.raises(Malformed):
        scram_verifier(password)


@pytest.mark.parametrize("name", ["", "Platewarden", "a-b", "1st", "pg_x", 'a"; drop role postgres; --', "a" * 60])
def test_a_name_that_would_need_quoting_is_refused(name):
    with pytest.raises(Malformed):
        roles_part(name, {})
    with pytest.raises(Malformed):
        database_part("platewarden", name)


def test_the_script_holds_no_password(one):
    passwords = [one.server.connection_info(role).password for role in LOGIN_ROLES]
    script = roles_sql(
        "platewarden", verifiers={role: scram_verifier(word) for role, word in zip(LOGIN_ROLES, passwords, strict=True)}
    )
    assert script.count("SCRAM-SHA-256$") == len(LOGIN_ROLES)
    assert not any(word in script for word in passwords)
    with pytest.raises(Malformed):
        roles_sql("platewarden", verifiers={"app": passwords[0]})


@pytest.mark.parametrize("name", ROLES)
def test_no_role_has_privileges_of_an_administrator(db, name):
    with db.connect("app") as conn:
        row = conn.execute(
            "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit, rolcanlogin, rolconnlimit "
            "from pg_roles where rolname = %s",
            [f"platewarden_{name}"],
        ).fetchone()
    role = ROLES[name]
    assert row[:5] == (False,) * 5
    assert row[5:] == (name == "owner", name != "door", role.connections)


ATTEMPTS = [
    "set role platewarden_owner",
    "set role platewarden_door",
    "set role postgres",
    "set session authorization platewarden_owner",
    "create schema mine",
    "create table public.mine (n int)",
    "create table office.mine (n int)",
    "create table plates.mine (n int)",
    "create temporary table mine (n int)",
    "create role mine",
    "create database mine",
    "alter role platewarden_door login",
    "alter role platewarden_app superuser",
    "grant platewarden_door to platewarden_app",
    "grant platewarden_owner to platewarden_app",
    "alter database {database} owner to platewarden_app",
    "set session_replication_role = replica",
    "copy (select 1) to '/tmp/mine'",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select rolpassword from pg_authid",
    "alter system set log_statement = 'all'",
]


@pytest.mark.parametrize("name", LOGINS)
def test_no_login_gets_further_than_its_grants(db, name):
    with db.connect(name) as conn:
        for attempt in ATTEMPTS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(attempt.format(database=db.name))


def test_no_login_enters_another_database(one):
    elsewhere = Database(one, "platewarden_elsewhere")
    with one.superuser() as conn:
        conn.execute("create database platewarden_elsewhere")
        conn.execute("revoke all on database platewarden_elsewhere from public")
    try:
        for name in LOGINS:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                elsewhere.connect(name)
    finally:
        one.drop(elsewhere)


def test_nobody_logs_in_as_the_door(db):
    with pytest.raises(psycopg.OperationalError, match=r"not permitted to log in|password authentication failed"):
        psycopg.connect(**{**db.login("app").params, "user": "platewarden_door"})


def test_the_owner_hands_functions_to_the_door_and_says_who_may_call_them(db):
    with db.connect("owner") as conn:
        conn.execute("grant create on schema plates to platewarden_door")
        conn.execute("create table plates.kept (n int); insert into plates.kept values (7)")
        conn.execute("create function plates.look() returns int language sql security definer as 'select n from plates.kept'")
        conn.execute("grant select on plates.kept to platewarden_door")
        conn.execute("alter function plates.look() owner to platewarden_door")
        conn.execute("revoke create on schema plates from platewarden_door")
        conn.execute("grant usage on schema plates to platewarden_app")
    with db.connect("app") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select plates.look()")  # closed until somebody opens it by name
    with db.connect("owner") as conn:
        conn.execute("grant execute on function plates.look() to platewarden_app")
        conn.execute(
            "create or replace function plates.look() returns int language sql security definer as 'select n + 1 from plates.kept'"
        )
    with db.connect("app") as conn:
        assert conn.execute("select plates.look()").fetchone() == (8,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select n from plates.kept")


def test_roles_as_the_script_makes_them_are_accepted(db):
    for name in LOGIN_ROLES:
        with db.connect(name) as conn:
            check_roles(conn, "platewarden")
            check_log_settings(conn)


@pytest.mark.parametrize(
    ("spoil", "mend", "fault"),
    [
        ("alter role platewarden_app bypassrls", "alter role platewarden_app nobypassrls", "platewarden_app has privileges"),
        ("alter role platewarden_door login", "alter role platewarden_door nologin", "platewarden_door can log in"),
        ("alter role platewarden_app inherit", "alter role platewarden_app noinherit", "platewarden_app inherits"),
        (
            "grant platewarden_door to platewarden_app",
            "revoke platewarden_door from platewarden_app",
            "is a member of platewarden_door",
        ),
        ("grant pg_read_all_data to platewarden_app", "revoke pg_read_all_data from platewarden_app", "member of pg_read_all_data"),
        ("grant connect on database {database} to public", "revoke connect on database {database} from public", "may connect"),
    ],
)
def test_roles_that_can_do_more_are_refused(one, db, spoil, mend, fault):
    with one.superuser() as conn:
        conn.execute(spoil.format(database=db.name))
        try:
            with db.connect("app") as session, pytest.raises(Unavailable, match=fault):
                check_roles(session, "platewarden")
        finally:
            conn.execute(mend.format(database=db.name))


def test_a_role_that_is_missing_is_named(db):
    with db.connect("app") as conn, pytest.raises(Unavailable, match="elsewhere_owner is missing"):
        check_roles(conn, "elsewhere")


def test_an_administrator_runs_the_script_with_psql_once_or_twice(one):
    psql = one.server._engine.bin / "psql"
    login = one.server.connection_info()
    script = roles_sql("highland", verifiers={role: scram_verifier(login.password) for role in LOGIN_ROLES})
    for _ in range(2):
        done = subprocess.run(
            [str(psql), "--no-psqlrc", "--quiet", "--host", login.host, "--username", "postgres", "--dbname", "postgres"],
            env={"PGPASSWORD": login.password, "PATH": os.environ["PATH"]},
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    made = Database(one, "highland")
    for name in LOGIN_ROLES:
        with psycopg.connect(**{**login.params, "dbname": "highland", "user": f"highland_{name}"}) as conn:
            check_roles(conn, "highland")
            check_log_settings(conn)
    one.drop(made)
