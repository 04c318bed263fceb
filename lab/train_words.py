"""Trains the network that reads the small words of a plate, on strips drawn by `strips.py`. Resumable like `train.py`.

    python -m lab.train_words --fonts FONTS MORE --train ../shared/data/train --from READER/checkpoint.pt --out RUN --minutes 55

Scored on strips drawn with held-out fonts: the share of lines read exactly, of those from plates at least 200 pixels wide too.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lab.dies import FontShelf
from lab.strips import Lettering, StripPress
from lab.train import lines_of, spell, together
from lab.word_model import STEPS, WordReader

EASY_UNTIL = 60_000  # strips: clear large words first, or nothing is learnt for long


class Stream(IterableDataset):
    """Endless strips and the characters of their two lines."""

    def __init__(self, fonts: list[Path], debian: Path, seen: int) -> None:
        self.fonts, self.debian, self.seen = fonts, debian, seen

    def __iter__(self) -> Iterator[tuple[np.ndarray, list[int], list[int]]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        seed = self.seen * 10 + (worker.id if worker else 0) + 1000
        press = StripPress(Lettering(self.fonts, self.debian, held_out=False), FontShelf(self.fonts[0], self.debian), seed)
        count = self.seen
        while True:
            grey, upper, lower = press.strip(easy=press.rng.random() < max(0.2, 1 - count / EASY_UNTIL))
            count += 1
            yield grey, fitting(upper), fitting(lower)


def fitting(text: str) -> list[int]:
    """A line's characters; one too long for the columns is cut where it could not be written anyway."""
    twice = sum(a == b for a, b in pairwise(text))
    return lines_of(text[: STEPS - twice])


class Exam:
    """Strips drawn with fonts never trained on."""

    def __init__(self, fonts: list[Path], debian: Path, count: int = 1200) -> None:
        press = StripPress(Lettering(fonts, debian, held_out=True), FontShelf(fonts[0], debian), 7)
        strips = [press.strip(hardness=0.3) for _ in range(count)]
        self.pictures = torch.from_numpy(np.stack([s[0] for s in strips]))[:, None]
        self.texts = [s[1] + s[2] for s in strips]

    def scores(self, model: WordReader) -> dict[str, float]:
        model.eval()
        with torch.inference_mode():
            said = [t for part in self.pictures.split(100) for t in spell(model(part.float()))]
        model.train()
        right = [a == b for a, b in zip(said, self.texts, strict=True)]
        full = [r for r, t in zip(right, self.texts, strict=True) if t]
        return {"right": round(float(np.mean(right)), 4), "right of those with words": round(float(np.mean(full)), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--fonts", type=Path, nargs="+", required=True, help="folders with node_modules/@fontsource; the first has the serials' too"
    )
    parser.add_argument("--debian-fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, required=True, help="a serial reader's checkpoint")
    parser.add_argument("--minutes", type=float, required=True, help="the rate falls to nothing by then")
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--score-every", type=float, default=180, help="seconds")
    asked = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    torch.manual_seed(5)
    asked.out.mkdir(parents=True, exist_ok=True)
    exam = Exam(asked.fonts, asked.debian_fonts)
    model, slow = WordReader().to(memory_format=torch.channels_last), WordReader()
    optimiser = torch.optim.AdamW(model.parameters(), lr=asked.rate, weight_decay=0.01)
    seen, spent, kept = 0, 0.0, asked.out / "checkpoint.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"]), slow.load_state_dict(state["slow"]), optimiser.load_state_dict(state["optimiser"])
        seen, spent = state["seen"], state["spent"]
    else:
        model.begun_from(torch.load(asked.start)["slow"])
        slow.load_state_dict(model.state_dict())
    data = DataLoader(
        Stream(asked.fonts, asked.debian_fonts, seen), asked.batch, num_workers=1, collate_fn=together, prefetch_factor=8
    )
    began, last, before, losses = time.time() - spent, time.time(), seen, []
    lengths = torch.full((2 * asked.batch,), STEPS)
    model.train()
    for pictures, characters, counts in data:
        at = (time.time() - began) / 60 / asked.minutes
        rate = asked.rate * min(1.0, seen / 8000 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * min(at, 1.0)))
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
        if time.time() - last > asked.score_every or at >= 1:
            now = time.time()
            whole = {
                "model": model.state_dict(),
                "slow": slow.state_dict(),
                "optimiser": optimiser.state_dict(),
                "seen": seen,
                "spent": now - began,
            }
            torch.save(whole, kept.with_suffix(".part"))
            kept.with_suffix(".part").rename(kept)
            line = {"seen": seen, "minutes": round((now - began) / 60, 1), "rate": round((seen - before) / (now - last), 1),
                    "loss": round(float(np.mean(losses)), 4), **exam.scores(slow)}  # fmt: skip
            print(json.dumps(line), flush=True)
            with (asked.out / "scores.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            if at >= 1:
                break
            last, before, losses = time.time(), seen, []


if __name__ == "__main__":
    main()
