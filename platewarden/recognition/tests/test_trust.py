import dataclasses
import itertools

import pytest

from platewarden.recognition.trust import LEAST, Signs, trust

CLEAR = Signs(probability=0.999, agreed=1.0, height=40.0, plate=0.99, length=7)
CHANCES = (0.0, 1e-6, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999, 1.0)
AGREED = (0.2, 0.4, 0.6, 0.8, 1.0)


def with_(**signs) -> Signs:
    return dataclasses.replace(CLEAR, **signs)


@pytest.mark.parametrize("agreed", AGREED)
def test_a_more_probable_text_is_never_trusted_less(agreed):
    grown = [trust(with_(probability=chance, agreed=agreed)) for chance in CHANCES]
    assert grown == sorted(grown)
    assert grown[0] < grown[-1]


@pytest.mark.parametrize("probability", CHANCES)
def test_a_text_that_more_looks_agree_on_is_trusted_more(probability):
    grown = [trust(with_(probability=probability, agreed=agreed)) for agreed in AGREED]
    assert all(less < more for less, more in itertools.pairwise(grown))


def test_a_plate_that_is_more_surely_there_is_never_trusted_less():
    grown = [trust(with_(plate=chance)) for chance in CHANCES]
    assert grown == sorted(grown)


def test_a_larger_plate_is_never_trusted_less():
    grown = [trust(with_(height=height)) for height in (0.0, 1.0, 6.0, 12.0, 30.0, 120.0, 4000.0)]
    assert grown == sorted(grown)


@pytest.mark.parametrize("length", [0, 1, 3, 9, 30])
def test_a_text_of_an_odd_length_is_trusted_less(length):
    assert trust(with_(length=length)) < trust(CLEAR)


@pytest.mark.parametrize("chance", [0.0, 1.0])
@pytest.mark.parametrize("height", [0.0, 1e6])
def test_it_is_a_share_whatever_the_signs_say_and_never_certainty(chance, height):
    told = trust(Signs(probability=chance, agreed=chance, height=height, plate=chance, length=7))
    assert 0.0 < told < 1.0


def test_a_clear_plate_is_told_and_a_hopeless_one_is_not():
    assert trust(CLEAR) > 0.9
    assert trust(Signs(probability=0.001, agreed=0.2, height=8.0, plate=0.3, length=2)) < LEAST
