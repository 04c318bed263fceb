"""Scenes to learn from: made-up plates put on real photographs, with their exact corners, and much that is not a plate.

Notable choices:

- A photograph of the training sets gives street, cars, light and noise; its own plates stay where they are, or are painted
  over and a made-up plate takes their place at the same size and light. Real boxes teach where a plate is, made-up plates
  teach where its four corners are.
- A corner is where two straight edges of the metal would meet: the blue band, the state's name and the slogan are inside,
  a dealer's frame is outside, even where it hides the rim.
- What fools a finder is drawn on purpose (`decoys.py`), anywhere and on and beside cars: dates burnt into the picture, street
  signs, house numbers, lettering on vans, badges, gratings, kerbs, empty bright rectangles. None of them is a plate.
- A plate may fill the picture, its edges cut (`close_up`): then nothing but the plate itself tells that it is one.
- Everything is grey: the three colours are mixed anew for each scene, so that no network can lean on a colour that a camera at
  night does not see.
- Photographs are split by plate and by neighbouring frames of one drive, so that no plate stands on both sides.
"""

from __future__ import annotations

import itertools
import json
import os
import string
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lab import decoys

cv2.setNumThreads(1)

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("PLATEWARDEN_DATA", HERE.parent.parent / "shared" / "data"))
WORK = Path(os.environ.get("PLATEWARDEN_LAB", HERE.parent.parent / "lab"))

FINDER = (640, 384)  # width, height of the finder's picture in full
CUT = (160, 96)  # the refiner's cut-out
CUT_X, CUT_Y = 1.7, 2.0  # how much wider and higher than the plate the cut-out is
UNIT = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)


# ---- photographs -------------------------------------------------------------------------------------------------------------


@dataclass
class Photo:
    name: str
    origin: str
    pixels: np.ndarray  # RGB
    boxes: np.ndarray  # N x 4: x, y, width, height
    ignore: np.ndarray  # N x 4: neither a plate nor not one
    loose: bool  # boxes drawn around turned plates: centre right, size not
    held_out: bool
    _clean: np.ndarray | None = field(default=None, repr=False)

    @property
    def clean(self) -> np.ndarray:
        """The photograph with its plates painted over."""
        if self._clean is None:
            self._clean = _paint_over(self.pixels, np.concatenate([self.boxes, self.ignore]))
        return self._clean


def _paint_over(pixels: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    out = pixels.copy()
    high, wide = out.shape[:2]
    for x, y, w, h in boxes:
        mx, my = 0.08 * w + 2, 0.14 * h + 2
        x0, y0 = int(max(0, x - mx)), int(max(0, y - my))
        x1, y1 = int(min(wide, x + w + mx)) + 1, int(min(high, y + h + my)) + 1
        px, py = max(6, (x1 - x0) // 8), max(6, (y1 - y0) // 4)
        a0, b0, a1, b1 = max(0, x0 - px), max(0, y0 - py), min(wide, x1 + px), min(high, y1 + py)
        part = out[b0:b1, a0:a1]
        shrink = max(1, (a1 - a0) // 48)
        small = cv2.resize(part, (max(4, (a1 - a0) // shrink), max(4, (b1 - b0) // shrink)), interpolation=cv2.INTER_AREA)
        sy, sx = small.shape[0] / part.shape[0], small.shape[1] / part.shape[1]
        mask = np.zeros(small.shape[:2], np.uint8)
        mask[int((y0 - b0) * sy) : int(np.ceil((y1 - b0) * sy)), int((x0 - a0) * sx) : int(np.ceil((x1 - a0) * sx))] = 255
        filled = cv2.inpaint(small, mask, 3, cv2.INPAINT_TELEA)
        filled = cv2.resize(filled, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
        soft = cv2.resize(mask, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
        soft = cv2.blur(soft, (3, 3))[..., None].astype(np.float32) / 255
        grain = np.random.default_rng(int(x + y)).normal(0, 3, part.shape)
        out[b0:b1, a0:a1] = np.clip(part * (1 - soft) + (filled + grain) * soft, 0, 255).astype(np.uint8)
    return out


def _groups(rows: list[dict]) -> list[int]:
    """Rows that may not be parted: one plate, one source picture, or neighbouring frames of one drive."""
    parent = list(range(len(rows)))

    def top(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[str, int] = {}
    frames: dict[str, list[tuple[int, int]]] = {}
    for i, row in enumerate(rows):
        keys = [f"plate {p}" for p in row["plates"] if p]
        keys.append(f"source {row.get('source') or row['image']}")
        if "_t_" in row["image"]:
            drive, _, second = row["image"].removesuffix(".jpg").partition("_t_")
            frames.setdefault(drive, []).append((int(second), i))
        for key in keys:
            parent[top(i)] = top(seen.setdefault(key, i))
    for drive in frames.values():
        drive.sort()
        for (t0, i), (t1, j) in itertools.pairwise(drive):
            if t1 - t0 <= 2:
                parent[top(i)] = top(j)
    return [top(i) for i in range(len(rows))]


def load_photos(
    *, longest: int = 1280, share: float = 0.14, sets: tuple[str, ...] = ("romania", "world", "florida")
) -> list[Photo]:
    """All training photographs in memory. `ignore.json` in the working folder may name places to leave out of the lesson."""
    extra = WORK / "detector" / "ignore.json"
    ignored: dict[str, list[list[float]]] = json.loads(extra.read_text()) if extra.exists() else {}
    photos: list[Photo] = []
    for origin in sets:
        folder = DATA / "train" / origin
        rows = [json.loads(line) for line in (folder / "boxes.jsonl").read_text().splitlines()]
        rows = [r for r in rows if not r["image"].endswith(("_t_558.jpg", "_t_809.jpg"))]
        groups = _groups(rows)
        chance = np.random.default_rng(427)
        order = chance.permutation(sorted(set(groups)))
        held: set[int] = set()
        count = 0
        for group in order:
            size = groups.count(group)
            if count + size <= share * len(rows) and size <= 0.08 * len(rows):
                held.add(int(group))
                count += size
        for row, group in zip(rows, groups, strict=True):
            pixels = np.array(Image.open(folder / row["image"]).convert("RGB"))
            boxes = np.array(row["boxes"], np.float32).reshape(-1, 4)
            high, wide = pixels.shape[:2]
            loose = False
            if origin == "florida":
                speckled = _speckles(pixels) > 0.004
                if speckled:
                    pixels = cv2.medianBlur(pixels, 3)
                loose = bool(row.get("augmented")) or speckled
                pixels = cv2.resize(pixels, (int(wide * 1.4), high), interpolation=cv2.INTER_CUBIC)
                boxes = boxes * np.array([1.4, 1, 1.4, 1], np.float32)
            scale = min(1.0, longest / max(pixels.shape[:2]))
            if scale < 1:
                pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                boxes = boxes * scale
            high, wide = pixels.shape[:2]
            cut = (
                (boxes[:, 0] < 2)
                | (boxes[:, 1] < 2)
                | (boxes[:, 0] + boxes[:, 2] > wide - 2)
                | (boxes[:, 1] + boxes[:, 3] > high - 2)
            )
            odd = cut & loose | (boxes[:, 2] < 12)
            more = np.array(ignored.get(row["image"], []), np.float32).reshape(-1, 4)
            photos.append(
                Photo(row["image"], origin, pixels, boxes[~odd], np.concatenate([boxes[odd], more]), loose, group in held)
            )
    return photos


def _speckles(pixels: np.ndarray) -> float:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.int16)
    return float((np.abs(grey - cv2.medianBlur(grey.astype(np.uint8), 3)) > 70).mean())


def grey_of(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The colours mixed to grey, usually nearly as the eye does."""
    mix = np.array([0.30, 0.59, 0.11]) + chance.normal(0, 0.13 if chance.random() < 0.6 else 0.02, 3)
    mix = np.clip(mix, 0.02, None)
    mix = mix / mix.sum()
    return cv2.transform(pixels, mix.reshape(1, 3))


# ---- flat plates -------------------------------------------------------------------------------------------------------------


class Flats:
    """Plates seen straight on. The pool of `plates.py` where there is one, and plain ones drawn here: one line, two lines."""

    def __init__(self, chance: np.random.Generator, plain: int = 1500, most: int = 24_000) -> None:
        self.grey: list[np.ndarray] = []
        self.aspect: list[float] = []
        for _ in range(plain):
            flat, aspect = draw_plain(chance)
            self.grey.append(flat)
            self.aspect.append(aspect)
        self.plain = plain
        paths = sorted((WORK / "pool").glob("flats_*.npy"))
        for path in (paths[at] for at in chance.permutation(len(paths))):
            if len(self.grey) - plain >= most:
                break
            meta_path = path.with_suffix(".json")
            if not meta_path.exists():
                continue
            try:
                flats = np.load(path, mmap_mode="r")
                meta = json.loads(meta_path.read_text())
            except (ValueError, OSError):
                continue  # still being written
            for i in range(min(len(flats), len(meta), most - (len(self.grey) - plain))):
                self.grey.append(grey_of(np.ascontiguousarray(flats[i]), chance))
                self.aspect.append(float(meta[i].get("aspect") or 2.0))
        self.pool = len(self.grey) - plain

    def draw(self, chance: np.random.Generator) -> tuple[np.ndarray, float]:
        """A plate as grey pixels, and how much wider than high it is."""
        if self.pool and chance.random() < 0.62:
            i = self.plain + int(chance.integers(self.pool))
        else:
            i = int(chance.integers(self.plain))
        return self.grey[i], self.aspect[i] * float(np.exp(chance.normal(0, 0.03)))


@lru_cache(maxsize=1)
def _font_files() -> list[Path]:
    wanted = ("700-normal.woff", "600-normal.woff", "400-normal.woff", "800-normal.woff")
    found = [
        p for p in (WORK / "fonts").rglob("*.woff") if "-latin-" in p.name and "latin-ext" not in p.name and p.name.endswith(wanted)
    ]
    found += list(Path("/usr/share/fonts").rglob("*Bold*.ttf"))
    usable = []
    for path in sorted(found):
        try:
            ImageFont.truetype(str(path), 20)
        except OSError:
            continue
        usable.append(path)
    return usable


@lru_cache(maxsize=400)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _any_font(chance: np.random.Generator, size: int) -> ImageFont.FreeTypeFont:
    files = _font_files()
    return _font(files[int(chance.integers(len(files)))], size)


LETTERS = string.ascii_uppercase
WORDS = (
    "Sunshine Peach Golden Garden Empire Lone Star Great Lakes Natural Vacationland Land of Enchantment Famous Potatoes "
    "First in Flight Ocean Mountain Evergreen Silver Grand Canyon Keystone Liberty Aloha Bluegrass Volunteer Heart"
).split()
STATE_WORDS = (
    "ALABAMA ARIZONA California COLORADO Florida GEORGIA Idaho ILLINOIS INDIANA Iowa KANSAS Kentucky MAINE Maryland MICHIGAN "
    "Minnesota MISSOURI Nevada NEW YORK Ohio OREGON PENNSYLVANIA Texas UTAH Virginia WASHINGTON Wyoming TENNESSEE"
).split()
SIGN_WORDS = (
    "STOP PARKING EXIT SALE OPEN ONLY SPEED LIMIT NO LEFT TURN BUS TAXI POLICE PIZZA BANK HOTEL CAFE PHARMACY AUTO REPAIR TIRES "
    "FOR RENT PLUMBING ELECTRIC DELIVERY SERVICE 24 HOURS WAY ONE AHEAD CAUTION DETOUR ROAD WORK MAIN STREET MARKET SHOP FRESH "
    "QUALITY SINCE FAMILY BAKERY FLOWERS CLEANING EXPRESS LOGISTICS TRANSPORT FORD TOYOTA HONDA SPORT TURBO LIMITED 4x4 V6 HYBRID"
).split()


def _serial(chance: np.random.Generator, least: int = 4, most: int = 8) -> str:
    long = int(chance.integers(least, most + 1))
    kind = chance.random()
    if kind < 0.4:
        split = int(chance.integers(1, long))
        one, two = (LETTERS, string.digits) if chance.random() < 0.6 else (string.digits, LETTERS)
        return (
            "".join(chance.choice(list(one), split))
            + " " * int(chance.random() < 0.5)
            + "".join(chance.choice(list(two), long - split))
        )
    return "".join(chance.choice(list(LETTERS + string.digits * 2), long))


def _put_text(
    pen: ImageDraw.ImageDraw, text: str, box: tuple[float, float, float, float], ink: int, chance: np.random.Generator
) -> None:
    """Text that fills a box, stretched as it needs."""
    x0, y0, x1, y1 = box
    font = _any_font(chance, 64)
    left, top, right, bottom = font.getbbox(text)
    if right <= left or bottom <= top:
        return
    glyphs = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2), 0)
    ImageDraw.Draw(glyphs).text((1 - left, 1 - top), text, fill=255, font=font)
    wide, high = max(2, int(x1 - x0)), max(2, int(y1 - y0))
    natural = glyphs.width / glyphs.height * high
    wide = int(min(wide, natural * 1.25))
    glyphs = glyphs.resize((max(2, wide), high), Image.Resampling.BILINEAR)
    pen._image.paste(ink, (int((x0 + x1) / 2 - wide / 2), int(y0)), glyphs)  # noqa: SLF001


def draw_plain(chance: np.random.Generator) -> tuple[np.ndarray, float]:
    """A plain plate, grey, 192 x 96 whatever its shape, and its aspect."""
    kind = chance.random()
    aspect = 2.0
    if kind < 0.40:
        aspect = float(chance.choice([4.73, 4.73, 4.73, 4.3, 3.6, 5.2]))
        rows = 1
    elif kind < 0.80:
        rows = 1
    else:
        aspect = float(chance.choice([1.33, 1.45, 1.6, 2.0, 1.2]))
        rows = 2
    wide, high = int(128 * aspect), 128
    light = chance.random() < 0.82
    ground = float(chance.uniform(175, 255)) if light else float(chance.uniform(15, 110))
    ink = float(chance.uniform(0, min(110, ground - 70))) if light else float(chance.uniform(ground + 80, 255))
    if light and chance.random() < 0.06:
        ground, ink = chance.uniform(120, 190), chance.uniform(0, 60)
    plate = Image.new("L", (wide, high), int(ground))
    pen = ImageDraw.Draw(plate)
    if chance.random() < 0.35:
        fade = np.linspace(0, 1, high)[:, None] * chance.uniform(-60, 30) + np.array(plate, float)
        plate = Image.fromarray(np.clip(fade, 0, 255).astype(np.uint8))
        pen = ImageDraw.Draw(plate)
    if chance.random() < 0.6:
        inset = int(chance.integers(0, 5))
        pen.rounded_rectangle(
            (inset, inset, wide - 1 - inset, high - 1 - inset),
            radius=int(chance.integers(4, 16)),
            outline=int(ink),
            width=int(chance.integers(1, 5)),
        )
    left = 8.0
    if aspect > 3 or (rows == 2 and chance.random() < 0.5):
        if chance.random() < 0.8:
            band = wide * float(chance.uniform(0.07, 0.11))
            pen.rectangle((0, 0, band, high), fill=int(chance.uniform(30, 110)))
            if chance.random() < 0.8:
                _put_text(
                    pen,
                    str(chance.choice(["D", "RO", "F", "I", "HR", "SK", "GB", "PL", "IND"])),
                    (band * 0.2, high * 0.62, band * 0.8, high * 0.85),
                    235,
                    chance,
                )
            if chance.random() < 0.7:
                pen.ellipse((band * 0.2, high * 0.15, band * 0.8, high * 0.45), outline=int(chance.uniform(150, 240)), width=2)
            left = band + 4
        if chance.random() < 0.15:
            pen.rectangle((wide - wide * 0.08, 0, wide, high), fill=int(chance.uniform(30, 110)))
        top, bottom = 0.12 + chance.uniform(0, 0.08), 0.88 - chance.uniform(0, 0.08)
    elif rows == 1:
        top, bottom = 0.24 + chance.uniform(-0.02, 0.08), 0.80 + chance.uniform(-0.06, 0.06)
        small = int(np.clip(ink + chance.uniform(-20, 90), 0, 255))
        if chance.random() < 0.92:
            _put_text(
                pen, str(chance.choice(STATE_WORDS)), (wide * 0.2, high * 0.04, wide * 0.8, high * (top - 0.04)), small, chance
            )
        if chance.random() < 0.75:
            words = " ".join(chance.choice(WORDS, int(chance.integers(1, 4))))
            _put_text(pen, words, (wide * 0.2, high * (bottom + 0.04), wide * 0.8, high * 0.95), small, chance)
        for x, y in ((0.04, 0.05), (0.84, 0.05), (0.04, 0.83), (0.84, 0.83)):
            if chance.random() < 0.25:
                pen.rectangle((wide * x, high * y, wide * (x + 0.12), high * (y + 0.13)), fill=int(chance.uniform(40, 255)))
        if chance.random() < 0.25:
            cx = wide * chance.choice([0.12, 0.5, 0.88])
            pen.ellipse((cx - 14, high * 0.4, cx + 14, high * 0.68), fill=int(chance.uniform(60, 220)))
    else:
        top, bottom = 0.08, 0.92
    edge = wide * float(chance.uniform(0.02, 0.08))
    if rows == 2:
        middle = 0.5 + float(chance.uniform(-0.06, 0.06))
        _put_text(pen, _serial(chance, 2, 5), (left + edge, high * top, wide - edge, high * (middle - 0.04)), int(ink), chance)
        _put_text(pen, _serial(chance, 2, 5), (left + edge, high * (middle + 0.04), wide - edge, high * bottom), int(ink), chance)
    else:
        _put_text(pen, _serial(chance), (left + edge, high * top, wide - edge, high * bottom), int(ink), chance)
    if chance.random() < 0.6:
        for x in (0.18, 0.82):
            for y in (0.08, 0.92):
                if chance.random() < 0.7:
                    r = 3
                    pen.ellipse((wide * x - r, high * y - r, wide * x + r, high * y + r), fill=int(chance.uniform(40, 160)))
    return cv2.resize(np.array(plate), (192, 96), interpolation=cv2.INTER_AREA), aspect


# ---- putting things on a picture ---------------------------------------------------------------------------------------------


def pose(centre: tuple[float, float], wide: float, high: float, chance: np.random.Generator, *, calm: float = 1.0) -> np.ndarray:
    """The four corners of a plate seen from somewhere: turned, tilted, with perspective."""
    yaw = chance.normal(0, 0.38 if chance.random() < 0.4 else 0.12) * calm
    pitch = chance.normal(0, 0.16) * calm
    roll = chance.normal(0, 0.05 if chance.random() < 0.8 else 0.16) * calm
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    turn = (
        np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    )
    flat = np.concatenate([UNIT * [wide / 2, high / 2], np.zeros((4, 1))], 1) @ turn.T
    far = wide * float(chance.uniform(2.5, 9))
    seen = flat[:, :2] * (far / (far + flat[:, 2:3]))
    return (seen - seen.mean(0) + centre).astype(np.float32)


def _mapping(quad: np.ndarray, wide: float, high: float) -> np.ndarray:
    return cv2.getPerspectiveTransform(np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32), quad.astype(np.float32))


def put_plate(canvas: np.ndarray, flat: np.ndarray, quad: np.ndarray, light: float, chance: np.random.Generator) -> None:
    """A flat plate onto a grey float picture, with what surrounds it: a recess, a frame, a shadow, dirt. In place."""
    high, wide = canvas.shape
    sides = np.linalg.norm(quad - np.roll(quad, -1, 0), axis=1)
    long, tall = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    if long < 4 or tall < 2:
        return
    # The sheet: the plate in its middle, room around for frame and recess. About as fine as it will be seen.
    fw = int(np.clip(round(long * 1.15), 12, 420))
    fh = int(np.clip(round(tall * 1.15), 6, 260))
    plate = cv2.resize(flat, (fw, fh), interpolation=cv2.INTER_AREA if fw < 192 else cv2.INTER_CUBIC).astype(np.float32)
    plate = _weather(plate, light, chance)
    mx, my = int(fw * 0.22) + 3, int(fh * 0.34) + 3
    sheet = np.zeros((fh + 2 * my, fw + 2 * mx), np.float32)
    alpha = np.zeros_like(sheet)
    x0, y0, x1, y1 = mx, my, mx + fw, my + fh
    for _ in range(int(chance.choice(3, p=[0.6, 0.3, 0.1]))):  # a recess or a plate carrier, perhaps one in the other
        grow_x, grow_y = chance.uniform(0.02, 0.2, 2) * fw, chance.uniform(0.02, 0.32, 2) * fh
        tone = light * chance.uniform(0.03, 0.95) if chance.random() < 0.6 else float(chance.uniform(0, 60))
        a0, b0, a1, b1 = int(x0 - grow_x[0]), int(y0 - grow_y[0]), int(x1 + grow_x[1]), int(y1 + grow_y[1])
        cv2.rectangle(sheet, (a0, b0), (a1, b1), tone, -1)
        cv2.rectangle(alpha, (a0, b0), (a1, b1), float(chance.uniform(0.6, 1)), -1)
        if chance.random() < 0.5:
            cv2.rectangle(sheet, (a0, b0), (a1, b1), tone * float(chance.uniform(0.4, 1.8)), max(1, fh // 30))
    round_by = float(chance.uniform(0.02, 0.12)) * fh
    shape = _rounded(fh, fw, round_by)
    part, mask = sheet[y0:y1, x0:x1], alpha[y0:y1, x0:x1]
    part[:] = part * (1 - shape) + plate * shape
    mask[:] = np.maximum(mask, shape)
    kind = chance.random()
    if kind < 0.34:  # a dealer's frame; it hides the rim of the plate
        tone = float(chance.uniform(0, 50)) if chance.random() < 0.6 else light * float(chance.uniform(0.3, 1.1))
        out_x, out_y = chance.uniform(0.01, 0.06) * fw, chance.uniform(0.015, 0.07) * fh
        in_x = chance.uniform(0.005, 0.04) * fw
        in_top, in_low = chance.uniform(0.01, 0.09, 2) * fh
        if chance.random() < 0.35:  # a band for the dealer's name, above or below
            if chance.random() < 0.7:
                in_low = chance.uniform(0.05, 0.16) * fh
            else:
                in_top = chance.uniform(0.05, 0.16) * fh
        hole = np.zeros_like(sheet, np.uint8)
        cv2.rectangle(hole, (int(x0 - out_x), int(y0 - out_y)), (int(x1 + out_x), int(y1 + out_y)), 255, -1)
        cv2.rectangle(hole, (int(x0 + in_x), int(y0 + in_top)), (int(x1 - in_x), int(y1 - in_low)), 0, -1)
        sheet[hole > 0] = tone
        alpha[hole > 0] = 1
        for top, room in ((y0 - out_y, in_top + out_y), (y1 - in_low, in_low + out_y)):
            if room > 5 and chance.random() < 0.6:
                drawn = Image.new("L", (int(fw * 0.8), max(3, int(room * 0.7))), 0)
                _put_text(
                    ImageDraw.Draw(drawn), " ".join(chance.choice(SIGN_WORDS, 3)), (0, 0, drawn.width, drawn.height), 255, chance
                )
                ink = np.array(drawn, np.float32) / 255
                yy, xx = int(top + room * 0.15), x0 + int(fw * 0.1)
                area = sheet[yy : yy + ink.shape[0], xx : xx + ink.shape[1]]
                ink = ink[: area.shape[0], : area.shape[1]]
                area[:] = area * (1 - ink) + ink * (235 - tone if tone < 120 else 20)
    elif kind < 0.5:  # a bright or dark rim
        cv2.rectangle(
            sheet, (x0, y0), (x1 - 1, y1 - 1), float(chance.uniform(0, 255)), max(1, int(fh * chance.uniform(0.01, 0.03)))
        )
    if chance.random() < 0.35:  # the shadow of the lid
        reach = int(fh * chance.uniform(0.1, 0.7))
        dark = float(chance.uniform(0.35, 0.85))
        sheet[: y0 + reach] *= dark
    if chance.random() < 0.12:  # a slanting shadow
        slope = chance.uniform(-2, 2)
        xs = np.arange(sheet.shape[1])[None, :]
        ys = np.arange(sheet.shape[0])[:, None]
        sheet *= np.where(ys > slope * (xs - chance.uniform(0, sheet.shape[1])) + my, float(chance.uniform(0.4, 0.85)), 1.0)
    if chance.random() < 0.12:  # something in front: a tow ball, a handle, a bar
        cx, tone = int(chance.uniform(x0, x1)), float(chance.uniform(0, 90))
        if chance.random() < 0.5:
            cy, r = y1 + int(fh * chance.uniform(-0.1, 0.25)), int(fh * chance.uniform(0.1, 0.28))
            cv2.circle(sheet, (cx, cy), r, tone, -1)
            cv2.circle(alpha, (cx, cy), r, 1.0, -1)
        else:
            half, cy, thick = (
                int(fw * chance.uniform(0.1, 0.5)),
                int(chance.choice([y0, y1])),
                max(1, int(fh * chance.uniform(0.03, 0.12))),
            )
            for layer, value in ((sheet, tone * 2), (alpha, 1.0)):
                cv2.line(layer, (cx - half, cy), (cx + half, cy + int(fh * 0.03)), value, thick)
    shifted = _mapping(quad, fw, fh) @ np.array([[1, 0, -mx], [0, 1, -my], [0, 0, 1]], np.float32)
    corners = cv2.perspectiveTransform(
        np.array([[(0, 0), (sheet.shape[1], 0), sheet.shape[::-1], (0, sheet.shape[0])]], np.float32), shifted
    )[0]
    a0, b0 = np.floor(corners.min(0)).astype(int) - 1
    a1, b1 = np.ceil(corners.max(0)).astype(int) + 2
    a0, b0, a1, b1 = max(0, a0), max(0, b0), min(wide, a1), min(high, b1)
    if a1 - a0 < 2 or b1 - b0 < 2:
        return
    place = np.array([[1, 0, -a0], [0, 1, -b0], [0, 0, 1]], np.float32) @ shifted
    both = cv2.warpPerspective(np.dstack([sheet * alpha, alpha]), place, (a1 - a0, b1 - b0), flags=cv2.INTER_LINEAR)
    soft = float(chance.uniform(0.2, 0.9)) * (1 if long < 120 else float(chance.uniform(1, 2)))
    if soft > 0.3:
        both = cv2.GaussianBlur(both, (0, 0), soft)
    target = canvas[b0:b1, a0:a1]
    target[:] = target * (1 - both[..., 1]) + both[..., 0]


@lru_cache(maxsize=512)
def _rounded_cached(high: int, wide: int, radius: int) -> np.ndarray:
    image = Image.new("L", (wide, high), 0)
    ImageDraw.Draw(image).rounded_rectangle((0, 0, wide - 1, high - 1), radius=radius, fill=255)
    return np.array(image, np.float32) / 255


def _rounded(high: int, wide: int, radius: float) -> np.ndarray:
    return _rounded_cached(high, wide, round(radius))


def _weather(plate: np.ndarray, light: float, chance: np.random.Generator) -> np.ndarray:
    """The light of the place, dirt, fading."""
    plate = plate * (light / 225.0)
    if chance.random() < 0.4:
        low = float(chance.uniform(0, 0.5)) * light
        plate = low + plate * (1 - low / 255)
    if chance.random() < 0.4:
        h, w = plate.shape
        a, b = chance.uniform(-0.35, 0.35, 2)
        plate = plate * (1 + a * np.linspace(-1, 1, w)[None, :] + b * np.linspace(-1, 1, h)[:, None]).astype(np.float32)
    if chance.random() < 0.2:
        blobs = cv2.resize(chance.random((4, 7)).astype(np.float32), plate.shape[::-1], interpolation=cv2.INTER_CUBIC)
        plate = plate * (1 - float(chance.uniform(0.2, 0.7)) * np.clip(blobs - 0.4, 0, 1))
    return np.clip(plate, 0, 300).astype(np.float32)


DECOYS = [0.16, 0.20, 0.08, 0.16, 0.12, 0.07, 0.10, 0.06, 0.05]


def put_decoy(canvas: np.ndarray, chance: np.random.Generator, keep_off: np.ndarray) -> None:
    """Something that is not a plate and looks a little like one. Never over a plate (`keep_off`: N x 4 boxes)."""
    high, wide = canvas.shape
    kind = chance.choice(["date", "sign", "number", "van", "badge", "bars", "fence", "blank", "lines"], p=DECOYS)
    if kind == "date":
        style = chance.integers(3)
        y, mo, d, h, mi, s = (
            chance.integers(1999, 2027),
            chance.integers(1, 13),
            chance.integers(1, 29),
            chance.integers(24),
            chance.integers(60),
            chance.integers(60),
        )
        text = [f"{y}{mo:02}{d:02}", f"{y}/{mo:02}/{d:02} {h:02}:{mi:02}:{s:02}", f"{d:02}-{mo:02}-{y} {h:02}:{mi:02}"][style]
        if chance.random() < 0.3:
            text = str(chance.choice(["CAM 1", "CH 03", "FPS 30", "GPS 37.77N"])) + " " + text
        th = int(max(6, high * chance.uniform(0.018, 0.06)))
        tw = int(th * len(text) * 0.55)
        x = int(chance.choice([chance.uniform(0, 0.05), chance.uniform(0.6, 0.9)]) * wide)
        yy = int(chance.choice([chance.uniform(0, 0.06), chance.uniform(0.88, 0.97)]) * high)
        _stamp(canvas, text, x, yy, tw, th, float(chance.choice([255, 235, 20])), chance, keep_off, outline=chance.random() < 0.5)
        return
    w = float(wide * np.exp(chance.uniform(np.log(0.04), np.log(0.5))))
    if kind == "sign":
        h = w * float(chance.choice([0.15, 0.25, 0.6, 1.0, 1.3, 1.6]))
        quad = pose((chance.uniform(0, wide), chance.uniform(0, high)), w, h, chance, calm=0.6)
        if _touches(quad, keep_off):
            return
        sw, sh = int(np.clip(w, 8, 300)), int(np.clip(h, 6, 300))
        ground, ink = (
            (chance.uniform(120, 255), chance.uniform(0, 60))
            if chance.random() < 0.5
            else (chance.uniform(0, 110), chance.uniform(190, 255))
        )
        sheet = Image.new("L", (sw, sh), int(ground))
        pen = ImageDraw.Draw(sheet)
        if chance.random() < 0.5:
            pen.rectangle((1, 1, sw - 2, sh - 2), outline=int(ink))
        rows = max(1, round(sh / sw * 4)) if chance.random() < 0.7 else int(chance.integers(1, 4))
        for row in range(min(rows, 6)):
            words = " ".join(chance.choice(SIGN_WORDS, int(chance.integers(1, 4))))
            _put_text(pen, words, (sw * 0.06, sh * (row + 0.15) / rows, sw * 0.94, sh * (row + 0.85) / rows), int(ink), chance)
        _lay(canvas, np.array(sheet, np.float32), quad, 1.0)
    elif kind == "number":  # a speed limit, a house number, a taxi's number
        w = w * 0.6
        h = w * float(chance.uniform(0.5, 1.4))
        quad = pose((chance.uniform(0, wide), chance.uniform(0, high)), w, h, chance, calm=0.6)
        if _touches(quad, keep_off):
            return
        ground, ink = (
            (chance.uniform(150, 255), chance.uniform(0, 60))
            if chance.random() < 0.6
            else (chance.uniform(0, 110), chance.uniform(190, 255))
        )
        sheet = Image.new("L", (int(np.clip(w, 8, 300)), int(np.clip(h, 8, 300))), int(ground))
        pen = ImageDraw.Draw(sheet)
        if chance.random() < 0.5:
            pen.ellipse((1, 1, sheet.width - 2, sheet.height - 2), outline=int(ink), width=max(1, sheet.width // 12))
        inner = (sheet.width * 0.22, sheet.height * 0.25, sheet.width * 0.78, sheet.height * 0.75)
        _put_text(pen, str(chance.integers(1, 400)), inner, int(ink), chance)
        _lay(canvas, np.array(sheet, np.float32), quad, 1.0)
    elif kind == "fence":  # thin bars; the street shows through
        w = w * 1.5
        h = w * float(chance.uniform(0.15, 0.9))
        x, y = chance.uniform(-0.1, 0.9) * wide, chance.uniform(0, 0.9) * high
        quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
        if _touches(quad, keep_off):
            return
        step, tone, thick = max(2.5, w / chance.uniform(6, 34)), float(chance.uniform(0, 255)), int(chance.integers(1, 4))
        lean = chance.normal(0, 0.1) * h
        for at in np.arange(x, x + w, step):
            cv2.line(canvas, (int(at), int(y)), (int(at + lean), int(y + h)), tone, thick)
        if chance.random() < 0.7:
            for level in (y, y + h):
                cv2.line(canvas, (int(x), int(level)), (int(x + w), int(level)), tone, thick)
    elif kind in {"van", "badge"}:
        words = (
            " ".join(chance.choice(SIGN_WORDS, int(chance.integers(1, 3))))
            if chance.random() < 0.75
            else str(chance.integers(10**6, 10**10))
        )
        h = w * float(chance.uniform(0.08, 0.3)) * (1 if kind == "van" else 0.5)
        tone = float(chance.choice([255, 230, 200, 30, 0, 90]))
        _stamp(
            canvas,
            words,
            int(chance.uniform(-0.1, 0.9) * wide),
            int(chance.uniform(0, 0.95) * high),
            int(w),
            max(3, int(h)),
            tone,
            chance,
            keep_off,
            outline=chance.random() < 0.2,
        )
    else:
        h = w * float(chance.uniform(0.2, 0.9))
        quad = pose((chance.uniform(0, wide), chance.uniform(0, high)), w, h, chance, calm=0.8)
        if _touches(quad, keep_off):
            return
        sw, sh = int(np.clip(w, 8, 260)), int(np.clip(h, 6, 200))
        sheet = np.full((sh, sw), chance.uniform(0, 255), np.float32)
        if kind == "bars":
            step = float(chance.uniform(3, max(4, sw / 5)))
            wave = (np.arange(sw if chance.random() < 0.6 else sh) / step) % 1 < chance.uniform(0.2, 0.7)
            sheet = np.where(wave[None, :] if len(wave) == sw else wave[:, None], chance.uniform(0, 255), sheet).astype(np.float32)
            sheet = np.broadcast_to(sheet, (sh, sw)).copy()
        elif kind == "lines":
            for _ in range(int(chance.integers(3, 12))):
                p = [int(v) for v in chance.uniform(0, 1, 4) * [sw, sh, sw, sh]]
                cv2.line(sheet, (p[0], p[1]), (p[2], p[3]), float(chance.uniform(0, 255)), int(chance.integers(1, 4)))
        _lay(canvas, sheet, quad, float(chance.uniform(0.6, 1)))


def put_drawn(canvas: np.ndarray, hand: decoys.Hand, keep_off: np.ndarray, cars: np.ndarray) -> np.ndarray | None:
    """One of `decoys.py`, anywhere or where a car is (`cars`: where plates are or were). Its upright box, or nothing."""
    high, wide = canvas.shape
    chance = hand.chance
    kind, sheet, mask = decoys.draw(hand)
    tall, long = sheet.shape
    if len(cars) and chance.random() < 0.5:
        x, y, w, h = cars[int(chance.integers(len(cars)))]
        size = w * float(np.exp(chance.normal(-0.1, 0.45)))
        reach = 0.3 if chance.random() < 0.15 else 1.0  # sometimes where the plate itself was
        centre = x + w / 2 + chance.normal(0, 1.6) * reach * w, y + h / 2 + chance.normal(-0.4, 1.0) * reach * w
        light = float(
            np.clip(_light(canvas, np.array([centre[0] - size / 2, centre[1] - size / 4, size, size / 2]), chance) / 225, 0.2, 1.1)
        )
    else:
        size = float(wide * np.exp(chance.uniform(np.log(0.03), np.log(0.42))))
        centre = chance.uniform(0, wide), chance.uniform(0, high)
        light = float(chance.uniform(0.45, 1.1))
    w = float(np.sqrt(size * size * min(long / tall, 6) / 2.5))
    quad = pose(centre, w, w * tall / long, chance, calm=0.7)
    if kind == "marking":
        quad[:, 1] = (quad[:, 1] - centre[1]) * float(chance.uniform(0.25, 0.7)) + centre[1]
    if _touches(quad, keep_off):
        return None
    if chance.random() < 0.3:
        sheet = _weather(sheet, 225.0, chance)
    if max(w / long, 1e-3) < 0.6:
        sheet, mask = (cv2.GaussianBlur(layer, (0, 0), 0.4 * long / w) for layer in (sheet, mask))
    _lay(canvas, sheet * light, quad, mask * float(chance.uniform(0.8, 1)))
    low, top = np.maximum(quad.min(0), 0), np.minimum(quad.max(0), [wide, high])
    return np.array([*low, *(top - low)], np.float32) if (top - low).min() > 3 else None


def _stamp(
    canvas: np.ndarray,
    text: str,
    x: int,
    y: int,
    w: int,
    h: int,
    tone: float,
    chance: np.random.Generator,
    keep_off: np.ndarray,
    *,
    outline: bool,
) -> None:
    if len(keep_off) and _touches(np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32), keep_off):
        return
    drawn = Image.new("L", (max(w, 4), max(h, 3)), 0)
    _put_text(ImageDraw.Draw(drawn), text, (0, 0, drawn.width, drawn.height), 255, chance)
    ink = np.array(drawn, np.float32) / 255
    high, wide = canvas.shape
    a0, b0, a1, b1 = max(0, x), max(0, y), min(wide, x + ink.shape[1]), min(high, y + ink.shape[0])
    if a1 <= a0 or b1 <= b0:
        return
    ink = ink[b0 - y : b1 - y, a0 - x : a1 - x]
    area = canvas[b0:b1, a0:a1]
    if outline:
        wider = cv2.dilate(ink, np.ones((3, 3)))
        area *= 1 - wider
    area[:] = area * (1 - ink) + ink * tone


def _lay(canvas: np.ndarray, sheet: np.ndarray, quad: np.ndarray, opacity: float | np.ndarray) -> None:
    high, wide = canvas.shape
    a0, b0 = np.floor(quad.min(0)).astype(int)
    a1, b1 = np.ceil(quad.max(0)).astype(int) + 1
    a0, b0, a1, b1 = max(0, a0), max(0, b0), min(wide, a1), min(high, b1)
    if a1 - a0 < 2 or b1 - b0 < 2:
        return
    place = np.array([[1, 0, -a0], [0, 1, -b0], [0, 0, 1]], np.float32) @ _mapping(quad, sheet.shape[1], sheet.shape[0])
    both = cv2.warpPerspective(
        np.dstack([sheet, np.broadcast_to(np.float32(opacity), sheet.shape)]), place, (a1 - a0, b1 - b0), flags=cv2.INTER_LINEAR
    )
    target = canvas[b0:b1, a0:a1]
    mask = both[..., 1]
    target[:] = target * (1 - mask) + both[..., 0] * mask


def _touches(quad: np.ndarray, boxes: np.ndarray) -> bool:
    if not len(boxes):
        return False
    x0, y0 = quad.min(0)
    x1, y1 = quad.max(0)
    return bool(
        ((boxes[:, 0] < x1) & (boxes[:, 0] + boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 1] + boxes[:, 3] > y0)).any()
    )


def develop(canvas: np.ndarray, chance: np.random.Generator, quads: np.ndarray, *, gentle: bool = False) -> np.ndarray:
    """What camera, hour and storage do to a picture: night, infrared, exposure, blur, noise, JPEG. Grey float in, eight bits out."""
    image = canvas
    high, wide = image.shape
    dark = chance.random()
    if dark < 0.12 and not gentle:  # night or infrared: little light, plates shine
        gain = float(chance.uniform(0.06, 0.5))
        shine = np.zeros_like(image)
        for quad in quads:
            cv2.fillConvexPoly(shine, np.round(quad).astype(np.int32), 1.0)
        shine = cv2.GaussianBlur(shine, (0, 0), 1.0)
        boost = float(chance.uniform(gain, 1.6))
        image = image * (gain * (1 - shine) + boost * shine)
        if chance.random() < 0.5:
            image = image + cv2.resize(
                cv2.GaussianBlur(cv2.resize(image * shine, (wide // 4, high // 4)), (0, 0), 3), (wide, high)
            ) * float(chance.uniform(0.1, 0.6))
    elif dark < 0.55:
        image = 255 * np.power(np.clip(image / 255, 0, 1), float(np.exp(chance.normal(0, 0.35))))
        gain = float(np.exp(chance.normal(0, 0.25)))
        image = (image - 110) * float(np.exp(chance.normal(0, 0.25))) + 110 * gain
    if chance.random() < 0.06 and not gentle:  # a headlight in the picture
        x, y, r = chance.uniform(0, wide), chance.uniform(0, high), chance.uniform(0.02, 0.15) * wide
        gx = np.exp(-(((np.arange(wide) - x) / r) ** 2))[None, :]
        gy = np.exp(-(((np.arange(high) - y) / r) ** 2))[:, None]
        image = image + (255 * gx * gy).astype(np.float32)
    blur = chance.random()
    if blur < 0.35:
        image = cv2.GaussianBlur(image, (0, 0), float(chance.uniform(0.3, 1.3)))
    elif blur < 0.45:
        long = int(chance.integers(2, 6))
        kernel = np.zeros((long, long), np.float32)
        a = chance.uniform(0, np.pi)
        c = (long - 1) / 2
        cv2.line(
            kernel, (int(c - c * np.cos(a)), int(c - c * np.sin(a))), (round(c + c * np.cos(a)), round(c + c * np.sin(a))), 1.0
        )
        if kernel.sum() > 0:
            image = cv2.filter2D(image, -1, kernel / kernel.sum())
    elif blur < 0.55:
        image = image + (image - cv2.GaussianBlur(image, (0, 0), 1.0)) * float(chance.uniform(0.3, 1.5))
    if chance.random() < 0.6:
        noise = chance.standard_normal(image.shape, dtype=np.float32) * float(
            chance.uniform(1, 10 if chance.random() < 0.8 else 22)
        )
        image = image + noise
    out = np.clip(image, 0, 255).astype(np.uint8)
    if chance.random() < 0.4:
        _, packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(25, 92))])
        out = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return out


# ---- a whole scene -----------------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    image: np.ndarray  # grey, eight bits
    quads: np.ndarray  # N x 4 x 2
    exact: np.ndarray  # N: corners are known, not only a box
    loose: np.ndarray  # N: only the centre can be trusted
    ignore: np.ndarray  # M x 4 boxes
    drawn: np.ndarray  # K x 4 boxes of what was drawn and is none
    view: tuple[int, int]  # width and height of what is picture; the rest is blank


def _quad(box: np.ndarray) -> np.ndarray:
    x, y, w, h = box
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)


def compose(
    photos: list[Photo],
    flats: Flats,
    size: tuple[int, int],
    chance: np.random.Generator,
    *,
    made_up: float = 0.6,
    empty: float = 0.12,
    gentle: bool = False,
    scale: tuple[float, float] | None = None,
    hand: decoys.Hand | None = None,
) -> Scene:
    """A scene of this size (width, height): a window of a photograph, with its own plates, made-up ones, or none.

    With a `hand` there are many decoys, also on and beside cars, and made-up plates are seldom elsewhere than where a plate was.
    """
    wide, high = size
    photo = photos[int(chance.integers(len(photos)))]
    if photo.loose and chance.random() < 0.5:  # at low weight
        photo = photos[int(chance.integers(len(photos)))]
    kind = chance.random()
    mode = "empty" if kind < empty else "made" if kind < empty + made_up else "real"
    pixels = photo.pixels if mode == "real" else photo.clean
    ph, pw = pixels.shape[:2]
    # How wide the anchor plate shall be in the scene decides the zoom; the window lies somewhere around it.
    anchor = photo.boxes[int(chance.integers(len(photo.boxes)))] if len(photo.boxes) else None
    low, top = scale or (20.0, 0.75 * wide)
    want = (
        float(np.exp(chance.uniform(np.log(low), np.log(top))))
        if chance.random() < 0.55
        else float(np.exp(chance.normal(np.log(62), 0.5)))
    )
    fit = min(wide / pw, high / ph)
    if anchor is None or chance.random() < 0.3:
        zoom = fit * float(np.exp(chance.uniform(-0.1, 0.8)))
    else:
        zoom = float(np.clip(want / anchor[2], fit * 0.9, max(fit, 2.2)))
    stretch = float(np.exp(chance.normal(0, 0.08 if photo.origin == "florida" else 0.03)))
    zx, zy = zoom * stretch, zoom / stretch
    vw, vh = wide / zx, high / zy
    if anchor is not None and chance.random() < 0.85:
        cx = anchor[0] + anchor[2] / 2 + chance.uniform(-0.42, 0.42) * max(0.0, vw - anchor[2])
        cy = anchor[1] + anchor[3] / 2 + chance.uniform(-0.42, 0.42) * max(0.0, vh - anchor[3])
    else:
        cx, cy = chance.uniform(0, pw), chance.uniform(0, ph)
    left = cx - vw / 2 if vw >= pw else float(np.clip(cx - vw / 2, 0, pw - vw))
    up = cy - vh / 2 if vh >= ph else float(np.clip(cy - vh / 2, 0, ph - vh))
    if vw >= pw:
        left = -float(chance.uniform(0, vw - pw)) if chance.random() < 0.5 else 0.0
    if vh >= ph:
        up = -float(chance.uniform(0, vh - ph)) if chance.random() < 0.3 else 0.0
    x0, y0, x1, y1 = max(0, int(left)), max(0, int(up)), min(pw, int(np.ceil(left + vw))), min(ph, int(np.ceil(up + vh)))
    part = grey_of(np.ascontiguousarray(pixels[y0:y1, x0:x1]), chance)
    tw, th = max(2, round((x1 - x0) * zx)), max(2, round((y1 - y0) * zy))
    part = cv2.resize(part, (tw, th), interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    ox, oy = max(0, round(-left * zx)), max(0, round(-up * zy))
    tw, th = min(tw, wide - ox), min(th, high - oy)
    pad = float(chance.choice([0, 128, 114]))
    canvas = np.full((high, wide), 0.0 if pad else pad, np.float32)
    canvas[oy : oy + th, ox : ox + tw] = part[:th, :tw]
    mirrored = chance.random() < 0.5  # only what is no text: made-up plates come after it
    if mirrored:
        canvas = np.ascontiguousarray(canvas[:, ::-1])

    def to_scene(boxes: np.ndarray) -> np.ndarray:
        moved = boxes.copy()
        moved[:, 0], moved[:, 1] = (boxes[:, 0] - x0) * zx + ox, (boxes[:, 1] - y0) * zy + oy
        moved[:, 2], moved[:, 3] = boxes[:, 2] * zx, boxes[:, 3] * zy
        if mirrored:
            moved[:, 0] = wide - moved[:, 0] - moved[:, 2]
        return moved

    places = to_scene(photo.boxes)
    ignore = to_scene(photo.ignore) if mode == "real" else np.zeros((0, 4), np.float32)
    quads: list[np.ndarray] = []
    exact: list[bool] = []
    loose: list[bool] = []
    keep_off = places if mode == "real" else np.zeros((0, 4), np.float32)
    if mode == "made":
        spots = [(p, True) for p in places if chance.random() < 0.9]
        if chance.random() < (0.12 if hand else 0.35) or not spots:
            for _ in range(int(chance.integers(1, 3))):
                w = float(np.exp(chance.uniform(np.log(low), np.log(top))))
                spots.append(
                    (np.array([chance.uniform(0, wide - 20), chance.uniform(0.15, 1) * high, w, w / 2.5], np.float32), False)
                )
        taken: list[np.ndarray] = []
        for spot, real in spots:
            flat, aspect = flats.draw(chance)
            area = max(spot[2] * spot[3], 30.0)
            if aspect > 3 or spot[2] / spot[3] < 2.6:
                w = spot[2] * float(np.exp(chance.normal(0.03, 0.12)))
            else:  # a US plate where a long one was: about as wide, or as large
                w = (spot[2] if chance.random() < 0.5 else np.sqrt(area * aspect)) * float(np.exp(chance.normal(0.03, 0.14)))
            if real and chance.random() < 0.1:
                w *= float(chance.uniform(1.2, 2.5))
            w = float(np.clip(w, 14, 1.0 * wide))
            centre = (spot[0] + spot[2] / 2 + chance.normal(0, 0.05) * w, spot[1] + spot[3] / 2 + chance.normal(0, 0.05) * w)
            quad = pose(centre, w, w / aspect, chance)
            low_x, low_y = quad.min(0)
            high_x, high_y = quad.max(0)
            if not (0 < (low_x + high_x) / 2 < wide and 0 < (low_y + high_y) / 2 < high) or (high_x - low_x) < 12:
                continue
            box = np.array([low_x, low_y, high_x - low_x, high_y - low_y], np.float32)
            if taken and _touches(quad, np.array(taken)):
                continue
            light = _light(canvas, box, chance)
            if hand and aspect < 2.6 and chance.random() < 0.06:
                put_plate(canvas, draw_plain(chance)[0], _under(quad, chance), light, chance)
            put_plate(canvas, flat, quad, light, chance)
            taken.append(box)
            quads.append(quad)
            exact.append(True)
            loose.append(False)
        keep_off = np.array(taken, np.float32).reshape(-1, 4)
    elif mode == "real":
        for place in places:
            quads.append(_quad(place))
            exact.append(False)
            loose.append(photo.loose)
    if len(keep_off):
        m = keep_off * 0.12
        keep_off = np.stack(
            [keep_off[:, 0] - m[:, 2], keep_off[:, 1] - m[:, 3], keep_off[:, 2] + 2 * m[:, 2], keep_off[:, 3] + 2 * m[:, 3]], 1
        )
    if chance.random() < (0.85 if mode == "empty" else 0.4):
        for _ in range(int(chance.integers(1, (4 if hand else 8) if mode == "empty" else 5))):
            put_decoy(canvas, chance, keep_off)
    drawn: list[np.ndarray] = []
    if hand:
        for _ in range(int(chance.integers(2, 11) if mode == "empty" else chance.integers(0, 6))):
            box = put_drawn(canvas, hand, keep_off, places)
            if box is not None:
                drawn.append(box)
    all_quads = np.array(quads, np.float32).reshape(-1, 4, 2)
    image = develop(canvas, chance, all_quads, gentle=gentle)
    # Plates mostly outside are neither here nor there.
    keep = np.zeros(len(all_quads), bool)
    more: list[np.ndarray] = []
    for i, quad in enumerate(all_quads):
        x_low, y_low = quad.min(0)
        x_high, y_high = quad.max(0)
        seen_w = min(x_high, wide) - max(x_low, 0)
        seen_h = min(y_high, high) - max(y_low, 0)
        inside = max(0, seen_w) * max(0, seen_h) / max(1e-3, (x_high - x_low) * (y_high - y_low))
        keep[i] = inside > 0.85 and x_high - x_low > 11
        if not keep[i] and inside > 0:
            more.append(np.array([x_low, y_low, x_high - x_low, y_high - y_low], np.float32))
    ignore = np.concatenate([ignore.reshape(-1, 4), np.array(more, np.float32).reshape(-1, 4)])
    return Scene(
        image, all_quads[keep], np.array(exact, bool)[keep], np.array(loose, bool)[keep], ignore,
        np.array(drawn, np.float32).reshape(-1, 4), size,
    )  # fmt: skip


def close_up(photos: list[Photo], flats: Flats, size: tuple[int, int], chance: np.random.Generator) -> Scene:
    """A plate that fills the picture, as somebody cut it out: 60 to 105 % of its width, with little around it.

    A third are real plates with a margin of up to 15 %; the others are made up, on a piece of a photograph or a plain ground.
    """
    wide, high = size
    loose, exact = False, True
    real = [p for p in photos if not p.loose and len(p.boxes) and p.boxes[:, 2].max() > 70] if chance.random() < 0.35 else []
    if real:
        others = [p for p in real if p.origin != "romania"]
        real = others if others and chance.random() < 0.75 else real
        photo = real[int(chance.integers(len(real)))]
        big = photo.boxes[photo.boxes[:, 2] > 70]
        x, y, w, h = big[int(chance.integers(len(big)))]
        left, up, right, down = chance.uniform(-0.01, 0.15, 4) * [w, 0.5 * w, w, 0.5 * w]
        x0, y0 = int(max(0, x - left)), int(max(0, y - up))
        x1, y1 = int(min(photo.pixels.shape[1], x + w + right)), int(min(photo.pixels.shape[0], y + h + down))
        canvas = grey_of(np.ascontiguousarray(photo.pixels[y0:y1, x0:x1]), chance).astype(np.float32)
        scale = min(wide / (x1 - x0), high / (y1 - y0)) * float(np.exp(chance.uniform(-0.25, 0)))
        view = max(8, min(wide, round((x1 - x0) * scale))), max(8, min(high, round((y1 - y0) * scale)))
        canvas = cv2.resize(canvas, view, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        quad = (_quad(np.array([x, y, w, h])) - [x0, y0]) * [view[0] / (x1 - x0), view[1] / (y1 - y0)]
        exact, loose = False, photo.loose
    else:
        flat, aspect = flats.draw(chance)
        view_aspect = aspect * float(np.exp(chance.normal(0, 0.18)))
        view = (wide, int(np.clip(round(wide / view_aspect), 40, high)))
        if view_aspect < wide / high:
            view = (int(np.clip(round(high * view_aspect), 60, wide)), high)
        photo = photos[int(chance.integers(len(photos)))]
        ph, pw = photo.clean.shape[:2]
        w = int(np.clip(view[0] * chance.uniform(0.2, 1), 20, pw))
        h = int(np.clip(w * view[1] / view[0], 10, ph))
        x0, y0 = int(chance.integers(0, pw - w + 1)), int(chance.integers(0, ph - h + 1))
        canvas = cv2.resize(grey_of(np.ascontiguousarray(photo.clean[y0 : y0 + h, x0 : x0 + w]), chance), view).astype(np.float32)
        if chance.random() < 0.3:
            canvas[:] = float(chance.choice([0, 255, 128, chance.uniform(0, 255)])) + chance.normal(0, 3, canvas.shape)
        w = view[0] * float(chance.uniform(0.6, 1.05))
        w = min(w, 1.08 * view[1] * aspect)
        free = np.maximum(np.array(view) - [w, w / aspect], 0)
        centre = np.array(view) / 2 + chance.uniform(-0.5, 0.5, 2) * free
        quad = pose((float(centre[0]), float(centre[1])), w, w / aspect, chance, calm=0.45)
        if aspect < 2.6 and chance.random() < 0.05:
            put_plate(canvas, draw_plain(chance)[0], _under(quad, chance), 200.0, chance)
        put_plate(canvas, flat, quad, float(np.clip(chance.normal(205, 40), 40, 262)), chance)
    quads = np.array([quad], np.float32)
    image = develop(canvas, chance, quads)
    sheet = np.full((high, wide), int(chance.choice([114, 114, 0, 128])), np.uint8)
    sheet[: view[1], : view[0]] = image
    none = np.zeros((0, 4), np.float32)
    return Scene(sheet, quads, np.array([exact]), np.array([loose]), none, none, view)


def _under(quad: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Where a long European plate would be behind a plate that is mounted over it."""
    wide, high = float(chance.uniform(1.25, 1.9)), float(chance.uniform(0.65, 1.0))
    lift = float(chance.uniform(-0.3, 0.3)) * (1 - high)
    place = UNIT * [wide / 2, high / 2] + [0.5, 0.5 + lift]
    return cv2.perspectiveTransform(place[None].astype(np.float32), _mapping(quad, 1, 1))[0]


def _light(canvas: np.ndarray, box: np.ndarray, chance: np.random.Generator) -> float:
    """How bright a white plate is there: from the surroundings, with freedom."""
    high, wide = canvas.shape
    x, y, w, h = box
    part = canvas[int(max(0, y - h)) : int(min(high, y + 2 * h)) + 1, int(max(0, x - w / 2)) : int(min(wide, x + 1.5 * w)) + 1]
    around = float(np.percentile(part[::3, ::3], 85)) if part.size > 20 else 128.0
    mixed = 0.55 * around + 0.45 * float(chance.uniform(60, 235))
    return float(np.clip(mixed * np.exp(chance.normal(0.12, 0.25)), 25, 265))
