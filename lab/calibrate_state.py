"""What a plate's words weigh in telling its state: fits the figures of `recognition/state.py` and prints what each threshold is worth.

    python -m lab.calibrate_state --fonts FONTS MORE --train ../shared/data/train --words RUN/words.onnx --out RUN

Fitted on whole plates drawn by `plates.py` with words in held-out fonts, photographed, straightened as the runtime does it; a quarter
bears another country's name, none, or a made-up one. Shown on as many others, and on the real plates of ../shared/data/train.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from torch.nn import functional

from lab import real, synth
from lab.designs import Design
from lab.dies import FontShelf
from lab.plates import WIDE, Flat, Picture, Press
from lab.strips import Lettering, Sheet, StripPress
from lab.words import ELSEWHERE
from platewarden.recognition.picture import Pixels
from platewarden.recognition.result import Corners
from platewarden.recognition.state import STATES, StateTeller

NONE = len(STATES)
Plate = tuple[Pixels, Corners, str, int, float]


class Sharp(Press):
    """Presses plates that keep all their pixels, with words in held-out fonts; a share of them of no state."""

    def __init__(self, fonts: FontShelf, lettering: Lettering, seed: int) -> None:
        super().__init__(fonts, seed)
        self.lettering, self.other = lettering, ""
        self.babbler = StripPress(lettering, fonts, seed)

    def _words(
        self, sheet: Sheet, text: str, use: str, ink: Sheet, middle: int, high: float, most: int, x: int = WIDE // 2
    ) -> None:
        if text.isascii() and len(text) > 3:
            families = self.lettering.scripts if use == "script" else self.lettering.others
            path = self.rng.choice(self.rng.choice(families))
            self.fonts.names = {**self.fonts.names, use: [path]}
        super()._words(sheet, text, use, ink, middle, high, most, x)

    def _name(self, sheet: Sheet, design: Design, ink: Sheet) -> None:
        super()._name(sheet, replace(design, name=self.other) if self.other else design, ink)

    def _finish(self, sheet: Sheet) -> Picture:
        return np.clip(sheet, 0, 255).astype(np.uint8)

    def one(self) -> tuple[Flat, int]:
        """A plate and its answer."""
        pick = self.rng.random()
        if pick < 0.1:
            return self.european() if pick < 0.07 else self.brazilian(), NONE
        if pick < 0.25:
            self.other = self.rng.choice(ELSEWHERE) if self.rng.random() < 0.5 else self.babbler.babble()
            by_state, self.by_state = self.by_state, {s: [_without_motto(d) for d in ds] for s, ds in self.by_state.items()}
            flat = self.state_plate()
            self.other, self.by_state = "", by_state
            return flat, NONE
        flat = self.state_plate()
        return flat, STATES.index(flat.state)


def _without_motto(design: Design) -> Design:
    return replace(design, slogan="")


def drawn(fonts: list[Path], debian: Path, train: Path, count: int, seed: int) -> Iterator[Plate]:
    """Photographs of drawn plates: RGB, corners a little wrong, serial, answer, width."""
    press = Sharp(FontShelf(fonts[0], debian), Lettering(fonts, debian, held_out=True), seed)
    rng, backs = np.random.default_rng(seed), real.streets(train)
    for _ in range(count):
        flat, answer = press.one()
        scene, quad = synth.scene(rng, flat.picture, flat.aspect, backs, 90, 380, colour=True)
        wide, high = float(np.hypot(*(quad[1] - quad[0]))), float(np.hypot(*(quad[3] - quad[0])))
        picture = synth.worn(rng, scene, high, 0.6 * float(rng.random()) ** 1.3)
        corners = quad + rng.normal(0, 0.018, (4, 2)) * [wide, high] + rng.normal(0, 0.02, (1, 2)) * [wide, high]
        if rng.random() < 0.3:
            corners[2:] += [0, high * rng.uniform(0, 0.1)]
        yield picture, tuple(tuple(c) for c in corners.tolist()), "".join(flat.lines), answer, wide


def reals(train: Path) -> Iterator[Plate]:
    """The real plates whose country or state is known, as `drawn` gives them."""
    for name in ("romania", "world", "florida"):
        for line in (train / name / "boxes.jsonl").read_text().splitlines():
            row = json.loads(line)
            regions = row.get("regions") or [None] * len(row["plates"])
            whole = None
            for (x, y, w, h), text, region in zip(row["boxes"], row["plates"], regions, strict=True):
                region = region or ("RO" if name == "romania" else None)
                if not region or w < 60 or (region.startswith("US-") and region[3:] not in STATES):
                    continue
                whole = cv2.imread(str(train / name / row["image"]))[..., ::-1] if whole is None else whole
                corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
                answer = STATES.index(region[3:]) if region.startswith("US-") else NONE
                yield np.ascontiguousarray(whole), tuple((float(a), float(b)) for a, b in corners), text or "", answer, float(w)


def looked_at(teller: StateTeller, plates: Iterator[Plate]) -> dict[str, torch.Tensor]:
    """What the network says of each: (n, lines, words) figures of the spotter, answers, widths."""
    figures, answers, wides, texts = [], [], [], []
    for picture, corners, text, answer, wide in plates:
        figures.append(teller.heard(picture, corners))
        answers.append(answer), wides.append(wide), texts.append(text)
    return {
        "figures": torch.from_numpy(np.stack(figures)),
        "answers": torch.tensor(answers),
        "wides": torch.tensor(wides),
        "texts": texts,
    }


def told(part: dict, weights: torch.Tensor, lengths: torch.Tensor, groups: list[torch.Tensor]) -> torch.Tensor:
    """Logits of every state and of none: the same sum as in `recognition/state.py`."""
    fit, letter, word, any_state = weights
    odds = fit * part["figures"] + letter * lengths - word
    by_state = torch.stack([functional.softplus(odds[..., group].amax(-1)).sum(-1) for group in groups], dim=1)
    return torch.cat([by_state + any_state, torch.zeros(len(by_state), 1)], dim=1)


def table(name: str, chances: torch.Tensor, part: dict) -> None:
    sure, said = chances.max(-1)
    of_a_state = part["answers"] != NONE
    print(f"{name}: {len(said)} plates, {int(of_a_state.sum())} of a state")
    for least in (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995):
        tells = (said != NONE) & (sure >= least)
        right = int((said == part["answers"])[tells].sum())
        share = float(tells[of_a_state].float().mean()) if of_a_state.any() else 0.0
        print(f"  {least:.3f}: told {share:6.1%} of those of a state, {int(tells[~of_a_state].sum())} of the others; right {right} of {int(tells.sum())}, {right / max(1, int(tells.sum())):6.2%}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--debian-fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True, help="the network, exported")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    teller = StateTeller(onnxruntime.InferenceSession(asked.words.read_bytes(), options, providers=["CPUExecutionProvider"]))
    lengths = torch.tensor(teller.lengths, dtype=torch.float32)
    groups = [torch.tensor([at for at, state in enumerate(teller.of) if state == each]) for each in STATES]
    parts = {
        "fitted on": looked_at(teller, drawn(asked.fonts, asked.debian_fonts, asked.train, asked.count, 21)),
        "drawn": looked_at(teller, drawn(asked.fonts, asked.debian_fonts, asked.train, asked.count, 22)),
        "real": looked_at(teller, reals(asked.train)),
    }
    torch.save(parts, asked.out / "looked_at.pt")
    fit = parts["fitted on"]
    raw = torch.tensor([0.5, 1.0, 4.0, -4.0], requires_grad=True)
    optimiser = torch.optim.LBFGS([raw], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = functional.cross_entropy(told(fit, raw, lengths, groups), fit["answers"])
        value.backward()
        return value

    print(f"loss {float(optimiser.step(loss)):.4f} at first, {float(loss()):.4f} when fitted")
    print("FIT, LETTER, WORD, ANY_STATE =", ", ".join(f"{v:.3f}" for v in raw.tolist()))
    with torch.no_grad():
        for name, part in parts.items():
            table(name, told(part, raw, lengths, groups).softmax(-1), part)
        wide = parts["drawn"]["wides"] >= 220
        some = {k: v[wide] for k, v in parts["drawn"].items() if k != "texts"}
        table("drawn, 220 pixels or wider", told(some, raw, lengths, groups).softmax(-1), some)


if __name__ == "__main__":
    main()
