"""A made-up plate, drawn: twelve by six inches, a state's name over the characters.

Notable choices:

- Characters have one width, as the dies of US plates do, and slightly raised edges. They are made from the font that comes
  with Pillow; no font file is part of this project. Zero is narrow and angular, the letter O round.
- Colours follow the usual plate of a few states, all others are dark blue on white. No emblem, no slogan, nothing copied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from platewarden.plate.text import STATES

__all__ = ["draw_plate"]

Colour: TypeAlias = tuple[int, int, int]

WIDTH, HEIGHT = 720, 360  # pixels of the drawing; the scene scales it down

# Ground at the top, ground at the bottom, characters, the state's name.
LOOKS: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    "AZ": ((236, 205, 168), (196, 178, 202), (40, 62, 52), (60, 44, 92)),
    "CA": ((250, 250, 248), (242, 244, 246), (28, 44, 110), (190, 28, 44)),
    "CO": ((250, 250, 250), (222, 236, 226), (22, 82, 52), (22, 82, 52)),
    "FL": ((250, 250, 246), (242, 246, 232), (18, 96, 62), (18, 96, 62)),
    "IL": ((224, 236, 248), (248, 248, 250), (168, 30, 44), (28, 52, 120)),
    "MI": ((188, 212, 238), (250, 250, 250), (24, 44, 96), (24, 44, 96)),
    "NM": ((246, 208, 66), (244, 200, 52), (168, 36, 40), (168, 36, 40)),
    "NV": ((196, 216, 236), (232, 224, 206), (24, 44, 86), (24, 44, 86)),
    "NY": ((250, 250, 250), (240, 242, 246), (20, 40, 92), (20, 40, 92)),
    "OH": ((250, 250, 250), (226, 234, 242), (30, 40, 70), (150, 34, 46)),
    "OR": ((206, 220, 236), (232, 224, 222), (36, 46, 92), (36, 46, 92)),
    "TX": ((250, 250, 250), (244, 244, 244), (22, 24, 30), (22, 24, 30)),
    "WA": ((236, 242, 248), (214, 228, 242), (26, 46, 104), (168, 32, 48)),
}
PLAIN: tuple[Colour, Colour, Colour, Colour] = ((248, 248, 246), (238, 241, 244), (26, 42, 98), (26, 42, 98))
OF_THE_USUAL = {"1": 0.55, "I": 0.34, "M": 1.14, "W": 1.16}  # widths


def draw_plate(text: str, state: str | None) -> Image.Image:
    """The plate with this text (up to eight characters), of this state; without a state its name is left out."""
    top, bottom, ink, name_ink = LOOKS.get(state or "", PLAIN)
    fade = np.linspace(0.0, 1.0, HEIGHT)[:, None, None]
    ground = np.broadcast_to(np.array(top) * (1 - fade) + np.array(bottom) * fade, (HEIGHT, WIDTH, 3))
    plate = Image.fromarray(ground.astype(np.uint8))
    pen = ImageDraw.Draw(plate)
    pen.rounded_rectangle((7, 7, WIDTH - 8, HEIGHT - 8), radius=26, outline=ink, width=5)
    if state is not None:
        name = STATES[state].upper()
        font = ImageFont.load_default(54 if len(name) < 13 else 42)
        pen.text((WIDTH / 2, 50), name, font=font, fill=name_ink, anchor="mm", stroke_width=1, stroke_fill=name_ink)
    for x in (96, WIDTH - 96):
        for y in (34, HEIGHT - 34):
            pen.ellipse((x - 13, y - 9, x + 13, y + 9), fill=(72, 74, 78))
    _characters(plate, text, ink)
    rim = Image.new("L", plate.size, 0)
    ImageDraw.Draw(rim).rounded_rectangle((0, 0, WIDTH - 1, HEIGHT - 1), radius=30, fill=255)
    plate.putalpha(rim)
    return plate


def _characters(plate: Image.Image, text: str, ink: Colour) -> None:
    """The characters in cells of one width, pressed up: a light edge above, a dark one below."""
    cell, high = min(86.0, (WIDTH - 66) / len(text)), 186
    drawn = Image.new("L", plate.size, 0)
    left = (WIDTH - cell * len(text)) / 2
    for place, character in enumerate(text):
        wide = cell * 0.8 * OF_THE_USUAL.get(character, 1.0)
        glyph = _glyph(character).resize((round(wide), high), Image.Resampling.LANCZOS)
        drawn.paste(glyph, (round(left + cell * (place + 0.5) - wide / 2), 96), glyph)
    edge = drawn.filter(ImageFilter.GaussianBlur(2))
    for shift, colour in ((-4, (255, 255, 255)), (4, (90, 92, 100))):
        plate.paste(Image.new("RGB", plate.size, colour), (0, shift), edge.point(lambda value: value // 2))
    plate.paste(Image.new("RGB", plate.size, ink), (0, 0), drawn)


@lru_cache(maxsize=64)
def _glyph(character: str) -> Image.Image:
    """One character, bold, cut to its edges."""
    sheet = Image.new("L", (420, 420), 0)
    pen = ImageDraw.Draw(sheet)
    if character == "0":  # a narrow die with straight sides, unlike the round O
        pen.rounded_rectangle((100, 60, 300, 360), radius=92, outline=255, width=46)
    else:
        pen.text((210, 210), character, font=ImageFont.load_default(300), fill=255, anchor="mm", stroke_width=8)
    return sheet.crop(sheet.getbbox())
