"""Looks beside the owner's own questions: a small run tells every figure; what costs more than it may fails the run."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from platewarden.bench import gate as module
from platewarden.bench.gate import Figures, main, make_owners_own

GOOD = Figures(**{each.name: 1.0 for each in fields(Figures)} | {"exact_times": 1.25, "pattern_times": 1.5})


@pytest.mark.slow
def test_a_small_run_tells_every_figure():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden.bench.gate", "--reads", "3000", "--days", "12", "--looks", "6", "--json"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    figures = {each["name"]: each for each in json.loads(done.stdout)["figures"]}
    assert [figures[name]["value"] for name in ("reads", "looks")] == [3000, 6]
    assert {name for name, each in figures.items() if each["baseline"]} == set(module.AGAINST)
    for name in module.AGAINST:
        assert figures[name]["value"] > 0
        assert figures[name]["baseline_value"] > 0


def test_the_owners_own_is_the_door_without_its_gate(database):
    with database.connect("owner") as owner:
        for door, act in module.DOORS.values():
            make_owners_own(owner, door)
            sources = owner.execute(
                "select p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.proname = %s order by n.nspname",
                [door],
            ).fetchall()
            (own,), (of_door,) = sources
            assert "office." not in own
            assert act in of_door
            left = [line.strip() for line in of_door.splitlines() if "office." not in line]
            assert [line.strip() for line in own.splitlines() if line.strip()] == [line for line in left if line]


def test_a_door_that_is_made_otherwise_is_not_measured(database):
    with database.connect("owner") as owner:
        owner.execute(
            "create or replace function plates.reads_by_plate(the_access uuid) returns table (seen plates.reads, corrections jsonb)"
            " language plpgsql as $$begin end$$"
        )
        with pytest.raises(AssertionError, match="its gate or its count"):
            make_owners_own(owner, "reads_by_plate")


@pytest.mark.parametrize("miss", [{"exact_times": 1.26}, {"pattern_times": 1.51}])
def test_a_look_that_costs_more_than_it_may_fails_the_run(monkeypatch, capsys, miss):
    monkeypatch.setattr(module, "measure", lambda *_: replace(GOOD, **miss))
    assert main([]) == 1
    monkeypatch.setattr(module, "measure", lambda *_: GOOD)
    assert main(["--json"]) == 0
    assert "the owner's own question" in capsys.readouterr().out
