"""docs/reference/commands.md: every command with its help, as the command line says it.

`python -m tests.house.command_page` writes it anew; test_docs.py fails when it is stale.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from typer.core import TyperArgument, TyperCommand

from platewarden.cli.main import COMMANDS
from tests.house.source import ROOT

COMMANDS_PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """# Commands

What the command line says about itself: this page is made by `python -m tests.house.command_page`, and a test fails when it is stale.

Exit status: 0 done, 1 refused or a check failed, 2 wrong use, 3 not available now. What a program reads stands on standard output; everything
else, each refusal in one sentence, on standard error.
"""


def commands(command, name: str) -> Iterator[tuple[str, TyperCommand]]:
    """A command, or each one of a group."""
    if hasattr(command, "commands"):
        for each, below in command.commands.items():
            yield from commands(below, f"{name} {each}")
    else:
        yield name, command


def every_command() -> list[tuple[str, TyperCommand]]:
    return [each for row in COMMANDS for each in commands(row.load(), row.name)]


def commands_page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, command in every_command():
        parts.append(f"\n## platewarden {name}\n\n{inspect.cleandoc(command.help or '').replace(chr(12), '')}\n\n")
        for each in command.params:
            if each.name == "help":
                continue
            written = (each.name or "").upper() if isinstance(each, TyperArgument) else ", ".join(each.opts)
            parts.append(f"- `{written}`: {getattr(each, 'help', '') or ''}\n")
    return "".join(parts)


if __name__ == "__main__":
    COMMANDS_PAGE.parent.mkdir(exist_ok=True)
    COMMANDS_PAGE.write_text(commands_page(), "utf-8")
