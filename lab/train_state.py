"""Trains the network that tells the issuing state, on plates drawn from the facts in `designs.py`. Resumable like `train.py`.

    python -m lab.train_state --pool POOL --train ../shared/data/train --out RUN --samples 300000

Most of its pictures are easy: a state that cannot be seen must not be guessed, and what cannot be seen is learnt as a flat answer.
Known gap: it knows designs from facts, not from photographs; designs that are not in the table are told by their name only.
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

from lab import real, synth
from lab.state_model import COLUMNS, ROWS, STATES, StateTeller
from lab.train import Pool

NONE = len(STATES)


def shown(rng: np.random.Generator, picture: np.ndarray, aspect: float, backs: np.ndarray) -> np.ndarray:
    scene, quad = synth.scene(rng, picture, aspect, backs, 60, 320, colour=True)
    high = float(np.hypot(*(quad[3] - quad[0])))
    return synth.straightened(rng, synth.worn(rng, scene, high, float(rng.uniform(0.05, 0.7))), quad, 0.02, ROWS, COLUMNS)


class Stream(IterableDataset):
    def __init__(self, pool: Path, train: Path, dev_seed: int, seed: int) -> None:
        self.pool, self.train, self.dev_seed, self.seed = pool, train, dev_seed, seed

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0, int(time.time())])
        pool, backs, count = Pool(self.pool, without={self.dev_seed}), real.streets(self.train), 0
        while True:
            count += 1
            if count % 4000 == 0:
                pool.look()
            picture, row = pool.pick(rng)
            if not row["state"] and rng.random() < 0.6:
                continue
            yield shown(rng, picture, row["aspect"], backs), STATES.index(row["state"]) if row["state"] else NONE


def together(samples: list[tuple[np.ndarray, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(np.stack([s[0] for s in samples])).permute(0, 3, 1, 2), torch.tensor([s[1] for s in samples])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=300_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--dev-seed", type=int, default=7)
    parser.add_argument("--score-every", type=float, default=150)
    asked = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    rng, flats, backs = np.random.default_rng(5), Pool(asked.pool, only={asked.dev_seed}), real.streets(asked.train)
    exam = []
    while len(exam) < 1200:
        picture, row = flats.pick(rng)
        if row["state"]:
            exam.append((shown(rng, picture, row["aspect"], backs), STATES.index(row["state"])))
    dev, answers = together(exam)
    model, slow = StateTeller().to(memory_format=torch.channels_last), StateTeller()
    optimiser = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=0.02)
    seen, kept = 0, asked.out / "checkpoint.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"]), slow.load_state_dict(state["slow"]), optimiser.load_state_dict(state["optimiser"])
        seen = state["seen"]
    else:
        slow.load_state_dict(model.state_dict())
    data = DataLoader(
        Stream(asked.pool, asked.train, asked.dev_seed, seen + 1),
        asked.batch,
        num_workers=1,
        collate_fn=together,
        prefetch_factor=8,
    )
    last, before, losses = time.time(), seen, []
    model.train()
    for pictures, states in data:
        if seen >= asked.samples:
            break
        for group in optimiser.param_groups:
            group["lr"] = asked.rate * min(1.0, seen / 6000 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * seen / asked.samples))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(pictures.float().contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits.float(), states, label_smoothing=0.03)
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
        if time.time() - last > asked.score_every or seen >= asked.samples:
            torch.save(
                {"model": model.state_dict(), "slow": slow.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen},
                kept.with_suffix(".part"),
            )
            kept.with_suffix(".part").rename(kept)
            slow.eval()
            with torch.inference_mode():
                chances = torch.cat([slow(part.float()).softmax(-1) for part in dev.split(64)])
            sure, said = chances.max(-1)
            right = said == answers
            line = {"seen": seen, "rate": round((seen - before) / (time.time() - last), 1), "loss": round(float(np.mean(losses)), 4),
                    "right": round(float(right.float().mean()), 4), "sure": round(float((sure > 0.9).float().mean()), 4),
                    "right when sure": round(float(right[sure > 0.9].float().mean()), 4) if (sure > 0.9).any() else 0}  # fmt: skip
            print(json.dumps(line), flush=True)
            with (asked.out / "scores.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            last, before, losses = time.time(), seen, []


if __name__ == "__main__":
    main()
