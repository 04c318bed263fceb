"""200 breaches of the policy from a generator that `platewarden check` does not know: every one is found, or its absence is explained."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from platewarden.policy.clauses import Clause
from platewarden.server.database.testing import Cluster, Database
from platewarden.server.proof.check import Checked, State, check
from platewarden.server.proof.testing import worker_was_round
from platewarden.server.web.testing import Office, office_on
from tests.stories.breaches import KINDS, ON_A_COPY, Breach, Hand, innocent

pytestmark = pytest.mark.slow

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "check.md"
BREACHES = 200
SEED = 427_009
NAMES = list(KINDS)
ROUND_AGAIN_S = 45.0


@pytest.fixture(scope="module")
def shared(cluster: Cluster, busy_template: str) -> Iterator[tuple[Office, list[float]]]:
    """One office for all that are rolled back, and when its worker was round."""
    name = f"{busy_template}_{next(cluster.numbers)}"
    cluster.copy(busy_template, name)
    with office_on(cluster, Database(cluster, name)) as own:
        yield own, []


def execute(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def as_the_worker() -> None:
    """The rest of the transaction asks as the worker's login does: its role, and a setting that a superuser's session does not have."""
    connection.cursor().execute("set local track_activities = off")
    connection.cursor().execute("set local role platewarden_purge")


def done(n: int) -> list[tuple[str, Breach]]:
    """The breaches of the n-th drawing: one kind in turn, up to two more by the dice, and what is innocent between them."""
    dice = Random(SEED + n)
    hand = Hand(execute, dice)
    first = NAMES[n % len(NAMES)]
    others = [name for name in dice.sample(NAMES, dice.randrange(3)) if name not in ON_A_COPY and name != first]
    connection.cursor().execute("set local session_replication_role = replica")
    made = []
    for name in [first, *(others if first not in ON_A_COPY else [])]:
        if dice.random() < 0.4:
            innocent(hand)
        made.append((name, KINDS[name](hand)))
    return made


def judged(table: list[Checked], made: list[tuple[str, Breach]]) -> None:
    named = {each.clause: [record for row in each.rows if row.wrong or row.late for record in row.records] for each in table}
    told = {clause.value: records for clause, records in named.items() if records}
    for name, breach in made:
        if not breach.unseen:
            found = any(record.startswith(breach.record) for clause in breach.turns for record in named[clause])
            assert found, f"{name} was not found: {breach.record} of {sorted(breach.turns)}. Told: {told}"
    allowed = {clause for _, breach in made for clause in breach.also} | {clause for _, breach in made for clause in breach.turns}
    broken = {each.clause for each in table if each.state is State.BROKEN}
    assert broken <= allowed, f"{[name for name, _ in made]} broke {sorted(broken - allowed)} too. Told: {told}"


@pytest.mark.parametrize("n", [n for n in range(BREACHES) if NAMES[n % len(NAMES)] not in ON_A_COPY])
def test_a_breach_that_is_taken_back(shared: tuple[Office, list[float]], n: int) -> None:
    office, rounds = shared
    if not rounds or time.monotonic() - rounds[-1] > ROUND_AGAIN_S:
        worker_was_round(office)
        rounds.append(time.monotonic())
    with office.as_role("postgres"), transaction.atomic():
        made = done(n)
        as_the_worker()
        table = check()
        transaction.set_rollback(True)
    judged(table, made)


@pytest.mark.parametrize("n", [n for n in range(BREACHES) if NAMES[n % len(NAMES)] in ON_A_COPY])
def test_a_breach_of_the_ledger_itself(busy_office: Office, n: int) -> None:
    with busy_office.as_role("postgres"), transaction.atomic():
        made = done(n)
    with busy_office.as_role("purge"):
        judged(check(), made)


def test_nothing_is_found_where_only_the_innocent_happened(shared: tuple[Office, list[float]]) -> None:
    office, _ = shared
    worker_was_round(office)
    with office.as_role("postgres"), transaction.atomic():
        connection.cursor().execute("set local session_replication_role = replica")
        hand = Hand(execute, Random(SEED))
        for _ in range(9):
            innocent(hand)
        as_the_worker()
        table = check()
        transaction.set_rollback(True)
    judged(table, [])


def test_every_absence_is_explained_and_every_clause_is_breached(shared: tuple[Office, list[float]]) -> None:
    office, _ = shared
    told = REFERENCE.read_text("utf-8")
    reached: set[Clause] = set()
    with office.as_role("postgres"):
        for name, make in KINDS.items():
            if name in ON_A_COPY:
                continue
            with transaction.atomic():
                connection.cursor().execute("set local session_replication_role = replica")
                breach = make(Hand(execute, Random(SEED)))
                transaction.set_rollback(True)
            assert not breach.unseen or f"| {breach.unseen} |" in told, breach.unseen
            if len(breach.turns) < len(Clause):
                reached |= breach.turns
    assert reached | {Clause.ACCESS_DOCUMENTED} >= set(Clause)
