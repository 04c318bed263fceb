"""A test's database is its own."""

import psycopg
import pytest


def test_each_test_gets_the_whole_schema(database):
    with database.connect("owner") as conn:
        assert conn.execute("select to_regclass('plates.reads') is not null").fetchone() == (True,)
    assert database.config.connection("app").user == "platewarden_app"
    with psycopg.connect(database.config.conninfo("app")) as conn:
        assert conn.execute("select current_database()").fetchone() == (database.name,)


def test_what_one_test_leaves_another_never_sees(cluster):
    first, second = cluster.fresh(migrated=False), cluster.fresh(migrated=False)
    with first.connect("owner") as conn:
        conn.execute("create table office.left_over (n int)")
    with second.connect("owner") as conn:
        assert conn.execute("select to_regclass('office.left_over')").fetchone() == (None,)
    cluster.drop(first)
    cluster.drop(second)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        first.connect("owner")


@pytest.mark.parametrize("role", ["owner", "app", "login", "ingest", "purge"])
def test_a_copy_lets_the_same_roles_in(bare_database, role):
    with bare_database.connect(role) as conn:
        assert conn.execute("select current_user").fetchone() == (f"platewarden_{role}",)
