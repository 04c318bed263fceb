"""Every clause of the policy: numbered by the department, kept by a room or named as still to come, shown by a test."""

from __future__ import annotations

import ast

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from tests.house.policy_map import LATER, MAP, charters, kept_by, sentences, shown_in, written
from tests.house.source import ROOT, rooms, short, tree


def test_every_clause_has_a_number_in_the_departments_file() -> None:
    numbers = load_department().numbers
    assert set(numbers) == set(Clause)
    assert all(number.startswith(load_department().policy_number + ".") for number in numbers.values())


def test_every_clause_is_one_sentence_in_our_words() -> None:
    for clause in Clause:
        assert clause.sentence.endswith("."), clause
        assert clause.value == clause.name.lower().replace("_", "-")


def test_every_charter_keeps_clauses_that_there_are() -> None:
    unknown = {short(room): set(names) - {clause.name for clause in Clause} for room, names in charters().items()}
    assert not {room: names for room, names in unknown.items() if names}


def test_every_room_has_a_charter_that_says_what_it_keeps() -> None:
    assert not [short(room) for room in rooms() if room not in charters()]
    for room in rooms():
        body = tree(room / "__init__.py").body
        assert [type(node) for node in body] == [ast.Expr], f"{short(room)}/__init__.py is the charter and nothing else"


@pytest.mark.parametrize("clause", Clause, ids=lambda clause: clause.value)
def test_a_clause_is_kept_by_a_room_and_shown_by_a_test_or_it_is_still_to_come(clause: Clause) -> None:
    if clause in LATER:
        assert not kept_by(clause), "it is kept: take it off the list in policy_map.py"
        assert not shown_in(clause).exists(), "it is shown: take it off the list in policy_map.py"
    else:
        assert kept_by(clause), "no room keeps it: say so on the list in policy_map.py, with the issue"
        assert sentences(shown_in(clause)), "no test shows it"


def test_a_clauses_tests_open_with_its_sentence() -> None:
    for clause in set(Clause) - set(LATER):
        assert ast.get_docstring(tree(shown_in(clause))) == clause.sentence, shown_in(clause).name


def test_no_test_is_named_after_a_clause_that_there_is_not() -> None:
    assert set((ROOT / "tests" / "clauses").glob("test_*.py")) == {shown_in(clause) for clause in set(Clause) - set(LATER)}


def test_the_policy_map_is_what_the_code_says() -> None:
    assert MAP.read_text("utf-8") == written(), "run: python -m tests.house.policy_map"
