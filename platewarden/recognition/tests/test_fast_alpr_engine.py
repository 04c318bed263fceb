import math
import sys
import urllib.request

import numpy as np
import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.fast_alpr_engine import DETECTOR, FETCH, READER
from platewarden.recognition.picture import Picture
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.recognition.result import Box, Reading, Unreadable

pytest.importorskip("fast_alpr", reason="the extra platewarden[fast-alpr] is not installed")
onnx = pytest.importorskip("onnx", reason="the extra platewarden[test] is not installed")

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
SIDE = 64  # of the detector's picture
SURE = (0.9, 0.8, 0.95, 0.99)


def model(path, nodes, x, y, constants) -> None:
    """A tiny ONNX file with one input and one output."""
    graph = onnx.helper.make_graph(
        nodes, "tiny", [x], [y], [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(made.SerializeToString())


def write_detector(path, corners=(16.0, 24.0, 48.0, 40.0)) -> None:
    """Sees one plate at a fixed place of its 64x64 picture, and is as sure of it as the picture is red."""
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    nodes = [
        node("Gather", ["images", "red"], ["reds"], axis=1),
        node("ReduceMean", ["reds"], ["sure"], keepdims=0),
        node("Reshape", ["sure", "one"], ["score"]),
        node("Concat", ["place", "score"], ["row"], axis=0),
        node("Unsqueeze", ["row", "first"], ["output"]),
    ]
    constants = {
        "red": np.array([0], dtype=np.int64),
        "one": np.array([1], dtype=np.int64),
        "first": np.array([0], dtype=np.int64),
        "place": np.array([0, *corners, 0], dtype=np.float32),
    }
    model(
        path,
        nodes,
        info("images", onnx.TensorProto.FLOAT, [1, 3, SIDE, SIDE]),
        info("output", onnx.TensorProto.FLOAT, [1, 7]),
        constants,
    )


def write_reader(path, text="AB1_") -> None:
    """Reads the same text everywhere, and is as sure of it as the cut-out is red."""
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    places = np.zeros((1, len(text), len(ALPHABET)), dtype=np.float32)
    for place, (character, sure) in enumerate(zip(text, SURE, strict=True)):
        places[0, place, ALPHABET.index(character)] = sure
    nodes = [
        node("Cast", ["input"], ["colours"], to=onnx.TensorProto.FLOAT),
        node("Gather", ["colours", "red"], ["reds"], axis=3),
        node("ReduceMean", ["reds"], ["red255"], keepdims=0),
        node("Div", ["red255", "most"], ["redness"]),
        node("Mul", ["places", "redness"], ["plate"]),
    ]
    constants = {"red": np.array([0], dtype=np.int64), "most": np.array(255, dtype=np.float32), "places": places}
    model(
        path,
        nodes,
        info("input", onnx.TensorProto.UINT8, ["n", 8, 16, 3]),
        info("plate", onnx.TensorProto.FLOAT, [1, len(text), len(ALPHABET)]),
        constants,
    )


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """The library's folders as they are after it fetched its files, with tiny ones in them; asking the network fails the test."""
    from fast_plate_ocr.inference import hub as readers
    from open_image_models.detection.core import hub as detectors

    def ask(*_arguments, **_more):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(urllib.request, "urlopen", ask)
    monkeypatch.setattr(detectors, "MODEL_CACHE_DIR", tmp_path / "detectors")
    monkeypatch.setattr(readers, "MODEL_CACHE_DIR", tmp_path / "readers")
    detector = tmp_path / "detectors" / DETECTOR / detectors.DETECTION_MODELS[DETECTOR].url.split("/")[-1]
    reader, config = (tmp_path / "readers" / READER / url.split("/")[-1] for url in readers.AVAILABLE_ONNX_MODELS[READER])
    write_detector(detector)
    write_reader(reader)
    config.write_text(
        f"max_plate_slots: 4\nalphabet: '{ALPHABET}'\npad_char: '_'\nimg_height: 8\nimg_width: 16\nimage_color_mode: rgb\n"
    )
    return {"detector": detector, "reader": reader, "config": config}


def plain(red, green, blue, width=128, height=64) -> Picture:
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    pixels[:] = (red, green, blue)
    return Picture("plain", pixels)


def test_it_reads_with_the_librarys_own_loading_code_and_never_asks_the_network(fetched):
    (found,) = Recognizer(open_engine("fast-alpr")).recognise(plain(255, 0, 0))
    assert isinstance(found, Reading)
    assert found.text == "AB1"
    assert [each.text for each in found.characters] == list("AB1")
    assert math.isclose(found.confidence, math.prod(SURE), rel_tol=1e-5)
    assert found.engine.startswith("fast-alpr 0.")
    assert (found.state, found.candidates) == (None, ())
    assert Box.around(found.corners) == Box(32, 16, 64, 32), "64x64 with a margin, back to 128x64"


def test_both_models_get_the_colours_the_right_way_round(fetched):
    engine = open_engine("fast-alpr")
    assert engine.recognise(plain(0, 0, 255)) == ()
    (half,) = engine.recognise(plain(230, 0, 0))
    assert math.isclose(half.confidence, math.prod(SURE) * (230 / 255) ** 4, rel_tol=1e-4)


def test_what_is_too_unclear_is_unreadable_and_says_where(fetched):
    (found,) = open_engine("fast-alpr").recognise(plain(120, 0, 0))
    assert isinstance(found, Unreadable)
    assert found.corners is not None
    write_reader(fetched["reader"], "____")
    (found,) = open_engine("fast-alpr").recognise(plain(255, 0, 0))
    assert found.because == "No character could be told."


@pytest.mark.parametrize(
    "corners", [(-40.0, -40.0, 8.0, 30.0), (60.0, 30.0, 90.0, 90.0), (-40.0, 2.0, -8.0, 30.0), (20.0, 20.0, 20.0, 20.0)]
)
def test_a_place_that_leaves_the_picture_is_cut_or_left_out(fetched, corners):
    write_detector(fetched["detector"], corners)
    for found in open_engine("fast-alpr").recognise(plain(255, 0, 0)):
        box = Box.around(found.corners)
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= 128
        assert box.y + box.height <= 64


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (24, 30_000)])
def test_odd_sizes_are_no_plate_and_do_not_stop_it(fetched, size):
    assert open_engine("fast-alpr").recognise(plain(255, 0, 0, *size)) == ()


@pytest.mark.parametrize("which", ["detector", "reader", "config"])
def test_a_file_that_was_not_fetched_is_unavailable_with_the_command_and_the_network_is_not_asked(fetched, which):
    fetched[which].unlink()
    with pytest.raises(Unavailable) as refused:
        open_engine("fast-alpr")
    assert fetched[which].name in refused.value.message
    assert refused.value.message.endswith(FETCH)


@pytest.mark.parametrize("which", ["detector", "reader", "config"])
@pytest.mark.parametrize("raw", [b"", b"rubbish: [", b"\0" * 100])
def test_a_damaged_file_is_unavailable(fetched, which, raw):
    fetched[which].write_bytes(raw)
    with pytest.raises(Unavailable, match="damaged"):
        open_engine("fast-alpr")


@pytest.mark.parametrize("package", ["fast_alpr", "fast_plate_ocr", "open_image_models", "cv2"])
def test_a_missing_package_is_unavailable_with_the_command_to_run(monkeypatch, package):
    for name in [
        each for each in sys.modules if each.partition(".")[0] in {"fast_alpr", "fast_plate_ocr", "open_image_models", package}
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unavailable, match=r"pip install 'platewarden\[fast-alpr\]'"):
        open_engine("fast-alpr")


def test_it_keeps_quiet(fetched, capfd):
    Recognizer(open_engine("fast-alpr")).recognise(plain(255, 0, 0))
    assert capfd.readouterr() == ("", "")
