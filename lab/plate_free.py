"""Pictures without a plate and full of what might be taken for one: an examination that no network has seen a part of.

    python -m lab.plate_free FOLDER [--train ../shared/data/train] [--count 300] [--seed 7]
    platewarden measure FOLDER

Every reading on them is a false one; `platewarden measure` counts those.

Notable choices:

- Only photographs that the finder is not trained on (`lab/scenes.py` says which), their labelled plates painted over;
  those with other plates that can be read are left out (`LEGIBLE`). One that is too tiny for that may still stand somewhere: look at
  a false reading before counting it.
- The drawings are made here, with words and fonts of their own, and not with those that the finder learns from: a finder that has
  learnt one composer's signs by heart gains nothing.
- What is drawn keeps its colours and the look of its kind (a speed limit, a house number, a taxi's number), for a set of grey
  rectangles would be too easy. What a person would call a plate (a dealer's card on a bumper) is drawn with words and never with a serial.
- Same seed, same pictures. `drawn` in each row of truth.jsonl names what was drawn and where, to sort false readings by.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lab import scenes

WIDE, HIGH = 1280, 720
Picture = NDArray[np.uint8]
Sheet = Image.Image
Random = np.random.Generator
Colour = tuple[int, int, int]

WHITE, BLACK, RED, BLUE, GREEN, YELLOW = (245, 245, 242), (18, 18, 20), (190, 28, 32), (24, 62, 148), (0, 96, 60), (246, 200, 30)
PAINTS: tuple[tuple[Colour, Colour], ...] = (
    (WHITE, BLACK), (WHITE, RED), (WHITE, BLUE), (BLUE, WHITE), (RED, WHITE), (BLACK, WHITE), (YELLOW, BLACK), (GREEN, WHITE), (BLACK, YELLOW),
)  # fmt: skip
ROADS = "Elm Oak Maple Cedar Walnut Figueroa Colorado Monterey Arroyo Huntington Mission Lincoln Washington Sheridan Dearborn Wilshire".split()
KINDS_OF_ROAD = "St Ave Blvd Dr Rd Ln Way Pl".split()
TRADES = (
    "LAVANDERIA BARBER SHOES TACOS DONUTS LIQUOR OPTIK FARMACIA NAILS DENTIST TATTOO NOODLES BURGER KEBAB APOTHEKE OBST FRISEUR "
    "COPIES PAWN GUITARS BOOKS LOANS INSURANCE KARATE YOGA SUSHI MOTEL LOCKSMITH WINDOWS CARPETS UPHOLSTERY MUFFLERS BRAKES SMOG"
).split()
NAMES = "Alvarez Novak Kowalski Smith Horvat Popescu Nguyen Garcia Miller Becker Rossi Silva Johnson Brown Petrov Jensen".split()
MODELS = (
    "320d 118i C220 A4 GTI TDI 4MATIC quattro xDrive F-150 F-250 RAV4 CR-V CX-5 XC90 S60 308 208 C4 X5 Q7 ML350 GLC300 MX-5 RX350 "
    "ES300h IS250 G35 FX35 S10 K1500 Z71 Silverado Sierra Tundra TRD Camry Accord Civic Corolla Octavia Logan Duster Sandero Golf Polo "
    "Passat Astra Corsa Focus Fiesta Megane Clio i30 Sportage Outback WRX AWD 4WD V8 2.0T 3.6L HEMI 5.7 DIESEL ecoboost e-tron"
).split()
FUELS = ("REGULAR", "PLUS", "PREMIUM", "DIESEL", "E85", "SUPER 95", "LPG", "CAR WASH")

# Frames of romania/ in which a plate that nobody labelled can be read or nearly be read: looked through by eye, and left out.
LEGIBLE = {
    "dayride_type1_001": (186, 189, 191, 259, 293, 294, 301, 374),
    "dayride_type1_002": (6, 61, 69, 75, 328, 657, 658),
    "dayride_type1_003": (312, 314, 326),
    "nightride_type3_001": (352, 353, 358, 386),
}


# ---- letters -----------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _files() -> dict[str, list[str]]:
    at = {path.name: str(path) for path in sorted(Path("/usr/share/fonts").rglob("*")) if path.suffix in {".ttf", ".otf"}}
    uses = {
        "road": ("RG2014B", "RG2014C", "RG2014D", "RG2014E", "OSP-DIN", "NationalPark-Regular"),
        "shop": (
            "C059-Bold",
            "URWGothic-Demi",
            "URWBookman-Demi",
            "P052-BoldItalic",
            "NimbusSans-Bold",
            "Z003-Medium",
            "DejaVuSerif-Bold",
        ),
        "plain": (
            "NimbusSans-Regular",
            "NimbusSans-Bold",
            "NimbusSansNarrow-Bold",
            "DejaVuSans.ttf",
            "DejaVuSansCondensed-Bold.ttf",
        ),
        "mono": ("NimbusMonoPS-Bold.otf", "DejaVuSansMono.ttf", "NotoSansMono-Regular", "NotoMono"),
    }
    found = {use: [path for name, path in at.items() if name.startswith(starts)] for use, starts in uses.items()}
    if not all(found.values()):
        raise SystemExit(
            "The fonts are missing: Debian fonts-roadgeek, fonts-opendin, fonts-national-park, fonts-urw-base35, fonts-dejavu."
        )
    return found


@lru_cache(maxsize=600)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _write(sheet: Sheet, text: str, box: tuple[float, float, float, float], ink: Colour, use: str, chance: Random) -> None:
    """Text in the middle of a box (shares of the sheet), as large as it fits."""
    x0, y0, x1, y1 = (v * side for v, side in zip(box, (sheet.width, sheet.height) * 2, strict=True))
    path = str(chance.choice(_files()[use]))
    left, top, right, bottom = _font(path, 100).getbbox(text)
    size = max(5, int(100 * min((x1 - x0) / max(right - left, 1), (y1 - y0) / max(bottom - top, 1))))
    ImageDraw.Draw(sheet).text(((x0 + x1) / 2, (y0 + y1) / 2), text, font=_font(path, size), fill=ink, anchor="mm")


def _number(chance: Random, digits: int) -> str:
    return str(chance.integers(10 ** (digits - 1), 10**digits))


def _telephone(chance: Random) -> str:
    forms = ("({}) 555-01{}", "{}-555-01{}", "1-800-555-01{1}", "0{} 555 01{}", "+40 {} 555 01{}")
    return str(chance.choice(forms)).format(_number(chance, 3), _number(chance, 2))


def _some(chance: Random, words: list[str] | tuple[str, ...]) -> str:
    return str(chance.choice(list(words)))


# ---- signs: drawn flat, seven hundred pixels at most, on a sheet of their own shape ------------------------------------------


def _board(wide: float, high: float, ground: Colour, edge: Colour | None = None) -> Sheet:
    sheet = Image.new("RGBA", (int(wide), int(high)), (*ground, 255))
    if edge:
        ImageDraw.Draw(sheet).rounded_rectangle(
            (6, 6, wide - 7, high - 7), radius=high * 0.06, outline=edge, width=max(3, int(high * 0.025))
        )
    return sheet


def speed_limit(chance: Random) -> Sheet:
    if chance.random() < 0.5:
        sheet = _board(300, 380, WHITE, BLACK)
        _write(sheet, "SPEED", (0.1, 0.08, 0.9, 0.25), BLACK, "road", chance)
        _write(sheet, "LIMIT", (0.1, 0.28, 0.9, 0.45), BLACK, "road", chance)
        _write(sheet, str(5 * int(chance.integers(3, 15))), (0.1, 0.5, 0.9, 0.92), BLACK, "road", chance)
        return sheet
    sheet = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(sheet).ellipse((4, 4, 295, 295), fill=(*WHITE, 255), outline=(*RED, 255), width=38)
    _write(sheet, str(10 * int(chance.integers(2, 13))), (0.22, 0.28, 0.78, 0.72), BLACK, "road", chance)
    return sheet


def street_name(chance: Random) -> Sheet:
    ground, ink = ((GREEN, WHITE), (BLUE, WHITE), (WHITE, BLACK))[int(chance.integers(3))]
    sheet = _board(620, 140, ground, ink if chance.random() < 0.6 else None)
    text = f"{_some(chance, ROADS)} {_some(chance, KINDS_OF_ROAD)}"
    if chance.random() < 0.5:
        text = f"{100 * int(chance.integers(1, 99))} {text}"
    elif chance.random() < 0.4:
        text = f"{int(chance.integers(4, 80))}th {_some(chance, KINDS_OF_ROAD)}"
    _write(sheet, text.upper() if chance.random() < 0.3 else text, (0.06, 0.2, 0.94, 0.8), ink, "road", chance)
    return sheet


def guide_sign(chance: Random) -> Sheet:
    ground = GREEN if chance.random() < 0.6 else BLUE
    sheet = _board(620, 300, ground, WHITE)
    _write(
        sheet, f"EXIT {int(chance.integers(1, 300))}{_some(chance, ['', 'A', 'B'])}", (0.5, 0.08, 0.94, 0.3), WHITE, "road", chance
    )
    _write(sheet, _some(chance, ROADS), (0.08, 0.36, 0.92, 0.6), WHITE, "road", chance)
    _write(
        sheet,
        f"{_some(chance, ['I', 'US', 'SR', 'A', 'E', 'DN'])} {int(chance.integers(1, 700))}",
        (0.08, 0.66, 0.6, 0.92),
        WHITE,
        "road",
        chance,
    )
    return sheet


def parking_sign(chance: Random) -> Sheet:
    ink = RED if chance.random() < 0.5 else GREEN
    sheet = _board(280, 400, WHITE, ink)
    _write(sheet, "NO" if ink == RED else f"{int(chance.integers(1, 5))} HR", (0.15, 0.06, 0.85, 0.26), ink, "road", chance)
    _write(sheet, "PARKING", (0.1, 0.3, 0.9, 0.45), ink, "road", chance)
    _write(sheet, f"{int(chance.integers(6, 10))}AM - {int(chance.integers(3, 8))}PM", (0.1, 0.52, 0.9, 0.66), ink, "road", chance)
    _write(
        sheet,
        "EXCEPT SUN" if chance.random() < 0.5 else f"ZONE {int(chance.integers(2, 40))}",
        (0.1, 0.72, 0.9, 0.88),
        ink,
        "road",
        chance,
    )
    return sheet


def shop_sign(chance: Random) -> Sheet:
    ground, ink = PAINTS[int(chance.integers(len(PAINTS)))]
    sheet = _board(700, int(chance.integers(110, 240)), ground, ink if chance.random() < 0.3 else None)
    more = (
        f"SINCE {chance.integers(1920, 2021)}",
        "24/7",
        f"No. {_number(chance, 2)}",
        "& SON",
        f"{_number(chance, 1)}.99",
        "2 FOR 1",
        "",
    )
    text = f"{_some(chance, TRADES)} {_some(chance, more)}".strip()
    if chance.random() < 0.4:
        _write(sheet, text, (0.04, 0.1, 0.96, 0.6), ink, "shop", chance)
        _write(sheet, _telephone(chance), (0.1, 0.68, 0.9, 0.92), ink, "plain", chance)
    else:
        _write(sheet, text, (0.04, 0.15, 0.96, 0.85), ink, "shop", chance)
    return sheet


def house_number(chance: Random) -> Sheet:
    ground, ink = PAINTS[int(chance.integers(len(PAINTS)))]
    sheet = _board(int(chance.integers(220, 420)), 180, ground, ink if chance.random() < 0.7 else None)
    text = _number(chance, int(chance.integers(2, 6)))
    if chance.random() < 0.25:
        text += _some(chance, list("ABC"))
    _write(sheet, text, (0.08, 0.15, 0.92, 0.85), ink, _some(chance, ["road", "shop", "plain"]), chance)
    return sheet


def price_board(chance: Random) -> Sheet:
    rows = int(chance.integers(2, 5))
    sheet = _board(380, 110 * rows, BLACK if chance.random() < 0.6 else WHITE, YELLOW)
    ink = _some(chance, ["red", "green", "amber"])
    lamp = {"red": (255, 60, 40), "green": (90, 255, 110), "amber": (255, 190, 60)}[ink]
    for row in range(rows):
        y = row / rows
        _write(sheet, _some(chance, FUELS), (0.05, y + 0.25 / rows, 0.48, y + 0.75 / rows), (150, 150, 150), "plain", chance)
        _write(
            sheet,
            f"{chance.integers(2, 8)}.{_number(chance, 2)}9",
            (0.52, y + 0.12 / rows, 0.96, y + 0.88 / rows),
            lamp,
            "mono",
            chance,
        )
    return sheet


def dealers_card(chance: Random) -> Sheet:
    """What stands in a plate's place on a car for sale: words, never a serial."""
    ground, ink = PAINTS[int(chance.integers(len(PAINTS)))]
    sheet = _board(420, 210, ground, ink if chance.random() < 0.5 else None)
    name = _some(chance, NAMES)
    _write(sheet, f"{name} {_some(chance, ['Motors', 'Auto', 'Cars', '& Sons'])}", (0.06, 0.12, 0.94, 0.5), ink, "shop", chance)
    _write(
        sheet,
        _some(chance, ["PRE-OWNED", f"{name.lower()}cars.example", _telephone(chance), "YOUR CITY DEALER"]),
        (0.08, 0.6, 0.92, 0.88),
        ink,
        "plain",
        chance,
    )
    return sheet


def poster(chance: Random) -> Sheet:
    ground, ink = PAINTS[int(chance.integers(len(PAINTS)))]
    rows = int(chance.integers(3, 7))
    sheet = _board(340, 460, ground)
    words = [
        *TRADES,
        *ROADS,
        _telephone(chance),
        f"{chance.integers(1, 29)}.{chance.integers(1, 13)}.{chance.integers(2012, 2025)}",
        f"${_number(chance, 3)}",
        f"{chance.integers(10, 80)}%",
    ]
    for row in range(rows):
        _write(
            sheet,
            _some(chance, words),
            (0.06, (row + 0.12) / rows, 0.94, (row + 0.86) / rows),
            ink,
            _some(chance, ["shop", "plain"]),
            chance,
        )
    return sheet


# ---- lettering without a board -----------------------------------------------------------------------------------------------


def _lettering(wide: float, lines: list[str], ink: Colour, use: str, chance: Random) -> Sheet:
    sheet = Image.new("RGBA", (int(wide), 110 * len(lines)), (*ink, 0))
    mask = Image.new("L", sheet.size, 0)
    inked = Image.new("RGB", sheet.size, (0, 0, 0))
    for row, line in enumerate(lines):
        _write(inked, line, (0.02, (row + 0.08) / len(lines), 0.98, (row + 0.92) / len(lines)), (255, 255, 255), use, chance)
    mask.paste(inked.convert("L"))
    sheet.putalpha(mask)
    return sheet


def van_lettering(chance: Random) -> Sheet:
    ink = (WHITE, BLACK, RED, BLUE, YELLOW)[int(chance.integers(5))]
    choices = (
        [f"{_some(chance, NAMES)} {_some(chance, TRADES)}", _telephone(chance)],
        [_telephone(chance)],
        [f"USDOT {_number(chance, 7)}", f"MC {_number(chance, 6)}"],
        [f"www.{_some(chance, NAMES).lower()}.example"],
        [f"UNIT {_number(chance, 3)}"],
        [f"BUS {_number(chance, 4)}"],
        [f"{_some(chance, TRADES)}", f"GVW {_number(chance, 5)} LBS"],
        [f"MSKU {_number(chance, 6)} {_number(chance, 1)}", f"{_number(chance, 2)}G1"],
    )
    return _lettering(620, choices[int(chance.integers(len(choices)))], ink, _some(chance, ["plain", "shop"]), chance)


def badge(chance: Random) -> Sheet:
    tone = int(chance.choice([235, 205, 170, 40]))
    return _lettering(320, [_some(chance, MODELS)], (tone, tone, min(255, tone + 6)), _some(chance, ["plain", "shop"]), chance)


def road_paint(chance: Random) -> Sheet:
    text = _some(
        chance, ["STOP", "SLOW", "ONLY", "BUS", "SCHOOL", "KEEP CLEAR", "BIKE", "TAXI", str(10 * int(chance.integers(2, 9)))]
    )
    return _lettering(420, [text], WHITE if chance.random() < 0.75 else YELLOW, "road", chance)


# ---- patterns ----------------------------------------------------------------------------------------------------------------


def fence(chance: Random) -> Sheet:
    ink = int(chance.integers(20, 230))
    sheet = Image.new("RGBA", (600, 260), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    step = int(chance.integers(14, 50))
    for x in range(4, 600, step):
        pen.rectangle((x, 0, x + max(2, step // int(chance.integers(3, 6))), 260), fill=(ink, ink, ink, 255))
    for y in (20, 225):
        pen.rectangle((0, y, 600, y + 12), fill=(ink, ink, ink, 255))
    return sheet


def grille(chance: Random) -> Sheet:
    light, dark = int(chance.integers(120, 240)), int(chance.integers(5, 60))
    sheet = Image.new("RGBA", (480, 180), (dark, dark, dark, 255))
    pen = ImageDraw.Draw(sheet)
    step = int(chance.integers(12, 40))
    upright = chance.random() < 0.5
    for at in range(0, 480 if upright else 180, step):
        pen.rectangle((at, 0, at + step // 3, 180) if upright else (0, at, 480, at + step // 3), fill=(light, light, light, 255))
    pen.rectangle((0, 0, 479, 179), outline=(light, light, light, 255), width=8)
    return sheet


def kerb(chance: Random) -> Sheet:
    one, two = ((RED, WHITE), (BLACK, YELLOW), (BLACK, WHITE), (BLUE, WHITE))[int(chance.integers(4))]
    sheet = Image.new("RGBA", (700, 60), (*one, 255))
    pen = ImageDraw.Draw(sheet)
    step, lean = int(chance.integers(30, 110)), int(chance.integers(0, 40))
    for x in range(0, 760, 2 * step):
        pen.polygon(((x, 60), (x + lean, 0), (x + lean + step, 0), (x + step, 60)), fill=(*two, 255))
    return sheet


def blank(chance: Random) -> Sheet:
    """A bright rectangle with nothing on it: a plate's holder, a box, a window."""
    ground, ink = PAINTS[int(chance.integers(len(PAINTS)))]
    sheet = _board(400, int(chance.integers(90, 230)), ground, ink if chance.random() < 0.5 else None)
    for x, y in ((0.14, 0.15), (0.86, 0.15), (0.14, 0.85), (0.86, 0.85)):
        if chance.random() < 0.6:
            cx, cy = x * sheet.width, y * sheet.height
            ImageDraw.Draw(sheet).ellipse((cx - 8, cy - 8, cx + 8, cy + 8), fill=(90, 90, 90, 255))
    return sheet


# kind: how it is drawn, how wide it is in the picture at least and at most, where its middle lies (top to bottom), how far it leans
DRAWN: dict[str, tuple[Callable[[Random], Sheet], tuple[float, float], tuple[float, float], float]] = {
    "speed limit": (speed_limit, (28, 150), (0.1, 0.6), 0.06),
    "street name": (street_name, (70, 300), (0.05, 0.5), 0.08),
    "guide sign": (guide_sign, (90, 330), (0.05, 0.4), 0.06),
    "parking sign": (parking_sign, (30, 130), (0.15, 0.65), 0.07),
    "shop sign": (shop_sign, (110, 480), (0.08, 0.55), 0.1),
    "house number": (house_number, (36, 170), (0.2, 0.8), 0.1),
    "price board": (price_board, (60, 220), (0.1, 0.6), 0.05),
    "dealer's card": (dealers_card, (60, 220), (0.5, 0.92), 0.06),
    "poster": (poster, (60, 240), (0.2, 0.75), 0.08),
    "van lettering": (van_lettering, (90, 420), (0.3, 0.85), 0.12),
    "badge": (badge, (28, 130), (0.45, 0.9), 0.08),
    "road paint": (road_paint, (120, 380), (0.78, 0.97), 0.25),
    "fence": (fence, (150, 520), (0.35, 0.8), 0.1),
    "grille": (grille, (80, 260), (0.45, 0.88), 0.05),
    "kerb": (kerb, (250, 800), (0.6, 0.97), 0.15),
    "blank": (blank, (50, 260), (0.3, 0.9), 0.1),
}


# ---- pictures ----------------------------------------------------------------------------------------------------------------


def photographs_of(train: Path, *, held_out: bool = True) -> list[tuple[Path, list[list[float]]]]:
    """Those the finder does not learn from, or the others, with all boxes; plates that fill the picture would leave nothing of it."""
    names = {photo.name for photo in scenes.load_photos(longest=32) if photo.held_out == held_out and not photo.loose}
    names -= {f"{drive}.mp4_t_{second}.jpg" for drive, seconds in LEGIBLE.items() for second in seconds}
    found = []
    for origin in ("romania", "world", "florida"):
        for line in (train / origin / "boxes.jsonl").read_text().splitlines():
            row = json.loads(line)
            boxes = row["boxes"]
            large = sum(w * h for _, _, w, h in boxes) > 0.06 * row["width"] * row["height"]
            if row["image"] in names and not large and not row.get("augmented"):
                found.append((train / origin / row["image"], boxes))
    return sorted(found)


def _without_plates(path: Path, boxes: list[list[float]]) -> Picture:
    """The photograph, each plate filled in from around it and blurred until nothing can be read."""
    pixels = np.asarray(Image.open(path).convert("RGB")).copy()
    if path.parent.name == "florida":  # they were squeezed into a square
        pixels = np.asarray(cv2.resize(pixels, None, fx=1.4, fy=1.0, interpolation=cv2.INTER_CUBIC))
        boxes = [[1.4 * x, y, 1.4 * w, h] for x, y, w, h in boxes]
    high, wide = pixels.shape[:2]
    for x, y, w, h in boxes:
        x0, y0, x1, y1 = x - 0.1 * w - 2, y - 0.2 * h - 2, x + 1.1 * w + 2, y + 1.2 * h + 2
        a0, b0, a1, b1 = (
            int(v)
            for v in (
                max(0, x0 - 0.25 * w - 8),
                max(0, y0 - 0.5 * h - 8),
                min(wide, x1 + 0.25 * w + 8),
                min(high, y1 + 0.5 * h + 8),
            )
        )
        part = pixels[b0:b1, a0:a1]
        scale = min(1.0, 40 / part.shape[1])
        small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        mask = np.zeros(small.shape[:2], np.uint8)
        cv2.rectangle(
            mask,
            (int((x0 - a0) * scale), int((y0 - b0) * scale)),
            (int((x1 - a0) * scale) + 1, int((y1 - b0) * scale) + 1),
            255,
            -1,
        )
        filled = cv2.resize(
            cv2.inpaint(small, mask, 2, cv2.INPAINT_NS), (part.shape[1], part.shape[0]), interpolation=cv2.INTER_CUBIC
        )
        soft = np.zeros(part.shape[:2], np.float32)
        cv2.rectangle(soft, (int(x0 - a0), int(y0 - b0)), (int(x1 - a0), int(y1 - b0)), 1.0, -1)
        soft = cv2.GaussianBlur(soft, (0, 0), max(1.0, 0.06 * h))[..., None]
        pixels[b0:b1, a0:a1] = (part * (1 - soft) + filled * soft).astype(np.uint8)
    return pixels


def _framed(pixels: Picture, chance: Random) -> Picture:
    """A window of the photograph, sometimes mirrored, as a picture of 1280 x 720."""
    high, wide = pixels.shape[:2]
    across = min(wide, high * WIDE / HIGH) * float(chance.uniform(0.6, 1.0))
    down = across * HIGH / WIDE
    x, y = int(chance.uniform(0, wide - across + 1e-6)), int(chance.uniform(0, high - down + 1e-6))
    window = pixels[y : y + int(down), x : x + int(across)]
    if chance.random() < 0.5:
        window = window[:, ::-1]
    return np.asarray(cv2.resize(window, (WIDE, HIGH), interpolation=cv2.INTER_AREA if across > WIDE else cv2.INTER_CUBIC))


def _put(canvas: Picture, sheet: Sheet, wide: float, middle: tuple[float, float], lean: float, chance: Random) -> list[int]:
    """The sheet somewhere in the scene, seen a little from the side, in the scene's light; the box around it."""
    flat = np.asarray(sheet, np.float32)
    high = wide * flat.shape[0] / flat.shape[1]
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [wide / 2, high / 2] + chance.normal(0, lean, (4, 2)) * [high, high]
    angle = chance.normal(0, 0.04)
    quad = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + middle
    shrink = min(1.0, 1.5 * wide / flat.shape[1])
    flat = cv2.resize(flat, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    edge = np.array([[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32)
    seen = cv2.warpPerspective(
        flat, cv2.getPerspectiveTransform(edge, quad.astype(np.float32)), (WIDE, HIGH), flags=cv2.INTER_LINEAR
    )
    cover = seen[..., 3:] / 255 * float(chance.uniform(0.85, 1.0))
    low, top = (
        np.clip(quad.min(axis=0).astype(int), 0, [WIDE - 2, HIGH - 2]),
        np.clip(quad.max(axis=0).astype(int), 2, [WIDE, HIGH]),
    )
    around = canvas[low[1] : max(top[1], low[1] + 2), low[0] : max(top[0], low[0] + 2)]
    light = float(np.clip(np.percentile(around, 85) / 215, 0.18, 1.1))
    canvas[:] = np.clip(canvas * (1 - cover) + seen[..., :3] * light * cover, 0, 255).astype(np.uint8)
    return [int(v) for v in (*low, *(top - low))]


def _burnt_date(canvas: Picture, chance: Random) -> None:
    y, mo, d, h, mi, s = (int(chance.integers(a, b)) for a, b in ((2003, 2026), (1, 13), (1, 29), (0, 24), (0, 60), (0, 60)))
    forms = (
        f"{y}{mo:02}{d:02}", f"{y}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}", f"{mo:02}/{d:02}/{y}  {h:02}:{mi:02}", f"{d:02}.{mo:02}.{y % 100:02}",
        f"{d}. {mo}. {y}", f"CAM{d:02} {h:02}{mi:02}{s:02}", f"{h:02}:{mi:02}:{s:02} {_number(chance, 3)} km/h", f"'{y % 100:02} {mo:2} {d:2}",
        f"{y}{mo:02}{d:02}_{h:02}{mi:02}{s:02}",
    )  # fmt: skip
    size = int(chance.integers(16, 52))
    text = _some(chance, forms)
    font = _font(_some(chance, _files()[_some(chance, ["mono", "plain"])]), size)
    sheet = Image.fromarray(canvas)
    long = font.getlength(text)
    x = float(chance.choice([14, WIDE - long - 14, (WIDE - long) / 2]))
    at = float(chance.choice([10, HIGH - size - 14]))
    ink = ((255, 255, 255), (255, 150, 20), (255, 230, 60), (230, 30, 30), (20, 20, 20))[int(chance.integers(5))]
    ImageDraw.Draw(sheet).text(
        (x, at), text, font=font, fill=ink, stroke_width=int(chance.random() < 0.5) * 2, stroke_fill=(0, 0, 0)
    )
    canvas[:] = np.asarray(sheet)


def compose(photographs: list[tuple[Path, list[list[float]]]], number: int, seed: int) -> tuple[Picture, list[dict[str, object]]]:
    """Picture `number` of the set, and what was drawn on it."""
    chance = np.random.default_rng((seed, number))
    path, boxes = photographs[int(chance.integers(len(photographs)))]
    canvas = _framed(_without_plates(path, boxes), chance).copy()
    drawn: list[dict[str, object]] = []
    kinds = list(DRAWN)
    for place in range(int(chance.integers(2, 6))):
        kind = kinds[(number + 5 * place) % len(kinds)] if place < 2 else _some(chance, kinds)
        draw, (least, most), (low, high), lean = DRAWN[kind]
        wide = float(np.exp(chance.uniform(np.log(least), np.log(most))))
        middle = (float(chance.uniform(0.08, 0.92)) * WIDE, float(chance.uniform(low, high)) * HIGH)
        drawn.append({"kind": kind, "box": _put(canvas, draw(chance), wide, middle, lean, chance)})
    if chance.random() < 0.7:
        canvas = cv2.GaussianBlur(canvas, (0, 0), float(chance.uniform(0.3, 1.1)))
    if chance.random() < 0.2:
        canvas = np.clip(canvas * chance.uniform(0.15, 0.5) + chance.uniform(0, 12), 0, 255).astype(np.uint8)
    if chance.random() < 0.6:
        canvas = np.clip(canvas + chance.normal(0, chance.uniform(1, 7), canvas.shape), 0, 255).astype(np.uint8)
    if chance.random() < 0.1:
        canvas = np.repeat(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    if chance.random() < 0.5:
        _burnt_date(canvas, chance)
        drawn.append({"kind": "date", "box": None})
    return canvas, drawn


def main() -> None:
    parser = argparse.ArgumentParser(description="Compose pictures without a plate, to count false ones on.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", type=Path, default=scenes.DATA / "train")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    photographs = photographs_of(asked.train)
    rows = []
    for number in range(asked.count):
        canvas, drawn = compose(photographs, number, asked.seed)
        name = f"{number:03}.jpg"
        Image.fromarray(canvas).save(
            asked.folder / name, quality=int(np.random.default_rng((asked.seed, number, 1)).integers(70, 96))
        )
        rows.append(json.dumps({"image": name, "boxes": [], "plates": [], "drawn": drawn}) + "\n")
    (asked.folder / "truth.jsonl").write_text("".join(rows))
    print(f"{asked.count} pictures of {len(photographs)} photographs in {asked.folder.name}")


if __name__ == "__main__":
    main()
