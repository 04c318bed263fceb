"""The interim engine: RapidOCR, a reader of any text (PP-OCRv6; code and weights Apache-2.0, the weights in its wheel).

It finds lines of text and reads them; `choose.py` says which of them are plates. It is slow and large for what it does
(about a third of a second for a picture, half a gigabyte), and is here until our own reader stands; after that, as a second opinion.

Notable choices:

- Imported only when asked for. The model files are named by path, so the library's own download never runs; it is kept from
  writing to the terminal, for what it would write are plates.
- The picture is brought to one size, and to half of it when that shows no plate, before lines are looked for, and lines are read from the picture at its own size.
- A line is read in the alphabet of plates: the recogniser's columns over 18,000 characters are summed onto A-Z, 0-9 and "nothing".
- A line in doubt gets further looks: it is found anew in enlarged cut-outs around it, where a state's name that was merged with
  the plate comes apart; if it is not found there, it is cut a little differently. The looks vote.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.choose import Line, choose, could_be_a_plate, join, measure, too_poor, why_not
from platewarden.recognition.decode import ALPHABET, Columns, Spelling, agree, spell
from platewarden.recognition.picture import Picture, Pixels
from platewarden.recognition.result import Box, Corners, Reading, Unreadable

__all__ = ["RapidocrEngine", "open_engine"]

LONG_SIDE = 1280  # lines are looked for at this size
MOST_ENLARGED = 1.5
SECOND_TRY = 0.5  # of that size, when no plate was found: very large text is found small
SURE = 0.9  # below this a line is looked at again
CLOSE_HEIGHTS = (40.0, 56.0, 80.0)  # pixels that a line has in the enlarged cut-outs
MOST_ENLARGED_CLOSE = 4.0
ROW = 48  # pixels that a line has for the recogniser
SMALLEST_SIDE = 24

Matrix = NDArray[np.float32]


def open_engine(threads: int = 1) -> RapidocrEngine:
    """The engine, its models loaded. `Unavailable`, with the command to run, when its packages are not installed."""
    try:
        import cv2  # noqa: F401, PLC0415  only when asked; three packages, any of which may be missing
        import onnxruntime  # noqa: F401, PLC0415
        from rapidocr import RapidOCR  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"The engine “rapidocr” needs the package “{error.name}”, which is not installed. Run: pip install 'platewarden[rapidocr]'"
        ) from error
    return RapidocrEngine(RapidOCR, threads)


class RapidocrEngine:
    """Lines found and read by RapidOCR, plates chosen by us."""

    def __init__(self, library: Callable[..., Any], threads: int = 1) -> None:
        import cv2  # noqa: PLC0415  installed with the library
        import rapidocr  # noqa: PLC0415

        logging.getLogger("RapidOCR").disabled = True
        models = Path(rapidocr.__file__).parent / "models"
        files = {
            "Det.model_path": models / "PP-OCRv6_det_small.onnx",
            "Rec.model_path": models / "PP-OCRv6_rec_small.onnx",
            "Cls.model_path": models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        }
        for file in files.values():
            if not file.is_file():
                raise Unavailable(
                    f"The model file {file.name} is missing from the package rapidocr. Run: pip install --force-reinstall 'rapidocr>=3.10'"
                )
        reader = library(
            params={
                **{key: str(file) for key, file in files.items()},
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Det.limit_type": "max",  # we scale: LONG_SIDE
                "Det.limit_side_len": 1_000_000,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self.name = f"rapidocr {version('rapidocr')}"
        self._cv2 = cv2
        self._finder = reader._load_det_model()  # noqa: SLF001  the two models without the library's own pipeline around them
        self._reader = reader._load_rec_model()  # noqa: SLF001
        self._vocabulary = self._reader.postprocess_op.character
        self._onto_plates = _onto_plates(self._vocabulary)

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        """The plates of one picture, and what looks like one but cannot be read."""
        if min(picture.width, picture.height) < SMALLEST_SIDE:
            return ()
        pixels = np.ascontiguousarray(picture.pixels[..., ::-1])  # the models know blue-green-red
        found: list[Reading | Unreadable] = []
        for smaller in (1.0, SECOND_TRY):
            found = self._plates(pixels, smaller * min(LONG_SIDE / max(picture.width, picture.height), MOST_ENLARGED)) or found
            if any(isinstance(each, Reading) for each in found):
                break
        return tuple(found)

    def _plates(self, pixels: Pixels, scale: float) -> list[Reading | Unreadable]:
        """The plates among the lines that are found at one scale."""
        lines = self._read(pixels, self._find(pixels, scale))
        lines += self._read(pixels, join(lines))
        results: list[Reading | Unreadable] = []
        for line in choose(lines, len(pixels)):
            seen = line if line.spelling.confidence >= SURE else self._look_closer(pixels, line)
            if seen is line or not why_not(seen):
                because = too_poor(seen)
                results.append(Unreadable(because, seen.corners) if because else self._reading(seen))
        return results

    def _reading(self, line: Line) -> Reading:
        return Reading(
            text=line.text,
            confidence=line.spelling.confidence,
            state=None,
            state_confidence=None,
            corners=line.corners,
            candidates=line.spelling.candidates,
            characters=line.spelling.characters,
            engine=self.name,
        )

    def _find(self, pixels: Pixels, scale: float) -> list[Corners]:
        """Lines of text that could be plates or stand beside one, in pixels of what was given."""
        height, width = pixels.shape[:2]
        size = (max(32, round(width * scale)), max(32, round(height * scale)))
        method = self._cv2.INTER_AREA if scale < 1 else self._cv2.INTER_LINEAR
        found = self._finder(self._cv2.resize(pixels, size, interpolation=method)).boxes
        if found is None:
            return []
        places = np.asarray(found, dtype=np.float64) * [width / size[0], height / size[1]]
        return [corners for corners in map(_corners, places) if could_be_a_plate(corners)]

    def _read(self, pixels: Pixels, places: Iterable[Corners]) -> list[Line]:
        lines = []
        for corners in places:
            probabilities = self._probabilities(pixels, corners)
            lines.append(Line(corners, self._written(probabilities), self._spell(probabilities)))
        return lines

    def _look_closer(self, pixels: Pixels, line: Line) -> Line:
        """Further looks at one line, and their vote."""
        places = [place for height in CLOSE_HEIGHTS for place in self._find_closer(pixels, line.corners, height)]
        looks = [self._spell(self._probabilities(pixels, place)) for place in (*places, *_around(line.corners))]
        return Line(line.corners, line.written, agree([line.spelling, *looks]))

    def _find_closer(self, pixels: Pixels, corners: Corners, wanted: float) -> list[Corners]:
        """The line found anew in an enlarged cut-out around it."""
        box = Box.around(corners)
        length, height = measure(corners)
        left, top = max(0, int(box.x - 0.5 * length)), max(0, int(box.y - 1.2 * height))
        cut = pixels[top : int(box.y + box.height + 1.2 * height) + 1, left : int(box.x + box.width + 0.5 * length) + 1]
        scale = min(wanted / max(height, 1.0), MOST_ENLARGED_CLOSE)
        moved = [_moved(place, left, top) for place in self._find(np.ascontiguousarray(cut), scale)]
        return [place for place in moved if Box.around(place).overlap(box) > 0.7 and 0.7 < measure(place)[0] / length < 1.4]

    def _probabilities(self, pixels: Pixels, corners: Corners) -> Matrix:
        """The recogniser's columns for one line, over its whole vocabulary."""
        length, height = measure(corners)
        width = max(ROW // 2, round(ROW * length / max(height, 1.0)))
        straight = np.array([[0, 0], [width, 0], [width, ROW], [0, ROW]], dtype=np.float32)
        turn = self._cv2.getPerspectiveTransform(np.array(corners, dtype=np.float32), straight)
        cut = self._cv2.warpPerspective(
            pixels, turn, (width, ROW), flags=self._cv2.INTER_CUBIC, borderMode=self._cv2.BORDER_REPLICATE
        )
        row = (cut.astype(np.float32).transpose(2, 0, 1)[None] / 255 - 0.5) / 0.5
        answer: Matrix = self._reader.session(row)[0]
        return answer

    def _spell(self, probabilities: Matrix) -> Spelling:
        columns: Columns = (probabilities @ self._onto_plates).astype(np.float64)
        return spell(columns)

    def _written(self, probabilities: Matrix) -> str:
        """The line as the recogniser would write it, punctuation and small letters kept."""
        best = probabilities.argmax(axis=1)
        kept = (best != 0) & np.concatenate(([True], best[1:] != best[:-1]))
        return "".join(self._vocabulary[index] for index in best[kept])


def _onto_plates(vocabulary: Sequence[str]) -> Matrix:
    """The matrix that sums the recogniser's characters onto the alphabet of plates; column 0 is "nothing"."""
    onto = np.zeros((len(vocabulary), len(ALPHABET) + 1), dtype=np.float32)
    for row, character in enumerate(vocabulary):
        plain = unicodedata.normalize("NFKD", character)[:1].upper() if len(character) == 1 else ""
        onto[row, ALPHABET.find(plain) + 1 if plain else 0] = 1.0
    return onto


def _corners(points: NDArray[np.float64]) -> Corners:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def _moved(corners: Corners, right: float, down: float) -> Corners:
    a, b, c, d = ((x + right, y + down) for x, y in corners)
    return a, b, c, d


def _around(corners: Corners) -> list[Corners]:
    """The same line cut a little wider, narrower, higher and lower."""
    points = np.array(corners, dtype=np.float64)
    along, down = (points[1] - points[0] + points[2] - points[3]) / 2, (points[3] - points[0] + points[2] - points[1]) / 2
    height = float(np.hypot(*down))
    step = along / max(float(np.hypot(*along)), 1.0) * height
    cuts = []
    for wider, higher in ((0.12, 0.0), (-0.06, 0.0), (0.0, 0.1), (0.0, -0.1)):
        out = [(-wider, -higher), (wider, -higher), (wider, higher), (-wider, higher)]
        cuts.append(_corners(points + np.array([step * x + down * y for x, y in out])))
    return cuts
