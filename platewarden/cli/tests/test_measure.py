import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from platewarden.cli import measure
from platewarden.cli.main import run
from platewarden.demo.scenes import write_scenes
from platewarden.recognition import recognizer
from platewarden.recognition.measure import TRUTH
from platewarden.recognition.picture import Picture
from platewarden.recognition.result import Reading, Unreadable

PLATES = ("ABC123", "DEF456", "GHJ789")


@dataclass
class Told:
    """An engine that reads the first plate, misreads the second and does not see the third; it knows the pictures by their size."""

    name: str = "told 1"
    asked: int = 0

    def recognise(self, picture: Picture) -> tuple[Reading | Unreadable, ...]:
        self.asked += 1
        corners = ((0.0, 0.0), (picture.width, 0.0), (picture.width, picture.height), (0.0, picture.height))
        text = {40: "ABC123", 41: "DEF450"}.get(picture.width)
        return (Reading(text, 0.8, "IL", 0.9, corners, (), (), self.name),) if text else ()


@pytest.fixture
def told(monkeypatch):
    """In place of every engine, and in this very process."""
    engine = Told()
    monkeypatch.setattr(recognizer, "open_engine", lambda name="told", threads=1: engine)
    return engine


@pytest.fixture
def folder(tmp_path):
    """Three crops with their truth."""
    from PIL import Image

    rows = [{"image": f"{number}.png", "plate": plate, "state": "IL"} for number, plate in enumerate(PLATES)]
    for number, row in enumerate(rows):
        Image.new("RGB", (40 + number, 20), "grey").save(tmp_path / row["image"])
    (tmp_path / TRUTH).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


@pytest.fixture
def here(told, monkeypatch, tmp_path):
    """Engines run in this process: the command that would be started prints its lines into a file that is typed out."""
    lines = tmp_path / "lines.jsonl"

    def command(folder, name):
        script = "import sys; sys.stdout.write(open(sys.argv[1]).read()); sys.exit(int(sys.argv[2]))"
        return [sys.executable, "-c", script, str(lines), str(here.status)]

    def here(*arguments, status=0, cut=None):
        here.status = status
        lines.write_text(each_of(arguments[0])[:cut])
        return ended(*arguments)

    def each_of(folder):
        import contextlib
        import io

        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
            run(["measure", str(folder), "--each"])
        return printed.getvalue()

    monkeypatch.setattr(measure, "_command", command)
    return here


def ended(*arguments) -> int:
    try:
        run(["measure", *map(str, arguments)])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_each_is_one_object_a_picture_and_a_last_line_for_the_engine(folder, told, capsys):
    assert ended(folder, "--each") == 0
    out, err = capsys.readouterr()
    *looks, last = map(json.loads, out.splitlines())
    assert err == ""
    assert [each["image"] for each in looks] == ["0.png", "1.png", "2.png"]
    assert [each["plates"][0]["text"] for each in looks] == ["ABC123", "DEF450", None]
    assert all(each["cpu_ms"] >= 0 for each in looks)
    assert last["engine"] == "told 1"
    assert 20 < last["peak_rss_mb"] < 20_000
    assert told.asked == 4, "the first picture once more, before time is taken"


def test_json_is_one_object_with_the_figures_of_each_engine(folder, here, capfd):
    assert here(folder, "--json", "--engine", "told", "--engine", "other", "--engine", "told") == 0
    out, err = capfd.readouterr()
    assert err == ""
    answer = json.loads(out)
    assert answer["folder"] == str(folder)
    assert len(answer["engines"]) == 2, "an engine that is named twice is measured once"
    first = answer["engines"][0]
    assert (first["engine"], first["pictures"], first["plates"]) == ("told 1", 3, 3)
    assert [first[name]["count"] for name in ("exact", "right", "wrong", "abstained", "coverage")] == [1, 1, 1, 1, 0]
    assert (first["state_precision"]["share"], first["state_coverage"]["share"]) == (1.0, 0.6667)
    assert first["found"] is None


def test_a_person_gets_a_table_with_engines_side_by_side_and_no_plate(folder, here, capfd):
    assert here(folder, "--engine", "told", "--engine", "other") == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out.count("told 1") == 2
    for shown in ("labelled plates", "33.3% (6.1% to 79.2%)", "right (O is 0)", "state right when stated", "peak memory"):
        assert shown in out
    assert "plate found" not in out, "a crop has nothing to find"
    assert not [plate for plate in (*PLATES, "DEF450") if plate in out]


def test_sheet_and_diagram_are_drawn_where_asked(folder, here, capfd):
    assert here(folder, "--sheet", folder / "s.png", "--reliability", folder / "r.png") == 0
    assert capfd.readouterr().err == "Drawn: s.png, r.png\n"
    assert {path.name for path in folder.glob("[rs].png")} == {"r.png", "s.png"}


def test_a_picture_that_cannot_be_opened_is_one_sentence_and_the_rest_goes_on(folder, here, capfd):
    (folder / "0.png").unlink()
    (folder / "1.png").write_bytes(b"")
    assert here(folder, "--json", "--engine", "told", "--engine", "other", status=1) == 1
    out, err = capfd.readouterr()
    missing, empty = err.splitlines()
    assert "0.png does not exist" in missing
    assert "1.png is empty" in empty
    assert [(each["pictures"], each["left_out"]) for each in json.loads(out)["engines"]] == [(1, 2), (1, 2)]


def test_wrong_use_is_said_before_anything_is_measured(folder, told, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments, because in (
        ((tmp_path / "none",), "not a folder"),
        ((empty,), "no truth.jsonl"),
        ((folder, "--sheet", "sheet.jpg"), "ends in .png"),
        ((folder, "--reliability", empty / "none" / "r.png"), "folder that exists"),
        ((folder, "--each", "--json"), "--each"),
        ((folder, "--each", "--engine", "a", "--engine", "b"), "--each"),
    ):
        assert ended(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert because in err
    (folder / TRUTH).write_text('{"image": "0.png", "plate": "ABC123"}\nno json\n')
    assert ended(folder) == 2
    assert "truth.jsonl, line 2" in capsys.readouterr().err
    assert told.asked == 0


def test_an_engine_that_dies_on_the_way_is_not_taken_for_measured(folder, here, capfd):
    for status, cut in ((1, 120), (137, 0)):
        assert here(folder, status=status, cut=cut) == 3
        out, err = capfd.readouterr()
        assert out == ""
        assert "ended before it was done" in err


def test_an_engine_that_is_not_there_says_so_once_and_nothing_is_printed(folder, capfd):
    assert ended(folder, "--engine", "crystal-ball", "--json") == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("There is no engine “crystal-ball”") == 1
    assert err.count("\n") == 1


def test_the_whole_command_measures_a_real_engine_on_drawn_scenes(tmp_path):
    pytest.importorskip("rapidocr", reason="the extra platewarden[rapidocr] is not installed")
    write_scenes(tmp_path, [("7ABC123", "CA"), ("BQR418", "FL")], seed=3)
    (tmp_path / "0003.jpg").write_bytes((tmp_path / "0001.jpg").read_bytes())
    with (tmp_path / TRUTH).open("a") as truth:
        truth.write(json.dumps({"image": "0003.jpg", "boxes": [[40, 40, 90, 30]], "plates": ["ZZZ999"]}) + "\n")
    command = [sys.executable, "-m", "platewarden", "measure", str(tmp_path), "--json", "--sheet", str(tmp_path / "s.png")]
    done = subprocess.run([*command, "--engine", "rapidocr"], capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)["engines"]
    assert told["engine"].startswith("rapidocr ")
    assert (told["exact"]["count"], told["found"]["count"], told["abstained"]["count"], told["plates"]) == (2, 2, 1, 3)
    assert told["cpu_ms_mean"] > 1
    assert told["peak_rss_mb"] > 100
    assert (tmp_path / "s.png").is_file()
