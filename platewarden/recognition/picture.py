"""A picture as recognition wants it: upright, RGB, eight bits. Whatever is not one is refused by name.

Notable choices:

- The size is looked at before a pixel is decoded: a small file that unpacks to hundreds of megapixels is refused.
- Only formats that cameras and phones write are opened; none of them starts another program.
- A truncated picture is refused. Half a picture would be read as a street without a plate.
- An animation is refused, for its other frames would be dropped in silence. (The side pictures that phones add to a JPEG are
  not an animation.)
- Sixteen-bit grey is scaled by the camera's depth (8, 10, 12 or 16 bits), and what is transparent becomes white.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from platewarden.policy.refusal import Malformed

__all__ = [
    "FORMATS",
    "MOST_BYTES",
    "MOST_PIXELS",
    "SUFFIXES",
    "NotAPicture",
    "Picture",
    "Pixels",
    "grey_of",
    "look_at",
    "open_picture",
    "printable",
]

Pixels: TypeAlias = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "PPM", "GIF")
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".ppm", ".pgm", ".gif"})
MOST_PIXELS = 80_000_000  # 240 MB decoded; below the size at which Pillow itself begins to warn
KEPT_PIXELS = 4_000_000  # up to here a picture is kept as Pillow holds it too: 16 MB
MOST_BYTES = 256 * 1024 * 1024

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error, zlib.error)
_TRANSPARENT = {"RGBA", "LA", "PA", "La", "RGBa"}

# Pillow warns from 89 to 179 megapixels and raises above; here both are refused. Set once: a filter set for the length of a call
# is not safe with threads. What Pillow thinks of a camera's notes is nothing for the terminal.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An upright RGB picture: height x width x 3, eight bits, read-only."""

    name: str
    pixels: Pixels
    decoded: Image.Image | None = field(default=None, repr=False)
    """The same picture as Pillow holds it, kept of one that is not large: it need not be taken in a second time."""

    @property
    def grey(self) -> Pixels:
        """In grey, height x width."""
        return grey_of(self.pixels) if self.decoded is None else np.asarray(self.decoded.convert("L"))

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def grey_of(pixels: Pixels) -> Pixels:
    """The picture in grey, height x width. One that is grey already is handed back as it is."""
    return pixels if pixels.ndim == 2 else np.asarray(Image.fromarray(pixels).convert("L"))


@dataclass(frozen=True, slots=True)
class NotAPicture:
    """A file that cannot be used as a picture, and why, in one sentence that names it."""

    name: str
    because: str


def open_picture(source: Path | str | bytes, name: str = "") -> Picture:
    """The picture in a file, or in bytes that are called `name`. Refused as `Malformed`, with the name, if it is not one."""
    seen = look_at(source, name)
    if isinstance(seen, NotAPicture):
        raise Malformed(seen.because)
    return seen


def look_at(source: Path | str | bytes, name: str = "") -> Picture | NotAPicture:
    """Like `open_picture`, for a folder or a stream that goes on after a bad one: what is wrong is returned, not raised."""
    name = printable(name or ("picture" if isinstance(source, bytes) else str(source)))
    try:
        return Picture(name, *_decode(source if isinstance(source, bytes) else _bytes_of(Path(source))))
    except _UnusableError as error:
        return NotAPicture(name, f"{name} {error}")


class _UnusableError(Exception):
    """The rest of the sentence after the picture's name."""


def printable(name: str) -> str:
    """A file's name may hold anything, also what would steer a terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.exists():
            raise _UnusableError("does not exist. Check the path.")
        if not path.is_file():
            raise _UnusableError("is not a file. Name a picture, or a folder of pictures.")
        if path.stat().st_size > MOST_BYTES:
            raise _UnusableError(f"is larger than {MOST_BYTES // 1024**2} MiB. Save it smaller.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = getattr(error, "strerror", None) or "no such path"
        raise _UnusableError(f"cannot be opened ({reason}). Check the path and its permissions.") from error


def _decode(raw: bytes) -> tuple[Pixels, Image.Image | None]:
    if not raw:
        raise _UnusableError("is empty (0 bytes). Copy it again from the camera.")
    try:
        image = Image.open(BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _UnusableError(_too_large()) from error
    except _BROKEN as error:
        raise _UnusableError("is not a picture that can be read (JPEG, PNG, WebP, TIFF, BMP, PPM, GIF). Check the file.") from error
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise _UnusableError(_too_large(f" ({image.width} x {image.height})"))
        frames = _frames(image)
        if frames > 1:
            raise _UnusableError(f"holds {frames} pictures. Save the one that counts as a single picture.")
        try:
            image.load()
        except (*_BROKEN, MemoryError) as error:
            raise _UnusableError("is damaged or cut short. Copy it again from the camera.") from error
        return _pixels(_upright(image))


def _too_large(size: str = "") -> str:
    return f"is larger than {MOST_PIXELS // 1_000_000} megapixels{size}. Save it smaller."


def _frames(image: Image.Image) -> int:
    if image.format == "MPO":
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except _BROKEN as error:
        raise _UnusableError("is damaged or cut short. Copy it again from the camera.") from error


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held. A camera's note that cannot be read is no reason to refuse the picture."""
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image


def _pixels(image: Image.Image) -> tuple[Pixels, Image.Image | None]:
    decoded = None
    if image.mode == "I" or image.mode.startswith("I;16"):
        grey = np.asarray(image.convert("I"), dtype=np.int64).clip(0)
        brightest = int(grey.max())
        top = next((2**bits - 1 for bits in (8, 10, 12, 16) if brightest < 2**bits), brightest)
        pixels = np.repeat((grey * 255 // top).astype(np.uint8)[..., None], 3, axis=2)
    else:
        try:
            if image.mode == "F":
                raise ValueError("no camera writes fractions, and their scale is not known")
            if image.mode in _TRANSPARENT or "transparency" in image.info:
                whole = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)
            image = image.convert("RGB")
            pixels = np.array(image, dtype=np.uint8)
            decoded = image if image.width * image.height <= KEPT_PIXELS else None
        except _BROKEN as error:
            raise _UnusableError(f"has the colour layout {image.mode}, which is not supported. Save it as RGB.") from error
    pixels.setflags(write=False)
    return pixels, decoded
