"""The real plates that may be trained on: ../shared/data/train, transcribed by eye. Split by the plate's text, never by the picture."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Real:
    """A grey cut-out around a real plate, the plate's corners in it (an upright box), its text, and the part it belongs to."""

    grey: NDArray[np.uint8]
    quad: NDArray[np.float32]
    text: str
    state: str
    held_out: bool
    weight: float


def held_out(text: str) -> bool:
    """Every third plate is never trained on; by its text, so that a plate stands on one side only."""
    return hashlib.sha256(text.encode()).digest()[0] % 3 == 0


def load(train: Path) -> list[Real]:
    found: list[Real] = []
    for name in ("romania", "world", "florida"):
        rows = [json.loads(line) for line in (train / name / "boxes.jsonl").read_text().splitlines()]
        count: dict[str, int] = {}
        for row in rows:
            for text in row["plates"]:
                if text:
                    count[text] = count.get(text, 0) + 1
        for row in rows:
            if not any(row["plates"]):
                continue
            whole = cv2.imread(str(train / name / row["image"]), cv2.IMREAD_GRAYSCALE)
            if whole is None:
                continue
            regions = row.get("regions") or [None] * len(row["plates"])
            for (x, y, w, h), text, region in zip(row["boxes"], row["plates"], regions, strict=True):
                if not text or w < 20 or h < 8:
                    continue
                pad_x, pad_y = int(w * 0.25) + 4, int(h * 0.4) + 4
                x0, y0 = max(0, int(x) - pad_x), max(0, int(y) - pad_y)
                grey = whole[y0 : int(y + h) + pad_y, x0 : int(x + w) + pad_x]
                quad = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32) - [x0, y0]
                state = region[3:] if region and region.startswith("US-") else ""
                found.append(Real(grey.copy(), quad.astype(np.float32), text, state, held_out(text), 1.0 / count[text]))
    return found


def streets(train: Path, count: int = 700) -> NDArray[np.uint8]:
    """Grey backgrounds for the scenes around a plate: 96 x 128, cut from the photographs away from their plates."""
    rng = np.random.default_rng(11)
    cuts = []
    for name in ("romania", "world"):
        for line in (train / name / "boxes.jsonl").read_text().splitlines():
            row = json.loads(line)
            whole = cv2.imread(str(train / name / row["image"]), cv2.IMREAD_GRAYSCALE)
            if whole is None or whole.mean() < 8:
                continue
            for _ in range(2):
                w = int(rng.integers(100, max(101, min(400, whole.shape[1] - 1))))
                h = int(w * 0.75)
                if h >= whole.shape[0] or w >= whole.shape[1]:
                    continue
                x, y = int(rng.integers(0, whole.shape[1] - w)), int(rng.integers(0, whole.shape[0] - h))
                if any(x < bx + bw and bx < x + w and y < by + bh and by < y + h for bx, by, bw, bh in row["boxes"]):
                    continue
                cuts.append(cv2.resize(whole[y : y + h, x : x + w], (128, 96), interpolation=cv2.INTER_AREA))
    rng.shuffle(cuts)
    return np.stack(cuts[:count])
