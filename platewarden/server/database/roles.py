"""The database's roles, named after the database, and the one script that makes them.

    <db>_owner   owns schemas and tables; migrations log in as it, nobody else
    <db>_door    owns the door functions; nobody can log in as it
    <db>_app     the web's way in: no table of plates, only doors
    <db>_login   sign-in only
    <db>_ingest  the cars' way in: writes, doesn't read
    <db>_purge   the night round and the sealer

None passes row security, none may make roles or databases, none is a member of another but one: the owner is a member of
the door's role, to hand functions over to it and to say who may call them, and may make a checkpoint, for the purge. Passwords stand in the script as SCRAM verifiers only: whoever reads
the script can't log in with it.

The script is run once by a database administrator (`platewarden setup --sql`), or by the embedded server's setup. It can
be run again: it sets everything to what it should be. Migrations never make a role.

Known gap: on a cluster shared with other applications, their superusers and `pg_read_all_data` members see everything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import psycopg

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.database.log_settings import ROLE_LOG_SETTINGS

__all__ = [
    "ROLES",
    "SCHEMAS",
    "Role",
    "check_roles",
    "create_roles",
    "database_part",
    "entry_part",
    "roles_part",
    "roles_sql",
    "scram_verifier",
]

SCHEMAS: Final = ("office", "plates")


@dataclass(frozen=True)
class Role:
    """One role: whether somebody logs in as it, how often at once, and how long its sessions may dawdle."""

    can_log_in: bool
    connections: int = -1
    inherits: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


_IMPATIENT: Final = MappingProxyType({"idle_in_transaction_session_timeout": "60s", "statement_timeout": "60s"})

# Sessions of one login see one another's running statements, with the plates and person keys in them, unless nothing is told.
_DISCREET: Final = MappingProxyType({"track_activities": "off"})

# Anybody may keep bytes in large objects, where no purge looks, unless these are closed.
_LARGE_OBJECTS: Final = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_put(oid, bigint, bytea)",
    "lowrite(integer, bytea)",
)

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "owner": Role(can_log_in=True, connections=6, inherits=True),
        "door": Role(can_log_in=False),
        "app": Role(can_log_in=True, connections=40, settings=_IMPATIENT),
        "login": Role(can_log_in=True, connections=20, settings=_IMPATIENT),
        "ingest": Role(can_log_in=True, connections=20, settings=_IMPATIENT),
        "purge": Role(can_log_in=True, connections=6),
    }
)

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")


def scram_verifier(password: str, *, salt: bytes | None = None, iterations: int = 4096) -> str:
    """What PostgreSQL keeps of a password (RFC 5803). Our passwords are random and ASCII, so nothing is to be prepared."""
    if not password.isascii() or not password.isprintable() or not password:
        raise Malformed("A role's password is printable ASCII. Delete its file in secrets/ and run `platewarden setup` again.")
    salt = secrets.token_bytes(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (base64.b64encode(each).decode("ascii") for each in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt_text}${stored_text}:{server_text}"


# The script, in its three parts


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith("pg_"):
        raise Malformed(f"“{name}” can't name a database or its roles: lower-case letters, digits and _, not starting with pg_.")
    return name


def roles_part(prefix: str, verifiers: Mapping[str, str]) -> str:
    """SQL for the cluster: the roles, what they may not, their log settings. One transaction may hold it."""
    _checked(prefix)
    lines: list[str] = []
    for name, role in ROLES.items():
        full = f"{prefix}_{name}"
        lines += [
            f"do $$ begin if not exists (select from pg_catalog.pg_roles where rolname = '{full}') then create role {full}; end if; end $$;",
            f"alter role {full} with {'login' if role.can_log_in else 'nologin'} connection limit {role.connections};",
            f"alter role {full} with nosuperuser nocreatedb nocreaterole noreplication nobypassrls;",
            f"alter role {full} with {'inherit' if role.inherits else 'noinherit'};",
        ]
        if role.can_log_in and name in verifiers:
            if "'" in verifiers[name] or not verifiers[name].startswith("SCRAM-SHA-256$"):
                raise Malformed(f"The verifier of {full} is no SCRAM verifier.")
            lines.append(f"alter role {full} password '{verifiers[name]}';")
        settings = {**({**ROLE_LOG_SETTINGS, **_DISCREET} if role.can_log_in else {}), **role.settings}
        lines += [f"alter role {full} set {key} = '{value}';" for key, value in settings.items()]
        lines.append("")
    door, owner = f"{prefix}_door", f"{prefix}_owner"
    lines += [
        "-- The owner hands functions over to the door's role, and says who may call them. Nobody else is a member of it.",
        "do $$ begin",
        "    if current_setting('server_version_num')::int >= 160000 then",
        f"        execute 'grant {door} to {owner} with inherit true, set true, admin false';",
        "    else",
        f"        execute 'grant {door} to {owner}';",
        "    end if;",
        "end $$;",
        "-- After a purge the log's old segments go with a checkpoint that a function of the owner makes, and not later by themselves.",
        f"grant pg_checkpoint to {owner};",
    ]
    return "\n".join(lines) + "\n"


def _create_database(prefix: str, database: str) -> str:
    return f"create database \"{database}\" owner {prefix}_owner template template0 encoding 'UTF8' locale 'C'"


def entry_part(prefix: str, database: str) -> str:
    """SQL that says who may enter a database. A copy made by `create database ... template` needs it again."""
    _checked(prefix), _checked(database)
    logins = [f"{prefix}_{name}" for name, role in ROLES.items() if role.can_log_in]
    lines = [
        f'alter database "{database}" owner to {prefix}_owner;',
        f'revoke all on database "{database}" from public;',
        f'grant connect on database "{database}" to {", ".join(logins)};',
    ]
    return "\n".join(lines) + "\n"


def database_part(prefix: str, database: str) -> str:
    """SQL inside the database: who may enter it, its two schemas, and that nobody gets anything by being anybody."""
    owner, door = f"{_checked(prefix)}_owner", f"{prefix}_door"
    lines = ["revoke all on schema public from public;"]
    lines += [f"revoke execute on function pg_catalog.{function} from public;" for function in _LARGE_OBJECTS]
    lines.append(f"grant execute on function pg_catalog.pg_switch_wal() to {owner};")
    for schema in SCHEMAS:
        lines += [
            f"create schema if not exists {schema} authorization {owner};",
            f"revoke all on schema {schema} from public;",
            f"grant usage on schema {schema} to {door};",
        ]
    lines += [
        "-- A new function is closed until somebody opens it by name.",
        *(f"alter default privileges for role {role} revoke execute on functions from public;" for role in (owner, door)),
    ]
    return entry_part(prefix, database) + "\n".join(lines) + "\n"


def roles_sql(prefix: str, *, database: str | None = None, verifiers: Mapping[str, str]) -> str:
    """The whole script, for psql, run once by a superuser of the cluster."""
    database = _checked(database or prefix)
    return "\n".join(
        [
            f"-- Platewarden: the database {database} and its roles. Run once, as a superuser:  psql -f this.sql",
            "-- It holds verifiers of passwords, no passwords. Running it again sets everything to what it should be.",
            "\\set ON_ERROR_STOP on",
            "",
            "begin;",
            roles_part(prefix, verifiers),
            "commit;",
            "",
            f"select $create${_create_database(prefix, database)}$create$",
            f"where not exists (select from pg_catalog.pg_database where datname = '{database}') \\gexec",
            f'\\connect "{database}"',
            "begin;",
            database_part(prefix, database),
            "commit;",
            "",
        ]
    )


def create_roles(
    connect: Callable[[str], AbstractContextManager[psycopg.Connection[Any]]],
    prefix: str,
    *,
    database: str,
    verifiers: Mapping[str, str],
) -> None:
    """Runs the same script without psql. `connect(database)` gives a superuser's session in autocommit."""
    with connect("postgres") as cluster:
        with cluster.transaction():
            cluster.execute(roles_part(prefix, verifiers).encode())
        if cluster.execute("select 1 from pg_catalog.pg_database where datname = %s", [_checked(database)]).fetchone() is None:
            cluster.execute(_create_database(prefix, database).encode())
    with connect(database) as inside, inside.transaction():
        inside.execute(database_part(prefix, database).encode())


# Are they what they should be?


def check_roles(conn: psycopg.Connection[Any], prefix: str) -> None:
    """Refuses a database whose roles can do more than the script gives them. Any login may ask."""
    faults: list[str] = []
    known = {
        row[0]: row[1:]
        for row in conn.execute(
            "select rolname, rolcanlogin, rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls, rolinherit "
            "from pg_catalog.pg_roles where rolname = any(%s)",
            [[f"{prefix}_{name}" for name in ROLES]],
        ).fetchall()
    }
    for name, role in ROLES.items():
        full = f"{prefix}_{name}"
        if full not in known:
            faults.append(f"{full} is missing")
            continue
        can_log_in, has_privileges, inherits = known[full]
        if has_privileges:
            faults.append(f"{full} has privileges of an administrator")
        if inherits and not role.inherits:
            faults.append(f"{full} inherits from other roles")
        if can_log_in and not role.can_log_in:
            faults.append(f"{full} can log in")
    members = conn.execute(
        "select m.rolname, g.rolname from pg_catalog.pg_auth_members a "
        "join pg_catalog.pg_roles m on m.oid = a.member join pg_catalog.pg_roles g on g.oid = a.roleid "
        "where (m.rolname = any(%(ours)s) or g.rolname = any(%(ours)s)) and not m.rolsuper order by 1, 2",
        {"ours": [f"{prefix}_{name}" for name in ROLES]},
    ).fetchall()
    known_members = {(f"{prefix}_owner", f"{prefix}_door"), (f"{prefix}_owner", "pg_checkpoint")}
    faults += [f"{member} is a member of {of}" for member, of in members if (member, of) not in known_members]
    entry = conn.execute("select has_database_privilege('public', current_database(), 'connect')").fetchone()
    if entry is not None and entry[0]:
        faults.append("everybody on the cluster may connect to it")
    faults += _indiscretions(conn)
    if faults:
        raise Unavailable(
            f"The database's roles aren't as the script makes them: {'; '.join(faults)}. "
            "Have its administrator run the script of `platewarden setup --sql` again."
        )


def _indiscretions(conn: psycopg.Connection[Any]) -> list[str]:
    faults: list[str] = []
    told = conn.execute("select current_setting('track_activities')").fetchone()
    if told is not None and told[0] != "off":
        faults.append("sessions tell one another their statements (track_activities)")
    open_ones = conn.execute(
        "select f from unnest(%s::text[]) f where has_function_privilege('public', 'pg_catalog.' || f, 'execute')",
        [list(_LARGE_OBJECTS)],
    ).fetchall()
    if open_ones:
        faults.append("everybody may keep large objects in it")
    return faults
