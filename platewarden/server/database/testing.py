"""Databases for tests: one cluster a run, one fresh database for every test that passes a door.

A test never rolls back and never empties tables: a door refuses whatever isn't committed, and a record can't be deleted.
So each test gets a copy of the migrated template (`create database ... template`) and throws it away afterwards. Roles
belong to the cluster: copies keep the template's.

Each xdist worker has a cluster of its own. `PLATEWARDEN_TEST_POSTGRES=15` runs the same on Debian's PostgreSQL 15.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

from platewarden.policy.refusal import Unavailable
from platewarden.server.config import LOGIN_ROLES, DatabaseAddress, DatabaseLogin, ServerConfig, own_folder
from platewarden.server.database.embedded import EmbeddedServer, Engine, ServiceUser
from platewarden.server.database.roles import create_roles, entry_part, scram_verifier
from platewarden.server.database.setup import make_secrets, migrate_apart

PREFIX: Final = "platewarden"
BARE: Final = "platewarden"  # roles and schemas only
MIGRATED: Final = "platewarden_migrated"
QUICK: Final = {
    "fsync": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
}  # a killed process loses nothing by it, a killed machine would

_PLACE: Final = "/tmp"  # noqa: S108 - sockets need a short path; every folder here is of 0700
_MEMORY: Final = "/dev/shm"  # noqa: S108 - the same; a database of 840 files is copied there in a tenth of the time
_ENOUGH: Final = 2 << 30


def engine(version: str) -> Engine:
    """PostgreSQL 18 of the wheel, or another version of Debian's."""
    return Engine.of_wheel() if version == "18" else Engine.at(Path(f"/usr/lib/postgresql/{version}/bin"))


def engine_under_test() -> Engine:
    """What the environment asks for, and the wheel's if it asks for nothing."""
    return engine(os.environ.get("PLATEWARDEN_TEST_POSTGRES", "18"))


@contextlib.contextmanager
def data_folder(hint: str, *, place: str = _PLACE) -> Iterator[Path]:
    """A short-named folder of the service user's, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix=f"pw-{hint}-", dir=place))
    try:
        ServiceUser.find(may_create=True, say=lambda _: None).claim(path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Database:
    """One test's own database, with a login for each role and a data folder that a server process can be started on."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self._config: ServerConfig | None = None

    def login(self, role: str) -> DatabaseLogin:
        """`owner`, `app`, `login`, `ingest`, `purge`, or `postgres` for the superuser."""
        return self.cluster.server.connection_info(role, self.name, prefix=PREFIX)

    def conninfo(self, role: str) -> str:
        return self.login(role).conninfo

    def connect(self, role: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo(role), autocommit=autocommit)

    @property
    def config(self) -> ServerConfig:
        """What a server on this database would be told, in a data folder of its own (`config.data`)."""
        if self._config is None:
            self._config = self.cluster.config_for(self.name)
        return self._config


class Cluster:
    """One PostgreSQL for many tests."""

    def __init__(self, data: Path, engine: Engine) -> None:
        self.data = data
        self.server = EmbeddedServer(data, engine=engine, settings=QUICK, may_create_user=True, say=lambda _: None)
        self.numbers = itertools.count(1)
        self._templates = {BARE}

    def start(self) -> None:
        self.server.start()
        make_secrets(self.data)
        verifiers = {role: scram_verifier(self.server.connection_info(role).password) for role in LOGIN_ROLES}
        create_roles(self.superuser, PREFIX, database=BARE, verifiers=verifiers)
        threading.Thread(target=self._pulse, daemon=True).start()

    def _pulse(self) -> None:
        """Commits something every 50 ms, as the sealer of a running office does: a door waits for what is not on disk yet."""
        with contextlib.suppress(psycopg.OperationalError), self.superuser() as conn:
            while True:
                conn.execute("select pg_logical_emit_message(true, 'pulse', '')")
                time.sleep(0.05)

    def superuser(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.connection_info(database=database).conninfo, autocommit=True)

    def fresh(self, *, migrated: bool = True) -> Database:
        """A new database: the whole schema, or roles and empty schemas only."""
        name = f"platewarden_t{next(self.numbers)}"
        self.copy(self._migrated() if migrated else BARE, name)
        return Database(self, name)

    def fresh_of(self, template: str, make: Callable[[Database], None]) -> Database:
        """A copy of a template of a room's own, which `make` fills once from the whole schema."""
        if template not in self._templates:
            self.copy(self._migrated(), template)
            make(Database(self, template))
            self._templates.add(template)
        name = f"platewarden_t{next(self.numbers)}"
        self.copy(template, name)
        return Database(self, name)

    def drop(self, database: Database) -> None:
        with self.superuser() as conn:
            conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database.name)))
        shutil.rmtree(self.data / "tests" / database.name, ignore_errors=True)

    def config_for(self, name: str) -> ServerConfig:
        own_folder(self.data / "tests", like=self.data)
        data = own_folder(self.data / "tests" / name, like=self.data)
        make_secrets(data)  # keys of its own; the roles' passwords are the cluster's
        for role in LOGIN_ROLES:
            target = data / "secrets" / f"{role}.password"
            target.write_bytes((self.data / "secrets" / target.name).read_bytes())
        address = DatabaseAddress(dbname=name, host=str(self.server.sockets), port=self.server.port)
        config = ServerConfig(data=data, database=address, role_prefix=PREFIX)
        config.save()
        return config

    def _migrated(self) -> str:
        if MIGRATED not in self._templates:
            self.copy(BARE, MIGRATED)
            migrate_apart(self.config_for(MIGRATED))
            self._templates.add(MIGRATED)
        return MIGRATED

    def copy(self, template: str, name: str) -> None:
        with self.superuser() as conn:
            conn.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(sql.Identifier(name), sql.Identifier(template))
            )
            conn.execute(entry_part(PREFIX, name).encode())


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL."""
    _sweep()
    with data_folder("run", place=_quick_place()) as data:
        own = Cluster(data, engine_under_test())
        own.start()
        try:
            yield own
        finally:
            own.server.stop()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A database of this test's own, with the whole schema."""
    own = cluster.fresh()
    yield own
    cluster.drop(own)


@pytest.fixture
def bare_database(cluster: Cluster) -> Iterator[Database]:
    """A database of this test's own, with roles and empty schemas."""
    own = cluster.fresh(migrated=False)
    yield own
    cluster.drop(own)


def _quick_place() -> str:
    """In memory where the machine has room for it: a test's database needs no disk."""
    if Path(_MEMORY).is_mount() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        return _MEMORY
    return _PLACE


def _sweep() -> None:
    """Ends and takes away clusters of runs that were killed. One that somebody keeps running is left alone."""
    for old in (*Path(_PLACE).glob("pw-run-*"), *Path(_MEMORY).glob("pw-run-*")):
        with contextlib.suppress(Unavailable, OSError):  # somebody else's run, or one that lives
            if (old / "postgres.lock").exists():
                EmbeddedServer(old, say=lambda _: None).end_left_over()
                shutil.rmtree(old, ignore_errors=True)
