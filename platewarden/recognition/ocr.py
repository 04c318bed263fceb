"""A straightened plate -> its characters. The network gives columns of probabilities for each of two lines of text; the rest is here.

Notable choices:

- One look is mostly enough. A plate that is not clear is looked at again, its corners moved a little, and the looks vote: what
  only one crop says is chance, what all say is the plate.
- The second line is part of the text. A plate of one line leaves it empty with the same kind of probability as any character, so
  "is there a second line" is part of the confidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from platewarden.recognition.decode import MOST_CANDIDATES, NEGLIGIBLE, Columns, Spelling, spell
from platewarden.recognition.picture import Pixels
from platewarden.recognition.rectify import straighten
from platewarden.recognition.result import Candidate, Corners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["COLUMNS", "ROWS", "SHIFTS", "CharacterReader", "moved", "spelled"]

ROWS, COLUMNS = 48, 160  # pixels of the canvas
SHIFTS = (
    ((0.012, 0.02), 1.03), ((-0.012, -0.02), 1.03), ((0.01, -0.03), 0.97), ((-0.01, 0.03), 1.06),
)  # fmt: skip
"""Further looks: how far the corners move, in plate widths and heights, and how much the plate grows around its middle."""


class CharacterReader:
    """Reads the characters of plates, all looks at a plate in one run of the network."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def look(self, pixels: Pixels, places: Sequence[Corners]) -> list[Spelling]:
        """One spelling for each place: corners in pixels of the picture."""
        if not places:
            return []
        crops = np.stack([straighten(pixels, corners, ROWS, COLUMNS) for corners in places])
        (logits,) = self._session.run(None, {self._input: crops[:, None].astype(np.float32)})
        return [replace(each, canvas=crop) for each, crop in zip(spelled(logits), crops, strict=True)]

    def look_again(self, pixels: Pixels, corners: Corners) -> list[Spelling]:
        """Several looks at one plate, its corners moved a little."""
        return self.look(pixels, [moved(corners, shift, grown) for shift, grown in SHIFTS])


def moved(corners: Corners, shift: tuple[float, float], grown: float) -> Corners:
    """The corners shifted along the plate's own sides and grown around its middle."""
    quad = np.array(corners)
    middle = quad.mean(axis=0)
    along, down = (quad[1] - quad[0] + quad[2] - quad[3]) / 2, (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    a, b, c, d = (middle + (quad - middle) * grown + along * shift[0] + down * shift[1]).tolist()
    return tuple(a), tuple(b), tuple(c), tuple(d)


def spelled(logits: NDArray[np.float32]) -> list[Spelling]:
    """What a network with a head for each of two lines says: plates x lines x columns x characters."""
    return [_both_lines(lines) for lines in _probabilities(np.asarray(logits, dtype=np.float64))]


def _probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _both_lines(lines: Columns) -> Spelling:
    """The two lines (2 x columns x characters) as one text; its candidates are the likeliest pairs of lines."""
    above, below = spell(lines[0]), spell(lines[1])
    texts: defaultdict[str, float] = defaultdict(float)
    for one, sure in _ways(lines[0], above):
        for two, sure_too in _ways(lines[1], below):
            texts[one + two] += sure * sure_too
    text = above.text + below.text
    others = sorted(((t, p) for t, p in texts.items() if t and t != text and p >= NEGLIGIBLE), key=lambda pair: (-pair[1], pair[0]))
    return Spelling(
        text,
        min(texts[text], 1.0),
        above.characters + below.characters,
        tuple(Candidate(t, min(p, 1.0)) for t, p in others[:MOST_CANDIDATES]),
    )


def _ways(columns: Columns, spelling: Spelling) -> list[tuple[str, float]]:
    """What one line may say, with its probability; that it is empty is one way, wherever it stands among them."""
    ways = {spelling.text: spelling.confidence} | {each.text: each.confidence for each in spelling.candidates}
    ways.setdefault("", float(columns[:, 0].prod()))
    return [(text, sure) for text, sure in ways.items() if sure >= NEGLIGIBLE or text == spelling.text]
