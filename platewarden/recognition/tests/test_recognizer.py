from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from platewarden.demo.scenes import draw_scene
from platewarden.policy.refusal import Unavailable
from platewarden.recognition.decode import Spelling
from platewarden.recognition.fuse import fuse
from platewarden.recognition.picture import Picture, open_picture
from platewarden.recognition.recognizer import DEFAULT_ENGINE, ENGINES, Recognizer, open_engine
from platewarden.recognition.result import Corners, Reading, Unreadable

PICTURE = Picture("test", np.zeros((60, 80, 3), dtype=np.uint8))


def place(x: float) -> Corners:
    return (x, 0.0), (x + 100, 0.0), (x + 100, 30.0), (x, 30.0)


def reading(text: str, confidence: float, x: float) -> Reading:
    return Reading(text, confidence, None, None, place(x), (), (), "test 1")


@dataclass
class Told:
    """An engine that answers what it was told."""

    answer: tuple[Reading | Unreadable, ...]
    name: str = "test 1"

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        assert picture is PICTURE
        return self.answer


def test_no_plate_is_an_empty_tuple():
    assert Recognizer(Told(())).recognise(PICTURE) == ()


def test_readings_come_surest_first_and_what_is_unreadable_last():
    poor = Unreadable("The characters are too unclear to tell.", place(600))
    low, high = reading("AAA111", 0.5, 0), reading("BBB222", 0.9, 300)
    assert Recognizer(Told((poor, low, high))).recognise(PICTURE) == (high, low, poor)


def test_one_place_has_one_reading_the_surest():
    low, high = reading("AAA111", 0.5, 0), reading("AAA1110", 0.9, 8)
    poor = Unreadable("The characters are too unclear to tell.", place(4))
    nowhere = Unreadable("The picture is dark.")
    assert Recognizer(Told((low, high, poor, nowhere))).recognise(PICTURE) == (high, nowhere)


def test_it_refuses_an_engine_that_is_not_listed_and_names_those_that_are():
    with pytest.raises(Unavailable, match=DEFAULT_ENGINE):
        open_engine("crystal-ball")
    assert DEFAULT_ENGINE in ENGINES


@pytest.fixture(scope="module")
def default() -> Recognizer:
    if DEFAULT_ENGINE == "rapidocr":
        pytest.importorskip("rapidocr", reason="the extra platewarden[rapidocr] is not installed")
    return Recognizer()


@pytest.mark.parametrize("layout", ["grey", "grey, 16 bits", "palette", "alpha", "four inks", "held upright"])
def test_the_default_engine_reads_a_drawn_plate_in_whatever_layout_it_is_kept(default, layout):
    drawn = Image.open(BytesIO(draw_scene("7ABC123", "CA", 3, dusk=False).jpeg))
    exif = Image.Exif()
    exif[0x0112] = 6
    image, kind, more = {
        "grey": (drawn.convert("L"), "JPEG", {}),
        "grey, 16 bits": (Image.fromarray(np.asarray(drawn.convert("L")).astype(np.uint16) * 257), "PNG", {}),
        "palette": (drawn.quantize(64), "GIF", {}),
        "alpha": (drawn.convert("RGBA"), "PNG", {}),
        "four inks": (drawn.convert("CMYK"), "JPEG", {}),
        "held upright": (drawn.transpose(Image.Transpose.ROTATE_90), "JPEG", {"exif": exif.tobytes()}),
    }[layout]
    file = BytesIO()
    image.save(file, kind, **more)
    first, *_ = default.recognise(open_picture(file.getvalue(), layout))
    assert isinstance(first, Reading)
    assert first.text == "7ABC123"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5000), (5000, 1), (16, 16)])
def test_the_default_engine_sees_no_plate_on_a_speck_or_a_thread(default, width, height):
    assert default.recognise(Picture("thread", np.full((height, width, 3), 90, dtype=np.uint8))) == ()


def test_frames_are_heard_together_by_the_engines_own_way_or_by_what_each_says():
    class Own(Told):
        def together(self, looks):
            return Spelling("OWN1", 0.5, (), ())

    looks = [reading("AAA111", 0.9, 0)] * 3
    assert Recognizer(Own(())).together(looks).text == "OWN1"
    assert Recognizer(Told(())).together(looks) == fuse(looks)
