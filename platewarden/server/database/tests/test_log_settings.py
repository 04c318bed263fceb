"""The database's own log carries no plate, or the server refuses to use it."""

import time

import psycopg
import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.server.config import LOGIN_ROLES
from platewarden.server.database.log_settings import ROLE_LOG_SETTINGS, check_log_settings

LOGINS = ("app", "login", "ingest", "purge")


@pytest.mark.parametrize("name", LOGIN_ROLES)
def test_every_login_keeps_plates_out_of_the_log(bare_database, name):
    with bare_database.connect(name) as conn:
        check_log_settings(conn)


def test_a_database_that_would_log_plates_is_refused(bare_database):
    with bare_database.connect("postgres") as conn:
        for setting, wrong in (("log_statement", "all"), ("log_min_error_statement", "error"), ("log_error_verbosity", "default")):
            for each, value in ROLE_LOG_SETTINGS.items():
                conn.execute("select set_config(%s, %s, false)", [each, value])
            check_log_settings(conn)
            conn.execute("select set_config(%s, %s, false)", [setting, wrong])
            with pytest.raises(Unavailable, match=f"{setting} = {ROLE_LOG_SETTINGS[setting]}"):
                check_log_settings(conn)


@pytest.mark.parametrize("name", LOGINS)
def test_no_login_can_open_the_log_to_statements(bare_database, name):
    with bare_database.connect(name) as conn:
        for setting in ("log_min_error_statement", "log_statement", "log_error_verbosity", "log_min_messages"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("select set_config(%s, 'error', false)", [setting])


def test_errors_of_our_sessions_are_not_logged_at_all(cluster, bare_database):
    with bare_database.connect("app") as conn, pytest.raises(psycopg.errors.InvalidTextRepresentation):
        conn.execute("select '8WXY552'::uuid")
    with bare_database.connect("postgres") as conn, pytest.raises(psycopg.errors.UndefinedFunction):
        conn.execute("select the_line_after()")
    until = time.monotonic() + 20
    said = b""
    while b"the_line_after" not in said and time.monotonic() < until:
        said = b"".join(file.read_bytes() for file in (cluster.data / "log").iterdir())
    assert b"the_line_after" in said
    assert b"8WXY552" not in said
