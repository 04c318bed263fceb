"""Cut-outs of the real plates that no network of ours was trained to read, as a folder that `platewarden measure` takes.

    python -m lab.cutouts --train ../shared/data/train --out FOLDER

Pictures that show little but a plate: what the whole-picture rule of `recognition/own_engine.py` is for, and may be set by.
The pictures stay where they are made. Known gap: the finder and the refiner have seen some of these photographs whole.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from lab import real


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=4, help="of one plate")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    rng, taken, rows = np.random.default_rng(41), dict[str, int](), []
    for name in ("world", "florida", "romania"):
        for line in (asked.train / name / "boxes.jsonl").read_text().splitlines():
            row = json.loads(line)
            regions = row.get("regions") or [None] * len(row["plates"])
            for (x, y, w, h), text, region in zip(row["boxes"], row["plates"], regions, strict=True):
                if not text or not real.held_out(text) or taken.get(text, 0) >= asked.most or w < 40:
                    continue
                whole = cv2.imread(str(asked.train / name / row["image"]))
                if whole is None:
                    continue
                left, top, right, bottom = rng.uniform(-0.02, 0.12, 4) * (w, h, w, h)
                cut = whole[max(0, int(y - top)) : int(y + h + bottom), max(0, int(x - left)) : int(x + w + right)]
                if min(cut.shape[:2]) < 12:
                    continue
                wide = int(rng.uniform(200, 440))
                cut = cv2.resize(cut, (wide, max(20, round(cut.shape[0] * wide / cut.shape[1]))), interpolation=cv2.INTER_CUBIC)
                taken[text] = taken.get(text, 0) + 1
                file = f"{name}-{len(rows):04}.png"
                cv2.imwrite(str(asked.out / file), cut)
                state = region[3:].lower() if region and region.startswith("US-") else None
                rows.append({"image": file, "plate": text, "state": state})
    (asked.out / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(f"{len(rows)} cut-outs of {len(taken)} plates")


if __name__ == "__main__":
    main()
