"""The network that sees several frames of one plate at once: each frame through the reader's own first layers, what they find put
together, and the rest of a reader behind it.

Notable choices:

- The first layers are those of the shipped reader and stay as they are: what a frame shows is found there already, and a lesson of
  eight frames costs little more than one.
- How much a frame counts is told anew for every place and every feature, from the frame and from what all frames have there on
  average: a drop on the lens is left out where it lies, and only there. At the beginning of training all frames count alike.
- What the frames differ in is told too, as a spread: what moves from frame to frame is noise.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.model import Reader

FRONT = 4  # layers of the stem that each frame passes by itself


class Frames(nn.Module):
    """(n, k, 1, 48, 160) grey 0..255, k frames brought into line -> (n, 2, 40, 37) logits."""

    def __init__(self, a: int = 32, b: int = 48, c: int = 96, inside: int = 128) -> None:
        super().__init__()
        reader = Reader(a, b, c, inside)
        self.front, self.back, self.lines = reader.stem[:FRONT], reader.stem[FRONT:], reader.lines
        self.of_one, self.of_all = nn.Conv2d(c, c // 3, 1), nn.Conv2d(c, c // 3, 1)
        self.gate = nn.Conv2d(c // 3, c, 1)
        self.differ = nn.Conv2d(c, c, 1, bias=False)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)
        nn.init.zeros_(self.differ.weight)

    def begin_with(self, reader: Reader) -> None:
        self.front.load_state_dict(reader.stem[:FRONT].state_dict())
        self.back.load_state_dict(reader.stem[FRONT:].state_dict())
        self.lines.load_state_dict(reader.lines.state_dict())

    def seen(self, grey: Tensor) -> Tensor:
        """Each frame by itself."""
        mean = grey.mean(dim=(2, 3), keepdim=True)
        spread = (grey - mean).pow(2).mean(dim=(2, 3), keepdim=True).sqrt()
        return self.front(functional.pixel_unshuffle((grey - mean) / (spread + 4.0), 2))

    def together(self, found: Tensor, frames: int) -> Tensor:
        """(n * k, c, rows, columns) -> (n, c, rows, columns)."""
        each = found.unflatten(0, (-1, frames))
        asked = self.of_one(found).unflatten(0, (-1, frames)) + self.of_all(each.mean(1))[:, None]
        weigh = self.gate(functional.relu(asked).flatten(0, 1)).unflatten(0, (-1, frames)).softmax(1)
        heard = (weigh * each).sum(1)
        spread = (weigh * (each - heard[:, None]).pow(2)).sum(1)
        return functional.relu(heard + self.differ((spread + 1e-4).sqrt()))

    def told(self, heard: Tensor) -> Tensor:
        x = self.back(heard)
        return torch.stack([line(x) for line in self.lines], dim=1).transpose(2, 3)

    def forward(self, grey: Tensor) -> Tensor:
        found = self.seen(grey.flatten(0, 1))
        return self.told(self.together(found, grey.shape[1]))
