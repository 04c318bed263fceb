"""What many frames of one vehicle are worth: clips of a made-up plate that comes nearer, read frame by frame and together.

    python -m lab.voting READER.onnx --pool POOL [--several SEVERAL.onnx] [--clips 400] [--seed 427] [--hardness 0.7]

One plate (of a file that no reader is trained on) moves along a path before a street: it grows, leans and turns slowly, and the
light drifts. A camera has one gain, one shutter and one compression for the whole clip, so how noisy and how shaken it is belongs
to the clip; which noise, which way it shook, where a drop or a light lies, and how wrong the corners are belongs to each frame. What
is wrong with the plate itself (its dies, its grey) is the same in every frame: that part no vote can mend.

Printed: the share of clips read right (O folded to 0) by the middle frame, the surest one, a plain vote, `fuse`, and `fuse` with the
frames seen at once as the unit does it (`recognition/several.py`), each with its confidence where it has one: how wrong it is on the
surest half of the clips, and how far it is from what it says.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lab import real, synth
from platewarden.recognition.decode import Spelling, agree
from platewarden.recognition.fuse import fuse
from platewarden.recognition.ocr import CharacterReader
from platewarden.recognition.picture import Pixels
from platewarden.recognition.result import Corners
from platewarden.recognition.several import SeveralFrames

Random = np.random.Generator
Quad = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of street with the plate in it, and where a detector would say that its corners are."""

    pixels: Pixels
    corners: Corners
    true: Quad
    """Where its corners really are."""


@dataclass(frozen=True, slots=True)
class Clip:
    text: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Weather:
    """What the camera makes of the whole clip: blur and shake in plate heights, noise in grey levels, JPEG quality, most spots."""

    blur: float
    shake: float
    noise: float
    quality: int
    spots: int
    night: bool


def _drift(rng: Random, frames: int, least: float, most: float) -> NDArray[np.float64]:
    """Something that changes slowly: a straight way from one value to another, with a little sway."""
    way = np.linspace(rng.uniform(least, most), rng.uniform(least, most), frames)
    return way + (most - least) * 0.06 * np.cumsum(rng.normal(0, 0.4, frames))


def film(
    rng: Random, flat: NDArray[np.uint8], text: str, aspect: float, backs: NDArray[np.uint8], hardness: float, most: int = 12
) -> Clip:
    """One clip of 8 to 12 frames; with `most`, of so many of them at most, drawn by lot."""
    count = int(rng.integers(8, 13))
    grey = synth.grey_of(rng, flat)
    back = backs[int(rng.integers(len(backs)))]
    # the approach: from far to near, or away, or alongside
    nearest = float(np.exp(rng.uniform(np.log(66), np.log(115))))
    far = nearest * rng.uniform(0.65, 0.95)
    wides = np.exp(np.linspace(np.log(far), np.log(nearest), count))
    if rng.random() < 0.4:
        wides = wides[::-1]
    squeeze, tilt, shear, slope = (
        _drift(rng, count, *between) for between in ((0.85, 1.05), (-0.09, 0.09), (-0.09, 0.09), (-0.06, 0.06))
    )
    light, contrast = _drift(rng, count, -25, 25), _drift(rng, count, 0.6, 1.0)
    night = rng.random() < 0.2
    weather = Weather(
        blur=0.015 + 0.045 * hardness * rng.random(),
        shake=abs(rng.normal(0, 0.12)) * hardness,
        noise=(2 if night else 1) + (7 if night else 14) * hardness * rng.random(),
        quality=int(rng.integers(25, 90)),
        spots=int(rng.choice((0, 0, 1, 2, 3))),
        night=night,
    )
    frames = []
    for at in range(count) if most >= count else np.sort(rng.choice(count, most, replace=False)):
        wide, high = wides[at] * squeeze[at], wides[at] / aspect
        base = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [wide / 2, high / 2]
        turn = np.array([[np.cos(tilt[at]), np.sin(tilt[at])], [-np.sin(tilt[at]), np.cos(tilt[at])]])
        quad = base @ np.array([[1, slope[at]], [shear[at], 1]]) @ turn + rng.uniform(-0.5, 0.5, 2)
        frames.append(_shot(rng, grey, quad, back, float(light[at]), float(contrast[at]), weather))
    return Clip(text, tuple(frames))


def _shot(
    rng: Random, grey: NDArray[np.float32], quad: Quad, back: NDArray[np.uint8], light: float, contrast: float, weather: Weather
) -> Frame:
    low, top = quad.min(axis=0), quad.max(axis=0)
    pad = (top - low) * [0.3, 0.5] + 5
    size = np.ceil(top - low + 2 * pad).astype(int)
    quad = quad - low + pad
    high = float(np.hypot(*(quad[3] - quad[0])))
    scale = (
        float(np.clip(1.3 * np.hypot(*(quad[1] - quad[0])) / grey.shape[1], 0.2, 1.0)),
        float(np.clip(1.3 * high / grey.shape[0], 0.2, 1.0)),
    )
    small = cv2.resize(grey, None, fx=scale[0], fy=scale[1], interpolation=cv2.INTER_AREA)
    flat = np.array([[0, 0], [small.shape[1], 0], [small.shape[1], small.shape[0]], [0, small.shape[0]]], np.float32) - 0.5
    move = cv2.getPerspectiveTransform(flat, (quad - 0.5).astype(np.float32))
    plate = cv2.warpPerspective(small, move, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = np.zeros((int(size[1]), int(size[0])), np.float32)
    cv2.fillConvexPoly(cover, np.round((quad - 0.5) * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    x, y = rng.integers(0, 24, 2)
    street = cv2.resize(back[y : y + 64, x : x + 96], (int(size[0]), int(size[1])), interpolation=cv2.INTER_LINEAR).astype(
        np.float32
    )
    picture = street + (plate - street) * cover
    picture = (picture - 128) * contrast * rng.uniform(0.85, 1.15) + 128 + light + rng.normal(0, 8)
    if weather.night:
        picture = picture * 0.4
    for _ in range(int(rng.integers(0, weather.spots + 1))):  # drops, a light, a shadow: somewhere else in each frame
        yy, xx = np.mgrid[0 : size[1], 0 : size[0]]
        where, reach = pad + rng.uniform(0, 1, 2) * (top - low), rng.uniform(0.12, 0.4) * high
        cover = np.exp(-((((xx - where[0]) ** 2 + (yy - where[1]) ** 2) / (2 * reach**2)) ** 2)).astype(np.float32)
        picture = picture + (cv2.GaussianBlur(picture, (0, 0), 0.3 * high) + rng.choice((-90.0, 0.0, 120.0)) - picture) * cover
    picture = cv2.GaussianBlur(picture, (0, 0), weather.blur * rng.uniform(0.6, 1.6) * high + 0.3)
    long = weather.shake * rng.uniform(0.3, 1.7) * high  # the way the plate went while the shutter was open
    if long > 1:
        reach = int(long) + 1
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        angle = rng.choice((0.0, rng.uniform(0, np.pi)))
        ends = [(round(reach + s * np.cos(angle) * long / 2), round(reach + s * np.sin(angle) * long / 2)) for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    picture = picture + rng.normal(0, weather.noise, picture.shape)
    shown = np.clip(picture, 0, 255).astype(np.uint8)
    _, raw = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, weather.quality])
    shown = np.asarray(cv2.imdecode(raw, cv2.IMREAD_UNCHANGED))
    sides = [float(np.hypot(*(quad[1] - quad[0]))), high]
    wrong = quad + rng.normal(0, 0.02, (4, 2)) * sides + rng.normal(0, 0.02, (1, 2)) * sides
    wrong = wrong.mean(axis=0) + (wrong - wrong.mean(axis=0)) * (1 + rng.normal(0, 0.03))
    a, b, c, d = wrong.tolist()
    return Frame(np.repeat(shown[..., None], 3, axis=2), (tuple(a), tuple(b), tuple(c), tuple(d)), quad)


def looks_at(reader: CharacterReader, clip: Clip) -> list[Spelling]:
    """Each frame as the reader sees it: one look."""
    return [reader.look(frame.pixels, [frame.corners])[0] for frame in clip.frames]


WAYS: dict[str, Callable[[list[Spelling]], Spelling]] = {
    "middle frame": lambda looks: looks[len(looks) // 2],
    "surest frame": lambda looks: max(looks, key=lambda each: each.confidence),
    "plain vote (agree)": agree,
    "fuse": fuse,
}


def measured(name: str, answers: list[Spelling], truths: list[str]) -> str:
    right = np.array(
        [answer.text.replace("O", "0") == truth.replace("O", "0") for answer, truth in zip(answers, truths, strict=True)]
    )
    sure = np.array([answer.confidence for answer in answers])
    surest = np.argsort(-sure)[: len(sure) // 2]
    off = 0.0
    for low in np.arange(0, 1, 0.1):
        inside = (sure >= low) & ((sure < low + 0.1) | (low > 0.85))
        if inside.any():
            off += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return f"{name:20} {right.mean():7.1%}   {1 - right[surest].mean():6.1%}   {off:.3f}"


def _opened(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Clips of made-up plates, read frame by frame and together.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--several", type=Path, help="the network that sees several frames at once")
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, default=Path("../shared/data/train"))
    parser.add_argument("--file", type=int, default=1, help="which file of the pool: one that no reader is trained on")
    parser.add_argument("--clips", type=int, default=400)
    parser.add_argument("--seed", type=int, default=427)
    parser.add_argument("--hardness", type=float, default=0.7)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    reader = CharacterReader(_opened(asked.model))
    several = SeveralFrames(_opened(asked.several)) if asked.several else None
    flats = np.load(asked.pool / f"flats_{asked.file:04d}.npy", mmap_mode="r")
    rows = json.loads((asked.pool / f"flats_{asked.file:04d}.json").read_text())
    backs = real.streets(asked.train, 200)
    rng = np.random.default_rng(asked.seed)
    chosen = rng.choice(len(rows), asked.clips, replace=False)
    truths, seen, at_once, spent_s = [], [], [], 0.0
    for place in chosen:
        clip = film(rng, flats[place], rows[place]["text"], rows[place]["aspect"], backs, asked.hardness)
        truths.append(clip.text)
        seen.append(looks_at(reader, clip))
        if several:
            began = time.process_time()
            at_once.append(several.together(seen[-1]))
            spent_s += time.process_time() - began
    frames = [
        look.text.replace("O", "0") == text.replace("O", "0") for text, looks in zip(truths, seen, strict=True) for look in looks
    ]
    print(f"{len(seen)} clips, {len(frames)} frames, {np.mean(frames):.1%} of the frames right\n")
    print(f"{'one reading from':20} {'right':>7}   {'wrong*':>6}   off**")
    for name, way in WAYS.items():
        print(measured(name, [way(looks) for looks in seen], truths))
    if several:
        print(measured("seen at once too", at_once, truths))
        print(f"\n{spent_s / len(seen) * 1000:.0f} CPU-ms a clip for seeing its frames at once")
    print("\n*  of the half it is surest of; ** calibration error of its confidence")


if __name__ == "__main__":
    main()
