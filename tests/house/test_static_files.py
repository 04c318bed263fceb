"""Third-party files of the pages: from the lock only, none of them in the repository, each one listed."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "platewarden" / "server" / "web" / "static"


def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_has_a_digest_for_every_package_and_no_registry_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in each and "resolved" not in each for each in packages.values())


def test_the_repository_holds_no_third_party_file() -> None:
    held = subprocess.run(["git", "ls-files", str(STATIC)], cwd=ROOT, capture_output=True, text=True, check=False)
    if held.returncode:
        pytest.skip("not a git work tree")
    assert not [path for path in held.stdout.splitlines() if "/vendor/" in path]


def test_our_own_pages_load_nothing_from_elsewhere_and_carry_no_inline_script_or_style() -> None:
    for path in [*(ROOT / "platewarden" / "server").rglob("templates/**/*.html"), *(STATIC / "platewarden").iterdir()]:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name
        if path.suffix == ".html":
            assert not [each for each in (" style=", "<style", "<script>", "javascript:") if each in text], path.name
            assert not re.search(r"\son[a-z]+\s*=", text), path.name


def test_a_folder_with_a_changed_file_is_made_again_and_a_good_one_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = hook()
    calls = []

    def fetched(folder: Path) -> Path:
        calls.append(folder)
        for source in build.COPIED:
            file = folder / "node_modules" / source
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("a{}\n/*# sourceMappingURL=x.map */" if source.endswith(".css") else "made up")
        return folder / "node_modules"

    monkeypatch.setattr(build, "VENDOR", tmp_path / "static" / "vendor")
    monkeypatch.setattr(build, "_fetch", fetched)
    assert [build.make(), build.make()] == [True, False]
    style = tmp_path / "static" / "vendor" / "uswds" / "css" / "uswds.min.css"
    assert "sourceMappingURL" not in style.read_text()
    style.write_text("b{}")
    assert [build.make(), build.make()] == [True, False]
    assert len(calls) == 2
    assert [each.name for each in (tmp_path / "static").iterdir()] == ["vendor"]
