"""Trained weights -> ONNX files for the wheel, checked against the network they came from.

python -m lab.export reader RUN/checkpoint.pt platewarden/recognition/onnx/reader.onnx
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from lab.frames_model import Frames
from lab.model import Reader
from lab.word_model import WordReader
from platewarden.recognition.state import STRIP_COLUMNS, STRIP_ROWS


class OneClip(nn.Module):
    """(k, 1, 48, 160), the frames of one clip -> (1, 2, 40, 37)."""

    def __init__(self, frames: Frames) -> None:
        super().__init__()
        self.frames = frames

    def forward(self, grey: torch.Tensor) -> torch.Tensor:
        return self.frames(grey[None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("reader", "state", "several"))
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    state = torch.load(asked.checkpoint)
    model = WordReader() if asked.what == "state" else (Reader if asked.what == "reader" else Frames)(*state["widths"])
    model.load_state_dict(state["slow"])
    if asked.what == "several":
        model = OneClip(model)
    model.eval()
    example = torch.rand(2, 1, *((STRIP_ROWS, STRIP_COLUMNS) if asked.what == "state" else (48, 160))) * 255
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model, (example,), str(asked.out), input_names=["plates"], output_names=["logits"], opset_version=17, dynamo=False,
        dynamic_axes={"plates": {0: "n"}} if asked.what == "several" else {"plates": {0: "n"}, "logits": {0: "n"}},
    )  # fmt: skip
    session = onnxruntime.InferenceSession(asked.out.read_bytes(), providers=["CPUExecutionProvider"])
    (told,) = session.run(None, {"plates": example.numpy()})
    with torch.inference_mode():
        apart = float(np.abs(told - model(example).numpy()).max())
    if apart > 1e-3:
        raise SystemExit(f"The file says something else than the network: {apart}")
    raw = asked.out.read_bytes()
    print(f"{asked.out.name}: {len(raw) / 1e6:.2f} MB, samples seen {state['seen']}, sha256 {hashlib.sha256(raw).hexdigest()}")


if __name__ == "__main__":
    main()
