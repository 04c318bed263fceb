"""What our own reader reads for what: counted, for `platewarden/plate/reader_confusions.json`. Nothing under eval/ is opened.

    python -m lab.confusions --pool POOL --file 9007 --train ../shared/data/train --out platewarden/plate/reader_confusions.json

Two sources. Drawn plates of a pool file that no reader is trained on, filmed as `voting.py` films and read as a passage is (the
frames fused). And the real photographs of the training data whose plates were held out by their text, five looks each, a plate seen
often weighing no more than one. Each reading is laid beside the truth by the fewest changes; a text with more than two changes (a
plate that was not read at all, or another plate) is counted as `far` and says nothing of single characters.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lab import real, voting
from platewarden.plate.text import CHARACTERS
from platewarden.recognition.decode import agree
from platewarden.recognition.fuse import fuse
from platewarden.recognition.ocr import CharacterReader
from platewarden.recognition.weights import DIGESTS, open_session

MOST_CHANGES = 2


def laid_beside(truth: str, text: str) -> list[tuple[str, str]]:
    """The fewest changes from the truth to what was read, as pairs; an empty side is a character lost or put in."""
    high, wide = len(truth) + 1, len(text) + 1
    cost = [[i + j if not i or not j else 0 for j in range(wide)] for i in range(high)]
    for i in range(1, high):
        for j in range(1, wide):
            cost[i][j] = min(cost[i - 1][j - 1] + (truth[i - 1] != text[j - 1]), cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    pairs, i, j = [], len(truth), len(text)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (truth[i - 1] != text[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], text[j]))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", text[j]))
    return pairs[::-1]


class Counts:
    """Weighted counts of what was read for what."""

    def __init__(self) -> None:
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.plates = self.far = self.right = 0.0

    def add(self, truth: str, text: str, weight: float = 1.0) -> None:
        pairs = laid_beside(truth, text)
        changes = sum(a != b for a, b in pairs)
        self.plates += weight
        self.right += weight * (changes == 0)
        if changes > MOST_CHANGES:
            self.far += weight
            return
        for pair in pairs:
            self.pairs[pair] += weight  # type: ignore[assignment]


def drawn(reader: CharacterReader, pool: Path, file: int, train: Path, clips: int, seed: int, hardness: float) -> Counts:
    """Clips of made-up plates, each read as one passage."""
    flats = np.load(pool / f"flats_{file:04d}.npy", mmap_mode="r")
    rows = json.loads((pool / f"flats_{file:04d}.json").read_text())
    backs, rng, counts = real.streets(train, 200), np.random.default_rng(seed), Counts()
    for place in rng.permutation(len(rows))[:clips]:
        clip = voting.film(rng, flats[place], rows[place]["text"], rows[place]["aspect"], backs, hardness)
        counts.add(clip.text, fuse(voting.looks_at(reader, clip)).text)
    return counts


def photographed(reader: CharacterReader, train: Path) -> Counts:
    """The held-out real plates."""
    counts = Counts()
    for each in real.load(train):
        if each.held_out:
            a, b, c, d = each.quad.tolist()
            pixels = np.repeat(each.grey[..., None], 3, axis=2)
            looks = reader.look_again(pixels, (tuple(a), tuple(b), tuple(c), tuple(d)))
            counts.add(each.text, agree(looks).text, each.weight)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what the shipped reader reads for what.")
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--file", type=int, required=True, help="a file of the pool that no reader is trained on")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--hardness", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=427)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    reader = CharacterReader(open_session("reader"))
    parts = {
        "drawn": drawn(reader, asked.pool, asked.file, asked.train, asked.clips, asked.seed, asked.hardness),
        "photographed": photographed(reader, asked.train),
    }
    pairs: Counter[tuple[str, str]] = Counter()
    for name, part in parts.items():
        pairs.update(part.pairs)
        print(f"{name}: {part.plates:.0f} plates, {part.right / part.plates:.1%} right, {part.far / part.plates:.1%} far")
    table = {
        "reader": DIGESTS["reader"],
        "plates": {name: round(part.plates) for name, part in parts.items()},
        "far": {name: round(part.far) for name, part in parts.items()},
        "read_for": {
            truth: {text: round(pairs[truth, text], 1) for text in CHARACTERS if round(pairs[truth, text], 1)}
            for truth in CHARACTERS
        },
        "lost": {truth: round(pairs[truth, ""], 1) for truth in CHARACTERS if round(pairs[truth, ""], 1)},
        "put_in": round(sum(count for (truth, _), count in pairs.items() if not truth), 1),
    }
    asked.out.write_text("{\n" + ",\n".join(_lines(table)) + "\n}\n")


def _lines(table: dict[str, object]) -> Iterator[str]:
    """One line for each entry, and one for each character of `read_for`."""
    for name, value in table.items():
        if name == "read_for" and isinstance(value, dict):
            yield f' "{name}": {{\n' + ",\n".join(f"  {json.dumps(each)}: {json.dumps(value[each])}" for each in value) + "\n }"
        else:
            yield f" {json.dumps(name)}: {json.dumps(value)}"


if __name__ == "__main__":
    main()
