"""Halves a model file: its weights are kept as sixteen-bit numbers and made thirty-two bits again when the file is opened.

    python -m lab.pack IN.onnx OUT.onnx

Computing stays in thirty-two bits, so nothing gets slower. How far the answers move is printed; `lab/LOG.md` has what that costs.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def packed(model: onnx.ModelProto) -> onnx.ModelProto:
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 64 or len(tensor.dims) < 2:  # steps of eight bits stay
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def rewritten(about: str | None, change: Callable[[onnx.ModelProto], onnx.ModelProto]) -> None:
    """A command: a model file changed and written beside, with how far its answers to one example moved, for `weights.py`."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    raw = asked.model.read_bytes()
    changed = change(onnx.load_from_string(raw)).SerializeToString()
    before, after = (onnxruntime.InferenceSession(each, providers=["CPUExecutionProvider"]) for each in (raw, changed))
    wanted = before.get_inputs()[0]
    shape = [side if isinstance(side, int) else {0: 2, 1: 1, 2: 384, 3: 640}[at] for at, side in enumerate(wanted.shape)]
    example = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    apart = float(np.abs(before.run(None, {wanted.name: example})[0] - after.run(None, {wanted.name: example})[0]).max())
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(changed)
    print(f'"{asked.out.stem}": "{hashlib.sha256(changed).hexdigest()}",  # {len(changed) / 1e6:.2f} MB, moved by {apart:.6f}')


if __name__ == "__main__":
    rewritten(__doc__, packed)
