"""The made-up witness: three to five characters, sometimes one wrong, and never the whole plate."""

import random
from datetime import UTC, datetime

from platewarden.bench.city import Car
from platewarden.bench.witness import account
from platewarden.plate.pattern import parse_pattern

AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
CAR = Car("AB12345", "IL", "red", "truck")


def accounts(many=600):
    chance = random.Random(3)
    return [account(chance, CAR, AT) for _ in range(many)]


def test_what_is_said_is_a_pattern_with_three_to_five_characters():
    for each in accounts():
        parse_pattern(each.pattern)
        assert 2 <= sum(character.isalnum() for character in each.pattern) <= 5


def test_a_fifth_or_so_err_and_only_they_say_what_the_plate_does_not_answer():
    said = accounts()
    assert 0.12 < sum(each.erred for each in said) / len(said) < 0.35
    assert all(parse_pattern(each.pattern).answers(CAR.plate) for each in said if not each.erred)


def test_time_state_and_colour_are_given_as_people_give_them():
    said = accounts()
    assert all(abs((each.at - AT).total_seconds()) <= 600 for each in said)
    assert 0.4 < sum(each.state is None for each in said) / len(said) < 0.6 or any(each.state is None for each in said)
    assert {each.colour for each in said} == {None, "red"}
