"""A made-up witness: what is left of a plate in somebody who saw it drive off. The ranking never sees this file.

Three to five characters are remembered, mostly of the beginning or the end; now and then one between them is not. In a fifth of the
cases one character is wrong: mostly one that looks or sounds alike, else any. In a few the last two stand the other way round. The time
is off by up to ten minutes; the state is named by three in five, and nearly always right; the colour by four in five.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platewarden.bench.city import Car
from platewarden.plate.text import CHARACTERS

__all__ = ["Account", "account"]

ALIKE: Final = ("0OQDC", "1I7L", "2Z", "5S", "8B3", "6G", "MN", "VUY", "PBDTE", "KA", "FS", "CG", "94")
OFF: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Account:
    """What the witness says, and whether a character of it is wrong."""

    pattern: str
    at: datetime
    state: str | None
    colour: str | None
    erred: bool


def account(chance: random.Random, car: Car, at: datetime) -> Account:
    """What this witness says of that car."""
    plate = car.plate
    count = min(chance.choices((3, 4, 5), (30, 40, 30))[0], len(plate) - 1)
    where = chance.choices(("beginning", "end", "middle"), (45, 35, 20))[0]
    start = {"beginning": 0, "end": len(plate) - count, "middle": chance.randrange(len(plate) - count + 1)}[where]
    known = list(plate[start : start + count])
    erred = False
    drawn = chance.random()
    if drawn < 0.2:
        at_place = chance.randrange(count)
        known[at_place] = _another(chance, known[at_place])
        erred = True
    elif drawn < 0.25 and known[-1] != known[-2]:
        known[-2:] = known[:-3:-1]
        erred = True
    if count > 3 and chance.random() < 0.2:
        known[chance.randrange(1, count - 1)] = "?"
    before, after = {"beginning": ("", "*"), "end": ("*", ""), "middle": ("*", "*")}[where]
    return Account(
        pattern=before + "".join(known) + after,
        at=at + OFF * chance.uniform(-1, 1),
        state=(car.state if chance.random() < 0.93 else "IL") if chance.random() < 0.6 else None,
        colour=car.colour if chance.random() < 0.8 else None,
        erred=erred,
    )


def _another(chance: random.Random, known: str) -> str:
    alike = [other for group in ALIKE if known in group for other in group if other != known]
    others = alike if alike and chance.random() < 0.7 else [other for other in CHARACTERS if other != known]
    return chance.choice(others)
