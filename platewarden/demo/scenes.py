"""Street scenes with a made-up plate, drawn: a road, a sky, the rear of a car. By day and at dusk.

They stand in for photographs in the demonstration, in tests and in the pages of the docs, where no real plate may be shown.
The same text, state and seed give the same picture, byte for byte on the same version of Pillow.

Notable choices:

- Everything is drawn at one and a half times its size and scaled down; shapes are rounded by blurring their outline.
- The camera adds what a camera adds: a slight tilt, soft edges, noise, a darker rim, JPEG.
- What a car looks like (sedan, sport utility, hatchback; colour; lights; the houses behind) comes from the seed alone, so a
  plate that is read twice is seen on the same car when the seed is the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from platewarden.demo.plates import draw_plate
from platewarden.recognition.picture import Picture, open_picture
from platewarden.recognition.result import Box

__all__ = ["CarAlone", "Road", "Scene", "draw_car", "draw_road", "draw_scene", "write_scenes"]

WIDTH, HEIGHT = 1280, 720
FINER = 1.5  # drawn larger by this, then scaled down
HORIZON = 0.44  # of the height

Colour: TypeAlias = tuple[float, float, float]
Points: TypeAlias = list[tuple[float, float]]
Canvas: TypeAlias = NDArray[np.float32]

PAINTS: tuple[Colour, ...] = (
    (186, 190, 194),
    (232, 233, 232),
    (44, 47, 52),
    (142, 30, 34),
    (34, 66, 120),
    (92, 98, 104),
    (36, 82, 70),
    (196, 178, 148),
    (24, 27, 40),
    (168, 92, 40),
)


@dataclass(frozen=True)
class Scene:
    """A drawn photograph: JPEG bytes, and what is on it."""

    text: str
    state: str | None
    jpeg: bytes
    plate: Box

    def picture(self, name: str = "scene") -> Picture:
        return open_picture(self.jpeg, name)


@dataclass(frozen=True)
class _Light:
    """The light of the hour."""

    sky_top: Colour
    sky_low: Colour
    ambient: float
    haze: Colour
    lamps: bool


DAY = _Light((92, 142, 202), (214, 228, 238), 1.0, (206, 218, 226), lamps=False)
DUSK = _Light((30, 38, 76), (222, 140, 96), 0.5, (120, 92, 104), lamps=True)


def draw_scene(text: str, state: str | None = None, seed: int = 0, *, dusk: bool | None = None) -> Scene:
    """A street scene with the rear of one car and its plate. Without `dusk` the seed decides."""
    chance = np.random.default_rng([seed, 427])
    light = DUSK if (chance.random() < 0.35 if dusk is None else dusk) else DAY
    canvas: Canvas = np.zeros((round(HEIGHT * FINER), round(WIDTH * FINER), 3), dtype=np.float32)
    _sky(canvas, light, chance)
    _street(canvas, light, chance)
    box = _car(canvas, light, chance, draw_plate(text, state))
    jpeg, seen = _photograph(canvas, box, light, chance)
    return Scene(text, state, jpeg, seen)


@dataclass(frozen=True)
class Road:
    """A road without cars: pixels (720 x 1280 x 3), and where it vanishes."""

    pixels: NDArray[np.uint8]
    vanishing: tuple[float, float]


@dataclass(frozen=True)
class CarAlone:
    """A car without a street, seen from behind or before: colours times cover, and the cover (0..255) as a fourth channel. The box is
    where its plate is; `wide` is the car's own width, both in pixels of this picture.
    """

    pixels: NDArray[np.uint8]
    plate: Box
    wide: float


def draw_road(seed: int, *, dusk: bool) -> Road:
    """A road of two lanes to both sides of a dashed line, at the middle of the picture."""
    chance = np.random.default_rng([seed, 911])
    light = DUSK if dusk else DAY
    canvas: Canvas = np.zeros((round(HEIGHT * FINER), round(WIDTH * FINER), 3), dtype=np.float32)
    _sky(canvas, light, chance)
    middle = _street(canvas, light, chance, lines=(0.0,))
    drawn = Image.fromarray(canvas.clip(0, 255).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    return Road(np.asarray(drawn), (middle / FINER, HEIGHT * HORIZON))


def draw_car(text: str, state: str | None, seed: int, *, dusk: bool, coming: bool) -> CarAlone:
    """One car: its rear, or its front when it is coming. Drawn twice, on black and on white: the difference is what shines through."""
    light = DUSK if dusk else DAY
    sheets: list[Canvas] = []
    box = Box(0, 0, 0, 0)
    for ground in (0.0, 255.0):
        canvas: Canvas = np.full((round(HEIGHT * FINER), round(WIDTH * FINER), 3), ground, dtype=np.float32)
        box = _car(canvas, light, np.random.default_rng([seed, 427]), draw_plate(text, state), coming=coming)
        sheets.append(canvas)
    black, white = sheets
    cover = (255.0 - (white - black).mean(axis=2, keepdims=True)).clip(0, 255)
    cover[cover < 3] = 0
    rows, columns = np.nonzero(cover[..., 0])
    top, left = int(rows.min()), int(columns.min())
    whole = np.concatenate([np.minimum(black.clip(0, 255), cover), cover], axis=2)[top : rows.max() + 1, left : columns.max() + 1]
    return CarAlone(whole.astype(np.uint8), Box(box.x - left, box.y - top, box.width, box.height), box.width / 0.205)


def write_scenes(folder: Path, plates: Iterable[tuple[str, str | None]], *, seed: int = 0) -> list[Path]:
    """One scene for each (text, state) as `0001.jpg`, ..., and `truth.jsonl` beside them. File names tell no plate."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for number, (text, state) in enumerate(plates, start=1):
            scene = draw_scene(text, state, seed + number)
            path = folder / f"{number:04}.jpg"
            path.write_bytes(scene.jpeg)
            written.append(path)
            box = [round(each, 1) for each in (scene.plate.x, scene.plate.y, scene.plate.width, scene.plate.height)]
            truth.write(json.dumps({"image": path.name, "boxes": [box], "plates": [text], "states": [state]}) + "\n")
    return written


# Drawing -----------------------------------------------------------------------------------------------------------------


def _paint(
    canvas: Canvas, points: Points, colour: Colour | Canvas, *, round_by: float = 0.0, soft: float = 0.0, opacity: float = 1.0
) -> None:
    """Fill a polygon. `round_by` rounds its corners, `soft` blurs its edge; a second colour array fades over the box."""
    margin = round(2 * max(round_by, soft)) + 2
    height, width = canvas.shape[:2]
    left, top = (max(0, math.floor(min(p[i] for p in points)) - margin) for i in (0, 1))
    right = min(width, math.ceil(max(x for x, _ in points)) + margin)
    bottom = min(height, math.ceil(max(y for _, y in points)) + margin)
    if right <= left or bottom <= top:
        return
    mask = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=255)
    if round_by:
        mask = mask.filter(ImageFilter.GaussianBlur(round_by)).point(lambda value: max(0, min(255, (value - 127) * 24 + 127)))
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(soft))
    cover = (np.asarray(mask, dtype=np.float32) / 255 * opacity)[..., None]
    part = canvas[top:bottom, left:right]
    if isinstance(colour, np.ndarray):
        fade = Image.fromarray(colour.clip(0, 255).astype(np.uint8)).resize((right - left, bottom - top), Image.Resampling.BICUBIC)
        paint = np.asarray(fade, dtype=np.float32)
    else:
        paint = np.array(colour, dtype=np.float32)
    part += (paint - part) * cover


def _fade(*rows: Colour, by: float = 1.0) -> Canvas:
    """A colour that changes from top to bottom."""
    column = np.array(rows, dtype=np.float32)[:, None, :] * by
    return np.repeat(column, 2, axis=1).astype(np.float32)


def _rect(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _disc(x: float, y: float, across: float, high: float | None = None) -> Points:
    high = across if high is None else high
    return [(x + across * math.cos(a / 16 * math.pi), y + high * math.sin(a / 16 * math.pi)) for a in range(32)]


def _clouds(chance: np.random.Generator, rows: int, columns: int, size: tuple[int, int]) -> Canvas:
    """Soft noise of a given coarseness, 0 to 1."""
    coarse = Image.fromarray((chance.random((rows, columns)) * 255).astype(np.uint8))
    soft: Canvas = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=np.float32) * np.float32(1 / 255)
    return soft


def _times(colour: Colour, by: float) -> Colour:
    return colour[0] * by, colour[1] * by, colour[2] * by


def _towards(colour: Colour, other: Colour, share: float) -> Colour:
    a, b, c = (one + (two - one) * share for one, two in zip(colour, other, strict=True))
    return a, b, c


# The street --------------------------------------------------------------------------------------------------------------


def _sky(canvas: Canvas, light: _Light, chance: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    horizon = round(height * HORIZON) + 4
    down = (np.linspace(0, 1, horizon, dtype=np.float32) ** (1.4 if light.lamps else 0.9))[:, None, None]
    canvas[:horizon] = np.array(light.sky_top) * (1 - down) + np.array(light.sky_low) * down
    grains = ((0.5, 4, 7), (0.26, 9, 18), (0.15, 20, 44), (0.09, 44, 100))
    cloud = np.zeros((horizon, width), dtype=np.float32)
    for share, rows, columns in grains:
        cloud += share * _clouds(chance, rows, columns, (width, horizon))
    cloud = ((cloud - 0.47) * 4.5 * np.linspace(1, 0.5, horizon)[:, None]).clip(0, 0.8)[..., None] * (0.55 if light.lamps else 0.9)
    white = np.array((214, 150, 138) if light.lamps else (250, 251, 252), dtype=np.float32)
    canvas[:horizon] += (white - canvas[:horizon]) * cloud


def _street(canvas: Canvas, light: _Light, chance: np.random.Generator, lines: tuple[float, ...] = (-0.34, 0.42)) -> float:
    """Draws it, with dashed lines at these shares of the width from the middle; returns where the middle is."""
    height, width = canvas.shape[:2]
    horizon, middle = height * HORIZON, width * (0.5 + 0.06 * (float(chance.random()) - 0.5))
    _trees(canvas, light, chance, horizon)
    ground = _times((112, 128, 92), light.ambient)
    _paint(canvas, _rect(0, horizon, width, height), _fade(_towards(ground, light.haze, 0.35), ground, _times(ground, 0.85)))
    for side in (-1, 1):
        _houses(canvas, light, chance, side, (middle, horizon))
    road, walk = _times((104, 105, 108), light.ambient * 0.95), _times((168, 165, 158), light.ambient)
    for share, colour in ((1.16, walk), (0.98, _times(walk, 0.72)), (0.95, road)):
        edges = [(middle - 26, horizon), (middle + 26, horizon), (middle + share * width, height), (middle - share * width, height)]
        far = _towards(colour, light.haze, 0.45)
        _paint(canvas, edges, _fade(far, colour, colour, _times(colour, 0.82)), soft=1)
    _asphalt(canvas, chance, horizon)
    line = _times((226, 222, 206), 0.35 + 0.6 * light.ambient)
    for lane in lines:
        for dash in range(7):
            near, far = 0.5 ** (dash * 0.72), 0.5 ** (dash * 0.72 + 0.34)
            points = [
                (middle + lane * 2 * width * at * 0.96 + thick * at, horizon + (height - horizon) * at * 1.25)
                for at, thick in ((far, -9), (far, 9), (near, 9), (near, -9))
            ]
            _paint(canvas, points, line, soft=0.8, opacity=0.75)
    _lamp_post(canvas, light, chance, horizon)
    return float(middle)


def _trees(canvas: Canvas, light: _Light, chance: np.random.Generator, horizon: float) -> None:
    width = canvas.shape[1]
    for depth, tall in ((0.62, 78), (0.3, 52)):
        green = _towards(_times((66, 92, 58), light.ambient * 0.9), light.haze, depth)
        row = _clouds(chance, 1, 34, (width // 4, 1))[0] * 0.6 + _clouds(chance, 1, 110, (width // 4, 1))[0] * 0.4
        tops = [(at * 4.0, horizon - tall * FINER * float(0.35 + up)) for at, up in enumerate(row)]
        _paint(canvas, [*tops, (width, horizon + 6), (0, horizon + 6)], green, soft=1.2)


def _houses(canvas: Canvas, light: _Light, chance: np.random.Generator, side: int, vanishing: tuple[float, float]) -> None:
    """A row of houses along one side, near ones larger."""
    width, (middle, horizon) = canvas.shape[1], vanishing
    for depth in range(4, -1, -1):
        near = 0.56**depth
        inner, outer = (middle + side * width * share * near for share in (0.3, 0.72))
        left, right = sorted((inner, outer))
        top = horizon - (0.24 + 0.1 * chance.random()) * canvas.shape[0] * near
        wall: Colour = ((178, 150, 128), (196, 188, 172), (158, 164, 168), (170, 122, 98))[int(chance.integers(4))]
        wall = _towards(_times(wall, light.ambient * 0.9), light.haze, 0.1 + 0.12 * depth)
        foot = horizon + 0.1 * canvas.shape[0] * near
        _paint(canvas, _rect(left, top, right, foot), _fade(_times(wall, 1.05), _times(wall, 0.8)), soft=0.6)
        _paint(canvas, _rect(left - 8 * near, top - 16 * near, right + 8 * near, top + 4), _times(wall, 0.55), soft=0.6)
        across, high = (right - left) / 5, (foot - top) / 3.3
        for column in range(4):
            for row in range(2):
                x, y = left + across * (column + 0.72), top + high * (row * 1.25 + 0.5)
                lit = light.lamps and chance.random() < 0.55
                glass: Colour = (250, 206, 128) if lit else _times((98, 116, 132), light.ambient)
                _paint(canvas, _rect(x - 4 * near, y - 4 * near, x + across * 0.6, y + high * 0.8), _times(wall, 1.25), soft=0.5)
                _paint(canvas, _rect(x, y, x + across * 0.6 - 4 * near, y + high * 0.8 - 4 * near), glass, soft=0.5)


def _asphalt(canvas: Canvas, chance: np.random.Generator, horizon: float) -> None:
    height, width = canvas.shape[:2]
    rows = height - round(horizon)
    grain = chance.normal(0, 3.2, (rows, width)).astype(np.float32)
    patches = (_clouds(chance, 9, 12, (width, rows)) - 0.5) * 12
    canvas[-rows:] += (grain + patches)[..., None] * np.linspace(0.2, 1.2, rows, dtype=np.float32)[:, None, None]


def _lamp_post(canvas: Canvas, light: _Light, chance: np.random.Generator, horizon: float) -> None:
    height, width = canvas.shape[:2]
    side = 1 if chance.random() < 0.5 else -1
    x = width * (0.5 + side * (0.3 + 0.06 * chance.random()))
    top, steel = height * 0.05, _times((84, 88, 92), 0.4 + 0.5 * light.ambient)
    _paint(canvas, _rect(x - 5, top, x + 5, horizon + 0.12 * height), steel, soft=0.8)
    _paint(canvas, _rect(min(x, x - side * 96), top, max(x, x - side * 96), top + 8), steel, soft=0.8)
    head = x - side * 96
    _paint(canvas, _rect(head - 30, top, head + 30, top + 13), steel, round_by=4)
    if light.lamps:
        for across, opacity in ((150, 0.16), (70, 0.3), (26, 0.8)):
            _paint(canvas, _disc(head, top + 18, across), (255, 226, 170), soft=across * 0.45, opacity=opacity)


# The car -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """Where the car stands: its parts are drawn in shares of its width and height."""

    left: float
    top: float
    wide: float
    tall: float
    waist: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.wide, self.top + y * self.tall

    def whole(self, points: Points) -> Points:
        return [self.at(x, y) for x, y in points]

    def both(self, points: Points) -> list[Points]:
        """The part, and its mirror image on the other side."""
        return [self.whole(points), [self.at(1 - x, y) for x, y in points]]


STYLES = {"sedan": (0.72, 0.03, 0.42, 0.235), "sport utility": (0.9, 0.02, 0.4, 0.15), "hatchback": (0.8, 0.02, 0.42, 0.19)}
"""Height by width, then where the roof, the waist and the side of the cabin are."""


def _car(canvas: Canvas, light: _Light, chance: np.random.Generator, plate: Image.Image, *, coming: bool = False) -> Box:
    """The rear of a car (or its front), back to front; the box is where its plate went."""
    height, width = canvas.shape[:2]
    wide = (560 + 90 * float(chance.random())) * FINER
    slim, roof, waist, inset = list(STYLES.values())[int(chance.integers(len(STYLES)))]
    left = (width - wide) / 2 + (float(chance.random()) - 0.5) * 200 * FINER
    top = height * (0.93 - 0.02 * float(chance.random())) - wide * slim
    car = _Frame(left, top, wide, wide * slim, waist)
    paint = _times(PAINTS[int(chance.integers(len(PAINTS)))], 0.25 + 0.75 * light.ambient)
    if light.lamps:
        paint = _towards(paint, (150, 96, 92), 0.12)
    _paint(canvas, _disc(*car.at(0.5, 0.985), wide * 0.56, car.tall * 0.06), (8, 8, 10), soft=wide * 0.025, opacity=0.75)
    for tyre in car.both(_rect(0.055, 0.7, 0.2, 1.0)):
        _paint(canvas, tyre, _fade((16, 16, 17), (34, 34, 36), (14, 14, 15)), round_by=wide * 0.014)
    for mirror in car.both(_rect(-0.035, waist - 0.05, 0.06, waist + 0.03)):
        _paint(canvas, mirror, _fade(paint, _times(paint, 0.6)), round_by=wide * 0.014)
    _cabin(canvas, light, car, paint, (roof, inset))
    _tail(canvas, light, car, paint)
    if coming:
        _front(canvas, light, car, paint)
    else:
        _lights(canvas, light, car)
    _bumper(canvas, light, car, paint)
    return _plate_in_its_recess(canvas, light, car, paint, plate)


def _cabin(canvas: Canvas, light: _Light, car: _Frame, paint: Colour, shape: tuple[float, float]) -> None:
    (roof, inset), waist, wide = shape, car.waist, car.wide
    low = waist + 0.1
    outline = [
        (0.075, low),
        (inset, roof + 0.03),
        (inset + 0.05, roof),
        (0.95 - inset, roof),
        (1 - inset, roof + 0.03),
        (0.925, low),
    ]
    shine = _towards(paint, light.sky_low, 0.5)
    _paint(canvas, car.whole(outline), _fade(shine, paint, _times(paint, 0.86)), round_by=wide * 0.02)
    glass = [(inset + 0.035, roof + 0.055), (0.965 - inset, roof + 0.055), (0.895, waist - 0.025), (0.105, waist - 0.025)]
    deep = _times((36, 44, 52), 0.4 + 0.6 * light.ambient)
    _paint(canvas, car.whole(glass), _fade(_towards(deep, light.sky_low, 0.5), deep, _times(deep, 0.7)), round_by=wide * 0.012)
    gleam = [(inset + 0.1, roof + 0.07), (inset + 0.24, roof + 0.07), (0.32, waist - 0.05), (0.16, waist - 0.05)]
    _paint(canvas, car.whole(gleam), light.sky_low, soft=wide * 0.014, opacity=0.16)
    for seat in car.both(_rect(0.27, waist - 0.16, 0.39, waist - 0.03)):
        _paint(canvas, seat, (14, 15, 17), round_by=wide * 0.012, soft=2, opacity=0.55)
    _paint(canvas, car.whole(_rect(0.4, roof + 0.062, 0.6, roof + 0.082)), (150, 24, 24), round_by=3)


def _tail(canvas: Canvas, light: _Light, car: _Frame, paint: Colour) -> None:
    """The sheet metal with the lid and its seams."""
    waist = car.waist
    half = [(0.08, waist), (0.03, waist + 0.05), (0.005, 0.62), (0.015, 0.86)]
    outline = half + [(1 - x, y) for x, y in reversed(half)]
    body = [
        _towards(paint, light.sky_low, 0.62),
        _towards(paint, light.sky_low, 0.12),
        paint,
        _times(paint, 0.92),
        _times(paint, 0.7),
    ]
    _paint(canvas, car.whole(outline), _fade(*body), round_by=car.wide * 0.022)
    seams = [_rect(0.2, 0.735, 0.8, 0.739), _rect(0.2, waist + 0.012, 0.8, waist + 0.016)]
    for seam in (*map(car.whole, seams), *car.both(_rect(0.198, waist + 0.03, 0.201, 0.735))):
        _paint(canvas, seam, _times(paint, 0.45), soft=1.2, opacity=0.8)


def _bumper(canvas: Canvas, light: _Light, car: _Frame, paint: Colour) -> None:
    """The bumper, the dark skirt under it, reflectors and exhausts."""
    bumper = [(0.01, 0.745), (0.99, 0.745), (0.995, 0.82), (0.975, 0.9), (0.025, 0.9), (0.005, 0.82)]
    metal = _fade(_towards(paint, light.sky_low, 0.35), paint, _times(paint, 0.72))
    _paint(canvas, car.whole(bumper), metal, round_by=car.wide * 0.018)
    skirt = [(0.08, 0.875), (0.92, 0.875), (0.9, 0.945), (0.86, 0.96), (0.14, 0.96), (0.1, 0.945)]
    dark = _times((24, 25, 27), 0.5 + 0.5 * light.ambient)
    _paint(canvas, car.whole(skirt), _fade(_times(dark, 1.5), dark), round_by=car.wide * 0.012)
    for reflector in car.both(_rect(0.09, 0.845, 0.19, 0.862)):
        _paint(canvas, reflector, (150, 26, 26), round_by=3)
    for pipe in car.both(_disc(0.215, 0.93, 0.032, 0.02)):
        _paint(canvas, pipe, _fade((168, 170, 172), (90, 92, 94)), soft=0.8)
    for hollow in car.both(_disc(0.215, 0.931, 0.024, 0.014)):
        _paint(canvas, hollow, (18, 18, 18), soft=0.8)


def _plate_in_its_recess(canvas: Canvas, light: _Light, car: _Frame, paint: Colour, plate: Image.Image) -> Box:
    across = 0.205 * car.wide
    x, y = car.at(0.5, 0.64)
    recess = _rect(x - across * 0.66, y - across * 0.36, x + across * 0.66, y + across * 0.34)
    _paint(canvas, recess, _fade(_times(paint, 0.4), _times(paint, 0.66)), round_by=car.wide * 0.01)
    handle = _rect(x - across * 0.72, y - across * 0.41, x + across * 0.72, y - across * 0.335)
    _paint(canvas, handle, _fade((214, 216, 218), (120, 122, 126), by=0.35 + 0.6 * light.ambient), round_by=3)
    box = Box(x - across / 2, y - across / 4, across, across / 2)
    _mount(canvas, plate, box, light)
    return box


def _lights(canvas: Canvas, light: _Light, car: _Frame) -> None:
    """Tail lights on both sides; they glow at dusk."""
    both, waist, wide = car.both, car.waist, car.wide
    shape = [(0.015, waist + 0.075), (0.06, waist + 0.045), (0.2, waist + 0.055), (0.185, waist + 0.16), (0.02, waist + 0.2)]
    red: Colour = (255, 62, 48) if light.lamps else (172, 22, 26)
    for lamp in both(shape):
        _paint(canvas, lamp, _fade(_times(red, 0.95), red, _times(red, 0.62)), round_by=wide * 0.01)
    for inner in both(_rect(0.07, waist + 0.118, 0.17, waist + 0.146)):
        _paint(canvas, inner, (236, 228, 220) if not light.lamps else (255, 190, 170), round_by=4, opacity=0.85)
    for bar in both([(0.035, waist + 0.09), (0.185, waist + 0.075), (0.183, waist + 0.088), (0.037, waist + 0.104)]):
        _paint(canvas, bar, (255, 120, 100), soft=1.5, opacity=0.55)
    if light.lamps:
        for glow in both(_disc(0.1, waist + 0.12, 0.1, 0.09)):
            _paint(canvas, glow, (255, 70, 50), soft=wide * 0.045, opacity=0.5)


def _front(canvas: Canvas, light: _Light, car: _Frame, paint: Colour) -> None:
    """Headlights on both sides and the grille between them."""
    waist, wide = car.waist, car.wide
    _paint(
        canvas, car.whole(_rect(0.26, waist + 0.07, 0.74, waist + 0.17)), _fade((46, 48, 52), (16, 17, 19)), round_by=wide * 0.01
    )
    for bar in range(3):
        y = waist + 0.085 + 0.026 * bar
        _paint(canvas, car.whole(_rect(0.27, y, 0.73, y + 0.008)), _towards(paint, (200, 204, 208), 0.7), soft=1)
    shape = [(0.03, waist + 0.08), (0.08, waist + 0.05), (0.23, waist + 0.07), (0.21, waist + 0.15), (0.04, waist + 0.17)]
    glass: Colour = (255, 250, 232) if light.lamps else (196, 204, 212)
    for lamp in car.both(shape):
        _paint(canvas, lamp, _fade(_times(glass, 0.8), glass, _times(glass, 0.7)), round_by=wide * 0.01)
    for bulb in car.both(_disc(0.14, waist + 0.11, 0.03, 0.03)):
        _paint(canvas, bulb, (255, 255, 250) if light.lamps else (232, 236, 240), soft=2)
    if light.lamps:
        for glow in car.both(_disc(0.13, waist + 0.11, 0.11, 0.1)):
            _paint(canvas, glow, (255, 246, 214), soft=wide * 0.04, opacity=0.6)


def _mount(canvas: Canvas, plate: Image.Image, box: Box, light: _Light) -> None:
    """Put the plate in its place, in the shadow of the handle; at dusk two small lamps light it."""
    left, top, across, high = round(box.x), round(box.y), round(box.width), round(box.height)
    small = np.asarray(plate.resize((across, high), Image.Resampling.LANCZOS), dtype=np.float32)
    shade = np.linspace(0.84, 1.0, high, dtype=np.float32)[:, None, None] * (0.42 + 0.56 * light.ambient)
    if light.lamps:
        x = np.linspace(-1, 1, across, dtype=np.float32)
        lamps = np.exp(-((x - 0.45) ** 2) * 5) + np.exp(-((x + 0.45) ** 2) * 5)
        shade = shade + (lamps[None, :] * np.linspace(0.26, 0.04, high, dtype=np.float32)[:, None])[..., None]
    part = canvas[top : top + high, left : left + across]
    part += (small[..., :3] * shade - part) * (small[..., 3:] / 255)


def _photograph(canvas: Canvas, box: Box, light: _Light, chance: np.random.Generator) -> tuple[bytes, Box]:
    """What the camera adds: tilt, softness, a darker rim, noise, JPEG. The box is where the plate is on the photograph."""
    drawn = Image.fromarray(canvas.clip(0, 255).astype(np.uint8))
    tilt = max(-1.2, min(1.2, float(chance.normal(0, 0.7))))
    zoom = 1.05  # hides the corners that the tilt leaves empty
    drawn = drawn.rotate(tilt, Image.Resampling.BICUBIC)
    edge_x, edge_y = drawn.width * (1 - 1 / zoom) / 2, drawn.height * (1 - 1 / zoom) / 2
    drawn = drawn.resize(
        (WIDTH, HEIGHT), Image.Resampling.LANCZOS, box=(edge_x, edge_y, drawn.width - edge_x, drawn.height - edge_y)
    )
    drawn = drawn.filter(ImageFilter.GaussianBlur(0.35 + 0.3 * float(chance.random())))
    seen = np.asarray(drawn, dtype=np.float32)
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    seen = seen * (1.04 - 0.2 * (x**2 + y**2) / 2)[..., None] + chance.normal(0, 4.5 if light.lamps else 2.2, seen.shape)
    file = BytesIO()
    Image.fromarray(seen.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    centre_x, centre_y = canvas.shape[1] / 2, canvas.shape[0] / 2
    turn = math.radians(-tilt)
    from_x, from_y = box.centre[0] - centre_x, box.centre[1] - centre_y
    to_x, to_y = from_x * math.cos(turn) - from_y * math.sin(turn), from_x * math.sin(turn) + from_y * math.cos(turn)
    scale = zoom / FINER
    across, high = box.width * scale, box.height * scale
    return file.getvalue(), Box(WIDTH / 2 + to_x * scale - across / 2, HEIGHT / 2 + to_y * scale - high / 2, across, high)
