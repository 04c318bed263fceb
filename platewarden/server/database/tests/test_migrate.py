"""Bringing the schema up to date: repeating it changes nothing, and the first days are open."""

from __future__ import annotations

from datetime import timedelta

from platewarden.server.clock import now
from platewarden.server.database.migrate import migrate, open_days

RIGHTS = """
select n.nspname, c.relname, array(select x::text from unnest(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner))) as x order by 1)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('office', 'plates') and c.relkind in ('r', 'p', 'S', 'v')
union all
select n.nspname, p.proname || pg_get_function_identity_arguments(p.oid), array(select x::text from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) as x order by 1)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('office', 'plates')
order by 1, 2
"""


def test_repeating_it_changes_nothing(office):
    before = office.ask_owner(RIGHTS)
    with office.as_role("owner"):
        migrate()
    assert before
    assert office.ask_owner(RIGHTS) == before


def test_nobody_but_the_owner_makes_anything_in_the_schemas_afterwards(office):
    asked = "select r.rolname from pg_roles r where has_schema_privilege(r.oid, 'plates', 'create') and r.rolname ~ %s"
    ((owner,),) = office.ask_owner("select current_user::text")
    prefix = owner.removesuffix("_owner")
    assert office.ask_owner(asked, f"^{prefix}_") == [(owner,)]


def test_yesterday_today_and_the_next_two_days_are_open_and_no_others(office):
    with office.as_role("purge"):
        open_days()
    today = now().date()
    names = [
        row[0]
        for row in office.ask_owner("select inhrelid::regclass::text from pg_inherits where inhparent = 'plates.reads'::regclass")
    ]
    assert len(names) == 4
    for shift in (-1, 0, 1, 2):
        day = today + timedelta(days=shift)
        assert any(f"{day:%Y%m%d}" in name or f"{day:%Y_%m_%d}" in name for name in names), names
