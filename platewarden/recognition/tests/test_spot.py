import numpy as np
import pytest

from platewarden.recognition.decode import ALPHABET
from platewarden.recognition.spot import Spotter


def columns(text: str, sure: float = 0.99, *, quiet: int = 2) -> np.ndarray:
    """Logarithms of columns that spell a text, each character once with nothing around it."""
    rows = []
    for character in " " + text:
        for label in [0] * quiet if character == " " else [ALPHABET.index(character) + 1, 0]:
            row = np.full(37, (1 - sure) / 36)
            row[label] = sure
            rows.append(row)
    return np.log(np.array(rows, dtype=np.float32))


def test_a_word_that_is_read_is_certain_and_others_are_not():
    ohio, utah = Spotter(["OHIO", "UTAH"]).look(columns("OHIO"))
    assert ohio == 0
    assert utah < -10


@pytest.mark.parametrize("around", ["{}", "XY{}", "{}34", "SEP{}JAN"])
def test_a_word_is_found_among_whatever_stands_around_it(around):
    assert Spotter(["TEXAS"]).look(columns(around.format("TEXAS")))[0] == 0


def test_a_word_within_a_longer_one_is_found_too_and_not_the_other_way_round():
    assert Spotter(["KANSAS", "ARKANSAS"]).look(columns("ARKANSAS")).tolist() == [0, 0]
    short, long = Spotter(["KANSAS", "ARKANSAS"]).look(columns("KANSAS"))
    assert short == 0
    assert long < -5


def test_a_letter_read_wrong_costs_what_the_reader_was_sure_of():
    unsure, sure = (Spotter(["IOWA"]).look(columns("IQWA", chance))[0] for chance in (0.6, 0.99))
    assert sure < unsure < 0


def test_each_further_wrong_letter_costs_more():
    costs = [float(Spotter(["NEVADA"]).look(columns(text))[0]) for text in ("NEVADA", "NEVXDA", "NXVXDA", "XXXXXX")]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) == 4


def test_a_doubled_letter_needs_nothing_between_its_two():
    once = columns("TENESSEE")
    twice = columns("TENNESSEE")
    assert Spotter(["TENNESSEE"]).look(twice)[0] == 0
    assert Spotter(["TENNESSEE"]).look(once)[0] < -1
    held = np.repeat(columns("TENESSEE"), 2, axis=0)  # a letter that fills two columns is one letter
    assert Spotter(["TENNESSEE"]).look(held)[0] < -1


def test_long_silence_changes_nothing():
    texts = ["MAINE", "IDAHO"]
    near, far = (Spotter(texts).look(columns("MAINE", 0.9995, quiet=quiet)) for quiet in (1, 60))
    assert near == pytest.approx(far, abs=0.01)


def test_silence_says_no_word():
    assert Spotter(["IOWA"]).look(columns("", quiet=70))[0] < -10
