"""The pipeline on one page: a picture goes to an engine, and readings come back in order.

An engine finds plates and reads them. Which engines there are is the table `ENGINES`; the module of one is imported only when
it is asked for, and an engine whose packages are missing says which command installs them. No engine asks the network for
anything: one whose weights are not in a package says which command of its own library fetches them, for a person to run.

What is promised whatever the engine: texts in the normal form of a plate, surest first, one reading for each place in the
picture, and nothing dropped in silence: what was seen and could not be read is an `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, runtime_checkable

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.decode import Spelling
from platewarden.recognition.fuse import fuse
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Box, Reading, Unreadable

__all__ = ["DEFAULT_ENGINE", "ENGINES", "Engine", "Recognizer", "SeesSeveral", "open_engine"]

DEFAULT_ENGINE = "platewarden"
ENGINES = {
    "fast-alpr": "platewarden.recognition.fast_alpr_engine",
    "platewarden": "platewarden.recognition.own_engine",
    "rapidocr": "platewarden.recognition.rapidocr_engine",
}
"""Name -> module with a function `open_engine(threads: int) -> Engine`."""

SAME_PLACE = 0.5


class Engine(Protocol):
    """Finds and reads the plates of one picture. Its name, with its version, stands in every reading."""

    @property
    def name(self) -> str: ...

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]: ...


@runtime_checkable
class SeesSeveral(Protocol):
    """An engine that has a way of its own to read one plate from many frames."""

    def together(self, looks: Sequence[Reading]) -> Spelling: ...


class Recognizer:
    """Picture in, readings out. Keep one: opening an engine loads its model files."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine if engine is not None else open_engine()

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        """The plates of one picture, surest first, then what could not be read."""
        found = self.engine.recognise(picture)
        readings: list[Reading] = []
        for reading in sorted((each for each in found if isinstance(each, Reading)), key=lambda each: -each.confidence):
            if not any(_same_place(reading, other) for other in readings):
                readings.append(reading)
        poor = [each for each in found if isinstance(each, Unreadable) and not any(_same_place(each, other) for other in readings)]
        return (*readings, *poor)

    def together(self, looks: Sequence[Reading]) -> Spelling:
        """One spelling from the readings of many frames of one plate, the engine's own way if it has one."""
        return self.engine.together(looks) if isinstance(self.engine, SeesSeveral) else fuse(looks)


def open_engine(name: str = DEFAULT_ENGINE, *, threads: int = 1) -> Engine:
    """An engine by name, with its model files loaded. Refused as `Unavailable` when there is none or its packages are missing."""
    if name not in ENGINES:
        raise Unavailable(f"There is no engine “{name}”. Choose one of: {', '.join(sorted(ENGINES))}.")
    engine: Engine = import_module(ENGINES[name]).open_engine(threads)
    return engine


def _same_place(one: Reading | Unreadable, other: Reading) -> bool:
    return one.corners is not None and Box.around(one.corners).overlap(Box.around(other.corners)) > SAME_PLACE
