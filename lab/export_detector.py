"""Trained finder and refiner -> ONNX files, checked against the networks they came from.

python -m lab.export_detector RUN OUT [finder] [refiner]

The rearranging of two by two pixels before the first convolution is folded into it: the same sums, and the finder takes 8.3
instead of 9.7 ms (`LOG-detector.md`).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.detector import Finder, Refiner


def folded(first: nn.Conv2d) -> nn.Conv2d:
    """The 3 x 3 convolution over four rearranged layers as one of 6 x 6 over the picture, in steps of two."""
    whole = nn.Conv2d(1, first.out_channels, 6, 2, 2, bias=False)
    with torch.no_grad():
        for at in range(4):
            whole.weight[:, 0, at // 2 :: 2, at % 2 :: 2] = first.weight[:, at]
    return whole


def export(model: nn.Module, example: Tensor, path: Path, names: tuple[str, str], free: dict[str, dict[int, str]]) -> None:
    """The network with its first convolution folded. `functional.pixel_unshuffle` stands aside meanwhile."""
    block = model.stem[0]
    kept, unshuffle = block[0], functional.pixel_unshuffle
    block[0], functional.pixel_unshuffle = folded(kept), lambda picture, _: picture
    try:
        torch.onnx.export(
            model,
            (example,),
            str(path),
            input_names=names[:1],
            output_names=names[1:],
            opset_version=17,
            dynamo=False,
            dynamic_axes=free,
        )
    finally:
        block[0], functional.pixel_unshuffle = kept, unshuffle


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
        export(model, example, part, (into, says), free)
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
