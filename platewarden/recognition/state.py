"""The issuing state of a plate, or that it cannot be told. Never a guess: a wrong state has stopped the wrong family.

The upper and the lower third of the plate are read as words, and the words that states print (`state_words.py`) are looked for in what
was read. How well a state's words fit, and how many letters say so, becomes how probable the state is.

Notable choices:

- Most names stand above the serial. What is read there settles it or not; only then is the lower third looked at, at the same cost again,
  and of a small plate only where the upper one says something like a state's word.
- By its words alone. Paint and emblems were tried and told too little on photographs: of 51 states most have a dozen designs.
- Told only above `TOLD`. That it is none of the fifty-one (another country, a name nobody can read) is an answer like the others.
- The longer word explains more: `WEST VIRGINIA` holds `VIRGINIA`, and both are found.
- A plate that is too small for its name to be seen is not asked about.
- The figures were fitted on drawn plates in lettering that was never learnt from (`lab/calibrate_state.py`), the threshold chosen there too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from platewarden.recognition.decode import ALPHABET
from platewarden.recognition.picture import Pixels
from platewarden.recognition.rectify import straighten
from platewarden.recognition.result import Box, Corners
from platewarden.recognition.spot import FARTHEST, Spotter
from platewarden.recognition.state_words import WORDS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["STATES", "STRIP_COLUMNS", "STRIP_ROWS", "THIRDS_ROWS", "StateTeller", "plainly"]

STATES = tuple(WORDS)
TOLD = 0.95
NARROWEST_PIXELS = 80.0
THIRDS_ROWS, STRIP_ROWS, STRIP_COLUMNS = 120, 40, 288  # pixels of the canvas, and of its upper and its lower third

UPPER, LOWER = slice(0, STRIP_ROWS), slice(THIRDS_ROWS - STRIP_ROWS, THIRDS_ROWS)

# How much a word says for its state: FIT for each nat that it fits worse than what is read anyway, LETTER for each of its letters,
# WORD for being one of those looked for; ANY_STATE before anything is read.
FIT, LETTER, WORD, ANY_STATE = 0.727, 1.421, 0.110, -4.337
SETTLED = 0.98
"""So sure by the upper third alone, a state is told without the lower one."""
SMALL_PIXELS, HARDLY = 170.0, 0.02
"""Of a plate less wide than this, of which the upper third leaves no state this probable, the lower third is not looked at."""
SILENT = 0.5
"""A line in which nothing is this probable in every column says nothing."""


class StateTeller:
    """Tells the issuing state from the words above and below a plate's serial."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        words = [(state, plainly(word)) for state in STATES for word in WORDS[state]]
        self.of = tuple(state for state, _ in words)
        self.lengths = np.array([len(word) for _, word in words], np.float32)
        self._begins = np.array([self.of.index(state) for state in STATES])
        self._spotter = Spotter([word for _, word in words])

    def tell(self, pixels: Pixels, corners: Corners) -> tuple[str | None, float | None]:
        """The state's two letters and its confidence, or None twice."""
        wide = Box.around(corners).width
        if wide < NARROWEST_PIXELS:
            return None, None
        heard = self._heard(pixels, corners, UPPER)
        state, sure = self._weighed(heard)
        if sure < SETTLED and (wide >= SMALL_PIXELS or sure >= HARDLY):
            state, sure = self._weighed(np.concatenate([heard, self._heard(pixels, corners, LOWER)]))
        return (state, sure) if sure >= TOLD else (None, None)

    def heard(self, pixels: Pixels, corners: Corners) -> NDArray[np.float32]:
        """How well each word fits each of the four lines that are read: two above the serial, two below. 0 at best."""
        return np.concatenate([self._heard(pixels, corners, third) for third in (UPPER, LOWER)])

    def _heard(self, pixels: Pixels, corners: Corners, third: slice) -> NDArray[np.float32]:
        strip = straighten(pixels, corners, THIRDS_ROWS, STRIP_COLUMNS, part=third)
        (logits,) = self._session.run(None, {self._input: strip[None, None].astype(np.float32)})
        lines = logits[0] - logits[0].max(axis=-1, keepdims=True)
        lines -= np.log(np.exp(lines).sum(axis=-1, keepdims=True))
        return np.stack([self._spotter.look(line) if says(line) else np.full(len(self.of), FARTHEST, np.float32) for line in lines])

    def _weighed(self, heard: NDArray[np.float32]) -> tuple[str, float]:
        """The likeliest state by what was heard, and how sure it is."""
        odds = FIT * heard + LETTER * self.lengths - WORD
        for_state = np.logaddexp(0.0, np.maximum.reduceat(odds, self._begins, axis=1)).sum(axis=0) + ANY_STATE
        best = int(for_state.argmax())
        return STATES[best], min(1.0, float(np.exp(for_state[best] - np.logaddexp.reduce(np.append(for_state, 0.0)))))


def says(line: NDArray[np.float32]) -> bool:
    """Whether a line holds anything at all."""
    return bool(line[:, 0].min() < np.log(SILENT))


def plainly(word: str) -> str:
    """Only what is read of a word: letters as capitals, and digits."""
    return "".join(c for c in word.upper() if c in ALPHABET)
