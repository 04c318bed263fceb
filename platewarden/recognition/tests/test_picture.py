import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from platewarden.policy.refusal import Malformed
from platewarden.recognition.picture import MOST_PIXELS, NotAPicture, grey_of, look_at, open_picture


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


def png_of_16_bits(grey: np.ndarray, kind: int) -> bytes:
    """A PNG with 16 bits for each of grey (0), RGB (2), grey and alpha (4), RGB and alpha (6); nothing transparent."""
    shades, height, width = grey.astype(">u2") * 257, *grey.shape
    planes = [shades] * (3 if kind & 2 else 1) + ([np.full_like(shades, 65_535)] if kind & 4 else [])
    rows = np.stack(planes, axis=2).astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


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


@pytest.mark.parametrize("kind", [0, 2, 4, 6], ids=["grey", "rgb", "grey and alpha", "rgb and alpha"])
def test_it_brings_sixteen_bits_to_eight_whatever_the_layout(kind):
    shades = np.array(sketch("L"))
    shades[0, :2] = (0, 255)  # the whole range, so that the depth is plain
    pixels = open_picture(png_of_16_bits(shades, kind), "deep.png").pixels
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - shades[..., None]).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "GIF"])
def test_it_shows_what_is_half_or_wholly_transparent_on_white_whatever_the_format(kind):
    image = sketch().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((20, 20, 20, 255), (0, 0, 20, 24))
    lossless = {"lossless": True} if kind == "WEBP" else {}
    pixels = open_picture(encoded(image, kind, **lossless), "x").pixels
    assert pixels[12, 10].max() < 30
    assert pixels[12, 30].min() > 250


def test_a_colour_that_a_png_names_as_transparent_is_white_too():
    raw = encoded(Image.new("RGB", (8, 8), (1, 2, 3)), transparency=(1, 2, 3))
    assert open_picture(raw, "x").pixels.min() == 255


def test_it_shows_what_is_transparent_as_white():
    image = Image.new("RGBA", (40, 24), (0, 0, 0, 0))
    assert open_picture(encoded(image), "x").pixels.min() == 255


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("held", "kept"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_it_turns_the_picture_as_the_camera_was_held(kind, held, kept):
    """`kept` is how the camera stored what was upright; the picture comes out upright again."""
    upright = Image.new("RGB", (40, 24), "black")
    upright.paste("white", (0, 0, 20, 12))  # the corner at the top left
    exif = Image.Exif()
    exif[0x0112] = held
    stored = upright if kept is None else upright.transpose(kept)
    picture = open_picture(encoded(stored, kind, exif=exif.tobytes()), "x")
    assert (picture.width, picture.height) == (40, 24)
    corners = picture.pixels[[4, 4, -4, -4], [4, -4, 4, -4]].mean(axis=1)
    assert (corners > 128).tolist() == [True, False, False, False]


@pytest.mark.parametrize("held", [0, 9, 65_535])
def test_an_orientation_that_there_is_not_is_left_as_it_is(held):
    exif = Image.Exif()
    exif[0x0112] = held
    assert open_picture(encoded(sketch(), "JPEG", exif=exif.tobytes()), "x").width == 40


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # picture.py sets this too; pytest puts its own in front
def test_it_opens_a_picture_whose_exif_is_rubbish():
    raw = encoded(sketch(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert open_picture(raw, "x").width == 40


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_it_opens_a_picture_of_one_pixel(mode):
    image = Image.new("L", (1, 1), 200).convert("RGBA").convert(mode) if mode == "LA" else Image.new(mode, (1, 1))
    raw = encoded(image, "TIFF" if mode == "CMYK" else "PNG")
    assert open_picture(raw, "x").pixels.shape == (1, 1, 3)


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_four_inks_keep_light_light(kind):
    image = sketch().convert("CMYK")
    image.putpixel((2, 2), (0, 0, 0, 0))
    pixels = open_picture(encoded(image, kind), "x").pixels
    assert pixels[12, 10].min() > 180
    assert pixels[12, 30].max() < 60


def test_a_real_picture_of_100_megapixels_is_refused_before_it_is_decoded(monkeypatch, tmp_path):
    path = tmp_path / "huge.png"
    Image.new("1", (10_000, 10_000)).save(path)
    assert path.stat().st_size < 100_000, "a small file that would unpack to 300 MB"

    def load(_image):
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    seen = look_at(path)
    assert isinstance(seen, NotAPicture)
    assert "huge.png is larger than 80 megapixels" in seen.because


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
        "animated png": (encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]), "3 pictures"),
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


def test_a_picture_is_made_grey_as_pillow_does_and_a_grey_one_is_handed_back_itself():
    pixels = np.random.default_rng(3).integers(0, 256, (9, 14, 3), dtype=np.uint8)
    grey = grey_of(pixels)
    assert np.array_equal(grey, np.asarray(Image.fromarray(pixels).convert("L")))
    assert grey_of(grey) is grey


@pytest.mark.parametrize(("size", "is_kept"), [((200, 100), True), ((2001, 2000), False)])
def test_a_picture_is_the_same_in_grey_whether_it_is_kept_as_it_was_decoded_or_not(size, is_kept):
    pixels = np.random.default_rng(427).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    picture = open_picture(encoded(Image.fromarray(pixels), "BMP"), "drawn.bmp")
    assert (picture.decoded is not None) == is_kept
    assert np.array_equal(picture.grey, grey_of(picture.pixels))
