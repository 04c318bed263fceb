"""Fits the curve of `recognition/trust.py`: what share of readings with such signs is right.

    python -m lab.calibrate --pool POOL --train ../shared/data/train --scenes SCENES

On real plates held out by their text, photographs as they are, read by the whole engine; and on composed street scenes with
plates of the pool's examination seed. Nothing under eval/ is opened. Ridge-regularised logistic regression, weights printed.
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path

import cv2
import numpy as np

from lab import real, synth
from lab.train import Pool
from platewarden.recognition import own_engine
from platewarden.recognition.layouts import UNITED_STATES, layout
from platewarden.recognition.measure import TRUTH  # noqa: F401  the same rules of what is right: O is 0
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Box, Reading
from platewarden.recognition.trust import WEIGHTS, Signs


def noted(signs: list[Signs]) -> None:
    """The engine tells every sign it weighs."""
    whole = own_engine.trust

    def trust(given: Signs) -> float:
        signs.append(given)
        return max(whole(given), own_engine.LEAST)

    own_engine.trust = trust  # type: ignore[assignment]


def pictures(train: Path, pool: Path, count: int) -> list[tuple[Picture, list[float], str, float]]:
    """Picture, labelled box, text, weight."""
    found = []
    times: dict[str, int] = {}
    rows = [
        (name, json.loads(line))
        for name in ("romania", "world", "florida")
        for line in (train / name / "boxes.jsonl").read_text().splitlines()
    ]
    for _, row in rows:
        for text in row["plates"]:
            if text and real.held_out(text):
                times[text] = times.get(text, 0) + 1
    taken: dict[str, int] = {}
    for name, row in rows:
        for box, text in zip(row["boxes"], row["plates"], strict=True):
            if text and real.held_out(text) and taken.get(text, 0) < 4:
                taken[text] = taken.get(text, 0) + 1
                whole = cv2.imread(str(train / name / row["image"]))
                found.append((Picture("train", np.ascontiguousarray(whole[..., ::-1])), box, text, 1.0 / min(4, times[text])))
    rng, flats = np.random.default_rng(99), Pool(pool, only={1})
    backs, streets = real.streets(train), [row["image"] for name, row in rows if name == "romania"]
    for _ in range(count):
        flat, row = flats.pick(rng)
        if layout(row["text"]) not in UNITED_STATES and rng.random() < 0.75:
            continue  # as rare as they are on the road
        grey, quad = synth.scene(rng, flat, row["aspect"], backs, 44, 260)
        worn = synth.worn(rng, grey, float(np.hypot(*(quad[3] - quad[0]))), float(rng.uniform(0.0, 0.9)))
        street = cv2.imread(str(train / "romania" / streets[rng.integers(len(streets))]), cv2.IMREAD_GRAYSCALE)
        canvas = np.repeat(cv2.resize(street, (1280, 720))[..., None], 3, axis=2)
        y, x = int(rng.integers(100, max(101, 720 - worn.shape[0]))), int(rng.integers(0, max(1, 1280 - worn.shape[1])))
        part = worn[: 720 - y, : 1280 - x, None]
        canvas[y : y + part.shape[0], x : x + part.shape[1]] = part
        low, high = quad.min(0), quad.max(0)
        found.append((Picture("made", canvas), [x + low[0], y + low[1], *(high - low)], row["text"], 0.35))
    return found


def empty_streets(scenes: Path) -> list[Picture]:
    """Streets composed with signs and boards and without a plate, held out from every training: whatever is read there is wrong."""
    rows = json.loads((scenes / "dev_0201.json").read_text())
    pictures = np.load(scenes / "dev_0201.npy", mmap_mode="r")
    return [
        Picture(f"empty {at}", np.repeat(np.asarray(pictures[at])[..., None], 3, axis=2))
        for at, row in enumerate(rows)
        if not row["quads"] and not row["ignore"]
    ]


def said(x: np.ndarray, beta: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x @ beta)))


def fitted(x: np.ndarray, y: np.ndarray, w: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Where `free`; the other weights stay as they are set. Ridge-regularised logistic regression by Newton's steps. A sign that is good news may not weigh against a reading: then it weighs nothing."""
    beta, kept = np.where(free, 0.0, list(WEIGHTS.values())), free.copy()
    pull = np.diag([0.02] + [0.5] * (x.shape[1] - 1))
    while True:
        for _ in range(60):
            p = said(x, beta)
            step = (x * (w * p * (1 - p))[:, None]).T @ x + pull
            slope = x.T @ (w * (y - p)) - pull @ beta
            beta[kept] += np.linalg.solve(step[np.ix_(kept, kept)], slope[kept])
        against = kept & (beta < 0) & (np.arange(len(beta)) > 0)
        if not against.any():
            return beta
        kept &= ~against
        beta[against] = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, required=True, help="where lab.train_detector keeps its scenes")
    parser.add_argument("--count", type=int, default=1500)
    asked = parser.parse_args()
    engine = own_engine.open_engine()
    signs: list[Signs] = []
    noted(signs)
    figures, right, weights, texts = [], [], [], []
    for picture, (x, y, w, h), text, weight in pictures(asked.train, asked.pool, asked.count):
        signs.clear()
        answers = engine.recognise(picture)
        told = [each for each in answers if isinstance(each, Reading)]
        for reading in told:
            cx, cy = Box.around(reading.corners).centre
            if x - w / 4 <= cx <= x + w * 1.25 and y - h / 4 <= cy <= y + h * 1.25:
                high = own_engine.height_of(reading.corners)
                mine = [s for s in signs if abs(s.height - high) < 1e-6]
                if mine:
                    figures.append(mine[0].figures())
                    right.append(reading.text.replace("O", "0") == text.replace("O", "0"))
                    weights.append(weight)
                    texts.append(text)
                break
    for picture in empty_streets(asked.scenes):
        signs.clear()
        if any(isinstance(each, Reading) for each in engine.recognise(picture)):
            for each in signs:
                figures.append(each.figures())
                right.append(False)
                weights.append(0.35)
                texts.append(picture.name)
    names = list(WEIGHTS)
    x_, y_, w_ = np.array([[row[n] for n in names] for row in figures]), np.array(right, float), np.array(weights)
    free = np.array([name != "odd" for name in names])  # that one is set by hand
    part = np.array([zlib.crc32(text.encode()) % 5 for text in texts])
    p = np.zeros(len(y_))
    for k in range(5):  # what a curve says of readings it was not fitted on
        p[part == k] = said(x_[part == k], fitted(x_[part != k], y_[part != k], w_[part != k], free))
    beta = fitted(x_, y_, w_, free)
    print(
        len(y_),
        "readings, right:",
        round(float(np.average(y_, weights=w_)), 3),
        "; what follows is of the fifths that were not fitted on",
    )
    bins = np.minimum((p * 10).astype(int), 9)
    off = sum(abs(float(np.sum((p - y_)[bins == k] * w_[bins == k]))) for k in range(10)) / w_.sum()
    print("calibration error", round(off, 4))
    print("WEIGHTS =", {n: round(float(b), 3) for n, b in zip(names, beta, strict=True)})
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1 + 1e-9)
        if inside.any():
            print(
                f"{low:.1f}  n {inside.sum():4}  said {np.average(p[inside], weights=w_[inside]):.3f}  right {np.average(y_[inside], weights=w_[inside]):.3f}"
            )


if __name__ == "__main__":
    main()
