"""The two networks that find plates: one over the whole picture, roughly; one over a cut-out of each find, exactly.

Notable choices:

- Grey in, so that night, infrared and day are one thing. Nothing in either network depends on the picture's size.
- The finder answers on a grid of eight pixels: is here the middle of a plate, and where are its four corners from here. It sees
  the whole picture at a 32nd of its size too, for a plate is told by the car around it.
- The refiner sees one plate at one size: four corners, and whether it is a plate at all. It may be asked twice.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 8
REACH = 4.0  # the finder's corner offsets are told in units of this many cells


def conv(a: int, b: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class Block(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        self.one = conv(wide, wide)
        self.two = nn.Sequential(nn.Conv2d(wide, wide, 3, 1, 1, bias=False), nn.BatchNorm2d(wide))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.two(self.one(x)))


class Finder(nn.Module):
    """(n, 1, h, w) grey 0..255, h and w multiples of 32 -> (n, 9, h/8, w/8): middle (logit), then x and y of four corners."""

    def __init__(self, a: int = 8, b: int = 16, c: int = 32, d: int = 64, e: int = 96) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(4, a), conv(a, b, 2))
        self.eighth = nn.Sequential(conv(b, c, 2), Block(c))
        self.sixteenth = nn.Sequential(conv(c, d, 2), Block(d))
        self.thirtysecond = nn.Sequential(conv(d, e, 2), Block(e), Block(e))
        self.to_d, self.mix_d = nn.Conv2d(e, d, 1), conv(d, d)
        self.to_c, self.mix_c = nn.Conv2d(d, c, 1), conv(c, c)
        self.last = nn.Conv2d(c, 9, 1)
        nn.init.constant_(self.last.bias, 0.0)
        with torch.no_grad():
            self.last.bias[0] = -4.0

    def forward(self, grey: Tensor) -> Tensor:
        x = functional.pixel_unshuffle(grey / 64.0 - 2.0, 2)
        eighth = self.eighth(self.stem(x))
        sixteenth = self.sixteenth(eighth)
        deep = self.thirtysecond(sixteenth)
        sixteenth = self.mix_d(sixteenth + functional.interpolate(self.to_d(deep), scale_factor=2.0, mode="nearest"))
        eighth = self.mix_c(eighth + functional.interpolate(self.to_c(sixteenth), scale_factor=2.0, mode="nearest"))
        return self.last(eighth)


class Refiner(nn.Module):
    """(n, 1, 96, 160) grey cut-out -> (n, 9): plate or not (logit), then the corners as shares of the cut-out's width and height."""

    def __init__(self, a: int = 16, b: int = 32, c: int = 48, d: int = 64) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(4, a), conv(a, b, 2), Block(b), conv(b, c, 2), Block(c), conv(c, d, 2), Block(d))
        self.last = nn.Sequential(nn.Flatten(), nn.Linear(d * 60, 160), nn.ReLU(inplace=True), nn.Linear(160, 9))
        with torch.no_grad():
            self.last[3].weight.mul_(0.1)
            self.last[3].bias.copy_(torch.tensor([0.0, 0.2, 0.25, 0.8, 0.25, 0.8, 0.75, 0.2, 0.75]))

    def forward(self, grey: Tensor) -> Tensor:
        mean = grey.mean(dim=(2, 3), keepdim=True)
        spread = (grey - mean).pow(2).mean(dim=(2, 3), keepdim=True).sqrt()
        return self.last(self.stem(functional.pixel_unshuffle((grey - mean) / (spread + 6.0), 2)))
