import itertools
from collections import defaultdict

import numpy as np
import pytest

from platewarden.recognition.decode import ALPHABET, BEAM, HOPELESS, NEGLIGIBLE, Spelling, agree, spell
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


def every_text(table: np.ndarray, labels: int) -> dict[str, float]:
    """Each text with its probability, from every path through the columns there is."""
    sums: defaultdict[str, float] = defaultdict(float)
    for path in itertools.product(range(labels), repeat=len(table)):
        text = "".join(ALPHABET[label - 1] for label, _ in itertools.groupby(path) if label)
        sums[text] += float(np.prod([table[row, label] for row, label in enumerate(path)]))
    return sums


@pytest.mark.parametrize("seed", range(24))
def test_it_agrees_with_every_path_there_is_on_small_columns_with_few_doubts(seed):
    chance = np.random.default_rng(seed)
    table = np.zeros((7, len(ALPHABET) + 1))
    table[:, :4] = chance.random((7, 4)) * chance.choice([0.005, 0.02, 0.15], (7, 1))
    table[np.arange(7), chance.integers(0, 4, 7)] += 1
    table[chance.random(7) < 0.4, :4] = [1, 5e-4, 3e-4, 1e-4]  # columns of hardly anything but "nothing", alone and in runs
    table /= table.sum(axis=1, keepdims=True)
    told, sums = spell(table), every_text(table, 4)
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])
    assert told.confidence == pytest.approx(ranked[0][1], rel=0.02)
    assert sums[told.text] == pytest.approx(ranked[0][1], abs=2e-3)
    assert {each.text: each.confidence for each in told.candidates} == pytest.approx(
        {each.text: sums[each.text] for each in told.candidates}, abs=3e-3
    )
    known = {told.text, *(each.text for each in told.candidates)}
    assert [text for text, sure in ranked[:8] if text and sure > 5e-3 and text not in known] == []


def test_a_line_of_many_columns_costs_what_it_holds_and_not_how_long_it_is():
    long = columns(*[{"-": 1.0}] * 20, {"A": 0.9, "4": 0.1}, *[{"-": 0.9995, "B": 0.0005}] * 20, {"7": 1.0}, *[{"-": 1.0}] * 20)
    found = spell(long)
    assert found.text == "A7"
    assert found.confidence == pytest.approx(0.9 * 0.9995**20)
    assert [each.confidence for each in found.characters] == pytest.approx([0.9, 1.0])
    assert [(each.text, round(each.confidence, 3)) for each in found.candidates] == [("47", round(0.1 * 0.9995**20, 3))]


def test_two_of_one_character_parted_by_a_long_silence_stay_two():
    found = spell(columns({"8": 0.9}, *[{"-": 1.0}] * 9, {"8": 0.8}))
    assert found.text == "88"
    assert [each.confidence for each in found.characters] == pytest.approx([0.9, 0.8])


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


def every_step(columns: np.ndarray) -> dict[str, float]:
    """The same search, every text made before the best are kept."""
    beams = {"": (1.0, 0.0)}
    for column in columns:
        most = max(sum(ends) for ends in beams.values()) * column.max()
        grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (open_, closed) in beams.items():
            grown[text][0] += (open_ + closed) * column[0]
            for at in np.flatnonzero(column[1:] > NEGLIGIBLE):
                character, chance = ALPHABET[at], column[at + 1]
                if (open_ + closed) * chance < HOPELESS * most:
                    continue
                if text[-1:] == character:
                    grown[text][1] += closed * chance
                grown[text + character][1] += (open_ if text[-1:] == character else open_ + closed) * chance
        best = sorted(grown.items(), key=lambda pair: -sum(pair[1]))[:BEAM]
        beams = {text: (ends[0], ends[1]) for text, ends in best if sum(ends) >= HOPELESS * sum(best[0][1])}
    return {text: sum(ends) for text, ends in beams.items() if text}


@pytest.mark.parametrize("seed", range(12))
def test_what_is_never_made_would_not_have_been_kept(seed):
    chance = np.random.default_rng(seed)
    table = chance.random((14, len(ALPHABET) + 1)) ** 9 * chance.choice([0.1, 1.0, 3.0], (14, 1))
    table[np.arange(14), chance.integers(0, 37, 14)] += 1
    table /= table.sum(axis=1, keepdims=True)
    told, sums = spell(table), every_step(table)
    assert told.text == max(sums, key=lambda text: sums[text])
    assert told.confidence == pytest.approx(sums[told.text], rel=1e-9)
    assert {each.text: each.confidence for each in told.candidates} == pytest.approx(
        {each.text: sums[each.text] for each in told.candidates}, rel=1e-9
    )


def test_each_character_is_as_sure_as_its_columns_also_where_another_text_is_likelier_column_by_column():
    told = spell(columns({"A": 0.4, "-": 0.6}, {"A": 0.4, "-": 0.6}, {"7": 0.9}))
    assert told.text == "A7"  # in all, though nothing is likelier in either column
    assert [each.confidence for each in told.characters] == pytest.approx([0.4, 0.9])
