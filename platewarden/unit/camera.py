"""A camera: gives one shot after the other, each with the time it was taken. Today a folder of photographs; video later.

A shot is opened only when its turn comes. What cannot be opened is answered as `NotAPicture` and counted by the watch; the
camera goes on with the next one. Files that are not named like pictures are left alone, and counted.

Known gap: a folder stands in for a lens. It is played from its first picture at each start, and every shot is taken *now*:
the time inside a photograph's file says when it was made, not when it passed this car.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.picture import SUFFIXES, NotAPicture, Picture, look_at

__all__ = ["Camera", "FolderCamera", "PhotoShot", "Shot"]


class Shot(Protocol):
    """One picture, taken at one time, not opened yet."""

    @property
    def camera(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def captured_at(self) -> datetime: ...

    def open(self) -> Picture | NotAPicture: ...


class Camera(Protocol):
    """What the watch asks of a camera. `next_shot` never waits: None is “nothing now”, and final once `is_over`."""

    name: str

    def next_shot(self) -> Shot | None: ...

    def is_over(self) -> bool: ...


@dataclass(frozen=True)
class PhotoShot:
    """A photograph out of a folder."""

    camera: str
    path: Path
    captured_at: datetime

    @property
    def name(self) -> str:
        return self.path.name

    def open(self) -> Picture | NotAPicture:
        return look_at(self.path, self.path.name)


class FolderCamera:
    """The photographs of a folder, by name. With `once` it is over after the last; without, it waits for new ones."""

    def __init__(self, name: str, folder: Path, *, clock: Callable[[], datetime], once: bool) -> None:
        self.name = name
        self._folder = folder
        self._clock = clock
        self._once = once
        self._seen: set[str] = set()
        self._ahead: list[Path] = []
        self._look()

    @property
    def other_files(self) -> int:
        """Files in the folder that are not named like pictures."""
        return sum(1 for path in self._files() if path.suffix.lower() not in SUFFIXES)

    def next_shot(self) -> Shot | None:
        if not self._ahead and not self._once:
            self._look()
        if not self._ahead:
            return None
        return PhotoShot(self.name, self._ahead.pop(), self._clock())

    def is_over(self) -> bool:
        return self._once and not self._ahead

    def _look(self) -> None:
        fresh = [path for path in self._files() if path.suffix.lower() in SUFFIXES and path.name not in self._seen]
        self._seen.update(path.name for path in fresh)
        self._ahead = sorted(fresh, key=lambda path: path.name, reverse=True)

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.is_file() and not path.name.startswith(".")]
        except OSError as error:
            raise Unavailable(
                f"The source “{self._folder.name}” is not a folder that can be read. Name a folder of photographs with --source."
            ) from error
