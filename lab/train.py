"""Trains the reader. Resumable at any instant; a checkpoint is never older than a few minutes.

    python -m lab.train --pool POOL --train ../shared/data/train --out RUN --samples 900000

The learning rate falls to nothing at `--samples`; a run that is stopped goes on from its checkpoint with the same schedule.
Scored on what is never trained on: real plates held out by text, and synthetic ones of an own seed.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lab import decoys, real, synth
from lab.dies import ALPHABET
from lab.model import STEPS, Reader

INDEX = {c: i + 1 for i, c in enumerate(ALPHABET)}


class Pool:
    """The flat plates drawn so far; more files may come while training goes on."""

    def __init__(self, folder: Path, only: set[int] | None = None, without: set[int] | None = None) -> None:
        self.folder, self.only, self.without = folder, only, without or set()
        self.files: list[Path] = []
        self.pictures: list[np.ndarray] = []
        self.rows: list[list[dict]] = []
        self.look()

    def look(self) -> None:
        for path in sorted(self.folder.glob("flats_????.npy")):
            seed = int(path.stem[6:])
            if path in self.files or seed in self.without or (self.only and seed not in self.only):
                continue
            self.files.append(path)
            self.pictures.append(np.load(path, mmap_mode="r"))
            self.rows.append(json.loads(path.with_suffix(".json").read_text()))

    def pick(self, rng: np.random.Generator) -> tuple[np.ndarray, dict]:
        file = int(rng.integers(len(self.files)))
        at = int(rng.integers(len(self.rows[file])))
        return self.pictures[file][at], self.rows[file][at]


def lines_of(text: str) -> list[int]:
    return [INDEX[c] for c in text]


class Stream(IterableDataset):
    """Endless pictures: (48, 160) uint8 and the two lines' characters."""

    def __init__(self, pool: Path, train: Path, dev_seed: int, share_real: float, share_signs: float, seed: int) -> None:
        self.pool, self.train, self.dev_seed, self.seed = pool, train, dev_seed, seed
        self.share_real, self.share_signs = share_real, share_signs

    def __iter__(self) -> Iterator[tuple[np.ndarray, list[int], list[int]]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0, int(time.time())])
        pool = Pool(self.pool, without={self.dev_seed})
        backs = real.streets(self.train)
        reals = [r for r in real.load(self.train) if not r.held_out]
        weights = np.array([r.weight for r in reals])
        weights /= weights.sum()
        hand = decoys.Hand(rng)
        count = 0
        while True:
            count += 1
            if count % 4000 == 0:
                pool.look()
            if rng.random() < self.share_real:
                one = reals[rng.choice(len(reals), p=weights)]
                yield synth.again(rng, one.grey, one.quad), lines_of(one.text), []
                continue
            if rng.random() < 0.03:  # nothing is there, and nothing must be read
                yield synth.nothing(rng, backs), [], []
                continue
            if rng.random() < self.share_signs:  # something is there, and it is no serial
                yield synth.sign(rng, hand, backs), [], []
                continue
            picture, row = pool.pick(rng)
            grey = synth.photograph(rng, picture, row["aspect"], backs, float(rng.uniform(0.1, 1.0)))
            lines = [*row["lines"], ""][:2]
            yield grey, lines_of(lines[0]), lines_of(lines[1])


def together(samples: list[tuple[np.ndarray, list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    pictures = torch.from_numpy(np.stack([s[0] for s in samples]))[:, None]
    lines = [line for s in samples for line in s[1:]]
    return (
        pictures,
        torch.tensor([c for line in lines for c in line], dtype=torch.long),
        torch.tensor([len(line) for line in lines]),
    )


def spell(logits: torch.Tensor) -> list[str]:
    """The likeliest column by column, of (n, 2, 40, 37)."""
    best = logits.argmax(-1).numpy()
    texts = []
    for lines in best:
        text = ""
        for line in lines:
            before = 0
            for c in line:
                if c and c != before:
                    text += ALPHABET[c - 1]
                before = c
        texts.append(text)
    return texts


def folded(text: str) -> str:
    return text.replace("O", "0")


class Exam:
    """What is never trained on."""

    def __init__(self, pool: Path, train: Path, dev_seed: int) -> None:
        rng = np.random.default_rng(7)
        backs = real.streets(train)
        flats = Pool(pool, only={dev_seed})
        self.sets: dict[str, tuple[torch.Tensor, list[str], np.ndarray]] = {}
        pictures, texts = [], []
        for _ in range(1500):
            picture, row = flats.pick(rng)
            pictures.append(synth.photograph(rng, picture, row["aspect"], backs, float(rng.uniform(0.1, 1.0))))
            texts.append(row["text"])
        self.sets["synthetic"] = torch.from_numpy(np.stack(pictures))[:, None], texts, np.ones(len(texts))
        hand = decoys.Hand(np.random.default_rng(8), held_out=True)
        signs = [synth.sign(rng, hand, backs) for _ in range(600)]
        self.sets["signs"] = torch.from_numpy(np.stack(signs))[:, None], [""] * len(signs), np.ones(len(signs))
        groups: dict[str, list[real.Real]] = {"real-us": [], "real-eu": []}
        for one in real.load(train):
            if one.held_out:
                groups["real-us" if one.state else "real-eu"].append(one)
        for name, ones in groups.items():
            cuts = [
                cv2.warpPerspective(
                    o.grey,
                    synth.window(o.quad),
                    (synth.COLUMNS, synth.ROWS),
                    flags=cv2.INTER_CUBIC,
                    borderMode=cv2.BORDER_REPLICATE,
                )
                for o in ones
            ]
            self.sets[name] = torch.from_numpy(np.stack(cuts))[:, None], [o.text for o in ones], np.array([o.weight for o in ones])

    def scores(self, model: Reader) -> dict[str, float]:
        model.eval()
        marks = {}
        with torch.inference_mode():
            for name, (pictures, texts, weights) in self.sets.items():
                said = [t for part in pictures.split(128) for t in spell(model(part.float()))]
                right = np.array([folded(a) == folded(b) for a, b in zip(said, texts, strict=True)], float)
                marks[name] = round(float((right * weights).sum() / weights.sum()), 4)
        model.train()
        return marks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=900_000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--warm", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=0.0, help="the rate falls to nothing after so long, if that is sooner")
    parser.add_argument("--real", type=float, default=0.05, help="share of real cut-outs")
    parser.add_argument("--signs", type=float, default=0.0, help="share of signs, house numbers and lettering, to be left unread")
    parser.add_argument("--widths", type=int, nargs=4, default=(32, 48, 96, 128))
    parser.add_argument("--dev-seed", type=int, default=1)
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--score-every", type=float, default=240, help="seconds")
    asked = parser.parse_args()
    cv2.setNumThreads(0)  # before anything forks: its threads do not survive that
    torch.set_num_threads(asked.threads)
    asked.out.mkdir(parents=True, exist_ok=True)
    exam = Exam(asked.pool, asked.train, asked.dev_seed)
    model = Reader(*asked.widths).to(memory_format=torch.channels_last)
    slow = Reader(*asked.widths)  # the average over the last steps: what is shipped
    optimiser = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=0.01)
    seen = 0
    kept = asked.out / "checkpoint.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"]), slow.load_state_dict(state["slow"]), optimiser.load_state_dict(state["optimiser"])
        seen = state["seen"]
    elif asked.start:
        weights = torch.load(asked.start)["slow"]
        model.load_state_dict(weights), slow.load_state_dict(weights)
    else:
        slow.load_state_dict(model.state_dict())
    data = DataLoader(
        Stream(asked.pool, asked.train, asked.dev_seed, asked.real, asked.signs, seen + 1),
        asked.batch,
        num_workers=asked.workers,
        collate_fn=together,
        prefetch_factor=8,
    )
    began, last, before, losses = time.time(), time.time(), seen, []
    lengths = torch.full((2 * asked.batch,), STEPS)
    model.train()
    for pictures, characters, counts in data:
        at = seen / asked.samples
        if asked.minutes:
            at = max(at, (time.time() - began) / 60 / asked.minutes)
        if at >= 1:
            break
        rate = asked.rate * min(1.0, seen / asked.warm + 0.02) * (0.5 + 0.5 * math.cos(math.pi * at))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(pictures.float().contiguous(memory_format=torch.channels_last))
        chances = logits.float().log_softmax(-1).flatten(0, 1).transpose(0, 1)
        loss = functional.ctc_loss(chances, characters, lengths, counts, zero_infinity=True, reduction="none").mean() / 3
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        seen += asked.batch
        losses.append(loss.item())
        keep = min(0.998, 1 - 1 / (1 + seen / asked.batch / 5))
        with torch.no_grad():
            for a, b in zip(slow.state_dict().values(), model.state_dict().values(), strict=True):
                a.mul_(keep).add_(b, alpha=1 - keep) if a.is_floating_point() else a.copy_(b)
        if (
            time.time() - last > asked.score_every
            or seen >= asked.samples
            or (asked.minutes and time.time() - began > asked.minutes * 60 - 20)
        ):
            torch.save(
                {
                    "model": model.state_dict(),
                    "slow": slow.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "seen": seen,
                    "widths": asked.widths,
                },
                kept.with_suffix(".part"),
            )
            kept.with_suffix(".part").rename(kept)
            line = {
                "seen": seen,
                "minutes": round((time.time() - began) / 60, 1),
                "rate": round((seen - before) / (time.time() - last), 1),
                "loss": round(float(np.mean(losses)), 4),
                **exam.scores(slow),
            }
            print(json.dumps(line), flush=True)
            with (asked.out / "scores.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            last, before, losses = time.time(), seen, []


if __name__ == "__main__":
    main()
