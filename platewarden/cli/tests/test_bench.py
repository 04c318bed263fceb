"""bench: the table names every bench there is, and each runs by its name."""

import subprocess
import sys
from pathlib import Path

import pytest

from platewarden.cli.bench import BENCHES


def run(*words):
    return subprocess.run([sys.executable, "-m", "platewarden", "bench", *words], capture_output=True, text=True, check=False)


def test_every_bench_is_in_the_table():
    folder = Path(__file__).parents[2] / "bench"
    assert {path.stem for path in folder.glob("*.py") if "as_json=asked.json" in path.read_text("utf-8")} == set(BENCHES)
    assert all(words.endswith(".") for words in BENCHES.values())


@pytest.mark.parametrize("name", ["purge", "memory"])
def test_a_bench_is_asked_by_its_name_and_says_what_it_takes(name):
    done = run(name, "--", "--help")
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


def test_a_figure_of_it_comes_as_json():
    done = run("memory", "--json", "--entries", "2000")
    assert done.returncode == 0, done.stderr
    assert '"bench": "memory"' in done.stdout


def test_a_name_that_is_none_is_one_sentence():
    done = run("nonsense")
    assert done.returncode == 2
    assert "is no bench. It is one of: alarm, cases, console" in done.stderr
