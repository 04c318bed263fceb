"""Strips of plates, drawn: the upper or the lower third of a plate with its name, motto, dealer's frame, sticker, and the serial's edge.

    rng -> (40, 288) grey, the upper and the lower line of words in it

Notable choices:

- Grey and wrong in every way that a camera and a finder are: corners off by up to a tenth of the height, tilted, small, worn.
- Any lettering over any paint. Half of the words tell no state, some are a state's with letters changed: a network that knows its
  words by heart would see them everywhere.
- What a sticker says and what is left of the serial is drawn and not read. A word that a frame hides by a third is not read either.
- One font family in five, by its name, is held out, and is all that the exam is drawn with.
"""

from __future__ import annotations

import hashlib
import random
import string
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lab import synth
from lab.dies import ALPHABET, Dies, FontDies, FontShelf
from lab.words import ANYWHERE, ELSEWHERE, VAGUE
from platewarden.recognition.rectify import MARGIN_X, MARGIN_Y
from platewarden.recognition.state import STRIP_COLUMNS, STRIP_ROWS, THIRDS_ROWS
from platewarden.recognition.state_words import WORDS

WIDE, HIGH = 480, 240  # pixels of the whole plate when it is drawn
AROUND, INTO = 48, 120  # rows of it that are drawn: outside of its edge, and inside
SIDE = 48
SCRIPTS = ("pacifico lobster yellowtail dancing-script kaushan-script satisfy courgette cookie damion norican oleo-script grand-hotel allura "
           "playball niconne Z003").split()  # fmt: skip
UNFIT = ("Thin", "Outline", "ExtraLight", "Math", "Fallback", "Symbol", "D050000L")

Sheet = NDArray[np.float32]
Mask = NDArray[np.uint8]


def plainly(text: str) -> str:
    """Only what is read: letters as capitals without accents, and digits."""
    return "".join(c for c in unicodedata.normalize("NFD", text.upper()) if c in ALPHABET)


class Lettering:
    """The fonts for words, by family; `held_out` ones or the others."""

    def __init__(self, folders: list[Path], debian: Path, *, held_out: bool) -> None:
        found: dict[str, list[str]] = {}
        for folder in folders:
            for path in sorted(folder.glob("node_modules/@fontsource/*/files/*-latin-[3-9]00-*.woff")):
                found.setdefault(path.parts[-3], []).append(str(path))
        for path in sorted(p for p in debian.rglob("*") if p.suffix in {".ttf", ".otf"}):
            if not any(odd in path.name for odd in UNFIT):
                found.setdefault(path.stem.split("-")[0] if not path.stem.startswith("routed") else "routed-gothic", []).append(
                    str(path)
                )
        kept = {name: paths for name, paths in found.items() if (hashlib.sha256(name.encode()).digest()[0] % 5 == 0) == held_out}
        self.scripts = [paths for name, paths in kept.items() if name in SCRIPTS]
        self.others = [paths for name, paths in kept.items() if name not in SCRIPTS]

    def pick(self, rng: random.Random) -> tuple[str, bool]:
        """A font file, and whether it joins its letters."""
        script = rng.random() < 0.2
        return rng.choice(rng.choice(self.scripts if script else self.others)), script


@lru_cache(maxsize=900)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def lettered(text: str, path: str, spacing: float, *, small_capitals: bool) -> Mask:
    """Text in a font as a mask about forty pixels high, cut to its edges."""
    font, lower = _font(path, 52), _font(path, 42)
    said = text.upper() if small_capitals else text
    if not spacing and not small_capitals:
        sheet = Image.new("L", (60 + int(font.getlength(said)), 120), 0)
        ImageDraw.Draw(sheet).text((30, 20), said, font=font, fill=255)
    else:
        sheet = Image.new("L", (90 + int(font.getlength(said) + (spacing + 1) * len(said)), 120), 0)
        pen, x = ImageDraw.Draw(sheet), 30.0
        for at, c in enumerate(said):
            hand = lower if small_capitals and at and text[at - 1].isalnum() else font
            pen.text((x, 76), c, font=hand, fill=255, anchor="ls")
            x += hand.getlength(c) + spacing
    box = sheet.getbbox()
    return np.asarray(sheet.crop(box) if box else sheet.crop((0, 0, 2, 2)))


def bent(mask: Mask, rise: float, slant: float) -> Mask:
    """Words on an arc (rise in shares of their height, up in the middle) and slanted."""
    high, wide = mask.shape
    spare, lean = int(abs(rise) * high) + 2, int(abs(slant) * high) + 2
    y, x = np.mgrid[0 : high + 2 * spare, 0 : wide + 2 * lean].astype(np.float32)
    x -= lean
    y -= spare
    place = (x / max(wide, 1) - 0.5) * 2
    return np.asarray(cv2.remap(mask, x + (y - high / 2) * slant, y + (1 - place**2) * rise * high, cv2.INTER_LINEAR))


class StripPress:
    """Draws strips. Same seeds, same strips."""

    def __init__(self, lettering: Lettering, fonts: FontShelf, seed: int) -> None:
        self.lettering, self.rng, self.noise = lettering, random.Random(seed), np.random.default_rng(seed)
        self.tells = [(state, word) for state, words in WORDS.items() for word in words]
        glyphs = random.Random(3)
        self.glyphs: list[Mask] = []
        for _ in range(60):
            hand = Dies(glyphs) if glyphs.random() < 0.5 else FontDies(glyphs, glyphs.choice(fonts.serial))
            self.glyphs += [hand.glyph(c, 52, 120) for c in glyphs.sample(ALPHABET, 12)]

    # --- words

    def babble(self) -> str:
        rng = self.rng
        if rng.random() < 0.3:
            return "".join(
                rng.choice(string.ascii_uppercase if rng.random() < 0.9 else string.digits) for _ in range(rng.randint(2, 12))
            )
        words = []
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            word = "".join(
                rng.choice("BCDFGHJKLMNPQRSTVWXYZ" if rng.random() < 0.85 else ("CH", "TH", "ST", "SH", "BR", "GR", "LL", "NT"))
                + rng.choice("AEIOUAEIOY")
                for _ in range(rng.randint(1, 4))
            )
            words.append(word + rng.choice(("", "N", "S", "R", "L", "T", "D")))
        return " ".join(words)

    def changed(self, text: str) -> str:
        """A state's word with a letter or two changed, left out, put in: what no state says."""
        letters = list(text)
        for _ in range(self.rng.choice((1, 2, 2, 3))):
            at = self.rng.randrange(len(letters))
            if letters[at].isalpha():
                letters[at] = self.rng.choice(
                    (self.rng.choice(string.ascii_uppercase), "", letters[at] + self.rng.choice("AEIORSTNL"))
                )
        return "".join(letters)

    def word(self, tells: float = 0.5) -> str:
        rng, pick = self.rng, self.rng.random()
        if pick < tells:
            words = WORDS[rng.choice(tuple(WORDS))]
            text = words[0] if rng.random() < 0.55 else rng.choice(words)
        elif pick < tells + 0.1:
            text = self.changed(rng.choice(self.tells)[1])
        elif pick < tells + 0.26:
            text = rng.choice(rng.choice((VAGUE, ANYWHERE, ELSEWHERE)))
        else:
            text = self.babble()
        case = rng.random()
        return text.upper() if case < 0.45 else text.title() if case < 0.75 else text.lower() if case < 0.8 else text

    def say(self, text: str, high: float, most: float) -> Mask:
        """Words as a mask, at most so wide."""
        rng = self.rng
        path, script = self.lettering.pick(rng)
        spacing = 0.0 if script or rng.random() < 0.55 else rng.uniform(1, 9) if rng.random() < 0.7 else rng.uniform(9, 34)
        mask = lettered(text, path, spacing, small_capitals=not script and rng.random() < 0.08)
        scale = min(high / mask.shape[0], most / mask.shape[1])
        wide = max(6, min(int(most), round(mask.shape[1] * scale * rng.uniform(0.72, 1.35))))
        mask = cv2.resize(mask, (wide, max(5, round(mask.shape[0] * scale))), interpolation=cv2.INTER_AREA)
        weight = rng.random()
        if weight < 0.25 and mask.shape[0] > 12:
            mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
        elif weight < 0.31 and mask.shape[0] > 18:
            mask = cv2.erode(mask, np.ones((2, 2), np.uint8))
        form = rng.random()
        if form < 0.1:
            mask = bent(mask, 0.0, rng.uniform(-0.45, -0.15))
        elif form < 0.26:
            mask = bent(
                mask, rng.choice((rng.uniform(-0.4, 0.4), rng.uniform(0.2, 0.8))), rng.choice((0.0, rng.uniform(-0.3, 0.35)))
            )
        return mask

    def lay(self, sheet: Sheet, mask: Mask, x: float, y: float, ink: float) -> None:
        """A mask with its middle at (x, y), cut at the edges."""
        left, top = round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2)
        x0, y0, x1, y1 = (
            max(left, 0),
            max(top, 0),
            min(left + mask.shape[1], sheet.shape[1]),
            min(top + mask.shape[0], sheet.shape[0]),
        )
        if x1 > x0 and y1 > y0:
            part = mask[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) / 255
            sheet[y0:y1, x0:x1] += (ink - sheet[y0:y1, x0:x1]) * part

    # --- the strip, flat

    def drawn(self, *, lower: bool, easy: bool) -> tuple[Sheet, list[tuple[str, float]]]:
        """A strip of a plate with its surroundings, the plate's edge `AROUND` rows from the sheet's; words and their middles."""
        rng, high, wide = self.rng, AROUND + INTO, WIDE + 2 * SIDE

        def row(inside: float) -> float:
            return high - AROUND - inside if lower else AROUND + inside

        ground = rng.choice((rng.uniform(170, 255), rng.uniform(200, 255), rng.uniform(0, 255)))
        sheet = np.full((high, wide), ground, np.float32)
        if rng.random() < 0.45:
            sheet += np.linspace(rng.uniform(-70, 70), rng.uniform(-30, 30), high, dtype=np.float32)[:, None]
        if rng.random() < 0.45:
            rough = self.noise.normal(0, rng.uniform(3, 30), (rng.randint(2, 7), rng.randint(3, 16))).astype(np.float32)
            sheet += cv2.resize(rough, (wide, high), interpolation=cv2.INTER_CUBIC)
        if rng.random() < 0.3:  # hills, mountains, waves
            at, step = rng.randint(-20, 110), rng.randint(24, 90)
            points = [(x, int(row(at + rng.randint(-26, 26)))) for x in range(-step, wide + step, step)]
            end = high if rng.random() < 0.7 else 0
            over = sheet.copy()
            cv2.fillPoly(over, [np.array([(-step, end), *points, (wide + step, end)], np.int32)], rng.uniform(0, 255))
            sheet += (over - sheet) * rng.uniform(0.15, 0.8)
        band = rng.uniform(34, 74) if rng.random() < 0.28 else 0.0
        if band:
            a, b = sorted((round(row(-AROUND)), round(row(band))))
            sheet[max(a, 0) : b] = rng.uniform(0, 255) + (sheet[max(a, 0) : b] - ground) * rng.choice((0.0, 0.5))
        if rng.random() < 0.12:
            for _ in range(rng.randint(1, 3)):
                cv2.line(
                    sheet,
                    (0, int(row(rng.uniform(0, 90)))),
                    (wide, int(row(rng.uniform(0, 90)))),
                    rng.uniform(0, 255),
                    rng.randint(1, 14),
                )
        serial = rng.uniform(52, 74) if easy else rng.uniform(38, 74)  # where the serial's edge is
        self.serial(sheet, row, serial)
        for _ in range(0 if easy else rng.choice((0, 0, 0, 1, 1, 2))):
            self.blot(sheet, rng.uniform(SIDE, wide - SIDE), row(rng.uniform(10, 110)), rng.uniform(12, 46))
        said: list[tuple[str, float, float]] = []  # words, first and last row
        self.words(sheet, row, serial, said, easy=easy)
        self.things(sheet, row)
        self.surroundings(sheet, row, said)
        lines = [(plainly(text), (a + b) / 2) for text, a, b in said if plainly(text)]
        return np.clip(sheet, 0, 255), sorted(lines, key=lambda line: line[1])[:2]

    def words(self, sheet: Sheet, row: Callable[[float], float], serial: float, said: list, *, easy: bool) -> None:
        rng, wide = self.rng, sheet.shape[1]
        count = rng.random()
        heights = (
            []
            if count < 0.1
            else [rng.uniform(20, 50)]
            if count < 0.55
            else [rng.uniform(11, 26)]
            if count < 0.86
            else [rng.uniform(12, 30), rng.uniform(9, 20)]
        )
        if easy:
            heights = [rng.uniform(24, 48)]
        if len(heights) == 2 and rng.random() < 0.5:
            heights.reverse()
        at = rng.uniform(4, 14)
        for which, tall in enumerate(heights):
            text = self.word(0.55 if which == 0 else 0.4)
            room = rng.uniform(330, 440) if easy else rng.uniform(150, 400) if len(text) <= 8 else rng.uniform(220, 440)
            mask = self.say(text, tall, room)
            tall = mask.shape[0]
            middle = row(
                at + tall / 2 if len(heights) == 2 else max(tall / 2 + 2, rng.uniform(14, max(15.0, serial - tall / 2 + 4)))
            )
            at += tall + rng.uniform(3, 8)
            x = wide / 2 + (
                rng.uniform(-14, 14) if rng.random() < 0.7 else rng.uniform(-1, 1) * max(0.0, (WIDE - mask.shape[1]) / 2 - 8)
            )
            y0, x0 = max(0, round(middle - tall / 2)), max(0, round(x - mask.shape[1] / 2))
            under = sheet[y0 : y0 + tall, x0 : x0 + mask.shape[1]]
            base, spread = float(under.mean()), float(under.std())
            ink = rng.uniform(0, 255)
            for _ in range(6):
                if abs(ink - base) > 28 + 0.7 * spread:
                    break
                ink = rng.uniform(0, 255)
            else:
                ink = 5.0 if base > 120 else 250.0
            if easy or rng.random() < 0.4:  # as clear as it can be
                ink = rng.uniform(0, 40) if base > 127 else rng.uniform(215, 255)
            edge = rng.random()
            if edge < 0.14:
                ring = cv2.dilate(
                    cv2.copyMakeBorder(mask, 3, 3, 3, 3, cv2.BORDER_CONSTANT), np.ones((rng.choice((3, 4, 5)),) * 2, np.uint8)
                )
                self.lay(
                    sheet,
                    ring,
                    x + rng.choice((0, 0, 1, 2)),
                    middle + rng.choice((0, 0, 1, 2)),
                    250.0 - ink if rng.random() < 0.6 else rng.uniform(0, 255),
                )
            elif edge < 0.3:
                light = np.zeros_like(sheet)
                self.lay(light, mask, x, middle, rng.uniform(30, 110))
                light = cv2.GaussianBlur(light, (0, 0), 1.3)
                sheet += np.roll(light, -1, axis=0) - np.roll(light, 2, axis=0)
            self.lay(sheet, mask, x, middle, ink)
            said.append((text, middle - tall / 2, middle + tall / 2))

    def serial(self, sheet: Sheet, row: Callable[[float], float], edge: float) -> None:
        rng, tall = self.rng, round(self.rng.uniform(96, 140))
        if rng.random() < 0.04:
            return
        count = rng.choice((4, 5, 6, 6, 7, 7, 7, 8))
        cell = rng.uniform(0.82, 1.0) * WIDE / (count + rng.uniform(0, 1.5))
        base = float(sheet[:, SIDE:-SIDE].mean())
        ink = rng.uniform(0, 70) if base > 120 else rng.uniform(190, 255)
        x = sheet.shape[1] / 2 - cell * (count - 1) / 2 + rng.uniform(-10, 10)
        for _ in range(count):
            if rng.random() < 0.95:
                glyph = cv2.resize(
                    rng.choice(self.glyphs), (max(8, round(cell * rng.uniform(0.72, 0.86))), tall), interpolation=cv2.INTER_AREA
                )
                self.lay(sheet, glyph, x, row(edge + tall / 2), ink)
            x += cell

    def blot(self, sheet: Sheet, x: float, y: float, size: float) -> None:
        """Something that is no letter: a flower, a seal, a state's outline."""
        rng = self.rng
        over = sheet.copy()
        for _ in range(rng.randint(1, 4)):
            turn = sorted(rng.uniform(0, 6.283) for _ in range(rng.randint(3, 11)))
            cx, cy = x + rng.uniform(-size, size) / 3, y + rng.uniform(-size, size) / 3
            points = [(cx + np.cos(a) * size * rng.uniform(0.4, 1), cy + np.sin(a) * size * rng.uniform(0.4, 1)) for a in turn]
            if rng.random() < 0.6:
                cv2.fillPoly(over, [np.array(points, np.int32)], rng.uniform(0, 255))
            else:
                cv2.ellipse(over, (int(cx), int(cy)), (int(size * rng.uniform(0.3, 1)), int(size * rng.uniform(0.3, 1))), rng.randint(0, 180), 0, 360, rng.uniform(0, 255), rng.choice((-1, 2, 4)))  # fmt: skip
        sheet += (over - sheet) * rng.choice((rng.uniform(0.15, 0.5), rng.uniform(0.6, 1.0)))

    def things(self, sheet: Sheet, row: Callable[[float], float]) -> None:
        """Bolts and stickers."""
        rng = self.rng
        if rng.random() < 0.6:
            apart, inside = rng.uniform(125, 155), rng.uniform(10, 26)
            for x in (sheet.shape[1] / 2 - apart, sheet.shape[1] / 2 + apart):
                if rng.random() < 0.85:
                    cv2.circle(sheet, (int(x), int(row(inside))), rng.randint(4, 11), rng.uniform(0, 230), -1, cv2.LINE_AA)
                    if rng.random() < 0.3:
                        cv2.circle(sheet, (int(x), int(row(inside))), rng.randint(2, 5), rng.uniform(0, 255), -1, cv2.LINE_AA)
        if rng.random() < 0.5:
            for side in rng.choice(((0,), (1,), (0, 1))):
                w, h = rng.randint(20, 42), rng.randint(12, 24)
                x, y = (
                    (SIDE + w + rng.randint(0, 14), sheet.shape[1] - SIDE - w - rng.randint(0, 14))[side],
                    row(h + rng.uniform(0, 12)),
                )
                paint = rng.uniform(0, 255)
                cv2.rectangle(sheet, (int(x - w), int(y - h)), (int(x + w), int(y + h)), paint, -1)
                text = rng.choice(
                    (
                        f"{rng.randint(0, 29):02}",
                        rng.choice("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()),
                        str(rng.randint(1990, 2022)),
                        str(rng.randint(10000, 9999999)),
                    )
                )
                if rng.random() < 0.85:
                    self.lay(sheet, self.say(text, h * rng.uniform(0.7, 1.4), 2 * w - 8), x, y, 245.0 if paint < 120 else 15.0)

    def surroundings(self, sheet: Sheet, row: Callable[[float], float], said: list) -> None:
        """What is outside of the plate, and a dealer's frame over its edge."""
        rng, high, wide = self.rng, sheet.shape[0], sheet.shape[1]
        edge = rng.choice((0.0, 0.0, rng.uniform(0, 3)))
        frame = rng.random() < 0.3
        reach = rng.choice((rng.uniform(3, 12), rng.uniform(8, 44))) if frame else 0.0
        outer = rng.uniform(0, 18) if frame else 0.0
        out = np.ones((high, wide), bool)
        a, b = sorted((round(row(edge)), round(row(INTO))))
        out[max(a, 0) : b, SIDE : wide - SIDE] = False
        behind = np.full((high, wide), rng.choice((rng.uniform(0, 255), 255.0, ground_of(sheet))), np.float32)
        rough = self.noise.normal(0, rng.uniform(0, 40), (rng.randint(2, 9), rng.randint(3, 14))).astype(np.float32)
        behind += cv2.resize(rough, (wide, high), interpolation=cv2.INTER_LINEAR)
        if rng.random() < 0.85:
            sheet[out] = behind[out]
        if not frame:
            return
        paint = rng.choice((12.0, 25.0, 40.0, 160.0, 200.0, rng.uniform(0, 255)))
        a, b = sorted((round(row(-outer)), round(row(reach))))
        sheet[max(a, 0) : b, SIDE - 8 : wide - SIDE + 8] = paint
        said[:] = [(t, y0, y1) for t, y0, y1 in said if (min(y1, b) - max(y0, a)) < 0.3 * (y1 - y0)]
        if b - a > 16 and rng.random() < 0.85:
            text = self.word(0.08)
            mask = self.say(text, (b - a) * rng.uniform(0.45, 0.75), rng.uniform(200, 440))
            self.lay(
                sheet, mask, wide / 2 + rng.uniform(-60, 60) * (mask.shape[1] < 340), (a + b) / 2, 240.0 if paint < 110 else 20.0
            )
            said.append((text, (a + b) / 2 - mask.shape[0] / 2, (a + b) / 2 + mask.shape[0] / 2))

    # --- the strip as it is read

    def strip(self, *, easy: bool = False, hardness: float | None = None) -> tuple[Mask, str, str]:
        """A strip seen by a camera and straightened a little wrong: (40, 288) grey, its upper and its lower line of words."""
        rng, lower = self.rng, self.rng.random() < 0.5
        sheet, lines = self.drawn(lower=lower, easy=easy)
        wide = float(np.exp(rng.uniform(np.log(240 if easy else 95), np.log(420))))
        scale = wide / WIDE
        squeeze = rng.uniform(0.88, 1.12)
        tilt, slope = rng.gauss(0, 0.02), rng.gauss(0, 0.03)
        size = max(24, round(sheet.shape[1] * scale)), max(12, round(sheet.shape[0] * scale * squeeze))
        seen = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
        hard = 0.1 if easy else hardness if hardness is not None else 0.7 * rng.random() ** 1.7
        worn = synth.worn(self.noise, seen, wide / 2, hard)
        # from the strip's canvas back into the photograph
        error = rng.gauss(0, 0.025) + (rng.uniform(-0.1, 0.1) if rng.random() < 0.3 else 0.0)  # of the height, outwards
        taller, wider, aside = rng.uniform(0.93, 1.08), rng.uniform(0.95, 1.05), rng.gauss(0, 0.018)
        per_row = (1 + 2 * MARGIN_Y) / THIRDS_ROWS * HIGH * taller * scale * squeeze
        per_column = (1 + 2 * MARGIN_X) / STRIP_COLUMNS * WIDE * wider * scale
        edge_at = MARGIN_Y / (1 + 2 * MARGIN_Y) * THIRDS_ROWS  # canvas row of the plate's edge, from the strip's outer side
        mid_x = size[0] / 2 + aside * wide
        if lower:
            y_of_edge, canvas_edge = (sheet.shape[0] - AROUND) * scale * squeeze + error * wide / 2, STRIP_ROWS - edge_at
        else:
            y_of_edge, canvas_edge = AROUND * scale * squeeze - error * wide / 2, edge_at
        back = np.array(
            [
                [per_column, slope * per_row, mid_x - per_column * STRIP_COLUMNS / 2 - slope * per_row * STRIP_ROWS / 2],
                [tilt * per_column, per_row, y_of_edge - per_row * canvas_edge - tilt * per_column * STRIP_COLUMNS / 2],
            ]
        )
        method = cv2.INTER_CUBIC if rng.random() < 0.7 else cv2.INTER_LINEAR
        if per_column > 1.6:
            less = 1.25 / per_column
            worn = cv2.resize(worn, None, fx=less, fy=min(1.0, less * 1.5), interpolation=cv2.INTER_AREA)
            back[0] *= worn.shape[1] / size[0]
            back[1] *= worn.shape[0] / size[1]
        strip = cv2.warpAffine(
            worn, back, (STRIP_COLUMNS, STRIP_ROWS), flags=method | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        texts = [text for text, _ in lines]
        return np.asarray(strip), *([*texts, "", ""][:2])


def ground_of(sheet: Sheet) -> float:
    return float(np.median(sheet[::8, ::16]))
