"""A fresh reader installs the office by typing the page: every block, on a bare Debian 12, with what it says should come out."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.install.machine import NoMachineError, bare_debian, cache, typed, why_not
from tests.install.page import MACHINES, PAGE, Step, first_missing, packages, script, steps

SAID = "/var/said"


def test_a_block_to_run_is_taken_with_what_it_prints() -> None:
    page = "a\n```sh run=server\necho one\n```\n\n```text prints\none\n```\n```\nls\n```\n```sh run=database\ntrue\n```\n"
    assert steps(page) == [Step("server", "echo one\n", ("one",), 2), Step("database", "true\n", (), 12)]


@pytest.mark.parametrize(
    "page", ["```sh run=moon\nls\n```\n", "```text prints\nx\n```\n", "```bash run=server\nls\n```\n", "```sh prints\nx\n```\n"]
)
def test_a_mark_that_is_not_understood_is_refused(page) -> None:
    with pytest.raises(ValueError, match="line 1"):
        steps(page)


def test_lines_are_found_in_order_with_anything_for_the_dots() -> None:
    assert first_missing(("a … c", "d"), "x\na  b b  c\ny\nd") is None
    assert first_missing(("d", "a … c"), "a b c\nd") == "a … c"
    assert first_missing(("a.c",), "abc") == "a.c"
    assert first_missing((), "") is None


def test_a_step_that_fails_stops_the_script(tmp_path) -> None:
    to_do = [Step("server", "echo one\n", (), 1), Step("server", "false | cat\n", (), 2), Step("server", "echo never\n", (), 3)]
    done = subprocess.run(["bash", "-c", script(to_do, str(tmp_path))], check=False, capture_output=True)
    assert done.returncode != 0
    assert (tmp_path / "at").read_text() == "1\n"
    assert (tmp_path / "0").read_text() == "one\n"
    assert not (tmp_path / "2").exists()


def test_the_page_can_be_typed() -> None:
    to_do = steps(PAGE.read_text("utf-8"))
    assert {step.machine for step in to_do} == set(MACHINES)
    assert subprocess.run(["bash", "-n"], input=script(to_do, SAID).encode(), check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason=f"no bare machine to type the page on: {why_not()}")
def test_a_fresh_reader_finishes_the_page_by_typing_it() -> None:
    to_do = steps(PAGE.read_text("utf-8"))
    # a gigabyte: not for keeping
    with tempfile.TemporaryDirectory(prefix="platewarden-install-", ignore_cleanup_errors=True) as place:
        medium = release(Path(place))
        try:
            machine = typed(script(to_do, SAID), bare_debian(packages(to_do)), Path(place), medium, at_most_s=1800)
        except NoMachineError as error:
            pytest.skip(f"no bare machine to type the page on: {error}")
        look_at(machine, to_do)


def look_at(machine: Path, to_do: list[Step]) -> None:
    """Whether the typing came to its end, and each block said what the page promises."""
    said = machine / SAID.lstrip("/")
    log = (machine / "typed.log").read_text("utf-8", errors="replace")
    at = (said / "at").read_text().strip() if (said / "at").exists() else "the beginning"
    if at != "done":
        step = to_do[int(at)]
        came = (said / at).read_text("utf-8", errors="replace")
        pytest.fail(f"typing stopped on the {step.machine}, line {step.line} of the page:\n{step.typed}\nIt said:\n{came}\n{log}")
    for number, step in enumerate(to_do):
        came = (said / str(number)).read_text("utf-8", errors="replace")
        missing = first_missing(step.prints, came)
        assert missing is None, f"line {step.line} of the page promises “{missing}”; it said:\n{came}"


def release(folder: Path) -> Path:
    """As step 1 of the page makes it; packages that an earlier run fetched are taken from the cache."""
    place, kept = folder / "release", cache() / "packages"
    kept.mkdir(exist_ok=True)
    near = {**os.environ, "PIP_FIND_LINKS": str(kept)}
    offline = {**near, "PIP_NO_INDEX": "1"}
    command = [str(ROOT / "tools" / "release"), str(place)]
    if subprocess.run(command, env=offline, check=False, capture_output=True).returncode:
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run(command, env=near, check=True, capture_output=True)
    for path in (place / "packages").iterdir():
        if not (kept / path.name).exists():
            shutil.copyfile(path, kept / path.name)
    return place
