"""The detector alone: plates found (overlap of upright boxes over 0.5) among the first three, and its time. Measuring only.

python -m lab.measure_detector MODELS ../shared/data/eval [--plate-free FOLDER] [--misses SHEET.jpg]
python -m lab.measure_detector MODELS --scenes SCENES    (held-out scenes, photographs and close-ups: thresholds come from here)
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from PIL import Image, ImageDraw

from platewarden.recognition import detect
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


Held = tuple[np.ndarray, list[Box], bool]  # grey pixels, plates, and whether there may be others


def held_out(folder: Path) -> Iterator[tuple[str, Iterator[Held]]]:
    """What no network was trained on: composed scenes, photographs, and real plates cut out with a margin of up to 15 %."""
    from lab import scenes  # noqa: PLC0415  all photographs in memory
    from lab.train_detector import Shelf  # noqa: PLC0415

    def around(quad: np.ndarray) -> Box:
        (x, y), (x1, y1) = quad.min(0), quad.max(0)
        return Box(float(x), float(y), float(x1 - x), float(y1 - y))

    shelf = Shelf(folder, "dev")
    for file, path in enumerate(shelf.files):

        def of_scenes(file: int = file) -> Iterator[Held]:
            for one in range(min(600, len(shelf.rows[file]))):
                seen = shelf.at(file, one)
                picture = seen.image[: seen.view[1], : seen.view[0]]
                plates = [around(q) for q, loose in zip(seen.quads, seen.loose, strict=True) if not loose]
                yield picture, plates, bool(len(seen.ignore) or seen.loose.any() or len(seen.doubt))

        yield path.stem, of_scenes()
    photos = [photo for photo in scenes.load_photos() if photo.held_out and not photo.loose]

    def of_photos() -> Iterator[Held]:
        for photo in photos:
            yield cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), [Box(*map(float, box)) for box in photo.boxes], True

    yield "photographs", of_photos()

    def of_crops() -> Iterator[Held]:
        chance = np.random.default_rng(11)
        for photo in photos:
            grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
            for x, y, w, h in photo.boxes:
                if w < 60:
                    continue
                for _ in range(3):
                    left, up, right, down = chance.uniform(0, 0.15, 4) * [w, 0.6 * w, w, 0.6 * w]
                    x0, y0 = int(max(0, x - left)), int(max(0, y - up))
                    crop = grey[y0 : int(np.ceil(y + h + down)), x0 : int(np.ceil(x + w + right))]
                    yield crop, [Box(float(x - x0), float(y - y0), float(w), float(h))], True

    yield "close-ups", of_crops()


def trade_off(detector: Detector, folder: Path) -> None:
    """What each threshold keeps of the plates, and how many finds there are where no plate is."""
    steps = (0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
    shipped, detect.LEAST = detect.LEAST, 0.2
    for name, pictures in held_out(folder):
        kept: list[float] = []
        best: list[float] = []
        false: list[float] = []
        empty = beside = 0
        for grey, plates, others in pictures:
            found = detector.find(np.ascontiguousarray(np.broadcast_to(grey[..., None], (*grey.shape, 3))))
            for plate in plates:
                overlaps = [(union_overlap(Box.around(each.corners), plate), each.confidence) for each in found]
                overlap, sure = max(overlaps, default=(0.0, 0.0))
                best.append(overlap)
                kept.append(sure if overlap > 0.5 else 0.0)
            if not plates and not others:
                empty += 1
                false += [each.confidence for each in found]
            elif plates and not others:
                beside += sum(
                    each.confidence >= shipped and all(Box.around(each.corners).overlap(plate) < 0.1 for plate in plates)
                    for each in found
                )
        line = {
            "held out": name,
            "plates": len(best),
            "overlap over 0.5 / 0.7 / 0.8": [round(float(np.mean(np.array(best) > least)), 4) for least in (0.5, 0.7, 0.8)],
            "median overlap": round(float(np.median(best)), 3),
            "kept": {str(at): round(float(np.mean(np.array(kept) >= at)), 4) for at in steps},
            "empty scenes": empty,
            "false": {str(at): sum(each >= at for each in false) for at in steps} if empty else None,
            f"false beside plates at {shipped}": beside,
        }
        print(json.dumps(line), flush=True)
    detect.LEAST = shipped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--scenes", type=Path)
    parser.add_argument("--sets", nargs="+", default=["photos-us", "photos-eu"])
    parser.add_argument("--plate-free", type=Path)
    parser.add_argument("--misses", type=Path)
    asked = parser.parse_args()
    detector = open_detector(asked.models)
    tiles: list[Image.Image] = []
    if asked.scenes:
        trade_off(detector, asked.scenes)
    for name in asked.sets if asked.folder else []:
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
