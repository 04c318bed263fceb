"""Trained finder and refiner -> ONNX files, checked against the networks they came from.

python -m lab.export_detector RUN OUT [finder] [refiner]
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from lab.detector import Finder, Refiner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("which", nargs="*", default=["finder", "refiner"])
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in asked.which:
        state = torch.load(asked.run / f"{name}.pt")
        finding = name == "finder"
        model = Finder() if finding else Refiner()
        model.load_state_dict(state["slow"])
        model.eval()
        example = torch.rand(1, 1, 384, 640) * 255 if finding else torch.rand(3, 1, 96, 160) * 255
        into, says = ("picture", "grid") if finding else ("cuts", "told")
        free = {into: {2: "h", 3: "w"}, says: {2: "rows", 3: "columns"}} if finding else {into: {0: "n"}, says: {0: "n"}}
        path = asked.out / f"{name}.onnx"
        part = path.with_suffix(".part")
        torch.onnx.export(
            model, (example,), str(part), input_names=[into], output_names=[says], opset_version=17, dynamo=False, dynamic_axes=free
        )
        session = onnxruntime.InferenceSession(part.read_bytes(), providers=["CPUExecutionProvider"])
        (told,) = session.run(None, {into: example.numpy()})
        with torch.inference_mode():
            apart = float(np.abs(told - model(example).numpy()).max())
        if apart > 1e-3:
            raise SystemExit(f"The file says something else than the network: {apart}")
        raw = part.read_bytes()
        part.rename(path)
        print(f"{path.name}: {len(raw) / 1e6:.2f} MB, seen {state['seen']}, sha256 {hashlib.sha256(raw).hexdigest()}")


if __name__ == "__main__":
    main()
