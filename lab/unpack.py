"""The shipped reader, made a network again that training can go on from: its checkpoints are too large to keep, its weights are in the wheel.

    python -m lab.unpack --pool POOL --train ../shared/data/train RUN/start.pt
    python -m lab.train ... --from RUN/start.pt

Exporting melted each normalisation into the convolution before it. Here the convolution stays as it is, and a normalisation is put
back behind it that undoes itself on pictures like those of training: the network says what the file says, and can learn again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.utils.data import DataLoader

from lab.model import Reader
from lab.train import Stream, together
from platewarden.recognition.weights import FOLDER, open_session

SHARE_REAL, SHARE_SIGNS = 0.07, 0.08


def convolutions(model: onnx.ModelProto) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """Weights and bias of each, in the order they are computed in."""
    kept = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in model.graph.initializer}
    melted = {node.output[0]: kept[node.input[0]] for node in model.graph.node if node.op_type == "Cast" and node.input[0] in kept}
    values = kept | melted
    return [
        (as_learnt(values[node.input[1]]), values[node.input[2]] if len(node.input) > 2 else None)
        for node in model.graph.node
        if node.op_type == "Conv"
    ]


def as_learnt(weights: np.ndarray) -> np.ndarray:
    """A convolution's weights as `lab/model.py` has them, before `lab/fold.py` gave them other shapes."""
    if weights.shape[1:] == (1, 6, 6):
        return np.stack([weights[:, 0, at // 2 :: 2, at % 2 :: 2] for at in range(4)], axis=1)
    return weights[:, :, 0] if weights.shape[2] == 1 and weights.ndim == 4 else weights


def restored(path: Path, pictures: torch.Tensor) -> Reader:
    """The network of the file, its normalisations measured on these pictures (n, 1, 48, 160)."""
    found = convolutions(onnx.load(str(path)))
    stem_a, stem_b, stem_c = found[0][0].shape[0], found[1][0].shape[0], found[4][0].shape[0]
    widths = (stem_a, stem_b, stem_c, found[9][0].shape[0])
    model = Reader(*widths)
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv1d | nn.Conv2d)]
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)]
    if [tuple(layer.weight.shape) for layer in layers] != [weights.shape for weights, _ in found]:
        raise SystemExit("The file holds another network than lab/model.py describes.")
    behind = iter(norms)
    pairs = []
    for layer, (weights, bias) in zip(layers, found, strict=True):
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights.copy()))
            shift = torch.from_numpy(bias.copy())
            if layer.bias is not None:
                layer.bias.copy_(shift)
            else:
                pairs.append((layer, next(behind), shift))
    model.eval()
    for layer, norm, shift in pairs:  # one after another: each sees what those before it really give
        seen: list[torch.Tensor] = []
        hook = layer.register_forward_hook(lambda _layer, _given, out, seen=seen: seen.append(out))
        with torch.inference_mode():
            model(pictures)
        hook.remove()
        (out,) = seen
        over = [axis for axis in range(out.dim()) if axis != 1]
        mean, spread = out.mean(over).clone(), out.var(over, unbiased=False).clone()
        with torch.no_grad():
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(spread)
            norm.weight.copy_((spread + norm.eps).sqrt())
            norm.bias.copy_(mean + shift)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev-seed", type=int, default=1)
    parser.add_argument("--pictures", type=int, default=512, help="to measure the normalisations on")
    asked = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    stream = Stream(asked.pool, asked.train, asked.dev_seed, SHARE_REAL, SHARE_SIGNS, 427)
    pictures = next(iter(DataLoader(stream, asked.pictures, collate_fn=together)))[0].float()
    model = restored(FOLDER / "reader.onnx", pictures)
    with torch.inference_mode():
        told = model(pictures[:64]).numpy()
    (wanted,) = open_session("reader").run(None, {"plates": pictures[:64].numpy()})
    apart = float(np.abs(told - wanted).max())
    if apart > 0.01:
        raise SystemExit(f"The network says something else than the file: {apart}")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    weights = model.state_dict()
    widths = (
        model.stem[0][0].out_channels,
        model.stem[1][0].out_channels,
        model.stem[3][0].out_channels,
        model.lines[0].along[0].in_channels,
    )
    torch.save({"model": weights, "slow": weights, "seen": 0, "widths": widths}, asked.out)
    print(f"{asked.out}: widths {widths}, apart by {apart:.4f}")


if __name__ == "__main__":
    main()
