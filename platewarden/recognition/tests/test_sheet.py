import numpy as np
import pytest
from PIL import Image

from platewarden.recognition.measure import Look, Marked
from platewarden.recognition.sheet import ACROSS, CELL, DOWN, TITLE, draw_failures, draw_reliability, failures


def marked(label="ABC123", text="ABC123", confidence=0.9, box=(20.0, 20.0, 80.0, 40.0)):
    return Marked(label, None, box, text, confidence, None, None)


def look(image, *plates):
    return Look(image, plates, None, 1.0)


RIGHT = look("right.jpg", marked())
WRONG = look("wrong.jpg", marked(text="ABC128", confidence=0.6))
SURE_AND_WRONG = look("sure.jpg", marked(text="ABC124", confidence=0.99))
NOT_READ = look("none.jpg", marked(text=None, confidence=0.0))
NOT_LABELLED = look("unknown.jpg", marked(label=None))


@pytest.fixture
def folder(tmp_path):
    for name in ("right", "wrong", "sure", "none", "unknown"):
        Image.new("RGB", (160, 120), "green").save(tmp_path / f"{name}.jpg")
    return tmp_path


def test_the_surest_wrong_reading_comes_first_and_what_was_not_read_last():
    found = failures([NOT_READ, WRONG, RIGHT, SURE_AND_WRONG, NOT_LABELLED])
    assert [image for image, _ in found] == ["sure.jpg", "wrong.jpg", "none.jpg"]


def test_a_page_shows_the_failures_cut_out(folder):
    (page,) = draw_failures(folder, [("test 1", [RIGHT, WRONG, NOT_READ])], folder / "sheet.png")
    with Image.open(page) as image:
        assert image.size == (ACROSS * CELL[0], TITLE + CELL[1])
        pixels = np.asarray(image)
    for place in range(2):
        cell = pixels[TITLE : TITLE + 100, place * CELL[0] + 60 : place * CELL[0] + 120]
        assert cell[..., 1].mean() > 100 > cell[..., 0].mean(), "the green of the picture"
    assert pixels[TITLE:, 2 * CELL[0] :].min() == 255, "no third failure"


def test_many_failures_go_on_pages_and_each_engine_begins_its_own(folder):
    many = [WRONG] * (ACROSS * DOWN + 1)
    pages = draw_failures(folder, [("test 1", many), ("test 2", [NOT_READ])], folder / "sheet.png")
    assert [page.name for page in pages] == ["sheet.png", "sheet-2.png", "sheet-3.png"]
    assert all(page.is_file() for page in pages)


def test_no_failure_is_no_page(folder):
    assert draw_failures(folder, [("test 1", [RIGHT])], folder / "sheet.png") == []
    assert not (folder / "sheet.png").exists()


@pytest.mark.parametrize("box", [None, (-500.0, -500.0, 10.0, 10.0), (150.0, 110.0, 800.0, 400.0), (5.0, 5.0, 0.1, 0.1)])
def test_a_box_that_leaves_the_picture_is_drawn_all_the_same(folder, box):
    draw_failures(folder, [("test 1", [look("wrong.jpg", marked(text=None, box=box))])], folder / "sheet.png")
    assert (folder / "sheet.png").is_file()


def test_a_picture_that_is_gone_meanwhile_is_a_grey_cell(folder):
    (folder / "wrong.jpg").unlink()
    draw_failures(folder, [("test 1", [WRONG])], folder / "sheet.png")
    assert (folder / "sheet.png").is_file()


def test_the_diagram_has_a_panel_for_each_engine_and_bars_as_high_as_what_is_right(tmp_path):
    draw_reliability([("test 1", [RIGHT]), ("test 2", [SURE_AND_WRONG])], tmp_path / "one.png")
    draw_reliability([("test 1", [])], tmp_path / "none.png")
    with Image.open(tmp_path / "one.png") as both, Image.open(tmp_path / "none.png") as none:
        assert both.width > 1.9 * (none.width - 24)
        left, right = np.array_split(np.asarray(both), 2, axis=1)
    bar = (166, 192, 226)
    assert (left == bar).all(axis=2).sum() > 1000
    assert (right == bar).all(axis=2).sum() < 100
