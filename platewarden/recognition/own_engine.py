"""The engine that ships: our own networks, trained in `lab/`, their weights in the wheel with their cards.

A picture is searched for plates (`detect.py`), each is straightened (`rectify.py`) and read (`ocr.py`), what the networks say becomes
a confidence that means what it says (`trust.py`), what would be told is looked at once more for whether it is a plate at all
(`verify.py`), and its issuing state is told or not (`state.py`).

Notable choices:

- A plate that is clear at the first look is looked at once; the others five times, and the looks vote.
- A picture that shows little but a plate may be too close for the finder, or the finder cuts something off. Then the whole picture
  is taken for the plate too, believed only when it reads clearly, and the surer of the two stands.
- How sure a reading is leaves O and 0 open; the matcher proposes both anyway.
- Nothing is made up: below a certain trust a plate is `Unreadable`, with the reason that a person would give.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from platewarden.recognition.decode import Spelling, agree
from platewarden.recognition.detect import Detector, Found
from platewarden.recognition.layouts import as_on_the_road
from platewarden.recognition.ocr import CharacterReader
from platewarden.recognition.picture import Picture, Pixels
from platewarden.recognition.rectify import is_plate_shaped
from platewarden.recognition.result import Box, Candidate, Corners, Reading, Unreadable
from platewarden.recognition.several import SeveralFrames
from platewarden.recognition.state import StateTeller
from platewarden.recognition.trust import LEAST, Signs, trust
from platewarden.recognition.verify import LEAST as LEAST_PLATE
from platewarden.recognition.verify import Verifier
from platewarden.recognition.weights import open_session

__all__ = ["OwnEngine", "open_engine"]

CLEAR = 0.985
SHORTEST = 2
LOWEST_PIXELS = 9.0
WHOLE_PICTURE_CLEAR = 0.8
CUT_OUT = 480  # pixels: up to this width a picture may be a plate that somebody cut out
LITTLE_ELSE = 0.45  # of the picture's width: a plate from here up may be all there is
SHAPELESS = "Something like a plate is there, and its four corners cannot be told."
TOO_SMALL = "The plate is too small in the picture to be read."
TOO_UNCLEAR = "The characters are too unclear to tell."
NO_PLATE = "It looks more like a sign or a number than like a plate."


def open_engine(threads: int = 1) -> OwnEngine:
    """The engine, its model files checked and loaded."""
    return OwnEngine(
        Detector(open_session("finder", threads), open_session("refiner", threads)),
        CharacterReader(open_session("reader", threads)),
        StateTeller(open_session("state", threads)),
        Verifier(open_session("verifier", threads)),
        SeveralFrames(open_session("several", threads)),
    )


class OwnEngine:
    """Plates found, straightened, read and weighed by our own networks."""

    name = "platewarden 1"

    def __init__(
        self, detector: Detector, reader: CharacterReader, teller: StateTeller, verifier: Verifier, several: SeveralFrames
    ) -> None:
        self._detector, self._reader, self._teller, self._verifier, self._several = detector, reader, teller, verifier, several

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        """The plates of one picture, and what is one but cannot be read."""
        pixels = picture.grey  # once: every network sees grey
        found = self._detector.find(pixels)
        legible: list[Found] = []
        poor: list[Unreadable] = []
        for each in found:
            if not is_plate_shaped(each.corners):
                poor.append(Unreadable(SHAPELESS))
            elif height_of(each.corners) < LOWEST_PIXELS:
                poor.append(Unreadable(TOO_SMALL, each.corners))
            else:
                legible.append(each)
        firsts = self._reader.look(pixels, [each.corners for each in legible]) if legible else []
        read = [self._result(pixels, each, first) for each, first in zip(legible, firsts, strict=True)]
        return (*read, *poor, *self._whole_picture(pixels, legible))

    def together(self, looks: Sequence[Reading]) -> Spelling:
        """One spelling from the readings of many frames of one plate: what they say, and what is seen in them at once."""
        return self._several.together(looks)

    def _whole_picture(self, pixels: Pixels, found: Sequence[Found]) -> tuple[Reading, ...]:
        """What the picture says as one plate, if it may be one: it has a plate's shape, and is small or shows little else."""
        high, wide = map(float, pixels.shape)
        widest = max((Box.around(each.corners).width for each in found), default=0.0)
        if not 1.4 <= wide / high <= 6.0 or high < LOWEST_PIXELS or (wide > CUT_OUT and widest < LITTLE_ELSE * wide):
            return ()
        edge = ((0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high))
        plate = max((each.confidence for each in found), default=0.5)
        result = self._result(pixels, Found(edge, plate), self._reader.look(pixels, [edge])[0])
        return (result,) if isinstance(result, Reading) and result.confidence >= WHOLE_PICTURE_CLEAR else ()

    def _result(self, pixels: Pixels, found: Found, first: Spelling) -> Reading | Unreadable:
        looks = [first] if first.confidence >= CLEAR else [first, *self._reader.look_again(pixels, found.corners)]
        spelling = as_on_the_road(agree(looks))
        signs = Signs(
            probability=_but_for_round_ones(spelling),
            agreed=sum(look.text == spelling.text for look in looks) / len(looks),
            height=height_of(found.corners),
            plate=found.confidence,
            length=len(spelling.text),
        )
        sure = trust(signs)
        unclear = len(spelling.text) < SHORTEST or sure < LEAST
        if unclear or self._verifier.weigh(pixels, found.corners) < LEAST_PLATE:
            said = Candidate(spelling.text, min(sure, spelling.confidence)) if spelling.text else None
            because = TOO_UNCLEAR if unclear else NO_PLATE
            return Unreadable(because, found.corners, (*([said] if said else []), *_weighed(spelling, sure)))
        state, state_sure = self._teller.tell(pixels, found.corners)
        return Reading(
            text=spelling.text,
            confidence=sure,
            state=state,
            state_confidence=state_sure,
            corners=found.corners,
            candidates=_weighed(spelling, sure),
            characters=spelling.characters,
            engine=self.name,
            by_layout=spelling.by_layout,
            canvas=first.canvas,
        )


def _but_for_round_ones(spelling: Spelling) -> float:
    """How probable the text is when O and 0 are taken for each other: many plates print them alike, and no picture tells."""
    alike = spelling.text.replace("O", "0")
    twins = sum(each.confidence for each in spelling.candidates if each.text.replace("O", "0") == alike)
    return min(1.0, spelling.confidence + twins)


def _weighed(spelling: Spelling, sure: float) -> tuple[Candidate, ...]:
    """The candidates less sure by as much as the text is, and together no more than what it leaves."""
    together = sum(each.confidence for each in spelling.candidates)
    share = min(1.0, sure / max(spelling.confidence, 1e-6), (1.0 - sure) / max(together, 1e-6))
    return tuple(Candidate(each.text, each.confidence * share) for each in spelling.candidates)


def height_of(corners: Corners) -> float:
    """The plate's height in pixels: the mean of its two sides."""
    a, b, c, d = corners
    return (math.dist(a, d) + math.dist(b, c)) / 2
