"""A room's SQL file as a migration, with the roles of this database in it."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.test import override_settings

from platewarden.server.database.room_sql import ROLES, role, room_sql


def test_a_role_is_named_after_the_database():
    with override_settings(ROLE_PREFIX="springfield"):
        assert role("door") == "springfield_door"


@pytest.mark.parametrize("name", ["postgres", "", "app; drop schema plates"])
def test_a_role_that_is_not_ours_has_no_name(name):
    with pytest.raises(ValueError, match=r".*"):
        role(name)


@pytest.mark.parametrize("prefix", ['a"b', "A", "1a", "a b", ""])
def test_a_prefix_that_would_need_quoting_is_not_used(prefix):
    with override_settings(ROLE_PREFIX=prefix), pytest.raises(ValueError, match="app"):
        role("app")


def test_the_roles_stand_in_the_text_that_is_run(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "0001_x.sql").write_text(" ".join(f"{{{name}}}" for name in ROLES) + " '{a,b}'::text[]")
    ran = []

    @contextmanager
    def cursor():
        yield SimpleNamespace(execute=ran.append)

    operation = room_sql(str(tmp_path / "migrations" / "0001_x.py"), "0001_x.sql")
    operation.code(None, SimpleNamespace(connection=SimpleNamespace(cursor=cursor)))
    assert ran == [" ".join(role(name) for name in ROLES) + " '{a,b}'::text[]"]
