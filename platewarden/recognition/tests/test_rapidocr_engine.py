import sys
from pathlib import Path

import numpy as np
import pytest

from platewarden.demo.scenes import draw_scene
from platewarden.policy.refusal import Unavailable
from platewarden.recognition.picture import Picture
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.recognition.result import Box, Reading

rapidocr = pytest.importorskip("rapidocr", reason="the extra platewarden[rapidocr] is not installed")


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer(open_engine("rapidocr"))


@pytest.mark.parametrize(("text", "state", "seed", "dusk"), [("7ABC123", "CA", 3, False), ("BQR418", "FL", 5, True)])
def test_it_reads_a_drawn_plate_and_says_where_it_is(recognizer, text, state, seed, dusk):
    scene = draw_scene(text, state, seed, dusk=dusk)
    (found,) = recognizer.recognise(scene.picture())
    assert isinstance(found, Reading)
    assert found.text == text
    assert found.confidence > 0.8
    assert (found.state, found.state_confidence) == (None, None)
    assert "".join(each.text for each in found.characters) == text
    assert found.engine.startswith("rapidocr ")
    assert Box.around(found.corners).overlap(scene.plate) > 0.8
    assert all(other.text != text for other in found.candidates)


@pytest.mark.parametrize("shape", [(1, 1), (23, 900), (64, 64), (40, 3000), (3000, 40)])
def test_it_sees_no_plate_where_nothing_is(recognizer, shape):
    assert recognizer.recognise(Picture("grey", np.full((*shape, 3), 128, dtype=np.uint8))) == ()


def test_it_writes_nothing_and_keeps_quiet(recognizer, capfd):
    package = Path(rapidocr.__file__).parent
    before = {path for path in package.rglob("*") if "__pycache__" not in path.parts}
    Recognizer(open_engine("rapidocr")).recognise(draw_scene("KLM405", "NY", 1).picture())  # sockets are off in every test
    assert {path for path in package.rglob("*") if "__pycache__" not in path.parts} == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("package", ["rapidocr", "onnxruntime", "cv2"])
def test_a_missing_package_is_unavailable_with_the_command_to_run(monkeypatch, package):
    for name in [each for each in sys.modules if each.partition(".")[0] in {"rapidocr", package}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unavailable, match=r"pip install 'platewarden\[rapidocr\]'"):
        open_engine("rapidocr")


def test_missing_model_files_are_never_downloaded(monkeypatch, tmp_path):
    monkeypatch.setattr(rapidocr, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(Unavailable, match="model file"):
        open_engine("rapidocr")
    assert list(tmp_path.iterdir()) == []
