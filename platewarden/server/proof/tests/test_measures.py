"""Every clause has what it is measured by, and every measurement is one of the database's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from platewarden.policy.clauses import Clause
from platewarden.server.jobs import round_of_jobs
from platewarden.server.people.editions import department
from platewarden.server.proof.measures import JOBS, MEASURES, whose


def test_every_clause_is_measured():
    assert set(MEASURES) == set(Clause)
    for measure in (each for row in MEASURES.values() for each in row):
        assert measure.todo.endswith("."), measure.name


def test_every_measurement_is_one_of_the_databases_and_the_other_way_round(office):
    named = [measure.name for row in MEASURES.values() for measure in row]
    live = office.ask_owner(
        "select substr(proname, 7) from pg_proc where pronamespace = 'office'::regnamespace and proname like 'proof\\_%%'"
        " and proargnames[1] = 'given'"
    )
    assert sorted(named) == sorted(name for (name,) in live)


def test_every_job_of_the_worker_is_watched():
    assert {job.name for job in round_of_jobs()} == set(JOBS)
    assert all(silent_s > job.every_s for job in round_of_jobs() for silent_s in [JOBS[job.name][1]])


def test_the_database_knows_the_same_purposes_as_the_program(office):
    known = office.ask_owner("select name, number, shape from office.proof_purposes()")
    assert sorted(known) == sorted((each.name, each.number, each.shape) for each in department().purposes.values())


def test_nothing_but_a_measurement_can_be_asked_for(office):
    for name in ("days", "said", "Looks", "x(); drop table office.gone --"):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select * from office.measure(%s, '{}')", [name])
        with office.as_role("purge"), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select * from office.measure_rows(%s, '{}', %s)", [name, bytes(32)])


def test_rows_are_given_under_a_whole_salt_and_to_the_worker_alone(office):
    question = "select digest, named from office.measure_rows('duties_given', '{}', %s)"
    with office.as_role("purge"), connection.cursor() as cursor:
        cursor.execute(question, [bytes(32)])
        rows = cursor.fetchall()
        assert len(rows) == len({digest for digest, _ in rows}) == 8
        assert {named for _, named in rows} == {None}, "what is right is not named"
    for salt in (b"", bytes(31), None):
        with office.as_role("purge"), pytest.raises(DatabaseError, match="no such measurement"), connection.cursor() as cursor:
            cursor.execute(question, [salt])
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(question, [bytes(32)])


@pytest.mark.parametrize(
    ("part", "clause"),
    [
        ("trigger office.ledger_leaf append_only", Clause.ACCESS_DOCUMENTED),
        ("right office.people_policyedition select purge", Clause.SAFEGUARDED),
        ("constraint office.release_releaserequest lawful_action_holds", Clause.REFERRED_TO_RECORDS),
        ("function office.nobody_knows", Clause.SAFEGUARDED),
    ],
)
def test_a_part_of_the_database_is_a_clauses(part, clause):
    assert whose(part) is clause
