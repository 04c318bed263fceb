"""Writes the table of `recognition/layouts.py`: how common each layout of serials is, from the facts in `designs.py`.

python -m lab.layouts

Every state counts the same, its designs by how common they are on its roads; Europe's layouts as the generator draws them.
"""

from __future__ import annotations

import re
from collections import Counter

from lab.designs import DESIGNS
from lab.plates import Press


def layout(serial: str) -> str:
    """`3@@@###` -> `DLLLDDD`: what counts is letter or digit, place by place."""
    plain = re.sub(r"\{.*?\}", "", serial)
    return "".join("L" if c == "@" or c.isalpha() else "D" for c in plain if c in "@#" or c.isalnum())


def united_states() -> Counter[str]:
    by_state: dict[str, list] = {}
    for design in DESIGNS:
        by_state.setdefault(design.state, []).append(design)
    shares: Counter[str] = Counter()
    for designs in by_state.values():
        whole = sum(each.weight**0.6 for each in designs) * len(by_state)
        for each in designs:
            for serial in each.serials:
                shares[layout(serial)] += each.weight**0.6 / whole / len(each.serials)
    return shares


def elsewhere() -> Counter[str]:
    shares: Counter[str] = Counter()
    for serial in Press.EU_LAYOUTS:
        shares[layout(serial)] += 0.79 / len(Press.EU_LAYOUTS)
    shares["LLLDDDD"] += 0.21  # Brazil's
    return shares


def main() -> None:
    for name, shares in (("UNITED_STATES", united_states()), ("ELSEWHERE", elsewhere())):
        print(f"{name} = {{")
        print(*(f'    "{each}": {share:.4f},' for each, share in shares.most_common() if share >= 0.0002), sep="\n")
        print("}")


if __name__ == "__main__":
    main()
