"""An optional engine: fast-alpr (MIT), a plate detector and a plate reader of the same author.

Its packages carry no weights. The library fetches them from its author's releases the first time that it is started by itself,
and keeps them in the home folder; that is a wish of the person who does it, and the sentence of the refusal says how. This
engine reads what lies there and never asks the network: files are handed to the library by path.

Notable choices:

- The detector's and the reader's own loading code runs; only their model hubs are asked nothing but where a file would lie.
- The reader has a fixed number of places, each with its own probabilities, so the confidence of a text is their product: the
  places after its end count too, for they say that nothing follows.
- The library gives one text and no other, and names a country, not a state: no candidates, state unknown.

Known gap: the weights are whatever the author's release held when they were fetched; we have no digest to hold them to. The
library answers a fault inside its detector with "no plate" and a line in its log.
"""

from __future__ import annotations

import math
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.decode import ALPHABET
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Character, Corners, Reading, Unreadable
from platewarden.recognition.weights import session_options

__all__ = ["FastAlprEngine", "open_engine"]

DETECTOR: Final = "yolo-v9-t-384-license-plate-end2end"  # the library's own choice, both
READER: Final = "cct-xs-v2-global-model"
SURE_OF_A_PLATE = 0.4
LEAST_CONFIDENCE = 0.1
SMALLEST_SIDE, LONGEST_SHAPE = 24, 20  # beyond these there is no plate, and the library's scaling breaks down
PROVIDERS = ["CPUExecutionProvider"]
FETCH = "python -c 'import fast_alpr; fast_alpr.ALPR()'"


def open_engine(threads: int = 1) -> FastAlprEngine:
    """The engine, its models loaded. `Unavailable`, with the command to run, when its packages or its weights are not there."""
    options = session_options(threads)
    try:
        from fast_alpr import ALPR  # noqa: PLC0415  only when asked; four packages, any of which may be missing
        from fast_plate_ocr.inference import hub as readers  # noqa: PLC0415
        from open_image_models import create_detector  # noqa: PLC0415
        from open_image_models.detection.core import hub as detectors  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"The engine “fast-alpr” needs the package “{error.name}”, which is not installed. Run: pip install 'platewarden[fast-alpr]'"
        ) from error
    of_detector = detectors.DETECTION_MODELS[DETECTOR]
    detector_file = _fetched(detectors.MODEL_CACHE_DIR, DETECTOR, of_detector.url)
    reader_file, reader_config = (_fetched(readers.MODEL_CACHE_DIR, READER, url) for url in readers.AVAILABLE_ONNX_MODELS[READER])
    try:
        detector = create_detector(
            detector_file,
            backend=of_detector.backend,
            class_labels=of_detector.class_labels,
            conf_thresh=SURE_OF_A_PLATE,
            providers=PROVIDERS,
            sess_options=options,
        )
        library = ALPR(
            detector=detector,
            ocr_model=None,
            ocr_model_path=reader_file,
            ocr_config_path=reader_config,
            ocr_providers=PROVIDERS,
            ocr_sess_options=options,
        )
    except _not_a_model() as error:
        raise Unavailable(
            "The files of the engine “fast-alpr” are damaged, or belong to another version of it. "
            f"Delete the folders {DETECTOR} and {READER} in its cache and fetch them again: {FETCH}"
        ) from error
    return FastAlprEngine(library)


def _not_a_model() -> tuple[type[Exception], ...]:
    """What the runtime and the libraries raise when a file is not the model, or the description of one, that they expect."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # noqa: PLC0415
    from yaml import YAMLError  # noqa: PLC0415

    of_the_runtime = (runtime.Fail, runtime.InvalidArgument, runtime.InvalidGraph, runtime.InvalidProtobuf, runtime.NotImplemented)
    return (*of_the_runtime, YAMLError, TypeError, ValueError)


def _fetched(folder: Path, name: str, url: str) -> Path:
    """Where the library keeps a file of a model, if it was fetched."""
    file = folder / name / url.rpartition("/")[2]
    if not file.is_file():
        raise Unavailable(
            f"The engine “fast-alpr” needs the file {file.name}, which is not in its package. "
            f"If it may be fetched from the Internet, run once: {FETCH}"
        )
    return file


class FastAlprEngine:
    """Plates found and read by fast-alpr."""

    def __init__(self, library: Any) -> None:
        self.name = f"fast-alpr {version('fast-alpr')}"
        self._library = library

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        """The plates of one picture, and what was found and could not be read."""
        shorter, longer = sorted((picture.width, picture.height))
        if shorter < SMALLEST_SIDE or longer > LONGEST_SHAPE * shorter:
            return ()
        pixels = np.ascontiguousarray(picture.pixels[..., ::-1])  # the library knows blue-green-red
        found: list[Reading | Unreadable] = []
        for each in self._library.detector.predict(pixels):
            box = each.bounding_box
            left, top = max(box.x1, 0), max(box.y1, 0)
            right, below = min(box.x2, picture.width), min(box.y2, picture.height)
            if right > left and below > top:
                found.append(self._reading(pixels[top:below, left:right], _corners(left, top, right, below)))
        return tuple(found)

    def _reading(self, cut: Any, corners: Corners) -> Reading | Unreadable:
        said = self._library.ocr.predict(np.ascontiguousarray(cut))
        places = [min(max(float(each), 0.0), 1.0) for each in said.confidence]
        characters = tuple(
            Character(character, sure) for character, sure in zip(said.text.upper(), places, strict=False) if character in ALPHABET
        )
        confidence = math.prod(places)
        if not characters:
            return Unreadable("No character could be told.", corners)
        if confidence < LEAST_CONFIDENCE:
            return Unreadable("The characters are too unclear to tell.", corners)
        return Reading(
            text="".join(each.text for each in characters),
            confidence=confidence,
            state=None,
            state_confidence=None,
            corners=corners,
            candidates=(),
            characters=characters,
            engine=self.name,
        )


def _corners(left: int, top: int, right: int, below: int) -> Corners:
    x, y, x2, y2 = map(float, (left, top, right, below))
    return (x, y), (x2, y), (x2, y2), (x, y2)
