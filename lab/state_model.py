"""The network that tells the issuing state: a straightened plate in colour in, one of 51 states or none of them out.

Notable choices:

- Colour and a finer picture than the reader's: a state is told by its name in small letters and by its paint.
- Where things stand matters (a name above, a slogan below), so the last pooling keeps a coarse grid.
- "none of them" is a class: plates of other countries, and plates whose state nobody could tell.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lab.model import Block, step

STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY"
).split()
ROWS, COLUMNS = 72, 160


class StateTeller(nn.Module):
    """(n, 3, 72, 160) RGB 0..255 -> (n, 52) logits; the last is "none of them"."""

    def __init__(self, a: int = 32, b: int = 48, c: int = 96) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            step(12, a, (1, 1)), step(a, b, (2, 2)), Block(b), step(b, c, (2, 2)), Block(c), nn.AvgPool2d((3, 4))
        )
        self.last = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(c * 15, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
            nn.Linear(128, len(STATES) + 1),
        )

    def forward(self, rgb: Tensor) -> Tensor:
        mean = rgb.mean(dim=(1, 2, 3), keepdim=True)
        spread = (rgb - mean).pow(2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
        x = torch.nn.functional.pixel_unshuffle((rgb - mean) / (spread + 4.0), 2)
        return self.last(self.stem(x))
