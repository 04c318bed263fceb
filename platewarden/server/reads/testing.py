"""What other rooms' tests need of reads: a real picture, small, that can be found again."""

from __future__ import annotations

import io

from PIL import Image

from platewarden.exchange.read_report import Picture, View


def jpeg(colour: str = "navy") -> bytes:
    """A small JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (32, 16), colour).save(out, "JPEG")
    return out.getvalue()


def pictures(overview: str = "navy", plate: str = "maroon") -> tuple[Picture, Picture]:
    """The two pictures of a read."""
    return (
        Picture(view=View.OVERVIEW, media_type="image/jpeg", content=jpeg(overview)),
        Picture(view=View.PLATE, media_type="image/jpeg", content=jpeg(plate)),
    )
