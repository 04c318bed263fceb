"""The reader's network: a straightened grey plate in, two lines of character columns out.

Notable choices:

- Two heads over the same picture, one for each line of text. A plate of one line leaves the second head silent; a plate of two lines
  (motorcycles, trailers, Europe) is read by both. Each head collapses the whole height, so nothing says beforehand where a line is.
- The picture is folded 2 x 2 into channels first (no pixel is lost), and its height shrinks before its width does: narrow
  characters need columns.
- Each picture is brought to mean 0 and spread 1 inside the network, so that night and day look alike to it and nobody has to
  remember to do it outside.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STEPS = 40
CLASSES = 37  # nothing, then 0-9A-Z


class Block(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(wide, wide, 3, padding=1, bias=False), nn.BatchNorm2d(wide), nn.ReLU(inplace=True),
            nn.Conv2d(wide, wide, 3, padding=1, bias=False), nn.BatchNorm2d(wide),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.body(x))


def step(a: int, b: int, stride: tuple[int, int]) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class Line(nn.Module):
    """One line of text: the height collapsed, then characters seen in the company of their neighbours."""

    def __init__(self, wide: int, high: int, inside: int) -> None:
        super().__init__()
        self.collapse = nn.Sequential(nn.Conv2d(wide, inside, (high, 1), bias=False), nn.BatchNorm2d(inside), nn.ReLU(inplace=True))
        self.along = nn.Sequential(
            nn.Conv1d(inside, inside, 5, padding=2, bias=False), nn.BatchNorm1d(inside), nn.ReLU(inplace=True),
            nn.Dropout(0.1), nn.Conv1d(inside, CLASSES, 3, padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.along(self.collapse(x).squeeze(2))


class Reader(nn.Module):
    """(n, 1, 48, 160) grey 0..255 -> (n, 2, 40, 37) logits: line, column, character."""

    def __init__(self, a: int = 32, b: int = 64, c: int = 112, inside: int = 160) -> None:
        super().__init__()
        self.stem = nn.Sequential(step(4, a, (1, 1)), step(a, b, (2, 1)), Block(b), step(b, c, (2, 2)), Block(c), Block(c))
        self.lines = nn.ModuleList((Line(c, 6, inside), Line(c, 6, inside)))

    def forward(self, grey: Tensor) -> Tensor:
        mean = grey.mean(dim=(2, 3), keepdim=True)
        spread = (grey - mean).pow(2).mean(dim=(2, 3), keepdim=True).sqrt()
        x = functional.pixel_unshuffle((grey - mean) / (spread + 4.0), 2)
        x = self.stem(x)
        return torch.stack([line(x) for line in self.lines], dim=1).transpose(2, 3)
