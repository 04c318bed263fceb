"""The embedded database is kept running by one owner, closed to everybody else, and loses nothing."""

import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.server.config import read_password, socket_folder
from platewarden.server.database import embedded
from platewarden.server.database.embedded import SERVICE_USER, EmbeddedServer, Engine, ServiceUser
from platewarden.server.database.testing import data_folder, engine

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin/postgres")


def silent(_words):
    pass


def kept(data, version="18", **more):
    return EmbeddedServer(data, engine=engine(version), may_create_user=True, say=silent, **more)


@pytest.fixture(scope="module", params=["18", "15"])
def server(request):
    if request.param == "15" and not DEBIAN_15.exists():
        pytest.skip("Debian's PostgreSQL 15 isn't installed here")
    with data_folder("sup") as data:
        one = kept(data, request.param)
        one.start()
        yield one
        one.stop()


def session(server, **changed):
    return psycopg.connect(**{**server.connection_info().params, **changed}, autocommit=True)


def soon(condition, *, within_s=20):
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def shown(server, name):
    with session(server) as conn:
        return conn.execute("select current_setting(%s)", [name]).fetchone()[0]


def test_it_runs_and_answers(server):
    assert server.is_owner
    assert server.is_running()


def test_it_refuses_a_wrong_password(server):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        session(server, password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        session(server, password="")


def test_its_rules_of_entry_are_scram_on_the_socket_only(server):
    with session(server) as conn:
        assert conn.execute("select type, auth_method from pg_hba_file_rules").fetchall() == [("local", "scram-sha-256")]
        kept_as = conn.execute("select rolpassword from pg_authid where rolname = 'postgres'").fetchone()[0]
    assert kept_as.startswith("SCRAM-SHA-256$")


def test_it_listens_on_no_port(server):
    assert shown(server, "listen_addresses") == ""
    inodes = set()
    for each in server._processes():
        for handle in Path(f"/proc/{each}/fd").iterdir():
            target = str(handle.readlink())
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path("/proc/net", table).read_text().splitlines()[1:] if Path("/proc/net", table).exists() else []
        assert not inodes & {line.split()[9] for line in lines}


def test_its_folders_and_socket_are_closed_to_others(server):
    for folder in (server.data, server.sockets, server.data / "secrets", server.data / "log", server.cluster):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.sockets / ".s.PGSQL.5432").stat().st_mode) & 0o077 == 0
    for file in (*(server.data / "log").iterdir(), server.data / "secrets" / "postgres.password", server.data / "postgres.lock"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_checks_its_pages_and_flushes_what_it_acknowledges(server):
    assert shown(server, "data_checksums") == "on"
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert shown(server, name) == "on"
    assert shown(server, "wal_recycle") == "off"
    assert shown(server, "lc_messages") == "C"
    with session(server) as conn:
        assert conn.execute(
            "select datcollate, pg_encoding_to_char(encoding) from pg_database where datname = 'template0'"
        ).fetchone() == (
            "C",
            "UTF8",
        )


def test_its_settings_stand_above_alter_system(server):
    with session(server) as conn:
        conn.execute("alter system set listen_addresses = '127.0.0.1'")
        conn.execute("alter system set log_statement = 'all'")
        conn.execute("select pg_reload_conf()")
        time.sleep(0.2)
    assert shown(server, "listen_addresses") == ""
    assert shown(server, "log_statement") == "none"


def test_it_never_runs_as_root(server):
    for each in server._processes():
        assert Path(f"/proc/{each}").stat().st_uid != 0
    if os.geteuid() == 0:
        assert Path(f"/proc/{server.postmaster_id()}").stat().st_uid == pwd.getpwnam(SERVICE_USER).pw_uid


def test_nothing_of_the_callers_environment_reaches_it(server):
    told = Path(f"/proc/{server.postmaster_id()}/environ").read_bytes()
    names = {each.split(b"=")[0] for each in told.split(b"\0") if each}
    assert names <= {b"PATH", b"LC_ALL", b"TZ", b"PG_GRANDPARENT_PID"}


def test_it_refuses_a_second_owner_and_names_the_first(server):
    with pytest.raises(Unavailable, match=rf"already kept running by another process \({os.getpid()}\)"):
        kept(server.data).start()
    assert server.is_running()


def test_a_second_command_uses_the_one_that_runs(server):
    second = kept(server.data)
    with second.running() as running:
        assert running.is_running()
        assert not running.is_owner
    assert server.is_running()


def test_after_a_kill_it_starts_again_by_itself_and_nothing_is_lost(server):
    with session(server) as conn:
        conn.execute("create table if not exists kept (n int primary key)")
        conn.execute("insert into kept select generate_series(1, 1000) on conflict do nothing")
    for _ in range(3):
        before = server.postmaster_id()
        os.kill(before, signal.SIGKILL)
        assert soon(lambda before=before: server.postmaster_id() not in (None, before) and server.is_running())
    with session(server) as conn:
        assert conn.execute("select count(*) from kept").fetchone() == (1000,)
    assert server.trouble is None


def test_after_the_kill_of_a_session_it_recovers(server):
    with session(server) as conn:
        victim = conn.info.backend_pid
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            conn.execute("select 1")
    assert soon(server.is_running)


def test_its_log_has_no_statement_and_no_value(server):
    with session(server) as conn:
        conn.execute("create table if not exists seen (plate text primary key)")
        conn.execute("insert into seen values ('7ZQX441') on conflict do nothing")
        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute("insert into seen values (%s)", ["7ZQX441"])
        with pytest.raises(psycopg.errors.SyntaxError):
            conn.execute("selekt '7ZQX441'")

    def said():
        return b"".join(file.read_bytes() for file in (server.data / "log").iterdir())

    assert soon(lambda: b"syntax error" in said())
    assert b"7ZQX441" not in said()


def test_it_stops_and_starts_again_with_what_it_had():
    with data_folder("sup") as data:
        one = kept(data, settings={"fsync": "off"})
        with one.running():
            with session(one) as conn:
                conn.execute("create table kept (n int)")
            password = read_password(data, "postgres")
        assert not one.is_owner
        assert not one.is_running()
        assert list(one._processes()) == []
        with one.running(), session(one) as conn:
            conn.execute("select from kept")
        assert read_password(data, "postgres") == password


def test_an_owner_that_was_killed_leaves_nothing_in_the_way():
    with data_folder("sup") as data:
        script = (
            "import sys, os, signal; from pathlib import Path\n"
            "from platewarden.server.database.embedded import EmbeddedServer\n"
            "one = EmbeddedServer(Path(sys.argv[1])); one.start()\n"
            "import psycopg; conn = psycopg.connect(one.connection_info().conninfo, autocommit=True)\n"
            "conn.execute('create table kept (n int)'); conn.execute('insert into kept values (1)')\n"
            "print(one.postmaster_id(), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
        )
        owner = subprocess.run(
            [sys.executable, "-c", script, str(data)], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[4]
        )
        left = int(owner.stdout)
        assert left in set(kept(data)._processes())
        one = kept(data)
        with one.running():
            assert one.is_owner or one.is_running()
        one.end_left_over()
        assert list(one._processes()) == []
        with one.running(), session(one) as conn:
            assert conn.execute("select n from kept").fetchone() == (1,)


def test_a_stale_mark_with_somebody_elses_process_id_is_no_hindrance():
    with data_folder("sup") as data:
        one = kept(data, settings={"fsync": "off"})
        with one.running():
            mark = (one.cluster / "postmaster.pid").read_text().splitlines()
        bystander = subprocess.Popen(["sleep", "60"], **one.user.as_process)
        try:
            (one.cluster / "postmaster.pid").write_text("\n".join([str(bystander.pid), *mark[1:]]) + "\n")
            (one.sockets / ".s.PGSQL.5432.lock").write_text(f"{bystander.pid}\n")
            if os.geteuid() == 0:
                for name in (one.cluster / "postmaster.pid", one.sockets / ".s.PGSQL.5432.lock"):
                    os.chown(name, one.user.uid, one.user.gid)
            with one.running():
                assert one.is_owner
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


def test_an_interrupted_first_start_leaves_no_half_cluster():
    with data_folder("sup") as data:
        one = kept(data, settings={"fsync": "off"})
        (data / "postgres.new").mkdir()
        (data / "postgres.new" / "PG_VERSION").write_text("18\n")
        with one.running():
            assert not (data / "postgres.new").exists()


def test_it_runs_from_a_copy_when_its_programs_are_closed_to_the_service_user():
    with data_folder("sup") as data:
        one = kept(data, settings={"fsync": "off"})
        (data / "engine").mkdir()
        copy = one._engine.copied_to(data / "engine")
        assert copy.version() == one._engine.version()
        assert not (copy.bin / "psql").exists()
        assert not list(copy.libs.glob("libreadline*"))
        again = Engine.of_wheel().copied_to(data / "engine")
        assert again == copy
        copied = EmbeddedServer(data, engine=copy, settings={"fsync": "off"}, say=silent)
        if os.geteuid() == 0:
            os.chown(data / "engine", one.user.uid, one.user.gid)
        with copied.running():
            assert Path(f"/proc/{copied.postmaster_id()}/exe").readlink().is_relative_to(data)


def test_a_long_data_path_gets_a_short_socket_folder():
    with data_folder("sup") as data:
        deep = data / ("a" * 60) / ("b" * 60)
        assert len(str(socket_folder(deep))) < 60
        one = kept(deep, settings={"fsync": "off"})
        for folder in (deep.parent, deep):
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, one.user.uid, one.user.gid)
        with one.running():
            assert stat.S_IMODE(one.sockets.stat().st_mode) == 0o700
        one.sockets.rmdir()


def test_it_refuses_a_socket_folder_that_somebody_else_made(monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("needs root to be somebody else")
    with data_folder("sup") as data:
        (data / "run").mkdir()
        os.chown(data / "run", 65534, 65534)
        with pytest.raises(Unavailable, match="belongs to somebody else"):
            kept(data).start()


def test_it_refuses_a_cluster_of_another_version():
    if not DEBIAN_15.exists():
        pytest.skip("Debian's PostgreSQL 15 isn't installed here")
    with data_folder("sup") as data:
        with kept(data, "15", settings={"fsync": "off"}).running():
            pass
        with pytest.raises(Unavailable, match="made by PostgreSQL 15; the programs here are 18"):
            kept(data, "18").start()


def test_a_start_that_fails_says_why_and_gives_the_lock_back():
    with data_folder("sup") as data:
        one = kept(data, settings={"fsync": "off"})
        with one.running():
            pass
        broken = kept(data, settings={"shared_buffers": "-7"})
        with pytest.raises(Unavailable, match=r"doesn't start: .*FATAL.*shared_buffers"):
            broken.start()
        assert not broken.is_owner
        with one.running():
            pass


def test_without_the_system_user_root_is_refused_and_the_installer_creates_it(monkeypatch):
    calls, said = [], []

    def missing(name):
        raise KeyError(name)

    def useradd(command, **_):
        calls.append(command)
        monkeypatch.setattr(pwd, "getpwnam", lambda _: pwd.getpwuid(1))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(embedded.os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", missing)
    with pytest.raises(Unavailable, match="Run `platewarden setup` once as root"):
        ServiceUser.find(may_create=False, say=said.append)
    assert not said
    monkeypatch.setattr(embedded.subprocess, "run", useradd)
    assert ServiceUser.find(may_create=True, say=said.append).uid == 1
    assert calls[0][0] == "useradd"
    assert "platewarden" in said[0]


def test_a_normal_user_runs_it_as_himself():
    """As root: a child that gives root up for good, then does all of it."""
    if os.geteuid() != 0:
        pytest.skip("every other test here does it already")
    with data_folder("sup") as data:
        user = ServiceUser.find(may_create=True, say=silent)
        receiving, sending = socket.socketpair()
        child = os.fork()
        if child == 0:
            report = {}
            try:
                os.setgroups([])
                os.setresgid(user.gid, user.gid, user.gid)
                os.setresuid(user.uid, user.uid, user.uid)
                one = kept(data, settings={"fsync": "off"})
                with one.running(), session(one) as conn:
                    report["answers"] = conn.execute("select 42").fetchone()[0]
                    report["uid"] = Path(f"/proc/{one.postmaster_id()}").stat().st_uid
                report["left"] = list(one._processes())
            except BaseException as error:  # noqa: BLE001 - the parent fails with it
                report["error"] = repr(error)
            sending.sendall(json.dumps(report).encode())
            os._exit(0)
        os.waitpid(child, 0)
        report = json.loads(receiving.recv(65536))
        receiving.close()
        sending.close()
        assert report == {"answers": 42, "uid": user.uid, "left": []}
