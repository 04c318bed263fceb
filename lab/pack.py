"""Halves a model file: its weights are kept as sixteen-bit numbers and made thirty-two bits again when the file is opened.

    python -m lab.pack IN.onnx OUT.onnx

Computing stays in thirty-two bits, so nothing gets slower. How far the answers move is printed; `lab/LOG.md` has what that costs.
"""

from __future__ import annotations

import argparse
import hashlib
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    whole = asked.model.read_bytes()
    half = packed(onnx.load_from_string(whole)).SerializeToString()
    before, after = (onnxruntime.InferenceSession(raw, providers=["CPUExecutionProvider"]) for raw in (whole, half))
    wanted = before.get_inputs()[0]
    shape = [side if isinstance(side, int) else {0: 2, 1: 1, 2: 384, 3: 640}[at] for at, side in enumerate(wanted.shape)]
    example = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    apart = float(np.abs(before.run(None, {wanted.name: example})[0] - after.run(None, {wanted.name: example})[0]).max())
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(half)
    print(f'"{asked.out.stem}": "{hashlib.sha256(half).hexdigest()}",  # {len(half) / 1e6:.2f} MB, moved by {apart:.4f}')


if __name__ == "__main__":
    main()
