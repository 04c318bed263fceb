"""What the inspections read: every file that ships, parsed once."""

from __future__ import annotations

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "platewarden"
SERVER = PACKAGE / "server"


def is_for_tests(path: Path) -> bool:
    return "tests" in path.parts or path.name == "testing.py"


@cache
def shipped(folder: Path = PACKAGE) -> tuple[Path, ...]:
    """The modules that ship: neither tests nor what only tests use."""
    return tuple(sorted(path for path in folder.rglob("*.py") if not is_for_tests(path.relative_to(ROOT))))


@cache
@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """Dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def rooms() -> tuple[Path, ...]:
    """The server's rooms: folders with a charter."""
    return tuple(sorted(folder.parent for folder in SERVER.glob("*/__init__.py") if folder.parent.name != "tests"))


@cache
def wings() -> tuple[Path, ...]:
    return tuple(sorted(folder.parent for folder in PACKAGE.glob("*/__init__.py")))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository; without git (a downloaded archive), none."""
    if shutil.which("git") is None:
        return ()
    held = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return tuple(ROOT / name for name in held.stdout.split("\0") if name and (ROOT / name).is_file())


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
