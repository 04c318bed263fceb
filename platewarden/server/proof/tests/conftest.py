"""A busy office for this room's tests: made once, and copied for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from platewarden.server.database.testing import Database
from platewarden.server.proof.testing import busy, worker_was_round
from platewarden.server.web.testing import Office, office_on

BUSY = "platewarden_busy"


@pytest.fixture(scope="session")
def busy_template(cluster) -> str:
    with office_on(cluster) as own:
        busy(own)
        for alias in ("default", "login"):
            connections[alias].close()  # nobody may be in a template that is copied
        cluster._copy(own.database.name, BUSY)
    return BUSY


@pytest.fixture
def busy_office(cluster, busy_template) -> Iterator[Office]:
    """Something of everything happened in it, and all of it in order. Without credentials: its cast was handed them elsewhere."""
    name = f"{busy_template}_{next(cluster._numbers)}"
    cluster._copy(busy_template, name)
    with office_on(cluster, Database(cluster, name)) as own:
        worker_was_round(own)
        yield own
