"""What is built and what it is built from: the wheel, the lock files, the licences, the public face of each plain wing."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

import pytest

from platewarden.recognition.weights import DIGESTS
from tests.house.source import PACKAGE, ROOT, is_for_tests, name_of, short, tracked, tree

PLAIN_WINGS = ("policy", "plate", "exchange", "transparency", "recognition", "unit", "witness")

FREE = {
    "MIT", "MIT License", "MIT-0", "MIT-CMU", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "3-Clause BSD License", "0BSD", "Zlib",
    "CC0-1.0", "Apache-2.0", "Apache Software License", "ISC License (ISCL)", "PSF-2.0", "OSI Approved",
}  # fmt: skip
MPL = "file by file: its own files stay under it, and we change none of them"
LGPL = "used unchanged as a library that anybody can replace; nothing of it is copied into ours"
WITH_A_REASON = {
    "axe-playwright-python": "MIT in its repository, not said in its metadata; for tests only",
    "bagit": "CC0, said as public domain; for tests only",
    "certifi": MPL,
    "colorama": "BSD-3-Clause; on Windows only, so not installed here",
    "editables": "MIT; asked for when building only",
    "fido2": "BSD-2-Clause, with parts under Apache-2.0 and " + MPL,
    "hypothesis": MPL + "; for tests only",
    "pathspec": MPL + "; for building and tests only",
    "pycryptodomex": "BSD-2-Clause, with parts in the public domain",
    "pikepdf": MPL + "; for tests only",
    "psycopg": LGPL,
    "psycopg-binary": LGPL,
    "psycopg-pool": LGPL,
    "pyrage": "MIT, in its licence file and not said in its metadata; the Rust libraries in it are MIT or Apache-2.0",
    "qrcode": "BSD; the second classifier is about the trademark QR Code",
    "tqdm": MPL,
    "tzdata": "Apache-2.0; on Windows only, so not installed here",
}


def locked() -> set[str]:
    lines = [line for lock in (ROOT / "locks").glob("*.txt") for line in lock.read_text().splitlines()]
    return {match[1] for line in lines if (match := re.match(r"([A-Za-z0-9._-]+)==", line))}


def licences(package: str) -> set[str]:
    known = metadata(package)
    if said := known.get("License-Expression"):
        return set(re.split(r" AND | OR ", said))
    classified = {each.split(" :: ")[-1] for each in known.get_all("Classifier") or [] if each.startswith("License")}
    return classified or {known.get("License") or "said nowhere"}


def test_every_locked_package_is_free_to_use_or_its_licence_is_looked_at() -> None:
    strange = {}
    for package in sorted(locked() - set(WITH_A_REASON)):
        try:
            found = licences(package)
        except PackageNotFoundError:
            found = {"not installed here"}
        if not found or found - FREE:
            strange[package] = found
    assert locked()
    assert not strange, "look at the licence, then put the package on a list with the reason"


def test_no_reason_is_kept_for_a_package_that_is_gone() -> None:
    assert set(WITH_A_REASON) <= locked()


def test_every_locked_package_has_its_digest() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        pinned = lock.read_text().count("==")
        assert lock.read_text().count(" \\\n    --hash=sha256:") >= pinned > 0, lock.name


# Written in pieces, so that this file does not find itself.
OF_A_REGISTRY = "|".join(
    ("pypi" + r"\.org", "python" + "hosted", "registry\\." + "npmjs", "files\\." + "python", "--(extra-)?index" + "-url[ =]h")
)
OF_A_MACHINE = "|".join(("/ro" + "ot/", "/ho" + "me/[a-z]", "/wo" + "rk/", "/Us" + "ers/"))


def test_no_tracked_file_names_a_registry_host_or_a_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".png", ".bin"}:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{short(path)}: {match[0]}" for match in re.finditer(f"{OF_A_REGISTRY}|{OF_A_MACHINE}", text)]
    assert not found


@pytest.mark.parametrize("wing", PLAIN_WINGS)
def test_the_public_face_of_a_plain_wing_is_whole(wing: str) -> None:
    """Every module says what it offers; that is there; what others take from it is offered. ruff (RUF022) sorts it."""
    faults = []
    for path in sorted((PACKAGE / wing).glob("*.py")):
        if path.name.startswith("__") or is_for_tests(path.relative_to(ROOT)):
            continue
        module = importlib.import_module(name_of(path))
        offered = getattr(module, "__all__", None)
        if offered is None:
            faults.append(f"{short(path)} has no __all__")
            continue
        faults += [f"{short(path)}: {name} is offered and not there" for name in offered if not hasattr(module, name)]
        taken = taken_from_each().get(name_of(path), set()) - set(offered)
        faults += [f"{short(path)}: {name} is taken by another module and not offered" for name in sorted(taken)]
    assert not faults


@cache
def taken_from_each() -> dict[str, set[str]]:
    """What the program's modules import by name, by the module it comes from."""
    names = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if is_for_tests(path.relative_to(ROOT)):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                names[node.module] |= {each.name for each in node.names}
    return names


@pytest.mark.slow
def test_the_wheel_leaves_out_tests_and_what_is_for_tests_and_carries_its_data(tmp_path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        ".",
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if "/tests/" in name or name.endswith("/testing.py")]
    for kind in (".toml", ".sql", ".html", ".css", ".js", "words.txt", "glossary.md", "vendor/CONTENTS", "licenses/LICENSE"):
        assert [name for name in names if name.endswith(kind)], kind
    for model in DIGESTS:
        assert {f"platewarden/recognition/onnx/{model}.onnx", f"platewarden/recognition/onnx/{model}.md"} <= set(names)
