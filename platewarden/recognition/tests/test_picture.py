import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from platewarden.policy.refusal import Malformed
from platewarden.recognition.picture import MOST_PIXELS, NotAPicture, look_at, open_picture


def encoded(image: Image.Image, kind: str = "PNG", **more) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def sketch(mode: str = "RGB", size: tuple[int, int] = (40, 24)) -> Image.Image:
    """Left half bright, right half dark."""
    grey = np.full((size[1], size[0]), 20, dtype=np.uint8)
    grey[:, : size[0] // 2] = 220
    return Image.fromarray(grey).convert(mode)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def test_it_opens_a_file_and_keeps_its_name(tmp_path):
    path = tmp_path / "photo.jpg"
    sketch().save(path)
    picture = open_picture(path)
    assert (picture.name, picture.width, picture.height) == (str(path), 40, 24)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (24, 40, 3)
    with pytest.raises(ValueError):
        picture.pixels[0, 0] = 0


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA", "I;16"])
def test_it_makes_rgb_of_whatever_layout_a_png_has(mode):
    image = sketch("L").convert("RGBA").convert(mode) if mode in {"P", "LA"} else sketch(mode)
    pixels = open_picture(encoded(image), "x.png").pixels
    assert pixels.shape == (24, 40, 3)
    assert pixels[0, 0].min() > pixels[0, -1].max()


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "L", "RGB"])
def test_it_makes_rgb_of_whatever_layout_a_jpeg_has(mode):
    pixels = open_picture(encoded(sketch("RGB").convert(mode), "JPEG"), "x.jpg").pixels
    assert pixels[4, 4].min() > 180
    assert pixels[4, -4].max() < 60


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "PPM", "GIF"])
def test_it_opens_every_format_it_names(kind):
    assert open_picture(encoded(sketch(), kind), "x").width == 40


@pytest.mark.parametrize(("bits", "bright"), [(8, 250), (10, 1020), (12, 4090), (16, 65_500)])
def test_it_scales_deep_grey_by_the_depth_of_the_camera(bits, bright):
    grey = np.full((24, 40), bright // 4, dtype=np.uint16)
    grey[:, :20] = bright
    pixels = open_picture(encoded(Image.fromarray(grey)), f"{bits} bits").pixels
    assert pixels[0, 0, 0] > 245
    assert 55 < pixels[0, -1, 0] < 70


def test_it_shows_what_is_transparent_as_white():
    image = Image.new("RGBA", (40, 24), (0, 0, 0, 0))
    assert open_picture(encoded(image), "x").pixels.min() == 255


def test_it_turns_the_picture_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(encoded(sketch(), "JPEG", exif=exif.tobytes()), "x")
    assert (picture.width, picture.height) == (24, 40)
    assert picture.pixels[4, 12, 0] > picture.pixels[-4, 12, 0]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # picture.py sets this too; pytest puts its own in front
def test_it_opens_a_picture_whose_exif_is_rubbish():
    raw = encoded(sketch(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert open_picture(raw, "x").width == 40


def test_it_opens_a_picture_of_one_pixel():
    assert open_picture(encoded(Image.new("RGB", (1, 1))), "x").pixels.shape == (1, 1, 3)


def bad() -> dict[str, tuple[bytes, str]]:
    whole = encoded(sketch(size=(400, 240)), "JPEG")
    frames = [Image.new("RGB", (20, 20), shade) for shade in ("red", "green", "blue")]
    return {
        "empty": (b"", "0 bytes"),
        "text": (b"not a picture at all\n" * 20, "not a picture"),
        "a program": (b"\x7fELF" + b"\0" * 200, "not a picture"),
        "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture"),
        "vector": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        "cut jpeg": (whole[: len(whole) // 2], "cut short"),
        "cut after the header": (whole[:300], "picture|cut short"),
        "cut png": (encoded(sketch(size=(400, 240)))[:-40], "cut short"),
        "only the start of a png": (b"\x89PNG\r\n\x1a\n", "not a picture"),
        "damaged png": (encoded(sketch(size=(400, 240))).replace(b"IDAT", b"IDAX", 1), "picture|cut short"),
        "animated": (encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "3 pictures"),
        "animated webp": (encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "3 pictures"),
        "many pages": (encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]), "3 pictures"),
        "fractions": (encoded(Image.new("F", (20, 20)), "TIFF"), "colour layout"),
        "81 megapixels": (png_that_claims(9000, MOST_PIXELS // 9000 + 1), "megapixels"),
        "120 megapixels": (png_that_claims(12_000, 10_000), "megapixels"),
        "200 megapixels": (png_that_claims(20_000, 10_000), "megapixels"),
        "4 gigapixels": (png_that_claims(65_000, 65_000), "megapixels"),
    }


@pytest.mark.parametrize("which", bad())
def test_it_refuses_what_is_not_a_usable_picture_and_names_it(which):
    raw, because = bad()[which]
    with pytest.raises(Malformed, match=because) as refused:
        open_picture(raw, "patrol/0007.jpg")
    assert refused.value.message.startswith("patrol/0007.jpg ")
    assert refused.value.message.endswith(".")


def test_it_refuses_a_path_that_is_not_a_picture_file(tmp_path):
    for path, because in ((tmp_path / "none.jpg", "does not exist"), (tmp_path, "not a file"), ("a\0b.jpg", "does not exist")):
        with pytest.raises(Malformed, match=because):
            open_picture(path)


def test_it_hands_back_what_is_wrong_for_a_folder_that_goes_on():
    seen = look_at(b"", "0008.jpg")
    assert isinstance(seen, NotAPicture)
    assert seen.name == "0008.jpg"
    assert "0 bytes" in seen.because


def test_a_name_cannot_steer_the_terminal():
    seen = look_at(b"", "a\x1b[2J\n.jpg")
    assert isinstance(seen, NotAPicture)
    assert seen.because.isprintable()
