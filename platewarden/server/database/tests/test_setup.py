"""Setting up is done once, may be repeated, and goes on after an interruption."""

import stat
import subprocess

import psycopg
import pytest

from platewarden.exchange.seal import SealingKey, SigningKey
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.config import LOGIN_ROLES, DatabaseAddress, ServerConfig
from platewarden.server.database import setup
from platewarden.server.database.embedded import EmbeddedServer
from platewarden.server.database.setup import migrate_apart, set_up, setup_sql
from platewarden.server.database.testing import QUICK, Database, data_folder


def silent(_words):
    pass


def no_migrations(_config):
    pass


@pytest.fixture
def data():
    with data_folder("set") as path:
        yield path


@pytest.fixture
def server(data):
    """An embedded server that a test's setup uses; quick, because these tests start many."""
    return EmbeddedServer(data, settings=QUICK, may_create_user=True, say=silent)


def contents(data):
    return {file.name: file.read_bytes() for file in (data / "secrets").iterdir()}


def test_it_makes_all_that_a_server_needs(data, server):
    config = set_up(data, server=server, say=silent)
    assert ServerConfig.load(data) == config
    assert config.database.embedded
    SigningKey.load(data / "secrets" / "office-signing.key")
    SealingKey.load(data / "secrets" / "office-sealing.key")
    assert len(config.read_secret("django.key")) == 32
    for file in (data / "config.toml", *(data / "secrets").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.stat().st_uid == data.stat().st_uid
    assert not server.is_running()
    with server.running():
        for role in LOGIN_ROLES:
            with psycopg.connect(config.conninfo(role)) as conn:
                assert conn.execute("select current_user").fetchone() == (f"platewarden_{role}",)
        with psycopg.connect(config.conninfo("owner")) as conn:
            assert conn.execute("select to_regclass('plates.reads') is not null").fetchone() == (True,)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.connection_info("app", "postgres", prefix="platewarden").conninfo)


def test_running_it_again_changes_nothing(data, server):
    first = set_up(data, server=server, migrate=no_migrations, say=silent)
    before = contents(data)
    assert set_up(data, server=server, migrate=no_migrations, say=silent) == first
    assert contents(data) == before


@pytest.mark.parametrize("step", ["create_secret", "_save_key", "create_roles", "check_roles"])
def test_interrupted_anywhere_the_next_run_finishes(data, server, monkeypatch, step):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(setup, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            set_up(data, server=server, migrate=no_migrations, say=silent)
    assert not server.is_owner
    before = contents(data) if (data / "secrets").exists() else {}
    seen = []
    config = set_up(data, server=server, migrate=seen.append, say=silent)
    assert seen == [config]
    assert before.items() <= contents(data).items()


def test_what_it_is_told_later_is_kept_and_the_rest_stays(data, server):
    set_up(
        data, server=server, migrate=no_migrations, facts={"web_port": 9427, "public_origin": "http://localhost:9427"}, say=silent
    )
    again = set_up(data, server=server, migrate=no_migrations, facts={"intake_port": 9428}, say=silent)
    assert (again.web_port, again.intake_port) == (9427, 9428)
    assert ServerConfig.load(data) == again


def test_a_server_that_runs_already_is_used(data, server):
    with server.running():
        set_up(data, migrate=no_migrations, say=silent)
        assert server.is_running()


def test_the_departments_own_database_takes_its_administrator_once(data, cluster):
    url = f"postgresql:///highland?host={cluster.server.sockets}"
    script = setup_sql(data, url, say=silent)
    with pytest.raises(Unavailable, match="Have the database's administrator run the script"):
        set_up(data, url, migrate=no_migrations, say=silent)
    login = cluster.server.connection_info()
    subprocess.run(
        [
            str(cluster.server._engine.bin / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--host",
            login.host,
            "--username",
            "postgres",
            "postgres",
        ],
        env={"PGPASSWORD": login.password},
        input=setup_sql(data, url, say=silent),
        capture_output=True,
        text=True,
        check=True,
    )
    assert script.startswith("-- Platewarden: the database highland")
    config = set_up(data, url, say=silent)
    assert not config.database.embedded
    with psycopg.connect(config.conninfo("app")) as conn:
        assert conn.execute("select current_database()").fetchone() == ("highland",)
    assert not (data / "postgres").exists()
    with pytest.raises(Malformed, match="was set up for another database"):
        set_up(data, f"postgresql:///elsewhere?host={cluster.server.sockets}", say=silent)
    cluster.drop(Database(cluster, "highland"))


def test_a_script_is_for_a_named_database_only(data):
    with pytest.raises(Malformed, match="Say with --database-url"):
        setup_sql(data, "", say=silent)
    assert list(data.iterdir()) == []


def test_a_database_whose_log_would_hold_plates_is_refused(data, cluster):
    url = f"postgresql:///highland?host={cluster.server.sockets}"
    login = cluster.server.connection_info()
    subprocess.run(
        [
            str(cluster.server._engine.bin / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--host",
            login.host,
            "--username",
            "postgres",
            "postgres",
        ],
        env={"PGPASSWORD": login.password},
        input=setup_sql(data, url, say=silent) + "alter role highland_app reset log_min_messages;",
        capture_output=True,
        text=True,
        check=True,
    )
    with pytest.raises(Unavailable, match="log_min_messages = log"):
        set_up(data, url, migrate=no_migrations, say=silent)
    cluster.drop(Database(cluster, "highland"))


def test_a_schema_that_cannot_be_migrated_is_one_sentence(data, monkeypatch):
    config = ServerConfig(data=data, database=DatabaseAddress(dbname="platewarden", embedded=True), role_prefix="platewarden")
    with pytest.raises(Unavailable, match=r"schema can't be brought up to date: .*has no config.toml"):
        migrate_apart(config)
    monkeypatch.setattr(setup.sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="no reason given"):
        migrate_apart(config)
