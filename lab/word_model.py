"""The network that reads the small words of a plate: a strip of it in grey in, two lines of character columns out.

It is the reader's network (`model.py`) over another canvas, less its last block, and begins with the reader's weights: letters
look alike in words and in serials. Which strip: `recognition/state.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.model import Block, Line, step
from platewarden.recognition.state import STRIP_COLUMNS, STRIP_ROWS

STEPS = STRIP_COLUMNS // 4


class WordReader(nn.Module):
    """(n, 1, 40, 288) grey 0..255 -> (n, 2, 72, 37) logits: line, column, character."""

    def __init__(self, a: int = 32, b: int = 48, c: int = 96, inside: int = 128) -> None:
        super().__init__()
        self.stem = nn.Sequential(step(4, a, (1, 1)), step(a, b, (2, 1)), Block(b), step(b, c, (2, 2)), Block(c))
        self.lines = nn.ModuleList((Line(c, STRIP_ROWS // 8, inside), Line(c, STRIP_ROWS // 8, inside)))

    def forward(self, grey: Tensor) -> Tensor:
        mean = grey.mean(dim=(2, 3), keepdim=True)
        spread = (grey - mean).pow(2).mean(dim=(2, 3), keepdim=True).sqrt()
        x = self.stem(functional.pixel_unshuffle((grey - mean) / (spread + 4.0), 2))
        return torch.stack([line(x) for line in self.lines], dim=1).transpose(2, 3)

    def begun_from(self, reader: dict[str, Tensor]) -> None:
        """Takes over the weights of a serial reader (`model.Reader`) of the same widths; its columns of six rows become five."""
        mine = self.state_dict()
        for name, value in reader.items():
            if name in mine:
                if name.endswith("collapse.0.weight"):
                    wide, deep = value.shape[:2]
                    rows = functional.interpolate(
                        value.view(wide, deep, -1), mine[name].shape[2], mode="linear", align_corners=True
                    )
                    mine[name] = rows.view_as(mine[name])
                else:
                    mine[name] = value
        self.load_state_dict(mine)
