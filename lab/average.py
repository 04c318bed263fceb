"""Two checkpoints of one training as one: weights and normalisations between them. What both have learned stays, what each learned by chance goes.

    python -m lab.average EARLIER.pt LATER.pt OUT.pt --later 0.75

Nothing is trained here; what comes out is examined like any other.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("earlier", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--later", dest="share", type=float, default=0.75, help="how much of the later one")
    asked = parser.parse_args()
    before, after = torch.load(asked.earlier), torch.load(asked.later)
    mixed = {
        name: before["slow"][name] * (1 - asked.share) + value * asked.share if value.is_floating_point() else value
        for name, value in after["slow"].items()
    }
    torch.save({"model": mixed, "slow": mixed, "seen": after["seen"], "widths": after["widths"]}, asked.out)


if __name__ == "__main__":
    main()
