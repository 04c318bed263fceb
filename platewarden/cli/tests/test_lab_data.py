"""lab-data: a city is written, the same for the same number; a folder in use is left alone."""

import csv
import json
import subprocess
import sys


def run(*words):
    return subprocess.run([sys.executable, "-m", "platewarden", "lab-data", *words], capture_output=True, text=True, check=False)


def test_a_city_is_written_and_said(tmp_path):
    done = run(str(tmp_path / "city"), "--reads", "400", "--days", "2")
    assert done.returncode == 0, done.stderr
    assert "400 reads of 2 days" in done.stdout
    with (tmp_path / "city" / "reads.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 400
    assert {row["captured_at"][:10] for row in rows} >= {rows[0]["captured_at"][:10]}
    assert json.loads((tmp_path / "city" / "roads.geojson").read_text())["features"]
    again = run(str(tmp_path / "same"), "--reads", "400", "--days", "2")
    assert again.returncode == 0
    assert (tmp_path / "same" / "reads.csv").read_bytes() == (tmp_path / "city" / "reads.csv").read_bytes()


def test_a_folder_in_use_and_figures_out_of_reason_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "mine").write_text("do not touch")
    for words in ((str(tmp_path),), (str(tmp_path / "new"), "--days", "0"), (str(tmp_path / "new"), "--reads", "1", "--days", "9")):
        done = run(*words)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
    assert (tmp_path / "mine").read_text() == "do not touch"
    assert not (tmp_path / "new").exists()
