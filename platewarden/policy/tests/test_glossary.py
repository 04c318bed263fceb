"""The words of this house."""

from __future__ import annotations

import pytest

from platewarden.policy.glossary import meaning_of, words
from platewarden.policy.refusal import Unknown


def test_a_word_means_one_sentence_or_two():
    assert meaning_of("hit").startswith("A read that answers an entry")
    for word, meaning in words().items():
        assert meaning.endswith("."), word
        assert len(meaning) < 200, word


def test_a_word_is_explained_once():
    assert len(words()) > 30
    assert len({word.lower() for word in words()}) == len(words())


def test_a_word_that_nobody_explained_is_unknown():
    with pytest.raises(Unknown, match="watch tower"):
        meaning_of("watch tower")
