"""No small count comes out of what the public is told, though everybody knows the rule: all tables up to a size are tried."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from platewarden.server.proof.small import SMALL, told

NAMES = "abcd"


def every_way(counts: dict[str, int]):
    """What may be told of a table, with every lot."""
    yield from {told(counts, lot=lambda names, n=n: names[n % len(names)]) for n in range(len(counts))}


@pytest.mark.parametrize(("parts", "most"), [(1, 40), (2, 24), (3, 18), (4, 10)])
def test_whoever_knows_the_rule_works_out_no_small_count(parts, most):
    fit = defaultdict(list)
    for counts in product(range(most + 1), repeat=parts):
        for each in every_way(dict(zip(NAMES, counts, strict=False))):
            fit[each].append(counts)
    for said, tables in fit.items():
        if (said.total or 0) > most:
            continue  # tables with a larger part fit it too, and were not tried
        for position in range(parts):
            possible = {counts[position] for counts in tables}
            assert len(possible) > 1 or not 0 < next(iter(possible)) < SMALL, (said, tables)


@pytest.mark.parametrize(
    ("counts", "total", "parts"),
    [
        ({"a": 0, "b": 0}, 0, ((("a",), 0), (("b",), 0))),
        ({"a": 4, "b": 0}, None, ()),
        ({"a": 1, "b": 5}, 6, ()),
        ({"a": 12, "b": 0, "c": 5}, 17, ((("a",), 12), (("b",), 0), (("c",), 5))),
        ({"a": 90, "b": 3, "c": 3}, 96, ((("a",), 90), (("b", "c"), 6))),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, 5, ()),
    ],
)
def test_what_is_told_of_a_table(counts, total, parts):
    said = told(counts)
    assert (said.total, said.parts) == (total, parts)


def test_a_lone_small_part_is_joined_with_one_drawn_by_lot():
    counts = {"a": 40, "b": 2, "c": 50}
    assert {said.alone("b") for said in every_way(counts)} == {None}
    assert {said.parts[-1] for said in every_way(counts)} == {(("a", "b"), 42), (("b", "c"), 52)}
    assert told(counts, lot=lambda names: names[0]).alone("c") == 50
