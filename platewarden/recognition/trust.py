"""How far a reading may be trusted: from what the networks say of it to a confidence that means what it says.

A network's own probability is too sure of itself on dark, tiny and odd plates. What is known of a reading (how probable its text
is, how many looks agree on it, how large it is, how surely a plate is there at all) is weighed by a logistic curve that was fitted
on plates the reader was not trained on. The figures and how they were fitted: `lab/LOG.md`, `lab/calibrate.py`.

Notable choices:

- Six figures, no network: it can be read, and it cannot learn one picture by heart.
- Fitted on real plates held out by their text and on synthetic ones; never on the pictures that accuracy is measured on.
- What is read on streets without a plate is among them, so that a sign is trusted less than a plate.
- What an odd length weighs is set by hand: that a text of two or nine characters be trusted more is not believed.

Known gap: the finder and refiner split their photographs otherwise than the reader, so some of these plates were seen by them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["LEAST", "Signs", "trust"]

LEAST = 0.15
"""Below this a text is not told as a reading."""

WEIGHTS = {"one": -0.661, "probable": 0.653, "agreed": 0.699, "height": 0.0, "plate": 1.425, "odd": -0.3}


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a reading. Probabilities 0..1, the plate's height in pixels, the number of characters."""

    probability: float
    agreed: float
    height: float
    plate: float
    length: int

    def figures(self) -> dict[str, float]:
        return {
            "one": 1.0,
            "probable": _logit(self.probability),
            "agreed": self.agreed,
            "height": math.log(max(min(self.height, 120.0), 6.0) / 30.0),
            "plate": _logit(self.plate) / 3.0,
            "odd": 1.0 if not 4 <= self.length <= 8 else 0.0,
        }


def trust(signs: Signs) -> float:
    """The share of readings with such signs that are right."""
    return 1.0 / (1.0 + math.exp(-sum(WEIGHTS[name] * figure for name, figure in signs.figures().items())))


def _logit(probability: float) -> float:
    within = min(max(probability, 1e-4), 1.0 - 1e-4)
    return math.log(within / (1.0 - within))
