import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from platewarden.plate.likeness import fold
from platewarden.plate.match import Candidate, LookedFor, SeenPlate, answers
from platewarden.plate.pattern import PartialPlate
from platewarden.plate.proposals import Proposals
from platewarden.plate.text import CHARACTERS

FEW = "A8B7"
texts = st.text(alphabet=FEW, min_size=1, max_size=9) | st.text(alphabet=CHARACTERS, min_size=1, max_size=12)


@st.composite
def patterns(draw):
    known = draw(st.lists(st.text(alphabet=FEW + "?", max_size=4), min_size=1, max_size=4))
    raw = "*".join(["A8", *known] if draw(st.booleans()) else [*known, "7B"] if draw(st.booleans()) else ["", "B8", *known, ""])
    return PartialPlate.parse(raw[:12].rstrip("*") + "*" * draw(st.booleans())).pattern


def of(proposals, *seen):
    plates, numbers = proposals.of([fold(text) for text in seen])
    return plates, sorted(numbers)


@given(st.lists(patterns(), max_size=8), st.lists(texts, min_size=1, max_size=4))
@example(["A?*8", "*A8*", "*AA?B*B*"], ["A88", "A8", "AAAB8B"])
def test_the_patterns_proposed_are_those_whose_fold_answers(listed, seen):
    expected = [at for at, each in enumerate(listed) if any(PartialPlate(fold(each)).answers(fold(text)) for text in seen)]
    proposals = Proposals([], 0, listed)
    assert of(proposals, *seen)[1] == expected
    assert of(proposals, *seen)[1] == expected, "asked again, what was kept answers the same"


@given(st.lists(texts, max_size=8), st.lists(texts, min_size=1, max_size=4))
def test_no_plate_that_is_listed_is_missed(listed, seen):
    folds = [fold(each) for each in listed]
    assert set(of(Proposals(folds, len(folds), []), *seen)[0]) >= {fold(each) for each in seen} & set(folds)


@given(st.lists(texts | patterns(), max_size=8, unique=True), texts, st.lists(texts, max_size=3))
def test_whatever_the_matcher_answers_was_proposed(listed, text, candidates):
    seen = SeenPlate(text, None, None, 0.9, tuple(Candidate(each, 0.1) for each in candidates))
    plates = [each for each in listed if not set(each) & set("?*")]
    partial = [each for each in listed if set(each) & set("?*")]
    proposed, numbers = of(Proposals(map(fold, plates), len(plates), partial), text, *candidates)
    for each in plates:
        assert answers(seen, LookedFor(each, False, None)) is None or fold(each) in proposed
    for at, each in enumerate(partial):
        assert answers(seen, LookedFor(each, True, None)) is None or at in numbers


def test_a_fold_that_is_not_listed_is_seldom_asked_for():
    chance = random.Random(1)
    folds = ["".join(chance.choices(CHARACTERS, k=7)) for _ in range(20_000)]
    proposals = Proposals(folds[:10_000], 10_000, [])
    assert len(proposals.of(folds[:10_000])[0]) == 10_000
    assert len(proposals.of(folds[10_000:])[0]) < 300


@pytest.mark.parametrize("odd", ["", "A" * 13, "ÄÖ1234", "A?1", "*"])
def test_what_is_no_plate_answers_nothing_and_is_not_kept(odd):
    proposals = Proposals(["ABC123"], 1, ["AB*", "*C1*", "*23"])
    assert proposals.of([odd]) == ([], [])
    assert not any(map(len, proposals._begun))
