"""The cameras of a unit, opened from what the unit was told, and taken in turn as if they were one.

A source is an rtsp:// address, a /dev/video device, a video file or a folder of photographs; whatever else is refused before
anybody signs on. In turn means fair: after each shot the next camera is asked first, so that none starves another.

An address may hold a password. What is said of a camera is its name and its host, and the host only where no reading of the
address could take a part of the password for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.camera import Camera, FolderCamera, Shot
from platewarden.unit.config import CameraConfig, UnitConfig
from platewarden.unit.place import Where, surveyed
from platewarden.unit.streets import Streets
from platewarden.unit.video import FrameCounts, Kind, VideoCamera

__all__ = ["Cameras", "label_of", "open_cameras", "places_of"]

STREAMS = ("rtsp://", "rtsps://")


class Cameras:
    """Several cameras as one: each shot says whose it is."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self.name = ", ".join(each.name for each in cameras)
        self._cameras = list(cameras)
        self._next = 0

    @property
    def other_files(self) -> int:
        """Files in folders of photographs that are not named like pictures."""
        return sum(each.other_files for each in self._cameras if isinstance(each, FolderCamera))

    def next_shot(self) -> Shot | None:
        for turn in range(len(self._cameras)):
            at = (self._next + turn) % len(self._cameras)
            shot = self._cameras[at].next_shot()
            if shot is not None:
                self._next = (at + 1) % len(self._cameras)
                return shot
        return None

    def is_over(self) -> bool:
        return all(each.is_over() for each in self._cameras)

    def counts(self) -> dict[str, FrameCounts]:
        """What became of the frames of each video camera."""
        return {each.name: each.counts() for each in self._cameras if isinstance(each, VideoCamera)}

    def close(self) -> None:
        for each in self._cameras:
            if isinstance(each, VideoCamera):
                each.close()


def open_cameras(
    config: UnitConfig,
    source: Path | str | None,
    *,
    clock: Callable[[], datetime],
    chance: random.Random,
    say: Callable[[str], None],
    once: bool,
) -> Cameras:
    """The unit's cameras, or the one `source` that was named for this run. Refused: a source that is none, or isn't there."""
    if source is not None:
        wanted: tuple[CameraConfig, ...] = (CameraConfig(name=config.camera, source=_whole(str(source))),)
    else:
        wanted = config.cameras
    if not wanted:
        raise Unavailable("This unit has no camera. Name a source with --source, or write a table [[cameras]] into unit.toml.")
    return Cameras([_open(each, clock=clock, chance=chance, say=say, once=once) for each in wanted])


def places_of(config: UnitConfig, streets: Streets | None = None) -> Mapping[str, Where]:
    """The surveyed places of the cameras that have one of their own."""
    return {
        each.name: surveyed(each.latitude, each.longitude, config.place_accuracy_m, streets)
        for each in config.cameras
        if each.latitude is not None and each.longitude is not None
    }


def label_of(source: str) -> str:
    """What may be said of a source: the host of an address, or the last part of a path."""
    scheme, is_address, rest = source.partition("://")
    if not is_address:
        return Path(source).name
    host = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    if rest.count("@") == 1 and "@" in host:
        host = host.rpartition("@")[2]
    elif "@" in rest:
        host = ""  # a password with a slash or an @ in it, or none: it cannot be told
    return f"{scheme}://{host or '…'}"


def _whole(source: str) -> str:
    """A path takes the second slash out of an address."""
    for scheme in STREAMS:
        if source.startswith(scheme[:-1]) and not source.startswith(scheme):
            return scheme + source[len(scheme) - 1 :]
    return source


def _open(
    camera: CameraConfig, *, clock: Callable[[], datetime], chance: random.Random, say: Callable[[str], None], once: bool
) -> Camera:
    source = camera.source
    if source.lower().startswith(STREAMS):
        kind = Kind.STREAM
    elif "://" in source:
        raise Malformed(
            f"The source of camera “{camera.name}” is an address that is not known here. Give one that begins with rtsp:// or rtsps://"
        )
    elif source.startswith("/dev/"):
        kind = Kind.V4L2
    elif Path(source).is_file():
        kind = Kind.FILE
    else:
        return FolderCamera(camera.name, Path(source), clock=clock, once=once)  # refuses what is no folder
    return VideoCamera(
        camera.name,
        source,
        kind,
        label=", ".join(each for each in (camera.lane, camera.facing, label_of(source)) if each),
        clock=clock,
        chance=chance,
        say=say,
        most_per_s=camera.frames_per_s,
        paced=camera.paced,
    )
