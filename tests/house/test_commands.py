"""Every command teaches: help in a sentence, an example to copy, each option explained."""

from __future__ import annotations

import re

import pytest
from typer.core import TyperCommand

from platewarden.cli.main import COMMANDS
from tests.house.command_page import every_command
from tests.house.source import ROOT

ALL = [pytest.param(name, command, id=name) for name, command in every_command()]


@pytest.mark.parametrize(("name", "command"), ALL)
def test_a_command_explains_itself_with_an_example(name: str, command: TyperCommand) -> None:
    said = " ".join((command.help or "").split())
    assert re.search(r"^[A-Z][^.]*[.:]", said), "its first sentence says what it does"
    assert f"platewarden {name}" in said.partition("Example")[2], "an example to copy"


@pytest.mark.parametrize(("name", "command"), ALL)
def test_an_option_explains_itself(name: str, command: TyperCommand) -> None:
    unexplained = [each.name for each in command.params if not getattr(each, "help", None) and each.name != "help"]
    assert not unexplained, name


def test_every_command_that_a_document_shows_is_there() -> None:
    known = {row.name for row in COMMANDS}
    shown = [
        (path.name, match[1])
        for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for match in re.finditer(r"(?m)^\s*(?:\$ )?(?:\.venv/bin/)?platewarden ([a-z-]+)", path.read_text("utf-8"))
    ]
    assert not [each for each in shown if each[1] not in known]
