"""The sealed ledger as a folder of files that anybody may copy and check: C2SP tiles and signed checkpoints.

Without entries it tells how much was recorded and when it was signed, and of whom and what nothing: hashes only. With entries it has the
text of every line (when, which act, which member, no content), for an auditor.

Order of steps: tiles first, then the checkpoint, each written beside its place, brought to the disk and renamed; what the new tiles replace
goes last. Whoever reads at any instant finds every tile of the checkpoint that stands there; a publishing that was cut off is repeated.

Notable choices:

- What was published is the measure: a folder whose checkpoint is not the beginning of today's ledger is refused, and left as it is.
- A full tile is never written again. One that says something else than today's ledger is refused too.

Known gap: every publishing reads all sealed leaves.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from platewarden.durable import put
from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.ledger.chain import newest_checkpoint, sealed_bodies, sealed_leaf_hashes, verifier
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.tiles import HASHES, Tile, entry_bundle, tiles
from platewarden.transparency.tree import Frontier

KEY = "key"
CHECKPOINT = "checkpoint"
EARLIER = "checkpoints"
ENTRIES = "tile/entries"
LOCK = ".publishing"
ALTERED = "Stop, publish nothing, keep both, run `platewarden ledger verify`, and tell the Administrative Supervisor and whoever audits the ledger."


@dataclass(frozen=True)
class Published:
    """What stands in the folder now, and how many of its files are new."""

    size: int
    root: bytes
    files: int


def publish(folder: Path, *, entries: bool = False) -> Published:
    """Brings the folder up to the newest checkpoint. Refused: a folder of another ledger, or one that says what today's does not."""
    note, log = newest_checkpoint(), verifier()
    if note is None:
        raise Unavailable("Nothing is sealed yet. Start the server, then publish again.")
    newest = Checkpoint.of_note(note, log)
    with _alone(folder):
        before = _published_before(folder)
        if not entries and (folder / ENTRIES).exists():
            raise Unavailable(
                f"The lines themselves were published in {folder}, so an outsider expects them there. Add --entries, or name another folder."
            )
        hashes = list(islice(sealed_leaf_hashes(), newest.size))
        _must_hold(hashes, newest, before)
        files = sum(_put(folder, each) for each in tiles(hashes))
        if entries:
            files += sum(_put(folder, each) for each in _bundles(newest.size))
        files += _write(folder / KEY, f"{log}\n".encode())
        files += _write(folder / CHECKPOINT, note.encode())
        files += _write(folder / EARLIER / str(newest.size), note.encode())
        _remove_replaced(folder)
    return Published(newest.size, newest.root, files)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publishing of a folder at a time: two would put an older checkpoint over a newer one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise Unavailable(f"The folder {folder} cannot be written ({error.strerror}). Name one that can.") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                f"The folder {folder} is being published to by somebody else. Try again when that is done."
            ) from error
        yield
    finally:
        os.close(lock)


def _published_before(folder: Path) -> Checkpoint | None:
    there = folder / CHECKPOINT
    if not there.exists():
        return None
    said = Checkpoint.opened(there.read_text(), verifier())
    if said is None:
        raise Tampered(f"The checkpoint in {folder} is not signed by this ledger's key. {ALTERED}")
    return said


def _must_hold(hashes: list[bytes], newest: Checkpoint, before: Checkpoint | None) -> None:
    grown = Frontier()
    for size, hashed in enumerate([*hashes, b""]):
        if before is not None and size == before.size and grown.root() != before.root:
            raise Tampered(f"What was published at size {before.size} is not the beginning of today's ledger. {ALTERED}")
        if size < len(hashes):
            grown.append(hashed)
    if before is not None and before.size > newest.size:
        raise Tampered(f"The folder has a checkpoint of size {before.size}, and the ledger has shrunk to {newest.size}. {ALTERED}")
    if (grown.size, grown.root()) != (newest.size, newest.root):
        raise Tampered(f"The ledger does not answer to its own checkpoint of size {newest.size}. {ALTERED}")


def _bundles(size: int) -> Iterator[Tile]:
    bodies = islice(sealed_bodies(), size)
    number = 0
    while some := list(islice(bodies, HASHES)):
        yield entry_bundle(number, some)
        number += 1


def _put(folder: Path, tile: Tile) -> bool:
    """Writes a tile that is not there yet."""
    place = folder / tile.path
    if place.exists() and place.read_bytes() != tile.content:
        raise Tampered(f"The file {tile.path} in {folder} says something else than today's ledger. {ALTERED}")
    return _write(place, tile.content)


def _remove_replaced(folder: Path) -> None:
    """The narrower tiles of a full one."""
    for narrow in sorted((folder / "tile").rglob("*.p")):
        if narrow.with_suffix("").exists():
            shutil.rmtree(narrow)


def _write(place: Path, content: bytes) -> bool:
    """All of it or nothing of it; whether anything was new."""
    if place.exists() and place.read_bytes() == content:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    put(place, content, mode=0o644)
    return True
