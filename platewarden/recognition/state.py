"""The issuing state of a plate, or that it cannot be told. Never a guess: a wrong state has stopped the wrong family.

Notable choices:

- A picture of its own, in colour and finer than the one that is read: a state is told by its small name and by its paint.
- Told only above `TOLD`, a threshold set by hand and high: on drawn plates held out 0.7 looked good enough, on photographs it was not. "None of them" is an answer of the network too.
- A plate that is too small for its name to be seen is not asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from platewarden.recognition.picture import Pixels
from platewarden.recognition.rectify import straighten
from platewarden.recognition.result import Box, Corners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["STATES", "StateTeller"]

# The order of the network's answers; "none of them" comes last.
STATES = tuple(
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY".split()  # noqa: SIM905  fifty-one names on one line
)
TOLD = 0.9
NARROWEST_PIXELS = 60.0


class StateTeller:
    """Tells the issuing state from a straightened plate in colour."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        wanted = session.get_inputs()[0]
        self._input = wanted.name
        self._rows, self._columns = (int(side) for side in wanted.shape[2:])  # the model file says how fine a picture it wants

    def tell(self, pixels: Pixels, corners: Corners) -> tuple[str | None, float | None]:
        """The state's two letters and its confidence, or None twice."""
        if Box.around(corners).width < NARROWEST_PIXELS:
            return None, None
        crop = straighten(pixels, corners, self._rows, self._columns, colour=True)
        (logits,) = self._session.run(None, {self._input: crop.transpose(2, 0, 1)[None].astype(np.float32)})
        powers = np.exp(logits[0] - logits[0].max())
        chances = powers / powers.sum()
        best = int(chances.argmax())
        if best >= len(STATES) or chances[best] < TOLD:
            return None, None
        return STATES[best], min(float(chances[best]), 1.0)
