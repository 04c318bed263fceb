"""What the pages on threats and controls claim: each claim leads to code and to a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

CONTROLS = ROOT / "docs" / "reference" / "cjis.md"
THREATS = ROOT / "docs" / "explanation" / "threat-model.md"
STATES = {"product", "part", "host", "not met"}


def rows(page: Path) -> list[list[str]]:
    """The rows of its tables, without heads and lines."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not set(line) <= set("|- ")]


def sources(text: str) -> list[Path]:
    """The files that a text links to, by their path."""
    return [ROOT / place for place in re.findall(r"\]\(\.\./\.\./([^)#]+)", text)]


def test_every_row_says_who_does_it() -> None:
    states = [row[2] for row in rows(CONTROLS)[1:]]
    assert set(states) == STATES
    assert all(len(row) == 4 for row in rows(CONTROLS))


@pytest.mark.parametrize("row", [row for row in rows(CONTROLS)[1:] if row[2] in {"product", "part"}], ids=lambda row: row[0])
def test_what_the_product_does_leads_to_its_code_and_to_a_test(row) -> None:
    linked = sources(row[3])
    tests = [path for path in linked if path.name.startswith("test_")]
    assert [path for path in linked if path not in tests and path.suffix in {".py", ".html"}], "no code"
    assert tests, "no test"


def test_what_a_threat_is_met_with_is_shown_by_a_test() -> None:
    claims = [row for row in rows(THREATS) if len(row) == 3 and "](" in row[2]]
    assert len(claims) > 30
    for row in claims:
        assert any(path.name.startswith("test_") for path in sources(row[2])), row[0]


@pytest.mark.parametrize("page", [CONTROLS, THREATS], ids=lambda page: page.stem)
def test_every_test_that_is_named_is_there(page) -> None:
    named = re.findall(r"\]\(\.\./\.\./([^)#]+\.py)(?:#(\w+))?\)", page.read_text("utf-8"))
    gone = [
        f"{path}#{name}"
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert named
    assert not gone
