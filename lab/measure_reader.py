"""The reader alone on true boxes: what it could do behind a perfect detector. Measuring only; nothing here is learnt from.

python -m lab.measure_reader READER.onnx ../shared/data/eval [--misses]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnxruntime

from platewarden.recognition.decode import agree
from platewarden.recognition.ocr import CharacterReader, moved
from platewarden.recognition.picture import open_picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    asked = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    reader = CharacterReader(onnxruntime.InferenceSession(str(asked.model), options, providers=["CPUExecutionProvider"]))
    for name in ("photos-us", "photos-eu", "crops-us"):
        rows = [json.loads(line) for line in (asked.folder / name / "truth.jsonl").read_text().splitlines()][:: asked.every]
        one = vote = total = 0
        for row in rows:
            picture = open_picture(asked.folder / name / row["image"])
            if "boxes" in row:
                plates = list(zip(row["boxes"], row["plates"], strict=True))
            else:
                plates = [([0, 0, picture.width, picture.height], row["plate"])]
            for (x, y, w, h), text in plates:
                total += 1
                corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
                places = [
                    corners,
                    *(
                        moved(corners, s, g)
                        for s, g in (((0.012, 0.02), 1.03), ((-0.012, -0.02), 1.03), ((0.01, -0.03), 0.97), ((-0.01, 0.03), 1.06))
                    ),
                ]
                looks = reader.look(picture.pixels, places)
                first, best = looks[0], agree(looks)
                fold = text.replace("O", "0")
                one += first.text.replace("O", "0") == fold
                right = best.text.replace("O", "0") == fold
                vote += right
                if asked.misses and not right:
                    print(f"  {row['image'][:24]:24} {text:9} read {best.text:10} {best.confidence:.2f}  {w}x{h}")
        print(f"{name}: one look {one / total:.1%}, five looks {vote / total:.1%} of {total}")


if __name__ == "__main__":
    main()
