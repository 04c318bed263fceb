"""A release can be made again, byte for byte, and says what it is made of."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOT, short, tracked

LOCK = ROOT / "locks" / "server.txt"


def sbom():
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "tools" / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel_of(sources: Path, place: Path, **environment: str) -> Path:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place), "."]
    subprocess.run(build, cwd=sources, env={**os.environ, **environment}, check=True, capture_output=True)
    return next(place.glob("*.whl"))


@pytest.mark.slow
def test_two_builds_of_the_same_sources_are_the_same_bytes(tmp_path) -> None:
    """From another folder, with other times and modes of the files, in another language and time zone."""
    first = wheel_of(ROOT, tmp_path / "first")
    away = tmp_path / "elsewhere" / "sources"
    vendor = ROOT / "platewarden" / "server" / "web" / "static" / "vendor"
    for path in [*tracked(), *(each for each in vendor.rglob("*") if each.is_file())]:
        target = away / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o700 if path.stat().st_mode & 0o100 else 0o600)
        os.utime(target, (1_000_000_000, 1_000_000_000))
    second = wheel_of(away, tmp_path / "second", LANG="C", TZ="Pacific/Auckland", HOME=str(tmp_path))
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        assert one.namelist() == other.namelist()
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []
    assert first.read_bytes() == second.read_bytes()


@pytest.fixture
def wheel(tmp_path) -> Path:
    """A wheel with one network in it: the bill looks at names and bytes only."""
    made = tmp_path / "platewarden-9.9-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as written:
        written.writestr("platewarden/recognition/onnx/reader.onnx", b"a network")
    return made


def test_the_bill_names_what_the_lock_installs_with_every_digest(wheel) -> None:
    bill = sbom().bill(wheel, LOCK)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {each["name"]: each for each in bill["components"] if each.get("purl", "").startswith("pkg:pypi/")}
    locked = re.findall(r"(?m)^([A-Za-z0-9._-]+)==", LOCK.read_text())
    assert set(locked) - set(named) == {"colorama", "tzdata"}  # on Windows only
    digests = [each["content"] for component in named.values() for each in component["hashes"]]
    on_windows = sum(
        len(re.findall("--hash", block)) for block in re.split(r"\n(?=\S)", LOCK.read_text()) if "win32" in block.splitlines()[0]
    )
    assert len(digests) == LOCK.read_text().count("--hash=sha256:") - on_windows
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    assert named["django"]["licenses"] == [{"expression": "BSD-3-Clause"}]


def test_the_bill_names_the_wheel_its_networks_and_what_the_pages_files_come_from(wheel) -> None:
    bill = sbom().bill(wheel, LOCK)
    assert bill["metadata"]["component"]["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}
    ]
    of = {each["bom-ref"]: each for each in bill["components"]}
    assert of["file:platewarden/recognition/onnx/reader.onnx"]["hashes"][0]["content"] == hashlib.sha256(b"a network").hexdigest()
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    ours = next(each["dependsOn"] for each in bill["dependencies"] if each["ref"] == bill["metadata"]["component"]["bom-ref"])
    for name, version in asked.items():
        assert f"pkg:npm/{name.replace('@', '%40')}@{version}" in ours
    refs = set(of) | {bill["metadata"]["component"]["bom-ref"]}
    assert {ref for each in bill["dependencies"] for ref in (each["ref"], *each["dependsOn"])} <= refs
    assert len(of) == len(bill["components"])


def test_the_bill_has_no_time_and_no_chance_in_it(wheel) -> None:
    command = [sys.executable, str(ROOT / "tools" / "sbom.py"), str(wheel)]
    said = [subprocess.run([*command, *lock], check=True, capture_output=True).stdout for lock in ([], [str(LOCK)])]
    assert said[0] == said[1]
    assert str(ROOT).encode() not in said[0]
    assert b"timestamp" not in said[0]


def test_a_release_is_not_written_over_another(tmp_path) -> None:
    done = subprocess.run([str(ROOT / "tools" / "release"), str(tmp_path)], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "new folder" in done.stderr
    assert not list(tmp_path.iterdir())


def test_each_lock_that_a_release_takes_is_made_by_the_tool_that_makes_locks() -> None:
    made = re.findall(r"(?m)^lock (\w+) ", (ROOT / "tools" / "lock").read_text())
    asked = re.search(r"for lock in ([\w ]+);", (ROOT / "tools" / "release").read_text())
    assert asked
    assert set(asked[1].split()) <= set(made)
    assert {short(path) for path in (ROOT / "locks").glob("*.txt")} >= {f"locks/{name}.txt" for name in made}
