"""Rewrites the detector's files so that they compute the same with less.

    python -m lab.trim finder IN.onnx OUT.onnx
    python -m lab.trim refiner IN.onnx OUT.onnx --train ../shared/data/train

The finder's picture is brought to its scale by the first layer's weights; it is given with its middle grey (128) taken off. The refiner loses the
units of its last layer but one that never speak: below nought on every cut-out of the training photographs, of far fainter finds than
the runtime looks at, and on noise, negatives and mirror images of them. How far the answers move is printed.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from lab.fold import Graph, in_use
from platewarden.recognition import detect
from platewarden.recognition.weights import open_session

SCALE, MIDDLE = 64.0, 128.0  # of the finder's picture, as it was trained
BEFORE = "/last/last.1/Gemm_output_0"  # the refiner's units before what is below nought is dropped
FAINT = 0.02  # of the finder
AT_ONCE = 32


def without_scaling(model: onnx.ModelProto) -> onnx.ModelProto:
    """Picture / 64 - 2 and the first layer -> the first layer, over what is left of the picture without 128."""
    graph = Graph(model)
    (given,) = graph.readers_of("picture")
    (moved,) = graph.readers_of(given.output[0])
    (first,) = graph.readers_of(moved.output[0])
    assert [given.op_type, moved.op_type, first.op_type] == ["Div", "Sub", "Conv"]
    tensor = graph.weight_of(first)
    weights = numpy_helper.to_array(tensor).astype(np.float32) / np.float32(SCALE)
    cast = graph.by_output.get(first.input[1])
    tensor.CopyFrom(numpy_helper.from_array(weights, first.input[1]))  # in thirty-two bits: sixteen hold nothing that small
    if cast is not None:
        model.graph.node.remove(cast)
    first.input[0] = "picture"
    in_use(model)
    return model


def without_the_silent(model: onnx.ModelProto, silent: NDArray[np.bool_]) -> onnx.ModelProto:
    """The refiner without these units."""
    graph = Graph(model)
    one, two = (node for node in model.graph.node if node.op_type == "Gemm")
    assert one.output[0] == BEFORE
    for name, axis in ((one.input[1], 0), (one.input[2], 0), (two.input[1], 1)):
        tensor = graph.weights[graph.by_output[name].input[0] if name in graph.by_output else name]
        kept = np.compress(~silent, numpy_helper.to_array(tensor), axis=axis)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(kept), tensor.name))
    del model.graph.value_info[:]
    return model


def silent_units(raw: bytes, cuts: NDArray[np.float32]) -> NDArray[np.bool_]:
    model = onnx.load_from_string(raw)
    model.graph.output.append(helper.make_empty_tensor_value_info(BEFORE))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(427)
    noise = chance.uniform(0, 255, (400, *cuts.shape[1:]))
    noise[200:] = noise[200:, :, :12, :20].repeat(8, axis=2).repeat(8, axis=3)
    most: NDArray[np.float32] = np.full(1, -np.inf, np.float32)
    for shown in (cuts, noise, 255 - cuts, cuts[:, :, ::-1], cuts[:, :, :, ::-1], np.clip(cuts * 3 - 200, 0, 255)):
        for at in range(0, len(shown), AT_ONCE):
            (before,) = session.run([BEFORE], {"cuts": shown[at : at + AT_ONCE].astype(np.float32)})
            most = np.maximum(most, before.max(axis=0))
    return np.asarray(most < 0)


class Listening:
    """The refiner, and every cut-out that it is asked about."""

    def __init__(self) -> None:
        self.session, self.heard = open_session("refiner"), []

    def get_inputs(self) -> object:
        return self.session.get_inputs()

    def run(self, wanted: object, feed: dict[str, NDArray[np.float32]]) -> object:
        self.heard += feed.values()
        return self.session.run(wanted, feed)


def cut_outs(train: Path) -> NDArray[np.float32]:
    """What the refiner is asked on the training photographs when the finder's faintest finds are looked at too."""
    refiner = Listening()
    detect.MAY_BE, detect.BESIDE, detect.LEAST = FAINT, 0.0, 0.0
    finder = detect.Detector(open_session("finder"), refiner)
    for name in ("romania", "world", "florida"):
        for path in sorted((train / name).glob("*.*g")):
            finder.find(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    return np.concatenate(refiner.heard)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=["finder", "refiner"])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--train", type=Path)
    asked = parser.parse_args()
    raw = asked.model.read_bytes()
    model = onnx.load_from_string(raw)
    if asked.name == "finder":
        shown = np.random.default_rng(1).uniform(0, 255, (1, 1, 384, 640)).astype(np.float32)
        less, given = without_scaling(model), shown - np.float32(MIDDLE)
    else:
        shown = cut_outs(asked.train)
        silent = silent_units(raw, shown)
        print(f"{len(shown)} cut-outs: {silent.sum()} of {len(silent)} units never speak")
        less, given = without_the_silent(model, silent), shown
    onnx.checker.check_model(less, full_check=True)
    small = less.SerializeToString()
    before, after = (onnxruntime.InferenceSession(each, providers=["CPUExecutionProvider"]) for each in (raw, small))
    put = before.get_inputs()[0].name
    apart = max(
        float(np.abs(before.run(None, {put: shown[at : at + 8]})[0] - after.run(None, {put: given[at : at + 8]})[0]).max())
        for at in range(0, len(shown), 8)
    )
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(small)
    print(f'"{asked.name}": "{hashlib.sha256(small).hexdigest()}",  # {len(small) / 1e6:.2f} MB, moved by {apart:.6f}')


if __name__ == "__main__":
    main()
