"""Setting the server up: the data folder, its secrets, the database with its roles, the schema.

The order: folder, configuration, secrets, roles, a look at whether they are in force, migrations. Every step looks first
at what is there, so that running it again changes nothing, and after an interruption goes on where it stopped.

A database of the department's own is made by its administrator: `setup_sql` prints the one script, `set_up` then uses what
it made. With the embedded database nobody else is needed. Either way the passwords are made here, one 0600 file each, and
never printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg

import platewarden
from platewarden.exchange.seal import SealingKey, SigningKey
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.config import (
    LOGIN_ROLES,
    DatabaseAddress,
    ServerConfig,
    create_password,
    create_secret,
    create_token,
    has_secret,
    own_folder,
    socket_folder,
)
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
from platewarden.server.database.log_settings import check_log_settings
from platewarden.server.database.roles import check_roles, create_roles, roles_sql, scram_verifier

__all__ = ["make_secrets", "migrate_apart", "set_up", "setup_sql"]

EMBEDDED_DATABASE: Final = "platewarden"
OLDEST_POSTGRES: Final = 150000

RANDOM_KEYS: Final = ("django.key", "second-factor.key", "pictures.key")
WATCH_TOKEN: Final = "watch.token"  # noqa: S105 - a file's name
SIGNING_KEYS: Final = ("office-signing.key", "ledger.key")
SEALING_KEYS: Final = ("office-sealing.key",)


def set_up(
    data: Path,
    database_url: str | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
    server: EmbeddedServer | None = None,
    migrate: Callable[[ServerConfig], None] | None = None,
    say: Callable[[str], None] = print,
) -> ServerConfig:
    """Sets a data folder up, or finishes what an interrupted setup began. Returns what the server is now told.

    `facts` are fields of `ServerConfig` (ports, origins, department file) to be set. `server` is a running embedded
    server of the caller's; without it, one runs for as long as this takes.
    """
    data = data.absolute()
    user = ServiceUser.find(may_create=True, say=say)
    config = _prepare(data, database_url, facts, user)
    run_migrations = migrate or migrate_apart
    if not config.database.embedded:
        _check(config, "Have the database's administrator run the script of `platewarden setup --sql`, then run this again.")
        run_migrations(config)
        return config
    with (server or EmbeddedServer(data, may_create_user=True, say=say)).running() as running:
        _make_roles(config, running)
        _check(config, "Run `platewarden setup` again.")
        run_migrations(config)
    return config


def setup_sql(data: Path, database_url: str, *, facts: Mapping[str, Any] | None = None, say: Callable[[str], None] = print) -> str:
    """The script for the administrator of the department's own database. Makes the passwords; the script can't log in."""
    data = data.absolute()
    if not database_url:
        raise Malformed(
            "Say with --database-url which database the script is for, such as postgresql://db.example.org/platewarden."
        )
    config = _prepare(data, database_url, facts, ServiceUser.find(may_create=True, say=say))
    return roles_sql(config.role_prefix, database=config.database.dbname, verifiers=_verifiers(data))


def migrate_apart(config: ServerConfig) -> None:
    """Migrates in a process of its own, logged in as the owner: this process never holds the owner's login."""
    code = (
        "import django; django.setup()\nfrom platewarden.server.database.migrate import migrate, open_days\nmigrate(); open_days()"
    )
    told = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(platewarden.__file__).parent.parent), os.environ.get("PYTHONPATH")))),
        "PLATEWARDEN_DATA": str(config.data),
        "PLATEWARDEN_PROCESS": "owner",
        "DJANGO_SETTINGS_MODULE": "platewarden.server.settings",
    }
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **told}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"The database's schema can't be brought up to date: {last}")


# The steps


def _prepare(data: Path, database_url: str | None, facts: Mapping[str, Any] | None, user: ServiceUser) -> ServerConfig:
    user.claim(data)
    config = _configure(data, database_url, facts or {})
    make_secrets(data)
    for folder in ("keys", "pictures"):
        own_folder(data / folder, like=data)
    return config


def _configure(data: Path, database_url: str | None, facts: Mapping[str, Any]) -> ServerConfig:
    asked = DatabaseAddress.from_url(database_url) if database_url else None
    if not ServerConfig.is_there(data):
        address = asked or DatabaseAddress(dbname=EMBEDDED_DATABASE, host=str(socket_folder(data)), embedded=True)
        config = ServerConfig(data=data, database=address, role_prefix=address.dbname, **facts)
        config.save()
        return config
    config = ServerConfig.load(data)
    if asked is not None and asked != config.database:
        raise Malformed(
            f"{data} was set up for another database ({config.database.dbname}). "
            "Choose another data folder, or move the data by an export first."
        )
    changed = replace(config, **facts)
    if changed != config:
        changed.save()
    return changed


def make_secrets(data: Path) -> None:
    """Every secret that is missing: the roles' passwords, random keys, the office's key pairs."""
    for role in LOGIN_ROLES:
        create_password(data, role)
    for name in RANDOM_KEYS:
        create_secret(data, name)
    create_token(data, WATCH_TOKEN)
    for names, kind in ((SIGNING_KEYS, SigningKey), (SEALING_KEYS, SealingKey)):
        for name in names:
            if not has_secret(data, name):
                _save_key(data, name, kind.generate())


def _save_key(data: Path, name: str, key: SigningKey | SealingKey) -> None:
    """The key writes itself; here it gets its owner, and its name only when it is whole."""
    draft = data / "secrets" / f".{name}.new"
    draft.unlink(missing_ok=True)
    key.save(draft)
    if os.geteuid() == 0:
        whose = draft.parent.stat()
        os.chown(draft, whose.st_uid, whose.st_gid, follow_symlinks=False)
    draft.rename(data / "secrets" / name)


def _verifiers(data: Path) -> dict[str, str]:
    return {role: scram_verifier(create_password(data, role)) for role in LOGIN_ROLES}


def _make_roles(config: ServerConfig, server: EmbeddedServer) -> None:
    def connect(database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(server.connection_info(database=database).conninfo, autocommit=True)

    create_roles(connect, config.role_prefix, database=config.database.dbname, verifiers=_verifiers(config.data))
    for other in ("postgres", "template1"):  # the cluster is ours alone: nobody has business there
        with connect(other) as elsewhere:
            elsewhere.execute(f"revoke all on database {other} from public; revoke all on schema public from public")


def _check(config: ServerConfig, next_step: str) -> None:
    """Logs in once as every role, and looks whether roles and log settings are what they should be."""
    for role in LOGIN_ROLES:
        try:
            conn = psycopg.connect(config.conninfo(role), autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            first = (str(error).strip().splitlines() or ["no reason given"])[0]
            raise Unavailable(f"Nobody can log in to the database as {config.role(role)}: {first}. {next_step}") from error
        with conn:
            if conn.info.server_version < OLDEST_POSTGRES:
                raise Unavailable(f"The database is PostgreSQL {conn.info.server_version // 10000}; it takes 15 or newer.")
            check_log_settings(conn)
            check_roles(conn, config.role_prefix)
