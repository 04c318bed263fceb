"""The database is compared with the package's own files: nothing of them is overlooked, and an untouched database has no fault."""

from __future__ import annotations

import re

from platewarden.server.database.grants import FUNCTIONS
from platewarden.server.proof.shipped import parts, sql_files
from tests.house.source import SERVER


def test_every_file_of_sql_is_read_in_the_order_of_the_migrations():
    assert set(sql_files()) == set(SERVER.glob("*/sql/*.sql"))
    names = [f"{path.parent.parent.name}/{path.name}" for path in sql_files()]
    assert names.index("access/0002_doors.sql") < names.index("access/0004_tripwires.sql") < names.index("access/0005_reserved.sql")


def test_an_untouched_database_has_no_fault_whichever_login_asks(office):
    for role in ("app", "purge"):
        with office.as_role(role):
            found = parts()
        assert [part for part in found if part.fault] == []
    kinds = {name.split()[0] for name in (part.name for part in found)}
    assert kinds == {"function", "trigger", "constraint", "right", "roles"}


def test_every_function_and_trigger_of_the_database_is_compared(office):
    compared = {part.name for part in parts()}
    live = office.ask_owner(
        "select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('office', 'plates')"
    )
    assert {f"function {name}" for (name,) in live} <= compared
    assert {f"function {name.partition('(')[0]}" for name in FUNCTIONS} <= compared
    text = "\n".join(path.read_text("utf-8") for path in sql_files())
    written = re.findall(r"^create trigger (\w+) .*? on ([a-z_.]+) ", text, re.MULTILINE)
    assert len(written) > 20
    assert {f"trigger {table} {name}" for name, table in written} <= compared
