"""Plates, flat and clean: a design's facts, a serial, dies and what lies on a plate (stickers, bolts, frames, dirt), as a picture.

Notable choices:

- Drawn at twice the size it is kept at, 192 x 384, and kept as 96 x 192 pixels RGB whatever the plate's own shape is; the shape
  (width over height) is kept beside it. Rendering is the slow part, so a pool of flat plates is drawn once and each is
  photographed many times (`synth.py`).
- A third of the serials follow no state's layout: a reader must not learn that a fifth place is a digit.
- O, Q and I are rare in the letters drawn, as they are on plates; the text keeps O and 0 apart all the same.
- What is not part of a serial (state, slogan, stacked small letters, emblems, stickers, dealer's frame) is drawn and not labelled.
"""

from __future__ import annotations

import argparse
import json
import random
import string
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lab.designs import DESIGNS, Design
from lab.dies import Dies, FontDies, FontShelf, drawn

HIGH, WIDE = 192, 384
Picture = NDArray[np.uint8]

LETTERS = "".join(
    c * n
    for c, n in zip(
        string.ascii_uppercase, (9, 9, 9, 9, 9, 9, 9, 9, 3, 9, 9, 9, 9, 9, 3, 9, 3, 9, 9, 9, 8, 8, 9, 8, 8, 8), strict=True
    )
)
LOOKALIKES = "0DQO8B6G1IT5S2Z7MHNWVYUCEFPRAK4"  # read for each other on photographs; drawn more often in a share of the serials
SYLLABLES = ("BA BE BO CA CO DA DE DI DO FA FU GO HA HE HO JA JO KA KI LA LE LO LU MA ME MI MO NA NI NO PA PE PO RA RE RI RO SA SE SI SO TA TE TO VA VI WA WE YO ZA "
             "ACE ART BAD BIG BOY CAR CAT COOL DAD DOG FAN FAST FUN FOR GIRL GO HOT JOY KID KING LOVE LUV MAN MOM MY NEW RED RUN SEA SKY SUN TEN TOP TRK UP VET WIN XO YOU 4 2 8 GR8 1 ER ING TY Y S Z X R U N BUG").split()  # fmt: skip


@dataclass(slots=True)
class Flat:
    """A flat plate: its picture, the text in one or two lines, the issuing state if it has one, width over height."""

    picture: Picture
    lines: tuple[str, ...]
    state: str
    aspect: float
    kind: str


def _colour(text: str) -> NDArray[np.float32]:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


class Press:
    """Presses plates. Same seed, same plates."""

    def __init__(self, fonts: FontShelf, seed: int, europe: float = 0.19) -> None:
        self.europe = europe
        self.fonts, self.rng = fonts, random.Random(seed)
        self.noise = np.random.default_rng(seed)
        by_state: dict[str, list[Design]] = {}
        for design in DESIGNS:
            by_state.setdefault(design.state, []).append(design)
        self.by_state = by_state
        self.states = sorted(by_state)

    # --- texts

    def serial(self, design: Design) -> str:
        """A serial in the notation of `Design.serials`, filled in."""
        rng = self.rng
        pick = rng.random()
        if pick < 0.60:
            layout = rng.choice(design.serials)
        elif pick < 0.72:
            return self.vanity()
        else:
            count = rng.choice((3, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 8))
            layout = "".join(rng.choice("@#") if rng.random() < 0.5 else rng.choice("@@##") for _ in range(count))
            if rng.random() < 0.5 and count > 3:
                at = rng.randint(2, count - 2)
                layout = layout[:at] + rng.choice("   --.||") + layout[at:]
            if rng.random() < 0.12:
                stacked = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.choice((2, 2, 3))))
                layout = ("{" + stacked + "}" + layout) if rng.random() < 0.6 else (layout + "{" + stacked + "}")
        if rng.random() < 0.25:
            layout = layout.replace(" ", "|", 1)
        alike = rng.random() < 0.3
        letters = [c for c in LOOKALIKES if c.isalpha()] if alike else LETTERS
        digits = [c for c in LOOKALIKES if c.isdigit()] if alike else string.digits
        inside = False
        filled = []
        for c in layout:
            inside = (inside or c == "{") and c != "}"
            filled.append(c if inside else rng.choice(letters) if c == "@" else rng.choice(digits) if c == "#" else c)
        return "".join(filled)

    def vanity(self) -> str:
        rng = self.rng
        if rng.random() < 0.5:
            text = ""
            while len(text) < rng.choice((3, 4, 5, 6, 7)):
                text += rng.choice(SYLLABLES)
            text = text[:8]
        else:
            text = "".join(
                rng.choice(string.ascii_uppercase + string.digits[1:]) for _ in range(rng.choice((2, 3, 4, 5, 6, 7, 7, 8)))
            )
        if len(text) > 4 and rng.random() < 0.35:
            at = rng.randint(2, len(text) - 2)
            text = text[:at] + " " + text[at:]
        return text

    # --- drawing

    def plate(self) -> Flat:
        """One plate: mostly of a US state, some European, Brazilian, of two lines."""
        pick = self.rng.random()
        if pick < 0.95 - self.europe:
            return self.state_plate()
        if pick < 0.95:
            return self.european()
        return self.brazilian()

    def state_plate(self, state: str | None = None) -> Flat:
        rng = self.rng
        state = state or rng.choice(self.states)
        designs = self.by_state[state]
        design = rng.choices(designs, [d.weight**0.6 for d in designs])[0]
        plain = rng.random() < 0.12  # colours of nobody: a reader must not lean on them
        ground = design.ground if not plain else tuple(f"#{rng.randrange(1 << 24):06x}" for _ in range(rng.choice((1, 2))))
        ink = _colour(design.ink)
        sheet = self._ground(ground)
        base = sheet[60:140].mean(axis=(0, 1))
        if plain or (abs(float(base.mean() - ink.mean())) < 60 and np.abs(base - ink).max() < 90):
            ink = np.full(3, 20.0 if base.mean() > 120 else 235.0, np.float32) + rng.uniform(-15, 15)
        self._art(sheet, design.art)
        name_ink = _colour(design.name_ink) if design.name_ink else ink
        top, bottom = 44 + rng.randint(-6, 4), 156 + rng.randint(-4, 8)
        if design.name and design.name_at != "none":
            self._name(sheet, design, name_ink)
        if design.slogan and rng.random() < 0.9:
            slogan_ink = _colour(design.slogan_ink) if design.slogan_ink else name_ink
            at = 176 if design.slogan_at == "bottom" else 20 if design.name_at != "top" else 46
            self._words(sheet, design.slogan, design.slogan_font, slogan_ink, at + rng.randint(-3, 3), rng.uniform(12, 19), 300)
        elif rng.random() < 0.3:
            bottom += rng.randint(0, 14)
        if design.name_at == "bottom":
            top, bottom = 24 + rng.randint(-6, 8), 140 + rng.randint(-4, 8)
        left, right = 14 + rng.randint(-6, 16), WIDE - 14 + rng.randint(-16, 6)
        if "emblem-left" in design.art:
            left = max(left, rng.randint(70, 104))
            self._emblem(sheet, 48, 100, rng.randint(28, 44))
        elif rng.random() < 0.05:  # a wheelchair or another sign before the serial, as large as a character
            left = rng.randint(54, 84)
            ground = np.array(
                [rng.choice((255, 240, 60, 30)), rng.choice((255, 240, 90, 30)), rng.choice((255, 240, 180))], np.float32
            )
            self._sign(sheet, rng.randint(24, 34), 100, rng.randint(22, 40), ground)
        if "emblem-right" in design.art:
            right = min(right, WIDE - rng.randint(70, 104))
            self._emblem(sheet, WIDE - 48, 100, rng.randint(28, 44))
        if "emblem-centre" in design.art and rng.random() < 0.7:
            self._emblem(sheet, WIDE // 2 + rng.randint(-14, 14), 100, rng.randint(26, 48), faint=rng.random() < 0.6)
        text = self.serial(design)
        lines: tuple[str, ...]
        if rng.random() < 0.035 and "{" not in text and len(text.replace(" ", "")) > 4:
            plainly = "".join(c for c in text if c.isalnum())
            at = rng.randint(2, len(plainly) - 2)
            hand = self._hand()
            one = self._serial(sheet, plainly[:at], ink, (left, 40, right, 98), hand)
            two = self._serial(sheet, plainly[at:], ink, (left, 104, right, 164), hand)
            lines, kind = (one, two), "us-two-lines"
        else:
            lines, kind = (self._serial(sheet, text, ink, (left, top, right, bottom), self._hand()),), "us"
        self._things(sheet)
        aspect = 2.0
        if rng.random() < 0.02:  # a motorcycle's plate
            aspect = 1.6
        return Flat(self._finish(sheet), lines, state, aspect, kind)

    def _hand(self) -> Dies | FontDies:
        if self.rng.random() < 0.58:
            return Dies(self.rng)
        return FontDies(self.rng, self.rng.choice(self.fonts.serial))

    def _ground(self, colours: tuple[str, ...]) -> NDArray[np.float32]:
        rng = self.rng
        stops = np.stack([_colour(c) for c in colours])
        stops = np.clip(stops + np.array([[rng.uniform(-14, 14)] * 3]) + self.noise.uniform(-6, 6, stops.shape), 0, 255).astype(
            np.float32
        )
        if len(stops) == 1:
            rows = np.repeat(stops, HIGH, axis=0)
        else:
            at = np.linspace(0, len(stops) - 1, HIGH) + rng.uniform(-0.1, 0.1)
            rows = np.stack([np.interp(at, range(len(stops)), stops[:, k]) for k in range(3)], axis=1).astype(np.float32)
        sheet = np.repeat(rows[:, None], WIDE, axis=1).copy()
        if rng.random() < 0.35:  # faint art that every modern plate has
            rough = cv2.resize(
                self.noise.normal(0, rng.uniform(4, 22), (rng.randint(2, 9), rng.randint(3, 14), 3)).astype(np.float32),
                (WIDE, HIGH),
                interpolation=cv2.INTER_CUBIC,
            )
            sheet += rough
        return np.clip(sheet, 0, 255)

    def _art(self, sheet: NDArray[np.float32], art: tuple[str, ...]) -> None:
        rng = self.rng
        for hint in art:
            what, _, colour = hint.partition(":")
            if not colour or rng.random() < 0.1:
                continue
            ink = [float(v) for v in _colour(colour)]
            over = sheet.copy()
            if what == "band-top":
                cv2.rectangle(over, (0, 0), (WIDE, rng.randint(34, 50)), ink, -1)
            elif what == "band-bottom":
                cv2.rectangle(over, (0, rng.randint(150, 166)), (WIDE, HIGH), ink, -1)
            elif what in {"mountains", "hills", "waves"}:
                line = rng.randint(70, 150)
                step = rng.randint(24, 70)
                points = [(x, line + rng.randint(-22, 22)) for x in range(-step, WIDE + step, step)]
                cv2.fillPoly(over, [np.array([(0 - step, HIGH), *points, (WIDE + step, HIGH)], np.int32)], ink)
            elif what == "sun":
                cv2.circle(over, (rng.randint(140, 250), rng.randint(40, 130)), rng.randint(24, 60), ink, -1)
            elif what == "stripes":
                for k in range(rng.randint(2, 5)):
                    cv2.line(over, (0, 20 + k * 40), (WIDE, 20 + k * 40 + rng.randint(-30, 30)), ink, rng.randint(4, 14))
            elif what == "tree":
                x = rng.randint(150, 240)
                cv2.circle(over, (x, 90), rng.randint(24, 50), ink, -1)
                cv2.rectangle(over, (x - 6, 100), (x + 6, 170), ink, -1)
            elif what == "border":
                cv2.rectangle(over, (5, 5), (WIDE - 6, HIGH - 6), ink, rng.randint(3, 8))
            mix = rng.uniform(0.35, 0.8) if what in {"mountains", "hills", "waves", "sun", "tree", "stripes"} else 1.0
            sheet += (cv2.GaussianBlur(over, (0, 0), rng.uniform(0.6, 3)) - sheet) * mix

    def _emblem(self, sheet: NDArray[np.float32], x: int, y: int, size: int, *, faint: bool = False) -> None:
        """Something in colours that is no character: a flower, a seal, the state's outline."""
        rng = self.rng
        over = sheet.copy()
        for _ in range(rng.randint(1, 4)):
            ink = [rng.uniform(0, 255) for _ in range(3)]
            sort = rng.random()
            where = (x + rng.randint(-size // 4, size // 4), y + rng.randint(-size // 4, size // 4))
            if sort < 0.35:
                cv2.ellipse(
                    over,
                    where,
                    (rng.randint(size // 4 + 1, size), rng.randint(size // 4 + 1, size)),
                    rng.randint(0, 180),
                    0,
                    360,
                    ink,
                    rng.choice((-1, -1, 2, 4)),
                )
            elif sort < 0.8:
                count = rng.randint(3, 10)
                turn = sorted(rng.uniform(0, 6.283) for _ in range(count))
                points = [
                    (where[0] + int(np.cos(a) * size * rng.uniform(0.4, 1)), where[1] + int(np.sin(a) * size * rng.uniform(0.4, 1)))
                    for a in turn
                ]
                cv2.fillPoly(over, [np.array(points, np.int32)], ink)
            else:
                cv2.rectangle(
                    over,
                    (where[0] - size // 2, where[1] - size // 2),
                    (where[0] + size // 2, where[1] + size // 2),
                    ink,
                    rng.choice((-1, 3)),
                )
        sheet += (over - sheet) * (rng.uniform(0.15, 0.5) if faint else rng.uniform(0.7, 1.0))

    def _sign(self, sheet: NDArray[np.float32], x: int, y: int, size: int, ground: NDArray[np.float32]) -> None:
        """A square sign with a figure of strokes in it: a wheelchair and its like, which is no character."""
        rng = self.rng
        ink = [250.0 if float(ground.mean()) < 150 else rng.uniform(0, 90)] * 3
        cv2.rectangle(sheet, (x - size // 2, y - size // 2), (x + size // 2, y + size // 2), [float(v) for v in ground], -1)
        thick = max(2, size // 10)
        cv2.ellipse(
            sheet,
            (x - size // 10, y + size // 8),
            (size // 4, size // 4),
            0,
            rng.randint(-60, 0),
            rng.randint(200, 300),
            ink,
            thick,
        )
        cv2.line(sheet, (x - size // 10, y - size // 4), (x, y + size // 12), ink, thick)
        cv2.line(sheet, (x, y + size // 12), (x + size // 4, y + size // 3), ink, thick)
        cv2.circle(sheet, (x - size // 8, y - size // 3), max(2, size // 12), ink, -1)

    def _lay(self, sheet: NDArray[np.float32], mask: Picture, x: int, y: int, ink: NDArray[np.float32]) -> None:
        """A mask in a colour with its top left at (x, y), cut at the edges."""
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + mask.shape[1], WIDE), min(y + mask.shape[0], HIGH)
        if x1 <= x0 or y1 <= y0:
            return
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255
        sheet[y0:y1, x0:x1] += (ink - sheet[y0:y1, x0:x1]) * part

    def _words(
        self,
        sheet: NDArray[np.float32],
        text: str,
        use: str,
        ink: NDArray[np.float32],
        middle: int,
        high: float,
        most: int,
        x: int = WIDE // 2,
    ) -> None:
        path = self.rng.choice(self.fonts.names.get(use) or self.fonts.names["sans"])
        mask = drawn(text, path, self.rng.choice((0, 0, 0, 12, 24)) if use != "script" else 0)
        scale = min(high / mask.shape[0], most / mask.shape[1])
        size = (max(2, round(mask.shape[1] * scale * self.rng.uniform(0.9, 1.1))), max(2, round(mask.shape[0] * scale)))
        small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        self._lay(sheet, small, x - size[0] // 2, middle - size[1] // 2, ink)

    def _name(self, sheet: NDArray[np.float32], design: Design, ink: NDArray[np.float32]) -> None:
        rng = self.rng
        name = design.name if rng.random() < 0.9 else rng.choice((design.name.upper(), design.name.title()))
        high = rng.uniform(22, 34) if design.name_font != "script" else rng.uniform(28, 42)
        most = rng.randint(170, 290)
        x = {"left": 90, "right": WIDE - 90}.get(design.name_at, WIDE // 2) + rng.randint(-12, 12)
        middle = HIGH - 24 if design.name_at == "bottom" else 24
        self._words(
            sheet,
            name,
            design.name_font if rng.random() < 0.85 else rng.choice(list(self.fonts.names)),
            ink,
            middle + rng.randint(-4, 4),
            high,
            most,
            x,
        )

    def _serial(
        self,
        sheet: NDArray[np.float32],
        text: str,
        ink: NDArray[np.float32],
        room: tuple[int, int, int, int],
        hand: Dies | FontDies,
    ) -> str:
        """Draws a serial into the room (left, top, right, bottom); returns its text."""
        rng = self.rng
        left, top, right, bottom = room
        units: list[tuple[str, float]] = []  # what, width in cells
        thin = (
            rng.uniform(0.38, 0.7) if rng.random() < (0.5 if isinstance(hand, FontDies) else 0.2) else 1.0
        )  # I and 1 in less room
        at = 0
        while at < len(text):
            c = text[at]
            if c == "{":
                end = text.index("}", at)
                units.append(("{" + text[at + 1 : end], rng.uniform(0.55, 0.8)))
                at = end
            elif c == " ":
                units.append((" ", rng.uniform(0.2, 0.75)))
            elif c == "-":
                units.append(("-", rng.uniform(0.45, 0.75)))
            elif c in ".·":
                units.append((".", rng.uniform(0.3, 0.6)))
            elif c == "|":
                units.append(("|", rng.uniform(0.5, 1.15)))
            else:
                units.append((c, thin if c in "I1" else 1.0))
            at += 1
        gap = rng.uniform(0.1, 0.3)
        cells = sum(w for _, w in units) + gap * (len(units) - 1)
        count = sum(len(u) == 1 and u.isalnum() for u, _ in units)
        high = (bottom - top) * rng.uniform(0.82, 1.0)
        fitting = (right - left) / max(cells, 1)
        cell = min(fitting, high * rng.uniform(0.42, 0.62)) if count > 3 else min(fitting, high * rng.uniform(0.42, 0.7))
        if rng.random() < 0.15:
            high *= rng.uniform(0.75, 0.95)
        total = cell * cells
        x = (left + right - total) / 2 + rng.uniform(-0.5, 0.5) * max(0.0, (right - left) - total) * 0.5
        middle = (top + bottom) / 2 + rng.uniform(-4, 4)
        depth = rng.uniform(0, 1) if rng.random() < 0.75 else 0.0
        wide, tall = max(6, round(cell)), max(12, round(high))
        layer = np.zeros((HIGH, WIDE), np.uint8)

        def put(mask: Picture, px: float, py: float) -> None:
            x0, y0 = round(px), round(py)
            x1, y1 = min(x0 + mask.shape[1], WIDE), min(y0 + mask.shape[0], HIGH)
            cx, cy = max(x0, 0), max(y0, 0)
            if x1 > cx and y1 > cy:
                part = layer[cy:y1, cx:x1]
                np.maximum(part, mask[cy - y0 : y1 - y0, cx - x0 : x1 - x0], out=part)

        spelled = ""
        for unit, width in units:
            if unit.startswith("{"):
                letters = unit[1:]
                small_high = min(tall // len(letters) - 2, round(tall * rng.uniform(0.3, 0.48)))
                small_wide = max(5, round(min(width * cell, small_high * 0.75)))
                start = middle - tall / 2 + (tall - len(letters) * (small_high + 3)) / 2
                for k, letter in enumerate(letters):
                    if letter.isalnum() and small_high > 6:
                        put(hand.glyph(letter, small_wide, small_high), x, start + k * (small_high + 3))
            elif unit == "-":
                thick = max(4, round(tall * 0.09))
                put(np.full((thick, max(4, round(cell * width))), 255, np.uint8), x, middle - thick / 2)
            elif unit == ".":
                size = max(5, round(tall * 0.12))
                dot = np.zeros((size, size), np.uint8)
                cv2.circle(dot, (size // 2, size // 2), size // 2, 255, -1)
                put(dot, x + (cell * width - size) / 2, middle - size / 2)
            elif unit == "|":
                self._emblem(sheet, round(x + cell * width / 2), round(middle), max(8, round(cell * width * 0.6)))
            elif unit != " ":
                glyph = hand.glyph(unit, max(6, round(wide * width)), tall)
                put(glyph, x + (cell * width - glyph.shape[1]) / 2, middle - tall / 2 + rng.uniform(-1, 1))
                spelled += unit
            x += cell * (width + gap)
        if depth:
            edge = cv2.GaussianBlur(layer, (0, 0), 2.2).astype(np.float32)[..., None] / 255 * depth
            light = np.roll(edge, -2, axis=0) - np.roll(edge, 2, axis=0)
            sheet += light * (90 if rng.random() < 0.8 else -70)
        worn = layer
        if rng.random() < 0.12:
            rub = cv2.resize(self.noise.uniform(0.2, 1.3, (8, 16)).astype(np.float32), (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
            worn = np.clip(layer * np.clip(rub, 0.25, 1), 0, 255).astype(np.uint8)
        self._lay(sheet, worn, 0, 0, ink)
        if rng.random() < 0.06:  # an outline in another colour
            ring = cv2.subtract(cv2.dilate(layer, np.ones((5, 5), np.uint8)), layer)
            self._lay(sheet, ring, 0, 0, np.array([rng.uniform(0, 255)] * 3, np.float32))
        return spelled

    def _things(self, sheet: NDArray[np.float32]) -> None:
        """Stickers, bolts, a frame around it, dirt."""
        rng = self.rng
        corners = [(36, 26), (WIDE - 36, 26), (36, HIGH - 26), (WIDE - 36, HIGH - 26)]
        if rng.random() < 0.55:
            for x, y in rng.sample(corners, rng.choice((1, 1, 2))):
                w, h = rng.randint(16, 30), rng.randint(10, 18)
                x, y = x + rng.randint(-12, 12), y + rng.randint(-8, 8)
                ink = [rng.choice((255, 230, 200, 60, 30, 20)) for _ in range(3)]
                cv2.rectangle(sheet, (x - w, y - h), (x + w, y + h), [float(v) for v in ink], -1)
                if rng.random() < 0.8:
                    text = rng.choice(
                        (
                            str(rng.randint(0, 29)).zfill(2),
                            rng.choice("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()),
                            str(rng.randint(2005, 2022)),
                        )
                    )
                    ink2 = np.array([0.0 if sum(ink) > 380 else 255.0] * 3, np.float32)
                    self._words(sheet, text, "sans", ink2, y, h * 1.3, 2 * w - 6, x)
        if rng.random() < 0.6:
            for x in (rng.randint(80, 110), WIDE - rng.randint(80, 110)):
                for y in (rng.randint(10, 18), HIGH - rng.randint(10, 18)):
                    if rng.random() < 0.8:
                        cv2.circle(sheet, (x, y), rng.randint(4, 8), [rng.uniform(10, 220)] * 3, -1)
        if rng.random() < 0.3:
            self._frame(sheet)
        if rng.random() < 0.25:
            dirt = cv2.resize(
                self.noise.uniform(0, 1, (rng.randint(4, 20), rng.randint(6, 40))).astype(np.float32),
                (WIDE, HIGH),
                interpolation=cv2.INTER_CUBIC,
            )
            mud = np.clip((dirt - rng.uniform(0.5, 0.9)) * 3, 0, 1)[..., None] * rng.uniform(0.2, 0.7)
            sheet += (np.array([rng.uniform(60, 150), rng.uniform(55, 130), rng.uniform(40, 110)], np.float32) - sheet) * mud

    def _frame(self, sheet: NDArray[np.float32]) -> None:
        """A dealer's frame over the plate's edge, often with words."""
        rng = self.rng
        ink = [rng.choice((12.0, 25.0, 40.0, 160.0, 200.0)) + rng.uniform(-8, 8)] * 3
        sides = rng.randint(3, 12)
        top = rng.choice((rng.randint(4, 12), rng.randint(14, 40)))
        bottom = rng.choice((rng.randint(4, 12), rng.randint(14, 34)))
        cv2.rectangle(sheet, (0, 0), (WIDE, top), ink, -1)
        cv2.rectangle(sheet, (0, HIGH - bottom), (WIDE, HIGH), ink, -1)
        cv2.rectangle(sheet, (0, 0), (sides, HIGH), ink, -1)
        cv2.rectangle(sheet, (WIDE - sides, 0), (WIDE, HIGH), ink, -1)
        words = np.full(3, 235.0 if ink[0] < 100 else 30.0, np.float32)
        for size, y in ((top, top // 2), (bottom, HIGH - bottom // 2)):
            if size > 14 and rng.random() < 0.8:
                text = " ".join(
                    "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(3, 8))) for _ in range(rng.randint(1, 2))
                )
                self._words(sheet, text, rng.choice(("sans", "serif", "script", "condensed")), words, y, size * 0.65, 320)

    # --- elsewhere

    EU_LAYOUTS = ("@@ #### @@", "@@ ### @@", "@@-### @@", "@ ## @@@", "@@ ## @@@", "@@## @@@", "@@@ ###", "@@@ ####", "### @@@", "#@# ####", "#@@ ####", "@@# ####", "@@@-###", "@@-###-@@", "@ @@ ####",
                  "@@@ @@ ###", "@@@ @ ###", "@ @@ ###", "@@ #####", "@@ @####", "@ #####", "##-@@-##", "#### @@@", "@@ ####", "@###@@", "@@###@@", "@@.###.@@", "@@@.@@.##", "@@@:@####")  # fmt: skip

    def european(self) -> Flat:
        rng = self.rng
        yellow = rng.random() < 0.08
        sheet = self._ground(("#f2c21c",) if yellow else ("#f4f4f2",) if rng.random() < 0.97 else ("#202020",))
        ink = np.full(3, rng.uniform(5, 45), np.float32) if sheet.mean() > 90 else np.full(3, 230.0, np.float32)
        if rng.random() < 0.05 and not yellow:
            ink = np.array([170, 20, 30], np.float32) if rng.random() < 0.5 else np.array([20, 90, 50], np.float32)
        two = rng.random() < 0.1
        left, right = 10, WIDE - 10
        if rng.random() < 0.85:
            band = rng.randint(24, 40) if not two else rng.randint(30, 60)
            cv2.rectangle(sheet, (0, 0), (band, HIGH), [rng.uniform(0, 40), rng.uniform(40, 90), rng.uniform(120, 190)], -1)
            if rng.random() < 0.9:
                code = rng.choice(
                    (
                        "D",
                        "HR",
                        "SK",
                        "CZ",
                        "A",
                        "H",
                        "SLO",
                        "PL",
                        "I",
                        "F",
                        "E",
                        "RO",
                        "BG",
                        "NL",
                        "B",
                        "GB",
                        "L",
                        "EST",
                        "LT",
                        "LV",
                        "P",
                        "GR",
                        "S",
                    )
                )
                self._words(sheet, code, "sans", np.full(3, 245.0, np.float32), 150 if not two else 70, 34, band - 8, band // 2)
                cv2.circle(sheet, (band // 2, 56 if not two else 28), max(4, band // 3), [230.0, 200.0, 40.0], rng.choice((1, 2)))
            left = band + 6
        if rng.random() < 0.06:
            cv2.rectangle(sheet, (WIDE - 34, 0), (WIDE, HIGH), [20.0, 60.0, 150.0], -1)
            right = WIDE - 40
        if rng.random() < 0.5:
            cv2.rectangle(sheet, (2, 3), (WIDE - 3, HIGH - 4), [float(v) for v in ink], rng.randint(2, 5))
        hand = FontDies(rng, rng.choice(self.fonts.eu)) if rng.random() < 0.7 else Dies(rng)
        layout = (
            rng.choice(self.EU_LAYOUTS)
            if rng.random() < 0.75
            else " ".join("".join(rng.choice("@#") for _ in range(rng.randint(1, 4))) for _ in range(2))
        )
        letters, digits = LETTERS, string.digits
        if rng.random() < 0.3:  # thin ones beside one another
            letters, digits = LETTERS + "I" * 60 + "LTJ" * 20, string.digits + "11117"
        text = "".join(rng.choice(letters) if c == "@" else rng.choice(digits) if c == "#" else c for c in layout).replace(":", "|")
        if rng.random() < 0.3:
            text = text.replace(" ", "|", 1)
        lines: tuple[str, ...]
        if two:
            parts = text.replace("|", " ").replace("-", " ").replace(".", " ").split()
            if len(parts) < 2:
                parts = [text[:2], text[2:].strip() or "12"]
            one = self._serial(sheet, parts[0], ink, (left, 10, right, 90), hand)
            lines = (one, self._serial(sheet, " ".join(parts[1:]), ink, (10, 102, WIDE - 10, 182), hand))
            aspect = rng.uniform(1.2, 1.6)
        else:
            lines = (self._serial(sheet, text, ink, (left + 4, 18, right - 4, HIGH - 18), hand),)
            aspect = rng.uniform(4.3, 4.9) if rng.random() < 0.92 else rng.uniform(2.0, 3.5)
        if rng.random() < 0.4:
            y = HIGH - 12
            if rng.random() < 0.5:
                self._words(
                    sheet, "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(5, 12))), "sans", ink, y, 10, 200
                )
        if rng.random() < 0.2:
            self._frame(sheet)
        return Flat(self._finish(sheet), lines, "", aspect, "eu-two-lines" if two else "eu")

    def brazilian(self) -> Flat:
        rng = self.rng
        sheet = self._ground((rng.choice(("#b9bcbf", "#a8abad", "#c8c8c8", "#c03028", "#f0f0f0")),))
        ink = np.full(3, 20.0 if sheet.mean() > 130 else 235.0, np.float32)
        self._words(
            sheet,
            rng.choice(("SP", "RJ", "MG", "PR", "RS", "SC", "BA"))
            + "-"
            + "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(5, 12))),
            "sans",
            ink,
            26,
            22,
            260,
        )
        text = (
            "".join(rng.choice(string.ascii_uppercase) for _ in range(3))
            + rng.choice("-. ")
            + "".join(rng.choice(string.digits) for _ in range(4))
        )
        line = self._serial(sheet, text, ink, (10, 52, WIDE - 10, 180), FontDies(rng, rng.choice(self.fonts.eu)))
        return Flat(self._finish(sheet), (line,), "", rng.uniform(2.8, 3.2), "br")

    def _finish(self, sheet: NDArray[np.float32]) -> Picture:
        small = cv2.resize(np.clip(sheet, 0, 255).astype(np.uint8), (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
        return np.asarray(small)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw a pool of flat plates into files that the trainers share.")
    parser.add_argument("--fonts", type=Path, required=True, help="folder with node_modules/@fontsource")
    parser.add_argument("--debian-fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=5000, help="plates in each file")
    parser.add_argument("--europe", type=float, default=0.19, help="share of European plates")
    parser.add_argument("--seeds", type=int, nargs="+", required=True, help="one file each")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    fonts = FontShelf(asked.fonts, asked.debian_fonts)
    for seed in asked.seeds:
        press = Press(fonts, seed, asked.europe)
        flats = [press.plate() for _ in range(asked.count)]
        np.save(asked.out / f"flats_{seed:04d}.part.npy", np.stack([f.picture for f in flats]))
        rows = [
            {"text": "".join(f.lines), "lines": f.lines, "state": f.state, "aspect": round(f.aspect, 2), "kind": f.kind}
            for f in flats
        ]
        (asked.out / f"flats_{seed:04d}.json").write_text(json.dumps(rows))
        (asked.out / f"flats_{seed:04d}.part.npy").rename(asked.out / f"flats_{seed:04d}.npy")
        print(f"flats_{seed:04d}: {len(flats)} plates", flush=True)


if __name__ == "__main__":
    main()
