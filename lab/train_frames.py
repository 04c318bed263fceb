"""Trains the network that sees several frames at once (`frames_model.py`), on clips drawn like those of `voting.py`. Resumable.

    python -m lab.train_frames --pool POOL --train ../shared/data/train --from RUN/start.pt --out RUN --clips 60000

Frames are brought into line as the unit does it, but by what is known of them instead of by looking: each onto the canvas of the
first, what is wrong with the first one's corners included, and a little beside it. A few are badly beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from lab import decoys, real, synth
from lab.frames_model import Frames
from lab.model import STEPS, Reader
from lab.train import Pool, folded, lines_of, spell
from lab.voting import Clip, Random, film

MEASURED = {1, 50}  # files of the pool that voting is measured and tuned on
COUNTS, SHARES = np.arange(1, 9), np.array((4, 4, 8, 12, 16, 16, 16, 24)) / 100  # how many frames a lesson has
OFF_PX, OFF_SHAPE = 0.75, 0.008  # of a frame that was brought into line; as measured on `recognition.in_line`
ASTRAY, ASTRAY_PX = 0.06, 2.5  # share of the frames that were not, and how far they are off
NO_SERIAL = 0.03
KEPT = 120  # lessons: what was found in their frames is learned from a second time


def in_line(rng: Random, clip: Clip, first: int) -> NDArray[np.uint8]:
    """The frames on one canvas (k, 48, 160), the first one first."""
    size = (synth.COLUMNS, synth.ROWS)
    plate = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    ways, canvases = [], []
    for frame in clip.frames:
        to_canvas = synth.window(np.array(frame.corners, np.float32))
        grey = np.ascontiguousarray(frame.pixels[..., 0])
        canvases.append(cv2.warpPerspective(grey, to_canvas, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
        ways.append(to_canvas @ cv2.getPerspectiveTransform(plate, frame.true.astype(np.float32)))
    laid = [canvases[first]]
    for at, (canvas, way) in enumerate(zip(canvases, ways, strict=True)):
        if at == first:
            continue
        off = np.eye(3)
        off[:2, 2] = rng.normal(0, ASTRAY_PX if rng.random() < ASTRAY else OFF_PX, 2) * (1, 0.7)
        off[:2, :2] += rng.normal(0, OFF_SHAPE, (2, 2))
        middle = np.array([[1, 0, size[0] / 2], [0, 1, size[1] / 2], [0, 0, 1]])
        move = middle @ off @ np.linalg.inv(middle) @ ways[first] @ np.linalg.inv(way)
        laid.append(cv2.warpPerspective(canvas, move, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
    return np.stack(laid)


class Stream(IterableDataset):
    """Endless batches of clips, all of one batch with as many frames: (n, k, 1, 48, 160) and the two lines' characters."""

    def __init__(self, pool: Path, train: Path, batch: int, seed: int, only: set[int] | None = None) -> None:
        self.pool, self.train, self.batch, self.seed, self.only = pool, train, batch, seed, only

    def __iter__(self) -> Iterator[tuple[torch.Tensor, list[tuple[list[int], list[int]]]]]:
        cv2.setNumThreads(1)
        rng = np.random.default_rng(self.seed)
        pool = Pool(self.pool, only=self.only, without=MEASURED)
        backs = real.streets(self.train)
        hand = decoys.Hand(rng)
        count = 0
        while True:
            count += 1
            if count % 50 == 0:
                pool.look()
            frames = int(rng.choice(COUNTS, p=SHARES))
            seen, lines = [], []
            while len(seen) < self.batch:
                if rng.random() < NO_SERIAL:
                    flat, aspect = synth.sign_flat(rng, hand, backs)
                    text = ["", ""]
                else:
                    flat, row = pool.pick(rng)
                    aspect, text = row["aspect"], [*row["lines"], ""][:2]
                clip = film(rng, flat, "", aspect, backs, float(rng.uniform(0.2, 0.8)), frames)
                # the unit begins with the surest frame, which is mostly a large one
                sizes = [float(np.hypot(*(frame.true[1] - frame.true[0]))) for frame in clip.frames]
                first = int(np.argmax(np.array(sizes) * rng.uniform(0.7, 1.0, frames)))
                seen.append(in_line(rng, clip, first))
                lines.append((lines_of(text[0]), lines_of(text[1])))
            yield torch.from_numpy(np.stack(seen))[:, :, None], lines


def targets(lines: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    flat = [line for both in lines for line in both]
    return torch.tensor([c for line in flat for c in line], dtype=torch.long), torch.tensor([len(line) for line in flat])


def some_of(chance: Random, found: torch.Tensor) -> torch.Tensor:
    """Some frames of each clip, by lot: the first, and others in another order."""
    frames = found.shape[1]
    others = 1 + chance.permutation(frames - 1)[: int(chance.integers(0, frames))]
    return found[:, [0, *others.tolist()]]


class Exam:
    """Clips of plates of a file that is not trained on, eight frames each; and the same clips' first frames alone."""

    def __init__(self, pool: Path, train: Path, file: int, clips: int) -> None:
        rng = np.random.default_rng(77)
        backs, flats = real.streets(train, 200), Pool(pool, only={file})
        self.frames, self.texts = [], []
        for _ in range(clips):
            flat, row = flats.pick(rng)
            clip = film(rng, flat, row["text"], row["aspect"], backs, 0.5, 8)
            self.frames.append(in_line(rng, clip, int(np.argmax([np.hypot(*(f.true[1] - f.true[0])) for f in clip.frames]))))
            self.texts.append(row["text"])

    def scores(self, model: Frames) -> dict[str, float]:
        model.eval()
        pictures = torch.from_numpy(np.stack(self.frames))[:, :, None]
        marks = {}
        with torch.inference_mode():
            for name, frames in (("one", 1), ("four", 4), ("eight", 8)):
                said = [text for part in pictures[:, :frames].split(32) for text in spell(model(part.float()))]
                marks[name] = round(float(np.mean([folded(a) == folded(b) for a, b in zip(said, self.texts, strict=True)])), 4)
        return marks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, required=True, help="the reader as lab.unpack makes it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=60_000)
    parser.add_argument("--minutes", type=float, default=0.0, help="the rate falls to nothing after so long, if that is sooner")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=7e-4)
    parser.add_argument("--exam", type=int, default=50, help="file of the pool for the examination")
    parser.add_argument("--exam-clips", type=int, default=300)
    parser.add_argument("--score-every", type=float, default=300, help="seconds")
    asked = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    exam = Exam(asked.pool, asked.train, asked.exam, asked.exam_clips)
    start = torch.load(asked.start)
    reader = Reader(*start["widths"])
    reader.load_state_dict(start["slow"])
    model, slow = Frames(*start["widths"]), Frames(*start["widths"])
    model.begin_with(reader), slow.begin_with(reader)
    model.front.requires_grad_(False)
    front = _fast(slow)
    learning = [each for each in model.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=asked.rate, weight_decay=0.01)
    seen, kept = 0, asked.out / "checkpoint.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"]), slow.load_state_dict(state["slow"]), optimiser.load_state_dict(state["optimiser"])
        seen = state["seen"]
    lessons: deque[tuple[torch.Tensor, list[tuple[list[int], list[int]]]]] = deque(maxlen=KEPT)
    chance = np.random.default_rng(seen + 2)
    began, last, before, losses = time.time(), time.time(), seen, []
    print(json.dumps({"seen": seen, **exam.scores(slow)}), flush=True)
    for pictures, lines in DataLoader(
        Stream(asked.pool, asked.train, asked.batch, seen + 1), batch_size=None, num_workers=1, prefetch_factor=8
    ):
        at = seen / asked.clips
        if asked.minutes:
            at = max(at, (time.time() - began) / 60 / asked.minutes)
        if at >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = asked.rate * min(1.0, seen / 3000 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * at))
        model.train()
        model.front.eval()  # it stays as it is, its normalisations too
        with torch.no_grad():
            found = front(pictures.flatten(0, 1).float()).unflatten(0, pictures.shape[:2])
        lessons.append((found, lines))
        again, its_lines = lessons[int(chance.integers(len(lessons)))]
        for features, wanted in ((found, lines), (some_of(chance, again), its_lines)):
            logits = model.told(model.together(features.flatten(0, 1), features.shape[1]))
            chances = logits.log_softmax(-1).flatten(0, 1).transpose(0, 1)
            characters, counts = targets(wanted)
            steps = torch.full((len(counts),), STEPS)
            loss = functional.ctc_loss(chances, characters, steps, counts, zero_infinity=True, reduction="none").mean() / 3
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 5.0)
            optimiser.step()
            keep = min(0.995, 1 - 1 / (1 + seen / asked.batch / 5))
            with torch.no_grad():
                for a, b in zip(slow.state_dict().values(), model.state_dict().values(), strict=True):
                    a.mul_(keep).add_(b, alpha=1 - keep) if a.is_floating_point() else a.copy_(b)
        seen += asked.batch
        losses.append(loss.item())
        if time.time() - last > asked.score_every:
            last, before, losses = _noted(
                asked.out, model, slow, optimiser, seen, start["widths"], exam, began, last, before, losses
            )
    _noted(asked.out, model, slow, optimiser, seen, start["widths"], exam, began, last, before, losses)


def _fast(model: Frames) -> Callable[[torch.Tensor], torch.Tensor]:
    """What each frame passes by itself, normalisations melted into the layers before them: it is not trained."""

    class Front(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = model

        def forward(self, grey: torch.Tensor) -> torch.Tensor:
            return self.whole.seen(grey)

    traced = torch.jit.trace(Front().eval(), torch.zeros(8, 1, synth.ROWS, synth.COLUMNS))
    fast: Callable[[torch.Tensor], torch.Tensor] = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
    return fast


def _noted(
    out: Path, model: Frames, slow: Frames, optimiser: torch.optim.Optimizer, seen: int, widths: tuple[int, ...], exam: Exam,
    began: float, last: float, before: int, losses: list[float],
) -> tuple[float, int, list[float]]:  # fmt: skip
    kept = out / "checkpoint.pt"
    state = {"model": model.state_dict(), "slow": slow.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen}
    torch.save({**state, "widths": widths}, kept.with_suffix(".part"))
    kept.with_suffix(".part").rename(kept)
    line = {
        "seen": seen,
        "minutes": round((time.time() - began) / 60, 1),
        "rate": round((seen - before) / max(1.0, time.time() - last), 1),
        "loss": round(float(np.mean(losses)), 4) if losses else None,
        **exam.scores(slow),
    }
    print(json.dumps(line), flush=True)
    with (out / "scores.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")
    return time.time(), seen, []


if __name__ == "__main__":
    main()
