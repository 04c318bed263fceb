"""What `docs/howto/install.md` says to type, as one script: `python -m tests.install.page > install.sh`.

A block that begins with ```sh run=MACHINE is typed on that machine; the block ```text prints after it says which lines come out, in this
order and perhaps with others between them; `…` in them stands for anything. A block without `run=` is for looking at only.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.source import ROOT

PAGE = ROOT / "docs" / "howto" / "install.md"
MACHINES = ("server", "database", "authority", "auditor")
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One block: on which machine, what is typed, what comes out; and the page's line it begins at."""

    machine: str
    typed: str
    prints: tuple[str, ...]
    line: int


def steps(text: str) -> list[Step]:
    """The blocks to run, in the page's order. A mark that is not understood is a fault of the page."""
    found: list[Step] = []
    for block in BLOCK.finditer(text):
        kind, body, line = block["kind"].strip(), block["body"], text.count("\n", 0, block.start()) + 1
        if kind == "text prints":
            if not found or found[-1].prints:
                raise ValueError(f"line {line}: nothing was typed that could print this")
            found[-1] = Step(found[-1].machine, found[-1].typed, tuple(body.splitlines()), found[-1].line)
        elif kind.startswith("sh run="):
            machine = kind.removeprefix("sh run=")
            if machine not in MACHINES:
                raise ValueError(f"line {line}: there is no machine “{machine}”")
            found.append(Step(machine, body, (), line))
        elif "run" in kind or "prints" in kind:
            raise ValueError(f"line {line}: “{kind}” is not understood")
    return found


def script(to_do: list[Step], said: str) -> str:
    """One bash script. Each step begins in /, stops everything when it fails, and leaves what came out in `said`/NUMBER."""
    lines = ["set -euo pipefail", f"mkdir -p {said}"]
    for number, step in enumerate(to_do):
        lines += [
            f"# {step.machine}, line {step.line} of the page",
            f"echo {number} > {said}/at",
            "cd /",
            "{",
            step.typed.rstrip("\n"),
            f"}} > {said}/{number} 2>&1 < /dev/null",
            "",
        ]
    return "\n".join([*lines, f"echo done > {said}/at", ""])


def first_missing(prints: tuple[str, ...], said: str) -> str | None:
    """The first line of `prints` that did not come out, in order; None when all did."""
    came = iter(said.splitlines())
    for line in prints:
        wanted = re.compile(r"\s+".join(".*".join(map(re.escape, word.split("…"))) for word in line.split()))
        if not any(wanted.fullmatch(each.strip()) for each in came):
            return line
    return None


def packages(to_do: list[Step]) -> list[str]:
    """What the page installs from Debian."""
    return sorted(
        {name for step in to_do for asked in re.findall(r"apt-get install --yes (.+)", step.typed) for name in asked.split()}
    )


if __name__ == "__main__":
    sys.stdout.write(
        script(steps(PAGE.read_text("utf-8")), sys.argv[1] if len(sys.argv) > 1 else str(Path("/var/tmp/install-said")))
    )
