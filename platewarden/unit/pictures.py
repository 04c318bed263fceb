"""The two pictures of a read: the overview, made smaller, and the plate itself, cut out with a little of the bumper.

Both are written anew as JPEG: what a camera noted inside its own file (owner, serial number, place) does not travel.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from platewarden.recognition.picture import Picture as Seen
from platewarden.recognition.result import Box, Corners

__all__ = ["MEDIA_TYPE", "overview", "plate", "scale"]

MEDIA_TYPE = "image/jpeg"
OVERVIEW_PX = 1280
PLATE_PX = 640
QUALITY = 85


def scale(seen: Seen) -> float:
    """How many pixels of the overview one pixel of the picture becomes; at most 1."""
    return min(1.0, OVERVIEW_PX / max(seen.width, seen.height))


def overview(seen: Seen) -> bytes:
    """The whole picture, at most 1280 pixels on its longer side."""
    return _jpeg(Image.fromarray(seen.pixels), OVERVIEW_PX)


def plate(seen: Seen, corners: Corners) -> bytes | None:
    """The plate with a third of its height around it; None when the corners leave nothing of the picture."""
    box = Box.around(corners)
    edge = box.height / 3
    left, top = max(0, int(box.x - edge)), max(0, int(box.y - edge))
    right, bottom = min(seen.width, int(box.x + box.width + edge) + 1), min(seen.height, int(box.y + box.height + edge) + 1)
    if right <= left or bottom <= top:
        return None
    return _jpeg(Image.fromarray(seen.pixels[top:bottom, left:right].copy()), PLATE_PX)


def _jpeg(image: Image.Image, longest: int) -> bytes:
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
