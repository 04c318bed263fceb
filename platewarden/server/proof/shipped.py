"""Does the database stand as it was shipped? Functions, triggers, constraints, rights and roles, compared with the package's own files.

What is expected is read from the SQL of the rooms' migrations, from the models and from the committed list of rights, each time anew: a
function must have the very text, owner and powers that the last migration gave it, a trigger must be there and be on.

Known gap: columns, keys, indexes and checks that stand inside a `create table` are not compared; of a constraint it is compared that it
is there, valid, and names the same columns and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, UniqueConstraint

from platewarden.policy.refusal import Unavailable
from platewarden.server.database.grants import FUNCTIONS, LOGINS, OFFICE, PLATES
from platewarden.server.database.roles import check_roles
from platewarden.server.database.room_sql import ROLES, role

_FUNCTION = re.compile(r"create (?:or replace )?function ([a-z_]+\.[a-z_]+)\s*\((.*?)\$\$(.*?)\$\$", re.DOTALL)
_GONE = re.compile(r"drop function ([a-z_]+\.[a-z_]+)\s*\(")
_ALTERED = re.compile(r"alter function ([a-z_]+\.[a-z_]+)\s*\([^;]*?\) (owner to \{[a-z]+\}|security definer)")
_TRIGGER = re.compile(
    r"create trigger ([a-z_]+) (before|after) ([a-z ]+?) on ([a-z_]+\.[a-z_]+) for each (row|statement) execute function ([a-z_]+\.[a-z_]+)"
)
_STATEMENT = re.compile("|".join(each.pattern for each in (_FUNCTION, _GONE, _ALTERED)), re.DOTALL)
_EVENTS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}  # pg_trigger.tgtype
_SHORT = ((r"\btimestamptz\b", "timestamp with time zone"), (r"\bint\b", "integer"), (r"\bfloat8\b", "double precision"))


@dataclass(frozen=True)
class Part:
    """One thing that the database should have, and what is wrong with it (empty: nothing)."""

    name: str
    fault: str = ""


@dataclass(frozen=True)
class _Function:
    body: str
    is_definer: bool
    is_pinned: bool
    owner: str


def parts() -> list[Part]:
    """Everything that is compared. Any of the server's logins may ask."""
    return [*_functions(), *_triggers(), *_constraints(), *_rights(), *_roles()]


def sql_files() -> list[Path]:
    """The SQL of every room's migrations, in the order in which they are applied."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    found: dict[Path, None] = {}
    for leaf in sorted(graph.leaf_nodes()):
        for label, name in graph.forwards_plan(leaf):
            path = Path(apps.get_app_config(label).path) / "sql" / f"{name}.sql"
            if path.exists():
                found[path] = None
    return list(found)


@cache
def _text() -> str:
    return "\n".join(path.read_text("utf-8") for path in sql_files())


# Functions ----------------------------------------------------------------------------------------------------------------


@cache
def _expected_functions() -> dict[str, _Function]:
    expected: dict[str, _Function] = {}
    for found in _STATEMENT.finditer(_text()):
        name, head, body, gone, altered, how = found.groups()
        if gone:
            expected.pop(gone, None)
        elif altered:
            before = expected[altered]
            owner = how.removeprefix("owner to {").removesuffix("}") if how.startswith("owner") else before.owner
            expected[altered] = _Function(before.body, before.is_definer or how == "security definer", before.is_pinned, owner)
        else:
            owner = expected[name].owner if name in expected else "owner"
            expected[name] = _Function(
                _filled(body), "security definer" in head, "set search_path = pg_catalog, pg_temp" in head, owner
            )
    return expected


def _filled(text: str) -> str:
    for each in ROLES:
        text = text.replace("{" + each + "}", role(each))
    return text


def _functions() -> Iterator[Part]:
    live: dict[str, list[tuple[Any, ...]]] = {}
    for name, *facts in _rows(
        "select n.nspname || '.' || p.proname, p.prosrc, p.prosecdef, coalesce(p.proconfig, '{}'), r.rolname from pg_catalog.pg_proc p "
        "join pg_catalog.pg_namespace n on n.oid = p.pronamespace join pg_catalog.pg_roles r on r.oid = p.proowner "
        "where n.nspname in ('office', 'plates', 'public')"
    ):
        live.setdefault(name, []).append(tuple(facts))
    for name, expected in _expected_functions().items():
        yield Part(f"function {name}", _function_fault(expected, live.pop(name, [])))
    yield from (Part(f"function {name}", "is not one of ours") for name in sorted(live))


def _function_fault(expected: _Function, found: list[tuple[Any, ...]]) -> str:
    if not found:
        return "is missing"
    if len(found) > 1:
        return "is there more than once"
    body, is_definer, settings, owner = found[0]
    if body != expected.body:
        return "does something else than was shipped"
    if is_definer != expected.is_definer or owner != role(expected.owner):
        return "has other powers than were shipped"
    return (
        ""
        if ("search_path=pg_catalog, pg_temp" in settings) == expected.is_pinned
        else "looks its names up elsewhere than was shipped"
    )


# Triggers -----------------------------------------------------------------------------------------------------------------


def _triggers() -> Iterator[Part]:
    live = {
        (table, name): (kind, enabled, function)
        for table, name, kind, enabled, function in _rows(
            "select n.nspname || '.' || c.relname, t.tgname, t.tgtype, t.tgenabled::text, fn.nspname || '.' || f.proname "
            "from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
            "join pg_catalog.pg_proc f on f.oid = t.tgfoid join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace "
            "where not t.tgisinternal and n.nspname in ('office', 'plates')"
        )
    }
    expected: dict[tuple[str, str], tuple[int, str]] = {}
    for name, when, events, table, level, function in _TRIGGER.findall(_text()):
        kind = (level == "row") + 2 * (when == "before") + sum(_EVENTS[each] for each in events.split(" or "))
        expected[table, name] = (kind, function)
    for (table, name), (kind, function) in expected.items():
        yield Part(f"trigger {table} {name}", _trigger_fault(kind, function, live.get((table, name))))
    yield from _triggers_of_days(expected, live)


def _trigger_fault(kind: int, function: str, found: tuple[int, str, str] | None) -> str:
    if found is None:
        return "is missing"
    if found[1] not in ("O", "A"):
        return "is switched off"
    return "" if (found[0], found[2]) == (kind, function) else "does something else than was shipped"


def _triggers_of_days(
    expected: dict[tuple[str, str], tuple[int, str]], live: dict[tuple[str, str], tuple[int, str, str]]
) -> Iterator[Part]:
    """The days of a partitioned table: the same row triggers, and one against truncation each."""
    days: dict[str, list[str]] = {}
    for parent, day in _rows(
        "select pn.nspname || '.' || p.relname, n.nspname || '.' || c.relname from pg_catalog.pg_inherits i "
        "join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace "
        "join pg_catalog.pg_class c on c.oid = i.inhrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "where p.relkind = 'p' and pn.nspname = 'plates'"
    ):
        days.setdefault(parent, []).append(day)
    for parent, each in days.items():
        faults = []
        for day in sorted(each):
            wanted = {name: what for (table, name), what in expected.items() if table == parent and name != "append_only_all"}
            if (parent, "append_only_all") in expected:
                wanted["append_only_all"] = expected[parent, "append_only_all"]
            faults += [day for name, (kind, does) in wanted.items() if _trigger_fault(kind, does, live.get((day, name)))]
        yield Part(f"trigger {parent} on its days", f"is missing or off on {faults[0]}" if faults else "")


# Constraints --------------------------------------------------------------------------------------------------------------


def _constraints() -> Iterator[Part]:
    live: dict[tuple[str, str], tuple[bool, str]] = {
        (table, name): (valid, text)
        for table, name, valid, text in _rows(
            "select c.relname, k.conname, k.convalidated, pg_catalog.pg_get_constraintdef(k.oid) from pg_catalog.pg_constraint k "
            "join pg_catalog.pg_class c on c.oid = k.conrelid where k.connamespace = 'office'::regnamespace union all "
            "select c.relname, x.relname, i.indisvalid and i.indisunique, pg_catalog.pg_get_indexdef(x.oid) from pg_catalog.pg_index i "
            "join pg_catalog.pg_class x on x.oid = i.indexrelid join pg_catalog.pg_class c on c.oid = i.indrelid "
            "where x.relnamespace = 'office'::regnamespace"
        )
    }
    editor = connection.schema_editor(collect_sql=True)
    for model in apps.get_models():
        if not model.__module__.startswith("platewarden."):
            continue
        table = model._meta.db_table  # noqa: SLF001  Django's documented way
        for constraint in model._meta.constraints:  # noqa: SLF001
            found = live.get((table, constraint.name))
            name = f"constraint office.{table} {constraint.name}"
            if found is None:
                yield Part(name, "is missing")
            elif not found[0]:
                yield Part(name, "is not enforced")
            elif isinstance(constraint, CheckConstraint):
                text = str(constraint.constraint_sql(model, editor)).partition("CHECK")[2]
                yield Part(name, "" if _words(text, model) == _words(found[1], model) else "says something else than was shipped")
            elif isinstance(constraint, UniqueConstraint):
                yield Part(name)


def _words(text: str, model: Any) -> tuple[set[str], set[str]]:
    """The words in quotes and the columns that a condition names: what stays the same when the database writes it in its own way."""
    columns = {field.column for field in model._meta.concrete_fields}  # noqa: SLF001
    quoted = set(re.findall(r"'([^']*)'", text))
    return quoted, columns & set(re.findall(r"[a-z_0-9]+", re.sub(r"'[^']*'", "", text)))


# Rights -------------------------------------------------------------------------------------------------------------------


def _rights() -> Iterator[Part]:
    """Each right of the committed list, and each that is not on it: of tables, columns and functions."""
    listed = set(_listed())
    live = set(_live_rights())
    for name in sorted(listed):
        yield Part(f"right {name}", "" if name in live else "was taken away")
    yield from (Part(f"right {name}", "is on no list") for name in sorted(live - listed))


def _listed() -> Iterable[str]:
    for schema, tables in (("office", OFFICE), ("plates", PLATES)):
        for table, rights in tables.items():
            for login, what in rights.items():
                for right, names in re.findall(r"(select|insert|update|delete)\s*(?:\(([^)]*)\))?", what):
                    for column in names.split(",") if names else [""]:
                        yield f"{schema}.{table}{'.' if column else ''}{column.strip()} {right} {login}"
    for function, logins in FUNCTIONS.items():
        for short, long in _SHORT:
            function = re.sub(short, long, function)  # noqa: PLW2901
        yield from (f"{function} execute {login}" for login in logins)


def _live_rights() -> Iterable[str]:
    prefix = role("owner").removesuffix("owner")
    names = {f"{prefix}{each}": each for each in LOGINS} | {None: "public"}
    for thing, grantee, right in _rows(
        "select s.thing, r.rolname, lower(s.right) from ("
        "  select n.nspname || '.' || c.relname as thing, x.grantee, x.privilege_type as right, c.relowner as owner from pg_catalog.pg_class c "
        "  join pg_catalog.pg_namespace n on n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) x where n.nspname in ('office', 'plates', 'public') "
        "  union all select n.nspname || '.' || c.relname || '.' || a.attname, x.grantee, x.privilege_type, c.relowner from pg_catalog.pg_attribute a "
        "  join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace, pg_catalog.aclexplode(a.attacl) x "
        "  where n.nspname in ('office', 'plates', 'public') "
        "  union all select n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')', x.grantee, x.privilege_type, p.proowner "
        "  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace, "
        "  pg_catalog.aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where n.nspname in ('office', 'plates', 'public')"
        ") s left join pg_catalog.pg_roles r on r.oid = s.grantee where s.grantee <> s.owner"
    ):
        if grantee not in (f"{prefix}door", f"{prefix}owner"):  # what the door's role may, its functions say
            yield f"{thing} {right} {names.get(grantee, grantee)}"


def _roles() -> Iterator[Part]:
    connection.ensure_connection()
    try:
        check_roles(connection.connection, role("owner").removesuffix("_owner"))
    except Unavailable as error:
        yield Part("roles of the database", error.message)
    else:
        yield Part("roles of the database")


def _rows(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())
