"""Fixtures that every room's tests may ask for. Django is set up here once, on a data folder of this run.

A test that passes a door asks for `office`: a database of its own with the cast in it, thrown away afterwards. Nothing is
rolled back and nothing is emptied; the application's real login does the asking.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from hypothesis import settings as examples

from platewarden.server.config import DatabaseAddress, ServerConfig
from platewarden.server.database.setup import make_secrets
from platewarden.server.database.testing import Cluster, Database, bare_database, cluster, database

examples.register_profile("no clock", deadline=None)  # on a busy machine an example takes as long as it takes
examples.load_profile("no clock")


def _set_django_up() -> None:
    """Settings want a data folder before any model is imported; its database is a test's own, put in place by `office`."""
    folder = Path(tempfile.mkdtemp(prefix="pw-django-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ServerConfig(data=folder, database=DatabaseAddress(dbname="platewarden", host="/nowhere"), role_prefix="platewarden").save()
    make_secrets(folder)
    os.environ |= {
        "PLATEWARDEN_DATA": str(folder),
        "PLATEWARDEN_PROCESS": "web",
        "DJANGO_SETTINGS_MODULE": "platewarden.server.settings",
    }
    django.setup()
    from django.conf import settings

    for login in settings.DATABASES.values():
        login["OPTIONS"].pop("pool", None)


_set_django_up()

from django.db import connections  # noqa: E402

from platewarden.server.proof.testing import busy, worker_was_round  # noqa: E402
from platewarden.server.web.testing import Office, office_on  # noqa: E402

BUSY = "platewarden_busy"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: not any(item.iter_markers("slow")) and not any(item.iter_markers("browser")))


@pytest.fixture
def office(cluster: Cluster) -> Iterator[Office]:
    """The office with its cast, on a database of this test's own."""
    with office_on(cluster) as own:
        yield own


@pytest.fixture(scope="session")
def busy_template(cluster: Cluster) -> str:
    """An office in which something of everything happened: made once, and copied for each test that asks for one."""
    with office_on(cluster) as own:
        busy(own)
        for alias in ("default", "login"):
            connections[alias].close()  # nobody may be in a template that is copied
        cluster.copy(own.database.name, BUSY)
    return BUSY


@pytest.fixture
def busy_office(cluster: Cluster, busy_template: str) -> Iterator[Office]:
    """Something of everything happened in it, and all of it in order. Without credentials: its cast was handed them elsewhere."""
    name = f"{busy_template}_{next(cluster.numbers)}"
    cluster.copy(busy_template, name)
    with office_on(cluster, Database(cluster, name)) as own:
        worker_was_round(own)
        yield own


__all__ = ["bare_database", "busy_office", "busy_template", "cluster", "database", "office"]
