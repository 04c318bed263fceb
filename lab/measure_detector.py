"""The detector alone: plates found (overlap of upright boxes over 0.5) among the first three, and its time. Measuring only.

python -m lab.measure_detector MODELS ../shared/data/eval [--plate-free FOLDER] [--misses SHEET.jpg]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw

from platewarden.recognition.detect import Detector, Found
from platewarden.recognition.picture import open_picture
from platewarden.recognition.result import Box


def union_overlap(a: Box, b: Box) -> float:
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    both = max(0.0, wide) * max(0.0, high)
    return both / (a.width * a.height + b.width * b.height - both + 1e-9)


def open_detector(folder: Path) -> Detector:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    finder, refiner = (
        onnxruntime.InferenceSession((folder / f"{name}.onnx").read_bytes(), options, providers=["CPUExecutionProvider"])
        for name in ("finder", "refiner")
    )
    return Detector(finder, refiner)


def tile(pixels: np.ndarray, found: tuple[Found, ...], truth: Box, note: str) -> Image.Image:
    image = Image.fromarray(pixels).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.rectangle((truth.x, truth.y, truth.x + truth.width, truth.y + truth.height), outline=(255, 0, 0), width=3)
    for each in found[:3]:
        pen.polygon(each.corners, outline=(0, 255, 0), width=3)
        pen.text(each.corners[0], f"{each.confidence:.2f}", fill=(255, 255, 0), font_size=28)
    image = image.resize((480, round(480 * image.height / image.width))).crop((0, 0, 480, 300))
    ImageDraw.Draw(image).text((4, 4), note, fill=(0, 255, 255), font_size=16)
    return image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="+", default=["photos-us", "photos-eu"])
    parser.add_argument("--plate-free", type=Path)
    parser.add_argument("--misses", type=Path)
    asked = parser.parse_args()
    detector = open_detector(asked.models)
    tiles: list[Image.Image] = []
    for name in asked.sets:
        rows = [json.loads(line) for line in (asked.folder / name / "truth.jsonl").read_text().splitlines()]
        best: list[float] = []
        first: list[bool] = []
        times: list[float] = []
        off: list[np.ndarray] = []
        for row in rows:
            pixels = open_picture(asked.folder / name / row["image"]).pixels
            begun = time.process_time()
            found = detector.find(pixels)
            if pixels.shape[:2] == (720, 1280):
                times.append(1000 * (time.process_time() - begun))
            for x, y, w, h in row["boxes"]:
                truth = Box(x, y, w, h)
                overlaps = [union_overlap(Box.around(each.corners), truth) for each in found[:3]]
                best.append(max(overlaps, default=0.0))
                first.append(bool(overlaps) and overlaps[0] > 0.5)
                if best[-1] > 0.5:
                    box = Box.around(found[int(np.argmax(overlaps))].corners)
                    off.append(
                        np.array(
                            [(box.x - x) / w, (box.y - y) / h, (box.x + box.width - x - w) / w, (box.y + box.height - y - h) / h]
                        )
                    )
                else:
                    tiles.append(tile(pixels, found, truth, f"{name} {row['image']} {best[-1]:.2f}"))
        got = np.array(best)
        sides = np.array(off).reshape(-1, 4)
        line = {
            "set": name,
            "plates": len(got),
            "found": round(float((got > 0.5).mean()), 4),
            "first": round(float(np.mean(first)), 4),
            "overlap over 0.7": round(float((got > 0.7).mean()), 4),
            "median overlap": round(float(np.median(got)), 3),
            "sides off, median (left top right bottom, of width or height)": [round(float(v), 3) for v in np.median(sides, axis=0)],
            "ms": round(float(np.median(times)), 1) if times else None,
        }
        print(json.dumps(line))
    if asked.plate_free:
        sure = sorted(
            (
                each.confidence
                for path in sorted(asked.plate_free.glob("*.jpg"))
                for each in detector.find(open_picture(path).pixels)
            ),
            reverse=True,
        )
        print(json.dumps({"plate-free": {str(at): sum(s >= at for s in sure) for at in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)}}))
    if asked.misses and tiles:
        across = 4
        sheet = Image.new("RGB", (480 * across, 300 * (-(-len(tiles) // across))))
        for at, each in enumerate(tiles):
            sheet.paste(each, (480 * (at % across), 300 * (at // across)))
        sheet.save(asked.misses, quality=80)


if __name__ == "__main__":
    main()
