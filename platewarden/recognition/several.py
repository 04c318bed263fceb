"""Several frames of one plate, seen at once: a network that was taught on clips, and hears each frame where it is clear.

The frames come straightened, as the reader saw them, and are brought into line (`in_line.py`). The network finds in each what the
reader's first layers find, puts it together place by place, and reads that once. What it says is heard beside what each frame says for itself.

Notable choices:

- The surest frame is the one that the others are laid onto. More than eight frames say little more and cost as much each.
- Three looks, all frames moved a little between them, vote. A passage that its frames are sure of needs none.
- It tells a text even if no frame alone says it: blur and noise differ from frame to frame, the plate does not.
- It counts as two witnesses among the frames, and a third of how sure they are together is how sure it is by itself: it has heard
  them all already. Chosen on drawn clips of other plates than those it is measured on (`lab/LOG.md`).

Known gap: no real clip was measured, and the drawn ones it was chosen on say how sure each frame is before `trust.py` has weighed that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from platewarden.recognition.decode import Spelling, agree
from platewarden.recognition.fuse import Said, fuse
from platewarden.recognition.in_line import in_line, moved
from platewarden.recognition.layouts import as_on_the_road
from platewarden.recognition.ocr import SHIFTS, spelled
from platewarden.recognition.picture import Pixels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["MOST", "SeveralFrames"]

MOST = 8
CLEAR = 0.95  # what the frames say is sure enough by itself
MOVES = (((0.0, 0.0), 1.0), *SHIFTS[:2])
"""How all frames are moved and enlarged together, for each look at them."""
COUNTS_AS = 2  # witnesses


class Look(Said, Protocol):
    """What one frame says, and what was looked at: a `Reading` or a `Spelling`."""

    @property
    def canvas(self) -> Pixels | None: ...


class SeveralFrames:
    """Reads one plate from many looks at it."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def together(self, looks: Sequence[Look]) -> Spelling:
        """One spelling from what each frame says and what is seen in them at once."""
        fused = fuse(looks)
        surest = sorted(looks, key=lambda each: -each.confidence)
        canvases = [each.canvas for each in surest if each.canvas is not None]
        if len(canvases) < 2 or fused.confidence >= CLEAR:
            return fused
        at_once = self.at_once(canvases)
        if not at_once.text:
            return fused
        if fused.by_layout:
            at_once = as_on_the_road(at_once)
        fused = fuse([*looks, *[at_once] * COUNTS_AS])
        return replace(agree([fused, fused, at_once]), by_layout=fused.by_layout)

    def at_once(self, canvases: Sequence[Pixels]) -> Spelling:
        """What is seen in up to `MOST` canvases (grey, of the reader's size), the surest first."""
        first, *others = canvases[:MOST]
        laid = [first, *in_line(first, others)]
        return agree([self._seen(laid, shift, grown) for shift, grown in MOVES])

    def _seen(self, laid: Sequence[Pixels], shift: tuple[float, float], grown: float) -> Spelling:
        move = np.array([[grown, 0, 2 * shift[0]], [0, grown, 2 * shift[1]], [0, 0, 1]])
        frames = np.stack([moved(each, move) for each in laid])
        (logits,) = self._session.run(None, {self._input: frames[:, None].astype(np.float32)})
        return spelled(logits)[0]
