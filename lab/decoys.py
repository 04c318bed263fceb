"""What is not a plate and might be taken for one, drawn flat and grey: signs, numbers, lettering, gratings, lamps.

Notable choices:

- Every kind is drawn in many manners: any font, light on dark and dark on light, framed and not, with and without screws, on a
  board or bare on the wall. Words are mostly made up from syllables, so that no word is learnt by heart.
- Held-out scenes have fonts, words and syllables of their own (`Hand(held_out=True)`). Nothing here is taken from
  `plate_free.py`, which is the examination: neither its drawings, nor its words, nor its fonts.
- None of them bears a plate's serial on a plate's ground. What a person would call a plate is not drawn.
"""

from __future__ import annotations

import os
import string
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WORK = Path(os.environ.get("PLATEWARDEN_LAB", Path(__file__).resolve().parent.parent.parent / "lab"))
Grey = NDArray[np.float32]
Chance = np.random.Generator

HELD_OUT_FONTS = {"sora", "rokkitt", "league-gothic", "overpass-mono", "pacifico", "merriweather", "fjalla-one", "saira-condensed"}
OFFSETS = ("ka lo mi ren tor vas del mon bri sta cre pol gar fin hal nor ver sal ton ric", "u qua ze pho jo wyn dra ske lum bo chi")
WORDS = (
    (
        "Parking Office Entrance Delivery Storage Rental Clinic Hardware Grocery Kitchen Coffee Tailor Fitness Garage Towing Glass "
        "Paint Roofing Moving Laundry Travel Phones Optics Studio Gallery Theatre Museum Library School Church Harbor Airport Station"
    ),
    "Bicycle Butcher Cinema Dental Lounge Mattress Nursery Printing Records Salon Tavern Vending Welding Archery Ballet Candles",
)
ROADS = ("Street Avenue Road Lane Drive Court Place St Ave Rd", "Terrace Circle Parkway Trail Ct Pkwy")
RULES = (
    (
        "NO PARKING|ANY TIME|TOW AWAY ZONE|2 HOUR PARKING|8AM TO 6PM|EXCEPT SUNDAY|LOADING ONLY|PERMIT ONLY|NO STOPPING|PRIVATE|STAFF|VISITORS|DO NOT ENTER|"
        "WRONG WAY|YIELD|SCHOOL|SLOW|KEEP RIGHT|NO TRUCKS|DEAD END|PUSH|PULL|FIRE LANE|BEWARE OF DOG|CLEARANCE 12 FT"
    ),
    "RESERVED|CUSTOMERS ONLY|NO DUMPING|STREET CLEANING|MONDAY|30 MINUTES|HANDICAPPED|MERGE|NO OUTLET|BIKE LANE|WET FLOOR",
)
BADGES = ("LX EX GT SE XLE SXT RS GLS LTZ SLT TDX", "DX GTS LE SV ZX")


class Hand:
    """Who draws: the chance, and which fonts and words are theirs."""

    def __init__(self, chance: Chance, *, held_out: bool = False) -> None:
        self.chance, self.side = chance, int(held_out)
        self.fonts = _fonts()[self.side]

    def one(self, values: list | tuple) -> object:
        return values[int(self.chance.integers(len(values)))]

    def maybe(self, share: float) -> bool:
        return bool(self.chance.random() < share)

    def between(self, low: float, high: float) -> float:
        return float(self.chance.uniform(low, high))

    def word(self) -> str:
        if self.maybe(0.35):
            return str(self.one(WORDS[self.side].split()))
        return "".join(str(self.one(OFFSETS[self.side].split())) for _ in range(int(self.chance.integers(2, 4)))).capitalize()

    def cased(self, text: str) -> str:
        return text.upper() if self.maybe(0.5) else text

    def digits(self, least: int, most: int) -> str:
        text = "".join(str(d) for d in self.chance.integers(0, 10, int(self.chance.integers(least, most + 1))))
        return text if text[0] != "0" else "1" + text[1:]

    def rule(self) -> str:
        return str(self.one(RULES[self.side].split("|")))

    def phone(self) -> str:
        d = self.digits(10, 10)
        shapes = (
            f"({d[:3]}) {d[3:6]}-{d[6:]}",
            f"{d[:3]}-{d[3:6]}-{d[6:]}",
            f"{d[:3]}.{d[3:6]}.{d[6:]}",
            f"{d[3:6]}-{d[6:]}",
            f"0{d[:3]} {d[3:]}",
            f"1-800-{d[:3]}-{d[3:7]}",
        )
        return str(self.one(shapes))

    def tones(self) -> tuple[float, float]:
        """Ground and ink."""
        dark, light = self.between(0, 105), self.between(140, 255)
        if self.maybe(0.15):
            dark, light = self.between(60, 130), self.between(150, 200)
        return (light, dark) if self.maybe(0.5) else (dark, light)

    def font(self, size: int) -> ImageFont.FreeTypeFont:
        return _font(str(self.one(self.fonts)), size)


@lru_cache(maxsize=1)
def _fonts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    sides: tuple[list[str], list[str]] = ([], [])
    for path in sorted((WORK / "fonts").rglob("*.woff")):
        if "-latin-" not in path.name or "ext" in path.name or not path.name.endswith("normal.woff"):
            continue
        if path.name.endswith(("100-normal.woff", "200-normal.woff")):
            continue
        sides[path.parts[-3] in HELD_OUT_FONTS].append(str(path))
    return tuple(sides[0]), tuple(sides[1])


@lru_cache(maxsize=600)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def write(
    sheet: Image.Image, text: str, box: tuple[float, float, float, float], ink: float, hand: Hand, *, squeeze: float = 1.0
) -> None:
    """Text in the middle of a box (shares of the sheet), as large as it fits; letters keep their shape but for `squeeze`."""
    x0, y0, x1, y1 = box[0] * sheet.width, box[1] * sheet.height, box[2] * sheet.width, box[3] * sheet.height
    font = hand.font(56)
    left, top, right, bottom = font.getbbox(text)
    if right - left < 2 or bottom - top < 2 or x1 - x0 < 2 or y1 - y0 < 2:
        return
    drawn = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4), 0)
    ImageDraw.Draw(drawn).text((2 - left, 2 - top), text, fill=255, font=font)
    by = min((x1 - x0) / (drawn.width * squeeze), (y1 - y0) / drawn.height)
    drawn = drawn.resize((max(2, round(drawn.width * squeeze * by)), max(2, round(drawn.height * by))), Image.Resampling.BILINEAR)
    sheet.paste(round(ink), (round((x0 + x1 - drawn.width) / 2), round((y0 + y1 - drawn.height) / 2)), drawn)


Drawn = tuple[Image.Image, Image.Image]  # what is seen, and where it hides what is behind


def _board(hand: Hand, aspect: float, ground: float, ink: float) -> Drawn:
    """An empty board: corners round or not, border, gradient, screws."""
    high = 120 if aspect < 3 else 80
    wide = max(16, round(high * aspect))
    sheet, mask = Image.new("L", (wide, high), round(ground)), Image.new("L", (wide, high), 0)
    if hand.maybe(0.3):
        shade = np.linspace(-1, 1, high)[:, None] * hand.between(-50, 50) + np.linspace(-1, 1, wide)[None, :] * hand.between(
            -30, 30
        )
        sheet = Image.fromarray(np.clip(np.asarray(sheet, np.float32) + shade, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(sheet)
    radius = hand.between(0, 0.25) * min(wide, high) if hand.maybe(0.6) else 0.0
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, wide - 1, high - 1), radius, fill=255)
    for _ in range(int(hand.chance.integers(0, 3))):
        inset = hand.between(0, 0.08) * high
        thick = max(1, round(hand.between(0.01, 0.06) * high))
        pen.rounded_rectangle(
            (inset, inset, wide - 1 - inset, high - 1 - inset), max(0, radius - inset), outline=round(ink), width=thick
        )
    if hand.maybe(0.35):
        r = hand.between(0.015, 0.045) * high
        x, y = hand.between(0.05, 0.2), hand.between(0.06, 0.16)
        spots = [(x, y), (1 - x, y), (x, 1 - y), (1 - x, 1 - y)] if hand.maybe(0.6) else [(x / 2, 0.5), (1 - x / 2, 0.5)]
        for sx, sy in spots:
            pen.ellipse((sx * wide - r, sy * high - r, sx * wide + r, sy * high + r), fill=round(hand.between(0, 255)))
    return sheet, mask


def _bare(hand: Hand, aspect: float, lines: list[str], boxes: list[tuple[float, float, float, float]]) -> Drawn:
    """Letters without a board: on a wall, a door, a tailgate. Perhaps with a shadow or an outline."""
    high = 110
    wide = max(16, round(high * aspect))
    ink = Image.new("L", (wide, high), 0)
    for text, box in zip(lines, boxes, strict=True):
        write(ink, text, box, 255, hand, squeeze=hand.between(0.8, 1.4))
    letters = np.asarray(ink, np.float32) / 255
    tone, other = hand.tones()
    if hand.maybe(0.3):  # metal
        seen = tone + np.linspace(-1, 1, high)[:, None] * hand.between(-70, 70) * np.ones((1, wide))
    else:
        seen = np.full((high, wide), tone)
    mask = letters
    if hand.maybe(0.45):
        k = int(hand.chance.integers(2, 6))
        move = np.float32([[1, 0, hand.between(-3, 3)], [0, 1, hand.between(0, 4)]])
        wider = cv2.warpAffine(cv2.dilate(letters, np.ones((k, k))), move, (wide, high))
        seen = seen * letters + other * (1 - letters)
        mask = np.maximum(letters, wider * hand.between(0.3, 1))
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)), Image.fromarray((mask * 255).astype(np.uint8))


def house_number(hand: Hand) -> Drawn:
    text = (
        hand.digits(1, 5)
        if hand.maybe(0.75)
        else str(
            hand.one(
                [
                    hand.digits(1, 3) + str(hand.one("ABCDabc")),
                    f"{hand.digits(1, 3)}-{hand.digits(1, 3)}",
                    f"{hand.digits(1, 3)}/{hand.digits(1, 2)}",
                    f"No. {hand.digits(1, 3)}",
                    f"#{hand.digits(1, 4)}",
                    f"Apt {hand.digits(1, 3)}",
                ]
            )
        )
    )
    if hand.maybe(0.1):  # one above the other
        rows = list(text)
        boxes = [(0.05, i / len(rows) + 0.02, 0.95, (i + 1) / len(rows) - 0.02) for i in range(len(rows))]
        return _bare(hand, 1.1 / len(rows), rows, boxes)
    aspect = max(0.5, 0.62 * len(text)) * hand.between(0.85, 1.9)
    if hand.maybe(0.4):
        return _bare(hand, aspect, [text], [(0.03, 0.08, 0.97, 0.92)])
    ground, ink = hand.tones()
    sheet, mask = _board(hand, aspect, ground, ink)
    if hand.maybe(0.2):
        mask = Image.new("L", sheet.size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, sheet.width - 1, sheet.height - 1), fill=255)
    top, low = 0.12, 0.88
    if hand.maybe(0.35):
        street = hand.cased(hand.word() + " " + str(hand.one(ROADS[hand.side].split())))
        if hand.maybe(0.5):
            write(sheet, street, (0.12, 0.08, 0.88, 0.25), ink, hand)
            top = 0.3
        else:
            write(sheet, street, (0.12, 0.75, 0.88, 0.92), ink, hand)
            low = 0.7
    write(sheet, text, (0.1, top, 0.9, low), ink, hand, squeeze=hand.between(0.8, 1.4))
    return sheet, mask


def shop(hand: Hand) -> Drawn:
    words = [hand.cased(hand.word()) for _ in range(int(hand.chance.integers(1, 4)))]
    text = " ".join(words) if hand.maybe(0.8) else words[0] + " & " + str(hand.one(["Sons", "Co", "Co.", "Bros"]))
    aspect = float(np.clip(0.5 * len(text) * hand.between(0.7, 1.4), 1.2, 9))
    below = str(
        hand.one(
            [hand.phone(), " ".join(hand.word() for _ in range(3)), f"Since {hand.digits(4, 4)}", f"www.{hand.word().lower()}.com"]
        )
    )
    low = 0.68 if hand.maybe(0.4) else 0.9
    if hand.maybe(0.35):
        lines, boxes = [text], [(0.02, 0.08, 0.98, low)]
        if low < 0.8:
            lines, boxes = [*lines, below], [*boxes, (0.1, 0.75, 0.9, 0.97)]
        return _bare(hand, aspect, lines, boxes)
    ground, ink = hand.tones()
    sheet, mask = _board(hand, aspect, ground, ink)
    left = 0.04
    if hand.maybe(0.25):
        pen, h = ImageDraw.Draw(sheet), sheet.height
        pen.ellipse(
            (0.1 * h, 0.15 * h, 0.8 * h, 0.85 * h), fill=round(ink) if hand.maybe(0.5) else None, outline=round(ink), width=3
        )
        left = 0.9 * h / sheet.width
    write(sheet, text, (left, 0.12, 0.96, low), ink, hand, squeeze=hand.between(0.8, 1.5))
    if low < 0.8:
        write(sheet, below, (0.08, 0.73, 0.92, 0.93), ink, hand)
    return sheet, mask


def street_name(hand: Hand) -> Drawn:
    text = hand.cased(hand.word() + " " + str(hand.one(ROADS[hand.side].split())))
    if hand.maybe(0.25):
        text = str(hand.one(["N", "S", "W", "E", "Old", "Upper"])) + " " + text
    if hand.maybe(0.15):
        text = f"{hand.digits(1, 2)}{hand.one(['st', 'nd', 'rd', 'th'])} {hand.one(ROADS[hand.side].split())}"
    ground, ink = hand.tones()
    sheet, mask = _board(hand, hand.between(2.4, 6), ground, ink)
    right = 0.94
    if hand.maybe(0.3):
        write(sheet, hand.digits(2, 4), (0.84, 0.1, 0.97, 0.45), ink, hand)
        right = 0.83
    write(sheet, text, (0.05, 0.16, right, 0.84), ink, hand, squeeze=hand.between(0.7, 1.2))
    return sheet, mask


def limit(hand: Hand) -> Drawn:
    number = str(5 * int(hand.chance.integers(1, 26)))
    if hand.maybe(0.4):  # round
        size = 120
        sheet, mask = Image.new("L", (size, size), round(hand.between(190, 255))), Image.new("L", (size, size), 0)
        ImageDraw.Draw(mask).ellipse((0, 0, size - 1, size - 1), fill=255)
        ImageDraw.Draw(sheet).ellipse(
            (0, 0, size - 1, size - 1), outline=round(hand.between(20, 130)), width=round(hand.between(0.06, 0.17) * size)
        )
        write(
            sheet,
            number if hand.maybe(0.8) else f"{hand.digits(1, 1)},{hand.digits(1, 1)}t",
            (0.22, 0.25, 0.78, 0.75),
            hand.between(0, 60),
            hand,
        )
        return sheet, mask
    ground, ink = hand.tones() if hand.maybe(0.3) else (hand.between(200, 255), hand.between(0, 60))
    sheet, mask = _board(hand, hand.between(0.65, 1.5), ground, ink)
    above = str(hand.one(["SPEED|LIMIT", "MAXIMUM", "SPEED", "ZONE", "YOUR|SPEED", "EXIT", "TRUCKS", "RAMP", "ROUTE", "KM/H"]))
    rows = above.split("|")
    for at, row in enumerate(rows):
        write(sheet, row, (0.1, 0.08 + 0.18 * at, 0.9, 0.22 + 0.18 * at), ink, hand)
    write(sheet, number, (0.12, 0.12 + 0.18 * len(rows), 0.88, 0.93), ink, hand)
    return sheet, mask


def poster(hand: Hand) -> Drawn:
    ground, ink = hand.tones()
    sheet, mask = _board(hand, hand.between(0.6, 2.2), ground, ink)
    y = 0.05
    while y < 0.88:
        room = hand.between(0.06, 0.4)
        kind = hand.chance.random()
        box = (0.07, y, 0.93, min(0.96, y + room * 0.85))
        if kind < 0.5:
            write(sheet, hand.cased(" ".join(hand.word() for _ in range(int(hand.chance.integers(1, 4))))), box, ink, hand)
        elif kind < 0.65:
            write(
                sheet,
                str(
                    hand.one(
                        [
                            hand.phone(),
                            f"${hand.digits(1, 3)}.99",
                            f"{hand.digits(1, 2)}%",
                            f"{hand.digits(1, 2)} {hand.word()}",
                            f"{hand.digits(4, 4)}",
                        ]
                    )
                ),
                box,
                ink,
                hand,
            )
        elif kind < 0.8:
            ImageDraw.Draw(sheet).rectangle(
                tuple(v * s for v, s in zip(box, sheet.size * 2, strict=True)), fill=round(hand.between(0, 255))
            )
        else:
            write(sheet, hand.rule(), box, ink, hand)
        y += room
    return sheet, mask


def lettering(hand: Hand) -> Drawn:
    """On vans, trucks, containers, cabs: a name, a telephone number, a number painted on."""
    kind = hand.chance.random()
    if kind < 0.3:
        text = hand.phone()
    elif kind < 0.45:
        text = f"{hand.one(['USDOT', 'DOT', 'MC', 'TEL', 'CA', 'UNIT', 'GVW', 'Nr.', 'FLEET'])} {hand.digits(3, 7)}"
    elif kind < 0.6:
        text = "".join(str(hand.one(string.ascii_uppercase)) for _ in range(4)) + f" {hand.digits(6, 6)} {hand.digits(1, 1)}"
    elif kind < 0.72:
        text = hand.digits(2, 5)
    elif kind < 0.82:
        text = f"www.{hand.word().lower()}{hand.word().lower()}.{hand.one(['com', 'net', 'org', 'de', 'ro'])}"
    else:
        text = hand.cased(" ".join(hand.word() for _ in range(int(hand.chance.integers(1, 3)))))
    lines, boxes = [text], [(0.02, 0.06, 0.98, 0.94)]
    if hand.maybe(0.4):
        lines, boxes = [hand.cased(hand.word() + " " + hand.word()), text], [(0.02, 0.03, 0.98, 0.55), (0.05, 0.62, 0.95, 0.97)]
    return _bare(hand, float(np.clip(0.5 * len(text) * hand.between(0.6, 1.4), 1.2, 9)), lines, boxes)


def sticker(hand: Hand) -> Drawn:
    ground, ink = hand.tones()
    sheet, mask = _board(hand, hand.between(1.2, 4.5), ground, ink)
    if hand.maybe(0.25):
        mask = Image.new("L", sheet.size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, sheet.width - 1, sheet.height - 1), fill=255)
        ImageDraw.Draw(sheet).ellipse((2, 2, sheet.width - 3, sheet.height - 3), outline=round(ink), width=3)
        write(
            sheet,
            "".join(str(hand.one(string.ascii_uppercase)) for _ in range(int(hand.chance.integers(1, 4)))),
            (0.22, 0.22, 0.78, 0.78),
            ink,
            hand,
        )
        return sheet, mask
    rows = int(hand.chance.integers(1, 4))
    for row in range(rows):
        text = hand.cased(" ".join(hand.word() for _ in range(int(hand.chance.integers(1, 4)))))
        if hand.maybe(0.12):
            text = str(
                hand.one(
                    [
                        f"{hand.digits(4, 4)}",
                        hand.phone(),
                        f"{hand.word()} {hand.digits(4, 4)}!",
                        "I LOVE " + hand.word(),
                        f"{hand.digits(1, 2)}.{hand.digits(1, 1)}",
                    ]
                )
            )
        write(sheet, text, (0.07, (row + 0.14) / rows, 0.93, (row + 0.86) / rows), ink, hand)
    return sheet, mask


def badge(hand: Hand) -> Drawn:
    kind = hand.chance.random()
    letter = str(hand.one(string.ascii_uppercase))
    if kind < 0.35:
        text = str(
            hand.one(
                [
                    f"{letter}{hand.digits(1, 3)}",
                    f"{hand.digits(1, 3)}{letter.lower()}",
                    f"{letter}{hand.one(string.ascii_uppercase)}-{hand.digits(1, 3)}",
                    f"{hand.digits(1, 1)}.{hand.digits(1, 1)}{letter}",
                    f"{letter}S {hand.digits(3, 3)}",
                    f"{hand.digits(3, 4)}",
                ]
            )
        )
    elif kind < 0.55:
        text = str(hand.one(BADGES[hand.side].split()))
    else:
        text = hand.cased(hand.word())
    return _bare(hand, float(np.clip(0.6 * len(text) * hand.between(0.8, 2), 0.8, 8)), [text], [(0.02, 0.06, 0.98, 0.94)])


def display(hand: Hand) -> Drawn:
    """A bus's destination, a speed that lights up: dots or segments on black."""
    text = str(
        hand.one(
            [
                f"{hand.digits(1, 3)} {hand.word()}",
                hand.cased(hand.word() + " " + hand.word()),
                f"{hand.digits(1, 3)}{hand.one('ABX')}",
                hand.digits(2, 3),
                f"{hand.digits(1, 2)}:{hand.chance.integers(10, 60)}",
                "TAXI",
                "NOT IN SERVICE",
                f"{hand.digits(1, 1)}.{hand.digits(2, 2)}9",
            ]
        )
    )
    sheet, mask = _board(
        hand, float(np.clip(0.55 * len(text) * hand.between(0.8, 1.3), 1.1, 8)), hand.between(0, 45), hand.between(0, 90)
    )
    write(sheet, hand.cased(text), (0.05, 0.14, 0.95, 0.86), hand.between(150, 255), hand)
    if hand.maybe(0.7):
        step = int(hand.chance.integers(3, 8))
        dots = np.zeros((sheet.height, sheet.width), np.float32)
        dots[step // 2 :: step, step // 2 :: step] = 1
        dots = np.clip(cv2.dilate(dots, np.ones((max(1, step - 2),) * 2)) + 0.15, 0, 1)
        sheet = Image.fromarray((np.asarray(sheet, np.float32) * dots).astype(np.uint8))
    return sheet, mask


def rules(hand: Hand) -> Drawn:
    ground, ink = hand.tones()
    sheet, mask = _board(hand, hand.between(0.55, 2.4), ground, ink)
    rows, y = int(hand.chance.integers(1, 5)), 0.06
    if hand.maybe(0.25):
        write(sheet, str(hand.one(["P", "H", "i", "!", "?"])), (0.3, 0.05, 0.7, 0.42), ink, hand)
        y = 0.46
    for row in range(rows):
        low = y + (row + 0.1) * (0.94 - y) / rows
        write(
            sheet,
            hand.rule() if hand.maybe(0.8) else f"{hand.digits(1, 2)} {hand.one(['MIN', 'HRS', 'km', 'm', 'FT'])}",
            (0.07, low, 0.93, low + 0.8 * (0.94 - y) / rows),
            ink,
            hand,
        )
    return sheet, mask


def prices(hand: Hand) -> Drawn:
    ground, ink = hand.tones()
    rows = int(hand.chance.integers(1, 5))
    sheet, mask = _board(hand, hand.between(1.5, 4) / max(1, rows * 0.7), ground, ink)
    for row in range(rows):
        top, low = (row + 0.12) / rows, (row + 0.88) / rows
        if hand.maybe(0.7):
            write(sheet, hand.cased(hand.word()), (0.04, top, 0.45, low), ink, hand)
            write(
                sheet,
                f"{hand.digits(1, 2)}.{hand.digits(2, 2)}" + ("9" if hand.maybe(0.5) else ""),
                (0.5, top, 0.96, low),
                ink,
                hand,
            )
        else:
            write(
                sheet,
                str(
                    hand.one(
                        [
                            f"${hand.digits(1, 3)}",
                            f"{hand.digits(1, 2)}.{hand.digits(2, 3)}",
                            f"{hand.digits(1, 2)} for ${hand.digits(1, 2)}",
                        ]
                    )
                ),
                (0.06, top, 0.94, low),
                ink,
                hand,
            )
    return sheet, mask


def marking(hand: Hand) -> Drawn:
    text = str(hand.one(["STOP", "SLOW", "BUS", "ONLY", "XING", "KEEP CLEAR", hand.digits(1, 3), hand.word().upper()]))
    drawn = _bare(hand, max(0.8, 0.35 * len(text)), [text], [(0.02, 0.02, 0.98, 0.98)])
    return Image.new("L", drawn[0].size, round(hand.between(150, 240))), drawn[1]


def grille(hand: Hand) -> Drawn:
    tone, other = hand.between(0, 80), hand.between(30, 220)
    sheet, mask = _board(hand, hand.between(1.2, 6), tone, other)
    pen = ImageDraw.Draw(sheet)
    step, thick, kind = hand.between(4, 26), int(hand.chance.integers(1, 6)), hand.chance.random()
    if kind < 0.75:
        for y in np.arange(hand.between(0, step), sheet.height, step):
            pen.line((0, y, sheet.width, y), fill=round(other), width=thick)
    if kind > 0.45:
        lean = hand.between(-30, 30) if hand.maybe(0.3) else 0
        for x in np.arange(hand.between(-step, step), sheet.width, step):
            pen.line((x, 0, x + lean, sheet.height), fill=round(other), width=thick)
    if hand.maybe(0.35):
        x, y, r = hand.between(0.3, 0.7) * sheet.width, 0.5 * sheet.height, hand.between(0.1, 0.4) * sheet.height
        pen.ellipse((x - r, y - r, x + r, y + r), fill=round(hand.between(0, 255)), outline=round(hand.between(0, 255)), width=3)
    if hand.maybe(0.2):
        write(sheet, hand.word().upper(), (0.2, 0.3, 0.8, 0.7), hand.between(120, 255), hand)
    return sheet, mask


def lamps(hand: Hand) -> Drawn:
    sheet, mask = _board(hand, hand.between(0.8, 4), hand.between(0, 200), hand.between(0, 255))
    x = np.linspace(0, 1, sheet.width)[None, :]
    y = np.linspace(0, 1, sheet.height)[:, None]
    seen = np.asarray(sheet, np.float32).copy()
    for _ in range(int(hand.chance.integers(1, 5))):
        cx, cy, rx, ry = hand.between(0, 1), hand.between(0.2, 0.8), hand.between(0.05, 0.3), hand.between(0.1, 0.6)
        seen = seen + hand.between(-150, 220) * np.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2)
    if hand.maybe(0.5):
        at = int(hand.between(0.2, 0.8) * sheet.width)
        seen[:, at : at + int(hand.chance.integers(2, 12))] *= hand.between(0.2, 1.6)
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)), mask


def panes(hand: Hand) -> Drawn:
    frame = hand.between(0, 255)
    sheet, mask = _board(hand, hand.between(0.6, 4), frame, frame)
    pen = ImageDraw.Draw(sheet)
    rows, columns = int(hand.chance.integers(1, 4)), int(hand.chance.integers(1, 7))
    edge, tone = hand.between(0.04, 0.2), hand.between(0, 255)
    for r in range(rows):
        for c in range(columns):
            shade = np.clip(tone + hand.chance.normal(0, 25), 0, 255)
            pen.rectangle(
                (
                    (c + edge) / columns * sheet.width,
                    (r + edge) / rows * sheet.height,
                    (c + 1 - edge) / columns * sheet.width,
                    (r + 1 - edge) / rows * sheet.height,
                ),
                fill=round(shade),
            )
    return sheet, mask


def empty_board(hand: Hand) -> Drawn:
    """A plate's shape without a serial: blank, a dealer's card of several lines, a label with bars."""
    ground, ink = hand.tones()
    sheet, mask = _board(hand, float(hand.one([2.0, 2.0, 4.7, 1.5])) * hand.between(0.85, 1.15), ground, ink)
    kind = hand.chance.random()
    if kind < 0.3:
        return sheet, mask
    if kind < 0.75:
        write(sheet, hand.cased(hand.word() + " " + hand.word()), (0.08, 0.14, 0.92, 0.55), ink, hand)
        write(
            sheet,
            str(hand.one([hand.phone(), f"{hand.word()}, {hand.word()}", "www." + hand.word().lower() + ".com"])),
            (0.12, 0.62, 0.88, 0.86),
            ink,
            hand,
        )
        return sheet, mask
    pen, x = ImageDraw.Draw(sheet), 0.08
    while x < 0.9:
        thick = hand.between(0.004, 0.03)
        pen.rectangle((x * sheet.width, 0.15 * sheet.height, (x + thick) * sheet.width, 0.7 * sheet.height), fill=round(ink))
        x += thick + hand.between(0.004, 0.03)
    write(sheet, hand.digits(8, 13), (0.1, 0.74, 0.9, 0.95), ink, hand)
    return sheet, mask


KINDS: dict[Callable[[Hand], Drawn], float] = {
    house_number: 0.17, shop: 0.12, street_name: 0.10, limit: 0.08, poster: 0.08, lettering: 0.12, sticker: 0.06, badge: 0.07,
    display: 0.05, rules: 0.05, prices: 0.04, marking: 0.02, grille: 0.05, lamps: 0.03, panes: 0.03, empty_board: 0.03,
}  # fmt: skip


def draw(hand: Hand) -> tuple[str, Grey, Grey]:
    """Its kind, what is seen and where it hides what is behind (0 to 1), both of one size."""
    kinds = list(KINDS)
    kind = kinds[int(hand.chance.choice(len(kinds), p=np.array(list(KINDS.values())) / sum(KINDS.values())))]
    sheet, mask = kind(hand)
    return kind.__name__, np.asarray(sheet, np.float32), np.asarray(mask, np.float32) / 255
