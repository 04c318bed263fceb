"""Trains the finder and the refiner. Scenes are composed once into files and seen several times, each time a little different.

    python -m lab.train_detector scenes --out SCENES --seeds 1 2 3 ... [--empty 0.5]     (1,000 scenes a seed)
    python -m lab.train_detector finder --scenes SCENES --out RUN --pictures 120000
    python -m lab.train_detector false --scenes SCENES --out RUN       (what the finder takes for plates: lessons for the refiner)
    python -m lab.train_detector refiner --scenes SCENES --out RUN --pictures 400000

Resumable like `train.py`. Scored on scenes of photographs that are held out.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lab import decoys, scenes
from lab.detector import REACH, STRIDE, Finder, Refiner

WIDE, HIGH = 416, 256


# ---- scenes in files -----------------------------------------------------------------------------------------------------------

SERIES = (0.22, 0.08, 0.55, 0.15)  # how often scenes 1 to 99, 101 to 199, 201 to 299 (streets), 301 to 399 (close-ups) are taken
UNCERTAIN = 0.8  # a find in the photograph itself that the refiner believed so much may be a plate that nobody labelled


def write_scenes(out: Path, seeds: list[int], count: int, empty: float, kind: str, *, held_out: bool) -> None:
    """`plain`: few decoys, 416 x 256. `street`: many, at twice that size. `close`: plates that fill the picture."""
    out.mkdir(parents=True, exist_ok=True)
    photos = [photo for photo in scenes.load_photos() if photo.held_out == held_out]
    for seed in seeds:
        chance = np.random.default_rng(seed + 100_000 * held_out)
        flats = scenes.Flats(chance, plain=400, most=8000)
        hand = decoys.Hand(chance, held_out=held_out) if kind == "street" else None
        images, rows = [], []
        for _ in range(count):
            if kind == "close":
                scene = scenes.close_up(photos, flats, (WIDE, HIGH), chance)
            else:
                size = (2 * WIDE, 2 * HIGH) if hand else (WIDE, HIGH)
                scene = scenes.compose(photos, flats, size, chance, made_up=0.68 * (1 - empty), empty=empty, hand=hand)
            images.append(scene.image)
            rows.append(
                {
                    "quads": scene.quads.tolist(),
                    "exact": scene.exact.tolist(),
                    "loose": scene.loose.tolist(),
                    "ignore": scene.ignore.tolist(),
                    "drawn": scene.drawn.tolist(),
                    "view": scene.view,
                }
            )
        name = f"{'dev' if held_out else 'scenes'}_{seed:04d}"
        (out / f"{name}.json").write_text(json.dumps(rows))
        np.save(out / f"{name}.part.npy", np.stack(images))
        (out / f"{name}.part.npy").rename(out / f"{name}.npy")
        print(name, flush=True)


@dataclass
class Lesson:
    image: np.ndarray
    quads: np.ndarray
    exact: np.ndarray
    loose: np.ndarray
    ignore: np.ndarray
    drawn: np.ndarray
    wrong: np.ndarray  # what the finder took for plates: x, y, width, height
    doubt: np.ndarray  # the same, where one cannot be sure that it is none
    view: tuple[int, int]

    def half(self) -> Lesson:
        """As the finder sees it."""
        if self.image.shape[1] <= WIDE:
            return self
        image = cv2.resize(self.image, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
        boxes = [each / 2 for each in (self.ignore, self.drawn, self.wrong, self.doubt)]
        return Lesson(image, self.quads / 2, self.exact, self.loose, *boxes, (self.view[0] // 2, self.view[1] // 2))


class Shelf:
    """The scenes written so far; more may come."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.files: list[Path] = []
        self.images: list[np.ndarray] = []
        self.rows: list[list[dict]] = []
        self.false: list[list[list[list[float]]]] = []
        self.look()

    def look(self) -> None:
        for path in sorted(self.folder.glob(f"{self.kind}_????.npy")):
            if path not in self.files:
                self.files.append(path)
                self.images.append(np.load(path, mmap_mode="r"))
                self.rows.append(json.loads(path.with_suffix(".json").read_text()))
        self.false = [json.loads(f.read_text()) if (f := path.with_suffix(".false.json")).exists() else [] for path in self.files]
        series = [int(path.stem[-4:]) // 100 for path in self.files]
        shares = np.array([SERIES[each] / series.count(each) for each in series])
        self.shares = shares / shares.sum()

    def pick(self, rng: np.random.Generator) -> Lesson:
        file = int(rng.choice(len(self.files), p=self.shares))
        return self.at(file, int(rng.integers(len(self.rows[file]))))

    def at(self, file: int, one: int) -> Lesson:
        row, image = self.rows[file][one], np.array(self.images[file][one])
        quads, exact = np.array(row["quads"], np.float32).reshape(-1, 4, 2), np.array(row["exact"], bool)
        # Drawn with (0, 0) in the middle of the first pixel; here, as at run time, it is that pixel's outer corner.
        quads[exact] += 0.5
        false = [[*each, 0.0][:5] for each in (self.false[file][one] if self.false[file] else [])]
        boxes = np.array(false, np.float32).reshape(-1, 5)
        certain = boxes[:, 4] < UNCERTAIN
        return Lesson(
            image, quads, exact, np.array(row["loose"], bool), np.array(row["ignore"], np.float32).reshape(-1, 4),
            np.array(row.get("drawn", []), np.float32).reshape(-1, 4), boxes[certain, :4], boxes[~certain, :4],
            tuple(row.get("view", (image.shape[1], image.shape[0]))),
        )  # fmt: skip


def otherwise(
    rng: np.random.Generator, image: np.ndarray, quads: np.ndarray, ignore: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same scene as another camera saw it: mirrored, a little larger or smaller and shifted, lighter or darker, noisier."""
    zoom = float(np.exp(rng.uniform(-0.35, 0.3)))
    sx, sy = zoom * float(np.exp(rng.normal(0, 0.05))), zoom * float(np.exp(rng.normal(0, 0.05)))
    dx, dy = (
        rng.uniform(min(0, WIDE - sx * WIDE), max(0, WIDE - sx * WIDE)),
        rng.uniform(min(0, HIGH - sy * HIGH), max(0, HIGH - sy * HIGH)),
    )
    move = np.array([[sx, 0, dx + sx / 2 - 0.5], [0, sy, dy + sy / 2 - 0.5]], np.float32)
    if sx < 0.8:
        image = cv2.GaussianBlur(image, (0, 0), 0.5 / sx - 0.3)
    image = cv2.warpAffine(
        image, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=float(rng.choice((0, 114)))
    )
    quads = quads * [sx, sy] + [dx, dy]
    ignore = np.stack([ignore[:, 0] * sx + dx, ignore[:, 1] * sy + dy, ignore[:, 2] * sx, ignore[:, 3] * sy], 1)
    if rng.random() < 0.15:
        image, quads, ignore = image[:, ::-1], quads.copy(), ignore.copy()
        quads[..., 0] = WIDE - quads[..., 0]
        quads = quads[:, [1, 0, 3, 2]]
        ignore[:, 0] = WIDE - ignore[:, 0] - ignore[:, 2]
    return in_other_light(rng, image), quads.astype(np.float32), ignore.astype(np.float32)


def in_other_light(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    picture = image.astype(np.float32)
    if rng.random() < 0.7:
        picture = (picture - 128) * rng.uniform(0.6, 1.3) + 128 + rng.uniform(-45, 45)
    if rng.random() < 0.3:
        picture = 255 * np.power(np.clip(picture / 255, 0, 1), rng.uniform(0.6, 1.7))
    if rng.random() < 0.3:
        picture = picture + rng.normal(0, rng.uniform(1, 9), picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


# ---- the finder ------------------------------------------------------------------------------------------------------------------


def targets(
    quads: np.ndarray, exact: np.ndarray, loose: np.ndarray, ignore: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heat (rows x columns), corners (8 x rows x columns) and what counts: heat weight, corner weight (2 x rows x columns)."""
    rows, columns = HIGH // STRIDE, WIDE // STRIDE
    heat, corners, counts = (
        np.zeros((rows, columns), np.float32),
        np.zeros((8, rows, columns), np.float32),
        np.zeros((2, rows, columns), np.float32),
    )
    counts[0] = 1
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5
    for bx, by, bw, bh in ignore / STRIDE:
        counts[0][(x > bx) & (x < bx + bw) & (y > by) & (y < by + bh)] = 0
    order = np.argsort([-(q[:, 0].max() - q[:, 0].min()) for q in quads]) if len(quads) else []
    for at in order:
        quad = quads[at] / STRIDE
        low, high = quad.min(0), quad.max(0)
        middle, size = (low + high) / 2, high - low
        if not (0 < middle[0] < columns and 0 < middle[1] < rows) or size[0] < 1.1:
            counts[0][(x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])] = 0
            continue
        spread = np.maximum(size * 0.14, 0.62)
        bump = np.exp(-(((x - middle[0]) / spread[0]) ** 2 + ((y - middle[1]) / spread[1]) ** 2) / 2)
        here = int(middle[1]), int(middle[0])
        bump[here] = 1.0
        near = bump > 0.55
        heat = np.maximum(heat, bump)
        counts[0][here] = 1
        for k in range(4):
            corners[2 * k][near], corners[2 * k + 1][near] = ((quad[k, 0] - x) / REACH)[near], ((quad[k, 1] - y) / REACH)[near]
        weight = (0.0 if loose[at] else 1.0 if exact[at] else 0.6) * REACH / max(size[0], 2.0)
        counts[1][near] = weight
    return heat, corners, counts


class FinderStream(IterableDataset):
    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed

    def __iter__(self):  # noqa: ANN204
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng, shelf, count = (
            np.random.default_rng([self.seed, worker.id if worker else 0, int(time.time())]),
            Shelf(self.folder, "scenes"),
            0,
        )
        while True:
            count += 1
            if count % 1000 == 0:
                shelf.look()
            seen = shelf.pick(rng).half()
            image, quads, ignore = otherwise(rng, seen.image, seen.quads, np.concatenate([seen.ignore, seen.doubt]))
            yield image, *targets(quads, seen.exact, seen.loose, ignore)


def together(samples: list) -> list[Tensor]:
    return [torch.from_numpy(np.stack([np.ascontiguousarray(s[k]) for s in samples])) for k in range(len(samples[0]))]


def finder_loss(said: Tensor, heat: Tensor, corners: Tensor, counts: Tensor) -> Tensor:
    logit = said[:, 0]
    chance = torch.sigmoid(logit).clamp(1e-4, 1 - 1e-4)
    here = (heat >= 0.999).float()
    good = here * (1 - chance) ** 2 * torch.log(chance)
    bad = (1 - here) * (1 - heat) ** 4 * chance**2 * torch.log(1 - chance)
    plates = here.sum().clamp(min=1)
    middle = -((good + bad) * counts[:, 0]).sum() / plates
    apart = (functional.smooth_l1_loss(said[:, 1:], corners, beta=0.05, reduction="none").sum(1) * counts[:, 1]).sum() / (
        counts[:, 1] > 0
    ).sum().clamp(min=1)
    return middle + 1.5 * apart


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two upright boxes around quadrilaterals."""
    la, ha, lb, hb = a.min(0), a.max(0), b.min(0), b.max(0)
    both = np.clip(np.minimum(ha, hb) - np.maximum(la, lb), 0, None).prod()
    return float(both / ((ha - la).prod() + (hb - lb).prod() - both + 1e-6))


def peaks(said: np.ndarray, least: float = 0.1, most: int = 8) -> list[tuple[float, np.ndarray]]:
    """(chance, quad in pixels) of one picture's (9, rows, columns)."""
    chance = 1 / (1 + np.exp(-said[0]))
    highest = cv2.dilate(chance, np.ones((3, 3), np.uint8))
    found = [(float(chance[r, c]), r, c) for r, c in zip(*np.nonzero((chance >= highest) & (chance > least)), strict=True)]
    result: list[tuple[float, np.ndarray]] = []
    for sure, r, c in sorted(found, reverse=True)[: 3 * most]:
        quad = said[1:, r, c].reshape(4, 2) * REACH * STRIDE + np.array([c + 0.5, r + 0.5]) * STRIDE
        if all(overlap(quad, other) < 0.4 for _, other in result):
            result.append((sure, quad))
    return result[:most]


def finder_marks(model: Finder, dev: Shelf, file: int, most: int = 200) -> dict[str, float]:
    """On held-out scenes: found among the first three, their overlap, false finds above 0.3 a scene without plates."""
    model.eval()
    found = total = false = empty = 0
    overlaps: list[float] = []
    with torch.inference_mode():
        for one in range(min(most, len(dev.rows[file]))):
            seen = dev.at(file, one).half()
            said = model(torch.from_numpy(seen.image)[None, None].float())[0].numpy()
            first = peaks(said)
            for quad, is_loose in zip(seen.quads, seen.loose, strict=True):
                if is_loose:
                    continue
                total += 1
                best = max((overlap(q, quad) for _, q in first[: 2 + len(seen.quads)]), default=0.0)
                found += best > 0.5
                overlaps.append(best)
            if not len(seen.quads) and not len(seen.ignore):
                empty += 1
                false += sum(sure > 0.3 for sure, _ in first)
    model.train()
    return {
        "found": round(found / total, 4),
        "overlap": round(float(np.median(overlaps)), 3),
        "false": round(false / max(empty, 1), 3),
    }


def write_false(folder: Path, run: Path, least: float, *, again: bool) -> None:
    """Beside each file of scenes, the boxes that the finder as it is now wrongly takes for plates.

    The fifth number is how much the refiner believes one that does not lie on anything drawn: it may be a plate that nobody labelled.
    """
    torch.set_num_threads(1)
    finder, refiner = Finder(), Refiner()
    finder.load_state_dict(torch.load(run / "finder.pt")["slow"])
    finder.eval().to(memory_format=torch.channels_last)
    refiner.eval()
    if (run / "refiner.pt").exists():
        refiner.load_state_dict(torch.load(run / "refiner.pt")["slow"])
    for kind in ("dev", "scenes"):
        shelf = Shelf(folder, kind)
        for file, path in enumerate(shelf.files):
            kept = path.with_suffix(".false.json")
            if kept.exists() and not again:
                continue
            wrong: list[list[list[float]]] = []
            for begin in range(0, len(shelf.rows[file]), 20):
                whole = [shelf.at(file, one) for one in range(begin, min(begin + 20, len(shelf.rows[file])))]
                halves = [each.half() for each in whole]
                with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
                    said = finder(
                        torch.from_numpy(np.stack([each.image for each in halves]))[:, None]
                        .float()
                        .contiguous(memory_format=torch.channels_last)
                    )
                for seen, small, grid in zip(whole, halves, said.float().numpy(), strict=True):
                    by = seen.image.shape[1] / small.image.shape[1]
                    real = [*seen.quads, *(_two(box) for box in seen.ignore)]
                    rows = []
                    for _, quad in peaks(grid, least):
                        low, size = quad.min(0) * by, (quad.max(0) - quad.min(0)) * by
                        if not (12 < size[0] < seen.image.shape[1] and 5 < size[1] < seen.image.shape[0]):
                            continue
                        if any(_share(quad * by, r) > 0.15 for r in real):
                            continue
                        believed = 0.0
                        if not any(_share(quad * by, _two(box)) > 0.3 for box in seen.drawn):
                            cut, _ = cut_out(seen.image, low + size / 2, np.maximum(size, [8, 0.16 * size[0]]))
                            with torch.inference_mode():
                                believed = float(torch.sigmoid(refiner(torch.from_numpy(cut)[None, None].float())[0, 0]))
                        rows.append([round(float(v), 3) for v in (*low, *size, believed)])
                    wrong.append(rows)
            kept.write_text(json.dumps(wrong))
            print(path.name, sum(len(w) for w in wrong), sum(r[4] >= UNCERTAIN for w in wrong for r in w), flush=True)


def _two(box: np.ndarray) -> np.ndarray:
    return np.array([box[:2], box[:2] + box[2:4]])


def _share(a: np.ndarray, b: np.ndarray) -> float:
    """How much of the smaller upright box lies in the other."""
    la, ha, lb, hb = a.min(0), a.max(0), b.min(0), b.max(0)
    both = np.clip(np.minimum(ha, hb) - np.maximum(la, lb), 0, None).prod()
    return float(both / (min((ha - la).prod(), (hb - lb).prod()) + 1e-6))


# ---- the refiner -----------------------------------------------------------------------------------------------------------------


def cut_out(image: np.ndarray, middle: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """160 x 96 pixels around a place, and what takes picture coordinates to shares of the cut-out: (left, top, width, height)."""
    wide, high = size * [scenes.CUT_X, scenes.CUT_Y]
    left, top = middle - np.array([wide, high]) / 2
    sx, sy = 160 / wide, 96 / high
    if min(sx, sy) < 0.7:
        image = cv2.GaussianBlur(image, (0, 0), 0.45 / min(sx, sy))
    move = np.array([[sx, 0, -left * sx + sx / 2 - 0.5], [0, sy, -top * sy + sy / 2 - 0.5]], np.float64)
    return cv2.warpAffine(image, move, (160, 96), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.array(
        [left, top, wide, high], np.float32
    )


NONE = np.zeros((4, 2), np.float32), np.array([0.0, 0.0, 0.0], np.float32)


class RefinerStream(IterableDataset):
    """Cut-outs of plates, wrongly centred as the finder is wrong, and of places that are none; well mixed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed

    def __iter__(self):  # noqa: ANN204
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng, shelf, count = (
            np.random.default_rng([self.seed, worker.id if worker else 0, int(time.time())]),
            Shelf(self.folder, "scenes"),
            0,
        )
        mixed: list[tuple] = []
        while True:
            count += 1
            if count % 1000 == 0:
                shelf.look()
            for cut, place, marks in self.cuts(rng, shelf.pick(rng)):
                mixed.append((in_other_light(rng, cut), place, marks))
                if len(mixed) > 512:
                    at = int(rng.integers(len(mixed)))
                    mixed[at], mixed[-1] = mixed[-1], mixed[at]
                    yield mixed.pop()

    def cuts(self, rng: np.random.Generator, seen: Lesson):  # noqa: ANN201
        image = seen.image[: seen.view[1], : seen.view[0]]
        high, wide = image.shape
        if rng.random() < 0.15 and not len(seen.drawn):
            image = np.ascontiguousarray(image[:, ::-1])
            seen = mirrored(seen, wide)
        for x, y, w, h in seen.wrong[rng.permutation(len(seen.wrong))[:3]]:
            off = 1.0 if rng.random() < 0.5 else 0.3
            middle = np.array([x + w / 2, y + h / 2]) + rng.normal(0, 0.08, 2) * off * [w, h]
            yield varied(rng, image, middle, np.array([w, h]) * np.exp(rng.normal(0, 0.15, 2) * off))[0], *NONE
        for x, y, w, h in seen.drawn[rng.permutation(len(seen.drawn))[:1]]:
            middle = np.array([x + w / 2, y + h / 2]) + rng.normal(0, 0.1, 2) * [w, h]
            if w > 12 and h > 5:
                yield varied(rng, image, middle, np.array([w, h]) * np.exp(rng.normal(0, 0.25, 2)))[0], *NONE
        for quad, is_exact, is_loose in zip(seen.quads, seen.exact, seen.loose, strict=True):
            low, top = quad.min(0), quad.max(0)
            if is_loose or top[0] - low[0] < 14 or low.min() < -0.12 * wide or top[0] > 1.12 * wide or top[1] > high + 0.12 * wide:
                continue
            for _ in range(2):
                off = 1.0 if rng.random() < 0.6 else 0.35
                middle = (low + top) / 2 + rng.normal(0, 0.07, 2) * off * (top - low)
                size = (top - low) * np.exp(rng.normal(0, 0.16, 2) * off)
                if rng.random() < 0.1:  # the finder took the serial for the plate
                    size = (top - low) * rng.uniform([0.6, 0.45], [0.95, 0.8])
                cut, (left, up, broad, tall) = varied(rng, image, middle, size)
                yield (
                    cut,
                    ((quad - [left, up]) / [broad, tall]).astype(np.float32),
                    np.array([1.0, 1.0 if is_exact else 0.0, 1.0], np.float32),
                )
            if top[0] - low[0] > 60 and rng.random() < 0.15:  # a sticker or a word on the plate is no plate
                size = (top[0] - low[0]) * rng.uniform(0.12, 0.38) * np.array([1.0, rng.uniform(0.25, 0.9)])
                yield varied(rng, image, rng.uniform(low, top), size)[0], *NONE
        if rng.random() < 0.2:
            broad = float(np.exp(rng.uniform(np.log(24), np.log(0.5 * wide + 25))))
            size = np.array([broad, broad / rng.uniform(1.5, 5)])
            middle = rng.uniform([0, 0], [wide, high])
            here = np.array([middle - size / 2, middle + size / 2])
            if all(_share(here, other) < 0.2 for other in (*seen.quads, *map(_two, seen.ignore), *map(_two, seen.doubt))):
                yield varied(rng, image, middle, size)[0], *NONE


def varied(rng: np.random.Generator, image: np.ndarray, middle: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`cut_out`, sometimes as if the picture had been coarser."""
    cut, around = cut_out(image, middle, np.maximum(size, [8, 0.16 * size[0]]))
    if rng.random() < 0.3:
        by = float(rng.uniform(0.25, 0.8))
        small = cv2.resize(cut, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
        cut = cv2.resize(small, (160, 96), interpolation=cv2.INTER_LINEAR)
    return cut, around


def mirrored(seen: Lesson, wide: int) -> Lesson:
    def boxes(each: np.ndarray) -> np.ndarray:
        return np.concatenate([wide - each[:, :1] - each[:, 2:3], each[:, 1:]], 1)

    quads = seen.quads.copy()
    quads[..., 0] = wide - quads[..., 0]
    others = [boxes(each) for each in (seen.ignore, seen.drawn, seen.wrong, seen.doubt)]
    return Lesson(seen.image, quads[:, [1, 0, 3, 2]], seen.exact, seen.loose, *others, seen.view)


def refiner_loss(said: Tensor, quads: Tensor, marks: Tensor) -> Tensor:
    """marks: is a plate, its corners are exact, it counts for corners at all."""
    each = functional.binary_cross_entropy_with_logits(said[:, 0], marks[:, 0], reduction="none")
    wrong = (torch.sigmoid(said[:, 0]) - marks[:, 0]).abs().detach()
    plate = (each * (0.5 + 2 * wrong)).mean()  # what it is wrong about counts more
    told = said[:, 1:].reshape(-1, 4, 2)
    off = functional.smooth_l1_loss(told, quads, beta=0.01, reduction="none").mean((1, 2))
    box = torch.cat([told.amin(1) - quads.amin(1), told.amax(1) - quads.amax(1)], 1).abs().mean(1)
    exact = (off * marks[:, 1]).sum() / marks[:, 1].sum().clamp(min=1)
    rough = marks[:, 2] * (1 - marks[:, 1])
    return 0.5 * plate + 12 * exact + 2 * (box * rough).sum() / rough.sum().clamp(min=1)


def refiner_marks(model: Refiner, dev: Shelf, file: int, most: int = 120) -> dict[str, float]:
    rng = np.random.default_rng(3)
    model.eval()
    off, overlaps, said_plate, said_not = [], [], [], []

    def told_of(image: np.ndarray, middle: np.ndarray, size: np.ndarray) -> tuple[float, np.ndarray]:
        for _ in range(2):
            cut, (left, top, wide, tall) = cut_out(image, middle, np.maximum(size, [8, 0.16 * size[0]]))
            answer = model(torch.from_numpy(cut)[None, None].float())[0].numpy()
            told = answer[1:].reshape(4, 2) * [wide, tall] + [left, top]
            middle, size = (told.min(0) + told.max(0)) / 2, np.maximum(told.max(0) - told.min(0), 4)
        return 1 / (1 + math.exp(-answer[0])), told

    with torch.inference_mode():
        for one in range(min(most, len(dev.rows[file]))):
            seen = dev.at(file, one)
            image = seen.image[: seen.view[1], : seen.view[0]]
            for quad, is_exact, is_loose in zip(seen.quads, seen.exact, seen.loose, strict=True):
                low, high = quad.min(0), quad.max(0)
                if is_loose or high[0] - low[0] < 14:
                    continue
                middle, size = (
                    (low + high) / 2 + rng.normal(0, 0.06, 2) * (high - low),
                    (high - low) * np.exp(rng.normal(0, 0.14, 2)),
                )
                sure, told = told_of(image, middle, size)
                said_plate.append(sure)
                overlaps.append(overlap(told, quad))
                if is_exact:
                    off.append(float(np.abs(told - quad).mean() / (high[0] - low[0])))
            said_not += [told_of(image, np.array([x + w / 2, y + h / 2]), np.array([w, h]))[0] for x, y, w, h in seen.wrong]
    model.train()
    return {
        "false": round(float(np.mean(np.array(said_not) > 0.5)), 3) if said_not else -1,
        "off": round(float(np.median(off)), 4),
        "off 90 %": round(float(np.percentile(off, 90)), 4),
        "overlap": round(float(np.median(overlaps)), 3),
        "plate": round(float(np.mean(np.array(said_plate) > 0.5)), 3),
    }


# ---- one loop for both -------------------------------------------------------------------------------------------------------------


def train(what: str, asked: argparse.Namespace) -> None:
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    finding = what == "finder"
    model = (Finder() if finding else Refiner()).to(memory_format=torch.channels_last)
    slow = Finder() if finding else Refiner()
    optimiser = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=0.01)
    seen, kept = 0, asked.out / f"{what}.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"]), slow.load_state_dict(state["slow"]), optimiser.load_state_dict(state["optimiser"])
        seen = state["seen"]
    else:
        if asked.start:
            model.load_state_dict(torch.load(asked.start)["slow"])
        slow.load_state_dict(model.state_dict())
    dev = Shelf(asked.scenes, "dev")
    stream = FinderStream(asked.scenes, seen + 1) if finding else RefinerStream(asked.scenes, seen + 1)
    data = DataLoader(stream, asked.batch, num_workers=1, collate_fn=together, prefetch_factor=8)
    last, before, losses = time.time(), seen, []
    model.train()
    for batch in data:
        if seen >= asked.pictures:
            break
        for group in optimiser.param_groups:
            group["lr"] = (
                asked.rate * min(1.0, seen / (200 * asked.batch) + 0.02) * (0.5 + 0.5 * math.cos(math.pi * seen / asked.pictures))
            )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said = model(batch[0][:, None].float().contiguous(memory_format=torch.channels_last))
        loss = finder_loss(said.float(), *batch[1:]) if finding else refiner_loss(said.float(), *batch[1:])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimiser.step()
        seen += asked.batch
        losses.append(loss.item())
        keep = min(0.998, 1 - 1 / (1 + seen / asked.batch / 5))
        with torch.no_grad():
            for a, b in zip(slow.state_dict().values(), model.state_dict().values(), strict=True):
                a.mul_(keep).add_(b, alpha=1 - keep) if a.is_floating_point() else a.copy_(b)
        if time.time() - last > asked.score_every or seen >= asked.pictures:
            torch.save(
                {"model": model.state_dict(), "slow": slow.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen},
                kept.with_suffix(".part"),
            )
            kept.with_suffix(".part").rename(kept)
            judge = finder_marks if finding else refiner_marks
            marks = {path.stem: judge(slow, dev, file) for file, path in enumerate(dev.files)}
            line = {
                "seen": seen,
                "rate": round((seen - before) / (time.time() - last), 1),
                "loss": round(float(np.mean(losses)), 4),
                **marks,
            }
            print(json.dumps(line), flush=True)
            with (asked.out / f"{what}.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            last, before, losses = time.time(), seen, []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("scenes", "finder", "false", "refiner"))
    parser.add_argument("--scenes", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--empty", type=float, default=0.12)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--kind", choices=("plain", "street", "close"), default="plain")
    parser.add_argument("--start", type=Path, help="a network to go on from, with a new plan of rates")
    parser.add_argument("--again", action="store_true", help="false: also where that is known")
    parser.add_argument("--least", type=float, default=0.06, help="false: how sure the finder is")
    parser.add_argument("--pictures", type=int, default=120_000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--score-every", type=float, default=150)
    asked = parser.parse_args()
    if asked.what == "scenes":
        write_scenes(asked.out, asked.seeds, asked.count, asked.empty, asked.kind, held_out=asked.held_out)
    elif asked.what == "false":
        write_false(asked.scenes, asked.out, asked.least, again=asked.again)
    else:
        train(asked.what, asked)


if __name__ == "__main__":
    main()
