"""Pictures that go with the figures: what was not read right, to be looked at, and how far a confidence can be believed.

A sheet of failures shows plates, so it belongs where the measured pictures are, and nowhere else.

Notable choices:

- Wrong readings come first, the surest of them foremost: those are the ones that harm. Then what was not read.
- A plate is cut out with half its size around it, for what stands beside a plate is often why it was misread.
- A page has 48 failures; the second page of `failures.png` is `failures-2.png`.
- Pillow and the font that comes with it draw everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from platewarden.recognition.measure import Look, Marked, bins_of
from platewarden.recognition.picture import NotAPicture, look_at, printable

__all__ = ["draw_failures", "draw_reliability", "failures"]

Colour: TypeAlias = tuple[int, int, int]

INK: Colour = (28, 32, 38)
FAINT: Colour = (120, 126, 134)
PAPER: Colour = (255, 255, 255)
WRONG: Colour = (176, 24, 36)
LINES: Colour = (214, 218, 224)
BLUE: Colour = (30, 84, 160)

ACROSS, DOWN = 6, 8
CELL, PICTURE, TITLE = (250, 176), (234, 112), 44
AROUND = 0.5  # of the plate, on each side of a cut-out
LONGEST_NAME = 34

PANEL, EDGE = 360, 56


def failures(looks: Sequence[Look]) -> list[tuple[str, Marked]]:
    """Image and plate of whatever was not read right: wrong readings first, the surest foremost."""
    found = [(look.image, each) for look in looks for each in look.plates if each.label is not None and not each.is_right]
    return sorted(found, key=lambda pair: (pair[1].text is None, -pair[1].confidence, pair[0]))


def draw_failures(folder: Path, engines: Sequence[tuple[str, Sequence[Look]]], file: Path) -> list[Path]:
    """The failures of each engine on pages, the first of which is `file`; which files were written. No failure, no page."""
    written: list[Path] = []
    for engine, looks in engines:
        found = failures(looks)
        title = f"{engine}: {len(found)} of {sum(each.label is not None for look in looks for each in look.plates)} not read right"
        for start in range(0, len(found), ACROSS * DOWN):
            number = len(written) + 1
            path = file if number == 1 else file.with_name(f"{file.stem}-{number}{file.suffix}")
            _page(folder, title, found[start : start + ACROSS * DOWN]).save(path, "PNG")
            written.append(path)
    return written


def draw_reliability(engines: Sequence[tuple[str, Sequence[Look]]], file: Path) -> None:
    """A panel for each engine: how sure it was, and how often that was right. On the diagonal, confidence means what it says."""
    sheet = Image.new("RGB", (max(1, len(engines)) * (PANEL + EDGE + 24) + 24, PANEL + 2 * EDGE), PAPER)
    for place, (engine, looks) in enumerate(engines):
        _panel(ImageDraw.Draw(sheet), (24 + EDGE + place * (PANEL + EDGE + 24), EDGE), engine, looks)
    sheet.save(file, "PNG")


def _page(folder: Path, title: str, found: Sequence[tuple[str, Marked]]) -> Image.Image:
    rows = -(-len(found) // ACROSS)
    page = Image.new("RGB", (ACROSS * CELL[0], TITLE + rows * CELL[1]), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((12, TITLE / 2), title, font=_font(20), fill=INK, anchor="lm")
    for place, (image, plate) in enumerate(found):
        left, top = place % ACROSS * CELL[0] + 8, TITLE + place // ACROSS * CELL[1]
        cut = _cut_out(folder / image, plate)
        page.paste(cut, (left + (PICTURE[0] - cut.width) // 2, top + (PICTURE[1] - cut.height) // 2))
        below = top + PICTURE[1]
        pen.text((left, below + 4), f"{plate.label}", font=_font(17), fill=INK)
        said, colour = (f"{plate.text}  {plate.confidence:.0%}", WRONG) if plate.text else ("not read", FAINT)
        pen.text((left, below + 23), said, font=_font(17), fill=colour)
        name = printable(image)
        pen.text((left, below + 44), name if len(name) <= LONGEST_NAME else f"…{name[-LONGEST_NAME:]}", font=_font(11), fill=FAINT)
    return page


def _cut_out(path: Path, plate: Marked) -> Image.Image:
    """The plate with what stands around it, as large as a cell allows."""
    seen = look_at(path)
    if isinstance(seen, NotAPicture):  # it was there when it was measured
        return Image.new("RGB", PICTURE, LINES)
    whole = Image.fromarray(seen.pixels)
    if plate.box is not None:
        x, y, width, height = plate.box
        left, right = max(0.0, x - AROUND * width), min(float(whole.width), x + (1 + AROUND) * width)
        top, bottom = max(0.0, y - AROUND * height), min(float(whole.height), y + (1 + AROUND) * height)
        if right - left >= 1 and bottom - top >= 1:
            whole = whole.crop((int(left), int(top), round(right), round(bottom)))
    scale = min(PICTURE[0] / whole.width, PICTURE[1] / whole.height)
    size = max(1, round(whole.width * scale)), max(1, round(whole.height * scale))
    return whole.resize(size, Image.Resampling.BICUBIC)


def _panel(pen: ImageDraw.ImageDraw, corner: tuple[int, int], engine: str, looks: Sequence[Look]) -> None:
    """Ten bins of confidence: a bar up to the share that was right, a mark where it should stand, how many readings it holds."""
    left, top = corner
    for tenth in range(11):
        at = round(tenth * PANEL / 10)
        pen.line((left, top + at, left + PANEL, top + at), fill=LINES)
        if tenth % 2 == 0:
            pen.text((left - 8, top + PANEL - at), f"{tenth * 10} %", font=_font(11), fill=FAINT, anchor="rm")
            pen.text((left + at, top + PANEL + 6), f"{tenth * 10} %", font=_font(11), fill=FAINT, anchor="ma")
    wide = PANEL / 10
    for each in bins_of(plate for look in looks for plate in look.plates):
        x = left + min(int(each.confidence * 10), 9) * wide
        y, wanted = top + PANEL * (1 - each.right), top + PANEL * (1 - each.confidence)
        pen.rectangle((x + 3, y, x + wide - 3, top + PANEL), fill=(166, 192, 226), outline=BLUE)
        pen.line((x + 3, wanted, x + wide - 3, wanted), fill=WRONG, width=3)
        pen.text((x + wide / 2, top + PANEL - 4), str(each.count), font=_font(11), fill=INK, anchor="ms")
    pen.line((left, top + PANEL, left + PANEL, top), fill=FAINT)
    pen.rectangle((left, top, left + PANEL, top + PANEL), outline=INK)
    pen.text((left, top - 30), engine, font=_font(17), fill=INK, anchor="ls")
    pen.text((left, top - 12), "right, against confidence; red: mean confidence", font=_font(12), fill=FAINT, anchor="ls")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
