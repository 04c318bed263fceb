"""How much memory a unit needs with a hot list of a million entries: its parts together, in a process of their own.

    python -m platewarden.bench.memory --entries 1000000 [--json]

The process holds what a running unit holds: the edition (mapped), the engine with its networks, spool and transfer; it looks
for ten thousand plates and reads a drawn street ten times. What is told is the kernel's own count at its highest; pages of
the mapped edition that were touched are in it, though the kernel may take them back. Baseline: the same with an empty list.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platewarden.bench import end_in_order
from platewarden.bench.told import told

__all__ = ["Held", "memory"]

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
MOST_MB: Final = 400


@dataclass
class Held:
    """What a unit's process held at its highest, in megabytes."""

    entries: int
    file_mb: float
    peak_mb: float
    own_mb: float
    """Without what is mapped from files."""
    peak_with_an_empty_list_mb: float

    @property
    def is_whole(self) -> bool:
        return self.peak_mb < MOST_MB


def memory(entries: int) -> Held:
    """Builds two editions, and runs a unit's parts on each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="pw-memory-") as folder:
        full, size = _measured(Path(folder) / "full", entries)
        empty, _ = _measured(Path(folder) / "empty", 0)
    return Held(entries, round(size / 1e6, 1), full["peak_mb"], full["own_mb"], empty["peak_mb"])


def _measured(folder: Path, entries: int) -> tuple[dict[str, float], int]:
    folder.mkdir()
    for step in ("build", "hold"):
        done = subprocess.run(
            [sys.executable, "-m", "platewarden.bench.memory", "--step", step, "--folder", str(folder), "--entries", str(entries)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found, (folder / "hotlist.edition").stat().st_size


def _build(folder: Path, entries: int) -> None:
    """In a process that ends: a million entries as objects are hundreds of megabytes."""
    from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry, build  # noqa: PLC0415
    from platewarden.exchange.seal import SigningKey  # noqa: PLC0415

    chance, key = random.Random(427), SigningKey.from_seed(bytes(32))  # noqa: S311 - plates for a bench, not keys
    made = (
        EditionEntry(
            uuid.UUID(int=number), "".join(chance.choices(LETTERS, k=7)), False, "IL", Category.STOLEN_VEHICLE, Approach.STOP,
            False, False, None,
        )
        for number in range(entries)
    )  # fmt: skip
    (folder / "hotlist.edition").write_bytes(build(1, datetime.now(UTC), made, key))


def _hold(folder: Path) -> dict[str, float]:
    from platewarden.recognition.weights import keep_numpy_to  # noqa: PLC0415

    keep_numpy_to(1)
    import numpy as np  # noqa: PLC0415

    from platewarden.exchange.seal import SigningKey  # noqa: PLC0415
    from platewarden.plate.match import SeenPlate  # noqa: PLC0415
    from platewarden.recognition.picture import Picture  # noqa: PLC0415
    from platewarden.recognition.recognizer import Recognizer, open_engine  # noqa: PLC0415
    from platewarden.unit import run  # noqa: F401, PLC0415  # what a run imports is held too
    from platewarden.unit.hotlist import Hotlist  # noqa: PLC0415
    from platewarden.unit.spool import Spool  # noqa: PLC0415

    key, chance = SigningKey.from_seed(bytes(32)), random.Random(1)  # noqa: S311
    hotlist = Hotlist(folder, {key.key_id: key.public_bytes}.get)
    Spool.create(folder / "spool")
    spool = Spool.open(folder / "spool", seal=bytes, limit_bytes=10**9)
    recognizer = Recognizer(open_engine())
    for _ in range(10):
        recognizer.recognise(Picture("drawn", np.full((720, 1280, 3), 70, np.uint8)))
    for _ in range(10_000):
        text = "".join(chance.choices(LETTERS, k=7))
        hotlist.hits(SeenPlate(text=text, state="IL", state_confidence=0.9, confidence=0.9, candidates=()), at=datetime.now(UTC))
    spool.close()
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return {name: round(int(lines[key_].split()[0]) / 1000, 1) for name, key_ in (("peak_mb", "VmHWM"), ("own_mb", "RssAnon"))}


def main(given: list[str] | None = None) -> int:
    """Prints what was held; 1 if it was 400 MB or more."""
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.memory", description="Memory of a unit with a large hot list."
    )
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the hot list (default 1,000,000)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--step", choices=("build", "hold"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(given)
    if asked.step == "build":
        _build(asked.folder, asked.entries)
        return 0
    if asked.step == "hold":
        print(json.dumps(_hold(asked.folder)))  # noqa: T201
        return 0
    end_in_order()
    held = memory(asked.entries)
    print(told("memory", held, as_json=asked.json))  # noqa: T201
    return 0 if held.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
