import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from platewarden.cli.main import run
from platewarden.demo.scenes import draw_scene
from platewarden.recognition import recognizer
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Candidate, Character, Reading, Unreadable

CORNERS = ((600.0, 400.0), (733.33333, 401.0), (733.0, 460.0), (600.0, 459.0))
READING = Reading(
    "7ABC123",
    0.98765,
    None,
    None,
    CORNERS,
    (Candidate("7A8C123", 0.01234),),
    tuple(Character(each, 0.999) for each in "7ABC123"),
    "told 1",
)


@dataclass
class Told:
    """An engine that knows the pictures by their size."""

    name: str = "told 1"

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        return {10: (READING,), 11: (), 12: (Unreadable("The characters are too unclear to tell.", CORNERS),)}[picture.width]


@pytest.fixture(autouse=True)
def told(monkeypatch):
    monkeypatch.setattr(recognizer, "open_engine", lambda name="rapidocr", threads=1: Told())


@pytest.fixture
def folder(tmp_path):
    """A plate, no plate, an unreadable plate, a file that is no picture, and one that does not claim to be."""
    from PIL import Image

    for name, width in (("a.jpg", 10), ("b.png", 11), ("c.jpg", 12)):
        Image.new("RGB", (width, 10)).save(tmp_path / name)
    return tmp_path


def ended(*arguments: str) -> int:
    try:
        run(["read", *map(str, arguments)])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_json_is_one_object_a_line_in_order(folder, capsys):
    assert ended(folder, "--json") == 0
    out, err = capsys.readouterr()
    plate, nothing, poor = map(json.loads, out.splitlines())
    assert err == ""
    assert set(plate) == {"image", "readings", "unreadable", "cpu_ms"}
    assert plate["image"] == str(folder / "a.jpg")
    assert plate["readings"] == [
        {
            "text": "7ABC123",
            "confidence": 0.9877,
            "state": None,
            "state_confidence": None,
            "corners": [[600.0, 400.0], [733.3333, 401.0], [733.0, 460.0], [600.0, 459.0]],
            "candidates": [{"text": "7A8C123", "confidence": 0.0123}],
            "characters": [{"text": each, "confidence": 0.999} for each in "7ABC123"],
        }
    ]
    assert plate["cpu_ms"] > 0
    assert (nothing["readings"], nothing["unreadable"]) == ([], [])
    assert poor["unreadable"][0]["because"] == "The characters are too unclear to tell."
    assert poor["unreadable"][0]["corners"][0] == [600.0, 400.0]


def test_a_bad_file_is_one_sentence_and_the_rest_goes_on(folder, capsys):
    (folder / "a0.jpg").write_bytes(b"")
    assert ended(folder, "--json") == 1
    out, err = capsys.readouterr()
    lines = [json.loads(each) for each in out.splitlines()]
    assert [set(each) == {"image", "error"} for each in lines] == [False, True, False, False]
    assert err == f"{lines[1]['error']}\n"
    assert "a0.jpg is empty" in err


def test_without_json_a_person_gets_a_table(folder, capsys):
    (folder / "d.jpg").write_bytes(b"x")
    assert ended(folder) == 1
    out, err = capsys.readouterr()
    for shown in ("7ABC123", "99%", "unknown", "7A8C123 1%", "no plate", "unreadable", "too unclear"):
        assert shown in out
    assert "d.jpg" in err
    assert "d.jpg" not in out


def test_no_such_path_is_wrong_use_and_nothing_is_read(folder, capsys):
    assert ended(folder, folder / "nothing") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "does not exist" in err


def test_a_folder_says_what_it_left_out_and_an_empty_one_is_bad(folder, tmp_path, capsys):
    (folder / "notes.txt").write_text("x")
    assert ended(folder, "--json") == 0
    assert "1 other file" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert ended(empty) == 1
    assert "holds no pictures" in capsys.readouterr().err


def test_names_with_markup_or_control_characters_are_shown_as_they_are(folder, capsys):
    (folder / "a.jpg").rename(folder / "[red]a\x1b[2J.jpg")
    assert ended(folder) == 0
    out, _ = capsys.readouterr()
    assert "[red]" in out.replace("\n", "")
    assert "\x1b[2J" not in out


def test_an_engine_that_is_not_there_is_unavailable(folder, capsys, monkeypatch):
    monkeypatch.undo()
    assert ended(folder, "--engine", "crystal-ball") == 3
    assert "crystal-ball" in capsys.readouterr().err


def test_the_whole_command_reads_a_drawn_plate(tmp_path):
    pytest.importorskip("rapidocr", reason="the extra platewarden[rapidocr] is not installed")
    (tmp_path / "scene.jpg").write_bytes(draw_scene("7ABC123", "CA", 3).jpeg)
    command = [sys.executable, "-m", "platewarden", "read", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["readings"][0]["text"] == "7ABC123"
