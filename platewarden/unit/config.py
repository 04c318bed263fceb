"""What this unit is told once, at enrolment: one TOML file, `unit.toml`, and one frozen dataclass.

Every field is documented where it stands. A key that is not listed here refuses to load: a setting that is spelled
wrong must not be a setting that is silently the default. What the policy decides (purposes, training, how old a hot
list may be) is never here.
"""

from __future__ import annotations

import ipaddress
import json
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from platewarden.durable import put
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.place import source_of

__all__ = ["FILE", "CameraConfig", "CarNetwork", "UnitConfig", "load_config", "write_config"]

FILE = "unit.toml"


@dataclass(frozen=True, kw_only=True)
class CameraConfig:
    """One camera of the unit: a table `[[cameras]]` in `unit.toml`."""

    name: str
    """Name of the camera, written into each read. No two are alike."""

    source: str = field(repr=False)
    """rtsp:// or rtsps:// address, /dev/video..., a video file, or a folder of photographs. An address may hold a password: the
    file is closed to others, and no message shows it."""

    lane: str = ""
    """Which lane it looks at, in words, for example “left lane”."""

    facing: str = ""
    """Where it looks, in words, for example “front left” or “northbound”."""

    aim_deg: float | None = None
    """Which way it looks, in degrees clockwise: of a car from its front (0 ahead, 180 behind), of a fixed post from north. Without it
    reads say no direction of travel by the compass."""

    frames_per_s: float = 30.0
    """So many frames a second are looked at, at most; more of them are left out and counted."""

    paced: bool = False
    """A video file is played as it was filmed, and a frame that comes too soon is dropped, as with a stream. Without it every frame
    is looked at."""

    latitude: float | None = None
    """Surveyed place of this camera, in degrees, when it isn't the unit's own. Both or neither."""

    longitude: float | None = None
    """See `latitude`."""

    def __post_init__(self) -> None:
        for needed in ("name", "source"):
            if not getattr(self, needed).strip():
                raise Malformed(f"{FILE}: {needed} of a camera is empty. Fill it in.")
        if not 0 < self.frames_per_s <= 240:
            raise Malformed(
                f"{FILE}: frames_per_s of camera “{self.name}” is {self.frames_per_s}; it lies between 0 and 240. Correct it."
            )
        if self.aim_deg is not None and not 0 <= self.aim_deg < 360:
            raise Malformed(
                f"{FILE}: aim_deg of camera “{self.name}” is {self.aim_deg}; it is 0 or more, and less than 360. Correct it."
            )
        _check_place(f"camera “{self.name}”", self.latitude, self.longitude)


@dataclass(frozen=True)
class CarNetwork:
    """Where the unit answers its paired laptop."""

    host: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.host.version == 4 else f"[{self.host}]:{self.port}"


@dataclass(frozen=True, kw_only=True)
class UnitConfig:
    """One unit, as `unit.toml` in its data folder describes it."""

    name: str
    """What people call the unit, for example “car 12”. The office approves it under this name."""

    server: str
    """Address of the office's door for units. https, or http on this very machine."""

    office: str
    """Fingerprint of the office's signing key, as a person at the office read it out. Nothing signed by another key is believed."""

    certificate: str = ""
    """File in the data folder with the office's TLS certificate: the only one that is trusted. Needed for https."""

    camera: str = "front"
    """Name of the camera, written into each read."""

    engine: str = "platewarden"
    """Which recognition engine reads the plates."""

    latitude: float | None = None
    """Surveyed place of a fixed post, in degrees. Cars leave it out; then reads say that there was no position."""

    longitude: float | None = None
    """See `latitude`; both or neither."""

    place_accuracy_m: float = 5.0
    """How far off the surveyed place may be, in metres."""

    gps: str = ""
    """The satellite receiver: `gpsd` (on this machine), `gpsd:PORT`, or `nmea:FILE` for a serial line. Empty: none."""

    gps_oldest_s: int = 10
    """A position older than this is no position: then reads say that there was none."""

    streets: str = ""
    """Road file in the data folder, GeoJSON or CSV, for the name of the nearest crossing. Empty: no names."""

    car_network: str = ""
    """Address and port of this unit in the car's own network, for example `10.20.0.1:8431`: there the paired laptop finds the screen. Empty:
    the screen is served on this machine only."""

    sticks: str = "/media:/run/media"
    """Folders under which a member's stick appears when it is plugged in, with a colon between them."""

    spool_limit_mb: int = 4096
    """Recording stops, aloud, when so many megabytes wait for a receipt."""

    disk_reserve_mb: int = 256
    """Recording stops, aloud, when less than this would be left on the disk: the journal must still be writable."""

    contact_every_s: int = 30
    """How often the unit asks the office for a newer hot list and roster."""

    longest_wait_s: int = 300
    """The longest pause before the office is tried again after it did not answer."""

    cameras: tuple[CameraConfig, ...] = ()
    """The unit's cameras, one table `[[cameras]]` each. Without any, `camera` names the one source that is given at its start."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, int | float) and value <= 0 and each.name not in {"latitude", "longitude", "disk_reserve_mb"}:
                raise Malformed(f"{FILE}: {each.name} is {value}; it must be more than 0. Correct it.")
        for needed in ("name", "server", "office", "camera", "engine"):
            if not getattr(self, needed).strip():
                raise Malformed(f"{FILE}: {needed} is empty. Fill it in.")
        _check_place("the unit", self.latitude, self.longitude)
        names = [camera.name for camera in self.cameras]
        if len(set(names)) < len(names):
            raise Malformed(f"{FILE}: two cameras are called “{max(names, key=names.count)}”. Give each a name of its own.")
        if self.gps and self.latitude is not None:
            raise Malformed(f"{FILE}: a place is surveyed (latitude, longitude) or found by gps, not both. Remove one.")
        source_of(self.gps)
        self.car_network_at()

    def car_network_at(self) -> CarNetwork | None:
        """Where the paired laptop is answered. Malformed: what is no address of a car's own network."""
        if not self.car_network:
            return None
        host, _, port = self.car_network.rpartition(":")
        try:
            found = CarNetwork(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")), int(port))
        except ValueError:
            found = None
        if found is None or not 0 < found.port < 65536 or not found.host.is_private or found.host.is_unspecified:
            raise Malformed(
                f"{FILE}: car_network is “{self.car_network[:60]}”; it is this unit's own private address with a port, "
                "for example 10.20.0.1:8431. Correct it."
            )
        return found


def _check_place(whose: str, latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise Malformed(f"{FILE}: the place of {whose} needs latitude and longitude. Give both, or neither.")
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Malformed(f"{FILE}: the place of {whose} is nowhere on earth ({latitude}, {longitude}). Correct it.")


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "float | None": (float, int),
}


def load_config(data: Path) -> UnitConfig:
    """The configuration in the data folder. An unknown key, a missing one or one of the wrong kind is refused by name."""
    path = data / FILE
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Unavailable(
            f"There is no {FILE} in the data folder: this unit is not enrolled. Run: platewarden unit enrol"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{FILE} is not valid TOML: {error}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{FILE} cannot be read ({error.__class__.__name__}). Check the file.") from error
    return _config(rows)


def _config(rows: dict[str, Any]) -> UnitConfig:
    tables = rows.pop("cameras", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Malformed(f"{FILE}: cameras are tables, each under a line [[cameras]]. Correct it.")
    _check(rows, UnitConfig, FILE)
    for number, table in enumerate(tables, start=1):
        _check(table, CameraConfig, f"{FILE}, camera {number}")
    return UnitConfig(**rows, cameras=tuple(CameraConfig(**table) for table in tables))


def _check(rows: dict[str, Any], kind: type[UnitConfig | CameraConfig], where: str) -> None:
    """Only keys that there are, each of its kind, and none missing. Says no value: one may be an address with a password."""
    known = {each.name: each for each in fields(kind) if each.name != "cameras"}
    for key, value in rows.items():
        if key not in known:
            raise Malformed(f"{where}: unknown key “{key}”. It knows: {', '.join(known)}.")
        if type(value) not in _KINDS[str(known[key].type)]:
            raise Malformed(f"{where}: {key} is not of the kind {known[key].type}. Correct it.")
    for name, each in known.items():
        if each.default is MISSING and name not in rows:
            raise Malformed(f"{where} lacks “{name}”. Add it.")


def write_config(data: Path, config: UnitConfig) -> None:
    """Write `unit.toml` (0600), leaving out what is at its default."""
    lines = ["# This unit, as it was enrolled. Every key is explained in platewarden/unit/config.py.", ""]
    lines += _lines(config)
    for camera in config.cameras:
        lines += ["", "[[cameras]]", *_lines(camera)]
    put(data / FILE, ("\n".join(lines) + "\n").encode())


def _lines(said: UnitConfig | CameraConfig) -> list[str]:
    told = [(each, getattr(said, each.name)) for each in fields(said) if each.name != "cameras"]
    # a JSON string, and a JSON number, is also a TOML one
    return [f"{each.name} = {json.dumps(value, ensure_ascii=False)}" for each, value in told if value != each.default]
