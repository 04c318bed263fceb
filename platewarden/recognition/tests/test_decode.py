import itertools
from collections import defaultdict

import numpy as np
import pytest

from platewarden.recognition.decode import ALPHABET, Spelling, agree, spell
from platewarden.recognition.result import Candidate, Character


def columns(*likely: dict[str, float]) -> np.ndarray:
    """Columns from what each one holds likely; `-` is nothing, and the rest goes to it."""
    table = np.zeros((len(likely), len(ALPHABET) + 1))
    for row, chances in zip(table, likely, strict=True):
        for character, chance in chances.items():
            row[0 if character == "-" else ALPHABET.index(character) + 1] = chance
        row[0] += 1 - row.sum()
    return table


def test_it_reads_what_is_plainly_there():
    found = spell(columns({"A": 1.0}, {"-": 1.0}, {"7": 0.9}, {"7": 0.9}))
    assert found.text == "A7"
    assert [each.text for each in found.characters] == ["A", "7"]
    assert found.characters[0].confidence == pytest.approx(1.0)
    assert found.characters[1].confidence == pytest.approx(0.9)


def test_a_character_seen_in_two_columns_is_one_and_with_a_gap_two():
    assert spell(columns({"B": 1.0}, {"B": 1.0})).text == "B"
    assert spell(columns({"B": 1.0}, {"-": 1.0}, {"B": 1.0})).text == "BB"


def test_nothing_there_spells_nothing():
    found = spell(columns({"-": 1.0}, {"-": 1.0}))
    assert (found.text, found.characters, found.candidates) == ("", (), ())


def test_candidates_are_what_the_columns_hold_possible_and_nothing_else():
    found = spell(columns({"8": 0.7, "B": 0.3}, {"-": 1.0}, {"1": 1.0}))
    assert found.text == "81"
    assert [(each.text, round(each.confidence, 3)) for each in found.candidates] == [("B1", 0.3)]
    assert spell(columns({"0": 1.0})).candidates == ()


def test_probabilities_are_those_of_all_alignments():
    chance = np.random.default_rng(427)
    table = np.zeros((6, len(ALPHABET) + 1))
    table[:, :5] = chance.random((6, 5)) ** 4
    table /= table.sum(axis=1, keepdims=True)
    sums: defaultdict[str, float] = defaultdict(float)
    for path in itertools.product(range(5), repeat=6):
        text = "".join(ALPHABET[label - 1] for label, _ in itertools.groupby(path) if label)
        sums[text] += float(np.prod([table[row, label] for row, label in enumerate(path)]))
    found = spell(table)
    best = max(sums, key=sums.__getitem__)
    assert found.text == best
    assert found.confidence == pytest.approx(sums[best], rel=0.02)
    assert found.confidence + sum(each.confidence for each in found.candidates) <= 1.0


def test_looks_at_one_line_vote_by_probability():
    right = Spelling("7ABC123", 0.6, (Character("7", 0.8),), (Candidate("7A8C123", 0.3),))
    wrong = Spelling("7A8C123", 0.5, (Character("7", 0.7),), ())
    poor = Spelling("7ABC123", 0.4, (Character("7", 0.5),), ())
    voted = agree([right, wrong, poor])
    assert voted.text == "7ABC123"
    assert voted.confidence == pytest.approx(1.0 / 3)
    assert voted.characters == right.characters
    assert voted.candidates[0].text == "7A8C123"
    assert voted.candidates[0].confidence == pytest.approx(0.8 / 3)
