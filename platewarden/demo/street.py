"""A street as a fixed camera films it: cars with made-up plates that come and go in two lanes, frame by frame.

It stands in for video in tests and measurements, where no real plate may be used. The same seed gives the same film, and with it
the truth: which plate was where in which frame, how much of it was hidden, and from which frame to which it could be read.

Notable choices:

- A camera 1.7 m above the road, with a lens of about 35 degrees; sizes and ways follow from distance alone. In the right lane
  cars go away and show their rear, in the left lane they come and show their front. Some stop for a few seconds.
- What makes it hard is what does on a road: distance, a shutter that is open while the car moves, noise, dusk, H.264, the car
  behind, a post at the kerb, people who walk past the lens, two cars side by side whose plates differ in one character.
- One frame at a time: a car is drawn when it comes into view and forgotten when it has gone.
- Cars cut out of photographs may drive instead (`demo/photographed.py`). Then the camera is in a car: it sways and shakes with it, and its
  exposure goes up and down, at times too far. All else is the same, the rule of what is readable too.
- A plate counts as readable in a frame where it is at least `LEAST_WIDE` pixels wide, wholly inside, not hidden, and not smeared
  by more than an eighth of its height; that is geometry, and asks no reader.

Known gap: a drawn car is kinder than a real one. What recognition can read is measured on photographs (`platewarden measure`). Behind a
camera in a car the road does not stream past: it only shakes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from platewarden.demo.photographed import LEAST_WIDE, CarPhotograph
from platewarden.demo.plates import LOOKS
from platewarden.demo.scenes import HEIGHT, WIDTH, CarAlone, draw_car, draw_road
from platewarden.recognition.result import Box

__all__ = ["LEAST_WIDE", "Passing", "Street", "film", "how_filmed"]

Pixels: TypeAlias = NDArray[np.uint8]

FOCAL, ABOVE = 2000.0, 1.7  # pixels; metres
CAR_WIDE, LANE = 1.85, 1.75  # metres; of a lane's middle from the road's
NEAR, FAR = 5.5, 62.0  # metres: out of view below, and a dot
HIDDEN = 0.02
SMEARED = 0.125
LETTERS, DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
PATTERNS = ("LLLDDDD", "LLDDDDD", "DLLLDDD", "LLLDDD")


@dataclass
class Passing:
    """One car that passes, and the truth about it. Frames are counted from 0."""

    text: str
    state: str
    coming: bool
    begins_s: float
    speed: float
    seed: int
    aside: float
    stops_s: float = 0.0
    stops_at: float = 0.0
    photograph: CarPhotograph | None = None
    """Where the car is cut out, when it is not drawn."""
    boxes: dict[int, tuple[float, float, float, float]] = field(default_factory=dict)
    """Where its plate was: x, y, width, height in pixels, in every frame where a part of it was in the picture."""
    readable: list[int] = field(default_factory=list)
    """The frames in which it could be read."""

    def distance(self, at_s: float) -> float | None:
        """Metres from the camera; None when it is not in view."""
        gone_s = at_s - self.begins_s
        if gone_s < 0:
            return None
        stop_s = self.stops_at / self.speed
        if gone_s > stop_s:
            gone_s = max(stop_s, gone_s - self.stops_s)
        way = gone_s * self.speed
        if way > FAR - NEAR:
            return None
        return FAR - way if self.coming else NEAR + way


@dataclass(frozen=True)
class _Stand:
    """A car in one frame."""

    passing: Passing
    left: float
    top: float
    scale: float
    plate: Box
    smear: float
    body: Box


class Street:
    """One camera's film: `passages` cars in `seconds`, at `fps` frames a second; with `photographs`, one car for each of them."""

    def __init__(
        self,
        seed: int,
        *,
        seconds: float,
        passages: int = 0,
        fps: int = 15,
        night: bool = False,
        photographs: Sequence[CarPhotograph] = (),
    ) -> None:
        self.fps, self.frames_count, self._night, self._seed = fps, round(seconds * fps), night, seed
        self._chance = np.random.default_rng([seed, 1742])
        self._road = draw_road(seed, dusk=night)
        self._ground = self._road.pixels if not night else (self._road.pixels * 0.72).astype(np.uint8)
        self.passings = self._plan(seconds, len(photographs) or passages)
        for passing, photograph in zip(self.passings, photographs, strict=False):
            passing.photograph, passing.text = photograph, photograph.text
        self._in_car = bool(photographs)
        self._cars: dict[int, tuple[CarAlone, Image.Image]] = {}
        self._shutter_s = 1 / 200 if night else 1 / 500
        self._noise = self._chance.normal(0, 6.0 if night else 2.5, (8, HEIGHT, WIDTH)).astype(np.int8)
        self._post_x = self._road.vanishing[0] + 300 + 40 * float(self._chance.random())
        self._walker = _walker(night=night)
        self._phases = np.random.default_rng([seed, 9]).random(5) * 2 * math.pi

    def frames(self) -> Iterator[Pixels]:
        """Every frame, 720 x 1280 x 3; the truth in `passings` grows with them."""
        for number in range(self.frames_count):
            yield self._frame(number)

    # The plan ------------------------------------------------------------------------------------------------------------

    def _plan(self, seconds: float, passages: int) -> list[Passing]:
        chance = self._chance
        planned: list[Passing] = []
        longest_s = (FAR - NEAR) / 8.0
        for coming in (False, True):
            count = passages // 2 + (passages % 2 if not coming else 0)
            mean_s = max(1.7, (seconds - longest_s) / max(1, count))
            lane_speed = 11.0 + 2.0 * float(chance.random())
            at_s = 0.3 * float(chance.random())
            for _ in range(count):
                stops = chance.random() < 0.06 and mean_s > 6
                one = Passing(
                    text=self._text(planned),
                    state=str(chance.choice(sorted(LOOKS))),
                    coming=coming,
                    begins_s=at_s,
                    speed=lane_speed * (0.95 + 0.1 * float(chance.random())),
                    seed=int(chance.integers(1 << 30)),
                    aside=(LANE if not coming else -LANE) + 0.3 * float(chance.normal()),
                    stops_s=1.0 + 3.0 * float(chance.random()) if stops else 0.0,
                    stops_at=(4.0 + 6.0 * float(chance.random())) if not coming else 44.0 + 6.0 * float(chance.random()),
                )
                planned.append(one)
                at_s += max(1.7, mean_s * (0.55 + 0.9 * float(chance.random()))) + one.stops_s
            last = [each for each in planned if each.coming is coming]
            if last and last[-1].begins_s > seconds - longest_s:
                squeeze = max(0.0, seconds - longest_s) / last[-1].begins_s
                for each in last:
                    each.begins_s *= squeeze
        return sorted(planned, key=lambda each: each.begins_s)

    def _text(self, planned: list[Passing]) -> str:
        chance = self._chance
        taken = {each.text for each in planned}
        if planned and chance.random() < 0.06:  # one character off another car's
            other = planned[int(chance.integers(len(planned)))].text
            place = int(chance.integers(len(other)))
            pool = DIGITS if other[place] in DIGITS else LETTERS
            text = other[:place] + str(chance.choice([each for each in pool if each != other[place]])) + other[place + 1 :]
            if text not in taken:
                return text
        while True:
            pattern = str(chance.choice(PATTERNS))
            text = "".join(str(chance.choice(list(LETTERS if each == "L" else DIGITS))) for each in pattern)
            if text not in taken:
                return text

    # One frame -----------------------------------------------------------------------------------------------------------

    def _frame(self, number: int) -> Pixels:
        at_s = number / self.fps
        picture = self._ground.copy() if not self._in_car else _moved(self._ground, *self._sway(at_s))
        stands = self._stands(at_s)
        for stand in stands:
            _put(picture, self._cars[stand.passing.seed][1], stand.left, stand.top, scale=stand.scale, smear=stand.smear)
        hiding = [*self._before_the_lens(picture, at_s)]
        for place, stand in enumerate(stands):
            box = stand.plate
            if box.x + box.width <= 0 or box.x >= WIDTH or box.y >= HEIGHT:
                continue
            stand.passing.boxes[number] = (round(box.x, 1), round(box.y, 1), round(box.width, 1), round(box.height, 1))
            inside = box.x > 2 and box.y > 2 and box.x + box.width < WIDTH - 2 and box.y + box.height < HEIGHT - 2
            hidden = max((_share(box, other) for other in [*hiding, *(each.body for each in stands[place + 1 :])]), default=0.0)
            if inside and box.width >= LEAST_WIDE and hidden <= HIDDEN and stand.smear <= SMEARED * box.height:
                stand.passing.readable.append(number)
        if self._in_car:
            picture[:] = self._exposure(at_s)[picture]
        return picture

    def _sway(self, at_s: float) -> tuple[float, float]:
        """How far the camera points aside and down, in pixels: the car's body on its springs, and the engine and the road through it."""
        if not self._in_car:
            return 0.0, 0.0
        turn, a, b, c, d = 2 * math.pi * at_s, *self._phases[:4]
        across = 3.0 * math.sin(0.9 * turn + a) + 0.7 * math.sin(8.7 * turn + b)
        return across, 4.0 * math.sin(1.6 * turn + c) + 1.2 * math.sin(11.3 * turn + d)

    def _exposure(self, at_s: float) -> Pixels:
        """What the sensor makes of each brightness: slowly lighter and darker, and every eleven seconds too light, as out of a tunnel."""
        gain = 1.0 + 0.2 * math.sin(2 * math.pi * at_s / 7.0 + self._phases[4]) + 0.5 * math.exp(-(at_s % 11.0) / 0.3)
        return (np.arange(256) * gain).clip(0, 255).astype(np.uint8)

    def _stands(self, at_s: float) -> list[_Stand]:
        """The cars in view, far before near; those that are new are drawn, those that have gone forgotten."""
        seen = [(distance, each) for each in self.passings if (distance := each.distance(at_s)) is not None]
        for gone in self._cars.keys() - {each.seed for _, each in seen}:
            del self._cars[gone]
        stands = []
        across, down = self._sway(at_s)
        shaken = abs(down - self._sway(at_s - self._shutter_s)[1])
        for distance, each in sorted(seen, key=lambda pair: -pair[0]):
            if each.seed not in self._cars:
                drawn = (
                    draw_car(each.text, each.state, each.seed, dusk=self._night, coming=each.coming)
                    if each.photograph is None
                    else each.photograph.car()
                )
                self._cars[each.seed] = drawn, _as_layer(drawn.pixels)
            car = self._cars[each.seed][0]
            metre = FOCAL / distance
            scale = CAR_WIDE * metre / car.wide
            middle = self._road.vanishing[0] + each.aside * metre + across
            bottom = self._road.vanishing[1] + ABOVE * metre + down
            left, top = middle - (car.plate.x + car.plate.width / 2) * scale, bottom - car.pixels.shape[0] * scale
            plate = Box(left + car.plate.x * scale, top + car.plate.y * scale, car.plate.width * scale, car.plate.height * scale)
            before = each.distance(at_s - self._shutter_s)
            moved = (abs(ABOVE * (FOCAL / before - metre)) if before else 0.0) + shaken
            high, wide = car.pixels.shape[0] * scale, car.wide * scale
            stands.append(
                _Stand(each, left, top, scale, plate, moved, Box(middle - 0.48 * wide, top + 0.06 * high, 0.96 * wide, high))
            )
        return stands

    def _before_the_lens(self, picture: Pixels, at_s: float) -> Iterator[Box]:
        """A post at the kerb, out of focus, and every now and then somebody who walks past."""
        left = round(self._post_x)
        part = picture[:, left : left + 26].astype(np.float32)
        fade = np.minimum(1.0, np.minimum(np.arange(26), 25 - np.arange(26)) / 7.0)[None, :, None]
        picture[:, left : left + 26] = (part + (np.float32(20 if self._night else 46) - part) * fade).astype(np.uint8)
        yield Box(left, 0, 26, HEIGHT)
        turn, into_s = divmod(at_s + self._seed % 7, 23.0)
        x = -220 + 520 * into_s if int(turn) % 2 == 0 else WIDTH + 20 - 520 * into_s
        if -200 < x < WIDTH:
            wide, high = self._walker.size
            _put(picture, self._walker, x, HEIGHT - high + 6 * math.sin(9 * at_s))
            yield Box(x + 0.14 * wide, HEIGHT - high, 0.72 * wide, high)

    def shot(self, picture: Pixels, number: int) -> av.VideoFrame:
        """The frame as the sensor gives it: with its noise, in the colours that H.264 wants."""
        planes = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p").to_ndarray()
        light = planes[:HEIGHT].astype(np.int16)
        light += np.roll(self._noise[number % 8], (37 * number) % HEIGHT, axis=0)
        planes[:HEIGHT] = light.clip(16, 235)
        return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def film(path: Path, street: Street) -> None:
    """Write the street to a file as H.264, a key frame every two seconds. Its truth is in `street.passings` afterwards."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=street.fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {**how_filmed(street.fps)}
        for number, picture in enumerate(street.frames()):
            container.mux(stream.encode(street.shot(picture, number)))
        container.mux(stream.encode(None))


def how_filmed(fps: int) -> dict[str, str]:
    """As a camera does it: quickly, no frame waits for a later one."""
    return {"preset": "ultrafast", "tune": "zerolatency", "crf": "25", "g": str(2 * fps), "threads": "1"}


def _moved(picture: Pixels, across: float, down: float) -> Pixels:
    """The picture pushed aside and down by whole pixels; what comes in at an edge is what was there."""
    x, y = round(across), round(down)
    high, wide = picture.shape[:2]
    rows, columns = (np.arange(high) - y).clip(0, high - 1), (np.arange(wide) - x).clip(0, wide - 1)
    pushed: Pixels = picture[rows][:, columns]
    return pushed


def _as_layer(pixels: Pixels) -> Image.Image:
    return Image.frombuffer("RGBa", (pixels.shape[1], pixels.shape[0]), pixels.tobytes(), "raw", "RGBa", 0, 1)


def _put(picture: Pixels, thing: Image.Image, left: float, top: float, *, scale: float = 1.0, smear: float = 0.0) -> None:
    """Lay a thing over the picture at a scale, smeared downwards by so many pixels. Only what is inside is touched."""
    wide, high = round(thing.width * scale), round(thing.height * scale)
    if wide < 2 or high < 2:
        return
    x, y = math.floor(left), math.floor(top)
    a, b, c, d = max(0, x), max(0, y), min(WIDTH, x + wide), min(HEIGHT, y + high)
    if c <= a or d <= b:
        return
    box = ((a - left) / scale, (b - top) / scale, (c - left) / scale, (d - top) / scale)
    box = (max(0.0, box[0]), max(0.0, box[1]), min(float(thing.width), box[2]), min(float(thing.height), box[3]))
    layer = np.asarray(thing.resize((c - a, d - b), Image.Resampling.BILINEAR, box, reducing_gap=2.0), dtype=np.float32)
    steps = round(smear)
    if steps > 0:
        layer = np.mean([np.roll(layer, step, axis=0) for step in range(steps + 1)], axis=0, dtype=np.float32)
    part = picture[b:d, a:c].astype(np.float32)
    picture[b:d, a:c] = (part * (1.0 - layer[..., 3:] / 255.0) + layer[..., :3]).clip(0, 255).astype(np.uint8)


def _walker(*, night: bool) -> Image.Image:
    """Somebody near the lens: dark, and out of focus."""
    sheet = Image.new("L", (200, 620), 0)
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((70, 20, 130, 100), fill=255)
    pen.rounded_rectangle((44, 104, 156, 400), radius=44, fill=255)
    pen.polygon([(58, 380), (142, 380), (150, 620), (112, 620), (100, 440), (84, 620), (44, 620)], fill=255)
    cover = np.asarray(sheet.filter(ImageFilter.GaussianBlur(5)), dtype=np.float32)[..., None]
    shade = np.array((14, 15, 20) if night else (52, 56, 70), dtype=np.float32)
    return _as_layer(np.concatenate([cover / 255 * shade, cover], axis=2).astype(np.uint8))


def _share(box: Box, other: Box) -> float:
    """How much of a box another one hides."""
    wide = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    high = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return max(0.0, wide) * max(0.0, high) / (box.width * box.height)
