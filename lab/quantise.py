"""Makes a model file compute in eight bits: weights of each filter, and what goes from one layer to the next, in 127 and 255 steps.

    python -m lab.quantise reader refiner --from SIXTEEN --pool POOL --train ../shared/data/train --out OUT [--file 51]

The steps are taken from what the shipped engine feeds its networks on photographs of train (plates that are not held out) and on
drawn plates in streets (a pool file of which nothing else is made). Nothing is trained, and nothing under eval/ is opened.

Notable choices:

- Weights use seven of their eight bits: two products of full range overflow the sixteen bits that processors without VNNI add them
  in, and the same picture would be read otherwise there.
- A network's first layers, with few channels, and its last one stay as they were: the first are slower in eight bits, the last says
  how sure it is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from lab import real, synth
from lab.train import Pool
from platewarden.recognition import own_engine
from platewarden.recognition.picture import Picture, Pixels

STAY = {
    "finder": ("/stem/", "/last/", "/to_d/", "/to_c/"),
    "refiner": ("/stem/stem.0/", "/last/"),
    "reader": ("/stem/stem.0/", "/along/along.4/"),
    "state": ("/stem/stem.0/", "/along/along.4/"),
}
"""Model -> its layers that stay in thirty-two bits, by a part of their names. The verifier is too small to gain."""
SPREAD = dict.fromkeys(("refiner", "reader", "state"), "/Add")
"""Model -> where it brings its picture to one spread, which stays too."""
MOST = 600  # runs of a network that are looked at


class Fed(CalibrationDataReader):  # type: ignore[misc]
    """Hands out what a network was fed, one run after the other."""

    def __init__(self, name: str, inputs: list[NDArray[np.float32]]) -> None:
        self._left = iter([{name: each} for each in inputs])

    def get_next(self) -> Any:
        return next(self._left, None)


class Listening:
    """A session that keeps what it is asked."""

    def __init__(self, session: Any, heard: list[NDArray[np.float32]]) -> None:
        self._session, self._heard = session, heard

    def get_inputs(self) -> Any:
        return self._session.get_inputs()

    def run(self, wanted: Any, feed: dict[str, Any]) -> Any:
        if len(self._heard) < MOST:
            self._heard += feed.values()
        return self._session.run(wanted, feed)


def streets(pool: Path, train: Path, file: int, count: int) -> list[Pixels]:
    """Drawn plates, worn by a camera, in photographs of streets."""
    rng, flats, backs = np.random.default_rng(5), Pool(pool, only={file}), real.streets(train)
    names = sorted((train / "romania").glob("*.jpg"))
    made = []
    for _ in range(count):
        flat, row = flats.pick(rng)
        grey, quad = synth.scene(rng, flat, row["aspect"], backs, 44, 260)
        worn = synth.worn(rng, grey, float(np.hypot(*(quad[3] - quad[0]))), float(rng.uniform(0.0, 0.8)))
        street = cv2.imread(str(names[rng.integers(len(names))]), cv2.IMREAD_GRAYSCALE)
        canvas = cv2.resize(street, (1280, 720))
        y, x = int(rng.integers(100, max(101, 720 - worn.shape[0]))), int(rng.integers(0, max(1, 1280 - worn.shape[1])))
        part = worn[: 720 - y, : 1280 - x]
        canvas[y : y + part.shape[0], x : x + part.shape[1]] = part
        made.append(np.repeat(canvas[..., None], 3, axis=2))
    return made


def photographs(train: Path, each: int = 2) -> list[Pixels]:
    """Real ones, as many of each plate, and none of those held out."""
    taken: defaultdict[str, int] = defaultdict(int)
    found = []
    for name in ("romania", "world", "florida"):
        for row in map(json.loads, (train / name / "boxes.jsonl").read_text().splitlines()):
            texts = [text for text in row["plates"] if text]
            if texts and not any(real.held_out(text) or taken[text] >= each for text in texts):
                for text in texts:
                    taken[text] += 1
                found.append(np.ascontiguousarray(cv2.imread(str(train / name / row["image"]))[..., ::-1]))
    return found


def fed(pictures: list[Pixels]) -> dict[str, list[NDArray[np.float32]]]:
    """Network -> what the engine feeds it on these pictures."""
    heard: defaultdict[str, list[NDArray[np.float32]]] = defaultdict(list)
    whole = own_engine.open_session
    own_engine.open_session = lambda name, threads: Listening(whole(name, threads), heard[name])  # type: ignore[assignment,return-value]
    engine = own_engine.open_engine()
    own_engine.open_session = whole
    for at in np.random.default_rng(1).permutation(len(pictures)):
        engine.recognise(Picture("picture", pictures[at]))
    return heard


def quantised(name: str, raw: bytes, inputs: list[NDArray[np.float32]]) -> bytes:
    """The model in eight bits but for what stays."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(plain)  # sixteen bits made thirty-two, constants folded
        session = onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
        nodes = [node.name for node in onnx.load(plain).graph.node]
        quantize_static(
            plain,
            small,
            Fed(session.get_inputs()[0].name, inputs),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=["Conv", "Relu", "Add", "Resize"],
            nodes_to_exclude=[node for node in nodes if any(part in node for part in STAY[name]) or node == SPREAD.get(name)],
            calibrate_method=CalibrationMethod.MinMax,
        )
        return small.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=sorted(STAY))
    parser.add_argument("--from", dest="sixteen", type=Path, required=True, help="folder of the models as lab.pack made them")
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--file", type=int, default=51)
    parser.add_argument("--count", type=int, default=220)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    heard = fed([*photographs(asked.train), *streets(asked.pool, asked.train, asked.file, asked.count)])
    for name in asked.names:
        small = quantised(name, (asked.sixteen / f"{name}.onnx").read_bytes(), heard[name])
        (asked.out / f"{name}.onnx").write_bytes(small)
        print(f'"{name}": "{hashlib.sha256(small).hexdigest()}",  # {len(small) / 1e6:.2f} MB, {len(heard[name])} runs looked at')


if __name__ == "__main__":
    main()
