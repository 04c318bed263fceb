"""Whether what was found, straightened and read is a plate at all, or a sign, a house number, a shop's name.

A sign is cut out and straightened as well as any plate, and the reader reads it. So a small network looks at the straightened
piece once more, grey and at one size, and has learned nothing but this one question.

Notable choices:

- It is asked last, and only about what would be told as a reading: a picture mostly costs one look more.
- What it does not take for a plate is told as unreadable, with the reason, and never dropped: it may be wrong too.
- `LEAST` was set before anything was measured: as likely a plate as not. What it costs on pieces held out: `lab/LOG.md`.

Known gap: it has learned signs that were drawn, and no real ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from platewarden.recognition.picture import Pixels
from platewarden.recognition.rectify import straighten
from platewarden.recognition.result import Corners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["COLUMNS", "LEAST", "ROWS", "Verifier"]

ROWS, COLUMNS = 40, 128  # pixels of the canvas
LEAST = 0.0
"""The logit from which it is a plate."""


class Verifier:
    """Tells plates from what looks like one."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def weigh(self, pixels: Pixels, corners: Corners) -> float:
        """How much speaks for a plate (a logit); corners in pixels of the picture."""
        canvas = straighten(pixels, corners, ROWS, COLUMNS)
        (logits,) = self._session.run(None, {self._input: canvas[None, None].astype(np.float32)})
        return float(logits[0, 0])
