"""Characters as dies press them: one width, one stroke, drawn here from lines; and characters of free fonts, stretched to one width.

Real US plates are pressed with dies that no free font copies. What they share is the equal width of every character and a stroke of
constant width with round ends. The skeletons below give that; the shape of a corner, the stroke's width and the variants of single
characters are drawn anew for every plate, so that a reader learns the characters and not one set of dies.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Mask = NDArray[np.uint8]
Path_ = list[tuple[float, float]]

# Each character: variants; a variant is a list of strokes; a stroke is a list of points (x to the right, y down, both 0..1).
# A stroke whose first and last point are the same is closed. Corners are rounded when they are drawn, unless a point is doubled.
SKELETONS: dict[str, list[list[Path_]]] = {
    "0": [[[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]]],
    "1": [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.2, 0.2), (0.5, 0), (0.5, 0), (0.5, 1)]],
        [[(0.2, 0.18), (0.5, 0), (0.5, 0), (0.5, 1)], [(0.15, 1), (0.85, 1)]],
    ],
    "2": [
        [[(0, 0.22), (0, 0), (1, 0), (1, 0.42), (0, 0.98), (0, 1), (0, 1), (1, 1)]],
        [[(0, 0.25), (0, 0), (1, 0), (1, 0.5), (0, 0.6), (0, 1), (0, 1), (1, 1)]],
    ],
    "3": [
        [[(0, 0.18), (0, 0), (1, 0), (1, 0.48), (0.4, 0.48)], [(0.4, 0.48), (1, 0.48), (1, 1), (0, 1), (0, 0.82)]],
        [[(0, 0), (1, 0), (1, 0), (0.42, 0.42), (1, 0.42), (1, 1), (0, 1), (0, 0.82)]],
    ],
    "4": [
        [[(0.72, 1), (0.72, 0), (0.72, 0), (0, 0.68), (0, 0.68), (1, 0.68)]],
        [[(0.2, 0), (0, 0.6), (0, 0.6), (1, 0.6)], [(0.72, 0.25), (0.72, 1)]],
        [[(0.78, 1), (0.78, 0), (0.78, 0), (0.6, 0), (0, 0.62), (0, 0.72), (0, 0.72), (1, 0.72)]],
    ],
    "5": [
        [[(0.95, 0), (0.05, 0), (0.05, 0), (0.02, 0.45), (0.02, 0.45), (1, 0.4), (1, 1), (0, 1), (0, 0.8)]],
        [[(1, 0), (0, 0), (0, 0), (0, 0.43), (0, 0.43), (1, 0.43), (1, 1), (0, 1), (0, 0.82)]],
    ],
    "6": [
        [[(1, 0.2), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.45), (0, 0.45)]],
        [[(0.75, 0), (0, 0.55), (0, 1), (1, 1), (1, 0.46), (0.1, 0.46)]],
    ],
    "7": [
        [[(0, 0), (1, 0), (1, 0), (0.35, 1)]],
        [[(0, 0), (1, 0), (1, 0.2), (0.4, 0.6), (0.4, 1)]],
        [[(0, 0.16), (0, 0), (0, 0), (1, 0), (1, 0), (0.3, 1)]],
    ],
    "8": [
        [[(0.06, 0), (0.94, 0), (0.94, 0.47), (0.06, 0.47), (0.06, 0)], [(0, 0.47), (1, 0.47), (1, 1), (0, 1), (0, 0.47)]],
        [[(0, 0), (1, 0), (1, 0.48), (0, 0.48), (0, 0)], [(0, 0.48), (1, 0.48), (1, 1), (0, 1), (0, 0.48)]],
    ],
    "9": [
        [[(0, 0.8), (0, 1), (1, 1), (1, 0), (0, 0), (0, 0.55), (1, 0.55)]],
        [[(0.25, 1), (1, 0.45), (1, 0), (0, 0), (0, 0.54), (0.9, 0.54)]],
    ],
    "A": [
        [[(0, 1), (0.5, 0), (0.5, 0), (1, 1)], [(0.17, 0.68), (0.83, 0.68)]],
        [[(0, 1), (0.42, 0), (0.42, 0), (0.58, 0), (0.58, 0), (1, 1)], [(0.15, 0.66), (0.85, 0.66)]],
        [[(0, 1), (0, 0.3), (0.5, 0), (1, 0.3), (1, 1)], [(0, 0.62), (1, 0.62)]],
    ],
    "B": [
        [
            [(0, 0), (0, 0), (0.95, 0), (0.95, 0.48), (0, 0.48), (0, 0.48), (0, 0)],
            [(0, 0.48), (0, 0.48), (1, 0.48), (1, 1), (0, 1), (0, 1), (0, 0.48)],
        ],
    ],
    "C": [[[(1, 0.22), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.78)]]],
    "D": [
        [[(0, 0), (0, 0), (1, 0), (1, 1), (0, 1), (0, 1), (0, 0)]],
        [[(0, 0), (0, 0), (0.65, 0), (1, 0.25), (1, 0.75), (0.65, 1), (0, 1), (0, 1), (0, 0)]],
    ],
    "E": [[[(1, 0), (0, 0), (0, 0), (0, 1), (0, 1), (1, 1)], [(0, 0.48), (0.85, 0.48)]]],
    "F": [[[(1, 0), (0, 0), (0, 0), (0, 1)], [(0, 0.48), (0.85, 0.48)]]],
    "G": [
        [[(1, 0.22), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.55), (1, 0.55), (0.55, 0.55)]],
        [[(1, 0.2), (1, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 0.55), (1, 0.55), (0.5, 0.55)]],
    ],
    "H": [[[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.5), (1, 0.5)]]],
    "I": [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.5, 0), (0.5, 1)], [(0.12, 0), (0.88, 0)], [(0.12, 1), (0.88, 1)]],
    ],
    "J": [
        [[(1, 0), (1, 1), (0, 1), (0, 0.72)]],
        [[(0.5, 0), (1, 0), (1, 0), (1, 1), (0, 1), (0, 0.75)]],
    ],
    "K": [
        [[(0, 0), (0, 1)], [(1, 0), (0, 0.58)], [(0.35, 0.4), (1, 1)]],
        [[(0, 0), (0, 1)], [(1, 0), (0.05, 0.5), (0.05, 0.5), (1, 1)]],
    ],
    "L": [[[(0, 0), (0, 1), (0, 1), (1, 1)]]],
    "M": [
        [[(0, 1), (0, 0), (0, 0), (0.5, 0.6), (0.5, 0.6), (1, 0), (1, 0), (1, 1)]],
        [[(0, 1), (0, 0), (0, 0), (0.5, 1), (0.5, 1), (1, 0), (1, 0), (1, 1)]],
        [[(0, 1), (0, 0), (0, 0), (0.5, 0.4), (0.5, 0.4), (1, 0), (1, 0), (1, 1)]],
    ],
    "N": [[[(0, 1), (0, 0), (0, 0), (1, 1), (1, 1), (1, 0)]]],
    "O": [[[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]]],
    "P": [[[(0, 1), (0, 0), (0, 0), (1, 0), (1, 0.52), (0, 0.52)]]],
    "Q": [
        [[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], [(0.55, 0.72), (1.02, 1.04)]],
        [[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], [(0.5, 0.8), (0.8, 1.12)]],
    ],
    "R": [
        [[(0, 1), (0, 0), (0, 0), (1, 0), (1, 0.5), (0, 0.5)], [(0.45, 0.5), (1, 1)]],
        [[(0, 1), (0, 0), (0, 0), (1, 0), (1, 0.5), (0, 0.5)], [(0.5, 0.5), (1, 0.5), (1, 1)]],
    ],
    "S": [
        [[(1, 0.2), (1, 0), (0, 0), (0, 0.47), (1, 0.5), (1, 1), (0, 1), (0, 0.8)]],
        [[(1, 0.24), (1, 0), (0, 0), (0, 0.36), (1, 0.62), (1, 1), (0, 1), (0, 0.76)]],
    ],
    "T": [[[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]]],
    "U": [[[(0, 0), (0, 1), (1, 1), (1, 0)]]],
    "V": [[[(0, 0), (0.5, 1), (0.5, 1), (1, 0)]], [[(0, 0), (0, 0.55), (0.5, 1), (0.5, 1), (1, 0.55), (1, 0)]]],
    "W": [
        [[(0, 0), (0.2, 1), (0.2, 1), (0.5, 0.35), (0.5, 0.35), (0.8, 1), (0.8, 1), (1, 0)]],
        [[(0, 0), (0, 1), (0, 1), (0.5, 0.5), (0.5, 0.5), (1, 1), (1, 1), (1, 0)]],
        [[(0, 0), (0.25, 1), (0.25, 1), (0.5, 0), (0.5, 0), (0.75, 1), (0.75, 1), (1, 0)]],
    ],
    "X": [[[(0, 0), (1, 1)], [(1, 0), (0, 1)]]],
    "Y": [[[(0, 0), (0.5, 0.5), (0.5, 0.5), (1, 0)], [(0.5, 0.5), (0.5, 1)]]],
    "Z": [[[(0, 0), (1, 0), (1, 0), (0, 1), (0, 1), (1, 1)]]],
}


def _rounded(points: Path_, wide: float, high: float, radius: float) -> NDArray[np.float64]:
    """The stroke in pixels, its corners rounded by a quadratic curve; a doubled point stays sharp."""
    closed = points[0] == points[-1] and len(points) > 3
    pixel = [np.array((x * wide, y * high)) for x, y in points]
    kinds = [tuple(p) for p in points]
    line: list[NDArray[np.float64]] = []
    body = pixel[:-1] if closed else pixel
    count = len(body)
    for at, point in enumerate(body):
        before, after = body[(at - 1) % count], body[(at + 1) % count]
        end = not closed and at in {0, count - 1}
        doubled = kinds[at] == kinds[(at - 1) % count] or kinds[at] == kinds[(at + 1) % count]
        if end or doubled:
            line.append(point)
            continue
        to, away = before - point, after - point
        reach = min(radius, float(np.hypot(*to)) / 2, float(np.hypot(*away)) / 2)
        first, last = point + to / max(np.hypot(*to), 1e-6) * reach, point + away / max(np.hypot(*away), 1e-6) * reach
        line += [(1 - t) ** 2 * first + 2 * t * (1 - t) * point + t**2 * last for t in np.linspace(0, 1, 7)]
    if closed:
        line.append(line[0])
    return np.array(line)


class Dies:
    """One set of dies: the same hand for every character of a plate."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.radius = rng.choice((0.28, 0.4, 0.5, 0.5, 0.5, 0.5))  # of the width
        self.stroke = rng.uniform(0.14, 0.28)  # of the width
        self.variants = {c: rng.choice(forms) for c, forms in SKELETONS.items()}
        self.zero_radius = self.radius if rng.random() < 0.7 else rng.choice((0.25, 0.35))
        self.narrow_one = rng.random() < 0.6
        self.o_wide = rng.random() < 0.4

    def glyph(self, character: str, wide: int, high: int) -> Mask:
        stroke = max(2, round(self.stroke * wide * (0.78 if character in "MW" else 1.0)))
        if character in "1I" and len(self.variants[character]) == 1 and len(self.variants[character][0]) == 2 and self.narrow_one:
            wide = max(stroke + 2, wide // 3)
        pad = stroke // 2 + 1
        radius = (
            (self.zero_radius if character == "0" else self.radius) * wide * (1.0 if character != "O" or not self.o_wide else 1.3)
        )
        sheet = np.zeros((high, wide), np.uint8)
        for points in self.variants[character]:
            line = _rounded(points, wide - 2 * pad - 1, high - 2 * pad - 1, radius) + pad
            cv2.polylines(sheet, [np.round(line * 16).astype(np.int32)], False, 255, stroke, cv2.LINE_AA, 4)
        return sheet


@lru_cache(maxsize=512)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=20000)
def drawn(text: str, path: str, spacing: int = 0) -> Mask:
    """Text in a font, as a mask cut to its edges, about a hundred pixels high."""
    font = _font(path, 110)
    wide = 80 + (sum(int(font.getlength(c)) + spacing for c in text) if spacing else int(font.getlength(text)))
    sheet = Image.new("L", (wide, 220), 0)
    pen = ImageDraw.Draw(sheet)
    if spacing:
        x = 40.0
        for c in text:
            pen.text((x, 40), c, font=font, fill=255)
            x += font.getlength(c) + spacing
    else:
        pen.text((40, 40), text, font=font, fill=255)
    box = sheet.getbbox()
    return np.asarray(sheet.crop(box) if box else sheet.crop((0, 0, 2, 2)))


class FontDies:
    """A font as a set of dies: each character stretched to the one width."""

    def __init__(self, rng: random.Random, path: str) -> None:
        self.path = path
        self.natural_narrow = rng.random() < 0.75
        self.heavier = rng.choice((0, 0, 0, 1, 2))
        self.thinner = rng.random() < 0.15

    def glyph(self, character: str, wide: int, high: int) -> Mask:
        mask = drawn(character, self.path)
        if character in "1I" and (self.natural_narrow or mask.shape[1] < 0.36 * mask.shape[0]):
            wide = max(3, min(wide, round(mask.shape[1] * high / mask.shape[0] * 1.1)))
        glyph = cv2.resize(mask, (wide, high), interpolation=cv2.INTER_AREA)
        if self.heavier:
            glyph = cv2.dilate(glyph, np.ones((self.heavier + 1, self.heavier + 1), np.uint8))
        elif self.thinner:
            glyph = cv2.erode(glyph, np.ones((2, 2), np.uint8))
        return glyph


class FontShelf:
    """The free fonts by use. `folders`: where the packages' files lie (npm @fontsource, Debian)."""

    SERIAL = {
        "barlow-condensed": (400, 500, 600, 700), "saira-condensed": (400, 500, 600), "saira-extra-condensed": (500, 600, 700),
        "oswald": (300, 400, 500, 600), "bebas-neue": (400,), "antonio": (400, 500, 600), "big-shoulders-display": (500, 600, 700),
        "roboto-condensed": (400, 500, 700), "overpass": (400, 600, 700), "fjalla-one": (400,), "league-gothic": (400,),
        "ibm-plex-sans-condensed": (500, 600), "archivo-narrow": (500, 600), "cooper-hewitt": (500, 600), "alumni-sans": (500, 600),
        "dosis": (500, 600, 700), "besley": (500, 700), "rokkitt": (500, 600), "roboto-slab": (400, 600), "zilla-slab": (500, 600),
        "graduate": (400,), "arimo": (400, 700),
    }  # fmt: skip
    NAMES = {
        "script": {"pacifico": (400,), "lobster": (400,), "yellowtail": (400,), "dancing-script": (600, 700), "kaushan-script": (400,)},
        "serif": {"playfair-display": (500, 700), "merriweather": (700,), "besley": (500, 700)},
        "slab": {"rokkitt": (500, 700), "zilla-slab": (600,), "graduate": (400,), "sanchez": (400,), "roboto-slab": (600,)},
        "condensed": {"oswald": (500,), "antonio": (600,), "fjalla-one": (400,), "roboto-condensed": (700,), "league-gothic": (400,)},
        "sans": {"arimo": (400, 700), "overpass": (600, 800), "barlow-condensed": (600,), "dosis": (600,), "sora": (600,), "archivo-narrow": (600,)},
    }  # fmt: skip
    DEBIAN_SERIAL = (
        "RG2014B.ttf",
        "RG2014C.ttf",
        "RG2014D.ttf",
        "routed-gothic.ttf",
        "routed-gothic-narrow.ttf",
        "OSP-DIN.ttf",
        "NationalPark-Heavy.otf",
    )
    DEBIAN_EU = ("OSP-DIN.ttf", "RG2014C.ttf", "RG2014D.ttf", "routed-gothic.ttf")

    def __init__(self, npm: Path, debian: Path) -> None:
        def files(table: dict[str, tuple[int, ...]]) -> list[str]:
            found = []
            for name, weights in table.items():
                for weight in weights:
                    path = npm / "node_modules/@fontsource" / name / "files" / f"{name}-latin-{weight}-normal.woff"
                    if path.is_file():
                        found.append(str(path))
            return found

        at = {p.name: str(p) for p in debian.rglob("*") if p.suffix in {".ttf", ".otf"}}
        self.serial = files(self.SERIAL) + [at[name] for name in self.DEBIAN_SERIAL if name in at]
        self.names = {use: files(table) for use, table in self.NAMES.items()}
        self.eu = [at[name] for name in self.DEBIAN_EU if name in at] * 3 + files(
            {
                "roboto-condensed": (500, 700),
                "barlow-condensed": (600,),
                "overpass": (600,),
                "arimo": (700,),
                "cooper-hewitt": (500, 600),
                "dosis": (600,),
                "archivo-narrow": (600,),
            }
        )
        if not (self.serial and self.eu and all(self.names.values())):
            raise SystemExit("The fonts are missing: see lab/README.md for the packages that hold them.")
